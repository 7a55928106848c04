"""One picture, or one clip, in many ranges, depths and curves: converted by FFmpeg's own scaler."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.filter import Graph
from made_once import made_once
from measure.leaves import leaves, recorded, spread
from numpy.typing import NDArray

LAYOUTS = {
    # pixel format, range, transfer (as FFmpeg names it), primaries and matrix
    "8 bits, full": ("yuvj420p", "pc", "bt709", "bt709"),
    "8 bits, limited": ("yuv420p", "tv", "bt709", "bt709"),
    "8 bits, limited, BT.601": ("yuv420p", "tv", "smpte170m", "smpte170m"),
    "10 bits, limited": ("yuv420p10le", "tv", "bt709", "bt709"),
    "10 bits, full": ("yuv420p10le", "pc", "bt709", "bt709"),
    "HLG": ("yuv420p10le", "tv", "arib-std-b67", "bt2020"),
    "HLG, full": ("yuv420p10le", "pc", "arib-std-b67", "bt2020"),
    "PQ": ("yuv420p10le", "tv", "smpte2084", "bt2020"),
}


def converted(greys: Sequence[NDArray[np.uint8]], layout: str) -> list[av.VideoFrame]:
    """Return frames of a layout, made from grey ones of full range on BT.709's curve.

    They may differ in size: to the scaler all are as large as the largest, for which it works its colours out once.
    """
    pixels, range_, transfer, primaries = LAYOUTS[layout]
    height, width = (max(grey.shape[axis] for grey in greys) for axis in (0, 1))
    graph = Graph()
    source = graph.add("buffer", f"video_size={width}x{height}:pix_fmt=rgb24:time_base=1/25:colorspace=gbr:range=pc")
    matrix = "bt2020nc" if primaries == "bt2020" else primaries
    chain = [
        source,
        graph.add("setparams", "color_primaries=bt709:color_trc=bt709:range=pc"),
        graph.add(
            "scale",
            f"out_transfer={transfer}:out_primaries={primaries}:out_color_matrix={matrix}:out_range={range_}"
            ":intent=relative_colorimetric:flags=accurate_rnd",
        ),
        graph.add("format", pixels),
        graph.add("buffersink"),
    ]
    for one, following in pairwise(chain):
        one.link_to(following)
    graph.configure()
    out = []
    for i, grey in enumerate(greys):
        whole = np.pad(grey, ((0, height - grey.shape[0]), (0, width - grey.shape[1])), "edge")
        frame = av.VideoFrame.from_ndarray(np.repeat(whole[..., None], 3, axis=2), format="rgb24")
        frame.color_trc, frame.color_primaries, frame.color_range, frame.colorspace = 1, 1, 2, 0
        frame.pts = i
        source.push(frame)
        pulled = chain[-1].pull()
        assert isinstance(pulled, av.VideoFrame)
        out.append(pulled if whole.shape == grey.shape else _part(pulled, grey.shape))
    return out


def _part(whole: av.VideoFrame, shape: tuple[int, ...]) -> av.VideoFrame:
    """Return the upper left part of a frame, so high and wide."""
    part = av.VideoFrame(shape[1], shape[0], whole.format.name)
    for to, of in zip(part.planes, whole.planes, strict=True):
        rows = np.frombuffer(bytes(of), np.uint8).reshape(of.height, of.line_size)
        placed = np.zeros((to.height, to.line_size), np.uint8)
        shared = min(to.line_size, of.line_size)
        placed[:, :shared] = rows[: to.height, :shared]
        to.update(placed.tobytes())
    part.color_trc, part.color_primaries = whole.color_trc, whole.color_primaries
    part.color_range, part.colorspace, part.pts = whole.color_range, whole.colorspace, whole.pts
    return part


RAMP = np.tile(np.arange(256, dtype=np.uint8), (32, 1))
PAN_FRAMES, PAN_STEP_PX = 12, 4


def pan() -> list[NDArray[np.uint8]]:
    """Return a pan over leaves out of focus, 4 px a frame; noise that goes with the frame."""
    light = spread(leaves(360, 3) * 0.9, 1.5, PAN_STEP_PX / 2)
    moved = (np.roll(light, -PAN_STEP_PX * i, axis=1)[:240, :320] for i in range(PAN_FRAMES))
    return [recorded(each, iso=200, seed=i) for i, each in enumerate(moved)]


def clips_in(layout: str, temporary: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return clips of the ramp and of the pan in a layout, made together: a curve takes seconds to be worked out."""

    def make(folder: Path) -> tuple[Path, Path]:
        first, second, *moving = converted([RAMP, RAMP, *pan()], layout)
        ramp = write_frames(folder / "ramp.mp4", [first, second], "1")
        return ramp, write_frames(folder / "pan.mp4", moving, "6")

    return made_once(temporary, f"converted to {layout}", make)


def write_converted(path: Path, greys: Sequence[NDArray[np.uint8]], layout: str, *, quality: str = "6") -> Path:
    """Write a clip at 25 frames a second in a layout, as H.264 that says what it is."""
    return write_frames(path, converted(greys, layout), quality)


def write_frames(path: Path, frames: Sequence[av.VideoFrame], quality: str) -> Path:
    """Write frames as a clip at 25 frames a second, as H.264 that says what they are."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": quality, "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, frames[0].format.name
        context = stream.codec_context
        context.color_range, context.color_trc = frames[0].color_range, frames[0].color_trc
        context.color_primaries, context.colorspace = frames[0].color_primaries, frames[0].colorspace
        for i, frame in enumerate(frames):
            frame.pts = i
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
