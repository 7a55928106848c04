"""Whether takes are what their drill asks for: score, keepers, focus, framing and distance, each against its mark.

The same rules judge a session as a whole and a take by itself: what is within all of them needs no word.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import ge, le
from statistics import median

from rigcoach.base.percent import percent
from rigcoach.drills.model import Drill
from rigcoach.journal.known_mean import known_mean
from rigcoach.journal.session import Take

# An estimate of a distance speaks where its standard deviation is no more than so much of the band, or where even so
# many of them leave the subject outside it.
_SURE_SHARE = 0.5
_DEVIATIONS = 2.0
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class PassRule:
    """One rule: its name, what was measured and what is asked for, both as text, and whether it is met.

    `met` is None where it could not be measured; `measured` then says why.
    """

    name: str
    measured: str
    mark: str
    met: bool | None

    @property
    def sentence(self) -> str:
        """The rule in a line.

        >>> PassRule("keepers", "19 % keepers", "50 % pass", False).sentence
        '19 % keepers; 50 % pass'
        """
        return f"{self.measured}; {self.mark}"


def pass_rules(drill: Drill, takes: Sequence[Take]) -> tuple[PassRule, ...]:
    """Return what a drill asks for, set against its takes; a rule that the drill doesn't have is left out.

    Nothing of it is empty where no take was scored: every rule then says that it was not measured.
    """
    scores = [take.score for take in takes if take.score is not None]
    overall = known_mean(score.overall for score in scores)
    framing = known_mean(score.framing for score in scores)
    keepers = known_mean(score.keeper_ratio for score in scores)
    blur = [score.blur_px for score in scores if score.blur_px is not None]
    blur_px = median(blur) if blur else None
    rules = [
        PassRule(
            "score",
            "the score was not measured" if overall is None else f"{_told(overall, drill.pass_mark, ge)} on average",
            f"{drill.pass_mark:g} passes",
            None if overall is None else overall >= drill.pass_mark,
        ),
        PassRule(
            "keepers",
            "keepers were not measured" if keepers is None else f"{_keepers(keepers, drill.pass_keepers)} keepers",
            f"{percent(drill.pass_keepers)} pass",
            None if keepers is None else keepers >= drill.pass_keepers,
        ),
        PassRule(
            "focus",
            "the blur was not measured"
            if blur_px is None
            else f"{_told(blur_px, drill.focus_tolerance_px, le, 1)} px of blur",
            f"up to {drill.focus_tolerance_px:g} is in focus here",
            None if blur_px is None else blur_px <= drill.focus_tolerance_px,
        ),
    ]
    if drill.pass_framing:
        rules.append(
            PassRule(
                "framing",
                "the framing was not measured"
                if framing is None
                else f"framing {_told(framing, drill.pass_framing, ge)}",
                f"{drill.pass_framing:g} passes",
                None if framing is None else framing >= drill.pass_framing,
            )
        )
    return (*rules, *_distance_rule(drill, takes))


def distance_off(take: Take) -> float | None:
    """Return how much too far, or too near, a take's subject was, over the distance asked for; None if not known."""
    asked_m, away_m = take.station.kept_distance_m, None if take.score is None else take.score.distance_m
    return None if asked_m is None or away_m is None else away_m / asked_m - 1


def _distance_rule(drill: Drill, takes: Iterable[Take]) -> tuple[PassRule, ...]:
    """Return the rule for the distance, where any take has one to keep."""
    kept = [take for take in takes if take.station.kept_distance_m is not None and take.score is not None]
    if not drill.pass_distance or not kept:
        return ()
    mark = f"up to {100 * drill.pass_distance:.0f} % passes"
    known = [off for off in (_sure_distance_off(take, drill.pass_distance) for take in kept) if off is not None]
    if 2 * len(known) < len(kept):
        told = f"the distance was known in {len(known)} of {len(kept)} takes (the card tells it)"
        return (PassRule("distance", told, mark, None),)
    off = median(map(abs, known))
    way = "off the distance" if off <= drill.pass_distance else "too far" if median(known) > 0 else "too near"
    told = f"{_told(100 * off, 100 * drill.pass_distance, le)} % {way}"
    return (PassRule("distance", told, mark, off <= drill.pass_distance),)


def _told(value: float, mark: float, meets: Callable[[float, float], bool], decimals: int = 0) -> str:
    """Return a number rounded, but not so that what missed its mark reads as if it had met it.

    >>> _told(79.6, 80, ge), _told(83.4, 80, ge), _told(20.3, 20, le), _told(1.63, 1.6, le, 1)
    ('79.6', '83', '20.3', '1.63')
    """
    told = f"{value:.{decimals}f}"
    if meets(float(told), mark) and not meets(value, mark) and decimals < _MOST_DECIMALS:
        return _told(value, mark, meets, decimals + 1)
    return told


def _keepers(ratio: float, mark: float) -> str:
    """Return a share of keepers as it is told beside its mark.

    >>> _keepers(0.896, 0.9), _keepers(0.996, 0.9), _keepers(0.5, 0.5)
    ('89.6 %', '99 %', '50 %')
    """
    missed_by_little = ratio < mark <= round(100 * ratio) / 100
    return f"{_told(100 * ratio, 100 * mark, ge)} %" if missed_by_little else percent(ratio)


def _sure_distance_off(take: Take, band: float) -> float | None:
    """Return how far off a take's distance was, where that is known well enough to be judged by."""
    off, score, asked_m = distance_off(take), take.score, take.station.kept_distance_m
    if off is None or score is None or asked_m is None:
        return None
    if score.distance_sd_m is None:
        return off if score.subject_kind == "target" else None
    sd = score.distance_sd_m / asked_m
    return off if sd <= _SURE_SHARE * band or abs(off) - _DEVIATIONS * sd > band else None
