"""A frame as it is meant to be seen: upright, not mirrored, progressive, with square pixels.

Files say how their pictures are to be turned by a display matrix (ISO/IEC 14496-12, 8.3.2; FFmpeg's
libavutil/display.h), how wide a pixel is by the sample aspect ratio, and of each frame whether it is woven of two
fields. Woven frames go through FFmpeg's bwdif, which rebuilds each from one field and its neighbours in time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_UNITY = 65536
# Nearer to square than this a ratio is a rounding of the container's.
_SQUARE = 0.002


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a decoded plane becomes upright: first rows and columns change places, then each may be reversed."""

    transposed: bool = False
    rows_reversed: bool = False
    columns_reversed: bool = False

    def upright(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Return a plane, HxW or HxWx3, the right way round; a view where nothing has to move."""
        if self.transposed:
            plane = plane.swapaxes(0, 1)
        return plane[:: -1 if self.rows_reversed else 1, :: -1 if self.columns_reversed else 1]

    @property
    def is_plain(self) -> bool:
        """Whether the plane stands upright as it is."""
        return not (self.transposed or self.rows_reversed or self.columns_reversed)


UPRIGHT = Orientation()


def orientation(frame: "VideoFrame") -> Orientation:
    """Return how a frame is to be shown, by its display matrix, to the next quarter turn."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return UPRIGHT
    # x' = a x + c y, y' = b x + d y for the matrix (a b u, c d v, x y w).
    numbers = np.frombuffer(data, dtype="<i4", count=9)  # type: ignore[call-overload] # a buffer, not typed as one
    a, b, _, c, d, *_ = numbers / _UNITY
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(transposed=True, rows_reversed=b < 0, columns_reversed=c < 0)
    return Orientation(rows_reversed=d < 0, columns_reversed=a < 0)


def pixel_aspect(stream: "VideoStream") -> Fraction:
    """Return how many times as wide as high a pixel is, before the picture is turned."""
    ratio = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    if not ratio or ratio <= 0 or abs(float(ratio) - 1) < _SQUARE:
        return Fraction(1)
    return Fraction(ratio)


def square_width(width_px: int, aspect: Fraction) -> int:
    """Return how many square pixels are as wide as a row.

    >>> square_width(1440, Fraction(4, 3)), square_width(720, Fraction(8, 9))
    (1920, 640)
    """
    return max(1, round(width_px * aspect))


def squared(plane: NDArray[Any], aspect: Fraction) -> NDArray[Any]:
    """Return a decoded plane with square pixels: its rows made longer or shorter."""
    if aspect == 1:
        return plane
    width = square_width(plane.shape[1], aspect)
    way = cv2.INTER_AREA if width < plane.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(plane, (width, plane.shape[0]), interpolation=way))


def progressive(frames: Iterator["VideoFrame"]) -> Iterator["VideoFrame"]:
    """Yield frames with those that are woven of two fields rebuilt, each at its own time."""
    weave: Any = None
    for frame in frames:
        if weave is None:
            if not frame.interlaced_frame:
                yield frame
                continue
            weave = _bwdif(frame)
        weave.push(frame)
        yield from _ready(weave)
    if weave is not None:
        weave.push(None)
        yield from _ready(weave)


def _bwdif(frame: "VideoFrame") -> Any:
    """Return a graph that rebuilds the frames that are marked as woven, and passes the others on."""
    graph = av.filter.Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
    filtered = graph.add("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
    sink = graph.add("buffersink")
    source.link_to(filtered)
    filtered.link_to(sink)
    graph.configure()
    return graph


def _ready(graph: Any) -> Iterator["VideoFrame"]:
    while True:
        try:
            yield graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
