"""Where the photographer stands: what the body's own process has to know of the scene, without rendering it."""

import random

from rigcoach.emulated.film.film_messages import World

_FAR_M = 2.4  # for a lens of 28 mm


def chance_of(world: World, take: int) -> random.Random:
    """Return what everything by chance in a take follows from."""
    return random.Random(f"{world.seed}/{take}")  # noqa: S311 (a picture, not a secret)


def card_distance_m(world: World, chance: random.Random) -> float:
    """Return how far the card is as a take begins: the first that is drawn of its chances."""
    return chance.uniform(0.95, 1.05) * _FAR_M * world.focal_length_mm / 28
