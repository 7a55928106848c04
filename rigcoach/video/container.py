"""Opening a video file: a local file whatever it is called, the footage in it, and whether it is all there."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.stream import Disposition

from rigcoach.base.errors import RigcoachError
from rigcoach.video.track_length import is_matroska, length_s

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

FETCH_AGAIN = "Fetch it from the camera or card again"
_NAME_A_CLIP = "Score clips such as .mov, .mp4 or .mkv"
# A clip may lose a few frames at a cut and still be worth scoring; beyond this share it is called damaged.
_DAMAGED_SHARE = 0.05
_GAP_S = 0.4  # longer than any camera takes for a frame in the dark
# What no camera records, and no measure here is made for: 8K is 33 million pixels, a phone's slow motion 960 frames,
# an anamorphic lens makes pixels twice as wide as high. A few wrong bytes can declare gigabytes.
_MOST_PIXELS = 80_000_000
_SMALLEST_SIDE_PX = 32
_MOST_ASPECT = 10
_MOST_FPS, _COMMON_FPS = 5000, Fraction(25)
_MOST_STRETCHED = 4
# FFmpeg's demuxers that read text, pictures of letters, other files or the network.
_NO_CLIPS = frozenset(
    ("tty", "hls", "concat", "concatf", "dash", "imf", "sdp", "rtsp", "rtp", "sap", "bin", "xbin", "adf", "idf")
)
_NO_FOOTAGE = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
# A track this much smaller than the largest is a preview, even where it stands as the default one.
_PREVIEW_SHARE = 0.5


class ClipError(RigcoachError):
    """A file that cannot be read as a clip."""

    code = "clip.unreadable"


def open_container(path: Path) -> "InputContainer":
    """Open a file.

    Raises
    ------
    ClipError
        With the reason, where it cannot be read, or is no video.
    """
    name = path.name or str(path)
    _check_file(path, name)
    try:
        # What stands before a colon in a name would else be taken for a protocol; what a file lists is not opened.
        container = av.open(f"file:{path}", options={"max_pixels": str(_MOST_PIXELS)}, metadata_errors="replace")
    except av.error.InvalidDataError as error:
        raise _not_a_video(path) from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else None
        raise ClipError(f"{name} cannot be read", why=why or str(error)) from error
    # FFmpeg opens photographs too, under demuxers named after them (jpeg_pipe, png_pipe, image2).
    kind = container.format.name
    if kind.endswith("_pipe") or kind.startswith("image2"):
        container.close()
        raise ClipError(
            f"{name} is a photograph, not a video",
            why="only its name says otherwise",
            next_step=_NAME_A_CLIP,
            code="clip.not-video",
        )
    if kind in _NO_CLIPS:
        container.close()
        raise ClipError(
            f"{name} is not a video",
            why=f"it is text, or a list of other files ({kind})",
            next_step=_NAME_A_CLIP,
            code="clip.not-video",
        )
    return container


def _check_file(path: Path, name: str) -> None:
    try:
        if path.is_dir():
            raise ClipError(
                f"{name} is a folder without clips",
                why="no file in it has a movie's ending, such as .mov, .mp4 or .mts",
                next_step="Name the clips themselves; a folder of stills is scored with --sequence",
                code="clip.directory",
            )
        if not path.exists():
            raise ClipError(f"{name} does not exist", next_step="Check its name and folder", code="clip.missing")
        if not path.is_file():
            raise ClipError(f"{name} is not a file", why="pipes and devices cannot be scored", code="clip.not-video")
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        # A name that is too long, holds a NUL, or lies behind a folder that may not be read.
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ClipError(f"{name} cannot be read", why=why or str(error)) from error
    if size == 0:
        raise ClipError(f"{name} is empty", why="0 bytes", next_step=FETCH_AGAIN, code="clip.empty")


def _not_a_video(path: Path) -> ClipError:
    """Tell a MOV that lost its end, which holds the index, from a file that is no video at all."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[4:8] in (b"ftyp", b"mdat", b"wide", b"moov"):
        return ClipError(
            f"{path.name} is cut short",
            why="its index, which cameras write last, is missing",
            next_step=FETCH_AGAIN,
            code="clip.truncated",
        )
    return ClipError(
        f"{path.name} is not a video",
        why="its contents are of no kind that FFmpeg knows",
        next_step=_NAME_A_CLIP,
        code="clip.not-video",
    )


def footage_streams(container: "InputContainer", path: Path) -> list["VideoStream"]:
    """Return the streams that are footage, the one to measure first.

    Covers, thumbnails and tracks of one picture are none, unless there is nothing else. The default one comes first,
    or else the largest; what is far smaller than the largest is a preview, and comes last.

    Raises
    ------
    ClipError
        There is none, or FFmpeg cannot decode one.
    """
    moving = [stream for stream in container.streams.video if not stream.disposition & _NO_FOOTAGE]
    # A clip may be one picture long.
    streams = (_of_more_than_one_picture(moving, path) if len(moving) > 1 else moving) or moving
    if not streams:
        why = "it has no video track"
        if container.streams.video:
            why = "it has a cover picture or a thumbnail only"
        elif container.streams.audio:
            why = "it has sound only"
        raise ClipError(f"{path.name} holds no video", why=why, next_step=_NAME_A_CLIP, code="clip.not-video")
    # Where FFmpeg has no decoder, PyAV has no context.
    if any(stream.codec_context is None for stream in streams):
        raise ClipError(
            f"{path.name} cannot be decoded",
            why="FFmpeg has no decoder for its video track",
            next_step="Convert it, or set the camera to H.264 or HEVC",
            code="clip.no-decoder",
        )
    largest = max(map(_area, streams))

    def order(stream: "VideoStream") -> tuple[bool, bool, int, int]:
        default = bool(stream.disposition & Disposition.default)
        return _area(stream) < _PREVIEW_SHARE * largest, not default, -_area(stream), stream.index

    return sorted(streams, key=order)


def _area(stream: "VideoStream") -> int:
    return int(stream.width) * int(stream.height)


def _of_more_than_one_picture(streams: "list[VideoStream]", path: Path) -> "list[VideoStream]":
    """Return the streams that hold more than one picture; those that no index counts are read to see."""
    counts = {stream.index: int(stream.frames) for stream in streams}
    uncounted = sorted(index for index, count in counts.items() if count == 0)
    if uncounted:
        with open_container(path) as again:
            try:
                for packet in again.demux([again.streams[index] for index in uncounted]):
                    counts[packet.stream.index] += packet.size > 0
                    if all(counts[index] > 1 for index in uncounted):
                        break
            except av.error.FFmpegError:
                pass  # what comes after the damage counts for nothing here; who reads on is told of it
    return [stream for stream in streams if counts[stream.index] > 1]


def video_stream(container: "InputContainer", path: Path) -> "VideoStream":
    """Return the stream to measure.

    Raises
    ------
    ClipError
        There is none, it is not all there, or it says of itself what no camera records.
    """
    stream = footage_streams(container, path)[0]
    check_size(stream.width, stream.height, path)
    if frame_rate(stream) > _MOST_FPS:
        raise ClipError(
            f"{path.name} says that it has {float(frame_rate(stream)):.3g} frames a second",
            why="no camera records so many",
            next_step=FETCH_AGAIN,
            code="clip.frame-rate",
        )
    _check_whole(stream, path)
    stream.thread_type = "AUTO"
    stream.codec_context.options = {"max_pixels": str(_MOST_PIXELS)}
    return stream


def frame_rate(stream: "VideoStream") -> Fraction:
    """Return the average frame rate, or 25 where the file says nothing."""
    for rate in (stream.average_rate, stream.guessed_rate):
        # Of one picture alone, and of a bare DV stream, a clock's rate may be told.
        is_clock = stream.frames == 1 or stream.container.format.name == "dv"
        if rate and (rate <= _MOST_FPS or not is_clock):
            return Fraction(rate)
    return _COMMON_FPS


def check_size(width: int, height: int, path: Path) -> None:
    """Raise `ClipError` where a picture's size cannot be measured."""
    # FFmpeg itself takes back the size of what is larger than it is told to decode.
    if not 0 < width * height <= _MOST_PIXELS:
        size = f"{width} x {height} pixels" if width else "no size, or one beyond all measure"
        raise ClipError(
            f"{path.name} says that its frames have {size}",
            why=f"more than {_MOST_PIXELS // 1_000_000} million pixels is more than any camera records",
            next_step=FETCH_AGAIN,
            code="clip.size",
        )
    if max(width, height) > _MOST_ASPECT * min(width, height):
        raise ClipError(
            f"{path.name} says that its frames have {width} x {height} pixels",
            why="no camera records so narrow a picture",
            next_step=FETCH_AGAIN,
            code="clip.size",
        )
    if min(width, height) < _SMALLEST_SIDE_PX:
        raise ClipError(
            f"{path.name} is too small to be measured",
            why=f"its frames have {width} x {height} pixels; {_SMALLEST_SIDE_PX} on a side are the least",
            next_step="Score the clip as the camera recorded it",
            code="clip.size",
        )


def pixel_aspect(stream: "VideoStream", path: Path) -> Fraction:
    """Return how many times as wide as high a pixel is, before the picture is turned.

    Raises
    ------
    ClipError
        It is what no camera records.
    """
    aspect = Fraction(stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or 1)
    if aspect > 0 and not Fraction(1, _MOST_STRETCHED) <= aspect <= _MOST_STRETCHED:
        raise ClipError(
            f"{path.name} says that its pixels are {float(aspect):.3g} times as wide as high",
            why="no camera records such",
            next_step=FETCH_AGAIN,
            code="clip.pixel-shape",
        )
    return aspect if aspect > 0 else Fraction(1)


def _check_whole(stream: "VideoStream", path: Path) -> None:
    """Raise where the index names bytes beyond the end of the file."""
    size = path.stat().st_size
    entries = stream.index_entries
    missing = sum(entry.pos + entry.size > size for entry in entries)
    if missing:
        raise ClipError(
            f"{path.name} is cut short",
            why=f"{missing} of its {len(entries)} frames are missing from the file",
            next_step=FETCH_AGAIN,
            code="clip.truncated",
        )


@dataclass(slots=True)
class _Account:
    """What was decoded of a stream, and what could not be."""

    decoded: int = 0
    damaged: int = 0
    first_s: float | None = None
    end_s: float = 0.0
    lost_s: float = 0.0  # between frames that are too far apart for any camera
    why: str = ""


def decode(container: "InputContainer", stream: "VideoStream", path: Path) -> Iterator["VideoFrame"]:
    """Yield the frames of a stream in order.

    Raises
    ------
    ClipError
        After the last readable frame, where frames that the file promises are missing or broken; or where the pictures
        change their size.
    """
    account, step_s = _Account(), 1 / float(frame_rate(stream))
    size: tuple[int, int] | None = None
    for packet in _packets(container, stream, account):
        try:
            frames = packet.decode()
        except av.error.FFmpegError as error:
            account.damaged += packet.size > 0
            account.why = error.strerror or str(error)
            continue
        for frame in frames:
            if frame.is_corrupt:
                account.damaged += 1
                continue
            if size is None:
                size = (frame.width, frame.height)
                check_size(*size, path)
            elif size != (frame.width, frame.height):
                raise _changed(path, size, frame)
            account.decoded += 1
            account.first_s = (frame.time or 0.0) if account.first_s is None else account.first_s
            if account.decoded > 1 and (gap_s := (frame.time or 0.0) - account.end_s) > max(_GAP_S, 10 * step_s):
                account.lost_s += gap_s
            account.end_s = (frame.time or 0.0) + step_s
            yield frame
    _check(account, container, stream, path)


def _packets(container: "InputContainer", stream: "VideoStream", account: _Account) -> "Iterator[Packet[VideoStream]]":
    try:
        yield from container.demux(stream)
    except av.error.FFmpegError as error:
        account.damaged += 1
        account.why = error.strerror or str(error)
    except IndexError:
        # PyAV knows the streams that there were at first, and a transport stream may name others on the way.
        account.damaged += 1
        account.why = "it goes on with other streams than it began with"


def _changed(path: Path, size: tuple[int, int], frame: "VideoFrame") -> ClipError:
    return ClipError(
        f"{path.name} changes its picture",
        why=f"from {size[0]} x {size[1]} to {frame.width} x {frame.height} pixels after {frame.time or 0.0:.1f} s",
        next_step="Cut it there, and score the parts one by one",
        code="clip.changes-size",
    )


def _check(account: _Account, container: "InputContainer", stream: "VideoStream", path: Path) -> None:
    frames = account.decoded + account.damaged
    if account.damaged > _DAMAGED_SHARE * max(frames, 1):
        why = f"{account.damaged} of its {frames} frames cannot be decoded"
        if account.why and not account.decoded:
            why = f"{why} ({account.why})"
        raise ClipError(f"{path.name} is damaged", why=why, next_step=FETCH_AGAIN, code="clip.damaged")
    # AVI counts its frames at its beginning.
    if container.format.name == "avi" and frames < (1 - _DAMAGED_SHARE) * stream.frames:
        raise ClipError(
            f"{path.name} is cut short",
            why=f"{stream.frames - frames} of its {stream.frames} frames are missing from the file",
            next_step=FETCH_AGAIN,
            code="clip.truncated",
        )
    # What a demuxer cannot read it passes over without a word.
    if account.first_s is not None and account.lost_s > _DAMAGED_SHARE * (account.end_s - account.first_s):
        raise ClipError(
            f"{path.name} is damaged",
            why=f"{account.lost_s:.1f} s of its pictures are missing in between",
            next_step=FETCH_AGAIN,
            code="clip.damaged",
        )
    # Matroska has no index of every frame: there, what is missing shows in the length.
    expected_s = length_s(container, stream, account.first_s)
    if expected_s is not None and account.first_s is not None:
        # A track may begin before or after zero; what it lasts is counted from where it begins, where it says so.
        says = stream.start_time not in (None, 0) or is_matroska(container)
        begins_s = account.first_s if says else min(account.first_s, 0.0)
        seen_s = account.end_s - begins_s
        if expected_s - seen_s > max(0.5, 0.02 * expected_s):
            raise ClipError(
                f"{path.name} is cut short",
                why=f"it should last {expected_s:.1f} s and ends after {seen_s:.1f} s",
                next_step=FETCH_AGAIN,
                code="clip.truncated",
            )
