"""The camera's roll by the target card: where the card's uprights meet, seen from the frame's middle.

How a card appears turned is the camera's roll only where it is seen straight on: from the side and from above at once
its edges lean. All that is parallel to its uprights meets in one vanishing point, and the direction to that from the
frame's middle is down in the picture, whatever the focal length (Hartley and Zisserman, *Multiple View Geometry*, 2nd
ed., 2004, section 8.6). Of a small card the vanishing point isn't well known: how far a card may be tilted counts as
known beforehand, so that there it is the uprights' lean at the card's own place that tells.
"""

import math

import numpy as np

from rigcoach.measure.card.card_pose import SHARED, CardPose
from rigcoach.measure.card.homography import in_half_heights
from rigcoach.measure.card.target import CardDetection
from rigcoach.measure.picture.roll import Roll
from rigcoach.target_card import TargetCard

# Uprights of a card converge, before anything is seen, as if it were tilted by so much and seen by a lens whose focal
# length is the frame's width.
_TILT_SD_DEG = 20.0
# What skews a card turns its uprights by more than it leaves of misfit; by cards drawn curled and read row by row.
_BY_STRAIN = 4.0


def card_roll(
    find: CardDetection,
    card: TargetCard,
    frame_size: tuple[int, int],
    pose: CardPose | None = None,
    *,
    moved_px: float = 0.0,
) -> Roll | None:
    """Return the picture's roll by the uprights of a card in it.

    Parameters
    ----------
    find, card
        The find, and the card it was made with.
    frame_size
        Width and height of the frame in pixels; the optical axis counts as meeting its middle.
    pose
        How the camera stood to it, where the rig is known: it tells whether the card is bent.
    moved_px
        How far the picture may have moved to the side from its first row read to its last, as a standard deviation:
        without a pose nothing else tells that uprights lean for it.

    Returns
    -------
    Roll or None
        -180 to 180 degrees, against a card that hangs plumb. `None` where the card's edges were too few to place it.
    """
    if find.information is None:
        return None
    entries = in_half_heights(find.homography, card).ravel()[:8]
    sure = find.information / SHARED
    half_height_px = find.height_px / 2
    tilt = math.sin(math.radians(_TILT_SD_DEG)) * half_height_px / frame_size[0]
    prior = np.zeros((8, 8))
    prior[7, 7] = tilt**-2
    covariance = np.linalg.inv(sure + prior)
    gain = covariance @ sure
    entries = gain @ entries
    x, y = (frame_size[0] - 1) / 2, (frame_size[1] - 1) / 2
    right, down = entries[1] - x * entries[7], entries[4] - y * entries[7]
    # atan2(-right, down) by its derivatives.
    slopes = np.zeros(8)
    slopes[[1, 4, 7]] = np.array([-down, right, x * down - y * right]) / (right**2 + down**2)
    sd_deg = math.degrees(math.sqrt(float(slopes @ covariance @ slopes)))
    if pose is not None:
        sd_deg *= 1 + _BY_STRAIN * (pose.strain - 1)
    else:
        sd_deg = math.hypot(sd_deg, math.degrees(math.atan2(moved_px, frame_size[1])))
    if find.jackknife is not None:
        sd_deg = max(sd_deg, math.degrees(math.sqrt(float(slopes @ gain @ find.jackknife @ gain.T @ slopes))))
    roll_deg = math.degrees(math.atan2(-right, down))
    within_a_degree = math.erf(1 / max(sd_deg, 1e-6) / math.sqrt(2))
    return Roll(roll_deg, (roll_deg - 2 * sd_deg, roll_deg + 2 * sd_deg), within_a_degree)
