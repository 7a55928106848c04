"""Which tracks of data a file holds, told as it is opened for its picture."""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import DataStream

GOPRO_BEGINS = b"DEVC"
"""What a payload of a GoPro's telemetry begins with."""

# A track of time codes has one sample.
_MORE_THAN_TIME_CODES = 2


class DataTracks(Enum):
    """What may be in a file's tracks of data: nothing of a sensor's, a GoPro's telemetry, or another maker's."""

    NONE = "none"
    GOPRO = "gopro"
    OTHER = "other"


def data_tracks(container: "InputContainer", path: Path) -> DataTracks:
    """Return which tracks of data an open file holds."""
    found = DataTracks.NONE
    for stream in container.streams.data:
        if _begins_as_gopro(stream, path):
            return DataTracks.GOPRO
        if len(stream.index_entries) >= _MORE_THAN_TIME_CODES:
            found = DataTracks.OTHER
    return found


def _begins_as_gopro(stream: "DataStream", path: Path) -> bool:
    first = next((entry for entry in stream.index_entries if entry.size > 0), None)
    if first is None:
        return False
    try:
        with path.open("rb") as file:
            file.seek(first.pos)
            return file.read(len(GOPRO_BEGINS)) == GOPRO_BEGINS
    except OSError:
        return False  # who reads on is told of it
