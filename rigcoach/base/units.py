"""Distances as photographers give them and read them: in metres or in feet, as `rigcoach config set units` says."""

import math
import re
from dataclasses import dataclass

FOOT_M = 0.3048
INCH_M = FOOT_M / 12

_METRIC = re.compile(r"(?P<number>\d+(?:[.,]\d*)?|[.,]\d+)\s*(?P<unit>m|cm|metres?|meters?)?", re.IGNORECASE)
_IMPERIAL = re.compile(
    r"(?P<feet>\d+(?:\.\d*)?|\.\d+)\s*(?:ft|feet|foot|')\s*(?:(?P<inches>\d+(?:\.\d*)?)\s*(?:in|inches|\")?)?",
    re.IGNORECASE,
)


def read_distance_m(text: str) -> float | None:
    """Return metres out of a text; None where it is no distance. Without a unit it is in those that are configured.

    >>> [round(read_distance_m(text), 3) for text in ("2", "2.1 m", "210cm", "7ft", "5ft9", "5' 9in")]
    [2.0, 2.1, 2.1, 2.134, 1.753, 1.753]
    >>> read_distance_m("1/51") is None
    True
    """
    text = text.strip()
    if match := _IMPERIAL.fullmatch(text):
        return float(match["feet"]) * FOOT_M + float(match["inches"] or 0.0) * INCH_M
    match = _METRIC.fullmatch(text)
    if match is None:
        return None
    number, unit = float(match["number"].replace(",", ".")), (match["unit"] or "").lower()
    if unit == "cm":
        return number / 100
    return number * FOOT_M if not unit and in_feet() else number


@dataclass(frozen=True, slots=True)
class DistanceUnit:
    """A unit that distances are told in: its sign and its name, and how many metres it is."""

    sign: str
    name: str
    metres: float


_METRE, _FOOT = DistanceUnit("m", "metres", 1.0), DistanceUnit("ft", "feet", FOOT_M)


def distance_unit() -> DistanceUnit:
    """Return the unit of axes and columns of distances: feet where those alone are configured, else metres."""
    return _FOOT if in_feet() else _METRE


def in_feet() -> bool:
    """Whether distances are told in feet alone."""
    from rigcoach.base.preferences import preferences

    return preferences().units == "feet"


def distance_text(distance_m: float, decimals: int | None = None) -> str:
    """Return a distance as it is told: in metres, or in feet where that is configured.

    >>> distance_text(3.0), distance_text(2.314, 2)
    ('3 m', '2.31 m')

    Parameters
    ----------
    distance_m
        The distance.
    decimals
        Of the metres; as many as it has, up to two, by default. Feet have one, and none from 20 ft.
    """
    if in_feet():
        feet = distance_m / FOOT_M
        return f"{feet:.1f}".removesuffix(".0") + " ft" if feet < 20 else f"{feet:.0f} ft"
    return f"{round(distance_m, 2):g} m" if decimals is None else f"{distance_m:.{decimals}f} m"


def metres_and_feet(distance_m: float) -> str:
    """Return a distance in metres and feet, or in the one unit that is configured.

    >>> metres_and_feet(2.0), metres_and_feet(12.3), metres_and_feet(math.inf)
    ('2 m (6.6 ft)', '12.3 m (40 ft)', 'infinity')
    """
    if math.isinf(distance_m):
        return "infinity"
    return _both(f"{metres(distance_m)} m", f"{feet(distance_m)} ft")


def in_whole_feet(distance_m: float) -> str:
    """Return a distance in metres and whole feet, as rings are engraved.

    >>> in_whole_feet(1.65), in_whole_feet(3.2), in_whole_feet(math.inf)
    ('1.65 m (5 ft)', '3.2 m (10 ft)', 'infinity')
    """
    if math.isinf(distance_m):
        return "infinity"
    return _both(f"{distance_m:.{2 if distance_m < 2 else 1}f} m", f"{distance_m / FOOT_M:.0f} ft")


def _both(metric: str, imperial: str) -> str:
    from rigcoach.base.preferences import preferences

    match preferences().units:
        case "metres":
            return metric
        case "feet":
            return imperial
    return f"{metric} ({imperial})"


def metres(distance_m: float) -> str:
    """Return a number of metres: to a centimetre up to 3 m, to a decimetre up to 20 m.

    >>> metres(1.254), metres(4.98), metres(30.6), metres(2.0)
    ('1.25', '5', '31', '2')
    """
    return _short(distance_m, (3, 20))


def feet(distance_m: float) -> str:
    """Return a number of feet.

    >>> feet(1.254), feet(30.6)
    ('4.1', '100')
    """
    return _short(distance_m / FOOT_M, (0, 20))


def _short(number: float, steps: tuple[float, float]) -> str:
    if math.isinf(number):
        return "∞"
    decimals = 2 if number < steps[0] else 1 if number < steps[1] else 0
    text = f"{number:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def distance_range_text(from_m: float, to_m: float) -> str:
    """Return a range of distances as it is told, the unit once.

    >>> distance_range_text(1.5, 2.5)
    '1.5 to 2.5 m'
    """
    sign = distance_unit().sign
    return f"{distance_text(from_m).removesuffix(f' {sign}')} to {distance_text(to_m)}"


def estimate_text(distance_m: float, sd_m: float) -> str:
    """Return an estimated distance with its deviation, as it is told.

    >>> estimate_text(2.314, 0.18)
    '2.3 m ± 0.2'
    """
    return f"{distance_text(distance_m, 1)} ± {sd_m / distance_unit().metres:.1f}"


def short_distance_text(distance_m: float) -> str:
    """Return by how much something is off, as it is told: by the centimetre up to a metre, by the inch up to a yard.

    >>> short_distance_text(0.124), short_distance_text(1.26)
    ('12 cm', '1.3 m')
    """
    if in_feet():
        return f"{distance_m / INCH_M:.0f} in" if distance_m < 3 * FOOT_M else distance_text(distance_m)
    return f"{100 * distance_m:.0f} cm" if distance_m < 1 else distance_text(distance_m, 1)
