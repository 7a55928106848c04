"""What a session came to: its mean and spread, its best and worst moment, the one thing to work on."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median, stdev

from rigcoach.journal.session import Moment, Session, Take, TakeScore

PARTS = ("focus", "framing", "steadiness", "exposure")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session came to.

    Attributes
    ----------
    scored, planned
        How many takes were scored, and how many there were to be.
    overall, focus, framing, steadiness, exposure
        Means over the takes that have one; None without any.
    spread
        The standard deviation of the takes' overall scores; None with fewer than two.
    keeper_ratio
        Mean of the scored takes' shares of keepers.
    blur_px
        Median of the takes' blur, in pixels of a frame up to 1080p.
    best, worst
        The best and the worst second.
    distance_off, distance_spread
        How much too far (or near, negative) the subject was on average, over the distance asked for, and the standard
        deviation over the takes; None where no distance is known, or fewer than two.
    work_on
        The one thing to work on: of what comes first in each take, what lasted longest over all of them.
    passed
        Whether the drill was passed; None where that cannot be said, and `why` says why.
    why
        What passing hung on.
    """

    scored: int
    planned: int
    overall: float | None
    focus: float | None
    framing: float | None
    steadiness: float | None
    exposure: float | None
    spread: float | None
    keeper_ratio: float | None
    blur_px: float | None
    best: Moment | None
    worst: Moment | None
    distance_off: float | None
    distance_spread: float | None
    work_on: str | None
    passed: bool | None
    why: str

    @property
    def judged(self) -> str:
        """How well distances were judged, in a sentence; empty where none is known."""
        if self.distance_off is None:
            return ""
        way = "far" if self.distance_off > 0 else "near"
        spread = "" if self.distance_spread is None else f", spread {100 * self.distance_spread:.0f} %"
        return f"Distance: {100 * abs(self.distance_off):.0f} % too {way} on average{spread}."


def summarise(session: Session) -> Summary:
    """Return what a session came to."""
    scores = [take.score for take in session.takes if take.score is not None]
    overall = [score.overall for score in scores if score.overall is not None]
    blur = [score.blur_px for score in scores if score.blur_px is not None]
    off = [off for off in map(distance_off, session.takes) if off is not None]
    mean, blur_px = _mean(overall), median(blur) if blur else None
    keepers = _mean(score.keeper_ratio for score in scores)
    passed, why = _passed(session, mean, keepers, blur_px, len(overall))
    parts = {part: _mean(getattr(score, part) for score in scores) for part in PARTS}
    return Summary(
        scored=len(scores),
        planned=len(session.takes),
        overall=mean,
        **parts,
        spread=stdev(overall) if len(overall) > 1 else None,
        keeper_ratio=keepers,
        blur_px=blur_px,
        best=max((s.best for s in scores if s.best is not None), key=lambda m: m.score, default=None),
        worst=min((s.worst for s in scores if s.worst is not None), key=lambda m: m.score, default=None),
        distance_off=_mean(off),
        distance_spread=stdev(off) if len(off) > 1 else None,
        work_on=_work_on(scores),
        passed=passed,
        why=why,
    )


def distance_off(take: Take) -> float | None:
    """Return how much too far, or too near, a take's subject was, over the distance asked for; None if not known."""
    asked_m, away_m = take.station.kept_distance_m, None if take.score is None else take.score.distance_m
    return None if asked_m is None or away_m is None else away_m / asked_m - 1


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _passed(
    session: Session, mean: float | None, keepers: float | None, blur_px: float | None, measured: int
) -> tuple[bool | None, str]:
    """Return whether a session passes: by its mean score, its keepers, its blur, and how many takes were measured."""
    drill = session.drill
    if not session.counts:
        failed = any(check.ok is False for check in session.checks)
        return None, f"it does not count: {'the checks before it failed' if failed else 'it was coached'}"
    if mean is None or keepers is None:
        return None, "no take could be measured"
    if 2 * measured < len(session.takes):
        return None, f"only {measured} of {len(session.takes)} takes could be measured"
    if mean < drill.pass_mark:
        return False, f"{mean:.0f} on average; {drill.pass_mark:g} passes"
    if keepers < drill.pass_keepers:
        return False, f"{100 * keepers:.0f} % keepers; {100 * drill.pass_keepers:.0f} % pass"
    if blur_px is not None and blur_px > drill.focus_tolerance_px:
        return False, f"{blur_px:.1f} px of blur; up to {drill.focus_tolerance_px:g} is in focus here"
    return True, f"{mean:.0f} on average; {drill.pass_mark:g} passes"


def _work_on(scores: list[TakeScore]) -> str | None:
    """Return what comes first in takes for the most seconds, in the words of the take where it lasted longest."""
    first = [score.faults[0] for score in scores if score.faults]
    if not first:
        return None
    lasted: dict[str, float] = defaultdict(float)
    for fault in first:
        lasted[fault.code] += fault.seconds
    code = max(lasted, key=lambda code: lasted[code])
    return max((fault for fault in first if fault.code == code), key=lambda fault: fault.seconds).text
