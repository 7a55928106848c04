"""Where a card lies that was found in the frame before: without looking for its markers, and as sure.

To find markers anywhere takes longer than all else that is measured on a card. One that was there a moment ago is near
where it was, so what is printed on it is laid over a small copy of the picture and moved until it fits best, by
normalised cross-correlation (Lewis, "Fast normalized cross-correlation", Vision Interface 1995). Its edges then place
it exactly, and the modules of its markers, looked at where they must lie, tell that it is the card.
"""

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats, Luma, Plane
from rigcoach.measure.card.card_alignment import Alignment, Lines, align_from, lines_of
from rigcoach.measure.card.imaged_edge import Flags, projected
from rigcoach.measure.compiled import compiled
from rigcoach.measure.picture.tone import ToLight, bt709_encoded
from rigcoach.target_card import TargetCard

# The copy shows the card so many pixels high, and the card is looked for so far around: a quarter of its height.
_HEIGHT_PX, _REACH_PX = 48, 12
_ROWS = 24  # of places at which the sheet is compared
_LEAST_CORRELATION = 0.3
_ROUNDS = 3  # of laying its edges over the frame's, where it turned or came nearer
# A module is looked at in its middle third, where neighbours blur in last.
_MIDDLE = (-0.12, 0.0, 0.12)
_MODULES = 6
# So many of the twenty modules of a marker's border must be seen as ink, all those within it as they are; codes. They
# must lie as far beyond the middle between paper and ink, in shares of their contrast, as they do on markers by whose
# edges a card is still placed without error: more blur than that moves these.
_BORDER_SEEN, _LEAST_CONTRAST, _CLEARLY = 12, 10.0, 0.3
_FEWEST_MARKERS = 2  # one alone may be read although the sheet's far side is off


def follow(luma: Luma, card: TargetCard, before: Floats, height_px: float, to_light: ToLight) -> "Followed | None":
    """Return how a card lies, and the markers read; `None` where it can't be told for sure.

    Parameters
    ----------
    luma
        HxW plane, in one piece.
    before, height_px
        Homography from sheet mm to pixels, and the card's height, in the frame before.
    to_light
        Table from luma codes to linear light.
    """
    sheet = _sheet_of(card)
    near = _moved(luma, sheet, before, height_px)
    if near is None:
        return None
    alignment = align_from(luma, sheet.lines, near, to_light, rounds=_ROUNDS)
    read = _read(luma, alignment.homography, sheet.modules, sheet.inked)
    ids = tuple(marker.id for marker, seen in zip(card.markers, read.tolist(), strict=True) if seen)
    return Followed(alignment, ids) if len(ids) >= _FEWEST_MARKERS else None


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """A card followed: how it lies, and which of its markers were read there."""

    alignment: Alignment
    marker_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """What is printed on a card.

    `places`, n x 2, on the sheet in mm and how light each is, `tones`, of mean 0 and norm 1; of each marker the places
    looked at, markers x modules x places x 2 in mm, row by row, and which of its modules are `inked`.
    """

    lines: Lines
    places: Floats
    tones: Plane
    modules: Floats
    inked: Flags


@cache
def _sheet_of(card: TargetCard) -> _Sheet:
    apart = card.height_mm / _ROWS
    x = np.arange(apart / 2, card.panel_width_mm, apart)
    y = np.arange(apart / 2, card.height_mm, apart)
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    inked = [cv2.aruco.generateImageMarker(dictionary, marker.id, _MODULES) == 0 for marker in card.markers]
    modules = []
    for marker in card.markers:
        module = marker.side_mm / _MODULES
        at = (np.arange(_MODULES)[:, None] + 0.5 + np.array(_MIDDLE)) * module
        # Rows and columns of modules, and in each those of places.
        down, across = np.broadcast_arrays(at[:, None, :, None] + marker.y_mm, at[None, :, None, :] + marker.x_mm)
        modules.append(np.stack((across, down), axis=-1).reshape(_MODULES**2, -1, 2))
    return _Sheet(
        lines_of(card),
        places,
        _tones(card, places, apart, inked),
        np.array(modules),
        np.array(inked).reshape(len(inked), -1),
    )


def _tones(card: TargetCard, places: Floats, apart: float, inked: list[Flags]) -> Plane:
    """Return how light the sheet is around places, less the mean, of norm 1: as a picture of few pixels shows it."""
    around = (np.arange(8) + 0.5) / 8 - 0.5
    x = places[:, :1, None] + around * apart
    y = places[:, 1:, None] + around[:, None] * apart
    light = np.full(np.broadcast_shapes(x.shape, y.shape), card.paper_reflectance)
    x, y = np.broadcast_arrays(x, y)
    for patch in card.patches:
        inside = (np.abs(x - patch.x_mm - patch.width_mm / 2) < patch.width_mm / 2) & (
            np.abs(y - patch.y_mm - patch.height_mm / 2) < patch.height_mm / 2
        )
        light[inside] = patch.reflectance
    for square in card.squares:
        cos, sin = math.cos(math.radians(square.turn_deg)), math.sin(math.radians(square.turn_deg))
        across, down = x - square.centre_mm[0], y - square.centre_mm[1]
        farthest = np.maximum(np.abs(across * cos + down * sin), np.abs(down * cos - across * sin))
        light[farthest < square.side_mm / 2] = card.ink_reflectance
    for marker, modules in zip(card.markers, inked, strict=True):
        column = np.floor((x - marker.x_mm) / marker.side_mm * _MODULES).astype(int)
        row = np.floor((y - marker.y_mm) / marker.side_mm * _MODULES).astype(int)
        inside = (column >= 0) & (column < _MODULES) & (row >= 0) & (row < _MODULES)
        light[inside] = np.where(modules[row[inside], column[inside]], card.ink_reflectance, card.paper_reflectance)
    tones = bt709_encoded(light.mean((1, 2)))
    tones = tones - tones.mean()
    return np.asarray(tones / np.linalg.norm(tones), dtype=np.float32)


def _moved(luma: Luma, sheet: _Sheet, before: Floats, height_px: float) -> Floats | None:
    """Return the homography moved to where what is printed fits best, to a pixel of the copy and better."""
    reduction = max(1, round(height_px / _HEIGHT_PX))
    places, bounds = _places(np.ascontiguousarray(before), sheet.places, reduction)
    left, top, right, bottom = bounds.tolist()
    height, width = luma.shape[0] // reduction, luma.shape[1] // reduction
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if x1 <= x0 or y1 <= y0:
        return None
    part = luma[y0 * reduction : y1 * reduction, x0 * reduction : x1 * reduction]
    small = part if reduction == 1 else cv2.resize(part, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    if (x0, y0, x1, y1) != (left, top, right, bottom):
        small = cv2.copyMakeBorder(small, y0 - top, bottom - y1, x0 - left, right - x1, cv2.BORDER_REPLICATE)
    dx, dy, correlation = _best_shift(np.ascontiguousarray(small), places, sheet.tones)
    if not correlation > _LEAST_CORRELATION or max(abs(dx), abs(dy)) > _REACH_PX - 1:
        return None
    moved = before.copy()
    moved[0] += dx * reduction * moved[2]
    moved[1] += dy * reduction * moved[2]
    return moved


@compiled
def _places(homography: Floats, places: Floats, reduction: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return whole pixels of the copy at which places lie, from the corner of what is searched, and its bounds.

    Those are left, top, right and bottom, the last two excluded.
    """
    pixels = np.empty((len(places), 2), np.int64)
    bounds = np.empty(4, np.int64)
    for i in range(len(places)):
        x, y = projected(homography, places[i, 0], places[i, 1])
        pixels[i, 0], pixels[i, 1] = math.floor((x + 0.5) / reduction), math.floor((y + 0.5) / reduction)
        for k in range(2):
            bounds[k] = pixels[i, k] if i == 0 else min(bounds[k], pixels[i, k])
            bounds[2 + k] = pixels[i, k] if i == 0 else max(bounds[2 + k], pixels[i, k])
    for k in range(2):
        bounds[k] -= _REACH_PX
        bounds[2 + k] += _REACH_PX + 1
        for i in range(len(places)):
            pixels[i, k] -= bounds[k] + _REACH_PX
    return pixels, bounds


@compiled
def _best_shift(small: Luma, places: NDArray[np.int64], tones: Plane) -> tuple[float, float, float]:
    """Return by how many pixels, to the right and down, places fit best the picture's tones, and their correlation.

    At no shift a place lies `_REACH_PX` beyond its own coordinates.
    """
    size = 2 * _REACH_PX + 1
    product = np.zeros((size, size), np.float32)
    total, squares = np.zeros((size, size), np.float32), np.zeros((size, size), np.float32)
    values = np.empty(small.shape, np.float32)
    for y in range(small.shape[0]):
        for x in range(small.shape[1]):
            values[y, x] = np.float32(small[y, x])
    for i in range(len(places)):
        left, top, tone = places[i, 0], places[i, 1], tones[i]
        for y in range(size):
            for x in range(size):
                value = values[top + y, left + x]
                product[y, x] += tone * value
                total[y, x] += value
                squares[y, x] += value * value
    correlation = np.zeros((size, size))
    best, at_x, at_y = -1.0, 0, 0
    for y in range(size):
        for x in range(size):
            varied = float(squares[y, x]) - float(total[y, x]) ** 2 / len(places)
            correlation[y, x] = product[y, x] / math.sqrt(max(varied, 1.0))
            if correlation[y, x] > best:
                best, at_x, at_y = correlation[y, x], x, y
    dx, dy = float(at_x - _REACH_PX), float(at_y - _REACH_PX)
    # Between pixels it is where a parabola is highest.
    if 0 < at_x < size - 1:
        dx += _top(correlation[at_y, at_x - 1], best, correlation[at_y, at_x + 1])
    if 0 < at_y < size - 1:
        dy += _top(correlation[at_y - 1, at_x], best, correlation[at_y + 1, at_x])
    return dx, dy, best


@compiled
def _top(before: float, here: float, after: float) -> float:
    bend = before - 2 * here + after
    return 0.5 * (before - after) / bend if bend < -1e-12 else 0.0


@compiled
def _read(luma: Luma, homography: Floats, modules: Floats, inked: Flags) -> Flags:
    """Return which markers show all their modules as they are printed, n."""
    read = np.zeros(len(modules), np.bool_)
    codes = np.empty(modules.shape[1])
    for i in range(len(modules)):
        inside, on_ink, on_paper, papers = True, 0.0, 0.0, 0
        for k in range(len(codes)):
            codes[k] = 0.0
            for n in range(modules.shape[2]):
                x, y = projected(homography, modules[i, k, n, 0], modules[i, k, n, 1])
                # What lies far beyond is no whole number.
                if not (-0.5 < x < luma.shape[1] - 0.5 and -0.5 < y < luma.shape[0] - 0.5):
                    inside = False
                    break
                codes[k] += luma[math.floor(y + 0.5), math.floor(x + 0.5)] / modules.shape[2]
            if inked[i, k]:
                on_ink += codes[k]
            else:
                on_paper += codes[k]
                papers += 1
        if not inside:
            continue
        ink, paper = on_ink / (len(codes) - papers), on_paper / papers
        middle, border, right = (ink + paper) / 2, 0, True
        for k in range(len(codes)):
            beyond = middle - codes[k] if inked[i, k] else codes[k] - middle
            as_printed = beyond > _CLEARLY * (paper - ink)
            row, column = k // _MODULES, k % _MODULES
            if 0 < row < _MODULES - 1 and 0 < column < _MODULES - 1:
                right = right and as_printed
            else:
                border += as_printed
        read[i] = right and border >= _BORDER_SEEN and paper - ink >= _LEAST_CONTRAST
    return read
