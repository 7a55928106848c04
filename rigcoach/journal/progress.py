"""What to rehearse next: passed often enough, the next drill; and where the weakest takes are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from rigcoach.base.units import distance_text
from rigcoach.drills.model import Drill, Station
from rigcoach.journal.index import SessionRow, TakeRow

PASSES_IN_A_ROW = 3
_RECENT_TAKES = 60
_ENOUGH_TAKES = 3
_CLEARLY = 5.0  # points of the overall score; less than that is the weather


@dataclass(frozen=True, slots=True)
class NextDrill:
    """A drill to go on with, and why."""

    drill: str
    why: str


@dataclass(frozen=True, slots=True)
class Weakness:
    """Where takes are clearly worse than elsewhere.

    `kind` is "distance", "height" or "side", `value` which one, `mean` and `takes` its takes' mean score and number,
    `elsewhere` the mean of the others.
    """

    kind: str
    value: str
    mean: float
    takes: int
    elsewhere: float

    @property
    def sentence(self) -> str:
        """It as a sentence without its full stop.

        >>> Weakness("distance", "5 m", 48.2, 9, 66.7).sentence
        'your weakest distance is 5 m: 48 on average over 9 takes, 67 elsewhere'
        """
        return (
            f"your weakest {self.kind} is {self.value}: {self.mean:.0f} on average over {self.takes} takes, "
            f"{self.elsewhere:.0f} elsewhere"
        )


def passes_in_a_row(sessions: Iterable[SessionRow], drill: str) -> int:
    """Return how many of a drill's last sessions were passed, without one between them that was not.

    Sessions that cannot be said to have been passed or not (stopped, not measurable) neither count nor interrupt.
    """
    passed = [row.passed for row in sessions if row.drill == drill and row.passed is not None]
    run = 0
    while run < len(passed) and passed[-1 - run]:
        run += 1
    return run


def next_drill(sessions: Sequence[SessionRow], drills: Iterable[Drill]) -> NextDrill | None:
    """Return the drill to go on with: the first in the order of learning that was not yet passed often enough.

    None before there is a session of any of them.
    """
    ladder = sorted((drill for drill in drills if drill.level), key=lambda drill: (drill.level, drill.name))
    practised = {row.drill for row in sessions}
    if not practised & {drill.name for drill in ladder}:
        return None
    done: list[str] = []
    for drill in ladder:
        run = passes_in_a_row(sessions, drill.name)
        if run >= PASSES_IN_A_ROW:
            done.append(drill.name)
            continue
        if drill.name in practised:
            left = PASSES_IN_A_ROW - run
            if run:
                why = f"passed {run} of {PASSES_IN_A_ROW} times in a row; {left} more"
            elif any(row.drill == drill.name and row.passed for row in sessions):
                why = f"not passed last time; {PASSES_IN_A_ROW} passes in a row lead to the next drill"
            else:
                why = "not passed yet"
            return NextDrill(drill.name, why)
        before = f"{done[-1]} was passed {PASSES_IN_A_ROW} times in a row" if done else "it comes first"
        return NextDrill(drill.name, before)
    return NextDrill("combine", "every drill was passed three times in a row; repeat it to stay in practice")


def weaknesses(takes: Sequence[TakeRow]) -> tuple[Weakness, ...]:
    """Return where recent takes are clearly worse than elsewhere, the worst first.

    Takes are compared in sessions that have several kinds: one drill's takes against another's tell of the drills.
    """
    recent = [take for take in takes if take.overall is not None and not take.transfer][-_RECENT_TAKES:]
    found = []
    for kind in ("distance", "height", "side"):
        kinds: dict[str, set[str]] = defaultdict(set)
        for take in recent:
            kinds[take.session_id].add(_group_of(kind, take))
        groups: dict[str, list[float]] = defaultdict(list)
        for take in recent:
            if len(kinds[take.session_id]) > 1:
                groups[_group_of(kind, take)].append(take.overall or 0.0)
        enough = {value: scores for value, scores in groups.items() if len(scores) >= _ENOUGH_TAKES}
        if len(enough) < 2:
            continue
        value = min(enough, key=lambda value: fmean(enough[value]))
        others = [score for other, scores in enough.items() if other != value for score in scores]
        mean, elsewhere = fmean(enough[value]), fmean(others)
        if elsewhere - mean >= _CLEARLY:
            found.append(Weakness(kind, value, mean, len(enough[value]), elsewhere))
    return tuple(sorted(found, key=lambda weakness: weakness.mean - weakness.elsewhere))


def weighted_stations(drill: Drill, takes: Sequence[TakeRow]) -> tuple[tuple[Station, ...], str]:
    """Return a drill's takes for the next set, weighted towards what is weakest, and why; else as they are.

    Of the takes elsewhere, up to half become ones where it is weakest, the last ones first, so that one of each kind
    stays. A fixed drill, and one whose takes are all alike, stays as it is.
    """
    for weakness in () if drill.fixed else weaknesses(takes):
        weak = [station for station in drill.stations if _group_of(weakness.kind, station) == weakness.value]
        strong = [at for at, s in enumerate(drill.stations) if _group_of(weakness.kind, s) != weakness.value]
        first_of_kind = {drill.stations.index(station) for station in drill.stations}
        spare = [at for at in strong if at not in first_of_kind]
        if not weak or not spare:
            continue
        change = spare[-max(1, len(strong) // 2) :]
        weighted = list(drill.stations)
        for turn, at in enumerate(change):
            weighted[at] = weak[turn % len(weak)]
        count = sum(_group_of(weakness.kind, station) == weakness.value for station in weighted)
        return tuple(weighted), f"{count} of {len(weighted)} takes, not {len(weak)}: {weakness.sentence}"
    return drill.stations, ""


def _group_of(kind: str, of: Station | TakeRow) -> str:
    if kind == "height":
        return of.camera_height
    if kind == "side":
        return of.side
    # A walk is judged where it ends: that is where the keepers are wanted.
    return distance_text(of.distance_m if of.to_m is None else of.to_m)
