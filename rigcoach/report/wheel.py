"""The wheel of causes: how often it went wrong which way."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rigcoach.scoring.rule import SECTORS, Sector

_INNER = 18.0
_OUTER = 78.0
_LABEL = 91.0

FEWEST_FOR_A_WHEEL = 5
"""Takes: fewer say nothing of which way it goes wrong."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """One sector of the wheel: its count, the path of its filled part and of its whole, and where its label stands."""

    sector: Sector
    count: int
    filled: str
    whole: str
    label_at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wheel:
    """The wheel in a square from -100 to 100, of so many takes or frames; `elsewhere` of them have no place on it."""

    spokes: tuple[Spoke, ...]
    takes: int
    elsewhere: int
    alt_text: str

    @property
    def needed(self) -> int:
        """How many more takes it needs to say anything."""
        return max(0, FEWEST_FOR_A_WHEEL - self.takes)

    @property
    def counted(self) -> int:
        """How many have a place on it."""
        return sum(spoke.count for spoke in self.spokes)


def wheel(causes: Iterable[Sector | None], of: str = "takes") -> Wheel:
    """Return the wheel of takes, or of frames: of each the sector of its first cause that has one, or `None`."""
    told = list(causes)
    counts = {sector: told.count(sector) for sector in SECTORS}
    most = max(counts.values(), default=0) or 1
    spokes = tuple(
        Spoke(
            sector,
            counts[sector],
            _wedge(i, _INNER + (_OUTER - _INNER) * counts[sector] / most) if counts[sector] else "",
            _wedge(i, _OUTER),
            _point(i * 45.0, _LABEL),
        )
        for i, sector in enumerate(SECTORS)
    )
    named = [f"{spoke.sector} {spoke.count}" for spoke in sorted(spokes, key=lambda s: -s.count) if spoke.count]
    alt_text = f"First causes of {len(told)} {of}: " + (", ".join(named) if named else "none on the wheel") + "."
    return Wheel(spokes, len(told), told.count(None), alt_text)


def _point(bearing_deg: float, radius: float) -> tuple[float, float]:
    """Return a point by its bearing, clockwise from the top, rounded for a page."""
    turn = math.radians(bearing_deg)
    return (round(radius * math.sin(turn), 2), round(-radius * math.cos(turn), 2))


def _wedge(i: int, outer: float) -> str:
    """Return the path of sector `i` out to a radius."""
    start, end = i * 45.0 - 20.5, i * 45.0 + 20.5
    (ax, ay), (bx, by) = _point(start, _INNER), _point(start, outer)
    (cx, cy), (dx, dy) = _point(end, outer), _point(end, _INNER)
    return f"M{ax} {ay}L{bx} {by}A{outer:.2f} {outer:.2f} 0 0 1 {cx} {cy}L{dx} {dy}A{_INNER} {_INNER} 0 0 0 {ax} {ay}Z"
