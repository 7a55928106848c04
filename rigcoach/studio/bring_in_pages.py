"""Importing clips: which sessions wait for some, from where, and which could not be matched."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rigcoach.base.errors import RigcoachError
from rigcoach.journal import folder as journal
from rigcoach.journal.session import Session
from rigcoach.journal.states import TakeState
from rigcoach.practice.ingest import lacking
from rigcoach.studio.answers import text_in, told
from rigcoach.studio.drill_room import BringIn
from rigcoach.studio.drill_state import state_document
from rigcoach.studio.pages import shown, words_of
from rigcoach.studio.room import room_of

_RECENT = 20


class FolderError(RigcoachError):
    """A folder with clips that is none."""

    code = "studio.no-folder"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session that clips are lacking of: its takes without one by number and words, and clips of no take."""

    id: str
    drill: str
    day: str
    takes: tuple[tuple[int, str], ...]
    leftovers: tuple[str, ...]
    lost: bool


def waiting_sessions() -> tuple[Waiting, ...]:
    """Return the recent sessions that clips are lacking of, the last one first."""
    found = []
    for session in journal.readable(reversed(journal.session_ids()[-_RECENT:])):
        without = _without_clip(session)
        if without or lacking(session):
            found.append(
                Waiting(
                    session.id,
                    session.drill.name,
                    f"{session.started_at.astimezone():%d %b %H:%M}",
                    without,
                    tuple(Path(each).name for each in session.leftovers),
                    any(take.state is TakeState.RECORDED for take in session.takes),
                )
            )
    return tuple(found)


def _without_clip(session: Session) -> tuple[tuple[int, str], ...]:
    states = [TakeState.MISSING, TakeState.RECORDED, TakeState.RECORDING]
    if not session.tethered:
        states.append(TakeState.PLANNED)
    return tuple((take.number, take.station.announcement) for take in session.takes if take.state in states)


async def page(request: Request) -> Response:
    """Show what waits for clips."""
    return shown(request, "bring-in.html.j2", waiting=await run_in_threadpool(waiting_sessions))


async def bring_in(request: Request) -> Response:
    """Begin to bring clips in."""
    said = await told(request)
    name, source = text_in(said, "session"), text_in(said, "folder", 4096)
    chosen = said.get("chosen", {})
    if not isinstance(chosen, dict) or name not in journal.session_ids():
        raise HTTPException(400)
    room = room_of(request)
    wanted = BringIn(
        journal.folder_of(name),
        _folder(source) if source else None,
        _named(chosen),
        give_up=said.get("give_up") is True,
        guesses=said.get("guesses") is not False,
    )
    await run_in_threadpool(room.drill.bring_in, wanted)
    return JSONResponse(state_document(room.drill.state, words_of(request)))


def _folder(text: str) -> Path:
    path = Path(text).expanduser()
    try:
        there = path.is_dir()
    except (OSError, ValueError):
        there = False
    if not there:
        raise FolderError(f"{text} is not a folder", next_step="Give the card's folder as your computer calls it")
    return path


def _named(chosen: dict[str, Any]) -> dict[int, str]:
    if any(not number.isdigit() or not isinstance(clip, str) for number, clip in chosen.items()):
        raise HTTPException(400)
    return {int(number): clip for number, clip in chosen.items() if clip}


ROUTES = (
    Route("/bring-in", page),
    Route("/api/bring-in", bring_in, methods=["POST"]),
)
