"""How far away a person is, by sizes that differ little between people.

People differ, so every distance has a standard deviation, and most of it is theirs. Sizes are those of the soldiers of
[Gordon2014]_, men and women counted alike (4082 and 1986 measured): stature 1.692 m, between the pupils 62.9 mm.

References
----------
.. [Gordon2014] C. C. Gordon et al., *2012 anthropometric survey of U.S. Army personnel: methods and summary
   statistics*, NATICK/TR-15/007, 2014 (stature 1756 and 1629 mm, standard deviations 69 and 64 mm; interpupillary
   breadth 64.0 and 61.7 mm, 3.4 and 3.6 mm).
"""

import math
from dataclasses import dataclass
from typing import Literal

from rigcoach.measure.people.eyes import Eyes
from rigcoach.optics.thin_lens import distance_at_m

STATURE_M, STATURE_SD = 1.692, 0.054
"""Height of a person in metres, and its standard deviation over the mean."""
BETWEEN_PUPILS_M, BETWEEN_PUPILS_SD = 0.0629, 0.059
"""Distance between the pupils in metres, and its standard deviation over the mean."""

# A detector's box of a whole person is so much higher than the person, give or take; against 444 boxes drawn by hand.
_BOX_OVER_BODY, _BOX_SD = 1.055, 0.05
# A camera pitched by 5 degrees sees a person who stands 2 to 5 m away this much higher or lower.
_PITCH_SD = 0.02
# Points on a face are this exact, over the distance between the eyes; and a face that counts as turned towards the
# camera may be turned by some 15 degrees, which brings its eyes 3 % closer together.
_EYES_SD, _TURN_SD = 0.04, 0.02
_TURNED = 0.12


@dataclass(frozen=True, slots=True)
class PersonDistance:
    """A distance from the lens along its axis in metres, its standard deviation, and what it is from.

    `by` is "body height", the person's own where `known`, or "eyes".
    """

    distance_m: float
    sd_m: float
    by: Literal["body height", "eyes"]
    known: bool = False


def distance_of_body(
    box_height_px: float, focal_length_mm: float, pixel_pitch_mm: float, height_m: float | None = None
) -> PersonDistance:
    """Return the distance of somebody upright and whole in the frame, seen by a camera that is about level.

    Parameters
    ----------
    box_height_px
        Of the detector's box.
    focal_length_mm, pixel_pitch_mm
        Of the lens, and of the pixels of the frame (sensor width over frame width).
    height_m
        How tall the person is, where that is known; else anybody's height.

    >>> told = distance_of_body(1.055 * 450, 28.0, 36 / 1920, height_m=1.70)
    >>> round(told.distance_m, 2), told.known
    (5.67, True)
    """
    mine = STATURE_M if height_m is None else height_m
    distance_m = _distance_m(mine, box_height_px / _BOX_OVER_BODY, focal_length_mm, pixel_pitch_mm)
    spread = math.hypot(0.0 if height_m is not None else STATURE_SD, _BOX_SD, _PITCH_SD)
    return PersonDistance(distance_m, spread * distance_m, "body height", known=height_m is not None)


def distance_of_eyes(eyes: Eyes, focal_length_mm: float, pixel_pitch_mm: float) -> PersonDistance | None:
    """Return the distance of an adult's face by its eyes; `None` where it is turned away, which brings them closer.

    Parameters
    ----------
    eyes
        As found.
    focal_length_mm, pixel_pitch_mm
        As in `distance_of_body`.
    """
    if abs(eyes.turn) > _TURNED or eyes.apart_px <= 0:
        return None
    distance_m = _distance_m(BETWEEN_PUPILS_M, eyes.apart_px, focal_length_mm, pixel_pitch_mm)
    spread = math.hypot(BETWEEN_PUPILS_SD, _EYES_SD, _TURN_SD)
    return PersonDistance(distance_m, spread * distance_m, "eyes")


def _distance_m(size_m: float, size_px: float, focal_length_mm: float, pixel_pitch_mm: float) -> float:
    """Return the distance of something of a known size, the lens focused on it, as for the target card."""
    return distance_at_m(size_px * pixel_pitch_mm / (1000 * size_m), focal_length_mm)
