"""Cards as a print really hangs and a sensor really reads: curled, cut by the frame, bent by a rolling shutter."""

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from measure.drawn_card import Pose, Shot, draw
from measure.test_card_pose import FOCAL_LENGTH_MM, PITCH_MM, Camera
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.target_card import A4

_PX_PER_MM = 4.0
_MARGIN_PX = 60
_FINER = 3
_CLOSE_MM = 1e-4
# Rows of the finer grid that are followed at a time: what is in work stays in the processor's cache.
_BAND = 12


@dataclass(frozen=True)
class Bend:
    """How a sheet stands off its plane, and how the picture moves while its rows are read.

    `curl_mm`: how far its left and right edges stand off its middle, as a part of a cylinder. `lifted_mm`: how far one
    corner does. `pan_px`, `rise_px`: how far the picture moves to the right and down from the first row to the last.
    """

    curl_mm: float = 0.0
    lifted_mm: float = 0.0
    pan_px: float = 0.0
    rise_px: float = 0.0


def draw_bent(camera: Camera, bend: Bend, *, noise: float = 1.5, seed: int = 0) -> Luma:
    """Return the luma plane of a bent card, by following each of a finer grid's rays to the sheet."""
    width, height = camera.frame
    flat = camera.homography()
    # Where a point at a height off the sheet appears: the third column of the homography of space.
    up = _off_the_sheet(camera, flat)
    texture, fine = _texture(), np.empty((height * _FINER, width * _FINER), np.float32)
    for top in range(0, height * _FINER, _BAND):
        part = fine[top : top + _BAND]
        rows, columns = np.mgrid[top : top + part.shape[0], : width * _FINER]
        x, y = ((each + 0.5) / _FINER - 0.5 for each in (columns, rows))
        read = y / height
        sheet = _met(bend, flat, up, x - bend.pan_px * (read - 0.5), y - bend.rise_px * (read - 0.5))
        across_px, down_px = (sheet * _PX_PER_MM + _MARGIN_PX).astype(np.float32)
        part[:] = cv2.remap(texture, across_px, down_px, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    whole = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
    codes = 255 * np.where(whole < 0.018, 4.5 * whole, 1.099 * np.maximum(whole, 1e-6) ** 0.45 - 0.099)
    noisy = codes + np.random.default_rng(seed).normal(0, noise, codes.shape)
    return np.asarray(np.clip(np.round(noisy), 0, 255), dtype=np.uint8)


def _met(bend: Bend, flat: Floats, up: Floats, x: Floats, y: Floats) -> Floats:
    """Return where on the sheet the rays of these places of the picture meet it."""
    back = np.asarray(np.linalg.inv(flat), dtype=np.float64)
    sheet = straight = _through(back, x, y)
    for _ in range(6 if bend.curl_mm or bend.lifted_mm else 0):
        off_mm = _height_mm(bend, sheet)
        u, v = _through_with(flat, up, sheet, off_mm)
        missed_mm = np.subtract(straight, _through(back, u, v))
        sheet = np.asarray(np.add(sheet, missed_mm), dtype=np.float64)
        if np.abs(missed_mm).max() < _CLOSE_MM:
            break
    return sheet


def _height_mm(bend: Bend, sheet: Floats) -> Floats:
    u, v = 2 * sheet[0] / A4.width_mm - 1, 2 * sheet[1] / A4.height_mm - 1
    corner = np.clip((u + v) / 2, 0, 1)
    return np.asarray(bend.curl_mm * u**2 + bend.lifted_mm * corner**2, dtype=np.float64)


def _off_the_sheet(camera: Camera, flat: Floats) -> Floats:
    """Return what a millimetre towards the camera adds to the flat sheet's projection, homogeneous."""
    image_mm = FOCAL_LENGTH_MM * 1000 * camera.distance_m / (1000 * camera.distance_m - FOCAL_LENGTH_MM)
    f_px = image_mm / PITCH_MM
    lens = np.array([[f_px, 0, (camera.frame[0] - 1) / 2], [0, f_px, (camera.frame[1] - 1) / 2], [0, 0, 1.0]])
    axes = np.linalg.inv(lens) @ flat
    return np.asarray(-lens @ np.cross(axes[:, 0], axes[:, 1]), dtype=np.float64)


def _through(matrix: Floats, x: NDArray[np.floating], y: NDArray[np.floating]) -> Floats:
    w = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    first = (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / w
    second = (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / w
    return np.asarray(np.stack((first, second)), dtype=np.float64)


def _through_with(flat: Floats, up: Floats, sheet: Floats, off_mm: Floats) -> Floats:
    x, y = sheet
    u, v, w = (flat[row, 0] * x + flat[row, 1] * y + flat[row, 2] + up[row] * off_mm for row in range(3))
    return np.asarray(np.stack((u / w, v / w)), dtype=np.float64)


@cache
def _texture() -> Floats:
    """Return the sheet's light, seen straight on."""
    size = (math.ceil(A4.width_mm * _PX_PER_MM) + 2 * _MARGIN_PX, math.ceil(A4.height_mm * _PX_PER_MM) + 2 * _MARGIN_PX)
    middle = (A4.width_mm / 2 * _PX_PER_MM + _MARGIN_PX, A4.height_mm / 2 * _PX_PER_MM + _MARGIN_PX)
    codes = draw(Pose(middle, _PX_PER_MM, frame=size), Shot()).astype(np.float64) / 255
    light = np.where(codes < 0.081, codes / 4.5, ((codes + 0.099) / 1.099) ** (1 / 0.45))
    return np.asarray(light, dtype=np.float32)
