"""What keeps a camera from being ready, from facts that were gathered before. Each check is a function of the facts."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rigcoach.listing.model import BodyListing
from rigcoach.rig.gear import Rig
from rigcoach.tether import errors, holders
from rigcoach.tether.errors import CameraError
from rigcoach.tether.events import CardSpace
from rigcoach.tether.findings import Finding, Severity
from rigcoach.tether.host import STILL_IMAGE_CLASS, STORAGE_CLASS, Host, UsbDevice
from rigcoach.tether.process.ports import FoundPort, is_network
from rigcoach.tether.settings.body_state import state_of

GENERIC_USB_MODEL = "USB PTP Class Camera"

# 40 Mb/s of a 5D Mark II's movies: ten seconds, and three minutes.
_FULL_BELOW_BYTES = 50_000_000
_LOW_BELOW_BYTES = 1_000_000_000
_EMPTY_BELOW_PERCENT = 10
_LOW_BELOW_PERCENT = 30

_PTP_MENU = {
    0x04B0: "its menu's USB setting to MTP/PTP",
    0x054C: "its menu's USB Connection to PC Remote",
    0x04CB: "its menu's connection mode to USB TETHER SHOOTING",
    0x04DA: "its menu's USB Mode to PC(Tether)",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What was gathered before it is judged.

    `host` is None for a camera on a network. `error` is why the camera could not be opened; else `listing` and `cards`
    are what it reports. `rule` is how to install the rule that lets users have cameras.
    """

    port: str
    host: Host | None
    found: tuple[FoundPort, ...] = ()
    error: CameraError | None = None
    listing: BodyListing | None = None
    cards: tuple[CardSpace, ...] = ()
    rule: str = ""


Check = Callable[[Facts], Finding | None]


def diagnose(facts: Facts) -> tuple[Finding, ...]:
    """Return everything that was found, the cause before its consequences; nothing where all is well."""
    if facts.error is not None and facts.error.code == errors.NO_DRIVER:
        return (_told(facts.error),)
    findings = tuple(finding for check in CHECKS if (finding := check(facts)) is not None)
    if facts.error is None or any(finding.severity is Severity.PROBLEM for finding in findings):
        return findings
    # Nothing explains it better than the error itself.
    return (_told(facts.error), *findings)


def _told(error: CameraError) -> Finding:
    return Finding(error.code, f"{error.what}: {error.why}", error.next_step)


def is_ready(findings: tuple[Finding, ...]) -> bool:
    """Whether a camera is ready, for all that was found."""
    return all(finding.severity is not Severity.PROBLEM for finding in findings)


def nothing_on_bus(facts: Facts) -> Finding | None:
    """Return that no camera is plugged in, or all are off or asleep: those leave the bus."""
    if facts.host is None or facts.host.usb or facts.found or facts.listing is not None:
        return None
    return Finding(
        "usb.nothing",
        "no camera is on the USB bus: none is plugged in, the cable only charges, or it is off or asleep",
        "Plug it in with a data cable, switch it on and half-press its shutter button",
    )


def mass_storage(facts: Facts) -> Finding | None:
    """Return that a camera shows itself as a drive, where no other is found; makers of cameras make drives too."""
    if facts.found or facts.listing is not None:
        return None
    for device in _cameras(facts):
        if STORAGE_CLASS in device.classes and STILL_IMAGE_CLASS not in device.classes:
            menu = _PTP_MENU.get(device.vendor, "its menu's USB connection to PTP or PC")
            return Finding(
                "usb.mass-storage",
                f"{device.name} is there as a drive, not as a camera",
                f"Set {menu} and plug it in again",
            )
    return None


def no_permission(facts: Facts) -> Finding | None:
    """Return that this user may not use the camera's device file."""
    for device in _cameras(facts):
        if device.may_use is False and facts.listing is None:
            return Finding(
                "usb.permission",
                f"you may not use {device.name}: {device.node} is not yours to read and write",
                facts.rule or "Install a udev rule for cameras and plug it in again",
            )
    return None


def claimed(facts: Facts) -> Finding | None:
    """Return who holds the camera, or may hold it: a camera that is held does not always say so when it is opened."""
    if not (_is_held(facts) or _does_not_open(facts) or _keeps_the_driver(facts)):
        return None
    running = facts.host.processes if facts.host is not None else ()
    return holders.told(holders.among(running), sure=_is_held(facts))


def _is_held(facts: Facts) -> bool:
    # Another rigcoach says its own number.
    return isinstance(facts.error, errors.CameraClaimedError) and not facts.error.why.startswith("process ")


def _does_not_open(facts: Facts) -> bool:
    """Whether a camera is on the bus and could not be opened: by a timeout, an I/O problem, or for no reason given."""
    return isinstance(facts.error, errors.CameraNotFoundError) and any(facts.port == each.port for each in facts.found)


def _keeps_the_driver(facts: Facts) -> bool:
    """Whether a camera is busy with something else, or the driver waits for it or crashes at it, opened or not."""
    return facts.error is not None and facts.error.code in ("camera.busy", "camera.no-answer", "camera.driver-crashed")


def asleep(facts: Facts) -> Finding | None:
    """Return that a camera is on the bus and does not answer."""
    silent = isinstance(facts.error, errors.CameraLostError) or _does_not_open(facts)
    if not silent or any(device.may_use is False for device in _cameras(facts)):
        return None
    return Finding(
        "camera.asleep",
        "the camera is connected but does not respond: it is asleep or hangs",
        "Half-press its shutter button; if that does not help, switch it off and on",
    )


def unknown_model(facts: Facts) -> Finding | None:
    """Return that libgphoto2 does not know the body, or only as one of a kind."""
    known = {found.port for found in facts.found}
    for device in _cameras(facts):
        if STILL_IMAGE_CLASS in device.classes and device.port not in known:
            return Finding(
                "camera.unknown-model",
                f"libgphoto2 does not know {device.name} ({device.vendor:04x}:{device.product:04x})",
                "Update rigcoach's gphoto2 package; until then set this body by hand",
            )
    if any(found.model == GENERIC_USB_MODEL for found in facts.found):
        return Finding(
            "camera.generic-model",
            "libgphoto2 knows this body only as a generic PTP camera: it may show few settings",
            "Check what it supports with `rigcoach profile check NAME`",
            Severity.NOTE,
        )
    return None


def card(facts: Facts) -> Finding | None:
    """Return that there is no card, or no room on it."""
    if facts.listing is None:
        return None
    if not facts.cards:
        # A Sony hides its card from the computer while it is remote controlled.
        if "sony" in facts.listing.manufacturer.lower():
            return None
        return Finding("card.missing", "there is no card in the camera", "Put one in")
    room = [each.free_bytes for each in facts.cards]
    free = [bytes_ for bytes_ in room if bytes_ is not None]
    if not free or len(free) < len(room):
        return None
    if max(free) < _FULL_BELOW_BYTES:
        return Finding(
            "card.full", f"the card is full: {max(free) / 1e6:.0f} MB free", "Fetch its clips and put in another card"
        )
    if max(free) < _LOW_BELOW_BYTES:
        return Finding(
            "card.low",
            f"the card has {max(free) / 1e6:.0f} MB free, about {max(free) / 5e6:.0f} s of movie",
            "Have another card ready",
            Severity.NOTE,
        )
    return None


def battery(facts: Facts) -> Finding | None:
    """Return that the battery is empty or low."""
    level = facts.listing.current("batterylevel") if facts.listing is not None else None
    if not level:
        return None
    number = re.search(r"\d+", level)
    percent = int(number[0]) if number else 0 if level.strip().lower() in ("low", "empty") else None
    if percent is None or percent >= _LOW_BELOW_PERCENT:
        return None
    severity = Severity.PROBLEM if percent < _EMPTY_BELOW_PERCENT else Severity.NOTE
    code = "battery.empty" if severity is Severity.PROBLEM else "battery.low"
    return Finding(code, f"the battery is at {level}", "Put in a charged one", severity)


def mode_dial(facts: Facts) -> Finding | None:
    """Return that the body chooses part of the exposure."""
    if facts.listing is None:
        return None
    state = state_of(facts.listing, Rig(None, None, None))
    if state.mode is None or state.mode in ("manual", "bulb"):
        return None
    return Finding(
        "dial.not-manual",
        f"the mode dial is at {state.mode_label}: the body chooses part of the exposure, and frames differ",
        "Turn the mode dial to M",
    )


def recording(facts: Facts) -> Finding | None:
    """Return that a movie cannot be started over the cable now."""
    if facts.listing is None:
        return None
    for name in ("movieprohibit", "liveviewprohibit"):
        if reason := _prohibited(facts.listing.current(name) or ""):
            return Finding(
                "recording.prohibited", f"the body will not record: {reason}", "Do what it says, then try again"
            )
    if facts.listing.current("eosmovieswitch") == "0":
        return Finding(
            "recording.stills-mode",
            "the camera is set to stills",
            "Turn its switch to movies before recording",
            Severity.NOTE,
        )
    if facts.listing.widget("movierecordtarget") is None and facts.listing.widget("movie") is None:
        return Finding(
            "recording.by-hand",
            "this camera cannot start movies over USB",
            "Press record on the camera, and take its clips with `rigcoach camera fetch --new`",
            Severity.NOTE,
        )
    return None


def _prohibited(told: str) -> str:
    """Return why a Nikon says that it will not; it is out of application mode whenever nobody records."""
    reasons = [reason.strip() for reason in told.partition(":")[2].split(",")]
    return ", ".join(reason for reason in reasons if reason and reason != "Not in application mode")


def lens(facts: Facts) -> Finding | None:
    """Return that the body sees no electronic lens."""
    if facts.listing is None:
        return None
    by_hand = state_of(facts.listing, Rig(None, None, None)).aperture_by_hand
    if not by_hand:
        return None
    return Finding(
        "lens.not-electronic",
        f"the body sees no electronic lens: the aperture is on {by_hand}",
        "Set it there; if this lens has contacts, turn it (or the adapter) until it clicks",
        Severity.NOTE,
    )


CHECKS: tuple[Check, ...] = (
    nothing_on_bus,
    mass_storage,
    no_permission,
    claimed,
    asleep,
    unknown_model,
    card,
    battery,
    mode_dial,
    recording,
    lens,
)


def _cameras(facts: Facts) -> tuple[UsbDevice, ...]:
    """Return the USB devices that are meant."""
    devices = facts.host.usb if facts.host is not None and facts.host.usb is not None else ()
    named = facts.port if not is_network(facts.port) and facts.port != "auto" else ""
    return tuple(device for device in devices if named in ("", device.port))
