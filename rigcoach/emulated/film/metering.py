"""What a movie frame is exposed with: the photographer's settings, or the body's own choice."""

import math
from dataclasses import dataclass

# The light of the practice scene: a bright room, exposed right by 1/50 s at f/8 and ISO 400.
RIGHT_SHUTTER_S, RIGHT_F_NUMBER, RIGHT_ISO = 1 / 50, 8.0, 400

# A movie frame lasts 1/30 s; the fastest movie shutter is 1/4000 s (instruction manual, movie shooting).
_LONGEST_S, _SHORTEST_S = 1 / 30, 1 / 4000
_LOWEST_AUTO_ISO, _HIGHEST_AUTO_ISO = 100, 6400


@dataclass(frozen=True, slots=True)
class ExposureSettings:
    """Shutter, aperture and sensitivity, and how many stops that is over what is right for the scene."""

    shutter_s: float
    f_number: float
    iso: int
    over_ev: float


def over_ev(shutter_s: float, f_number: float, iso: float) -> float:
    """Return the stops over the right exposure.

    >>> over_ev(1 / 50, 8.0, 400)
    0.0
    >>> over_ev(1 / 100, 5.6568542, 800)
    1.0
    """
    stops = math.log2(shutter_s / RIGHT_SHUTTER_S) + math.log2(iso / RIGHT_ISO)
    return round(stops - 2 * math.log2(f_number / RIGHT_F_NUMBER), 6)


def manual(shutter_s: float, f_number: float, iso: int | None) -> ExposureSettings:
    """Return the exposure at mode M; without an ISO the body finds one."""
    shutter_s = min(max(shutter_s, _SHORTEST_S), _LONGEST_S)
    if iso is None:
        iso = _auto_iso(shutter_s, f_number, 0.0)
    return ExposureSettings(shutter_s, f_number, iso, over_ev(shutter_s, f_number, iso))


def automatic(f_number: float, compensation_ev: float) -> ExposureSettings:
    """Return the exposure in the other modes, where the body exposes movies by itself."""
    iso = _auto_iso(RIGHT_SHUTTER_S, f_number, compensation_ev)
    return ExposureSettings(RIGHT_SHUTTER_S, f_number, iso, over_ev(RIGHT_SHUTTER_S, f_number, iso))


def _auto_iso(shutter_s: float, f_number: float, wanted_ev: float) -> int:
    right = RIGHT_ISO * 2 ** (wanted_ev - over_ev(shutter_s, f_number, RIGHT_ISO))
    return round(min(max(right, _LOWEST_AUTO_ISO), _HIGHEST_AUTO_ISO))
