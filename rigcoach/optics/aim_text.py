"""How to frame a person, as text for screen and paper."""

from collections.abc import Sequence

from rigcoach.base.units import FOOT_M, in_feet, metres_and_feet
from rigcoach.optics.aim import Aim


def aim_head() -> tuple[str, ...]:
    """Return what stands over the columns of `aim_rows`."""
    unit = "ft" if in_feet() else "m"
    return ("Person at", f"When level, {unit}", "Tilt", f"When tilted, {unit}", "Shot", "Cut at")


def aim_rows(aims: Sequence[Aim]) -> list[tuple[str, ...]]:
    """Return a row for each distance."""
    return [
        (
            metres_and_feet(told.distance_m),
            heights_text(told.level.bottom_m, told.level.top_m),
            pitch_text(told.pitch_deg),
            heights_text(told.tipped.bottom_m, told.tipped.top_m),
            told.shot.removesuffix(" shot"),
            "feet included" if told.cut == "full" else told.cut or "–",
        )
        for told in aims
    ]


def heights_text(bottom_m: float, top_m: float) -> str:
    """Return what a frame covers above the ground, in metres or feet, without the unit.

    >>> heights_text(-0.2, 1.8)
    'ground to 1.80'
    """
    bottom, top = (f"{each / FOOT_M:.1f}" if in_feet() else f"{each:.2f}" for each in (bottom_m, top_m))
    return f"{'ground' if bottom_m <= 0 else bottom} to {top}"


def pitch_text(pitch_deg: float) -> str:
    """Return how far to tilt.

    >>> pitch_text(-3.21), pitch_text(0.0)
    ('3.2° down', 'level')
    """
    if abs(pitch_deg) < 0.05:
        return "level"
    return f"{abs(pitch_deg):.1f}° {'up' if pitch_deg > 0 else 'down'}"


def band_text(band_deg: tuple[float, float]) -> str:
    """Return between which tilts the headroom is right."""
    return f"between {pitch_text(band_deg[0])} and {pitch_text(band_deg[1])}"
