"""Roll without a card: from the straight lines of buildings, doors and poles, and none where there are none.

Upright lines of the world meet in one vanishing point; near the middle of the frame that makes their lean a straight
function of where they stand (Hartley and Zisserman, *Multiple View Geometry*, 2nd ed., 2004, section 8.6). A camera
that looks up or down makes them converge; one that is rolled turns them all. So a line is fitted to lean over place,
robustly, and its value at the middle of the frame is the roll. Level lines serve where uprights are few, but only
those that don't converge: a wall that is seen askew has none that is level.

Many short lines tell it, or a few long ones: the edges of one door and one board, each a fifth of the frame's height
and more, hardly ever meet in one point by chance. Where neither is sure, uprights and level lines that agree bear each
other out.

Lines are found by the detector of Grompone von Gioi et al. ("LSD: a fast line segment detector with a false detection
control", PAMI 32, 2010).
"""

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.picture.reduced import reduced_to

_WIDTH_PX = 960
_SHORTEST = 0.035  # of the frame's diagonal
_MOST_LEAN_DEG = 22.0
_MOST_CONVERGENCE_DEG = 30.0  # over the whole width
_MOST_LEVEL_CONVERGENCE_DEG = 3.0
_AGREE_DEG = 0.6
_WIDE_DEG = 2.4  # lines that lean so differently still have a small say in the roll
_TRIALS = 400
_FEWEST = 6
_ENOUGH_LENGTH = 0.5  # of the frame's height, in all
_ENOUGH_SPREAD = 0.25  # of the frame, between the outer lines
# Powers of ten by which chance is ruled out: half sure at these, sure at twice them. Level lines, which a wall seen
# askew has none of, must be that much clearer.
_UPRIGHT_POWERS = 9.0
_LEVEL_POWERS = 20.0
# Stems, spokes and folds lean much alike, too, but not as alike as what was built: a bundle must also stand out from
# the lines that lean nearly as it does.
_NEARLY_DEG = 3.0
_SHARP_POWERS = 2.5
_LEVEL_SPREAD = 0.5
_ENOUGH_CONFIDENCE = 0.5
# Long lines: what is grown or worn is seldom straight for so long.
_LONG = 0.2  # of the frame's height
_FEWEST_LONG = 4
_ENOUGH_LONG_LENGTH = 1.0  # of the frame's height, in all
_LONG_POWERS = 2.0  # one picture in a hundred by chance
_MOST_OF_LONG = 0.6  # of the long lines have to agree: of many stems a few always do
# Uprights and level lines that are each this sure, and agree, are believed together.
_HALF_HEARTED = 0.15


@dataclass(frozen=True, slots=True)
class Roll:
    """How far the picture is turned clockwise, in degrees, and how sure that is, 0.5 to 1."""

    roll_deg: float
    confidence: float


@dataclass(frozen=True, slots=True)
class _Lean:
    """What one bundle of lines tells: their common lean at the middle, and how much bears it out."""

    lean_deg: float
    convergence_deg: float
    count: int
    length: float
    spread: float
    powers: float
    sharp_powers: float

    def confidence(self, enough_powers: float, most_convergence_deg: float) -> float:
        """Return how sure the lean is: 0 where chance or too few lines could make it, 0.5 where they hardly could."""
        if self.count < _FEWEST or self.spread < _ENOUGH_SPREAD or self.length < _ENOUGH_LENGTH:
            return 0.0
        if abs(self.convergence_deg) > most_convergence_deg:
            return 0.0
        return min(1.0, 0.5 * self.powers / enough_powers, 0.5 * self.sharp_powers / _SHARP_POWERS)


def roll_from_lines(luma: Luma) -> Roll | None:
    """Return the roll of an upright HxW plane by its straight lines; `None` where they don't tell it.

    A level picture of a leaning world, such as a slope, a boat or a tower that leans, is told as rolled: no picture
    knows where gravity points. Turns beyond 20 degrees aren't found.
    """
    small, _ = reduced_to(luma, _WIDTH_PX)
    middles, leans, lengths = _segments(small)
    upright = _bundle(middles[:, 0], leans, lengths, _MOST_CONVERGENCE_DEG)
    level = _bundle(middles[:, 1], _wrapped(leans - 90.0), lengths, _MOST_LEVEL_CONVERGENCE_DEG)
    sure = upright.confidence(_UPRIGHT_POWERS, _MOST_CONVERGENCE_DEG)
    sure_level = level.confidence(_LEVEL_POWERS, _MOST_LEVEL_CONVERGENCE_DEG)
    if sure >= _ENOUGH_CONFIDENCE:
        agree = sure_level < _ENOUGH_CONFIDENCE or abs(upright.lean_deg - level.lean_deg) < 2 * _AGREE_DEG
        return Roll(upright.lean_deg, sure if agree else max(_ENOUGH_CONFIDENCE, 0.8 * sure))
    by_long = _from_long_lines(middles[:, 0], leans, lengths)
    if by_long is not None:
        contradicted = sure_level >= _ENOUGH_CONFIDENCE and abs(by_long.roll_deg - level.lean_deg) > 4 * _AGREE_DEG
        return None if contradicted else by_long
    together = sure + sure_level
    if min(sure, sure_level) >= _HALF_HEARTED and together >= _ENOUGH_CONFIDENCE:
        if abs(upright.lean_deg - level.lean_deg) < 2 * _AGREE_DEG:
            lean_deg = (sure * upright.lean_deg + sure_level * level.lean_deg) / together
            return Roll(lean_deg, min(together, 1.0))
        return None
    if sure_level >= _ENOUGH_CONFIDENCE and upright.count < _FEWEST and level.spread >= _LEVEL_SPREAD:
        return Roll(level.lean_deg, sure_level)
    return None


def _from_long_lines(place: Floats, lean: Floats, length: Floats) -> Roll | None:
    """Return the roll that the few longest uprights tell, where chance hardly makes so many of them agree."""
    long = (length >= _LONG) & (np.abs(lean) <= _MOST_LEAN_DEG)
    bundle = _bundle(place[long], lean[long], length[long], _MOST_CONVERGENCE_DEG)
    if bundle.count < _FEWEST_LONG or bundle.spread < _ENOUGH_SPREAD or bundle.length < _ENOUGH_LONG_LENGTH:
        return None
    if bundle.count < _MOST_OF_LONG * np.count_nonzero(long):
        return None
    powers = _powers_of_pairs(bundle.count, int(np.count_nonzero(long)), _AGREE_DEG / _MOST_LEAN_DEG)
    sure = min(1.0, 0.5 * powers / _LONG_POWERS)
    return Roll(bundle.lean_deg, sure) if sure >= _ENOUGH_CONFIDENCE else None


def _segments(luma: Luma) -> tuple[Floats, Floats, Floats]:
    """Return middles (Nx2, from the frame's middle, over its width and height), leans in degrees, lengths.

    Leans are from the vertical, clockwise positive, -90 to 90; lengths are over the frame's height.
    """
    # A detector keeps the picture that it looks at: one for each look, for looks may be of several threads.
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD)
    found = cast(npt.NDArray[np.float32] | None, detector.detect(luma)[0])
    rows = np.zeros((0, 4)) if found is None else np.asarray(found, dtype=np.float64).reshape(-1, 4)
    height, width = luma.shape
    run = rows[:, 2:] - rows[:, :2]
    length = np.hypot(run[:, 0], run[:, 1])
    long = length > _SHORTEST * math.hypot(width, height)
    rows, run, length = rows[long], run[long], length[long]
    lean = _wrapped(np.degrees(np.arctan2(run[:, 1], run[:, 0])) - 90.0)
    middle = (rows[:, :2] + rows[:, 2:]) / 2
    return (middle - (width / 2, height / 2)) / (width, height), lean, length / height


def _wrapped(degrees: Floats) -> Floats:
    return np.asarray((degrees + 90.0) % 180.0 - 90.0, dtype=np.float64)


def _bundle(place: Floats, lean: Floats, length: Floats, most_convergence_deg: float) -> _Lean:
    """Return the line lean = a + b place that the greatest length of segments agrees with, by trial of pairs."""
    near = np.abs(lean) <= _MOST_LEAN_DEG
    place, lean, length = place[near], lean[near], length[near]
    if len(lean) < 2:
        return _Lean(0.0, 0.0, 0, 0.0, 0.0, 0.0, 0.0)
    # The same trials every time: a clip scored twice gets the same scores.
    random = np.random.default_rng(7)
    pairs = random.choice(len(lean), (_TRIALS, 2), p=length / length.sum())
    apart = place[pairs[:, 1]] - place[pairs[:, 0]]
    slope = np.where(np.abs(apart) > 0.1, (lean[pairs[:, 1]] - lean[pairs[:, 0]]) / np.where(apart == 0, 1, apart), 0.0)
    slope = np.where(np.abs(slope) <= most_convergence_deg, slope, 0.0)
    start = lean[pairs[:, 0]] - slope * place[pairs[:, 0]]
    off = np.abs(lean - start[:, None] - slope[:, None] * place)
    best = int(np.argmax((length * np.maximum(0.0, 1 - (off / _AGREE_DEG) ** 2)).sum(1)))
    a, b = _refined(float(start[best]), float(slope[best]), place, lean, length, 1.5 * _AGREE_DEG)
    off = np.abs(lean - a - b * place)
    agreeing = off < _AGREE_DEG
    total = float(length[agreeing].sum())
    spread = float(np.ptp(place[agreeing])) if agreeing.any() else 0.0
    count = int(agreeing.sum())
    powers = _powers(count, len(lean), _AGREE_DEG / _MOST_LEAN_DEG)
    sharp_powers = _powers(count, int(np.count_nonzero(off < _NEARLY_DEG)), _AGREE_DEG / _NEARLY_DEG)
    # Old houses lean apart: were only the lines taken that agree best, which of them are in the frame would tell.
    a, b = _refined(a, b, place, lean, length, _WIDE_DEG)
    return _Lean(a, b, count, total, spread, powers, sharp_powers)


def _refined(a: float, b: float, place: Floats, lean: Floats, length: Floats, within_deg: float) -> tuple[float, float]:
    """Return the line lean = a + b place fitted again, several times, to what is near it (Tukey's biweight)."""
    for _ in range(5):
        weight = length * np.maximum(0.0, 1 - ((lean - a - b * place) / within_deg) ** 2) ** 2
        if np.count_nonzero(weight) < 2:
            break
        # A little ridge keeps the convergence at nothing where lines stand too close together to tell it.
        design = np.column_stack((np.ones_like(place), place))
        normal = design.T @ (design * weight[:, None]) + np.diag((0.0, 1e-3 * weight.sum()))
        a, b = (float(v) for v in np.linalg.solve(normal, design.T @ (weight * lean)))
    return a, b


def _powers(agreeing: int, lines: int, share: float) -> float:
    """Return by how many powers of ten it is unlikely that so many of `lines` agree by chance, in any of the trials.

    Minus the logarithm of the number of false alarms (Desolneux, Moisan, Morel, "Meaningful alignments", IJCV 40,
    2000): of leans that are as likely as one another, a `share` agrees, which is the tolerance over the range.
    """
    if agreeing < 1:
        return 0.0
    ways = math.lgamma(lines + 1) - math.lgamma(agreeing + 1) - math.lgamma(lines - agreeing + 1)
    log_tail = ways + agreeing * math.log(share) + (lines - agreeing) * math.log1p(-share)
    return -(log_tail + math.log(_TRIALS)) / math.log(10)


def _powers_of_pairs(agreeing: int, lines: int, share: float) -> float:
    """Return the same for few lines: every pair of them is a trial, and only the others can agree with it by chance."""
    others, more = lines - 2, agreeing - 2
    tail = sum(math.comb(others, i) * share**i * (1 - share) ** (others - i) for i in range(more, others + 1))
    return -(math.log10(tail) + math.log10(math.comb(lines, 2)))
