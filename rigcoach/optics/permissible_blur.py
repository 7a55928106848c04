"""How much blur is permissible in a recording, and how that grows with the frame: one scale for all scores.

A radius that is sharp enough is the larger of two. The rig's circle of confusion, 0.030 mm on a sensor 36 mm wide, is
a share of the frame's diagonal whatever the sensor, so it grows with the frame. What a recording resolves is some
pixels of its own, however few it has: a sharp lens, the filter before the sensor and the coder leave about so much of
every edge. The two meet at 1080p, where moving pictures forgive twice the circle's 0.8 px.
"""

import math

SHARP_BLUR_PX, SHARP_MOTION_PX = 1.6, 3.0
"""Radius of defocus and length of smear up to which a frame of 1080p counts as sharp.

The radius is twice that of the circle of confusion; a smear looks about half as soft as a disc of its length. Both are
judgements.
"""

_FULL_HD_DIAGONAL_PX = math.hypot(1920, 1080)


def size_in_full_hd(width_px: int, height_px: int) -> float:
    """Return how large a frame is beside one of 1080p, by their diagonals: a portrait frame counts as a landscape one.

    >>> size_in_full_hd(1080, 1920), size_in_full_hd(3840, 2160), size_in_full_hd(960, 540)
    (1.0, 2.0, 0.5)
    """
    return math.hypot(width_px, height_px) / _FULL_HD_DIAGONAL_PX


def limit_scale(width_px: int, height_px: int) -> float:
    """Return by what a limit in pixels grows in a frame of a size: above 1080p as the frame, below it not at all.

    >>> limit_scale(1920, 1080), limit_scale(1080, 1920), limit_scale(640, 480), limit_scale(3840, 2160)
    (1.0, 1.0, 1.0, 2.0)
    """
    return max(1.0, size_in_full_hd(width_px, height_px))
