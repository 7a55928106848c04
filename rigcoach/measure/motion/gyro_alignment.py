"""A gyro's turns aligned with the picture's: the offset of their clocks, the gyro's axes, and how well they agree.

Both are turns from frame to frame. A gyro drifts, so each axis has an offset of its own, which is taken out; the
focal length in pixels is what makes the picture's turns as large as the gyro's. Without one clock for both, the time
between them is looked for over all that was recorded (`clock_search`).

References
----------
.. [Chan1983] T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for computing the sample variance", The American
   Statistician 37(3), 1983.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.motion.camera_rotation import Turn
from rigcoach.measure.motion.clock_search import RATE_HZ, clock_and_axes
from rigcoach.measure.motion.readings import Readings, moments
from rigcoach.measure.motion.running_integral import running_integral

SAME_CLOCK_S = 0.15
"""So far apart the clocks of one file are at most: sensors are read, filtered and written on their own time."""

_STEP_S = 0.004
_FEWEST = 8
# Focal lengths in frame widths, from a fisheye's to a long lens's.
_SHORTEST_FOCAL, _LONGEST_FOCAL = 0.25, 40.0
# So fast a picture has to turn, root mean square in degrees a second, for a gyro to be told by it.
LEAST_TURNING_DEG_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class GyroAlignment:
    """How a gyro's turns agree with the picture's.

    Attributes
    ----------
    offset_s
        What is added to a frame's time to get the gyro's.
    axes
        (3, 3): the gyro's axes as the picture's.
    focal_px
        The focal length that makes the picture's turns as large as the gyro's; the one given where the picture turned
        too little to tell.
    drift_rad_s
        (3,): the gyro's reading without a turn, in the picture's axes.
    agreement
        Correlation of the two, over all three axes, 0 to 1.
    rms_error_deg_s
        Root of the mean square of what lies between them, over all three axes.
    picture_deg_s, gyro_deg_s
        How fast the camera turned by each, root mean square.
    turns_deg_s
        (n, 3): the gyro's turns, frame by frame, its drift taken out.
    pictured_deg_s
        (n, 3): the picture's, NaN where it told none.
    """

    offset_s: float
    axes: Floats
    focal_px: float
    drift_rad_s: Floats
    agreement: float
    rms_error_deg_s: float
    picture_deg_s: float
    gyro_deg_s: float
    turns_deg_s: Floats
    pictured_deg_s: Floats


def align_gyro(
    turns: Sequence[Turn | None],
    times_s: Sequence[float],
    gyro: Readings,
    width_px: int,
    *,
    same_clock: bool = True,
    focal_px: float | None = None,
) -> GyroAlignment | None:
    """Set a gyro's turns beside the picture's; `None` where the picture told too few, or none are of one time.

    Parameters
    ----------
    turns, times_s
        For each of n frames how the camera turned since the frame before, and when it was shown.
    gyro
        Its turning speeds about the picture's x, y and z in radians a second, as far as its axes are known.
    width_px
        Width of the frame.
    same_clock
        Whether both were recorded by one camera; otherwise any time between them is tried, and any lie of the axes.
    focal_px
        The focal length, where it is known.
    """
    known = np.array([turn is not None for turn in turns])
    known[:1] = False
    if np.count_nonzero(known) < _FEWEST or len(gyro) < _FEWEST:
        return None
    seen = _Seen(turns, np.asarray(times_s, dtype=np.float64), known, focal_px or width_px, focal_px is not None)
    limits = (_SHORTEST_FOCAL * width_px, _LONGEST_FOCAL * width_px)
    axes, around_s = np.eye(3), 0.0
    if not same_clock:
        found = clock_and_axes(seen.times_s, seen.rates(), gyro)
        if found is None:
            return None
        around_s, axes = found
    span_s = SAME_CLOCK_S if same_clock else 2 / RATE_HZ
    offset_s = around_s
    for _ in range(3):
        best = _best_offset(seen, gyro, axes, around_s, span_s)
        if best is None:
            return None
        offset_s, agreement = best
        if not seen.set_focal(agreement, limits):
            break
    return _aligned(seen, gyro, axes, offset_s)


class _Seen:
    """The picture's turns, for a focal length that is found on the way."""

    def __init__(
        self, turns: Sequence[Turn | None], times_s: Floats, known: "np.typing.NDArray[np.bool_]", focal_px: float,
        given: bool,
    ) -> None:  # fmt: skip
        self.times_s = times_s
        self._turns = turns
        self.known = known
        self._given = given
        self._solve(focal_px)

    def _solve(self, focal_px: float) -> None:
        self.focal_px = focal_px
        self.rad = np.full((len(self._turns), 3), np.nan)
        for i in np.flatnonzero(self.known):
            turn = self._turns[int(i)]
            if turn is not None:
                self.rad[i] = turn.solved(focal_px)

    def rates(self, start: int = 0, end: int | None = None) -> Floats:
        """Return turning speeds from each frame to the next, (n - 1, 3), in radians a second."""
        end = len(self.times_s) if end is None else end
        return np.asarray(self.rad[start + 1 : end] / np.diff(self.times_s[start:end])[:, None], dtype=np.float64)

    def set_focal(self, agreement: "_Agreement", limits: tuple[float, float]) -> bool:
        """Take the focal length that makes the picture's turns about x and y as large as the gyro's."""
        power, product = agreement.about_own_means(2)
        enough = np.radians(LEAST_TURNING_DEG_S) ** 2 * agreement.count
        ratio = product / max(power, 1e-12)
        if self._given or power < enough or ratio <= 0:
            return False
        self._solve(float(np.clip(self.focal_px * ratio, *limits)))
        return True


@dataclass(slots=True, eq=False)
class _Agreement:
    """How the picture's and the gyro's turns agree: sums that frames are added to, some at a time.

    Of the `count` frames of which both tell a turn, `means` are those of picture and gyro, (2, 3), and `squares`, (2,
    3), and `products`, (3,), the sums about them ([Chan1983]_). `own` are the counts, and `sums` the sums, of all turns
    that either of them tells, in which a gyro's drift is.
    """

    count: int = 0
    means: Floats = field(default_factory=lambda: np.zeros((2, 3)))
    squares: Floats = field(default_factory=lambda: np.zeros((2, 3)))
    products: Floats = field(default_factory=lambda: np.zeros(3))
    own: Floats = field(default_factory=lambda: np.zeros((2, 1)))
    sums: Floats = field(default_factory=lambda: np.zeros((2, 3)))

    def add(self, pictured: Floats, gyro: Floats) -> None:
        """Add turning speeds of frames, (n, 3) each, NaN where there is none."""
        finite = np.isfinite(pictured).all(1), np.isfinite(gyro).all(1)
        for k, rates in enumerate((pictured[finite[0]], gyro[finite[1]])):
            self.own[k] += len(rates)
            self.sums[k] += rates.sum(0)
        both = finite[0] & finite[1]
        count = int(np.count_nonzero(both))
        if not count:
            return
        rates = np.stack((pictured[both], gyro[both]))
        means = rates.mean(1)
        off = rates - means[:, None]
        apart, weight = means - self.means, self.count * count / (self.count + count)
        self.squares += (off**2).sum(1) + weight * apart**2
        self.products += (off[0] * off[1]).sum(0) + weight * apart[0] * apart[1]
        self.means += apart * count / (self.count + count)
        self.count += count

    @property
    def correlation(self) -> float:
        """Correlation of the two, over all axes."""
        return float(self.products.sum() / max(np.sqrt(self.squares[0].sum() * self.squares[1].sum()), 1e-12))

    def about_own_means(self, axes: int) -> tuple[float, float]:
        """Return the gyro's squares and the products, over the first axes, about the mean of all that each tells."""
        shift = (self.means - self.sums / np.maximum(self.own, 1))[:, :axes]
        power = self.squares[1, :axes] + self.count * shift[1] ** 2
        product = self.products[:axes] + self.count * shift[0] * shift[1]
        return float(power.sum()), float(product.sum())


def _turned(times_s: Floats, gyro: Readings, axes: Floats, offsets_s: Sequence[float]) -> Iterator[Floats]:
    """Yield the gyro's turning speeds between times, (n - 1, 3), for each offset; NaN where it was not running."""
    known_s, rad_s = gyro.between(float(times_s[0]) + min(offsets_s), float(times_s[-1]) + max(offsets_s))
    summed = running_integral(known_s, rad_s)
    step_s = np.diff(times_s)[:, None]
    for offset_s in offsets_s:
        at = times_s + offset_s
        angles = np.stack([np.interp(at, known_s, column) for column in summed.T], axis=1)
        angles[(at < gyro.first_s - _STEP_S) | (at > gyro.last_s + _STEP_S)] = np.nan
        yield np.diff(angles, axis=0) @ axes.T / step_s


def _agreements(seen: _Seen, gyro: Readings, axes: Floats, offsets_s: Sequence[float]) -> list[_Agreement]:
    """Return how the turns agree for each offset of the clocks."""
    agreements = [_Agreement() for _ in offsets_s]
    for start, end in moments(seen.times_s[:-1]):
        pictured = seen.rates(start, end + 1)
        turned = _turned(seen.times_s[start : end + 1], gyro, axes, offsets_s)
        for agreement, rates in zip(agreements, turned, strict=True):
            agreement.add(pictured, rates)
    return agreements


def _best_offset(
    seen: _Seen, gyro: Readings, axes: Floats, around_s: float, span_s: float
) -> tuple[float, _Agreement] | None:
    offsets_s = (around_s + np.arange(-span_s, span_s + _STEP_S / 2, _STEP_S)).tolist()
    best: tuple[float, float, _Agreement] | None = None
    for offset_s, found in zip(offsets_s, _agreements(seen, gyro, axes, offsets_s), strict=True):
        if found.count < _FEWEST:
            continue
        # Where hardly anything turns, the clocks are taken to agree.
        agreement = found.correlation - 1e-3 * abs(offset_s - around_s) / max(span_s, _STEP_S)
        if best is None or agreement > best[0]:
            best = (agreement, offset_s, found)
    return None if best is None else best[1:]


def _aligned(seen: _Seen, gyro: Readings, axes: Floats, offset_s: float) -> GyroAlignment | None:
    found = _agreements(seen, gyro, axes, [offset_s])[0]
    if found.count < _FEWEST:
        return None
    drift = found.means[1] - found.means[0]

    def rms_deg(squares: Floats) -> float:
        return float(np.degrees(np.sqrt(max(float(squares.sum()), 0.0) / found.count)))

    turns = np.empty((len(seen.times_s), 3))
    for start, end in moments(seen.times_s[:-1]):
        (rates,) = _turned(seen.times_s[start : end + 1], gyro, axes, [offset_s])
        turns[start + 1 : end + 1] = np.degrees(rates - drift)
    turns[0] = turns[1]
    return GyroAlignment(
        offset_s=offset_s,
        axes=axes,
        focal_px=seen.focal_px,
        drift_rad_s=drift,
        agreement=max(found.correlation, 0.0),
        rms_error_deg_s=rms_deg(found.squares[0] + found.squares[1] - 2 * found.products),
        picture_deg_s=rms_deg(found.squares[0]),
        gyro_deg_s=rms_deg(found.squares[1]),
        turns_deg_s=turns,
        pictured_deg_s=np.degrees(np.vstack((np.full((1, 3), np.nan), seen.rates()))),
    )
