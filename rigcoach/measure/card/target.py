"""Find the target card in a frame, and say where and how it lies.

The markers are found with OpenCV's ArUco detector (Garrido-Jurado et al., "Automatic generation and detection of highly
reliable fiducial markers under occlusion", Pattern Recognition 47, 2014); they name the card and give a first place,
which the card's straight edges then make exact.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.card.homography import project
from rigcoach.measure.picture.tone import ToLight, bt709_to_light
from rigcoach.optics.thin_lens import distance_at_m
from rigcoach.target_card import Point, TargetCard

if TYPE_CHECKING:
    from rigcoach.measure.card.card_alignment import Alignment

_REDUCTIONS = (2, 4, 1)
"""Sizes to search at, as divisors: half a frame is searched in a third of the time of the whole, and a blurred marker
is found where its blur is small, in a smaller picture."""

_MIN_SIDE_PX = 120
_MIN_CONFIDENCE = 0.3
# Where fewer edges than in the frame before, by so much, bear a card out, its markers are looked for anew.
_LESS_SURE = 0.1
_SEARCH_MARGIN = 0.4
_CUT_PX = 0.5
# A sheet looks at most so many times longer one way than the other, and is at most so many times nearer at one corner.
_MOST_ASLANT, _MOST_NEARER = 4, 3


@dataclass(frozen=True, slots=True, eq=False)
class CardDetection:
    """The target card in a frame. Pixels, origin at the centre of the top left pixel as in OpenCV, y down.

    Attributes
    ----------
    homography
        3x3, from millimetres on the sheet to pixels.
    marker_ids
        The markers that were read.
    outline_px
        4x2, the sheet's corners clockwise from its own top left; beyond the frame where the sheet is cut off.
    centre_px
        Where the middle of the sheet's outline lies.
    height_px
        Length of the line from the middle of the sheet's top to the middle of its bottom.
    roll_deg
        How far the card appears turned clockwise in the frame: the mean turn of its horizontal and its vertical at
        the centre, -180 to 180.
    confidence
        The share of the card's straight edges that ought to be seen, by the markers read, and were seen within a
        pixel of their place; 0 to 1.
    box
        `(x, y, width, height)` of the outline, clipped to the frame; its origin is the frame's top left corner.
    cut_off
        Sides of the frame that cut the sheet, of "left", "top", "right", "bottom".
    information
        How sure the homography is, as in `rigcoach.measure.card.card_alignment.Alignment`.
    jackknife
        How far it depends on single markers, as there.
    """

    homography: Floats
    marker_ids: tuple[int, ...]
    outline_px: Floats
    centre_px: tuple[float, float]
    height_px: float
    roll_deg: float
    confidence: float
    box: tuple[float, float, float, float]
    cut_off: tuple[str, ...]
    information: Floats | None = None
    jackknife: Floats | None = None


def find_target(
    luma: Luma,
    card: TargetCard,
    *,
    near: CardDetection | None = None,
    elsewhere: bool = True,
    to_light: ToLight | None = None,
) -> CardDetection | None:
    """Find the card in a luma plane.

    Parameters
    ----------
    luma
        HxW plane of 8-bit luma.
    card
        The card to look for. Any print of the same layout fits: its size only sets the homography's millimetres.
    near
        The find in the frame before: its surroundings are searched first, which is quicker.
    elsewhere
        Whether the whole frame is searched where there is nothing in those surroundings.
    to_light
        Table of 256 from luma codes to linear light; the inverse of the full-range BT.709 curve without one.

    Returns
    -------
    TargetFind or None
        `None` where no marker of the card can be read, or the card's edges don't bear out what was read.
    """
    found = _find(luma, (card,), near, _REDUCTIONS if elsewhere else (), to_light)
    return None if found is None else found[1]


def find_card(
    luma: Luma, cards: Sequence[TargetCard], *, quick: bool = False, to_light: ToLight | None = None
) -> tuple[TargetCard, CardDetection] | None:
    """Find whichever of several cards is in a luma plane, in one search for all their markers.

    Parameters
    ----------
    luma, to_light
        As for `find_target`.
    cards
        The cards to look for, each with marker ids of its own.
    quick
        Search the frame at half its size and less only: a marker must be twice as large to be read.

    Returns
    -------
    tuple of TargetCard and TargetFind, or None
        `None` where none of them is found.
    """
    return _find(luma, cards, None, _REDUCTIONS[:-1] if quick else _REDUCTIONS, to_light)


def _find(
    luma: Luma,
    cards: Sequence[TargetCard],
    near: CardDetection | None,
    reductions: Sequence[int],
    to_light: ToLight | None,
) -> tuple[TargetCard, CardDetection] | None:
    table = bt709_to_light() if to_light is None else to_light
    if near is not None:
        for card in cards:
            followed = _followed(luma, card, near, table)
            if followed is not None:
                return card, followed
    for markers in _searches(luma, cards, near, reductions):
        for card in cards:
            own = {marker.id for marker in card.markers}
            for homography, ids in _guesses([marker for marker in markers if marker.id in own], card):
                # Compiled functions take time and memory to load: most clips show no card.
                from rigcoach.measure.card.card_alignment import align

                find = _borne_out(align(luma, card, homography, ids, table), ids, card, luma.shape, _MIN_CONFIDENCE)
                if find is not None:
                    return card, find
    return None


def _followed(luma: Luma, card: TargetCard, near: CardDetection, table: ToLight) -> CardDetection | None:
    """Return a card from where it was in the frame before; `None` where it seems less sure there than it was."""
    from rigcoach.measure.card.card_following import follow

    followed = follow(np.ascontiguousarray(luma), card, near.homography, near.height_px, table)
    if followed is None:
        return None
    least = max(_MIN_CONFIDENCE, near.confidence - _LESS_SURE)
    return _borne_out(followed.alignment, followed.marker_ids, card, luma.shape, least)


def _borne_out(
    alignment: "Alignment", ids: tuple[int, ...], card: TargetCard, shape: tuple[int, ...], least: float
) -> CardDetection | None:
    """Return the find where enough of the card's edges bear it out."""
    confidence = alignment.agreeing / alignment.expected if alignment.expected else 0.0
    if confidence < least or not _plausible(alignment.homography, card.outline_mm):
        return None
    return _describe(alignment, ids, confidence, card, shape)


def distance_m(
    find: CardDetection,
    card: TargetCard,
    focal_length_mm: float,
    pixel_pitch_mm: float,
    *,
    focus_distance_m: float | None = None,
) -> float:
    """Return the distance from the lens to the card's centre along the optical axis, in metres.

    From the scale at the centre, by the thin lens: m = v/u with 1/f = 1/u + 1/v (Ray, *Applied Photographic Optics*,
    3rd ed., 2002, chapter 4). A tilt of the card shortens it in one direction only: the scale is taken in the other.

    Parameters
    ----------
    find, card
        The find, and the card it was made with, of its true size.
    focal_length_mm, pixel_pitch_mm
        Of the lens, and of the pixels of the frame (sensor width over frame width).
    focus_distance_m
        Where the lens is focused, from the lens; without it, on the card. At 28 mm and 1 to 3 m, a lens focused
        elsewhere in that range makes 2 % of difference.
    """
    scale = float(np.linalg.norm(_jacobian(find.homography, (card.width_mm / 2, card.height_mm / 2)), 2))
    magnification = scale * pixel_pitch_mm
    if focus_distance_m is None:
        return distance_at_m(magnification, focal_length_mm)
    focus_mm = focus_distance_m * 1000
    return focal_length_mm * focus_mm / (focus_mm - focal_length_mm) / magnification / 1000


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A marker as read: its corners, 4x2 pixels, clockwise from its own top left."""

    id: int
    corners_px: Floats


def _searches(
    luma: Luma, cards: Sequence[TargetCard], near: CardDetection | None, reductions: Sequence[int]
) -> Iterator[list[_Seen]]:
    """Yield what was read, each time with more of the frame or more of its detail searched."""
    largest = {max(card.markers, key=lambda marker: marker.side_mm).id for card in cards}
    known = {marker.id for card in cards for marker in card.markers}
    if near is not None and (region := _surroundings(near, luma.shape)) is not None:
        left, top, right, bottom = region
        part = luma[top:bottom, left:right]
        # The large marker in its surroundings at about 60 pixels: quick, and half blurred away at a radius of 6.
        for reduction in (max(1, round(near.height_px / 190)), max(1, round(near.height_px / 380))):
            seen = _read(part, known, reduction, (left, top))
            if any(marker.id in largest for marker in seen) or len(seen) > 1:
                yield seen
                break
    merged: dict[int, _Seen] = {}
    for reduction in reductions:
        if reduction > 1 and min(luma.shape) / reduction < _MIN_SIDE_PX:
            continue
        for marker in _read(luma, known, reduction, (0, 0)):
            merged.setdefault(marker.id, marker)
        if merged:
            yield list(merged.values())


def _surroundings(near: CardDetection, shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    margin = _SEARCH_MARGIN * near.height_px
    low, high = near.outline_px.min(0) - margin, near.outline_px.max(0) + margin
    left, top = max(int(low[0]), 0), max(int(low[1]), 0)
    right, bottom = min(math.ceil(high[0]), shape[1]), min(math.ceil(high[1]), shape[0])
    return (left, top, right, bottom) if right - left > _MIN_SIDE_PX / 2 < bottom - top else None


@cache
def _detector() -> cv2.aruco.ArucoDetector:
    parameters = cv2.aruco.DetectorParameters()
    # Corners stay as they are found: refining them by contour fails an assertion on some real pictures
    # (aruco_detector.cpp, _interpolate2Dline, seen in OpenCV 4.14), and edges make them exact anyway.
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_NONE
    # Read modules by their middle third, where neighbours blur in last: markers are read at three times the radius
    # that the whole module allows. Smears eat into the border first.
    parameters.perspectiveRemoveIgnoredMarginPerCell = 0.33
    parameters.maxErroneousBitsInBorderRate = 0.5
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), parameters)


def _read(luma: Luma, known: set[int], reduction: int, origin: tuple[int, int]) -> list[_Seen]:
    """Read the known markers in a plane made `reduction` times smaller; an id read twice counts as not read."""
    height, width = luma.shape[0] // reduction, luma.shape[1] // reduction
    whole = luma[: height * reduction, : width * reduction]
    small = whole if reduction == 1 else cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    corners, ids, _ = _detector().detectMarkers(small)
    names = [int(name) for name in np.ravel(ids)] if corners else []
    return [
        _Seen(name, (np.asarray(quad, dtype=np.float64).reshape(4, 2) + 0.5) * reduction - 0.5 + origin)
        for name, quad in zip(names, corners, strict=True)
        if name in known and names.count(name) == 1
    ]


def _guesses(seen: list[_Seen], card: TargetCard) -> Iterator[tuple[Floats, tuple[int, ...]]]:
    """Yield homographies to try, best first: from all markers that agree with one another, then from each alone."""
    place = {marker.id: marker.corners_mm for marker in card.markers}
    alone = {marker.id: _homography(place[marker.id], marker.corners_px) for marker in seen}
    # What is read as a marker off a coat seldom looks like one on paper.
    square = [marker for marker in seen if _plausible(alone[marker.id], place[marker.id])]
    by_size = sorted(square, key=lambda marker: -_area(marker.corners_px))
    tried: set[tuple[int, ...]] = set()
    for first in by_size:
        friends = [
            other
            for other in by_size
            if _miss(alone[first.id], place[other.id], other.corners_px) < _allowance(first, other)
        ]
        for group in (friends, [first]):
            ids = tuple(sorted(marker.id for marker in group))
            if group and ids not in tried:
                tried.add(ids)
                sheet = np.array([corner for marker in group for corner in place[marker.id]])
                yield _homography(sheet, np.concatenate([marker.corners_px for marker in group])), ids


def _allowance(first: _Seen, other: _Seen) -> float:
    """How far, in pixels, a marker may lie from where another puts it: the farther apart the more."""
    apart = float(np.linalg.norm(first.corners_px.mean(0) - other.corners_px.mean(0)))
    return 3.0 + 0.12 * apart


def _homography(sheet_mm: Sequence[Point] | Floats, frame_px: Floats) -> Floats:
    found, _ = cv2.findHomography(np.array(sheet_mm), frame_px)
    return np.asarray(found, dtype=np.float64)


def _miss(homography: Floats, sheet_mm: Sequence[Point], frame_px: Floats) -> float:
    return float(np.linalg.norm(project(homography, sheet_mm) - frame_px, axis=1).max())


def _area(corners: Floats) -> float:
    return cv2.contourArea(np.asarray(corners, dtype=np.float32))


def _jacobian(homography: Floats, place_mm: Point) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the 2x2 change of pixels per millimetre at a place on the sheet."""
    (a, b, c), (d, e, f), (g, h, i) = homography.tolist()
    x, y = place_mm
    w = g * x + h * y + i
    u, v = (a * x + b * y + c) / w, (d * x + e * y + f) / w
    return ((a - u * g) / w, (b - u * h) / w), ((d - v * g) / w, (e - v * h) / w)


def _plausible(homography: Floats, corners_mm: Sequence[Point]) -> bool:
    """Return whether paper before a camera could look so between four corners: not mirrored, folded or edge on."""
    g, h, i = homography[2].tolist()
    weights = [g * x + h * y + i for x, y in corners_mm]
    least, most = min(weights), max(weights)
    if least < 0 < most or max(-least, most) > _MOST_NEARER * min(abs(least), abs(most)):
        return False
    (left, top), (right, bottom) = corners_mm[0], corners_mm[2]
    (a, b), (c, d) = _jacobian(homography, ((left + right) / 2, (top + bottom) / 2))
    # Its axes are l and s long: their product is the determinant, and (l^2 + s^2)/(l s) grows with l/s.
    area = a * d - b * c
    return bool(area > 0 and a * a + b * b + c * c + d * d < (_MOST_ASLANT + 1 / _MOST_ASLANT) * area)


def _describe(
    alignment: "Alignment", ids: tuple[int, ...], confidence: float, card: TargetCard, shape: tuple[int, ...]
) -> CardDetection:
    homography = alignment.homography
    frame_height, frame_width = shape
    width, height = card.width_mm, card.height_mm
    middle = ((width / 2, height / 2), (width / 2, 0.0), (width / 2, height))
    points = project(homography, (*card.outline_mm, *middle))
    outline, (centre, top, bottom) = points[:4], points[4:].tolist()
    (xx, xy), (yx, yy) = _jacobian(homography, middle[0])
    # Two unit vectors added bisect their angle, wherever -180 and 180 meet.
    across, down = math.hypot(xx, yx), math.hypot(xy, yy)
    axis = xx / across + yy / down, yx / across - xy / down
    low, high = (outline.min(0) + 0.5).tolist(), (outline.max(0) + 0.5).tolist()
    left, upper = max(low[0], 0.0), max(low[1], 0.0)
    right, lower = min(high[0], float(frame_width)), min(high[1], float(frame_height))
    beyond = {
        "left": low[0] < -_CUT_PX,
        "top": low[1] < -_CUT_PX,
        "right": high[0] > frame_width + _CUT_PX,
        "bottom": high[1] > frame_height + _CUT_PX,
    }
    return CardDetection(
        homography=homography,
        marker_ids=ids,
        outline_px=outline,
        centre_px=(centre[0], centre[1]),
        height_px=math.dist(bottom, top),
        roll_deg=math.degrees(math.atan2(axis[1], axis[0])),
        confidence=confidence,
        box=(left, upper, max(right - left, 0.0), max(lower - upper, 0.0)),
        cut_off=tuple(side for side, cut in beyond.items() if cut),
        information=alignment.information,
        jackknife=alignment.jackknife,
    )
