"""Reports of a session's takes for the studio: made in a process of their own, when somebody first asks for one."""

import threading
from dataclasses import dataclass
from pathlib import Path

from rigcoach.base import disk
from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance
from rigcoach.base.user_data import user_folder
from rigcoach.journal import folder as journal
from rigcoach.report.page import PageFrame
from rigcoach.report.take_pages import take_report, write_take_pages
from rigcoach.report.takes import known_profile, score_takes
from rigcoach.scoring.workers import Died, Workers

HOME = "/"
"""Where the reports lead back to."""

_LISTEN_S = 0.2
_PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Making:
    """How far the reports of a session are: how many percent, and why they could not be made, where that is so."""

    percent: int = 0
    why: str = ""
    done: bool = False


_Key = tuple[str, str, int]  # a session, a language, and when the session was last written


@dataclass(frozen=True, slots=True)
class _Job:
    session: Path
    into: Path
    language: str


class PageMaker:
    """Makes the reports of sessions, one session after the other; a context manager.

    Only what this run of the studio made itself is shown: a page in a session's folder may be anybody's.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[_Key, Making] = {}
        self._queue: list[tuple[_Key, _Job]] = []
        self._wake, self._end = threading.Event(), False
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "PageMaker":
        return self

    def __exit__(self, *_: object) -> None:
        self._end = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(5.0)

    def report(self, session: str, take: int, language: str) -> Path | Making:
        """Return the report of a take; where it is not made yet, how far it is: from now on it is being made."""
        folder = journal.folder_of(session)
        into = user_folder("studio") / "pages" / language / session
        key = (session, language, (folder / journal.SESSION_FILE).stat().st_mtime_ns)
        with self._lock:
            making = self._made.get(key)
            if making is None or making.why:
                self._made[key] = Making()
                self._queue.append((key, _Job(folder, into, language)))
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="pages", daemon=True)
                    self._thread.start()
                self._wake.set()
                return making or Making()
        path = into / take_report(take)
        return path if making.done and path.is_file() else making

    def _work(self) -> None:
        with Workers(_make, patience_s=_PATIENCE_S) as workers:
            while not self._end:
                self._wake.wait()
                self._wake.clear()
                while self._queue and not self._end:
                    key, job = self._queue.pop(0)
                    self._one(workers, key, job)

    def _one(self, workers: "Workers[_Job, str]", key: _Key, job: _Job) -> None:
        number = workers.submit(job)

        def told(_number: int, done: float, of: float | None) -> None:
            self._note(key, Making(min(99, round(100 * done / of)) if of else 0))

        while not self._end:
            for found, result in workers.collect(_LISTEN_S, told):
                if found == number:
                    why = result.why if isinstance(result, Died) else result
                    self._note(key, Making(100, why, done=not why))
                    return

    def _note(self, key: _Key, making: Making) -> None:
        with self._lock:
            if key in self._made:
                self._made[key] = making


def _make(job: _Job, advance: Advance) -> str:
    """Make the reports of a session; return why that could not be, or nothing."""
    try:
        session = journal.read(job.session)
        takes = score_takes(job.session, session, _unheard, advance)
        disk.make_folder(job.into)
        write_take_pages(
            job.session, takes, known_profile(session), proxy=True, into=job.into, frame=PageFrame(job.language, HOME)
        )
    except RigcoachError as error:
        return error.line()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _unheard(_text: str) -> None:
    """Pass over takes that are left out: the session's page says why."""
