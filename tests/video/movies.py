"""Movies as cameras write them, made with FFmpeg's own encoders and muxers through PyAV, for tests of reading them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.filter
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a movie stores its pictures.

    Attributes
    ----------
    codec, pixel_format, options
        FFmpeg's encoder, its pixel format, its options.
    aspect
        How wide a stored pixel is, in pixel heights.
    field_first
        "tff" or "bff" for pictures woven of fields and marked so; "prog" for whole ones.
    rotate_deg, mirrored, upside_down
        The display matrix: anticlockwise turn, mirrored before it.
    container
        FFmpeg's muxer; by the file's ending where empty.
    """

    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict)
    aspect: Fraction = Fraction(1)
    field_first: str = "prog"
    rotate_deg: int = 0
    mirrored: bool = False
    upside_down: bool = False
    container: str = ""


X264 = {"crf": "4", "preset": "ultrafast"}


def write_movie(
    path: Path,
    frames: Iterable[Grey],
    layout: Layout = Layout(),
    *,
    fps: Fraction = Fraction(25),
    times_s: Sequence[float] | None = None,
    output_options: dict[str, str] | None = None,
) -> Path:
    """Write grey, full-range frames as a movie."""
    with av.open(str(path), "w", format=layout.container or None, options=output_options or {}) as output:
        stream = add_track(output, frames_size(frames := list(frames)), layout, fps)
        fill_track(output, stream, frames, layout, times_s)
    return path


def frames_size(frames: Sequence[Grey]) -> tuple[int, int]:
    return frames[0].shape[1], frames[0].shape[0]


def add_track(output: Any, size: tuple[int, int], layout: Layout, fps: Fraction = Fraction(25)) -> Any:
    """Add a video track to an open movie."""
    options = {**(X264 if layout.codec == "libx264" else {}), **layout.options}
    if layout.codec == "libx264" and layout.field_first != "prog":
        options["x264-params"] = f"{layout.field_first}=1"
    stream = output.add_stream(layout.codec, rate=fps, options=options)
    stream.width, stream.height = size
    stream.pix_fmt = layout.pixel_format
    stream.codec_context.sample_aspect_ratio = layout.aspect
    if layout.field_first != "prog" and layout.codec != "libx264":
        stream.codec_context.flags |= av.codec.context.Flags.interlaced_dct | av.codec.context.Flags.interlaced_me
    if layout.rotate_deg or layout.mirrored or layout.upside_down:
        stream.set_display_rotation(layout.rotate_deg, hflip=layout.mirrored, vflip=layout.upside_down)
    return stream


def fill_track(
    output: Any, stream: Any, frames: Sequence[Grey], layout: Layout = Layout(), times_s: Sequence[float] | None = None
) -> None:
    """Write frames into a track; `times_s` makes the frame rate vary."""
    graph, rate = None, stream.codec_context.framerate or Fraction(25)
    converter = VideoReformatter()  # a frame's own would set up its conversion anew
    for i, grey in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(grey), format="gray")
        full = layout.pixel_format.startswith(("yuvj", "gray", "rgb", "bgr", "gbr"))
        frame = converter.reformat(frame, format=layout.pixel_format, dst_color_range="JPEG" if full else "MPEG")
        frame.time_base = Fraction(1, 90_000)
        frame.pts = round(90_000 * (times_s[i] if times_s else Fraction(i) / rate))
        if graph is None:
            graph = _marking(frame, layout)
        graph.vpush(frame)
        output.mux(stream.encode(graph.vpull()))
    output.mux(stream.encode(None))


def _marking(frame: Any, layout: Layout) -> av.filter.Graph:
    """Return a filter that marks frames as woven of fields, or as whole."""
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format.name, time_base=frame.time_base
    )
    marked = graph.add("setfield", f"mode={layout.field_first}")
    graph.link_nodes(source, marked, graph.add("buffersink")).configure()
    return graph


def woven(fields: Sequence[Grey], *, top_first: bool = True) -> list[Grey]:
    """Weave whole pictures, at twice the frame rate, into frames of two fields each."""
    frames = []
    for first, second in zip(fields[::2], fields[1::2], strict=True):
        frame = second.copy()
        start = 0 if top_first else 1
        frame[start::2] = first[start::2]
        frames.append(frame)
    return frames


def scene(index: float, size: tuple[int, int] = (320, 180), step_px: float = 0.0) -> Grey:
    """Return a soft, lopsided picture that no turn or mirroring maps onto itself, moved right by `step_px` an index."""
    width, height = size
    y, x = np.mgrid[:height, :width].astype(np.float64)
    x = x - step_px * index
    picture = 60 + 50 * np.sin(2 * np.pi * x / 61) * np.cos(2 * np.pi * y / 83) + 40 * x / width
    for cx, cy, radius, level in ((0.25, 0.3, 0.12, 235), (0.7, 0.25, 0.06, 16), (0.6, 0.75, 0.09, 170)):
        distance = np.hypot(x - cx * width, y - cy * height) - radius * height
        cover = 1 / (1 + np.exp(np.clip(distance / 0.8, -40, 40)))
        picture += cover * (level - picture)
    return np.rint(np.clip(picture, 0, 255)).astype(np.uint8)
