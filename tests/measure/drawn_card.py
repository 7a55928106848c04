"""Draws the target card with exact blur, for tests: its own renderer, sharing no code with what it tests.

The card is sampled on a grid finer than the pixels, blurred there in linear light by a kernel counted up from points
spread over the disc and along the smear, summed over whole pixels, and then made noisy, curved and rounded.
"""

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from rigcoach.target_card import A4, TargetCard

OVERSAMPLING = 4
BACKGROUND = 0.3
Plane = NDArray[np.float64]


class View(Protocol):
    """A camera's view of a card."""

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height in pixels."""

    def homography(self, card: TargetCard) -> NDArray[np.float64]:
        """Sheet mm to pixels."""

    def __hash__(self) -> int:
        """What is drawn is kept by its view."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the card lies in the frame: its sheet's centre, pixels per mm there, its roll, its perspective."""

    centre_px: tuple[float, float] = (200.0, 230.0)
    scale: float = 400 / 297
    roll_deg: float = 0.0
    tilt: tuple[float, float] = (0.0, 0.0)  # relative change of scale per mm to the right, and down
    frame: tuple[int, int] = (400, 460)  # width, height

    def homography(self, card: TargetCard = A4) -> NDArray[np.float64]:
        """Sheet mm to pixels, origin at the top left pixel's centre; the sheet's centre lands on `centre_px`."""
        turn = math.radians(self.roll_deg)
        cos, sin, s = math.cos(turn), math.sin(turn), self.scale
        to_centre = np.array([[1, 0, -card.width_mm / 2], [0, 1, -card.height_mm / 2], [0, 0, 1.0]])
        perspective = np.array([[1, 0, 0], [0, 1, 0], [-self.tilt[0], -self.tilt[1], 1.0]])
        place = np.array([[s * cos, -s * sin, self.centre_px[0]], [s * sin, s * cos, self.centre_px[1]], [0, 0, 1.0]])
        return place @ perspective @ to_centre


@dataclass(frozen=True, slots=True)
class Shot:
    """How it is taken: disc radius and smear in pixels, the smear's direction (y down), ISO, exposure."""

    blur_px: float = 0.0
    motion_blur_px: float = 0.0
    direction_deg: float = 0.0
    iso: int = 0  # 0: no noise
    exposure_ev: float = 0.0
    seed: int = 0
    light_slope: tuple[float, float] = field(default=(0.0, 0.0))  # relative change of light across the frame


def draw(pose: View, shot: Shot, card: TargetCard = A4) -> NDArray[np.uint8]:
    """Return the luma plane: full range, BT.709 curve."""
    if shot.blur_px or shot.motion_blur_px:
        spectrum = _spectrum(pose, card) * _kernel_spectrum(pose.frame, shot)
        light = _pixels_of(spectrum, pose.frame)
    else:
        light = _whole_pixels(_sharp(pose, card))
    height, width = light.shape
    fall = 1 + shot.light_slope[0] * (np.arange(width) / width - 0.5)
    light = light * fall * (1 + shot.light_slope[1] * (np.arange(height) / height - 0.5))[:, None]
    light = light * 2.0**shot.exposure_ev
    if shot.iso:
        light = _noisy(light, shot.iso, np.random.default_rng(shot.seed))
    light = np.clip(light, 0, 1)
    signal = np.where(light < 0.018, 4.5 * light, 1.099 * light**0.45 - 0.099)
    return np.round(signal * 255).astype(np.uint8)


def _noisy(light: NDArray[np.float64], iso: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Photon and read noise of a pixel that holds 60,000 electrons at white and ISO 100."""
    full = 60_000 * 100 / iso
    return (random.poisson(np.maximum(light, 0) * full) + random.normal(0, 12, light.shape)) / full


def _fine_shape(frame: tuple[int, int]) -> tuple[int, int]:
    return frame[1] * OVERSAMPLING, frame[0] * OVERSAMPLING


def _whole_pixels(fine: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width = (side // OVERSAMPLING for side in fine.shape)
    return fine.reshape(height, OVERSAMPLING, width, OVERSAMPLING).mean((1, 3))


@lru_cache(maxsize=4)
def _spectrum(pose: View, card: TargetCard) -> NDArray[np.complex64]:
    """Return the spectrum of the light, each of its rows summed with those of its pixel.

    Numbers half as long are off by less than a thousandth of a step of eight bits, and take half the time.
    """
    spectrum = fft.rfft2(_sharp(pose, card).astype(np.float32))
    turn = 2j * np.pi * np.arange(spectrum.shape[0])[:, None] / spectrum.shape[0]
    spectrum *= sum(np.exp(turn * row) for row in range(OVERSAMPLING)) / OVERSAMPLING
    return spectrum


def _sharp(pose: View, card: TargetCard) -> NDArray[np.float64]:
    """Return the light on the fine grid, before any blur; the wedge's strip is left out, cut off."""
    there = pose.homography(card)
    back = np.linalg.inv(there)
    out = np.full(_fine_shape(pose.frame), BACKGROUND)

    def reach(left: float, top: float, wide: float, high: float) -> tuple[slice, slice]:
        """The rows and columns that a rectangle of the sheet lies in."""
        corners = [(x_mm, y_mm, 1.0) for x_mm in (left, left + wide) for y_mm in (top, top + high)]
        at = np.array(corners) @ there.T
        px = (at[:, :2] / at[:, 2:] + 0.5) * OVERSAMPLING
        (x0, y0), (x1, y1) = np.maximum(px.min(0) - 2, 0).astype(int), np.maximum(px.max(0) + 2, 0).astype(int)
        return slice(y0, y1), slice(x0, x1)

    # Nothing of the sheet is looked for where its panel does not reach.
    rows, columns = reach(0, 0, card.panel_width_mm, card.height_mm)
    panel = out[rows, columns]
    x = (np.arange(columns.start, columns.start + panel.shape[1]) + 0.5) / OVERSAMPLING - 0.5
    y = ((np.arange(rows.start, rows.start + panel.shape[0]) + 0.5) / OVERSAMPLING - 0.5)[:, None]
    w = back[2, 0] * x + back[2, 1] * y + back[2, 2]
    sheet_x = (back[0, 0] * x + (back[0, 1] * y + back[0, 2])) / w
    sheet_y = (back[1, 0] * x + (back[1, 1] * y + back[1, 2])) / w

    def printed(left: float, top: float, wide: float, high: float) -> tuple[Plane, Plane, Plane, NDArray[np.bool_]]:
        """A rectangle of the sheet, looked for no farther than it reaches: light, places, and which of them lie in."""
        there_y, there_x = reach(left, top, wide, high)
        part_y = slice(max(there_y.start - rows.start, 0), max(there_y.stop - rows.start, 0))
        part_x = slice(max(there_x.start - columns.start, 0), max(there_x.stop - columns.start, 0))
        part, u, v = (plane[part_y, part_x] for plane in (panel, sheet_x, sheet_y))
        return part, u, v, (u > left) & (u < left + wide) & (v > top) & (v < top + high)

    part, _, _, on = printed(0, 0, card.panel_width_mm, card.height_mm)
    part[on] = card.paper_reflectance
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for marker in card.markers:
        modules = cv2.aruco.generateImageMarker(dictionary, marker.id, 6)
        part, u, v, on = printed(marker.x_mm, marker.y_mm, marker.side_mm, marker.side_mm)
        column = ((u[on] - marker.x_mm) / marker.side_mm * 6).astype(int)
        row = ((v[on] - marker.y_mm) / marker.side_mm * 6).astype(int)
        part[on] = np.where(modules[row, column] > 0, card.paper_reflectance, card.ink_reflectance)
    for square in card.squares:
        (cx, cy), turn, side = square.centre_mm, math.radians(square.turn_deg), square.side_mm
        part, u, v, on = printed(cx - side, cy - side, 2 * side, 2 * side)
        along = (u - cx) * math.cos(turn) + (v - cy) * math.sin(turn)
        across = (v - cy) * math.cos(turn) - (u - cx) * math.sin(turn)
        part[on & (np.maximum(abs(along), abs(across)) < side / 2)] = card.ink_reflectance
    for patch in card.patches:
        part, _, _, on = printed(patch.x_mm, patch.y_mm, patch.width_mm, patch.height_mm)
        part[on] = patch.reflectance
    return out


@lru_cache(maxsize=8)
def _point_spread(blur_px: float, motion_blur_px: float, direction_deg: float) -> NDArray[np.float64]:
    """Return the kernel on the fine grid, counted up from points: an odd square of weights that sum to 1."""
    fine = 8  # points per step of the fine grid
    radius = blur_px * OVERSAMPLING * fine
    span = np.arange(-math.floor(radius), math.floor(radius) + 1)
    px, py = (axis.ravel() for axis in np.meshgrid(span, span))
    inside = px**2 + py**2 <= radius**2
    x, y = px[inside] / fine, py[inside] / fine
    length = motion_blur_px * OVERSAMPLING
    steps = max(1, math.ceil(length * 2))
    reach = math.ceil(radius / fine + length / 2) + 2
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    disc = kernel.copy()
    np.add.at(disc, (np.round(y).astype(int) + reach, np.round(x).astype(int) + reach), 1.0)
    turn = math.radians(direction_deg)
    for step in (np.arange(steps) + 0.5) / steps - 0.5 if length else [0.0]:
        shift = np.array([[1, 0, step * length * math.cos(turn)], [0, 1, step * length * math.sin(turn)]])
        kernel += cv2.warpAffine(disc, shift, disc.shape[::-1], flags=cv2.INTER_LINEAR)
    return kernel / kernel.sum()


def _kernel_spectrum(frame: tuple[int, int], shot: Shot) -> NDArray[np.complex64]:
    kernel = _point_spread(shot.blur_px, shot.motion_blur_px, shot.direction_deg)
    reach = kernel.shape[0] // 2
    height, width = _fine_shape(frame)
    # Few of the rows hold anything, and only they are transformed along; its middle comes to the first place.
    rows = np.zeros((kernel.shape[0], width), np.float32)
    rows[:, : kernel.shape[0]] = kernel
    along = fft.rfft(np.roll(rows, -reach, 1))
    full = np.zeros((height, along.shape[1]), np.complex64)
    full[: reach + 1], full[height - reach :] = along[reach:], along[:reach]
    return fft.fft(full, axis=0, overwrite_x=True)


def _pixels_of(spectrum: NDArray[np.complex64], frame: tuple[int, int]) -> NDArray[np.float64]:
    """Return the light summed over whole pixels, of its spectrum on the fine grid.

    Where a pixel's rows are summed, the spectrum of one row in so many is the whole one, folded together.
    """
    folded = spectrum.reshape(OVERSAMPLING, frame[1], -1).mean(0)
    rows = fft.irfft2(folded, (frame[1], _fine_shape(frame)[1]))
    return rows.reshape(frame[1], frame[0], OVERSAMPLING).mean(2, dtype=np.float64)
