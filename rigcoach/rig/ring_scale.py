"""A distance scale for a focus ring: at which turn of the ring each distance is in focus.

A lens that moves as one (no floating elements, no inner focusing) turns its ring in proportion to its extension
f²/(u - f); the depth of focus either side of it is N c for distant subjects (S. F. Ray, *Applied Photographic Optics*,
3rd ed., 2002, chapters 4 and 22).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rigcoach.optics.register_error import TRUE_SCALE, RegisterError
from rigcoach.optics.thin_lens import extension_mm
from rigcoach.rig.gear import Lens

# The most telling first: where marks stand too close, the later ones go.
METRES = (
    *(math.inf, 2, 1, 3, 5, 1.5, 1.2, 0.5, 0.7, 4, 0.3, 0.25, 0.2, 10, 2.5, 0.4, 0.6, 0.8, 7, 0.35, 0.45),
    *(0.9, 0.22, 1.7, 15, 20),
)
FEET = (math.inf, 7, 10, 3, 5, 4, 15, 2, 1.5, 1, 6, 8, 20, 0.8, 2.5, 1.2, 30, 0.7, 0.9, 1.7, 3.5)
# Half a degree is as well as anybody turns a ring.
_SLACK_DEG = 0.5


@dataclass(frozen=True, slots=True)
class RingScale:
    """How a ring turns: `throw_deg` from its engraved infinity mark to the closest distance engraved.

    `close_focus_m` is the closest distance engraved. `register` says by how much the rig's sensor stands off; turns are
    from the engraved infinity mark towards near.
    """

    lens: Lens
    throw_deg: float
    close_focus_m: float
    register: RegisterError = TRUE_SCALE

    @property
    def mm_per_deg(self) -> float:
        """By how much a degree moves the lens.

        Raises
        ------
        ValueError
            The lens' closest distance is nearer than four focal lengths: it doesn't move as one.
        """
        return extension_mm(self.lens.focal_length_mm, self.close_focus_m) / self.throw_deg

    def turn_deg(self, from_sensor_m: float) -> float:
        """Return the turn at which a distance is in focus; below zero where it lies beyond the infinity mark."""
        extension = extension_mm(self.lens.focal_length_mm, from_sensor_m) - self.register.error_mm
        return extension / self.mm_per_deg

    def depth_deg(self, f_number: float, circle_mm: float) -> float:
        """Return the turn either way that keeps blur within a circle: N c over the lens' move per degree."""
        return f_number * circle_mm / self.mm_per_deg

    def marks(self, distances: Iterable[float], unit_m: float = 1.0) -> tuple["ScaleMark", ...]:
        """Return the marks, in the order of `distances`, that lie on the ring's way."""
        near_m = self.close_focus_m
        turns = ((d, self.turn_deg(d * unit_m)) for d in distances if d * unit_m >= near_m - 1e-3)
        return tuple(
            ScaleMark(distance, turn) for distance, turn in turns if -_SLACK_DEG <= turn <= self.throw_deg + _SLACK_DEG
        )


@dataclass(frozen=True, slots=True)
class ScaleMark:
    """A mark: its distance, in the scale's unit, and its turn from the engraved infinity mark."""

    distance: float
    turn_deg: float
