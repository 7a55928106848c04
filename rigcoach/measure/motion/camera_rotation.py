"""How the camera turned from one frame to the next, by how the far parts of the picture moved.

A turning camera moves points by an amount that depends on where they are in the frame and not on how far away they
are [Longuet1980]_. Points that are near move more when the camera moves along; those that agree on one turn are found
by RANSAC. How many degrees a pixel is depends on the focal length, which few files tell: a turn is kept as the sums of
its least-squares fit, which can be solved for any focal length once that is known (`Turn.solved`).

The axes are the picture's: x to the right, y down, z into the scene; a turn about z is clockwise for the camera, which
turns the picture counter-clockwise.

References
----------
.. [Longuet1980] H. C. Longuet-Higgins, K. Prazdny, "The interpretation of a moving retinal image", Proc. R. Soc. Lond.
   B 208, 1980.
"""

from dataclasses import dataclass

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.motion.shift import Points, corners_in, follow_points, following_level
from rigcoach.measure.picture.pyramid import Pyramid

_CORNERS = 300
_FEWEST = 12
_SMALLEST_SHARE = 0.1
_TRIALS = 120
_AGREE_PX = 0.4
# By this focal length, in frame widths, is told which points agree; that depends little on it.
_COMMON_FOCAL = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A turn between two frames as the sums of its least-squares fit, for points in full-resolution pixels.

    With q = 1 / focal length squared, the points' equations are (A + q B) (f wx, f wy, wz) = d. `aa`, `ab`, `bb` are
    the (3, 3) sums of AᵀA, AᵀB + BᵀA and BᵀB, `ad`, `bd` those of Aᵀd and Bᵀd, (3,). `share` of the points agreed.
    """

    aa: Floats
    ab: Floats
    bb: Floats
    ad: Floats
    bd: Floats
    share: float

    def solved(self, focal_px: float) -> Floats:
        """Return the turn about x, y and z in radians, (3,), for a focal length in full-resolution pixels."""
        q = focal_px**-2
        fitted = np.linalg.solve(self.aa + q * self.ab + q * q * self.bb, self.ad + q * self.bd)
        return np.asarray(fitted / (focal_px, focal_px, 1.0), dtype=np.float64)


def camera_turn(prev: Pyramid, cur: Pyramid) -> Turn | None:
    """Return how the camera turned between two pictures of one size; `None` where that can't be told.

    It can't across a cut, on flat pictures, and where fewer than a tenth of the corners agree on one turn.
    """
    height, width = prev.shape
    level = following_level(width, height)
    small_prev, small_cur = prev.level(level), cur.level(level)
    rows, columns = small_prev.shape
    corners = corners_in(small_prev, (0, 0, columns, rows), _CORNERS)
    start, end = follow_points(small_prev, small_cur, corners)
    return turn_of_points(start, end, (columns, rows), 2**level)


def turn_of_points(start: Points, end: Points, size: tuple[int, int], factor: int = 1) -> Turn | None:
    """Return the turn that most points, Nx2 each in a frame of `size`, agree on; `None` where too few do.

    The frame is `factor` times smaller than the one that the turn is told for.
    """
    if len(start) < _FEWEST:
        return None
    x, y = start[:, 0].astype(np.float64) - (size[0] - 1) / 2, start[:, 1].astype(np.float64) - (size[1] - 1) / 2
    moved = (end - start).astype(np.float64)
    none, one = np.zeros_like(x), np.ones_like(x)
    linear = np.stack((np.stack((none, -one, y), 1), np.stack((one, none, -x), 1)), 1)
    square = np.stack((np.stack((x * y, -x * x, none), 1), np.stack((y * y, -x * y, none), 1)), 1)
    agreeing = _agreeing(linear + square * (_COMMON_FOCAL * size[0]) ** -2, moved)
    count = int(np.count_nonzero(agreeing))
    share = count / len(x)
    if count < _FEWEST or share < _SMALLEST_SHARE:
        return None
    # A picture of another size has the same wz; f, x, y and d grow with it.
    a, b = linear[agreeing].reshape(-1, 3) * (1, 1, factor), square[agreeing].reshape(-1, 3) * factor**2
    d = moved[agreeing].reshape(-1) * factor
    aa = a.T @ a
    # Points in one place of the frame don't tell a turn from a shift.
    if np.linalg.cond(aa / np.outer(np.sqrt(np.diag(aa)), np.sqrt(np.diag(aa)))) > 1e4:
        return None
    return Turn(aa, a.T @ b + b.T @ a, b.T @ b, a.T @ d, b.T @ d, share)


def _agreeing(design: Floats, moved: Floats) -> "np.typing.NDArray[np.bool_]":
    """Return which points, with (N, 2, 3) equations, agree on the turn that most agree on."""
    count = len(moved)
    # The same trials every time: a clip scored twice gets the same scores.
    random = np.random.default_rng(5)
    pairs = random.integers(0, count, (_TRIALS, 2))
    pairs[:, 1] = np.where(pairs[:, 0] == pairs[:, 1], (pairs[:, 1] + 1) % count, pairs[:, 1])
    equations, right = design[pairs].reshape(_TRIALS, 4, 3), moved[pairs].reshape(_TRIALS, 4)
    square = np.einsum("nij,nik->njk", equations, equations) + 1e-9 * np.eye(3)
    turns = np.linalg.solve(square, np.einsum("nij,ni->nj", equations, right)[..., None])[..., 0]
    off = np.hypot(*np.moveaxis(np.einsum("pij,nj->npi", design, turns) - moved, 2, 0))
    best = int(np.argmax(np.maximum(0.0, 1 - (off / _AGREE_PX) ** 2).sum(1)))
    agreeing = off[best] < _AGREE_PX
    for _ in range(3):
        if np.count_nonzero(agreeing) < _FEWEST:
            break
        turn = np.linalg.lstsq(design[agreeing].reshape(-1, 3), moved[agreeing].reshape(-1), rcond=None)[0]
        agreeing = np.hypot(*(design @ turn - moved).T) < _AGREE_PX
    return np.asarray(agreeing)
