"""Whether somebody got better: the gain between two sets of sessions, with its 95 % interval.

Sessions, not takes, are what is compared: takes of one day are alike, and a mean over them all would be surer than it
is. The interval is Student's for two means of independent values with one spread (Student, "The probable error of a
mean", Biometrika 6, 1908), by SciPy.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance

SESSIONS_EACH = 4
"""So many of the first sessions against so many of the last."""

FEWEST_EACH = 3
"""With fewer, nothing is said of a gain."""

CONFIDENCE = 0.95

_DECIMALS = {" %": 1, "°": 1, " px": 2}


@dataclass(frozen=True, slots=True)
class Level:
    """Where somebody stands: the mean of some sessions, and half the width of its 95 % interval, None for just one."""

    mean: float
    half_width: float | None
    sessions: int


@dataclass(frozen=True, slots=True)
class Gain:
    """By how much somebody got better.

    Attributes
    ----------
    before, after
        The means of the first sessions and of the last.
    better_by
        The difference, positive where it is for the better.
    half_width
        Half the width of its 95 % interval.
    least_change
        The least change that the measure can tell at all.
    """

    before: float
    after: float
    better_by: float
    half_width: float
    least_change: float = 0.0

    @property
    def likely_real(self) -> bool:
        """Whether the interval leaves out no change, and the change is one that the measure can tell."""
        return abs(self.better_by) > max(self.half_width, self.least_change)

    @property
    def improved(self) -> bool:
        """Whether it may be said that somebody got better."""
        return self.likely_real and self.better_by > 0


@dataclass(frozen=True, slots=True)
class StillNeeded:
    """Why nothing can be said yet: how many more sessions it takes."""

    sessions: int

    @property
    def sentence(self) -> str:
        """It in words.

        >>> StillNeeded(2).sentence
        '2 more sessions are needed to tell'
        """
        more = f"{self.sessions} more session{'' if self.sessions == 1 else 's'}"
        return f"{more} {'is' if self.sessions == 1 else 'are'} needed to tell"


def gain(values: Sequence[float], *, lower_is_better: bool = False, least_change: float = 0.0) -> Gain | StillNeeded:
    """Return by how much the last sessions are better than the first ones.

    Parameters
    ----------
    values
        One of each session, the oldest first.
    lower_is_better
        Whether a smaller value is the better one.
    least_change
        The least change that the measure can tell.

    >>> better = gain([48, 52, 50, 49, 55, 60, 63, 65, 64, 62])
    >>> round(better.better_by), round(better.half_width), better.improved
    (14, 3, True)
    >>> gain([50, 60]).sentence
    '4 more sessions are needed to tell'
    """
    each = min(SESSIONS_EACH, len(values) // 2)
    if each < FEWEST_EACH:
        return StillNeeded(2 * FEWEST_EACH - len(values))
    before, after = values[:each], values[-each:]
    difference, half_width = difference_of_means(before, after)
    sign = -1.0 if lower_is_better else 1.0
    return Gain(fmean(before), fmean(after), sign * difference, half_width, least_change)


def difference_of_means(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """Return how much larger the second mean is, and half the width of the difference's 95 % interval.

    Both need two values or more between them than there are means.
    """
    freedom = len(before) + len(after) - 2
    pooled = ((len(before) - 1) * _variance(before) + (len(after) - 1) * _variance(after)) / freedom
    error = math.sqrt(pooled * (1 / len(before) + 1 / len(after)))
    return fmean(after) - fmean(before), t_quantile(freedom) * error


def level(values: Sequence[float]) -> Level | None:
    """Return where the last sessions stand; None without any."""
    if not values:
        return None
    recent = values[-SESSIONS_EACH:]
    if len(recent) < 2:
        return Level(fmean(recent), None, len(recent))
    error = math.sqrt(variance(recent) / len(recent))
    return Level(fmean(recent), t_quantile(len(recent) - 1) * error, len(recent))


def gain_text(found: Gain | StillNeeded, unit: str = "") -> str:
    """Return what is said of a gain.

    >>> gain_text(Gain(50.0, 62.0, 12.0, 7.0))
    'better by 12 ± 7, likely real'
    >>> gain_text(Gain(4.0, 4.6, -0.6, 1.2), "°")
    'within what chance does (worse by 0.6° ± 1.2°)'
    >>> gain_text(Gain(50.0, 66.3, 16.3, 15.8))
    'better by 16.3 ± 15.8, likely real'
    >>> gain_text(Gain(80.0, 84.0, 4.0, 1.0, least_change=5.0))
    'smaller than the measures can tell (better by 4 ± 1)'
    """
    if isinstance(found, StillNeeded):
        return found.sentence
    amount, error = (measure_text(abs(value), unit) for value in (found.better_by, found.half_width))
    if amount == error:  # which of the two is larger decides what is said of them
        amount, error = (f"{abs(value):.1f}{unit}" for value in (found.better_by, found.half_width))
    told = f"{'better' if found.better_by >= 0 else 'worse'} by {amount} ± {error}"
    if found.likely_real:
        return f"{told}, likely real"
    # An interval without no change in it: chance seldom does that, but the measures may.
    too_small = abs(found.better_by) > found.half_width
    return f"{'smaller than the measures can tell' if too_small else 'within what chance does'} ({told})"


def t_quantile(freedom: int) -> float:
    """Return how many standard errors reach to the ends of a 95 % interval.

    >>> round(t_quantile(6), 3)
    2.447
    """
    from scipy.special import stdtrit  # takes a while to import

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


def _variance(values: Sequence[float]) -> float:
    return variance(values) if len(values) > 1 else 0.0


def measure_text(value: float, unit: str = "") -> str:
    """Return a measure with as many decimals as are worth reading: of scores none, of pixels two, of others one.

    >>> measure_text(0.834, " px"), measure_text(23.4, " %"), measure_text(0.0033), measure_text(1.84, "°")
    ('0.83 px', '23 %', '0', '1.8°')
    """
    decimals = 0 if abs(value) >= 9.95 or value == 0 else _DECIMALS.get(unit, 0)
    return f"{value:.{decimals}f}{unit}"
