"""Opening movies: which track is the footage, names that look like addresses, and what is refused in words."""

import os
import shutil
import struct
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.stream import Disposition
from clips import write_video
from known import known
from video.movies import Layout, add_track, fill_track, scene, write_movie

from rigcoach.video.clip import read_clip, read_frames, read_pictures
from rigcoach.video.container import ClipError

FRAMES = [scene(i, step_px=4) for i in range(6)]
NONE = Disposition(0)
MJPEG = Layout("mjpeg", "yuvj420p")


def write_tracks(path, *tracks):
    """Write a movie of several tracks: each its frames, its layout, and what it stands as."""
    with av.open(str(path), "w") as output:
        added = []
        for frames, layout, disposition in tracks:
            stream = add_track(output, frames[0].shape[::-1], layout)
            stream.disposition = disposition
            added.append(stream)
        for stream, (frames, layout, _) in zip(added, tracks, strict=True):
            fill_track(output, stream, frames, layout)
    return path


def thumbnail(size=(160, 90)):
    return cv2.resize(255 - FRAMES[0], size)


@pytest.mark.parametrize("ending", ["mov", "mkv", "avi"])
def test_a_track_of_one_picture_is_not_the_footage(tmp_path, ending):
    path = write_tracks(tmp_path / f"clip.{ending}", ([thumbnail()], MJPEG, Disposition.default), (FRAMES, MJPEG, NONE))
    clip = read_clip(path)
    assert (clip.width, clip.height, clip.notes) == (320, 180, ())
    assert len(list(read_frames(clip))) == 6


def test_a_large_cover_is_not_the_footage(tmp_path):
    path = write_tracks(
        tmp_path / "clip.mp4",
        ([thumbnail((1280, 720))], MJPEG, Disposition.attached_pic),
        (FRAMES, Layout(), Disposition.default),
    )
    with av.open(str(path)) as container:
        assert len(container.streams.video) == 2
    assert read_clip(path).width == 320


def test_of_two_tracks_the_one_to_play_is_taken_and_that_is_said(tmp_path):
    small = [cv2.resize(frame, (256, 144)) for frame in FRAMES]
    path = write_tracks(tmp_path / "clip.mov", (small, Layout(), NONE), (FRAMES, Layout(), Disposition.default))
    clip = read_clip(path)
    assert clip.width == 320
    assert clip.notes == ("clip.mov holds 2 films: track 2 (320 x 180) is scored, track 1 (256 x 144) not",)


def test_a_small_preview_is_not_taken_though_it_stands_first(tmp_path):
    small = [cv2.resize(frame, (160, 90)) for frame in FRAMES]
    path = write_tracks(tmp_path / "clip.mov", (small, Layout(), Disposition.default), (FRAMES, Layout(), NONE))
    clip = read_clip(path)
    assert clip.width == 320
    assert "track 1 (160 x 90)" in clip.notes[0]


@pytest.mark.parametrize("ending", ["mov", "mkv", "mp4", "ts"])
@pytest.mark.parametrize("count", [2, 3])
def test_pictures_of_chapters_are_no_film_though_they_stand_first_and_are_as_large(tmp_path, ending, count):
    chapters = ([255 - frame for frame in FRAMES[:count]], Layout(), Disposition.default)
    path = write_tracks(tmp_path / f"clip.{ending}", chapters, (FRAMES * 2, Layout(), NONE))
    assert len(list(read_frames(read_clip(path)))) == 12


def test_a_large_picture_now_and_then_does_not_make_the_film_a_preview(tmp_path):
    chapters = ([cv2.resize(frame, (960, 540)) for frame in FRAMES[:2]], MJPEG, Disposition.default)
    path = write_tracks(tmp_path / "clip.mov", chapters, (FRAMES, Layout(), NONE))
    clip = read_clip(path)
    assert (clip.width, len(list(read_frames(clip)))) == (320, 6)


def test_sound_with_a_cover_is_no_clip(tmp_path):
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as output:
        sound = output.add_stream("aac", rate=48_000)
        cover = add_track(output, (160, 90), MJPEG)
        cover.disposition = Disposition.attached_pic
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 48_000
        output.mux(sound.encode(silence))
        output.mux(sound.encode(None))
        fill_track(output, cover, [thumbnail()], MJPEG)
    with pytest.raises(ClipError, match="holds no video: it has a cover picture or a thumbnail only"):
        read_clip(path)


def test_a_clip_of_one_picture_is_read(tmp_path):
    path = write_movie(tmp_path / "one.mov", FRAMES[:1])
    clip = read_clip(path)
    assert len(list(read_frames(clip))) == 1
    assert 1 <= clip.fps <= 100


@pytest.mark.parametrize(
    "name",
    [
        "12:30.mp4",
        "-x.mov",
        "#1.mp4",
        "a b\t.mp4",
        "🎬.mp4",
        "http:..mp4",
        "file:x.mp4",
        "%03d.mp4",
        b"caf\xe9.mp4",
        "concat:a|b.mp4",
    ],
)
def test_a_file_is_a_file_whatever_its_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(name)
    shutil.move(write_movie(tmp_path / "plain.mp4", FRAMES), tmp_path / name)
    clip = read_clip(Path(name))
    assert clip.width == 320
    assert len(list(read_pictures(clip, {0, 5}))) == 2


def test_a_playlist_named_as_a_clip_opens_nothing(tmp_path):
    write_movie(tmp_path / "real.ts", FRAMES, Layout(container="mpegts"))
    playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nreal.ts\n#EXT-X-ENDLIST\n"
    (tmp_path / "list.mp4").write_text(playlist)
    (tmp_path / "list.m3u8").write_text(playlist)
    (tmp_path / "cat.mov").write_text("ffconcat version 1.0\nfile real.ts\n")
    for name in ("list.mp4", "list.m3u8", "cat.mov"):
        with pytest.raises(ClipError) as caught:
            read_clip(tmp_path / name)
        assert caught.value.code in ("clip.not-video", "clip.unreadable")


def test_a_billion_frames_a_second_is_refused_in_words(tmp_path):
    path = tmp_path / "fast.mp4"
    with av.open(str(path), "w", options={"video_track_timescale": "1000000000"}) as output:
        stream = add_track(output, (320, 180), Layout(), Fraction(10**9))
        for i, grey in enumerate(FRAMES):
            frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = i, Fraction(1, 10**9)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with pytest.raises(ClipError, match=r"says that it has 1e\+09 frames a second") as caught:
        read_clip(path)
    assert caught.value.code == "clip.frame-rate"


def test_a_huge_declared_size_is_refused_in_words(tmp_path):
    path = write_movie(tmp_path / "raw.avi", FRAMES, Layout("rawvideo", "yuv420p"))
    data = path.read_bytes()
    head = data.index(b"strf") + 12
    assert struct.unpack_from("<ii", data, head) == (320, 180)
    path.write_bytes(data[:head] + struct.pack("<ii", 15_000, 15_000) + data[head + 8 :])
    with pytest.raises(ClipError, match="is more than any camera records") as caught:
        read_clip(path)
    assert caught.value.code == "clip.size"


def test_pixels_of_no_cameras_shape_are_refused_in_words(tmp_path):
    path = write_movie(tmp_path / "flat.mp4", FRAMES, Layout(aspect=Fraction(40)))
    with pytest.raises(ClipError, match="pixels are 40 times as wide as high"):
        read_clip(path)


def test_pictures_that_change_their_size_are_told(tmp_path):
    parts = [
        write_movie(
            tmp_path / f"{i}.ts",
            [np.asarray(cv2.resize(frame, size), np.uint8) for frame in FRAMES],
            Layout(container="mpegts"),
        )
        for i, size in enumerate(((320, 180), (160, 90)))
    ]
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    with pytest.raises(ClipError, match="from 320 x 180 to 160 x 90 pixels") as caught:
        list(read_frames(read_clip(path)))
    assert caught.value.code == "clip.changes-size"


def test_a_clock_that_is_set_back_goes_on_from_there(tmp_path):
    part = write_movie(tmp_path / "part.mkv", FRAMES)
    path = tmp_path / "twice.mkv"
    with av.open(str(part)) as once, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(once.streams.video[0])
        packets = [packet for packet in once.demux(video=0) if packet.size]
        for i, packet in enumerate(packets):
            # Frames 3 and 4 stand at the time of frame 2.
            packet.pts = packet.dts = min(i, 2) * 40 if i < 5 else i * 40
            packet.stream = stream
            output.mux(packet)
    times = [frame.t_s for frame in read_frames(read_clip(path))]
    assert len(times) == 6
    assert all(later > earlier for earlier, later in pairwise(times))
    assert times[:3] == pytest.approx([0, 0.04, 0.08], abs=1e-3)


def test_the_length_is_the_footages_not_the_files(tmp_path):
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as output:
        video, sound = add_track(output, (320, 180), Layout()), output.add_stream("aac", rate=48_000)
        fill_track(output, video, FRAMES, Layout())
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 96_000), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 48_000
        output.mux(sound.encode(silence))
        output.mux(sound.encode(None))
    with av.open(str(path)) as container:
        assert known(container.duration) / av.time_base > 1.9
    assert read_clip(path).duration_s == pytest.approx(0.24)


@pytest.mark.slow
def test_a_gopros_notes_do_not_make_its_footage_longer(shared):
    clip = read_clip(shared / "clips" / "gopro" / "karma.mp4")
    assert clip.duration_s == pytest.approx(362 * 1001 / 30000, abs=0.001)
    assert len(list(read_frames(clip))) == 362


def test_tags_that_are_not_utf_8_are_no_hindrance(tmp_path):
    path = write_video(tmp_path / "tagged.mkv", FRAMES)
    data = path.read_bytes()
    at = data.index(b"Lavf")
    path.write_bytes(data[:at] + b"\xe9\xe9\xe9\xe9" + data[at + 4 :])
    assert read_clip(path).width == 320


@pytest.mark.parametrize("ending", ["mkv", "mp4", "ts"])
def test_a_track_that_begins_late_is_whole(tmp_path, ending):
    # Matroska's muxer tells how far into the file a track reaches, not how long it is.
    path = write_movie(tmp_path / f"late.{ending}", FRAMES, times_s=[5 + i / 25 for i in range(6)])
    clip = read_clip(path)
    assert clip.duration_s == pytest.approx(6 / 25, abs=0.02)
    assert [frame.t_s for frame in read_frames(clip)] == pytest.approx([i / 25 for i in range(6)], abs=1e-3)
