"""When frames are shown, by containers that stamp them in other ways than MOV does."""

from itertools import pairwise

import av
import pytest
from video.movies import Layout, scene, write_movie

from rigcoach.video.clip import read_clip, read_frames

FRAMES = [scene(i, (160, 96), step_px=4) for i in range(40)]
# Three frames between those that they are predicted from: stored in another order than shown.
REORDERED = Layout(options={"bf": "3", "g": "12", "preset": "medium", "x264-params": "b-adapt=0"})


def times(path):
    return [frame.t_s for frame in read_frames(read_clip(path))]


@pytest.mark.parametrize("ending", ["avi", "mxf", "wmv", "mpg", "mkv", "ts"])
def test_frames_that_are_stored_out_of_order_are_shown_in_order(tmp_path, ending):
    path = write_movie(tmp_path / f"clip.{ending}", FRAMES, REORDERED)
    assert times(path) == pytest.approx([i / 25 for i in range(40)], abs=2e-3)


@pytest.mark.parametrize("kept", [range(0, 40, 2), [i for i in range(40) if i % 7 != 3]], ids=["half", "most"])
def test_frames_that_an_avi_dropped_are_not_missing(tmp_path, kept):
    shown = [FRAMES[i] for i in kept]
    path = write_movie(tmp_path / "clip.avi", shown, Layout("mjpeg", "yuvj420p"), times_s=[i / 25 for i in kept])
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames > len(shown)  # the header counts steps of the clock
    clip = read_clip(path)
    assert times(path) == pytest.approx([i / 25 for i in kept])
    assert float(clip.fps) == pytest.approx(len(shown) / (40 / 25), rel=0.03)


@pytest.mark.parametrize("ending", ["mov", "mp4"])
def test_a_frame_that_was_held_for_long_is_no_damage(tmp_path, ending):
    held = [i / 25 + 2 * (i >= 20) for i in range(40)]
    assert times(write_movie(tmp_path / f"clip.{ending}", FRAMES, times_s=held)) == pytest.approx(held)


def test_a_stream_that_begins_within_a_group_of_pictures_is_read_from_the_next_one(tmp_path):
    whole = write_movie(tmp_path / "whole.ts", FRAMES * 2, Layout(options={"g": "20", "preset": "ultrafast"}))
    path = tmp_path / "cut.mts"
    with av.open(str(whole)) as before, av.open(str(path), "w", format="mpegts") as after:
        stream = after.add_stream_from_template(before.streams.video[0])
        for i, packet in enumerate(packet for packet in before.demux(video=0) if packet.size):
            if i >= 4:
                packet.stream = stream
                after.mux(packet)
    clip = read_clip(path)
    assert "its first 0.6 s cannot be decoded" in clip.notes[0]
    assert clip.duration_s == pytest.approx(60 / 25, abs=0.02)
    shown = times(path)
    assert len(shown) == 60
    assert all(later - earlier == pytest.approx(1 / 25, abs=1e-3) for earlier, later in pairwise(shown))
