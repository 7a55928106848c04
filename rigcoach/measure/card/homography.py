"""Homographies from the card's sheet to the frame, 3 x 3."""

from collections.abc import Iterable

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.target_card import TargetCard


def project(homography: Floats, points: Iterable[tuple[float, float]] | Floats) -> Floats:
    """Return points, Nx2, put through a homography."""
    xy = np.asarray(list(points) if not isinstance(points, np.ndarray) else points, dtype=np.float64)
    mapped = xy @ homography[:, :2].T + homography[:, 2]
    return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)


def in_half_heights(homography: Floats, card: TargetCard) -> Floats:
    """Return a homography from millimetres on the sheet as one from half the sheet's height, from its centre.

    Its last entry is 1.
    """
    half, middle_x, middle_y = card.height_mm / 2, card.width_mm / 2, card.height_mm / 2
    scaled = homography @ np.array([[half, 0, middle_x], [0, half, middle_y], [0, 0, 1.0]])
    return np.asarray(scaled / scaled[2, 2], dtype=np.float64)
