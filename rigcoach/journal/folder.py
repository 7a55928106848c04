"""Session folders: made, read, and written so that neither a killed process nor a full disk loses what was there."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rigcoach.base.atomic_file import atomic_file
from rigcoach.base.clip_names import is_clip
from rigcoach.base.errors import RigcoachError
from rigcoach.base.user_data import user_folder
from rigcoach.journal.session import Session

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SESSION_FILE = "session.json"
SCORES_FOLDER = "scores"
_MOST_BYTES = 20_000_000


class JournalError(RigcoachError):
    """A session that cannot be read, written or found."""

    code = "journal.unusable"


def sessions_folder() -> Path:
    """Return where sessions lie; it need not exist."""
    return user_folder("sessions")


def session_ids() -> tuple[str, ...]:
    """Return the names of all session folders, the oldest first."""
    folder = sessions_folder()
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if (path / SESSION_FILE).is_file()))


def folder_of(session_id: str) -> Path:
    """Return the folder of a session."""
    return sessions_folder() / session_id


def kept_files() -> Iterator[Path]:
    """Yield what nothing may be written onto: every session's own file."""
    for session_id in session_ids():
        yield folder_of(session_id) / SESSION_FILE


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files of a session that nothing may be written onto: its own, the scores, and every clip."""
    yield folder / SESSION_FILE
    yield from (folder / SCORES_FOLDER).glob("*.json")
    yield from (path for path in folder.rglob("*") if is_clip(path.name))


def find(text: str) -> Path:
    """Return the folder of the session that somebody means: by its id, the beginning of one, a path, or ``last``.

    Raises
    ------
    JournalError
        Where there is none, or more than one.
    """
    path = Path(text).expanduser()
    if (path / SESSION_FILE).is_file():
        return path
    ids = session_ids()
    if text == "last" and ids:
        return folder_of(ids[-1])
    fitting = [each for each in ids if each == text] or [each for each in ids if each.startswith(text)]
    if len(fitting) == 1:
        return folder_of(fitting[0])
    raise JournalError(
        f"there is no session `{text}`" if not fitting else f"`{text}` is the beginning of {len(fitting)} sessions",
        why="" if ids else "there are no sessions yet",
        next_step="See `rigcoach log`",
        code="journal.no-session",
    )


def create(session: Session) -> Path:
    """Make the folder of a new session, write the session into it, and return the folder.

    The session's id is made from its start and its drill; where that is taken, a number is added.

    Raises
    ------
    JournalError
        Where it cannot be written.
    """
    root = sessions_folder()
    plain = f"{session.started_at.astimezone():%Y%m%d-%H%M%S}-{session.drill.name}"
    number = 1
    while True:
        folder = root / (plain if number == 1 else f"{plain}-{number}")
        try:
            root.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
            break
        except FileExistsError:
            number += 1
        except OSError as error:
            raise _unwritable(folder, error) from error
    try:
        write(folder, session)
    except JournalError:
        folder.rmdir()  # nothing is in it
        raise
    return folder


def read(folder: Path) -> Session:
    """Read the session in a folder.

    Raises
    ------
    JournalError
        Where there is none that can be read.
    """
    from pydantic import ValidationError

    path = folder / SESSION_FILE
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise JournalError(f"{path} is no session", why=f"it is larger than {_MOST_BYTES // 1_000_000} MB")
        session: Session = _adapter().validate_json(path.read_bytes())
    except OSError as error:
        raise JournalError(f"{path} cannot be read", why=error.strerror or str(error)) from error
    except ValidationError as error:
        # Another schema explains all that is wrong besides.
        first = min(error.errors(), key=lambda detail: detail["loc"] != ("schema",))
        where = ".".join(str(part) for part in first["loc"])
        raise JournalError(
            f"{path} is no session",
            why=f"{where}: {first['msg']}" if where else first["msg"],
            next_step="Correct it, or move its folder away",
        ) from error
    return replace(session, id=folder.name)


def write(folder: Path, session: Session) -> None:
    """Write a session into its folder: whole or not at all.

    Raises
    ------
    JournalError
        Where it cannot be written; what stood there before still does.
    """
    text = _adapter().dump_json(replace(session, id=folder.name), indent=1) + b"\n"
    write_whole(folder / SESSION_FILE, text)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that, whatever happens, either the old one is there or the new one.

    Raises
    ------
    JournalError
        Where it cannot be written; the old one is still there.
    """
    try:
        with atomic_file(path) as part:
            part.write_bytes(content)
    except OSError as error:
        raise _unwritable(path, error) from error


@contextmanager
def held(folder: Path, *, waiting: bool = False) -> Iterator[None]:
    """Hold a folder against other processes; the system lets go of it when this one ends, however it ends.

    Raises
    ------
    JournalError
        Where another process holds it and `waiting` is not set.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if waiting else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise JournalError(
                f"the session {folder.name} is in use",
                why="another rigcoach is at work on it",
                next_step="Wait until it is done, or stop it",
                code="journal.in-use",
            ) from error
        yield
    finally:
        os.close(descriptor)


def is_held(folder: Path) -> bool:
    """Whether a process is at work on a session."""
    try:
        with held(folder):
            return False
    except JournalError:
        return True


def now() -> datetime:
    """Return the time with the computer's time zone, to the millisecond."""
    time = datetime.now().astimezone()
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


@cache
def _adapter() -> "TypeAdapter[Any]":
    # pydantic takes a while to import, and not every command needs it.
    from pydantic import TypeAdapter

    return TypeAdapter(Session)


def _unwritable(path: Path, error: OSError) -> JournalError:
    return JournalError(
        f"{path} cannot be written",
        why=error.strerror or str(error),
        next_step="Make room or give the permission; what was there before is still there",
        code="journal.unwritable",
    )
