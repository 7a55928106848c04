"""Draws the card's wedge stood up, by thin-lens arithmetic of its own: nothing of the card's own code says which way.

As the card's instructions have it: the strip is cut off, set at 45 degrees in front of and behind the panel, the end
that was its top leaning away from the camera. So its top is the farther end, and its foot the nearer one.
"""

import math

import numpy as np
from measure.drawn_card import BACKGROUND, Pose
from numpy.typing import NDArray

from rigcoach.target_card import TargetCard

PITCH_MM = 36 / 1920
_LEAN_DEG = 45.0


def disc_radius_px(focal_mm: float, f_number: float, focus_mm: float, subject_mm: float) -> float:
    """The blur disc's radius: aperture diameter times the relative miss of the image plane (similar triangles)."""
    v_focus, v_subject = (1 / (1 / focal_mm - 1 / u) for u in (focus_mm, subject_mm))
    return focal_mm / f_number * abs(v_focus - v_subject) / v_subject / 2 / PITCH_MM


def pose_at(focal_mm: float, card_mm: float, frame: tuple[int, int]) -> Pose:
    """The card facing the camera, in the middle of the frame, at a distance from the lens."""
    image_mm = 1 / (1 / focal_mm - 1 / card_mm)
    return Pose(((frame[0] - 1) / 2, (frame[1] - 1) / 2), image_mm / card_mm / PITCH_MM, frame=frame)


def add_wedge(
    luma: NDArray[np.uint8],
    pose: Pose,
    card: TargetCard,
    focal_mm: float,
    f_number: float,
    card_mm: float,
    focus_mm: float,
    *,
    top_away: bool = True,
) -> NDArray[np.uint8]:
    """Return the picture with the wedge drawn in: paper, and the bar along its middle, each row with its own disc."""
    wedge, out = card.wedge, luma.astype(np.float64)
    half_mm = wedge.length_mm / 2
    middle_x_mm = wedge.x_mm + wedge.width_mm / 2 - card.width_mm / 2
    middle_y_mm = wedge.y_mm + half_mm - card.height_mm / 2
    focal_px = pose.scale * card_mm
    lean = math.radians(_LEAN_DEG)
    for row in range(luma.shape[0]):
        y_px = row - pose.centre_px[1]
        # Where the ray of this row meets the leaning strip: t mm above its middle, t sin(lean) farther away.
        sign = 1.0 if top_away else -1.0
        # y_px / focal_px = (middle_y - t cos) / (card_mm + sign t sin)
        t_mm = (middle_y_mm - y_px / focal_px * card_mm) / (math.cos(lean) + sign * y_px / focal_px * math.sin(lean))
        if abs(t_mm) > half_mm:
            continue
        away_mm = card_mm + sign * t_mm * math.sin(lean)
        px_per_mm = focal_px / away_mm
        radius = disc_radius_px(focal_mm, f_number, focus_mm, away_mm)
        x = (np.arange(luma.shape[1], dtype=np.float64) - pose.centre_px[0]) - middle_x_mm * px_per_mm
        paper = _box(x, wedge.width_mm / 2 * px_per_mm, radius)
        ink = _box(x, wedge.bar_width_mm / 2 * px_per_mm, radius)
        light = BACKGROUND + (card.paper_reflectance - BACKGROUND) * paper
        light = light - (card.paper_reflectance - card.ink_reflectance) * ink
        signal = np.where(light < 0.018, 4.5 * light, 1.099 * light**0.45 - 0.099) * 255
        near = np.abs(x) < wedge.width_mm / 2 * px_per_mm + radius + 2
        out[row, near] = signal[near]
    return np.clip(np.round(out), 0, 255).astype(np.uint8)


def _box(x: NDArray[np.float64], half: float, radius: float) -> NDArray[np.float64]:
    return _edge(x + half, radius) - _edge(x - half, radius)


def _edge(x: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """An edge under a disc and a pixel's own half-width."""
    t = np.clip(x / math.hypot(radius, 0.6), -1, 1)
    return 0.5 + (t * np.sqrt(1 - t * t) + np.arcsin(t)) / math.pi
