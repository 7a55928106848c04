"""How the camera was held to the target card: pitch, yaw, distance, and how sure each is.

A plane seen by a camera of known focal length tells six numbers out of its homography's eight (Zhang, "A flexible new
technique for camera calibration", PAMI 22, 2000, section 3.1); they are fitted to the homography with its covariance.
A card that is small in the frame can look the same tilted one way and the other (Collins and Bartoli, "Infinitesimal
plane-based pose estimation", IJCV 109, 2014): both are fitted, and where both fit the deviations say so.

References
----------
.. [Birge1932] R. T. Birge, "The calculation of errors by the method of least squares", Physical Review 40, 1932.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.card.homography import in_half_heights
from rigcoach.measure.card.target import CardDetection
from rigcoach.target_card import TargetCard

_STEPS = 15
_SMALLEST_STEP = 1e-5
SHARED = 3.0
"""Places along one edge share what print, blur and codec do to it: five tell no more than so many times fewer.

By cards drawn with blur, smear and noise."""

_SAME_DEG = 0.1
_NUDGES: Floats = 1e-5 * np.eye(6)
_SPARE = 2  # numbers of the homography's eight beyond a pose's six
_FEW_TELL = 3.0**2  # two numbers tell a spread badly: so it holds on cards drawn curled and read row by row
_CERTAIN = 50.0  # a difference of the sums of squares beyond which the worse fit is out of the question


@dataclass(frozen=True, slots=True)
class CardPose:
    """How the camera stood to the card; each `_sd` is a standard deviation.

    Attributes
    ----------
    pitch_deg, yaw_deg
        Which way the optical axis points off the card's normal, in the card's own upright: positive looks up, and to
        the right. Beside a card that hangs plumb the pitch is the camera's own.
    distance_m
        From the lens to the card's centre, along the optical axis.
    pitch_sd_deg, yaw_sd_deg, distance_sd_m
        The focal length counts as exact; where the lens was focused counts as unknown unless given.
    strain
        How many times the deviations were widened because no camera sees a flat card quite so; 1 where one does.
    """

    pitch_deg: float
    yaw_deg: float
    distance_m: float
    pitch_sd_deg: float
    yaw_sd_deg: float
    distance_sd_m: float
    strain: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Camera:
    """A thin lens before the middle of a frame; lengths in halves of the card's height."""

    focal_length: float
    pixel_pitch: float
    centre_px: tuple[float, float]
    focus: float | None

    def matrix(self, distance: float) -> Floats:
        """Return the 3x3 from directions to pixels, for a card at `distance`, focused on it unless told otherwise."""
        focus = distance if self.focus is None else self.focus
        image = self.focal_length if math.isinf(focus) else self.focal_length * focus / (focus - self.focal_length)
        f_px = image / self.pixel_pitch
        return np.array([[f_px, 0, self.centre_px[0]], [0, f_px, self.centre_px[1]], [0, 0, 1.0]])


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """A rotation from sheet to camera, a place of the sheet's centre, their misfit and the covariance of the six.

    `gain`, 6x8, is how the six change with the homography's entries; `jackknife` is their covariance by markers left
    out.
    """

    rotation: Floats
    place: Floats
    misfit: float
    covariance: Floats
    gain: Floats
    jackknife: Floats | None = None
    strain: float = 1.0


def card_pose(
    find: CardDetection,
    card: TargetCard,
    focal_length_mm: float,
    pixel_pitch_mm: float,
    frame_size: tuple[int, int],
    *,
    focus_distance_m: float | None = None,
) -> CardPose | None:
    """Return how the camera stood to a card.

    Parameters
    ----------
    find, card
        The find, and the card it was made with, of its true size.
    focal_length_mm, pixel_pitch_mm
        Of the lens, and of the pixels of the frame (sensor width over frame width).
    frame_size
        Width and height of the frame, pixels; the optical axis counts as meeting its middle.
    focus_distance_m
        Where the lens is focused, from the lens; without it, on the card, and the distance's deviation allows for any
        focus from half its distance to infinity, by which the image distance changes up to f/u either way.

    Returns
    -------
    CardPose or None
        `None` where the card's edges were too few to place it, or no camera of this focal length could see it so.
    """
    if find.information is None:
        return None
    half_m = card.height_mm / 2000
    centre = ((frame_size[0] - 1) / 2, (frame_size[1] - 1) / 2)
    unit_mm = 1000 * half_m
    focus = None if focus_distance_m is None else focus_distance_m / half_m
    camera = _Camera(focal_length_mm / unit_mm, pixel_pitch_mm / unit_mm, centre, focus)
    seen = in_half_heights(find.homography, card)
    start = _first_guess(seen, camera)
    fits = [_fitted(*guess, seen, find.information / SHARED, camera) for guess in (start, _flipped(*start))]
    poses = [(fit.misfit, _described(_widened(fit, find.jackknife), half_m)) for fit in fits if fit is not None]
    if not poses:
        return None
    pose = _mixed(*sorted(poses, key=lambda pose: pose[0]))
    by_focus_m = focal_length_mm / 1000 / math.sqrt(3) if focus_distance_m is None else 0.0
    return replace(pose, distance_sd_m=math.hypot(pose.distance_sd_m, by_focus_m))


def _first_guess(seen: Floats, camera: _Camera) -> tuple[Floats, Floats]:
    """Return rotation and place out of the homography, as if it were free of errors."""
    axes = np.linalg.inv(camera.matrix(math.inf)) @ seen
    scale = math.copysign((float(np.linalg.norm(axes[:, 0])) + float(np.linalg.norm(axes[:, 1]))) / 2, axes[2, 2])
    across, down = axes[:, 0] / scale, axes[:, 1] / scale
    u, _, v = np.linalg.svd(np.column_stack((across, down, np.cross(across, down))))
    return np.asarray(u @ np.diag((1, 1, np.linalg.det(u @ v))) @ v, dtype=np.float64), axes[:, 2] / scale


def _flipped(rotation: Floats, place: Floats) -> tuple[Floats, Floats]:
    """Return the pose tilted the other way, which looks the same from afar."""
    sight = place / np.linalg.norm(place)
    mirror = np.eye(3) - 2 * np.outer(sight, sight)
    return np.asarray(mirror @ rotation @ np.diag((1, 1, -1)), dtype=np.float64), place


def _fitted(rotation: Floats, place: Floats, seen: Floats, information: Floats, camera: _Camera) -> _Fit | None:
    """Return the pose near a guess whose homography fits best; Gauss-Newton, its steps halved while they don't help."""
    misfit = _misfit(rotation, place, seen, information, camera)
    normal, slopes = np.eye(6), np.zeros((8, 6))
    for _ in range(_STEPS):
        slopes = _slopes(rotation, place, camera)
        off = (seen - _image(rotation, place, camera)).ravel()[:8]
        normal = slopes.T @ information @ slopes
        if not np.isfinite(normal).all() or np.linalg.cond(normal) > 1e14:
            return None
        step = np.asarray(np.linalg.solve(normal, slopes.T @ information @ off), dtype=np.float64)
        for _ in range(10):
            moved = _moved(rotation, place, step)
            after = _misfit(*moved, seen, information, camera)
            if after <= misfit:
                break
            step = step / 2
        else:
            break
        (rotation, place), misfit = moved, after
        if np.abs(step).max() < _SMALLEST_STEP:
            break
    covariance = np.asarray(np.linalg.inv(normal), dtype=np.float64)
    return _Fit(rotation, place, misfit, covariance, covariance @ slopes.T @ information)


def _widened(fit: _Fit, jackknife: Floats | None) -> _Fit:
    """Return a fit whose deviations are as wide as its misfit: no camera sees a flat card quite so.

    A card that curls, or is bent by the rolling shutter, is placed by eight numbers that no pose of six explains; they
    are off by so much, and so may the six be [Birge1932]_; as two numbers alone tell by how much, by more. What bends
    it so that a pose does explain it shows by how the eight change with the markers that are left out.
    """
    widened = max(1.0, _FEW_TELL * (fit.misfit / _SPARE - 1))
    of_six = None if jackknife is None else np.asarray(fit.gain @ jackknife @ fit.gain.T, dtype=np.float64)
    return replace(fit, covariance=fit.covariance * widened, jackknife=of_six, strain=math.sqrt(widened))


def _image(rotation: Floats, place: Floats, camera: _Camera) -> Floats:
    homography = camera.matrix(float(place[2])) @ np.column_stack((rotation[:, 0], rotation[:, 1], place))
    return np.asarray(homography / homography[2, 2], dtype=np.float64)


def _misfit(rotation: Floats, place: Floats, seen: Floats, information: Floats, camera: _Camera) -> float:
    if place[2] <= 2 * camera.focal_length:
        return math.inf
    off = (seen - _image(rotation, place, camera)).ravel()[:8]
    return float(off @ information @ off)


def _moved(rotation: Floats, place: Floats, step: Floats) -> tuple[Floats, Floats]:
    turn, _ = cv2.Rodrigues(np.asarray(step[:3], dtype=np.float64))
    return np.asarray(turn @ rotation, dtype=np.float64), place + step[3:]


def _slopes(rotation: Floats, place: Floats, camera: _Camera) -> Floats:
    """Return the 8x6 change of the homography's entries with three turns about the camera's axes, and the place."""
    columns = [
        (_image(*_moved(rotation, place, nudge), camera) - _image(*_moved(rotation, place, -nudge), camera)).ravel()[:8]
        for nudge in _NUDGES
    ]
    return np.asarray(np.column_stack(columns) / 2e-5, dtype=np.float64)


def _described(fit: _Fit, half_m: float) -> CardPose:
    slopes = np.column_stack(
        [
            (_angles_deg(_moved(fit.rotation, fit.place, n)[0]) - _angles_deg(_moved(fit.rotation, fit.place, -n)[0]))
            / 2e-5
            for n in _NUDGES
        ]
    )
    angles, place = np.diag(slopes @ fit.covariance @ slopes.T), float(fit.covariance[5, 5])
    if fit.jackknife is not None:
        # Both say how far off the same numbers are.
        angles = np.maximum(angles, np.diag(slopes @ fit.jackknife @ slopes.T))
        place = max(place, float(fit.jackknife[5, 5]))
    pitch_deg, yaw_deg = _angles_deg(fit.rotation)
    return CardPose(
        pitch_deg=float(pitch_deg),
        yaw_deg=float(yaw_deg),
        distance_m=float(fit.place[2]) * half_m,
        pitch_sd_deg=math.sqrt(angles[0]),
        yaw_sd_deg=math.sqrt(angles[1]),
        distance_sd_m=math.sqrt(place) * half_m,
        strain=fit.strain,
    )


def _angles_deg(rotation: Floats) -> Floats:
    """Return pitch and yaw of the optical axis, seen from the sheet: x right, y down, z into it."""
    x, y, z = rotation[2]
    return np.array((math.degrees(math.atan2(-y, math.hypot(x, z))), math.degrees(math.atan2(x, z))))


def _mixed(best: tuple[float, CardPose], other: tuple[float, CardPose] | None = None) -> CardPose:
    """Return the better of two poses, or where both fit their mean, its deviations as wide as they lie apart."""
    one = best[1]
    if other is None or other[0] - best[0] > _CERTAIN:
        return one
    two = other[1]
    if math.hypot(one.pitch_deg - two.pitch_deg, one.yaw_deg - two.yaw_deg) < _SAME_DEG:
        return one
    # The odds of the better one, errors being normal.
    share = 1 / (1 + math.exp((best[0] - other[0]) / 2))
    spread = math.sqrt(share * (1 - share))
    return CardPose(
        pitch_deg=share * one.pitch_deg + (1 - share) * two.pitch_deg,
        yaw_deg=share * one.yaw_deg + (1 - share) * two.yaw_deg,
        distance_m=share * one.distance_m + (1 - share) * two.distance_m,
        pitch_sd_deg=math.hypot(one.pitch_sd_deg, spread * (one.pitch_deg - two.pitch_deg)),
        yaw_sd_deg=math.hypot(one.yaw_sd_deg, spread * (one.yaw_deg - two.yaw_deg)),
        distance_sd_m=math.hypot(one.distance_sd_m, spread * (one.distance_m - two.distance_m)),
        strain=one.strain,
    )
