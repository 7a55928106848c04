"""Sessions for tests of the journal: real folders, written by the journal itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rigcoach.drills.files import load_drill
from rigcoach.journal import folder
from rigcoach.journal.session import Fault, Moment, Session, Take, TakeScore
from rigcoach.journal.states import SessionState, TakeState

FIRST = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def scored(overall: float | None, take: int = 1, *, blur_px: float | None = 0.8, **other: float) -> TakeScore:
    parts = dict.fromkeys(("focus", "framing", "steadiness", "exposure"), overall) | other
    return TakeScore(
        overall=overall,
        **parts,
        keeper_ratio=0.0 if overall is None else overall / 100,
        longest_keeper_s=1.0,
        found_ratio=1.0,
        subject_kind="target",
        blur_px=blur_px,
        faults=(Fault("framing.low", "The subject sits low", 2.0),),
        best=None if overall is None else Moment(take, 1.0, 2.0, overall + 5),
        worst=None if overall is None else Moment(take, 3.0, 4.0, overall - 5),
    )


def session(
    drill: str = "still-2m", scores: tuple[float | None, ...] = (50.0, 60.0, 70.0), *, day: float = 0, **changes: object
) -> Session:
    """Return a closed session of a drill whose takes scored so; it is not written."""
    wanted = load_drill(drill)
    takes = tuple(
        Take(
            number=number,
            station=wanted.stations[(number - 1) % len(wanted.stations)],
            state=TakeState.SCORED,
            clip=f"take-{number:02}.mov",
            score=scored(overall, number),
        )
        for number, overall in enumerate(scores, 1)
    )
    made = Session(
        id="",
        drill=wanted,
        state=SessionState.CLOSED,
        started_at=FIRST + timedelta(days=day),
        profile="hip-video",
        body="Canon EOS 5D Mark II",
        body_id="canon-eos-5d-mark-ii",
        takes=takes,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def kept(*arguments: object, **options: object) -> Path:
    """Write such a session and return its folder."""
    return folder.create(session(*arguments, **options))  # type: ignore[arg-type]
