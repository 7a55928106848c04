"""A take from the live view, for bodies whose movies cannot be started over the cable.

The frames are those that the body sends, neither decoded nor coded anew, each at the time when it came. They are
smaller than a movie's, and fewer a second.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from rigcoach.base import disk
from rigcoach.base.atomic_file import atomic_file
from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance, no_progress
from rigcoach.listing.model import BodyListing
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraRefusedError
from rigcoach.tether.live_view import frames, live_view

_TICKS_PER_S = 1000

FrameListener = Callable[[bytes], None]
"""Is shown a frame, a JPEG."""


def ignored(_jpeg: bytes) -> None:
    """Look at no frame."""


def record_live_view(
    camera: Camera,
    before: BodyListing,
    seconds: float,
    to: Path,
    advance: Advance = no_progress,
    see: FrameListener = ignored,
) -> datetime:
    """Record so many seconds of live view into a file (Motion JPEG in MOV); return when it began.

    `see` is shown every frame as it comes.

    Where something fails, or the user stops it, nothing stays.

    Raises
    ------
    CameraRefusedError
        Where the camera has no live view.
    CameraLostError
        Where the camera is lost.
    RigcoachError
        Where the file cannot be written.
    """
    try:
        with atomic_file(to, new=True) as part, live_view(camera, before):
            started_at = datetime.now(UTC)
            _write(camera, seconds, part, advance, see)
    except OSError as error:
        raise RigcoachError(
            f"{to} cannot be written", why=error.strerror or str(error), next_step="Make room", code="file.unwritable"
        ) from error
    return started_at


def _write(camera: Camera, seconds: float, part: Path, advance: Advance, see: FrameListener) -> None:
    start = time.monotonic()
    last_pts = -1
    disk.announce(disk.Step.WRITE, part)
    with av.open(str(part), "w", format="mov") as container:
        stream = None
        for jpeg in frames(camera, seconds, advance):
            see(jpeg)
            if stream is None:
                width, height = _size(jpeg)
                stream = container.add_stream("mjpeg", rate=30)
                stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
                stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
            packet = av.Packet(jpeg)
            packet.stream = stream
            packet.time_base = Fraction(1, _TICKS_PER_S)
            packet.pts = packet.dts = last_pts = max(last_pts + 1, round((time.monotonic() - start) * _TICKS_PER_S))
            packet.is_keyframe = True
            container.mux(packet)


def _size(jpeg: bytes) -> tuple[int, int]:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise CameraRefusedError(
            "the camera's live view cannot be read as a picture",
            why=f"it sent {len(jpeg)} bytes that are not a JPEG",
            next_step="Check it on the camera",
        )
    height, width = picture.shape[:2]
    return width, height
