"""Judging distances without a camera: guess, measure, and see your error, near and far, over the days."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from statistics import fmean, stdev

from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import write_kept
from rigcoach.base.units import distance_range_text, distance_text
from rigcoach.base.user_data import user_folder
from rigcoach.journal.learning import Gain, StillNeeded, gain, t_quantile

BANDS_M = ((0.3, 1.5), (1.5, 2.5), (2.5, 4.0), (4.0, 100.0))
"""From where to where distances are looked at together, in metres."""

_FEWEST = 3


class DistanceError(RigcoachError):
    """Judged distances that cannot be kept or read."""

    code = "distance.unusable"


@dataclass(frozen=True, slots=True)
class JudgedDistance:
    """A distance as it was guessed and as it was measured, in metres, and when."""

    at: datetime
    guessed_m: float
    measured_m: float

    @property
    def off(self) -> float:
        """How much too far (negative: too near) it was guessed, over what it is.

        >>> round(JudgedDistance(datetime(2026, 3, 1), 3.3, 3.0).off, 3)
        0.1
        """
        return self.guessed_m / self.measured_m - 1


@dataclass(frozen=True, slots=True)
class BandBias:
    """How distances between two ends are judged.

    `bias` is the mean error over the distance, `half_width` half its 95 % interval, None for too few; `error` the mean
    size of an error.
    """

    from_m: float
    to_m: float
    count: int
    bias: float
    half_width: float | None
    error: float

    @property
    def sentence(self) -> str:
        """It in words.

        >>> BandBias(1.5, 2.5, 8, -0.12, 0.05, 0.13).sentence
        '1.5 to 2.5 m: 12 % ± 5 % too near on average, likely real; 13 % off each time (8 guesses)'
        """
        last = self.to_m == BANDS_M[-1][1]
        ends = f"over {distance_text(self.from_m)}" if last else distance_range_text(self.from_m, self.to_m)
        count = f"{self.count} guess{'' if self.count == 1 else 'es'}"
        if self.half_width is None:
            return (
                f"{ends}: {100 * self.error:.0f} % off each time ({count}; {_FEWEST - self.count} more to tell a bias)"
            )
        way = "far" if self.bias > 0 else "near"
        real = "likely real" if abs(self.bias) > self.half_width else "within what chance does"
        bias = f"{100 * abs(self.bias):.0f} % ± {100 * self.half_width:.0f} % too {way} on average, {real}"
        return f"{ends}: {bias}; {100 * self.error:.0f} % off each time ({count})"


def bias_by_distance(judged: Sequence[JudgedDistance]) -> tuple[BandBias, ...]:
    """Return how distances are judged, near to far; bands without a guess are left out."""
    found = []
    for from_m, to_m in BANDS_M:
        off = [each.off for each in judged if from_m <= each.measured_m < to_m]
        if off:
            enough = len(off) >= _FEWEST
            half_width = t_quantile(len(off) - 1) * stdev(off) / math.sqrt(len(off)) if enough else None
            found.append(BandBias(from_m, to_m, len(off), fmean(off), half_width, fmean(map(abs, off))))
    return tuple(found)


def gain_over_days(judged: Sequence[JudgedDistance]) -> Gain | StillNeeded:
    """Return by how much the mean size of an error, in percent, got smaller over the days with guesses."""
    days: dict[date, list[float]] = {}
    for each in sorted(judged, key=lambda each: each.at):
        days.setdefault(each.at.astimezone().date(), []).append(100 * abs(each.off))
    return gain([fmean(errors) for errors in days.values()], lower_is_better=True)


def distances_path() -> Path:
    """Return where judged distances lie; the file need not exist."""
    return user_folder("journal") / "distances.json"


def read_judged() -> tuple[JudgedDistance, ...]:
    """Read all judged distances, the oldest first; none where there are none.

    Raises
    ------
    DistanceError
        Where the file cannot be read.
    """
    from pydantic import TypeAdapter, ValidationError

    path = distances_path()
    try:
        return tuple(TypeAdapter(list[JudgedDistance]).validate_json(path.read_bytes()))
    except FileNotFoundError:
        return ()
    except (OSError, ValidationError) as error:
        raise DistanceError(
            f"{path} cannot be read", why=str(error).splitlines()[0], next_step="Correct it, or move it away"
        ) from error


def keep_judged(guessed_m: float, measured_m: float, at: datetime) -> tuple[JudgedDistance, ...]:
    """Add a judged distance to those that are kept, and return all.

    Raises
    ------
    DistanceError
        Where it is none that can be judged, or the kept ones cannot be read.
    rigcoach.base.outputs.OutputError
        Where it cannot be written.
    """
    low, high = BANDS_M[0][0], BANDS_M[-1][1]
    if not (low <= guessed_m <= high and low <= measured_m < high):
        raise DistanceError(
            f"{distance_text(guessed_m)} and {distance_text(measured_m)} cannot be judged",
            why=f"distances are from {distance_range_text(low, high)}",
        )
    judged = (*read_judged(), JudgedDistance(at, guessed_m, measured_m))
    document = [asdict(each) | {"at": each.at.isoformat()} for each in judged]
    write_kept(distances_path(), json.dumps(document, indent=1).encode() + b"\n")
    return judged
