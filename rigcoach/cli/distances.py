"""Distances as people give them in options: in metres or in feet."""

import math

import click

from rigcoach.base.units import read_distance_m


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
