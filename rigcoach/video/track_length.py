"""How long a file's footage is, of how many pictures, and how fast they come."""

from fractions import Fraction
from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

MOST_FPS = 5000
"""More frames a second than any camera records."""

_COMMON_FPS = Fraction(25)
_WHOLE_SHARE = 0.95  # an AVI's index that reaches so far into its length is all there


def length_s(container: "InputContainer", stream: "VideoStream", first_s: float | None = None) -> float | None:
    """Return how long the footage is: the stream's own length; `None` where only the whole file's is told.

    A file is as long as its longest track: sound may go on, and so may what a camera notes beside the pictures. Program
    streams (MPG, MOD) tell no length. `first_s` is where the first picture stands, by its stamp, where that is known.
    """
    if container.format.name == "mpeg":
        return None
    told_s = _told_length_s(container, stream)
    if told_s is not None and not is_matroska(container):
        return told_s - undecodable_s(container, stream, first_s)
    # Matroska tells how far into the file a track reaches; mkvmerge alone how long it is, and notes that it counted.
    if told_s is None or not is_matroska(container) or any(key.startswith("_STATISTICS") for key in stream.metadata):
        return told_s
    if first_s is None:
        first_s = _starts_s(stream)
    return told_s - first_s if 0 < first_s < told_s else told_s


def undecodable_s(container: "InputContainer", stream: "VideoStream", first_s: float | None) -> float:
    """Return how long a transport stream or an MP4 goes on before its first picture, which stands at `first_s`.

    One that was cut out of another begins with frames that lack what they were predicted from.
    """
    if first_s is None or not any(name in container.format.name for name in ("mpegts", "mp4")):
        return 0.0
    return max(0.0, first_s - _starts_s(stream))


def is_matroska(container: "InputContainer") -> bool:
    """Whether a file is Matroska, WebM too."""
    return "matroska" in container.format.name


def _starts_s(stream: "VideoStream") -> float:
    return float((stream.start_time or 0) * (stream.time_base or 0))


def picture_count(stream: "VideoStream") -> int:
    """Return how many pictures a stream holds by the file's index; 0 where none tells.

    An AVI's header counts steps of its clock instead: for frames that were dropped there are some, and FFmpeg's muxer
    sets two for each picture that may be a field.
    """
    if stream.container.format.name != "avi":
        return int(stream.frames)
    stored = [entry.timestamp for entry in stream.index_entries if entry.size > 0]
    is_whole = bool(stored) and 2 * stored[-1] - stored[max(0, len(stored) - 2)] >= _WHOLE_SHARE * stream.frames
    return len(stored) if is_whole or len(stored) == 1 else int(stream.frames)


def frame_rate(stream: "VideoStream") -> Fraction:
    """Return the average frame rate, or 25 where the file says nothing."""
    for rate in (stream.average_rate, stream.guessed_rate):
        # Of one picture alone, and of a bare DV stream, a clock's rate may be told.
        is_clock = stream.frames == 1 or stream.container.format.name == "dv"
        if rate and (rate <= MOST_FPS or not is_clock):
            return Fraction(rate) * _pictures_a_step(stream)
    return _COMMON_FPS


def _pictures_a_step(stream: "VideoStream") -> Fraction:
    is_avi = stream.container.format.name == "avi" and stream.frames > 0
    return Fraction(picture_count(stream), stream.frames) if is_avi else Fraction(1)


def _told_length_s(container: "InputContainer", stream: "VideoStream") -> float | None:
    if stream.duration is not None and stream.duration > 0 and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    # Matroska's muxers write a track's length as a tag: 00:00:04.520000000.
    told = next((value for key, value in stream.metadata.items() if key.upper().startswith("DURATION")), "")
    try:
        hours, minutes, seconds = map(float, told.split(":"))
    except ValueError:
        alone = len(container.streams) == 1
        return container.duration / av.time_base if alone and container.duration else None
    # Where the clock ran below zero, nothing is told.
    return 3600 * hours + 60 * minutes + seconds or None
