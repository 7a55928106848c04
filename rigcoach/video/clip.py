"""A video file as luma planes with times.

Decoding stops at luma: no conversion to RGB is made. The luma is brought from the file's range, depth and curve to one
that is the same for all files (`rigcoach.video.colour`).
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture.tone import Transfer
from rigcoach.video.colour import is_full_range, normalised_luma, transfer_of
from rigcoach.video.container import (
    FETCH_AGAIN,
    ClipError,
    decode,
    footage_streams,
    frame_rate,
    length_s,
    open_container,
    video_stream,
)
from rigcoach.video.geometry import Orientation, orientation, pixel_aspect, progressive, square_width, squared
from rigcoach.video.thumbnail import shutter_beside

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["Clip", "ClipError", "Frame", "Picture", "read_clip", "read_frames", "read_pictures"]


@dataclass(frozen=True, slots=True)
class Clip:
    """What a video file says of itself.

    Attributes
    ----------
    path
        The file.
    width, height
        Size of the upright frame in square pixels: turned and unsqueezed as the file asks for.
    fps
        Average frame rate in frames per second.
    duration_s
        Length in seconds of the footage itself; `None` where the file does not say.
    full_range
        Whether luma runs from 0 to 255 in the file (as an EOS 5D Mark II writes it) rather than from 16 to 235.
    transfer
        The curve from light to signal that the file was recorded with; frames are read by it.
    shutter_s
        Exposure time in seconds where the camera wrote it beside the clip (`rigcoach.video.thumbnail`).
    interlaced
        Whether frames are woven of two fields: each is then rebuilt from one of them.
    notes
        What the photographer should know of how the file was read, a sentence each.
    """

    path: Path
    width: int
    height: int
    fps: Fraction
    duration_s: float | None
    full_range: bool
    transfer: Transfer = "bt709"
    shutter_s: float | None = None
    interlaced: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One upright frame: `t_s` seconds from the first, `luma` of shape (height, width).

    Whatever the file holds, luma is of 8 bits and full range, on BT.709's curve, diffuse white at 255.
    """

    t_s: float
    luma: Luma


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One upright frame in colour: its number, `t_s` seconds from the first, `rgb` of shape (height, width, 3)."""

    index: int
    t_s: float
    rgb: NDArray[np.uint8]


def read_clip(path: Path) -> Clip:
    """Open a video file and return what it says of itself.

    Raises
    ------
    ClipError
        With the reason, where the file cannot be read, holds no video, or ends early.
    """
    with open_container(path) as container:
        stream = video_stream(container, path)
        first = next(iter(decode(container, stream, path)), None)
        if first is None:
            raise ClipError(
                f"{path.name} holds no picture", why="not one frame could be decoded", next_step=FETCH_AGAIN
            )
        turned = orientation(first).transposed
        width, height = square_width(first.width, pixel_aspect(stream)), first.height
        others = len(footage_streams(container)) - 1
        notes = []
        if others:
            notes.append(f"{path.name} holds {others + 1} films: the default one, or else the largest, is scored")
        if first.interlaced_frame:
            notes.append(f"{path.name} is interlaced: every frame is rebuilt from one of its two fields")
        return Clip(
            path=path,
            width=height if turned else width,
            height=width if turned else height,
            fps=frame_rate(stream),
            duration_s=length_s(container, stream),
            full_range=is_full_range(first),
            transfer=transfer_of(first, container, stream, path),
            shutter_s=shutter_beside(path),
            interlaced=bool(first.interlaced_frame),
            notes=tuple(notes),
        )


def read_frames(clip: Clip) -> Iterator[Frame]:
    """Decode a clip from its first frame to its last.

    Yields
    ------
    Frame
        Its luma is a view of the decoder's buffer where that is possible: copy what must last.

    Raises
    ------
    ClipError
        After the last readable frame, where frames that the file promises are missing.
    """
    for _, t_s, frame, way, aspect in _shown(clip):
        yield Frame(t_s, way.upright(squared(normalised_luma(frame, clip.transfer), aspect)))


def read_pictures(clip: Clip, wanted: Container[int] | None = None) -> Iterator[Picture]:
    """Decode a clip's frames in colour, all or those of the numbers `wanted`, as `read_frames` counts them.

    Raises
    ------
    ClipError
        As `read_frames` does.
    """
    for index, t_s, frame, way, aspect in _shown(clip):
        if wanted is None or index in wanted:
            rgb = way.upright(squared(frame.to_ndarray(format="rgb24"), aspect))
            yield Picture(index, t_s, np.ascontiguousarray(rgb, dtype=np.uint8))


def _shown(clip: Clip) -> Iterator[tuple[int, float, "VideoFrame", Orientation, Fraction]]:
    """Yield frames as decoded: number, seconds from the first, frame, how it is turned, how wide its pixels are."""
    with open_container(clip.path) as container:
        stream = video_stream(container, clip.path)
        aspect, way = pixel_aspect(stream), Orientation()
        start: float | None = None
        for index, frame in enumerate(progressive(decode(container, stream, clip.path))):
            time_s = frame.time if frame.time is not None else 0.0
            start = time_s if start is None else start
            # A filter may drop the matrix of the frames that it rebuilds; it is the same throughout.
            way = orientation(frame) if index == 0 or not clip.interlaced else way
            yield index, time_s - start, frame, way, aspect
