"""A session before it begins: which takes, in which order, with which feedback, how long, and what it is for."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from rigcoach.base.errors import RigcoachError
from rigcoach.drills.model import Drill, Station
from rigcoach.journal.due import RetentionTest, due, retention_tests
from rigcoach.journal.index import Log
from rigcoach.journal.progress import weighted_stations
from rigcoach.journal.session import Schedule

ATTENTION_S = 20 * 60.0
"""How long a sitting lasts at the most, besides getting ready: judgement, no study of this task sets a number."""

FULL_BATTERY_S = 90 * 60.0
"""How long a full battery is taken to last with live view and recordings, where nothing better is known: judgement."""

_TALK_S = 8.0  # what is said before a take, counting in, and fetching
FEWEST_TAKES = 3
"""Of a session that counts; of a drill that has fewer, all. One lucky take is no session passed."""

FORMS = ("A", "B")
"""The forms of a fixed drill: as it stands, and mirrored in another order."""

_FORM_SEED = 20
_FARTHER, _NEARER = 1.3, 1 / 1.3  # a distance that was not practised, for a test
_SEEDS = 2**31


class NoTestError(RigcoachError):
    """A test that is not there to be taken."""

    code = "drill.no-test"


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What a session consists of.

    Attributes
    ----------
    stations
        What each take rehearses, in order.
    weighting
        Why they are not those of the drill; empty where they are.
    schedule
        How they are laid out, and what for.
    transfer
        The numbers of the takes that ask for what was not practised.
    first_session
        Whether the drill is new to the photographer.
    """

    stations: tuple[Station, ...]
    weighting: str
    schedule: Schedule
    transfer: frozenset[int] = frozenset()
    first_session: bool = False

    def is_short(self, drill: Drill) -> bool:
        """Return whether it has fewer takes than tell anything of how its drill goes."""
        return len(self.stations) < min(FEWEST_TAKES, len(drill.stations))


def practice_plan(
    drill: Drill,
    log: Log,
    *,
    takes: int | None = None,
    weighted: bool = True,
    shuffled: bool = True,
    feedback: str | None = None,
    seed: int | None = None,
) -> SessionPlan:
    """Return a session of practice, or of a fixed drill in the form whose turn it is.

    A new drill's first session has equal takes together, later ones are shuffled by a seed. Takes are weighted towards
    what is weakest before they are shuffled, so that it doesn't undo that.

    Parameters
    ----------
    drill
        What to rehearse.
    log
        With only what counts in it: `rigcoach.journal.counted`.
    takes
        So many instead of the drill's.
    weighted
        Whether takes lean to what is weakest.
    shuffled
        Whether they are put in order at all.
    feedback
        In place of the drill's.
    seed
        What the order is drawn with; drawn itself where None.
    """
    if drill.fixed:
        return _fixed_plan(drill, log)
    if takes is not None:
        drill = replace(drill, stations=tuple(drill.stations[n % len(drill.stations)] for n in range(takes)))
    stations, why = weighted_stations(drill, log.takes) if weighted else (drill.stations, "")
    first = not any(row.drill == drill.name and row.scored for row in log.sessions)
    drawn = random.SystemRandom().randrange(_SEEDS) if seed is None else seed
    order: Literal["listed", "blocked", "shuffled"] = "listed"
    if shuffled and len(set(stations)) > 1:
        order = "blocked" if first else "shuffled"
        stations = blocked(stations) if first else shuffle(stations, drawn)
    schedule = Schedule(feedback=feedback or drill.feedback, order=order, seed=drawn)
    return SessionPlan(stations, why, schedule, first_session=first)


def retention_plan(
    drill: Drill, log: Log, today: date, *, seed: int | None = None, lens: str | None = None
) -> SessionPlan:
    """Return the test of a drill that is due: no feedback, shuffled, with a take at a distance that wasn't practised.

    With a lens, by its id, that the drill was never practised with, all its takes ask for what wasn't practised.

    Raises
    ------
    NoTestError
        Where none is due.
    """
    tests = [test for test in retention_tests(log.sessions, today) if test.drill == drill.name]
    waiting = due(tests)
    if not waiting:
        raise NoTestError(
            f"no test of {drill.name} is due today",
            why="; ".join(test.sentence for test in tests) or "it was not passed yet, so there is nothing to keep",
            next_step=f"Practise it: rigcoach drill run {drill.name}",
        )
    practised = {row.lens_id for row in log.sessions if row.drill == drill.name and row.purpose == "practice"}
    return _test_of(drill, waiting[-1], seed, new_lens=lens is not None and lens not in practised)


def _test_of(drill: Drill, test: RetentionTest, seed: int | None, *, new_lens: bool) -> SessionPlan:
    drawn = random.SystemRandom().randrange(_SEEDS) if seed is None else seed
    new = transfer_station(drill, farther=test.test_day != 7)
    stations = shuffle((*drill.stations, new), drawn)
    schedule = Schedule(purpose="retention", test_day=test.test_day, feedback="summary", order="shuffled", seed=drawn)
    numbers = frozenset(number for number, station in enumerate(stations, 1) if new_lens or station == new)
    return SessionPlan(stations, "", schedule, numbers)


def transfer_station(drill: Drill, *, farther: bool) -> Station:
    """Return a take like the drill's first, at a distance that none of its takes has.

    It lies farther than the farthest by three tenths, or so much nearer than the nearest.
    """
    kept = [station for station in drill.stations if station.to_m is None] or list(drill.stations)
    ends = [m for station in drill.stations for m in (station.distance_m, station.to_m) if m is not None]
    distance_m = round(max(ends) * _FARTHER, 1) if farther else max(0.5, round(min(ends) * _NEARER, 1))
    return replace(kept[0], distance_m=distance_m, to_m=None, move="stand" if kept[0].to_m else kept[0].move)


def blocked(stations: Sequence[Station]) -> tuple[Station, ...]:
    """Return takes with equal ones together, in the order in which each kind comes first."""
    kinds = list(dict.fromkeys(stations))
    return tuple(sorted(stations, key=kinds.index))


def shuffle(stations: Sequence[Station], seed: int) -> tuple[Station, ...]:
    """Return takes in an order that a seed gives: the same one always gives the same order."""
    drawn = list(stations)
    random.Random(seed).shuffle(drawn)  # noqa: S311 - an order to practise in
    return tuple(drawn)


def form_stations(drill: Drill, form: str) -> tuple[Station, ...]:
    """Return the takes of a fixed drill in one of its forms: as they stand, or mirrored in another order."""
    if form == FORMS[0]:
        return drill.stations
    mirrored = (replace(station, place=(1 - station.place[0], station.place[1])) for station in drill.stations)
    return shuffle(tuple(mirrored), _FORM_SEED)


def _fixed_plan(drill: Drill, log: Log) -> SessionPlan:
    """Return a fixed drill in the form that was not the last one's: nobody is to learn its order."""
    forms = [row.form for row in log.sessions if row.drill == drill.name and row.scored]
    form = FORMS[1] if forms and forms[-1] in ("", FORMS[0]) else FORMS[0]
    schedule = Schedule(purpose="fixed", form=form, feedback="summary")
    return SessionPlan(form_stations(drill, form), "", schedule)


def sitting_s(drill: Drill, stations: Sequence[Station], warm_up_s: float = 0.0) -> float:
    """Return how long a sitting lasts, from the first prompt to the last take."""
    return warm_up_s + sum(station.seconds + max(drill.pause_s, 0.0) + _TALK_S for station in stations)


def within_sitting(
    plan: SessionPlan, drill: Drill, battery_share: float | None = None, warm_up_s: float = 0.0
) -> SessionPlan:
    """Return a session that attention and battery last for: of practice that would take longer the last takes go.

    A test and a fixed drill stay whole. Three takes at least stay.

    Parameters
    ----------
    plan, drill
        The session.
    battery_share
        How full the battery is, from 0 to 1; None where that is not known.
    warm_up_s
        What comes before the takes.
    """
    if plan.schedule.purpose != "practice":
        return plan
    battery_s = None if battery_share is None else battery_share * FULL_BATTERY_S
    limit_s = ATTENTION_S if battery_s is None else min(ATTENTION_S, battery_s)
    kept = len(plan.stations)
    while kept > FEWEST_TAKES and sitting_s(drill, plan.stations[:kept], warm_up_s) > limit_s:
        kept -= 1
    if kept == len(plan.stations):
        return plan
    what = "attention lasts" if limit_s == ATTENTION_S else "the battery may last"
    why = f"{kept} of {len(plan.stations)} takes: {what} about {limit_s / 60:.0f} minutes"
    return replace(plan, stations=plan.stations[:kept], schedule=replace(plan.schedule, trimmed=why))
