"""Which of a file's tracks are footage, and which one is to be measured."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.stream import Disposition

from rigcoach.video.container import FETCH_AGAIN, MOST_PIXELS, NAME_A_CLIP, ClipError, check_size, open_container
from rigcoach.video.track_length import MOST_FPS, frame_rate, picture_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

_NO_FOOTAGE = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
# A track this much smaller than the largest is a preview, even where it stands as the default one; one of so many fewer
# pictures than the fullest shows pictures of chapters.
_PREVIEW_SHARE, _SPARSE_SHARE = 0.5, 0.5
_ENOUGH = 250  # pictures, to tell how fast they come


def footage_streams(container: "InputContainer", path: Path) -> list["VideoStream"]:
    """Return the streams that are footage, the one to measure first.

    Covers, thumbnails and tracks of one picture are none, unless there is nothing else. The default one comes first,
    or else the largest; what is far smaller than the largest is a preview, and comes later, and what has far fewer
    pictures than the fullest is no film, and comes last.

    Raises
    ------
    ClipError
        There is none, or FFmpeg cannot decode one.
    """
    moving = [stream for stream in container.streams.video if not stream.disposition & _NO_FOOTAGE]
    pictures = _pictures(moving, path) if len(moving) > 1 else {}
    # A clip may be one picture long.
    streams = [
        stream for stream in moving if stream.index not in pictures or pictures[stream.index].count > 1
    ] or moving
    if not streams:
        why = "it has no video track"
        if container.streams.video:
            why = "it has a cover picture or a thumbnail only"
        elif container.streams.audio:
            why = "it has sound only"
        raise ClipError(f"{path.name} holds no video", why=why, next_step=NAME_A_CLIP, code="clip.not-video")
    # Where FFmpeg has no decoder, PyAV has no context.
    if any(stream.codec_context is None for stream in streams):
        raise ClipError(
            f"{path.name} cannot be decoded",
            why="FFmpeg has no decoder for its video track",
            next_step="Convert it, or set the camera to H.264 or HEVC",
            code="clip.no-decoder",
        )
    dense = _dense(streams, pictures)
    largest = max(map(_area, dense))

    def order(stream: "VideoStream") -> tuple[bool, bool, bool, int, int]:
        default = bool(stream.disposition & Disposition.default)
        small = _area(stream) < _PREVIEW_SHARE * largest
        return stream not in dense, small, not default, -_area(stream), stream.index

    return sorted(streams, key=order)


@dataclass(slots=True)
class _Pictures:
    """How many pictures a track holds, or how many there were so far, and how fast they came."""

    count: int = 0
    first_s: float | None = None
    last_s: float | None = None
    is_all: bool = True

    def add(self, packet: "Packet[Stream]") -> None:
        """Count a packet."""
        self.count += 1
        if packet.dts is not None and packet.time_base is not None:
            self.last_s = float(packet.dts * packet.time_base)
            self.first_s = self.last_s if self.first_s is None else self.first_s

    @property
    def a_second(self) -> float | None:
        """How many came in a second; `None` of fewer than two."""
        if self.first_s is None or self.last_s is None or self.last_s <= self.first_s:
            return None
        return (self.count - 1) / (self.last_s - self.first_s)


def _pictures(streams: "Sequence[VideoStream]", path: Path) -> dict[int, _Pictures]:
    """Return how many pictures each stream holds; those that no index counts are read to see."""
    found = {stream.index: _Pictures(picture_count(stream)) for stream in streams}
    uncounted = sorted(index for index, pictures in found.items() if pictures.count == 0)
    if uncounted:
        with open_container(path) as again:
            try:
                for packet in again.demux([again.streams[index] for index in uncounted]):
                    if packet.size:
                        found[packet.stream.index].add(packet)
                    counts = [found[index].count for index in uncounted]
                    if min(counts) > 1 and max(counts) >= _ENOUGH:
                        for index in uncounted:
                            found[index].is_all = False
                        break
            except (av.error.FFmpegError, IndexError):
                pass  # what comes after the damage counts for nothing here; who reads on is told of it
    return found


def _dense(streams: "Sequence[VideoStream]", pictures: dict[int, _Pictures]) -> "list[VideoStream]":
    """Return those of the streams that are films, rather than a picture now and then."""
    told = [pictures[stream.index] for stream in streams if stream.index in pictures]
    if all(each.is_all for each in told):
        fullness = {index: float(each.count) for index, each in pictures.items()}
    else:
        fullness = {index: rate for index, each in pictures.items() if (rate := each.a_second) is not None}
    fullest = max(fullness.values(), default=0.0)
    return [stream for stream in streams if fullness.get(stream.index, fullest) >= _SPARSE_SHARE * fullest]


def _area(stream: "VideoStream") -> int:
    return int(stream.width) * int(stream.height)


def video_stream(container: "InputContainer", path: Path) -> "VideoStream":
    """Return the stream to measure.

    Raises
    ------
    ClipError
        There is none, it is not all there, or it says of itself what no camera records.
    """
    stream = footage_streams(container, path)[0]
    check_size(stream.width, stream.height, path)
    if frame_rate(stream) > MOST_FPS:
        raise ClipError(
            f"{path.name} says that it has {float(frame_rate(stream)):.3g} frames a second",
            why="no camera records so many",
            next_step=FETCH_AGAIN,
            code="clip.frame-rate",
        )
    _check_whole(stream, path)
    stream.thread_type = "AUTO"
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
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
            next_step=FETCH_AGAIN,
            code="clip.truncated",
        )
