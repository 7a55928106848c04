"""Opening and decoding a video file: a local file of any name, and whether it is complete."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from rigcoach.base.clip_names import is_clip
from rigcoach.base.errors import RigcoachError
from rigcoach.video.stored_order import ShownTimes
from rigcoach.video.track_length import frame_rate, is_matroska, length_s, picture_count

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

FETCH_AGAIN = "Fetch it from the camera or card again"
NAME_A_CLIP = "Score clips such as .mov, .mp4 or .mkv"
# A clip may lose a few frames at a cut and still be worth scoring; beyond this share it is called damaged.
_DAMAGED_SHARE = 0.05
_GAP_S = 0.4  # longer than any camera takes for a frame in the dark
# What no camera records, and no measure here is made for: 8K is 33 million pixels, a phone's slow motion 960 frames,
# an anamorphic lens makes pixels twice as wide as high. A few wrong bytes can declare gigabytes.
MOST_PIXELS = 80_000_000
_SMALLEST_SIDE_PX = 32
_MOST_ASPECT = 10
_MOST_STRETCHED = 4
# FFmpeg's demuxers that read text, pictures of letters, other files or the network.
_NO_CLIPS = frozenset(
    ("tty", "hls", "concat", "concatf", "dash", "imf", "sdp", "rtsp", "rtp", "sap", "bin", "xbin", "adf", "idf")
)


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
        container = av.open(f"file:{path}", options={"max_pixels": str(MOST_PIXELS)}, metadata_errors="replace")
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
            why="only its name says otherwise" if is_clip(name) else "",
            next_step=f"{NAME_A_CLIP}, or a folder of stills with --sequence",
            code="clip.not-video",
        )
    if kind in _NO_CLIPS:
        container.close()
        raise ClipError(
            f"{name} is not a video",
            why=f"it is text, or a list of other files ({kind})",
            next_step=NAME_A_CLIP,
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
            raise ClipError(
                f"{name} is not a file",
                why="pipes and devices cannot be scored",
                next_step=NAME_A_CLIP,
                code="clip.not-video",
            )
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
        next_step=NAME_A_CLIP,
        code="clip.not-video",
    )


def check_size(width: int, height: int, path: Path) -> None:
    """Raise `ClipError` where a picture's size cannot be measured."""
    # FFmpeg itself takes back the size of what is larger than it is told to decode.
    if not 0 < width * height <= MOST_PIXELS:
        size = f"{width} x {height} pixels" if width else "no size, or one beyond all measure"
        raise ClipError(
            f"{path.name} says that its frames have {size}",
            why=f"more than {MOST_PIXELS // 1_000_000} million pixels is more than any camera records",
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


@dataclass(slots=True)
class _Account:
    """What was decoded of a stream, and what could not be."""

    decoded: int = 0
    damaged: int = 0
    first_s: float | None = None
    end_s: float = 0.0
    lost_s: float = 0.0  # between frames that are too far apart for any camera
    why: str = ""

    def count(self, t_s: float | None, step_s: float) -> None:
        """Count a frame that is shown at a time; program streams stamp some of them only."""
        t_s = self.end_s if t_s is None else t_s
        self.first_s = t_s if self.first_s is None else self.first_s
        if self.decoded and (gap_s := t_s - self.end_s) > max(_GAP_S, 10 * step_s):
            self.lost_s += gap_s
        self.decoded += 1
        self.end_s = t_s + step_s


def decode(container: "InputContainer", stream: "VideoStream", path: Path) -> Iterator["VideoFrame"]:
    """Yield the frames of a stream in order.

    Raises
    ------
    ClipError
        After the last readable frame, where frames that the file promises are missing or broken; or where the pictures
        change their size.
    """
    account, step_s = _Account(), 1 / float(frame_rate(stream))
    times = ShownTimes(container)
    size: tuple[int, int] | None = None
    for packet in _packets(container, stream, account):
        times.stored(packet)
        try:
            frames = packet.decode()
        except av.error.FFmpegError as error:
            account.damaged += packet.size > 0
            account.why = error.strerror or str(error)
            times.lost(packet)
            continue
        for frame in frames:
            times.stamp(frame)
            if frame.is_corrupt:
                account.damaged += 1
                continue
            if size is None:
                size = (frame.width, frame.height)
                check_size(*size, path)
            elif size != (frame.width, frame.height):
                raise _changed(path, size, frame)
            account.count(frame.time, step_s)
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
    if container.format.name == "avi" and frames < (1 - _DAMAGED_SHARE) * (told := picture_count(stream)):
        raise ClipError(
            f"{path.name} is cut short",
            why=f"{told - frames} of its {told} frames are missing from the file",
            next_step=FETCH_AGAIN,
            code="clip.truncated",
        )
    # What a demuxer cannot read it passes over without a word. Where an index names every frame, a long one was held.
    lost_s = 0.0 if 0 < stream.frames == len(stream.index_entries) else account.lost_s
    if account.first_s is not None and lost_s > _DAMAGED_SHARE * (account.end_s - account.first_s):
        raise ClipError(
            f"{path.name} is damaged",
            why=f"{lost_s:.1f} s of its pictures are missing in between",
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
