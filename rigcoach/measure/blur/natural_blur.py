"""Defocus and smear of a natural subject, in pixels, each with an interval, or that they can't be told.

What the region shows (`blur_signs`) is turned into pixels by the calibrated network (`blur_network`). Where the smear
is known, from the subject's movement and the shutter speed, the network is told: that leaves the rest to defocus.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats, Interval
from rigcoach.measure.blur.blur_kind import Estimate
from rigcoach.measure.blur.blur_network import BlurNetwork, shipped_network
from rigcoach.measure.blur.blur_signs import MARGIN_PX, BlurSigns, blur_signs
from rigcoach.measure.picture.box import Box, inside

INTERVAL_COVERAGE = 0.9
"""How often the intervals hold the truth, on photographs that the calibration never saw."""

OUTSIDE = "the subject lies outside the frame"
TOO_SMALL = "the subject is too small in the frame"
TOO_FEW_EDGES = "too few edges in the picture of the subject"
TOO_LITTLE_DETAIL = "too little detail on the subject to tell focus by"
CLIPPED = "the subject's edges are clipped at black or white"

FEWEST_EDGES = 30
SMALLEST_SIDE_PX = 32
_MOST_CLIPPED = 0.7
_LEAST_RISE = 3.0
# A large box is read at half its size as well where its radius is large: that counts a little from the first radius on,
# and as much as it is sure from the second on. The two are not off alike, so that together they are nearer the truth.
_HALF_SIZE_FROM_PX, _HALF_SIZE_IN_FULL_PX = 6.0, 8.0
_LARGE_BOX_PX = 200
# The network ends at 12 px. Where the full-size picture says that it is there, and the half-size one that it is beyond,
# the latter alone counts: from the second radius of both on, and not before the first.
_ENDS_PX, _BEYOND_PX = (10.0, 11.0), (12.0, 15.0)
# A smear shorter than this needs no direction.
_LEAST_DIRECTED_PX = 1.0
_LEAST_WIDTH_PX = 0.1


@dataclass(frozen=True, slots=True)
class KnownMotionBlur:
    """A smear known from elsewhere than the picture: its length, and its direction where there is one."""

    length_px: float
    direction_deg: float | None


@dataclass(frozen=True, slots=True)
class NaturalBlur:
    """What a region shows of defocus and smear, in full-resolution pixels.

    `blur_px` is the radius of the disc that would blur a sharp photograph as much, `motion_blur_px` the length of the
    smear that the picture shows, `direction_deg` its direction in [0, 180); the intervals hold the true ones with
    `INTERVAL_COVERAGE`. `blur_alone` is the radius as the picture alone tells it, whatever is known of the smear: for
    where the picture contradicts that. All are `None` where `reason` says why they can't be told.
    """

    blur_px: float | None
    blur_px_interval: Interval | None
    motion_blur_px: float | None
    motion_blur_px_interval: Interval | None
    direction_deg: float | None
    blur_alone: Estimate | None
    edge_count: int
    reason: str | None


def natural_blur(
    luma: npt.NDArray[np.generic],
    box: Box | None = None,
    known: KnownMotionBlur | None = None,
    network: BlurNetwork | None = None,
) -> NaturalBlur:
    """Return defocus and smear of what is in a box of a luma plane, or in the whole plane.

    Parameters
    ----------
    luma
        HxW plane at full resolution, 8 bits or float from 0 to 255, gamma-encoded as in the file.
    box
        The subject; 60 px and more a side. Large boxes are better.
    known
        The smear, where movement and shutter speed tell it; the picture alone is asked otherwise.
    network
        The shipped calibration without one.
    """
    network = network or shipped_network()
    region = inside(box, luma.shape)
    if region is None:
        return _nothing(0, OUTSIDE)
    left, top, right, bottom = region
    if min(right - left, bottom - top) < SMALLEST_SIDE_PX:
        return _nothing(0, TOO_SMALL)
    x0, y0 = max(left - 2 * MARGIN_PX, 0), max(top - 2 * MARGIN_PX, 0)
    around = luma[y0 : bottom + 2 * MARGIN_PX, x0 : right + 2 * MARGIN_PX]
    own = (left - x0, top - y0, right - left, bottom - top)
    full = _measured(around, own, known, network)
    large = own[2] * own[3] >= _LARGE_BOX_PX**2
    least_px = _HALF_SIZE_FROM_PX if large else _ENDS_PX[0]
    if full.blur_px is None or full.blur_px < least_px or min(own[2:]) < 2 * SMALLEST_SIDE_PX:
        return full
    half = _half_size(around, own, known, network)
    if full.blur_alone is None or half.blur_alone is None:
        return full
    told, half_told = _told(full), _twice(_told(half))
    share = _half_size_share(told, half_told, large=large)
    mixed = _mixed(told, half_told, share)
    alone = _mixed(full.blur_alone, _twice(half.blur_alone), share)
    return replace(full, blur_px=mixed.value_px, blur_px_interval=mixed.interval_px, blur_alone=alone)


def _half_size_share(full: Estimate, half: Estimate, *, large: bool) -> float:
    """Return how much the half-size picture counts beside the full-size one."""
    share = 0.0
    if large:
        sure, half_sure = (1 / _width_px(each) ** 2 for each in (full, half))
        share = half_sure / (sure + half_sure) * _along(full.value_px, _HALF_SIZE_FROM_PX, _HALF_SIZE_IN_FULL_PX)
    beyond = _along(full.value_px, *_ENDS_PX) * _along(half.value_px, *_BEYOND_PX)
    return share + (1 - share) * beyond


def _told(blur: NaturalBlur) -> Estimate:
    if blur.blur_px is None or blur.blur_px_interval is None:
        raise ValueError("no radius could be told")
    return Estimate(blur.blur_px, blur.blur_px_interval)


def _twice(estimate: Estimate) -> Estimate:
    low, high = estimate.interval_px
    return Estimate(2 * estimate.value_px, (2 * low, 2 * high))


def _mixed(first: Estimate, second: Estimate, share: float) -> Estimate:
    """Return what two readings say, the second counted for a share."""
    pairs = zip((first.value_px, *first.interval_px), (second.value_px, *second.interval_px), strict=True)
    value, low, high = ((1 - share) * own + share * other for own, other in pairs)
    return Estimate(value, (low, high))


def _width_px(estimate: Estimate) -> float:
    low, high = estimate.interval_px
    return max(high - low, _LEAST_WIDTH_PX)


def _along(value: float, first: float, last: float) -> float:
    """Return how far a number lies along a way: 0 before it, 1 beyond."""
    return min(max((value - first) / (last - first), 0.0), 1.0)


def together(own: NaturalBlur, larger: NaturalBlur) -> NaturalBlur:
    """Return what a subject's own region and a larger one at the same distance tell together.

    Each counts by how sure it is. Where they contradict each other the larger one holds other things as well, and the
    subject's own alone counts.
    """
    if larger.blur_px is None or larger.blur_px_interval is None:
        return own
    if own.blur_px is None or own.blur_px_interval is None:
        return larger
    (low, high), (larger_low, larger_high) = own.blur_px_interval, larger.blur_px_interval
    if high < larger_low or larger_high < low:
        return own
    told, larger_told = _told(own), _told(larger)
    sure, larger_sure = (1 / _width_px(each) ** 2 for each in (told, larger_told))
    share = larger_sure / (sure + larger_sure)
    mixed = _mixed(told, larger_told, share)
    return replace(
        larger if share > 0.5 else own,
        blur_px=mixed.value_px,
        blur_px_interval=mixed.interval_px,
        edge_count=own.edge_count + larger.edge_count,
    )


def network_inputs(signs: BlurSigns, known: KnownMotionBlur | None) -> Floats:
    """Return what the network reads: the signs, whether the smear is known, and its length."""
    told = (0.0, 0.0) if known is None else (1.0, float(np.log1p(known.length_px)))
    return np.append(signs.numbers, told)


def known_direction(known: KnownMotionBlur | None) -> float | None:
    """Return the direction to look along, where a smear is long enough to have one."""
    return None if known is None or known.length_px < _LEAST_DIRECTED_PX else known.direction_deg


def _half_size(
    luma: npt.NDArray[np.generic], box: tuple[int, int, int, int], known: KnownMotionBlur | None, network: BlurNetwork
) -> NaturalBlur:
    """Return what the half-size picture shows, in its own pixels."""
    height, width = luma.shape[0] // 2, luma.shape[1] // 2
    plane = np.asarray(luma[: 2 * height, : 2 * width], dtype=np.float32)
    small = np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA))
    x, y, w, h = (side // 2 for side in box)
    smear = None if known is None else KnownMotionBlur(known.length_px / 2, known.direction_deg)
    return _measured(small, (x, y, w, h), smear, network)


def _measured(
    luma: npt.NDArray[np.generic], box: Box, known: KnownMotionBlur | None, network: BlurNetwork
) -> NaturalBlur:
    signs = blur_signs(luma, box, known_direction(known))
    if signs is None:
        return _nothing(0, OUTSIDE)
    if signs.clipped_share > _MOST_CLIPPED:
        return _nothing(signs.edge_count, CLIPPED)
    if signs.edge_count < FEWEST_EDGES:
        return _nothing(signs.edge_count, TOO_FEW_EDGES)
    inputs = np.stack([network_inputs(signs, smear) for smear in (None, known)])
    if signs.rise < _LEAST_RISE or not network.shows_blur(inputs[:1])[0]:
        return _nothing(signs.edge_count, TOO_LITTLE_DETAIL)
    alone, told = network.predict(inputs).tolist()
    radius, low, high = told[:3]
    # What the picture shows of a smear is asked without telling it one.
    smear, smear_low, smear_high = alone[3:]
    return NaturalBlur(
        blur_px=radius,
        blur_px_interval=(low, high),
        motion_blur_px=smear,
        motion_blur_px_interval=(smear_low, smear_high),
        direction_deg=signs.direction_deg,
        blur_alone=Estimate(alone[0], (alone[1], alone[2])),
        edge_count=signs.edge_count,
        reason=None,
    )


def _nothing(edges: int, reason: str) -> NaturalBlur:
    return NaturalBlur(None, None, None, None, None, None, edges, reason)
