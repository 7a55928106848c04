"""One picture, or one clip, in many ranges, depths and curves: converted by FFmpeg's own scaler."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.filter import Graph
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
    """Return frames of a layout, made from grey ones of full range on BT.709's curve."""
    pixels, range_, transfer, primaries = LAYOUTS[layout]
    height, width = greys[0].shape
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
        frame = av.VideoFrame.from_ndarray(np.repeat(grey[..., None], 3, axis=2), format="rgb24")
        frame.color_trc, frame.color_primaries, frame.color_range, frame.colorspace = 1, 1, 2, 0
        frame.pts = i
        source.push(frame)
        pulled = chain[-1].pull()
        assert isinstance(pulled, av.VideoFrame)
        out.append(pulled)
    return out


def write_converted(path: Path, greys: Sequence[NDArray[np.uint8]], layout: str, *, quality: str = "6") -> Path:
    """Write a clip at 25 frames a second in a layout, as H.264 that says what it is."""
    frames = converted(greys, layout)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": quality, "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, frames[0].format.name
        context = stream.codec_context
        context.color_range, context.color_trc = frames[0].color_range, frames[0].color_trc
        context.color_primaries, context.colorspace = frames[0].color_primaries, frames[0].colorspace
        for frame in frames:
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
