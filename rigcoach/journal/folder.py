"""Session folders: made, read, and written so that neither a killed process nor a full disk loses what was there."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rigcoach.base import atomic_file, disk, file_lock
from rigcoach.base.clip_names import is_clip
from rigcoach.base.errors import RigcoachError
from rigcoach.base.user_data import user_folder
from rigcoach.journal.checked import what_cannot_be
from rigcoach.journal.session import Session

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SESSION_FILE = "session.json"
SCORES_FOLDER = "scores"
_MOST_BYTES = 20_000_000
_CORRECT_IT = "Correct it, or move its folder away"
_SESSION_SCHEMAS = "rigcoach.session/"
_UNNAMED = ".new-{}"
_MOST_SAME = 1000  # sessions begun in the same second; more are a fault of something else


class JournalError(RigcoachError):
    """A session that cannot be read, written or found."""

    code = "journal.unusable"


def sessions_folder() -> Path:
    """Return where sessions lie; it need not exist."""
    return user_folder("sessions")


def session_ids() -> tuple[str, ...]:
    """Return the names of all session folders, the oldest first.

    Raises
    ------
    JournalError
        Where the folder of sessions cannot be read.
    """
    # A name that is no text can be neither typed nor printed: rigcoach gives no such.
    return tuple(name for name in _names() if name.isprintable() and _has_session(sessions_folder() / name))


def strays() -> tuple[tuple[str, str], ...]:
    """Return what among the session folders is none, and why; raises as `session_ids`."""
    found = []
    for name in _names():
        path = sessions_folder() / name
        if not name.isprintable():
            found.append((ascii(name), "its name contains unprintable characters; rename it"))
        elif path.is_dir() and not _has_session(path):
            found.append(
                (name, f"there is no {SESSION_FILE} in it that can be read; if the folder is empty, remove it")
            )
    return tuple(found)


def _has_session(folder: Path) -> bool:
    try:
        return (folder / SESSION_FILE).is_file()
    except OSError:
        return False  # a folder that may not be looked into


def _names() -> list[str]:
    root = sessions_folder()
    try:
        # What is hidden is being made, or another program's.
        return sorted(path.name for path in root.iterdir() if not path.name.startswith("."))
    except FileNotFoundError as error:
        link = next((path for path in (root, *root.parents) if path.is_symlink() and not path.exists()), None)
        if link is None:
            return []
        raise JournalError(
            "the sessions cannot be read",
            why=f"{link} leads to {link.readlink()}, which is not there",
            next_step="Connect the disk that it is on, or remove the link",
            code="journal.unreadable",
        ) from error
    except OSError as error:
        raise JournalError(
            "the sessions cannot be read",
            why=f"{root}: {error.strerror or error}",
            next_step="Make it a folder that you may read",
            code="journal.unreadable",
        ) from error


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
    try:
        path = Path(text).expanduser()
        if (path / SESSION_FILE).is_file():
            return path
    except (OSError, RuntimeError, ValueError) as error:  # a name too long, of nobody's home, with NUL
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise _no_session(f"there is no session `{text}`", why or "") from error
    ids = session_ids()
    if text == "last" and ids:
        return folder_of(ids[-1])
    fitting = [each for each in ids if each == text] or [each for each in ids if each.startswith(text)]
    if len(fitting) == 1:
        return folder_of(fitting[0])
    raise _no_session(
        f"there is no session `{text}`" if not fitting else f"`{text}` is the beginning of {len(fitting)} sessions",
        "" if ids else "there are no sessions yet",
    )


def last_scored() -> Path:
    """Return the folder of the last session of which a take was scored.

    Raises
    ------
    JournalError
        Where there is none. A session that cannot be read is skipped: `log` names it.
    """
    for session in readable(reversed(session_ids())):
        if any(take.score is not None for take in session.takes):
            return folder_of(session.id)
    raise _no_session("no session was scored yet", "")


def _no_session(what: str, why: str) -> JournalError:
    return JournalError(what, why=why, next_step="See `rigcoach log`", code="journal.no-session")


def _no_sessions_here() -> JournalError:
    return JournalError(
        "sessions are not kept on Windows",
        why="it has no locks on folders, by which two rigcoach stay out of each other's way",
        next_step="Scores and reviews of clips need none; for drills use WSL, Linux or macOS",
        code="journal.no-locks",
    )


def create(session: Session) -> Path:
    """Make the folder of a new session, as `created` does, and return it."""
    with created(session) as folder:
        return folder


@contextmanager
def created(session: Session) -> Iterator[Path]:
    """Make the folder of a new session with the session in it; yield it, held against other processes.

    The session's id is made from its start and its drill; where that is taken, a number is added. The folder gets its
    name when the session is in it: what is left of a process that was killed before is removed by the next.

    Raises
    ------
    JournalError
        Where it cannot be written, and on Windows.
    """
    if not file_lock.LOCKS_KNOWN:
        raise _no_sessions_here()
    root = sessions_folder()
    try:
        disk.make_folder(root)
        for left in root.glob(_UNNAMED.format("*")):
            _remove_unnamed(left)
        unnamed, descriptor = _unnamed(root)
    except OSError as error:
        raise _unwritable(root, error) from error
    try:
        try:
            folder = _named(unnamed, session)
        except JournalError:
            _remove_made(unnamed)
            raise
        except OSError as error:
            _remove_made(unnamed)
            raise _unwritable(unnamed, error) from error
        yield folder
    finally:
        os.close(descriptor)


def _unnamed(root: Path) -> tuple[Path, int]:
    """Make a folder that is none of a session yet; return it with the descriptor that holds it."""
    unnamed = root / _UNNAMED.format(os.getpid())
    for number in range(_MOST_SAME):
        disk.make_folder(unnamed)
        try:
            descriptor = os.open(unnamed, os.O_RDONLY)
        except FileNotFoundError:
            continue  # taken for one that was left, before it was held
        try:
            file_lock.try_lock(descriptor)
            if unnamed.is_dir() and unnamed.stat().st_ino == os.fstat(descriptor).st_ino:
                return unnamed, descriptor
        except BlockingIOError:
            pass  # of a process with the same number in another container
        os.close(descriptor)
        unnamed = root / _UNNAMED.format(f"{os.getpid()}-{number}")
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(unnamed))


def _named(unnamed: Path, session: Session) -> Path:
    """Write a session into its folder, give that its name, and return it."""
    root = unnamed.parent
    plain = f"{session.started_at.astimezone():%Y%m%d-%H%M%S}-{session.drill.name}"
    for number in range(1, _MOST_SAME):
        folder = root / (plain if number == 1 else f"{plain}-{number}")
        if os.path.lexists(folder):
            continue
        _write(unnamed, replace(session, id=folder.name))
        try:
            disk.rename(unnamed, folder)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
                continue  # taken just now
            raise
        disk.sync_folder(root)
        return folder
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(root / plain))


def _remove_unnamed(left: Path) -> None:
    """Remove what a process that was killed while it made a session left; one that is being made stays."""
    try:
        with held(left):
            _remove_made(left)
    except JournalError:
        return


def _remove_made(unnamed: Path) -> None:
    """Remove a folder in which a session was being made: nothing was recorded into it."""
    if not unnamed.is_dir():
        return
    with suppress(OSError):  # it is looked at again when the next session is made
        for made in unnamed.iterdir():
            disk.remove(made)
        disk.remove_folder(unnamed)


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
            larger = f"it is larger than {_MOST_BYTES // 1_000_000} MB"
            raise JournalError(f"{path} is not a session", why=larger, next_step=_CORRECT_IT)
        session: Session = _adapter().validate_json(path.read_bytes())
    except OSError as error:
        raise JournalError(f"{path} cannot be read", why=error.strerror or str(error)) from error
    except ValidationError as error:
        # Another schema explains all that is wrong besides.
        first = min(error.errors(), key=lambda detail: detail["loc"] != ("schema",))
        if first["loc"] == ("schema",) and str(first["input"]).startswith(_SESSION_SCHEMAS):
            raise JournalError(
                f"{path} cannot be read",
                why=f"another version of rigcoach wrote it ({first['input']})",
                next_step="Update rigcoach; the session is left as it is",
            ) from error
        where = ".".join(str(part) for part in first["loc"])
        raise JournalError(
            f"{path} is not a session",
            why=f"{where}: {first['msg']}" if where else first["msg"],
            next_step=_CORRECT_IT,
        ) from error
    if wrong := what_cannot_be(session):
        raise JournalError(f"{path} is not a session", why=wrong, next_step=_CORRECT_IT)
    return replace(session, id=folder.name)


def readable(session_ids: Iterable[str]) -> Iterator[Session]:
    """Yield the sessions of these names that can be read, one that was copied once; `rigcoach log` names the others."""
    seen = set()
    for session_id in session_ids:
        try:
            session = read(folder_of(session_id))
        except JournalError:
            continue
        begun = (session.started_at, session.drill.name)
        if begun not in seen:
            seen.add(begun)
            yield session


def write(folder: Path, session: Session) -> None:
    """Write a session into its folder: whole or not at all.

    Raises
    ------
    JournalError
        Where it cannot be written; what stood there before still does.
    """
    _write(folder, replace(session, id=folder.name))


def _write(folder: Path, session: Session) -> None:
    write_whole(folder / SESSION_FILE, _adapter().dump_json(session, indent=1, by_alias=True) + b"\n")


def write_whole(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file, all at once or in pieces, so that, whatever happens, either the old one is there or the new one.

    Raises
    ------
    JournalError
        Where it cannot be written; the old one is still there.
    """
    try:
        atomic_file.write_whole(path, content)
    except OSError as error:
        raise _unwritable(path, error) from error


@contextmanager
def held(folder: Path, *, waiting: bool = False) -> Iterator[None]:
    """Hold a folder against other processes; the system lets go of it when this one ends, however it ends.

    Raises
    ------
    JournalError
        Where another process holds it and `waiting` is not set, or it is not there; on Windows, but with `waiting`.
    """
    if not file_lock.LOCKS_KNOWN:
        if not waiting:
            raise _no_sessions_here()
        yield  # what is made anew from the folders at any time
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise JournalError(f"{folder} cannot be used", why=error.strerror or str(error)) from error
    try:
        try:
            (file_lock.lock if waiting else file_lock.try_lock)(descriptor)
        except BlockingIOError as error:
            raise JournalError(
                f"the session {folder.name} is in use",
                why="another rigcoach is working on it",
                next_step="Wait for it to finish, or stop it",
                code="journal.in-use",
            ) from error
        yield
    finally:
        os.close(descriptor)


def is_held(folder: Path) -> bool:
    """Whether a process is at work on a session."""
    if not file_lock.LOCKS_KNOWN:
        return False
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
        next_step="Free some space or allow writing there; the previous file is unchanged",
        code="journal.unwritable",
    )
