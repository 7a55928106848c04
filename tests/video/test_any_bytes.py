"""Whatever a file holds, reading it gives a clip or a ClipError."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from video.movies import Layout, scene, write_movie

from rigcoach.video.clip import read_clip, read_frames, read_pictures
from rigcoach.video.container import ClipError
from rigcoach.video.recordings import recording_from

FRAMES = [scene(i, (96, 64), step_px=4) for i in range(6)]
HEADS = (
    b"\0\0\0\x18ftypisom",
    b"\x1aE\xdf\xa3",
    b"RIFF\0\x10\0\0AVI LIST",
    b"G@\0\x10",
    b"\0\0\x01\xba",
    b"FLV\x01\x05",
    b"OggS",
    b"GIF89a",
    b"\x06\x0e+4\x02\x05\x01\x01\r\x01\x02\x01\x01\x02",
    b"#EXTM3U\n",
    b"ffconcat version 1.0\nfile /etc/passwd\n",
    b"YUV4MPEG2 W96 H64 F1000000000:1\nFRAME\n",
    b"",
)
LAYOUTS = {
    "mp4": Layout(),
    "mov": Layout("mjpeg", "yuvj420p"),
    "mkv": Layout("ffv1"),
    "avi": Layout("mpeg4", options={"b": "2M"}),
    "ts": Layout(container="mpegts", field_first="tff"),
    "mpg": Layout("mpeg2video", options={"b": "2M"}, container="mpeg"),
}
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path) -> None:
    """Read all of a file, as scoring and reviewing it would; what is said of it can be shown."""
    said = ""
    try:
        recording = recording_from(path)
        clip = read_clip(recording.path, recording.chapters)
        assert min(clip.width, clip.height) >= 32
        assert 0 < clip.fps <= 5000
        last_s = -1.0
        for frame in read_frames(clip):
            assert frame.luma.shape == (clip.height, clip.width)
            assert frame.t_s > last_s
            last_s = frame.t_s
        list(read_pictures(clip, {0}))
    except ClipError as error:
        said = error.line()
    assert said.isprintable()


@SETTINGS
@given(
    head=st.sampled_from(HEADS), rest=st.binary(max_size=2000), ending=st.sampled_from(("mov", "mts", "avi", "mxf", ""))
)
def test_any_bytes(tmp_path, head, rest, ending):
    path = tmp_path / f"any.{ending}"
    path.write_bytes(head + rest)
    read(path)


@pytest.fixture(scope="module")
def movies(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("movies")
    return {
        ending: write_movie(folder / f"whole.{ending}", FRAMES, layout).read_bytes()
        for ending, layout in LAYOUTS.items()
    }


@st.composite
def damage(draw: st.DrawFn) -> list[tuple[float, bytes, int]]:
    """Draw some places, as shares of a file, what is written there, and how much is taken out before."""
    place = st.floats(0, 1, exclude_max=True)
    return draw(st.lists(st.tuples(place, st.binary(max_size=12), st.integers(0, 16)), min_size=1, max_size=6))


@pytest.mark.parametrize("ending", LAYOUTS)
@settings(SETTINGS, max_examples=25)
@given(changes=damage(), kept=st.one_of(st.just(1.0), st.floats(0.02, 1.0)))
def test_a_movie_with_changed_bytes(tmp_path, movies, ending, changes, kept):
    data = bytearray(movies[ending])
    for share, written, taken in changes:
        at = int(share * len(data))
        data[at : at + taken] = written
    path = tmp_path / f"changed.{ending}"
    path.write_bytes(data[: max(1, int(kept * len(data)))])
    read(path)
