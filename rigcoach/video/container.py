"""Opening a video file: a local file whatever it is called, the footage in it, and whether it is all there."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.stream import Disposition

from rigcoach.base.errors import RigcoachError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

FETCH_AGAIN = "Fetch it from the camera or card again"
# A clip may lose a few frames at a cut and still be worth scoring; beyond this share it is called damaged.
_DAMAGED_SHARE = 0.05
_PICTURE_CODECS = ("mjpeg", "png", "bmp", "gif", "webp", "tiff")
# What no camera records, and no measure here is made for: 8K is 33 million pixels, a phone's slow motion 960 frames.
_MOST_PIXELS = 80_000_000
_SMALLEST_SIDE_PX = 32
_MOST_FPS = 5000


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
    if not path.exists():
        raise ClipError(f"{name} is not there", why=f"no file at {path}", code="clip.missing")
    if path.is_dir():
        raise ClipError(
            f"{name} is a folder without clips",
            why="no file in it has a movie's ending, such as .mov, .mp4 or .mts",
            next_step="Name the clips themselves",
            code="clip.directory",
        )
    if not path.is_file():
        raise ClipError(f"{name} is no file", why="a pipe or a device cannot be scored", code="clip.not-video")
    if path.stat().st_size == 0:
        raise ClipError(f"{name} is empty", why="0 bytes", next_step=FETCH_AGAIN, code="clip.empty")
    try:
        with _name_for_ffmpeg(path) as url:
            container = av.open(url, metadata_errors="replace")
    except av.error.InvalidDataError as error:
        raise _not_a_video(path) from error
    except (av.error.FFmpegError, OSError) as error:
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


@contextmanager
def _name_for_ffmpeg(path: Path) -> Iterator[str]:
    """Give a name that FFmpeg takes for a local file's, for as long as it takes to open it."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        # A name that is no UTF-8 keeps its bytes in lone surrogates, which PyAV cannot pass on: a descriptor has a
        # name of its own under Linux and macOS.
        with path.open("rb") as file:
            yield f"file:/dev/fd/{file.fileno()}"
    else:
        # What stands before a colon would else be taken for a protocol.
        yield f"file:{path}"


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
        next_step="Score clips such as .mov, .mp4 or .mkv",
        code="clip.not-video",
    )


def footage_streams(container: "InputContainer") -> list["VideoStream"]:
    """Return the streams that are footage, the one to measure first: cover pictures and thumbnails are none.

    The default one comes first, then the largest.
    """
    streams = [stream for stream in container.streams.video if not _is_picture(stream)]
    streams = streams or list(container.streams.video)

    def order(stream: "VideoStream") -> tuple[bool, int, int]:
        size = stream.codec_context
        return (not stream.disposition & Disposition.default, -size.width * size.height, stream.index)

    return sorted(streams, key=order)


def _is_picture(stream: "VideoStream") -> bool:
    single = stream.frames == 1 or (stream.codec_context.name in _PICTURE_CODECS and stream.frames <= 1)
    return bool(stream.disposition & Disposition.attached_pic) or (single and _is_short(stream))


def _is_short(stream: "VideoStream") -> bool:
    """Whether a stream that counts one picture has others beside it: a clip of a single frame is still a clip."""
    return len(stream.container.streams.video) > 1


def video_stream(container: "InputContainer", path: Path) -> "VideoStream":
    """Return the stream to measure.

    Raises
    ------
    ClipError
        There is none, it is not all there, or it says of itself what no camera records.
    """
    if not container.streams.video:
        raise ClipError(
            f"{path.name} holds no video",
            why="it has sound only" if container.streams.audio else "it has no video track",
            next_step="Score clips such as .mov, .mp4 or .mkv",
            code="clip.not-video",
        )
    stream = footage_streams(container)[0]
    _check_measurable(stream, path)
    _check_whole(stream, path)
    stream.thread_type = "AUTO"
    return stream


def frame_rate(stream: "VideoStream") -> Fraction:
    """Return the average frame rate, or 25 where the file says nothing."""
    return Fraction(stream.average_rate or stream.guessed_rate or 25)


def _check_measurable(stream: "VideoStream", path: Path) -> None:
    """Raise where the file declares a size or a frame rate that cannot be measured."""
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > _MOST_PIXELS:
        raise ClipError(
            f"{path.name} says that its frames have {width} x {height} pixels",
            why=f"more than {_MOST_PIXELS // 1_000_000} million is more than any camera records",
            next_step=FETCH_AGAIN,
            code="clip.size",
        )
    if 0 < min(width, height) < _SMALLEST_SIDE_PX:
        raise ClipError(
            f"{path.name} is too small to be measured",
            why=f"its frames have {width} x {height} pixels; {_SMALLEST_SIDE_PX} on a side are the least",
            next_step="Score the clip as the camera recorded it",
            code="clip.size",
        )
    if frame_rate(stream) > _MOST_FPS:
        raise ClipError(
            f"{path.name} says that it has {float(frame_rate(stream)):.3g} frames a second",
            why="no camera records so many",
            next_step=FETCH_AGAIN,
            code="clip.frame-rate",
        )


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


def length_s(container: "InputContainer", stream: "VideoStream") -> float | None:
    """Return how long the footage is: the stream's own length, else the container's; data tracks may run on."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / av.time_base


def decode(container: "InputContainer", stream: "VideoStream", path: Path) -> Iterator["VideoFrame"]:
    """Yield the frames of a stream in order.

    Raises
    ------
    ClipError
        After the last readable frame, where frames that the file promises are missing or broken.
    """
    decoded = damaged = 0
    last_end_s, first_s = 0.0, None
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            damaged += 1
            continue
        except av.error.FFmpegError as error:
            raise ClipError(f"{path.name} cannot be decoded", why=error.strerror or str(error)) from error
        for frame in frames:
            if frame.is_corrupt:
                damaged += 1
                continue
            decoded += 1
            first_s = (frame.time or 0.0) if first_s is None else first_s
            last_end_s = (frame.time or 0.0) + 1 / float(frame_rate(stream))
            yield frame
    if damaged > _DAMAGED_SHARE * max(decoded + damaged, 1):
        raise ClipError(
            f"{path.name} is damaged",
            why=f"{damaged} of its {decoded + damaged} frames cannot be decoded",
            next_step=FETCH_AGAIN,
            code="clip.damaged",
        )
    # Matroska has no index of every frame: there, what is missing shows in the length. Sound may run on a little.
    expected_s = length_s(container, stream)
    if expected_s is not None and not container.streams.audio and decoded:
        # A track may begin before or after zero; what it lasts is counted from where it begins, where it says so.
        begins_s = min(first_s or 0.0, 0.0) if stream.start_time in (None, 0) else first_s or 0.0
        seen_s = last_end_s - begins_s
        if expected_s - seen_s > max(0.5, 0.02 * expected_s):
            raise ClipError(
                f"{path.name} is cut short",
                why=f"it should last {expected_s:.1f} s and ends after {seen_s:.1f} s",
                next_step=FETCH_AGAIN,
                code="clip.truncated",
            )
