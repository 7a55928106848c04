"""Distance by size: how far away something is that is drawn at a known magnification."""


def distance_at_m(magnification: float, focal_length_mm: float) -> float:
    """Return the distance from the lens to what it is focused on, in metres, by how large that is drawn.

    The thin lens: m = v/u with 1/f = 1/u + 1/v (Ray, *Applied Photographic Optics*, 3rd ed., 2002, chapter 4).

    >>> distance_at_m(0.5, 50.0)
    0.15
    """
    return focal_length_mm * (1 + 1 / magnification) / 1000
