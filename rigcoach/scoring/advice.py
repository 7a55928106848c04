"""Scores into advice: the one cause to work on first, how much of it there was, when, and what to do about it.

What is told, by which measure and limit, and in which order stands in one table, `rigcoach.scoring.rules.RULES`. Of the
causes that concern half the frames or more the table's first is told first, then of those that concern a fifth, then
the rest.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement
from rigcoach.base.percent import percent
from rigcoach.base.stored_sequence import stored
from rigcoach.scoring.rule import Rule, Sector
from rigcoach.scoring.rules import RULES
from rigcoach.scoring.score import ClipScore
from rigcoach.scoring.sequence_rules import Finding, SequenceRule, findings

# Shares of the clip's frames from which a cause counts as that of most, of many, of some of them. Fewer frames than
# the last are an accident, not something to practise.
STEPS = (0.5, 0.2, 0.05)
# Runs closer together than this are told as one.
_JOIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to work on.

    Attributes
    ----------
    code
        For scripts.
    cause, fix
        What happened in how many of the frames, and what to do about it.
    seconds
        The stretches of the clip it is about.
    share
        Of the clip's frames that it is about, 0 to 1.
    short
        The cause in two or three words.
    sure
        "measured", or "inferred" where other causes would look the same.
    sector
        On the wheel of causes, if it has a place there.
    drill
        The shipped drill that rehearses it.
    spoils
        Whether it keeps a frame from being a keeper.
    """

    code: str
    cause: str
    fix: str
    seconds: tuple[tuple[float, float], ...]
    share: float = 1.0
    short: str = ""
    sure: str = "measured"
    sector: Sector | None = None
    drill: str | None = None
    spoils: bool = True

    @property
    def text(self) -> str:
        """Cause, fix and drill in one sentence, without a full stop."""
        return f"{self.cause}: {self.fix}" + (f"; drill: {self.drill}" if self.drill else "")


def advise(measures: ClipMeasurements) -> tuple[Advice, ...]:
    """Return the advice for a clip, what to work on first at the front."""
    frames = measures.frames
    if not frames:
        return ()
    of_sequence = tuple(_of_sequence(rule, finding, measures) for rule, finding in findings(measures))
    if measures.subject_kind is None:
        # A sequence needs no subject.
        return of_sequence if measures.sequence is not None else (_no_subject(measures),)
    concerned = Counter(rule.code for frame in frames for rule in RULES if rule.fault(frame, measures) is not None)
    least = max(1.0, STEPS[-1] * len(frames))
    told = [_told(rule, measures) for rule in RULES if concerned[rule.code] >= least]
    # Sorting is stable: within a step the table's order stays.
    return (*of_sequence, *sorted(told, key=lambda advice: (not advice.spoils, _step(advice.share))))


def headline(score: ClipScore, advice: Sequence[Advice]) -> str:
    """Return a clip's result in a line, such as "52 % keepers: mostly too low and 4° clockwise".

    Only what spoils many frames belongs there. A clip of which too little could be measured, or nothing, says that
    first: that its frames are no keepers is not known.
    """
    keepers = f"{percent(score.keeper_ratio)} keepers"
    if score.overall is None and score.frames:
        known = score.measured_ratio
        keepers = f"Not scored, {percent(known)} of it could be measured" if known else "Not scored"
    told = [each for each in advice if each.spoils and each.short and each.share >= STEPS[1]]
    causes = " and ".join(each.short for each in told[:2])
    if not causes:
        return keepers
    if told[0].share == 1.0:
        return f"{keepers}: {causes}"
    return f"{keepers}: {'mostly' if told[0].share >= STEPS[0] else 'at times'} {causes}"


def faults(frame: FrameMeasurement, measures: ClipMeasurements) -> tuple[str, ...]:
    """Return what keeps a frame from being a keeper, in a few words each and in the table's order."""
    values = ((rule, rule.fault(frame, measures)) for rule in RULES if rule.spoils)
    return tuple(rule.short.format(value=rule.shown(value)) for rule, value in values if value is not None)


def first_sector(frame: FrameMeasurement, measures: ClipMeasurements) -> Sector | None:
    """Return where on the wheel a frame's first fault with a place there stands; `None` where it has none."""
    return next((rule.sector for rule in RULES if rule.sector and rule.fault(frame, measures) is not None), None)


def _of_sequence(rule: SequenceRule, finding: Finding, measures: ClipMeasurements) -> Advice:
    frames, frame_s = measures.frames, 1 / float(measures.clip.fps)
    words = {"value": rule.shown(finding.value), "count": len(finding.pictures)}
    concerned = set(finding.pictures)
    return Advice(
        rule.code,
        rule.cause.format_map(words),
        rule.fix,
        _runs(frames, [not concerned or i in concerned for i in range(len(frames))], frame_s),
        len(concerned) / len(frames) if concerned else 1.0,
        rule.short,
        spoils=False,
    )


def _no_subject(measures: ClipMeasurements) -> Advice:
    return Advice(
        "subject.none",
        f"No subject was found (looked for {measures.looked_for})",
        "hold a target card in the scene, or point at the subject with --subject box:X,Y,W,H",
        ((measures.frames[0].t_s, measures.frames[-1].t_s),),
        short="no subject found",
    )


def _told(rule: Rule, measures: ClipMeasurements) -> Advice:
    clip, frames = measures.clip, measures.frames
    values = [rule.fault(frame, measures) for frame in frames]
    concerned = stored(frame for frame, value in zip(frames, values, strict=True) if value is not None)
    share = len(concerned) / len(frames)
    amounts = [value for value in values if value is not None]
    if rule.amount is not None:
        amounts = [rule.amount(frame) for frame in concerned]
    words = {
        "value": rule.shown(fmean(amounts)),
        "share": percent(share),
        "limit": rule.shown(rule.limit_in(measures)),
        "detail": "" if rule.detail is None else rule.detail(concerned),
    }
    return Advice(
        rule.code,
        rule.cause.format_map(words),
        rule.fix.format_map(words),
        _runs(frames, [value is not None for value in values], 1 / float(clip.fps)),
        share,
        rule.short.format_map(words),
        rule.sure,
        rule.sector,
        rule.drill,
        rule.spoils,
    )


def _step(share: float) -> int:
    return next((i for i, least in enumerate(STEPS) if share >= least), len(STEPS))


def _runs(frames: Sequence[FrameMeasurement], hit: list[bool], frame_s: float) -> tuple[tuple[float, float], ...]:
    """Return the stretches of time that the frames marked in `hit` cover, small gaps closed."""
    runs: list[tuple[float, float]] = []
    for frame, yes in zip(frames, hit, strict=True):
        if not yes:
            continue
        if runs and frame.t_s - runs[-1][1] <= _JOIN_S:
            runs[-1] = (runs[-1][0], frame.t_s + frame_s)
        else:
            runs.append((frame.t_s, frame.t_s + frame_s))
    return tuple(runs)
