"""How long a file's footage is."""

from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream


def length_s(container: "InputContainer", stream: "VideoStream", first_s: float | None = None) -> float | None:
    """Return how long the footage is: the stream's own length; `None` where only the whole file's is told.

    A file is as long as its longest track: sound may go on, and so may what a camera notes beside the pictures. Program
    streams (MPG, MOD) tell no length. `first_s` is where the first picture stands, by its stamp, where that is known.
    """
    if container.format.name == "mpeg":
        return None
    told_s = _told_length_s(container, stream)
    # Matroska tells how far into the file a track reaches; mkvmerge alone how long it is, and notes that it counted.
    if told_s is None or not is_matroska(container) or any(key.startswith("_STATISTICS") for key in stream.metadata):
        return told_s
    if first_s is None:
        first_s = float((stream.start_time or 0) * (stream.time_base or 0))
    return told_s - first_s if 0 < first_s < told_s else told_s


def is_matroska(container: "InputContainer") -> bool:
    """Whether a file is Matroska, WebM too."""
    return "matroska" in container.format.name


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
    return 3600 * hours + 60 * minutes + seconds
