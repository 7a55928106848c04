"""When frames are shown, by containers that stamp them in other ways than MOV does."""

from itertools import pairwise

import av
import pytest
from video.movies import Layout, scene, write_movie

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import RigOptics, SubjectChoice
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


@pytest.mark.parametrize(("ending", "container"), [("mts", "mpegts"), ("mp4", "mp4")])
def test_a_file_that_begins_within_a_group_of_pictures_is_read_from_the_next_one(tmp_path, ending, container):
    whole = write_movie(tmp_path / "whole.ts", FRAMES * 2, Layout(options={"g": "20", "preset": "ultrafast"}))
    path = tmp_path / f"cut.{ending}"
    with av.open(str(whole)) as before, av.open(str(path), "w", format=container) as after:
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


def test_frames_of_one_stamp_are_shown_one_after_the_other_and_keep_no_other_waiting(tmp_path):
    # Pairs of frames with one stamp, as clocks that count coarsely give.
    part = write_movie(tmp_path / "part.mkv", FRAMES)
    path = tmp_path / "pairs.mkv"
    with av.open(str(part)) as once, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(once.streams.video[0])
        for i, packet in enumerate(packet for packet in once.demux(video=0) if packet.size):
            packet.pts = packet.dts = i // 2 * 80
            packet.stream = stream
            output.mux(packet)
    shown = times(path)
    assert shown[::2] == pytest.approx([i * 0.08 for i in range(20)], abs=2e-3)
    assert all(later > earlier for earlier, later in pairwise(shown))


def test_a_clip_is_as_long_as_what_was_seen_of_it(tmp_path):
    # Two transport streams, one copied behind the other: the clock begins anew, the last stamp tells half the length.
    part = write_movie(tmp_path / "part.ts", FRAMES)
    path = tmp_path / "both.ts"
    path.write_bytes(part.read_bytes() * 2)
    measures = analyse_clip(read_clip(path), SubjectChoice("target"), RigOptics())
    assert len(measures.frames) == 80
    assert measures.duration_s == pytest.approx(80 / 25, abs=0.01)
