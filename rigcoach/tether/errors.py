"""libgphoto2's errors as a photographer's: what happened, the likely cause, the one thing to do next.

Codes after ``gphoto2/gphoto2-result.h`` and ``gphoto2/gphoto2-port-result.h``; PTP response codes after ISO 15740 and
``camlibs/ptp2/ptp.h``.
"""

import re
import sys

from rigcoach.base.errors import RigcoachError

NO_DRIVER = "camera.no-driver"
"""The code where libgphoto2 itself is not there."""


class CameraError(RigcoachError):
    """Something that a camera did not do."""

    code = "camera.error"


class CameraNotFoundError(CameraError):
    """No camera where one was looked for."""

    code = "camera.not-found"


class CameraClaimedError(CameraError):
    """Another program holds the camera."""

    code = "camera.claimed"


class CameraBusyError(CameraError):
    """The camera had no time for it, however often it was asked."""

    code = "camera.busy"


class CameraRefusedError(CameraError):
    """The camera answered, and said no."""

    code = "camera.refused"


class CameraLostError(CameraError):
    """The camera does not answer any more."""

    code = "camera.lost"


class CardFullError(CameraError):
    """There is no room on the camera's card."""

    code = "camera.card-full"


class NoClipError(CameraError):
    """The camera recorded nothing, or hides what it recorded."""

    code = "camera.no-clip"


class FetchBrokenError(CameraError):
    """A clip that was not fetched whole."""

    code = "camera.fetch-broken"


BUSY = -110
_TIMEOUT = -10
UNKNOWN_NAME = -2
_NOT_SUPPORTED = -6
_FILE_MISSING = (-107, -108)
_CLAIMED = (-53, -60)
_NO_CAMERA = (-52, -105, -4)
MAYBE_LOST = frozenset({-1, -7, -10, -34, -35, -52, -53, -105})
"""Codes that a lost camera gives; others give them too, so a probe has to tell."""

_STORE_FULL = 0x200C
_NO_STORE = 0x2013
_DEVICE_BUSY = 0x2019
# What the driver says of a file or a picture is the name alone (``camlibs/ptp2/ptp.c``, ptp_strerror).
_BY_NAME = {
    "PTP Store Full": _STORE_FULL,
    "PTP Store Not Available": _NO_STORE,
    "PTP Device Busy": _DEVICE_BUSY,
}
# What the libraries themselves put in place of an answer: timeout, I/O error and the like; and 0x2002, general error,
# where the network's end was closed (``camlibs/ptp2/ptpip.c``, ptp_ptpip_generic_read).
_NO_ANSWER = frozenset({0x2002, 0x02FA, 0x02FB, 0x02FC, 0x02FD, 0x02FE, 0x02FF})


def response_code(said: str) -> int | None:
    """Return the PTP response code in what libgphoto2 said, such as 0x201c; None where the camera did not answer.

    >>> hex(response_code("The property 'ISO Speed' / 0xd103 was not set (0x201c: PTP Invalid Device Prop Value)."))
    '0x201c'
    """
    match = re.search(r"\(0x([0-9a-fA-F]{4}): ", said)
    code = int(match[1], 16) if match else next((code for name, code in _BY_NAME.items() if name in said), None)
    return None if code in _NO_ANSWER else code


def is_busy(code: int, said: str) -> bool:
    """Whether an error of a body that answers says that asking again may help: it had no time, or not in time."""
    return code in (BUSY, _TIMEOUT) or response_code(said) == _DEVICE_BUSY


def lost(doing: str) -> CameraLostError:
    """Return the error of a camera that does not answer any more."""
    return CameraLostError(
        f"the camera was lost while {doing}",
        why="it does not answer any more: the cable came loose, it went to sleep or its battery is empty",
        next_step="Check cable and battery, switch the camera off and on, and try again",
    )


def no_text(doing: str) -> CameraRefusedError:
    """Return the error of a camera that told a name, of a file or a setting, which is no text."""
    return CameraRefusedError(
        f"{doing} failed",
        why="the camera reported a name with bytes that are not text",
        next_step="Switch the camera off and on; if a file on its card has such a name, use a card reader",
    )


def crashed(doing: str, signal_name: str) -> CameraLostError:
    """Return the error of a libgphoto2 that crashed, in its own process."""
    return CameraLostError(
        f"the camera was lost while {doing}",
        why=f"the camera driver crashed ({signal_name})",
        next_step="Try again: it is restarted. If it crashes every time, switch the camera off and on",
        code="camera.driver-crashed",
    )


def no_answer(doing: str, limit_s: float) -> CameraLostError:
    """Return the error of a libgphoto2 that did not come back and was ended."""
    return CameraLostError(
        f"the camera was lost while {doing}",
        why=f"no answer within {limit_s:.0f} s",
        next_step="Switch the camera off and on, check the cable, and try again",
        code="camera.no-answer",
    )


def no_worker(why: str) -> CameraError:
    """Return the error of a worker process that does not run at all."""
    if "ImportError" in why or "ModuleNotFoundError" in why:
        return CameraError(
            "tethering is not available here",
            why="the package gphoto2 is not installed, or does not load",
            next_step="Scores and reviews need none; to tether: pip install gphoto2 (not on Windows)",
            code=NO_DRIVER,
        )
    return CameraError(
        "libgphoto2 could not be started",
        why=why,
        next_step="Reinstall rigcoach (the package gphoto2 belongs to it)",
        code=NO_DRIVER,
    )


def at_opening(port: str, code: int, said: str) -> CameraError:
    """Return the error for a camera that could not be opened."""
    if code in _CLAIMED:
        culprit, cure = _holder()
        return CameraClaimedError(f"the camera at {port} is in use by another program", why=culprit, next_step=cure)
    if code == BUSY:
        return CameraBusyError(
            f"the camera at {port} is busy",
            why="it is writing to its card, or in a menu",
            next_step="Wait until its lamp is out, leave its menu and try again",
        )
    if port.startswith("ptpip:"):
        return CameraNotFoundError(
            f"no camera answers at {port}",
            why="nothing listens there, or it serves somebody else already" if code in (-7, -10, -1) else said,
            next_step="Check address and port (ptpip:A.B.C.D:PORT:PORT), or use --camera emulated",
        )
    return CameraNotFoundError(
        f"the camera at {port} does not open",
        why=said or f"libgphoto2 error {code}",
        next_step="Switch it off and on, plug it in again, and see `rigcoach camera list`",
    )


def none_found() -> CameraNotFoundError:
    """Return the error for no camera at all."""
    return CameraNotFoundError(
        "no camera found",
        why="none is connected and switched on, or it is not in PTP mode",
        next_step="Connect one by USB and wake it, or try without one: --camera emulated",
    )


def while_using(doing: str, code: int, said: str) -> CameraError:
    """Return the error for a camera that answers, but did not do what it was asked."""
    answer = response_code(said)
    why = said.strip().rstrip(".") or f"the camera does not say why (libgphoto2 error {code})"
    if answer == _STORE_FULL or code == -115:
        return CardFullError(
            f"{doing} failed", why="the card is full", next_step="Put in another card or make room on it"
        )
    if answer == _NO_STORE:
        return CameraRefusedError(
            f"{doing} failed", why="there is no card in the camera", next_step="Put the card back in and try again"
        )
    if is_busy(code, said):
        return CameraBusyError(
            f"{doing} failed",
            why="the camera stayed busy: it is writing to its card, or somebody is in its menu",
            next_step="Wait until its lamp is out, leave its menu and try again",
        )
    if code in _FILE_MISSING:
        return CameraRefusedError(f"{doing} failed", why="the file is not on the card", next_step="List the card again")
    if code == UNKNOWN_NAME and answer is None:
        return CameraRefusedError(
            f"{doing} failed", why="this camera has no such setting", next_step="See `rigcoach camera show`"
        )
    if code == _NOT_SUPPORTED:
        return CameraRefusedError(f"{doing} failed", why="this camera cannot do that", next_step="Do it on the camera")
    return CameraRefusedError(
        f"{doing} failed", why=why, next_step="Check the camera's mode dial and menu, then try again"
    )


def _holder() -> tuple[str, str]:
    """Return who holds cameras on this system, and how to make them let go."""
    if sys.platform == "darwin":
        return (
            "macOS starts ptpcamerad for every camera",
            "Quit Photos and Image Capture, run `killall ptpcamerad` and try again at once",
        )
    return (
        "the desktop opens every camera as a drive (gvfs), or another tethering program runs",
        "Eject it in the file manager or run `gio mount -s gphoto2`, then try again",
    )
