"""A video file as luma planes with times.

Decoding stops at luma: no conversion to RGB is made. The luma is brought from the file's range, depth and curve to one
that is the same for all files (`rigcoach.video.colour`).
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import dropwhile, islice
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture.tone import Transfer
from rigcoach.video.clean_aperture import clean_aperture
from rigcoach.video.colour import is_full_range, normalised_luma, transfer_of
from rigcoach.video.container import (
    FETCH_AGAIN,
    ClipError,
    check_size,
    decode,
    open_container,
    pixel_aspect,
)
from rigcoach.video.data_tracks import DataTracks, data_tracks
from rigcoach.video.footage_tracks import footage_streams, video_stream
from rigcoach.video.frame_times import FrameTimes
from rigcoach.video.geometry import Geometry, geometry_of
from rigcoach.video.matroska_crop import pixel_crop
from rigcoach.video.scan import FRAMES_LOOKED_AT, Scan, may_be_interlaced, progressive, reduced, scan_of, scans_seen
from rigcoach.video.stills import Still, describe_stills, find_stills, of_size, read_colour, read_luma, still_size
from rigcoach.video.thumbnail import shutter_beside
from rigcoach.video.track_length import frame_rate, length_s, undecodable_s

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["Clip", "ClipError", "Frame", "Picture", "read_clip", "read_frames", "read_pictures", "read_sequence"]


STILLS_FPS = Fraction(25)
"""How fast a sequence of stills is shown where nobody says otherwise."""

_MOST_BUILT_ON = 120  # as many pictures are decoded to get to such a place
_LOST_AT_FIRST_S = 0.2  # so much is told
_PLACES_LOOKED_AT = (0.2, 0.4, 0.6, 0.8)  # where nothing moves at first


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
    scan
        How its frames were scanned; what is woven of two fields is rebuilt from one of them.
    notes
        What the photographer should know of how the file was read, a sentence each.
    data
        Which tracks of data the file, not that of a chapter, holds beside its picture and its sound.
    geometry
        What makes a decoded picture upright; `None` where there is no file behind.
    chapters
        The files that the recording goes on in, where the camera split it, each as a clip.
    stills
        The pictures, where the clip is a folder of stills, `path`; they are shown at `fps`.
    """

    path: Path
    width: int
    height: int
    fps: Fraction
    duration_s: float | None
    full_range: bool
    transfer: Transfer = "bt709"
    shutter_s: float | None = None
    scan: Scan = Scan.PROGRESSIVE
    notes: tuple[str, ...] = ()
    data: DataTracks = DataTracks.NONE
    geometry: Geometry | None = field(default=None, repr=False)
    chapters: tuple["Clip", ...] = ()
    stills: tuple[Still, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All files of the recording, in order; of a sequence its stills."""
        if self.stills:
            return tuple(still.path for still in self.stills)
        return (self.path, *(chapter.path for chapter in self.chapters))

    @property
    def interlaced(self) -> bool:
        """Whether frames are woven of two fields: of what moves, half the lines are measured then."""
        return self.scan is not Scan.PROGRESSIVE


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


def read_clip(path: Path, chapters: Sequence[Path] = ()) -> Clip:
    """Open a video file and return what it says of itself.

    Parameters
    ----------
    path
        The file.
    chapters
        The files that the recording goes on in, where the camera split it (`rigcoach.video.recordings`).

    Raises
    ------
    ClipError
        With the reason, where a file cannot be read, holds no video, ends early, or is not of one recording with the
        first.
    """
    first = _read_file(path)
    if not chapters:
        return first
    others = tuple(_read_file(chapter) for chapter in chapters)
    for other in others:
        if (other.width, other.height, round(other.fps, 1)) != (first.width, first.height, round(first.fps, 1)):
            raise ClipError(
                f"{path.name} does not continue in {other.path.name}",
                why=f"one is {_described(first)}, the other {_described(other)}",
                next_step="Score them one by one",
                code="clip.not-one-recording",
            )
    lengths = [each.duration_s for each in (first, *others)]
    known = [length for length in lengths if length is not None]
    names = " and ".join(other.path.name for other in others)
    return replace(
        first,
        duration_s=sum(known) if len(known) == len(lengths) else None,
        notes=(f"{path.name} continues in {names}: scored as one recording", *first.notes),
        chapters=others,
    )


def read_sequence(folder: Path, fps: Fraction = STILLS_FPS) -> Clip:
    """Return a folder of stills as a clip that shows them at `fps`.

    Raises
    ------
    ClipError
        There are fewer than two in it, or the first cannot be read.
    """
    paths = find_stills(folder)
    width, height = still_size(paths[0])
    return Clip(
        path=folder,
        width=width,
        height=height,
        fps=fps,
        duration_s=len(paths) / float(fps),
        full_range=True,
        transfer="srgb",
        stills=describe_stills(paths),
    )


def _described(clip: Clip) -> str:
    return f"{clip.width} x {clip.height} at {float(clip.fps):.4g} frames a second"


def _read_file(path: Path) -> Clip:
    with open_container(path) as container:
        stream = video_stream(container, path)
        fps, aspect = frame_rate(stream), pixel_aspect(stream, path)
        first, flagged, lumas = _first_frames(decode(container, stream, path), fps, stream.codec_context.name, path)
        duration_s = length_s(container, stream, first.time)
        if len(lumas) == FRAMES_LOOKED_AT and not scans_seen(lumas):
            lumas = _first_that_move(path, duration_s) or lumas
        scan = scan_of(flagged, lumas)
        size = (first.width, first.height)
        shown = clean_aperture(path, stream, *size) or pixel_crop(path, stream, *size)
        geometry = geometry_of(first, aspect, shown)
        check_size(*geometry.size, path)
        others = footage_streams(container, path)[1:]
        return Clip(
            path=path,
            width=geometry.size[0],
            height=geometry.size[1],
            fps=fps,
            duration_s=duration_s,
            full_range=is_full_range(first),
            transfer=transfer_of(first, container, stream, path),
            shutter_s=shutter_beside(path),
            scan=scan,
            data=data_tracks(container, path),
            notes=tuple(_notes(path, stream, others, scan, undecodable_s(container, stream, first.time))),
            geometry=geometry,
        )


def _first_frames(
    frames: Iterator["VideoFrame"], fps: Fraction, codec: str, path: Path
) -> tuple["VideoFrame", bool, list[Luma]]:
    """Return the first frame, whether one of the first is marked as interlaced, and what shows how they were scanned.

    The last are as many frames as that takes, `reduced`; only the first where no such clip was ever interlaced.
    """
    first = next(frames, None)
    if first is None:
        raise ClipError(f"{path.name} holds no picture", why="not one frame could be decoded", next_step=FETCH_AGAIN)
    flagged, lumas = first.interlaced_frame, [reduced(normalised_luma(first, "bt709"))]
    if flagged or may_be_interlaced(first.height, fps, codec):
        try:
            for frame in islice(frames, FRAMES_LOOKED_AT - 1):
                flagged |= frame.interlaced_frame
                lumas.append(reduced(normalised_luma(frame, "bt709")))
        except ClipError:
            pass  # who reads on is told of the damage
    return first, flagged, lumas


def _first_that_move(path: Path, duration_s: float | None) -> list[Luma]:
    """Return frames in a row, `reduced`, from the first of a few places in a clip in which something moves."""
    if not duration_s:
        return []
    with open_container(path) as container:
        stream = video_stream(container, path)
        for share in _PLACES_LOOKED_AT:
            lumas = _frames_at(container, stream, share * duration_s)
            if len({luma.shape for luma in lumas}) == 1 and scans_seen(lumas):
                return lumas
    return []


def _frames_at(container: "InputContainer", stream: "VideoStream", at_s: float) -> list[Luma]:
    """Return a few frames in a row, `reduced`, from a time in a clip on; fewer or none where it cannot be got to."""
    at = (stream.start_time or 0) + round(at_s / (stream.time_base or 1))
    try:
        container.seek(at, stream=stream)
        # A jump ends at a whole picture, from which those after it are built.
        from_there = islice(container.decode(stream), _MOST_BUILT_ON)
        frames = islice(dropwhile(lambda frame: (frame.pts or 0) < at, from_there), FRAMES_LOOKED_AT)
        return [reduced(normalised_luma(frame, "bt709")) for frame in frames]
    except (av.error.FFmpegError, IndexError):
        return []  # who reads on is told of the damage


def _notes(
    path: Path, stream: "VideoStream", others: Sequence["VideoStream"], scan: Scan, lost_s: float
) -> Iterator[str]:
    if others:
        left = " and ".join(f"track {other.index + 1} ({other.width} x {other.height})" for other in others)
        yield (
            f"{path.name} holds {len(others) + 1} films: track {stream.index + 1} ({stream.width} x {stream.height}) "
            f"is scored, {left} not"
        )
    if lost_s > _LOST_AT_FIRST_S:
        yield (
            f"{path.name} begins within a group of pictures: its first {lost_s:.1f} s cannot be decoded and are not "
            "scored"
        )
    if scan is not Scan.PROGRESSIVE:
        yield (
            f"{path.name} is interlaced: moving parts are rebuilt from one field of each frame, and their blur is "
            "measured less precisely"
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
    size = (clip.width, clip.height)
    for i, still in enumerate(clip.stills):
        yield Frame(i / float(clip.fps), of_size(read_luma(still.path), size, still.path))
    if clip.stills:
        return
    for t_s, frame, geometry in _shown(clip):
        yield Frame(t_s, geometry.upright(normalised_luma(frame, clip.transfer)))


def read_pictures(clip: Clip, wanted: Container[int] | None = None) -> Iterator[Picture]:
    """Decode a clip's frames in colour, all or those of the numbers `wanted`, as `read_frames` counts them.

    Raises
    ------
    ClipError
        As `read_frames` does.
    """
    size = (clip.width, clip.height)
    for index, still in enumerate(clip.stills):
        if wanted is None or index in wanted:
            rgb = of_size(read_colour(still.path), size, still.path)
            yield Picture(index, index / float(clip.fps), rgb)
    if clip.stills:
        return
    for index, (t_s, frame, geometry) in enumerate(_shown(clip)):
        if wanted is None or index in wanted:
            rgb = geometry.upright(frame.to_ndarray(format="rgb24"))
            yield Picture(index, t_s, np.ascontiguousarray(rgb, dtype=np.uint8))


def _shown(clip: Clip) -> Iterator[tuple[float, "VideoFrame", Geometry]]:
    """Yield a recording's frames: seconds from the first, the frame as decoded, what makes it upright."""
    times = FrameTimes(1 / float(clip.fps))
    for part in (clip, *clip.chapters):
        if part.geometry is None:
            raise ValueError("there is no file behind this clip")
        with open_container(part.path) as container:
            frames = decode(container, video_stream(container, part.path), part.path)
            times.begin_file()
            for frame in progressive(frames, part.scan):
                t_s = times.of(frame.time)
                if t_s is not None:
                    yield t_s, frame, part.geometry
