"""What is sharp with a rig, in words and in tables: on a screen and on a card in the pocket."""

from collections.abc import Sequence

from rigcoach.base.preferences import preferences
from rigcoach.base.units import feet, metres
from rigcoach.lens.calibrations import Calibration
from rigcoach.lens.chosen_rig import ChosenRig
from rigcoach.rig.zone_focus import ZoneFocus
from rigcoach.sheets.pocket_card import Block


def format_sharpness(chosen: ChosenRig, setup: ZoneFocus) -> str:
    """Return what counts as sharp, in words."""
    told = f"Sharp: blur discs up to {setup.circle_mm:.3f} mm across on the sensor"
    radius_px = setup.circle_radius_px
    if radius_px is None or chosen.movie is None:
        return told
    return (
        f"{told}, {radius_px:.1f} px in radius\nin the {chosen.movie.width_px} × {chosen.movie.height_px} movie frame."
    )


def format_marks(calibration: Calibration | None) -> str:
    """Return whether the ring's marks are taken as they are engraved, in words."""
    if calibration is None:
        return "Using the lens's engraved distances (not calibrated)."
    return f"Ring calibrated on {calibration.measured:%d %b %Y}: {format_register(calibration)}."


def format_register(calibration: Calibration) -> str:
    """Return a register error in words."""
    register = calibration.register
    size = f"{abs(register.error_mm):.3f} mm (± {register.sd_mm:.3f})"
    return f"sensor {size} too {'far from' if register.error_mm > 0 else 'near to'} the lens"


def zone_blocks(setups: Sequence[ZoneFocus], marks: Sequence[float]) -> list[Block]:
    """Return the table in metres and in feet, or in the one that is configured: unit, heading and rows of cells."""
    blocks = []
    units = preferences().units
    for unit, short, told in (("metres", "m", metres), ("feet", "ft", feet)):
        if units not in ("both", unit):
            continue
        head = ["", *(f"{told(mark)} {short}" for mark in marks), "hyperfocal"]
        rows = []
        for setup in setups:
            zones = [setup.zone_at(mark) for mark in marks]
            cells = [f"{told(zone.near_m)}-{told(zone.far_m)}" for zone in zones]
            rows.append([f"f/{setup.f_number:g}", *cells, told(setup.hyperfocal_m)])
        blocks.append((unit, head, rows))
    return blocks
