"""A video file as luma planes with times.

Decoding stops at luma: no conversion to RGB is made. The luma is brought from the file's range, depth and curve to one
that is the same for all files (`rigcoach.video.colour`).
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from numpy.typing import NDArray

from rigcoach.base.errors import RigcoachError
from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture.tone import Transfer
from rigcoach.video.colour import is_full_range, normalised_luma, transfer_of
from rigcoach.video.thumbnail import shutter_beside

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


# A clip may lose a few frames at a cut and still be worth scoring; beyond this share it is called damaged.
_DAMAGED_SHARE = 0.05


class ClipError(RigcoachError):
    """A file that cannot be read as a clip."""

    code = "clip.unreadable"


@dataclass(frozen=True, slots=True)
class Clip:
    """What a video file says of itself.

    Attributes
    ----------
    path
        The file.
    width, height
        Size of the upright frame in pixels, after the rotation that the file asks for.
    fps
        Average frame rate in frames per second.
    duration_s
        Length in seconds, by the container; `None` where it does not say.
    full_range
        Whether luma runs from 0 to 255 in the file (as an EOS 5D Mark II writes it) rather than from 16 to 235.
    transfer
        The curve from light to signal that the file was recorded with; frames are read by it.
    shutter_s
        Exposure time in seconds where the camera wrote it beside the clip (`rigcoach.video.thumbnail`).
    """

    path: Path
    width: int
    height: int
    fps: Fraction
    duration_s: float | None
    full_range: bool
    transfer: Transfer = "bt709"
    shutter_s: float | None = None


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
    with _open(path) as container:
        stream = _video_stream(container, path)
        first = next(iter(_decode(container, stream, path)), None)
        if first is None:
            raise ClipError(
                f"{path.name} holds no picture", why="not one frame could be decoded", next_step=_FETCH_AGAIN
            )
        turned = first.rotation % 180 != 0
        return Clip(
            path=path,
            width=first.height if turned else first.width,
            height=first.width if turned else first.height,
            fps=Fraction(stream.average_rate or stream.guessed_rate or 25),
            duration_s=None if container.duration is None else container.duration / av.time_base,
            full_range=is_full_range(first),
            transfer=transfer_of(first, container, path),
            shutter_s=shutter_beside(path),
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
    with _open(clip.path) as container:
        stream = _video_stream(container, clip.path)
        start: float | None = None
        for frame in _decode(container, stream, clip.path):
            time_s = frame.time if frame.time is not None else 0.0
            start = time_s if start is None else start
            yield Frame(t_s=time_s - start, luma=_upright_luma(frame, clip.transfer))


def read_pictures(clip: Clip, wanted: Container[int] | None = None) -> Iterator[Picture]:
    """Decode a clip's frames in colour, all or those of the numbers `wanted`, as `read_frames` counts them.

    Raises
    ------
    ClipError
        As `read_frames` does.
    """
    with _open(clip.path) as container:
        stream = _video_stream(container, clip.path)
        start: float | None = None
        for index, frame in enumerate(_decode(container, stream, clip.path)):
            time_s = frame.time if frame.time is not None else 0.0
            start = time_s if start is None else start
            if wanted is None or index in wanted:
                quarter_turns = round(frame.rotation / 90) % 4
                rgb = np.rot90(frame.to_ndarray(format="rgb24"), quarter_turns)
                yield Picture(index, time_s - start, np.ascontiguousarray(rgb, dtype=np.uint8))


_FETCH_AGAIN = "Fetch it from the camera or card again"


def _open(path: Path) -> "InputContainer":
    name = path.name or str(path)
    if not path.exists():
        raise ClipError(f"{name} is not there", why=f"no file at {path}", code="clip.missing")
    if path.is_dir():
        raise ClipError(
            f"{name} is a folder, not a clip", next_step=f"Name the clips in it: {path}/*", code="clip.directory"
        )
    if path.stat().st_size == 0:
        raise ClipError(f"{name} is empty", why="0 bytes", next_step=_FETCH_AGAIN, code="clip.empty")
    try:
        container = av.open(str(path))
    except av.error.InvalidDataError as error:
        raise _not_a_video(path) from error
    except av.error.FFmpegError as error:
        raise ClipError(f"{name} cannot be read", why=error.strerror or str(error)) from error
    # FFmpeg opens photographs too, under demuxers named after them (jpeg_pipe, png_pipe, image2).
    if container.format.name.endswith("_pipe") or container.format.name.startswith("image2"):
        container.close()
        raise ClipError(
            f"{name} is a photograph, not a video",
            why="only its name says otherwise",
            next_step="Score clips such as .mov, .mp4 or .mkv",
            code="clip.not-video",
        )
    return container


def _not_a_video(path: Path) -> ClipError:
    """Tell a MOV that lost its end, which holds the index, from a file that is no video at all."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[4:8] in (b"ftyp", b"mdat", b"wide", b"moov"):
        return ClipError(
            f"{path.name} is cut short",
            why="its index, which cameras write last, is missing",
            next_step=_FETCH_AGAIN,
            code="clip.truncated",
        )
    return ClipError(
        f"{path.name} is not a video",
        why="its contents are of no kind that FFmpeg knows",
        next_step="Score clips such as .mov, .mp4 or .mkv",
        code="clip.not-video",
    )


def _video_stream(container: "InputContainer", path: Path) -> "VideoStream":
    if not container.streams.video:
        raise ClipError(
            f"{path.name} holds no video",
            why="it has sound only" if container.streams.audio else "it has no video track",
            next_step="Score clips such as .mov, .mp4 or .mkv",
            code="clip.not-video",
        )
    stream = container.streams.video[0]
    _check_whole(stream, path)
    stream.thread_type = "AUTO"
    return stream


def _check_whole(stream: "VideoStream", path: Path) -> None:
    """Raise where the index names bytes beyond the end of the file."""
    size = path.stat().st_size
    entries = stream.index_entries
    missing = sum(entry.pos + entry.size > size for entry in entries)
    if missing:
        raise ClipError(
            f"{path.name} is cut short",
            why=f"{missing} of its {len(entries)} frames are missing from the file",
            next_step=_FETCH_AGAIN,
            code="clip.truncated",
        )


def _decode(container: "InputContainer", stream: "VideoStream", path: Path) -> Iterator["VideoFrame"]:
    decoded = damaged = 0
    last_end_s = 0.0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            damaged += 1
            continue
        for frame in frames:
            if frame.is_corrupt:
                damaged += 1
                continue
            decoded += 1
            last_end_s = (frame.time or 0.0) + 1 / float(stream.average_rate or 25)
            yield frame
    if damaged > _DAMAGED_SHARE * max(decoded + damaged, 1):
        raise ClipError(
            f"{path.name} is damaged",
            why=f"{damaged} of its {decoded + damaged} frames cannot be decoded",
            next_step=_FETCH_AGAIN,
            code="clip.damaged",
        )
    # Matroska has no index of every frame: there, what is missing shows in the length. Sound may run on a little.
    if container.duration is not None and not container.streams.audio:
        expected_s = container.duration / av.time_base
        if decoded and expected_s - last_end_s > max(0.5, 0.02 * expected_s):
            raise ClipError(
                f"{path.name} is cut short",
                why=f"it should last {expected_s:.1f} s and ends after {last_end_s:.1f} s",
                next_step=_FETCH_AGAIN,
                code="clip.truncated",
            )


def _upright_luma(frame: "VideoFrame", transfer: Transfer) -> Luma:
    luma = normalised_luma(frame, transfer)
    quarter_turns = round(frame.rotation / 90) % 4
    return np.rot90(luma, quarter_turns) if quarter_turns else luma
