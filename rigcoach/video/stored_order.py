"""When frames are shown, in files that stamp them in the order in which they are stored.

Encoders store a frame that others are predicted from before those, though it is shown after them. AVI, MXF without
offsets in its index, and Windows Media stamp frames as they are stored; decoders put out frames in the order in which
they are shown, each with its stored stamp. Taken together the stamps are right: the next frame has the earliest one.
"""

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_STAMPED_AS_STORED = frozenset(("avi", "mxf", "mxf_opatom", "asf"))


class ShownTimes:
    """Gives decoded frames the stamps at which they are shown; those of other containers stay as they are."""

    def __init__(self, container: "InputContainer") -> None:
        self._applies = container.format.name in _STAMPED_AS_STORED
        self._waiting: list[int] = []

    def stored(self, packet: "Packet[VideoStream]") -> None:
        """Tell of a packet, in the order of the file."""
        stamp = _stamp(packet)
        if self._applies and stamp is not None:
            heappush(self._waiting, stamp)

    def lost(self, packet: "Packet[VideoStream]") -> None:
        """Tell that no frame comes of a packet."""
        stamp = _stamp(packet)
        if stamp in self._waiting:
            self._waiting.remove(stamp)
            heapify(self._waiting)

    def stamp(self, frame: "VideoFrame") -> None:
        """Set when a frame is shown, in the order of the decoder."""
        if self._waiting:
            frame.pts = heappop(self._waiting)


def _stamp(packet: "Packet[VideoStream]") -> int | None:
    if not packet.size:
        return None  # the end
    return packet.dts if packet.pts is None else packet.pts
