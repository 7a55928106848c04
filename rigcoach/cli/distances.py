"""Distances as people give them and as they are told: in metres and in feet, for a ring may be marked in either."""

import math

import click

from rigcoach.base.units import FOOT_M, read_distance_m


def distance(text: str) -> float:
    """Return metres out of an option's text: metres or feet as it says, else as is configured.

    >>> distance("2.5m"), round(distance("10ft"), 3), round(distance("5ft9"), 3)
    (2.5, 3.048, 1.753)
    """
    metres = read_distance_m(str(text))
    if metres is None or not 0.05 <= metres <= 1000:
        raise click.BadParameter(f"{text!r} is not a distance such as 2, 2.5m or 7ft")
    return metres


def height(text: str) -> float:
    """Return how tall a person is, in metres, out of an option's text: as `distance`, within reason."""
    metres = read_distance_m(str(text))
    if metres is None or not 0.5 <= metres <= 2.5:
        raise click.BadParameter(f"{text!r} is not the height of a person such as 1.75, 1.75m or 5ft9")
    return metres


def far_distance(text: str) -> float:
    """Return metres out of an option's text, which may also be ``inf``."""
    return math.inf if str(text).strip().lower() in ("inf", "infinity", "∞") else distance(text)


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
