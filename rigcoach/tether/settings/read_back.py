"""Whether a body has what it was sent: read back until it has settled, compared as numbers where it is one."""

import time
from contextlib import suppress

from rigcoach.listing.model import BodyListing, Widget, WidgetType
from rigcoach.rig.gear import NO_RIG
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraBusyError, CameraRefusedError
from rigcoach.tether.settings import numeric, vocabulary
from rigcoach.tether.settings.body_state import state_of
from rigcoach.tether.settings.resolution import Resolved, Status

# Some bodies walk to a new value step by step, or say the old one for a while.
_SETTLE_S = 3.0
_POLL_S = 0.15


def settled(camera: Camera, resolved: Resolved, path: str, listing: BodyListing) -> Widget:
    """Return a widget as the body has it, once it has what was sent, or has had its time.

    Raises
    ------
    CameraLostError
        Where the body does not answer any more.
    """
    until = time.monotonic() + _SETTLE_S
    while True:
        widget = camera.read_back(path)
        if agrees(resolved, widget, listing) or time.monotonic() > until:
            return widget
        time.sleep(_POLL_S)


def forget_what_was_told(camera: Camera, listing: BodyListing) -> None:
    """Have the body tell all its settings anew, where libgphoto2 would answer from memory.

    For an EOS the driver writes down what it sent as if the body had it, and waits for the body to object
    (``camlibs/ptp2/ptp.c``, ptp_canon_eos_setdevicepropvalue). When its event mode is set, an EOS tells everything
    once more, as at the beginning of a session. The compact ones are in an event mode of their own; other makers'
    bodies are asked each time.

    Raises
    ------
    CameraLostError
        Where the body does not answer any more.
    """
    compact = listing.model.startswith(("Canon EOS M", "Canon PowerShot"))
    if state_of(listing, NO_RIG).is_canon and not compact and listing.widget("eventmode") is not None:
        # A body that refuses tells nothing new: what the driver remembers is then all there is.
        with suppress(CameraRefusedError, CameraBusyError):
            camera.set("eventmode", "1")


def judged(
    resolved: Resolved, widget: Widget, before: str | None, listing: BodyListing, instead: str
) -> tuple[Status, str]:
    """Return status and reason of a setting that was sent, by what the body then is at and what it was at before."""
    if is_mute(widget):
        return resolved.status, "sent; the camera does not report the result"
    if agrees(resolved, widget, listing):
        return resolved.status, resolved.reason
    scale = numeric.scale_of(resolved.setting, state_of(listing, NO_RIG))
    asked, got = (scale.read(resolved.value or ""), scale.read(widget.current)) if scale else (None, None)
    if widget.current == before:
        return Status.REFUSED, f"the body stayed at {widget.current}; {instead}"
    why = f"the body took {widget.current} instead"
    if scale and asked and got and abs(scale.distance(got, asked.low)) <= scale.nearest:
        return Status.NEAREST, why
    return Status.REFUSED, f"{why}; {instead}"


def is_mute(widget: Widget) -> bool:
    """Whether a widget can be set but not read: libgphoto2 shows such a TOGGLE at 2."""
    return widget.type is WidgetType.TOGGLE and widget.current == "2"


def agrees(resolved: Resolved, widget: Widget, listing: BodyListing) -> bool:
    """Whether a widget is at what is to be sent, numbers compared as numbers."""
    value = resolved.value or ""
    if is_mute(widget) or vocabulary.fold(value) == vocabulary.fold(widget.current):
        return True
    scale = numeric.scale_of(resolved.setting, state_of(listing, NO_RIG))
    if scale is None:
        return widget.type is WidgetType.RANGE and _same_number(value, widget.current)
    asked, got = scale.read(value), scale.read(widget.current)
    return asked is not None and got is not None and abs(scale.distance(got, asked.low)) <= scale.exact


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one.replace(",", ".")) == float(other.replace(",", "."))
    except ValueError:
        return False
