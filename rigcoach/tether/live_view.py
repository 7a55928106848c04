"""Live view: on for as long as it is needed, with the settings that the body had before."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from rigcoach.base.progress import Advance, no_progress
from rigcoach.listing.model import BodyListing
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraError, CameraLostError, CameraRefusedError
from rigcoach.tether.explain import explained

_SETTLE_S = 1.0  # what bodies need after live view comes on before they take a recording
_TICK_S = 0.1
_OFF = "Off"

# What makes the picture. Some bodies fall back to other values when live view comes on.
_HELD = (
    "autoexposuremode",
    "expprogram",
    "iso",
    "shutterspeed",
    "shutterspeed2",
    "aperture",
    "f-number",
    "exposurecompensation",
    "whitebalance",
    "colortemperature",
    "picturestyle",
)


@dataclass(frozen=True, slots=True)
class Frames:
    """A stretch of live view: how many frames came, and in how long."""

    count: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Frames a second; 0 where there was no time for any."""
        return self.count / self.seconds if self.seconds > 0 else 0.0


@contextmanager
def live_view(camera: Camera, before: BodyListing) -> Iterator[None]:
    """Keep live view on: switch it on and, afterwards, off again, unless it was on before.

    Parameters
    ----------
    camera
        The camera.
    before
        What it reported before.

    Raises
    ------
    CameraRefusedError
        Where the camera has no live view that can be switched over the cable, or does not hold its settings in it.
    CameraLostError
        Where the camera is lost.
    """
    if before.widget("viewfinder") is None:
        raise CameraRefusedError(
            f"{before.model or 'this camera'} does not let rigcoach switch its live view",
            why="it reports no widget called viewfinder",
            next_step="Switch live view on at the camera",
        )
    with as_found(camera, before):
        if not is_on(before):
            camera.set("viewfinder", "1")
            until = time.monotonic() + _SETTLE_S
            while time.monotonic() < until:
                camera.next_event(_TICK_S)
            hold_settings(camera, before)
        yield


@contextmanager
def as_found(camera: Camera, before: BodyListing) -> Iterator[None]:
    """Leave live view afterwards as it was before."""
    with in_any_case(lambda: _put_back(camera, before)):
        yield


def is_on(listing: BodyListing) -> bool:
    """Whether a body shows live view, on itself or to the computer.

    An EOS tells by ``output``. Its ``viewfinder`` only says whether libgphoto2 itself has pulled frames
    (``camlibs/ptp2/config.c``, _get_Canon_EOS_ViewFinder).
    """
    output = listing.widget("output")
    if output is not None and _OFF in output.choices:
        return output.current != _OFF
    return listing.current("viewfinder") == "1"


def _put_back(camera: Camera, before: BodyListing) -> None:
    if before.widget("viewfinder") is not None and not is_on(before):
        camera.set("viewfinder", "0")
    output = before.widget("output")
    if output is not None and _OFF in output.choices and camera.read_back("output").current != output.current:
        camera.set("output", output.current)


@contextmanager
def in_any_case(put_in_order: Callable[[], None]) -> Iterator[None]:
    """Put the body in order afterwards. Where something else went wrong already, that is what the user hears of."""
    try:
        yield
    except BaseException:
        with suppress(CameraError):
            put_in_order()
        raise
    put_in_order()


def hold_settings(camera: Camera, before: BodyListing) -> tuple[str, ...]:
    """Set anew what of the picture's settings is not as it was; return the names of the widgets.

    Raises
    ------
    CameraRefusedError
        Where one does not take its value again.
    """
    set_anew = []
    for name in _HELD:
        value = before.current(name)
        if not value or camera.read_back(name).current == value:
            continue
        # A value that is not listed is one that the body itself chose, in another mode than manual.
        with suppress(ValueError):
            camera.set(name, value)
            now = camera.read_back(name).current
            if now != value:
                raise CameraRefusedError(
                    f"{name} does not stay at {value}",
                    why=f"with live view on the camera puts it to {now}",
                    next_step="Switch live view on at the camera, set it there, and try again",
                )
            set_anew.append(name)
    return tuple(set_anew)


def frames(camera: Camera, seconds: float, advance: Advance = no_progress) -> Iterator[bytes]:
    """Yield frames of live view as they come, each a JPEG, for so many seconds from the first on; at least one.

    Raises
    ------
    CameraRefusedError
        Where the camera shows none.
    CameraLostError
        Where the camera is lost.
    """
    start: float | None = None
    while True:
        try:
            frame = camera.preview()
        except CameraLostError:
            raise
        except CameraError as error:
            raise explained(camera, error) from error
        if not frame.startswith(b"\xff\xd8"):
            raise CameraRefusedError(
                "the camera's live view cannot be read as a picture",
                why=f"it sent {len(frame)} bytes that are not a JPEG",
                next_step="Check it on the camera",
            )
        start = time.monotonic() if start is None else start
        yield frame
        elapsed = time.monotonic() - start
        advance(min(elapsed, seconds), seconds)
        if elapsed >= seconds:
            return
