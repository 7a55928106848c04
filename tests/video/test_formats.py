"""One picture in many files: what a container, its stream and its pixels say of themselves is honoured.

The rows of the table in docs/formats.md are those of `LAYOUTS`, and the tests below it.
"""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement, RigOptics, SubjectChoice
from rigcoach.scene.render import Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.video.clip import ClipError, read_clip, read_frames

Grey = NDArray[np.uint8]
FRAMES = 4


@dataclass(frozen=True)
class Layout:
    """A way to write frames: ending, codec, pixel format, and what is done to the frames before."""

    ending: str
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    options: dict[str, str] = field(default_factory=lambda: {"crf": "4", "preset": "ultrafast"})
    aspect: Fraction = Fraction(1)
    stored: Callable[[Grey], Grey] = lambda grey: grey
    rotate_deg: int = 0


def squeezed(width: int) -> Callable[[Grey], Grey]:
    return lambda grey: np.asarray(cv2.resize(grey, (width, grey.shape[0]), interpolation=cv2.INTER_AREA))


PLAIN = Layout(".mov")
LAYOUTS = {
    "H.264 in MP4": Layout(".mp4"),
    "H.264 in Matroska": Layout(".mkv"),
    "H.264 in AVI": Layout(".avi"),
    "H.264 in a transport stream (AVCHD)": Layout(".mts"),
    "H.264 in MXF": Layout(".mxf"),
    "H.264 in 3GP": Layout(".3gp"),
    "H.264 with 4:2:2 chroma": Layout(".mov", pixel_format="yuv422p"),
    "H.265": Layout(".mp4", codec="libx265", options={"crf": "4", "preset": "ultrafast", "x265-params": "log-level=0"}),
    "MPEG-2 in a program stream": Layout(".mpg", codec="mpeg2video", options={"qscale": "2", "b": "20M"}),
    "MPEG-4 part 2": Layout(".mp4", codec="mpeg4", options={"b": "20M"}),
    "Motion JPEG in AVI": Layout(".avi", codec="mjpeg", pixel_format="yuvj420p", options={"b": "40M"}),
    "ProRes": Layout(".mov", codec="prores_ks", pixel_format="yuv422p10le", options={}),
    "DNxHR": Layout(".mov", codec="dnxhd", pixel_format="yuv422p", options={"profile": "dnxhr_hq"}),
    "VP9 in WebM": Layout(".webm", codec="libvpx-vp9", options={"crf": "4", "b": "0", "cpu-used": "8"}),
    "FFV1 in Matroska": Layout(".mkv", codec="ffv1", options={}),
    "pixels wider than high": Layout(".mp4", aspect=Fraction(4, 3), stored=squeezed(720)),
    "pixels higher than wide": Layout(".mov", aspect=Fraction(8, 9), stored=squeezed(1080)),
    "stored upside down": Layout(".mp4", rotate_deg=180, stored=lambda grey: np.rot90(grey, 2)),
    "stored on its left side": Layout(".mov", rotate_deg=-90, stored=lambda grey: np.rot90(grey, 1)),
    "stored on its right side": Layout(".mov", rotate_deg=90, stored=lambda grey: np.rot90(grey, -1)),
}


def write(path: Path, greys: list[Grey], layout: Layout) -> Path:
    height, width = layout.stored(greys[0]).shape
    with av.open(str(path), "w") as container:
        stream = container.add_stream(layout.codec, rate=25, options=layout.options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, layout.pixel_format
        stream.codec_context.sample_aspect_ratio = layout.aspect
        if layout.rotate_deg:
            stream.set_display_rotation(layout.rotate_deg)
        for i, grey in enumerate(greys):
            stored = np.ascontiguousarray(layout.stored(grey))
            frame = av.VideoFrame.from_ndarray(stored, format="gray").reformat(format=layout.pixel_format)
            frame.pts, frame.time_base = i, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def greys() -> list[Grey]:
    scene = SceneSpec(width=960, height=540, card_distance_m=1.7, focus_distance_m=1.6, sway_deg=0.0, roll_deg=4.0)
    renderer = Renderer(scene)
    return [np.asarray(renderer.frame(i).luma) for i in range(FRAMES)]


def measured(path: Path) -> ClipMeasurements:
    return analyse_clip(read_clip(path), SubjectChoice("target"), RigOptics())


def first(measures: ClipMeasurements) -> FrameMeasurement:
    return measures.frames[1]


@pytest.fixture(scope="module")
def plain(greys: list[Grey], tmp_path_factory: pytest.TempPathFactory) -> ClipMeasurements:
    return measured(write(tmp_path_factory.mktemp("plain") / "plain.mov", greys, PLAIN))


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_the_same_picture_measures_the_same(
    layout: Layout, greys: list[Grey], plain: ClipMeasurements, tmp_path: Path
) -> None:
    measures = measured(write(tmp_path / f"take{layout.ending}", greys, layout))
    assert (measures.clip.width, measures.clip.height) == (960, 540)
    assert len(measures.frames) == FRAMES
    assert float(measures.clip.fps) == pytest.approx(25, abs=0.01)
    found, expected = first(measures), first(plain)
    assert found.framing is not None
    assert expected.framing is not None
    assert found.framing.offset == pytest.approx(expected.framing.offset, abs=0.002)
    assert found.framing.size == pytest.approx(expected.framing.size, abs=0.004)
    assert found.framing.roll_deg == pytest.approx(expected.framing.roll_deg, abs=0.1)
    assert found.framing.roll_deg == pytest.approx(4.0, abs=0.2)
    assert found.focus is not None
    assert expected.focus is not None
    # Fewer stored pixels hold less detail.
    tolerance_px = 0.25 if layout.aspect == 1 else 0.6
    assert found.focus.blur_px == pytest.approx(expected.focus.blur_px, abs=tolerance_px)


def mirrored(path: Path, width: int) -> Path:
    """Set a file's display matrix to a mirror (tkhd, ISO/IEC 14496-12 8.3.2), which no muxer here writes."""
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40
    assert struct.unpack_from(">i", data, matrix)[0] == 0x10000
    struct.pack_into(">9i", data, matrix, -0x10000, 0, 0, 0, 0x10000, 0, width << 16, 0, 0x40000000)
    path.write_bytes(data)
    return path


def test_a_mirrored_file_is_read_as_it_is_meant_to_be_seen(
    greys: list[Grey], plain: ClipMeasurements, tmp_path: Path
) -> None:
    layout = Layout(".mp4", stored=lambda grey: np.fliplr(grey))
    measures = measured(mirrored(write(tmp_path / "mirror.mp4", greys, layout), 960))
    found, expected = first(measures).framing, first(plain).framing
    assert found is not None
    assert expected is not None
    assert found.offset == pytest.approx(expected.offset, abs=0.002)
    assert found.roll_deg == pytest.approx(4.0, abs=0.2)


@pytest.mark.slow
def test_woven_fields_are_no_motion_blur(greys: list[Grey], tmp_path: Path) -> None:
    # A card that goes to the right by 8 pixels a field, sharp in each.
    fields = [np.roll(greys[0], 8 * i, axis=1) for i in range(12)]
    woven = []
    # The encoder marks the lower field as the earlier one where frames do not say.
    for earlier, later in zip(fields[::2], fields[1::2], strict=True):
        frame = later.copy()
        frame[1::2] = earlier[1::2]
        woven.append(frame)
    options = {"crf": "4", "preset": "ultrafast", "flags": "+ilme+ildct"}
    interlaced = measured(write(tmp_path / "woven.mts", woven, Layout(".mts", options=options)))
    progressive = measured(write(tmp_path / "tops.mts", fields[::2], Layout(".mts")))
    assert interlaced.clip.interlaced
    assert "interlaced" in interlaced.clip.notes[0]
    assert len(interlaced.frames) == len(progressive.frames)
    for one, other in zip(interlaced.frames, progressive.frames, strict=True):
        assert one.t_s == pytest.approx(other.t_s, abs=1e-3)
        assert one.focus is not None
        # Half the lines are rebuilt: what is left is a line's worth, and it is vertical.
        assert (one.focus.motion_blur_px or 0.0) < 2.0
        assert one.framing is not None
        assert other.framing is not None
        assert one.framing.offset == pytest.approx(other.framing.offset, abs=0.003)


def test_footage_is_scored_and_the_thumbnail_before_it_is_not(greys: list[Grey], tmp_path: Path) -> None:
    path = tmp_path / "two.mov"
    with av.open(str(path), "w") as container:
        small = container.add_stream("mjpeg", rate=25)
        film = container.add_stream("libx264", rate=25, options={"crf": "4", "preset": "ultrafast"})
        assert isinstance(small, av.VideoStream)
        assert isinstance(film, av.VideoStream)
        small.width, small.height, small.pix_fmt = 160, 90, "yuvj420p"
        film.width, film.height, film.pix_fmt = 960, 540, "yuv420p"
        picture = np.asarray(cv2.resize(greys[0], (160, 90)), np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuvj420p")
        frame.pts = 0
        container.mux(small.encode(frame))
        container.mux(small.encode())
        for i, grey in enumerate(greys):
            frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
            frame.pts = i
            container.mux(film.encode(frame))
        container.mux(film.encode())
    clip = read_clip(path)
    assert (clip.width, clip.height) == (960, 540)
    assert float(clip.fps) == pytest.approx(25)
    assert len(list(read_frames(clip))) == FRAMES


@pytest.mark.parametrize(
    "name",
    [
        "12:30.mp4",
        "-x.mov",
        "a#b?c.mp4",
        "two  spaces.mp4",
        "🎬.mp4",
        "http:x.mp4",
        b"z\xfcrich.mp4",
        "x" * 250 + ".mp4",
    ],
)
def test_a_path_is_a_file_whatever_it_is_called(
    name: str | bytes, greys: list[Grey], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_name = write(tmp_path / "plain.mp4", greys, Layout(".mp4"))
    try:
        path = Path(os.fsdecode(name))
        monkeypatch.chdir(tmp_path)
        plain_name.rename(path)
    except OSError:
        pytest.skip("this file system does not take the name")
    clip = read_clip(path)
    assert len(list(read_frames(clip))) == FRAMES


def test_a_size_that_cannot_be_measured_is_refused(tmp_path: Path) -> None:
    tiny = [np.full((16, 16), 90, np.uint8)] * 2
    with pytest.raises(ClipError) as caught:
        read_clip(write(tmp_path / "tiny.mkv", tiny, Layout(".mkv", codec="ffv1", options={})))
    assert caught.value.code == "clip.size"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cover-first.mp4", "two-tracks.mov"])
def test_public_reports_of_thumbnails_before_the_footage(shared: Path, name: str) -> None:
    measures = measured(shared / "cases/01-thumbnail-first" / name)
    assert (measures.clip.width, measures.clip.height, len(measures.frames)) == (1920, 1080, 13)
    framing = first(measures).framing
    assert framing is not None
    assert framing.roll_deg == pytest.approx(10.0, abs=0.1)
    assert framing.offset == pytest.approx((-0.135, -0.055), abs=0.005)
