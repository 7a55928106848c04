"""What kind of blur a frame has: sharp, defocused, moved, both or unclear; and how sure that is."""

import math
from dataclasses import dataclass

from rigcoach.measure.arrays import Interval

SHARP, DEFOCUSED, MOVED, BOTH, UNCLEAR = "sharp", "defocused", "moved", "both", "unclear"

LEAST_CONFIDENCE = 0.6
"""A kind less likely than this isn't told."""

# The ends of a 90 % interval lie so many deviations from the middle, on a normal distribution.
_DEVIATIONS = 1.645
_LEAST_DEVIATION_PX = 0.05


@dataclass(frozen=True, slots=True)
class Estimate:
    """A length in pixels with an interval that holds the true one in nine of ten cases."""

    value_px: float
    interval_px: Interval

    def above(self, limit_px: float) -> float:
        """Return how likely the true length is above a limit, 0 to 1.

        The error is taken as normal, with deviations of its own downwards and upwards.

        >>> round(Estimate(2.0, (1.0, 3.0)).above(2.0), 3), round(Estimate(2.0, (1.0, 3.0)).above(3.0), 3)
        (0.5, 0.05)
        """
        low, high = self.interval_px
        reach = self.value_px - low if limit_px < self.value_px else high - self.value_px
        deviation = max(reach / _DEVIATIONS, _LEAST_DEVIATION_PX)
        return 0.5 * math.erfc((limit_px - self.value_px) / deviation / math.sqrt(2))

    def exceeds(self, other: "Estimate") -> bool:
        """Return whether the true length is above another's, which is so in 19 of 20 cases where this is said.

        What both may be off by adds up as independent errors do.

        >>> Estimate(2.0, (1.0, 3.0)).exceeds(Estimate(0.5, (0.0, 1.0))), Estimate(1.0, (0.0, 2.0)).exceeds(
        ...     Estimate(0.5, (0.0, 1.0))
        ... )
        (True, False)
        """
        below, above = self.value_px - self.interval_px[0], other.interval_px[1] - other.value_px
        return self.value_px - other.value_px > math.hypot(below, above)


@dataclass(frozen=True, slots=True)
class BlurKind:
    """`kind` is "sharp", "defocused", "moved", "both" or "unclear"; `confidence` how likely the likeliest kind is."""

    kind: str
    confidence: float


def blur_kind(
    blur: Estimate, motion: Estimate, blur_limit_px: float, motion_limit_px: float, *, pictured: Estimate | None = None
) -> BlurKind:
    """Tell the kind of blur from defocus and smear, each against what is still sharp.

    Parameters
    ----------
    blur, motion
        Radius of defocus and length of the smear.
    blur_limit_px, motion_limit_px
        Up to here a frame counts as sharp.
    pictured
        The smear that the picture shows, where `motion` comes from elsewhere: where the two contradict each other,
        the kind is unclear.

    >>> blur_kind(Estimate(0.5, (0.2, 0.9)), Estimate(21.0, (19.0, 23.0)), 1.5, 3.0).kind
    'moved'
    """
    blurred, moved = blur.above(blur_limit_px), motion.above(motion_limit_px)
    likely = {
        SHARP: (1 - blurred) * (1 - moved),
        DEFOCUSED: blurred * (1 - moved),
        MOVED: (1 - blurred) * moved,
        BOTH: blurred * moved,
    }
    kind = max(likely, key=lambda name: likely[name])
    contradicted = pictured is not None and _contradict(motion, pictured, motion_limit_px)
    if contradicted or likely[kind] < LEAST_CONFIDENCE:
        return BlurKind(UNCLEAR, likely[kind])
    return BlurKind(kind, likely[kind])


def _contradict(motion: Estimate, pictured: Estimate, limit_px: float) -> bool:
    """Return whether a smear must be there by the picture and can't be there by the movement."""
    return pictured.interval_px[0] > 2 * limit_px and motion.interval_px[1] < limit_px
