"""Why a body refused: what it reports of its card and battery often says it better than its refusal."""

from rigcoach.tether.camera import Camera
from rigcoach.tether.diagnosis import Facts, diagnose
from rigcoach.tether.errors import CameraError, CameraRefusedError
from rigcoach.tether.findings import Severity

_SUPPLIES = ("card.", "battery.")


def explained(camera: Camera, refusal: CameraError) -> CameraError:
    """Return a refusal with its cause, where the body's card or battery is one."""
    try:
        facts = Facts(camera.port, None, listing=camera.listing(), cards=camera.cards())
    except CameraError:
        return refusal
    for finding in diagnose(facts):
        if finding.severity is Severity.PROBLEM and finding.code.startswith(_SUPPLIES):
            return CameraRefusedError(refusal.what, why=finding.text, next_step=finding.next_step, code=finding.code)
    return refusal
