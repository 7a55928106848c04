"""A session's summary: its mean and spread, its best and worst moment, the one thing to work on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, stdev

from rigcoach.base.units import distance_text
from rigcoach.journal.judgement import judgements
from rigcoach.journal.known_mean import known_mean
from rigcoach.journal.pass_rules import PassRule, distance_off, pass_rules
from rigcoach.journal.session import NOT_COUNTED, PARTS, Moment, Session, Take, TakeScore


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session came to.

    Attributes
    ----------
    scored, planned
        How many takes were scored, and how many there were to be.
    overall, focus, framing, steadiness, exposure
        Means over the takes that have one; None without any. A test's takes that ask for what was not practised are
        told of by themselves (`transfer`), and are in none of this, unless all of its takes are such.
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
        Whether the drill was passed; None where that cannot be said, and `why` says why. Such a session doesn't count.
    why
        What passing hung on.
    rules
        What the drill asks for, each rule with what was measured.
    met
        As `passed`, whether or not the session counts.
    transfer
        How a test's takes went that ask for what was not practised, in a sentence; empty where there are none.
    guessed
        How well the photographer judged takes before being told, in a sentence; empty where nothing was guessed.
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
    rules: tuple[PassRule, ...]
    met: bool | None
    transfer: str = ""
    guessed: str = ""

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
    takes = practised_takes(session)
    scores = [take.score for take in takes if take.score is not None]
    overall = [score.overall for score in scores if score.overall is not None]
    blur = [score.blur_px for score in scores if score.blur_px is not None]
    off = [off for off in map(distance_off, takes) if off is not None]
    mean, blur_px = known_mean(overall), median(blur) if blur else None
    keepers = known_mean(score.keeper_ratio for score in scores)
    rules = pass_rules(session.drill, takes)
    met, why = _met(takes, rules, len(overall))
    all_scores = [take.score for take in session.scored if take.score is not None]
    parts = {part: known_mean(getattr(score, part) for score in scores) for part in PARTS}
    return Summary(
        scored=len(session.scored),
        planned=len(session.takes),
        overall=mean,
        **parts,
        spread=stdev(overall) if len(overall) > 1 else None,
        keeper_ratio=keepers,
        blur_px=blur_px,
        best=max((s.best for s in all_scores if s.best is not None), key=lambda m: m.score, default=None),
        worst=min((s.worst for s in all_scores if s.worst is not None), key=lambda m: m.score, default=None),
        distance_off=known_mean(off),
        distance_spread=stdev(off) if len(off) > 1 else None,
        work_on=_work_on(all_scores),
        passed=met if session.counts else None,
        why=why if session.counts else "; ".join((why_not_counted(session), *(() if met is not None else (why,)))),
        rules=rules,
        met=met,
        transfer=_transfer(session),
        guessed=_guessed(session),
    )


def practised_takes(session: Session) -> tuple[Take, ...]:
    """Return the takes that a session is judged by: those that ask for what was practised, or all where none does."""
    return tuple(take for take in session.takes if not take.transfer) or session.takes


def _transfer(session: Session) -> str:
    new = [take for take in session.takes if take.transfer]
    mean = known_mean(None if take.score is None else take.score.overall for take in new)
    if mean is None:
        return ""
    if len(new) == len(session.takes):
        return f"With a lens that was not practised: {mean:.0f}."
    known = known_mean(
        None if take.score is None else take.score.overall for take in session.takes if not take.transfer
    )
    against = "" if known is None else f", {known:.0f} in what was"
    return f"At a distance that was not practised ({distance_text(new[0].station.distance_m, 1)}): {mean:.0f}{against}."


def _guessed(session: Session) -> str:
    judged = [each for take in session.takes for each in judgements(session.drill, take)]
    if not judged:
        return ""
    return f"{sum(each.right for each in judged)} of your {len(judged)} guesses were right."


def why_not_counted(session: Session) -> str:
    """Return why a session does not count; empty where it does."""
    if session.counts:
        return ""
    if session.not_counted:
        return "; ".join(NOT_COUNTED[reason] for reason in session.not_counted)
    # Sessions from before the reason was kept.
    return NOT_COUNTED["checks" if any(check.ok is False for check in session.checks) else "coached"]


def _met(takes: Sequence[Take], rules: tuple[PassRule, ...], measured: int) -> tuple[bool | None, str]:
    """Return whether a session meets its drill's rules, and what that hung on."""
    if not measured:
        return None, "no take could be measured"
    if 2 * measured < len(takes):
        return None, f"only {measured} of {len(takes)} takes could be measured"
    failed = [rule for rule in rules if rule.met is False]
    if failed:
        return False, failed[0].sentence
    return True, rules[0].sentence


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
