"""Studies as they are kept: the file of one that was drawn, its sessions in the journal, and what is exported."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rigcoach.base.documents import Document
from rigcoach.base.outputs import write_kept
from rigcoach.base.user_data import user_folder
from rigcoach.drills.files import checked_name
from rigcoach.journal import folder
from rigcoach.journal.session import Session
from rigcoach.journal.summary import summarise
from rigcoach.practice.study import SCHEMA, Study, StudyError, StudyResult

_CORRECT_IT = "Correct it, or move it away"


def drawn_document(study: Study, path: Path) -> Document:
    """Return what ``study new --json`` prints; arms and starts stay in the file, for what is printed is seen."""
    return {
        "schema": study.schema,
        "name": study.name,
        "drill": study.drill,
        "people": len(study.people),
        "sessions": study.sessions,
        "file": str(path),
    }


def results_document(study: Study, sessions: Mapping[int, Sequence[Session]], result: StudyResult) -> Document:
    """Return what ``study export`` writes: no names, no times of day, no bodies; people in an order of their own."""
    lot = random.Random(f"{study.name} {study.seed}")  # noqa: S311 - an order that tells nothing
    numbers = list(range(1, len(study.people) + 1))
    lot.shuffle(numbers)
    outcomes = outcomes_of(sessions)
    people = [
        {
            "arm": study.people[number - 1].arm,
            "start": study.people[number - 1].start,
            "scores": [round(value, 1) for value in outcomes.get(number, [])],
            "emulated": any(session.emulated for session in sessions.get(number, ())),
        }
        for number in numbers
    ]
    return {
        "schema": "rigcoach.study-results/1",
        "drill": study.drill,
        "arms": list(study.arms),
        "sessions": study.sessions,
        "complete": all(len(outcomes.get(number, [])) >= study.sessions for number in numbers),
        "analysis": study.analysis,
        "people": people,
        "effect": result.effect,
        "p": result.p,
        "claimed": result.claimed,
        "by_arm": result.by_arm,
        "between": [asdict(each) for each in result.between],
        "result": result.sentence,
    }


def studies_folder() -> Path:
    """Return where studies lie; it need not exist."""
    return user_folder("studies")


def keep_study(study: Study) -> Path:
    """Write a study among the user's data and return where it lies; one that is drawn is never drawn again.

    Raises
    ------
    StudyError
        Where there is one of this name.
    rigcoach.base.outputs.OutputError
        Where it cannot be written.
    """
    path = studies_folder() / f"{study.name}.json"
    if path.exists():
        raise StudyError(
            f"there is a study {study.name} already",
            why="one that was drawn is not drawn again",
            next_step="Choose another name",
            code="study.name",
        )
    document = asdict(study) | {"drawn_at": study.drawn_at.isoformat()}
    write_kept(path, json.dumps(document, indent=1).encode() + b"\n")
    return path


def load_study(name: str) -> Study:
    """Read a study.

    Raises
    ------
    StudyError
        Where there is none of this name, or it cannot be read.
    """
    from pydantic import TypeAdapter, ValidationError

    path = studies_folder() / f"{checked_name(name, 'study')}.json"
    try:
        study: Study = TypeAdapter(Study).validate_json(path.read_bytes())
    except FileNotFoundError as error:
        known = ", ".join(sorted(each.stem for each in studies_folder().glob("*.json")))
        raise StudyError(
            f"there is no study `{name}`",
            why=f"there are: {known}" if known else "none was drawn yet",
            next_step="Draw one: rigcoach study new NAME --arms A,B --people N",
            code="study.unknown",
        ) from error
    except (OSError, ValidationError) as error:
        raise StudyError(f"{path} cannot be read", why=str(error).splitlines()[0], next_step=_CORRECT_IT) from error
    if study.schema != SCHEMA or not study.people:
        raise StudyError(f"{path} is no study", why=f"its schema is {study.schema}", next_step=_CORRECT_IT)
    return study


def sessions_of(study: Study) -> dict[int, list[Session]]:
    """Return a study's sessions, by the number of the person, in order.

    Those that can't be read, and those of which too little could be measured, are left out: the latter are run again.
    """
    found: dict[int, list[Session]] = {}
    for session in folder.readable(folder.session_ids()):
        place = session.study
        if place is not None and place.study == study.name and is_measured(session):
            found.setdefault(place.person, []).append(session)
    return {person: sorted(each, key=lambda session: session.started_at) for person, each in found.items()}


def is_measured(session: Session) -> bool:
    """Return whether enough of a session could be measured to be an outcome."""
    return summarise(session).met is not None


def outcomes_of(sessions: Mapping[int, Sequence[Session]]) -> dict[int, list[float]]:
    """Return the mean scores of sessions, by the number of the person."""
    return {
        person: [overall for session in of if (overall := summarise(session).overall) is not None]
        for person, of in sessions.items()
    }
