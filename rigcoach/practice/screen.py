"""Blind: the body's own screen off while a take is recorded."""

from rigcoach.journal.session import Check
from rigcoach.listing.model import BodyListing
from rigcoach.tether.camera import Camera
from rigcoach.tether.live_view import live_view

_COMPUTER = "PC"


def screen_check(camera: Camera, listing: BodyListing) -> Check:
    """Switch live view on as for a recording, see where the body shows it, and switch it off again.

    An EOS says so by ``output``: with ``PC`` alone its screen stays dark (``camlibs/ptp2/config.c``,
    canon_eos_evf_output).

    Raises
    ------
    CameraError
        Where live view cannot be switched on.
    """
    output = listing.widget("output")
    if output is None or _COMPUTER not in output.choices:
        return Check(
            "screen", None, "the camera does not report whether its screen is on while recording", "Cover it with tape"
        )
    with live_view(camera, listing):
        if camera.read_back("output").current != _COMPUTER:
            camera.set("output", _COMPUTER)
        now = camera.read_back("output").current
    if now == _COMPUTER:
        return Check("screen", True, "the screen stays off while recording")
    return Check("screen", None, f"the screen is on while recording ({now})", "Cover it with tape")
