"""How much too far from the lens the sensor is, by where the ring's marks really focus.

A plain adapter that is too thick or too thin moves every distance of the scale; the thin-lens equation (S. F. Ray,
*Applied Photographic Optics*, 3rd ed., 2002, chapter 4) makes one length of it, the same at every mark.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rigcoach.optics.thin_lens import extension_mm, focused_from_sensor_m, image_distance_mm

# How well a hand sets a ring to a mark: half a degree of one that moves a lens by 5 mm in 160 degrees.
_SETTING_MM = 0.015
# A mark that is off by more of its own deviations doesn't agree.
_APART = 3.5
_HUBER = 1.0
_ROUNDS = 30
MOST_MM = 0.5
"""No adapter is that far off; a ring that was not at its mark is."""


@dataclass(frozen=True, slots=True)
class MarkRead:
    """A mark of the ring, as engraved, and the distance from the lens that it focuses at; deviation in dioptres."""

    mark_m: float
    focus_m: float
    sd_per_m: float

    def error_mm(self, focal_length_mm: float) -> float:
        """Return how much farther the sensor lies than this mark wants it."""
        found_mm = image_distance_mm(focal_length_mm, self.focus_m) - focal_length_mm
        return found_mm - extension_mm(focal_length_mm, self.mark_m)

    def focused_from_sensor_m(self, focal_length_mm: float) -> float:
        """Return the distance that it focuses at from the sensor, from where rings are engraved."""
        return self.focus_m + image_distance_mm(focal_length_mm, self.focus_m) / 1000

    def sd_mm(self, focal_length_mm: float) -> float:
        """Return the deviation of `error_mm`: v = f u/(u - f) changes by v² with 1/u; and that of setting the ring."""
        return math.hypot(image_distance_mm(focal_length_mm, self.focus_m) ** 2 / 1000 * self.sd_per_m, _SETTING_MM)


@dataclass(frozen=True, slots=True)
class RegisterError:
    """How much too far behind the lens the sensor lies, positive behind an adapter that is too thick."""

    error_mm: float
    sd_mm: float
    reads: tuple[MarkRead, ...]

    def true_m(self, focal_length_mm: float, mark_m: float) -> float:
        """Return what a mark really focuses at; both from the sensor, as engraved.

        >>> round(RegisterError(0.05, 0.0, ()).true_m(28, 3.0), 2)
        2.53
        """
        return focused_from_sensor_m(focal_length_mm, extension_mm(focal_length_mm, mark_m) + self.error_mm)

    def mark_m(self, focal_length_mm: float, true_m: float) -> float | None:
        """Return the mark to set for a distance; `None` where the lens would have to stand beyond its infinity mark.

        Nor is there a mark for what is nearer than four focal lengths.

        >>> round(RegisterError(0.05, 0.0, ()).mark_m(28, 2.54), 1)
        3.0
        >>> RegisterError(0.05, 0.0, ()).mark_m(28, math.inf) is None
        True
        """
        if true_m * 1000 < 4 * focal_length_mm:
            return None
        extension = extension_mm(focal_length_mm, true_m) - self.error_mm
        # Infinity comes out as a hair beside nothing.
        return None if extension < -1e-6 else focused_from_sensor_m(focal_length_mm, extension)


TRUE_SCALE = RegisterError(0.0, 0.0, ())
"""A ring whose marks are true, as they are taken to be until they are measured."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Marks that no one register error explains: by how much the worst is off the others, in millimetres."""

    worst: MarkRead
    off_mm: float


def register_error(reads: Sequence[MarkRead], focal_length_mm: float) -> RegisterError | Disagreement:
    """Return the register error that marks tell together; one of three or more may be wrong without spoiling it.

    By Huber's loss from the median on. Its deviation is the larger of what the marks' own deviations and what their
    scatter make of it.

    Parameters
    ----------
    reads
        Two marks or more; the same mark twice is two.
    focal_length_mm
        Of the lens.
    """
    errors = [read.error_mm(focal_length_mm) for read in reads]
    sds = [read.sd_mm(focal_length_mm) for read in reads]
    ranked = sorted(errors)
    middle = (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2
    weights = [0.0] * len(reads)
    for _ in range(_ROUNDS):
        off = [abs(error - middle) / sd for error, sd in zip(errors, sds, strict=True)]
        weights = [min(1.0, _HUBER / max(x, 1e-9)) / sd**2 for x, sd in zip(off, sds, strict=True)]
        middle = sum(w * error for w, error in zip(weights, errors, strict=True)) / sum(weights)
    agreeing = [abs(error - middle) <= _APART * sd for error, sd in zip(errors, sds, strict=True)]
    if sum(agreeing) <= len(reads) / 2 or sum(agreeing) < 2:
        worst = max(range(len(reads)), key=lambda i: abs(errors[i] - middle))
        return Disagreement(reads[worst], errors[worst] - middle)
    total = sum(weights)
    scatter = sum(w * (error - middle) ** 2 for w, error in zip(weights, errors, strict=True)) / (len(reads) - 1)
    return RegisterError(middle, math.sqrt(max(1.0, scatter) / total), tuple(reads))
