"""The rules of coaching for sequences of stills: one table, in the order in which a cause is told.

docs/coaching.md prints it. Each rule looks at one measure of `rigcoach.analysis.sequence` against its limit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from rigcoach.analysis.results import ClipMeasurements
from rigcoach.analysis.sequence import STEP_EV, SequenceMeasurements
from rigcoach.optics.permissible_blur import limit_scale


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: how much, in which pictures by their numbers from 0, all of them where none are named."""

    value: float
    pictures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SequenceRule:
    """One cause, and what to do about it; `cause` may hold `{value}`, `{count}` and `{limit}`."""

    code: str
    measure: str
    limit: float
    unit: str
    of: Callable[[SequenceMeasurements, float], Finding | None]
    cause: str
    fix: str
    short: str

    def shown(self, value: float) -> str:
        """Return a value with its unit."""
        return f"{value:.0f}{self.unit}" if self.unit == "" else f"{value:.2g}{self.unit}"


def _missed(sequence: SequenceMeasurements, limit: float) -> Finding | None:
    count = sum(each.pictures for each in sequence.missed)
    return Finding(count, tuple(each.after for each in sequence.missed)) if count > limit else None


def _steps(sequence: SequenceMeasurements, limit: float) -> Finding | None:
    seen = [each for each in sequence.steps if abs(each.asked_ev) >= limit]
    if not seen:
        return None
    return Finding(fmean(abs(each.asked_ev) for each in seen), tuple(each.at for each in seen))


def _flicker(sequence: SequenceMeasurements, limit: float) -> Finding | None:
    return Finding(sequence.flicker_ev) if sequence.flicker_ev is not None and sequence.flicker_ev > limit else None


def _drift(ends: tuple[float, float] | None, limit: float) -> Finding | None:
    return Finding(abs(ends[1] - ends[0])) if ends is not None and abs(ends[1] - ends[0]) > limit else None


def _jumps(sequence: SequenceMeasurements, limit: float) -> Finding | None:
    return Finding(len(sequence.jumps), sequence.jumps) if len(sequence.jumps) > limit else None


def _jitter(sequence: SequenceMeasurements, limit: float) -> Finding | None:
    return Finding(sequence.jitter_px) if sequence.jitter_px is not None and sequence.jitter_px > limit else None


def _tilted(sequence: SequenceMeasurements, limit: float) -> Finding | None:
    if sequence.roll_deg is None:
        return None
    mean = sum(sequence.roll_deg) / 2
    return Finding(abs(mean)) if abs(mean) > limit else None


SEQUENCE_RULES: tuple[SequenceRule, ...] = (
    SequenceRule(
        "sequence.missed-intervals", "pictures that are missing, by the camera's clock", 0, "", _missed,
        "Pictures missing: {value} (gaps: {count})",
        "use an interval well above exposure and writing time together, and a faster card; check the battery",
        "pictures missing",
    ),
    SequenceRule(
        "sequence.exposure-steps", "steps of the exposure that Exif says was asked for", STEP_EV, " EV", _steps,
        "The exposure was stepped by {value} on average (steps: {count})",
        "set exposure and ISO by hand, or smooth the steps in editing by what Exif says of each picture",
        "exposure steps",
    ),
    SequenceRule(
        "sequence.flicker", "brightness from picture to picture beyond what was asked for", 0.05, " EV", _flicker,
        "The brightness flickers by {value} beyond what was asked of the exposures",
        "fix the aperture (a lens twisted a little, or a manual one) and ISO; avoid very short exposures",
        "flicker",
    ),
    SequenceRule(
        "sequence.focus-drift", "blur at the end against the start", 0.8, " px",
        lambda sequence, limit: _drift(sequence.blur_px, limit),
        "The focus drifts by {value} from the first picture to the last",
        "focus by hand, tape the ring, and let the lens take on the outside temperature first",
        "focus drift",
    ),
    SequenceRule(
        "sequence.roll-drift", "roll at the end against the start", 1.0, "°",
        lambda sequence, limit: _drift(sequence.roll_deg, limit),
        "The camera turns by {value} from the first picture to the last",
        "tighten the head, and level the slider or the tripod itself, not only the camera",
        "roll drift",
    ),
    SequenceRule(
        "sequence.roll", "mean roll", 2.0, "°", _tilted,
        "The picture is tilted by {value}", "level the camera before the first picture", "tilted",
    ),
    SequenceRule(
        "sequence.jumps", "pictures into which the camera jumped", 0, "", _jumps,
        "Jumps of the camera between pictures: {value}",
        "weigh down the tripod, keep off it, and let the move stop before each exposure",
        "jumps",
    ),
    SequenceRule(
        "sequence.jitter", "distance from a smooth path, in pixels of 1080 lines", 1.0, " px", _jitter,
        "The camera's path jitters by {value}",
        "slow the move down, shoot, move, then shoot, and keep the wind off",
        "jitter",
    ),
)  # fmt: skip


def findings(measures: ClipMeasurements) -> Sequence[tuple[SequenceRule, Finding]]:
    """Return what the rules find on a sequence, in the table's order; nothing on a clip."""
    sequence = measures.sequence
    if sequence is None:
        return ()
    scale = limit_scale(measures.clip.width, measures.clip.height)
    found = []
    for rule in SEQUENCE_RULES:
        # Jitter is told in pixels of 1080 lines, blur in the picture's own.
        limit = rule.limit * scale if rule.code == "sequence.focus-drift" else rule.limit
        finding = rule.of(sequence, limit)
        if finding is not None:
            found.append((rule, finding))
    return found


def sequence_table() -> str:
    """Return the rules as a table in Markdown, for the documentation."""
    rows = ["| code | what is measured | reported above | what to do |", "|---|---|---|---|"]
    rows += [f"| `{rule.code}` | {rule.measure} | {rule.shown(rule.limit)} | {rule.fix} |" for rule in SEQUENCE_RULES]
    return "\n".join(rows)
