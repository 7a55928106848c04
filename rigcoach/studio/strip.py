"""The folder that the studio watches: a thread that finds and scores clips, and what the pages show of it."""

import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rigcoach.base import disk
from rigcoach.base.errors import RigcoachError
from rigcoach.report.exports.files import write_export
from rigcoach.report.exports.footage import Footage, read_recording
from rigcoach.scoring.batch import FailedClip
from rigcoach.studio.hot_folder import HotFolder, Mark, WatchedClip, WatchError

_EVERY_S = 1.0
_LISTEN_S = 0.2
EXPORTS = ("otio", "edl", "csv")


class Strip:
    """A film strip of a watched folder; a context manager. Every method may be called from any thread."""

    def __init__(self, hot: HotFolder, tell: Callable[[], None]) -> None:
        self._hot, self._tell = hot, tell
        self._lock, self._end = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="watch", daemon=True)
        self._error = ""
        self._version = 0
        self._seen: tuple[object, ...] = ()

    def __enter__(self) -> "Strip":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(10.0)

    def document(self) -> dict[str, Any]:
        """Return what the page shows: clips ranked, how many are being scored, what is wrong with the folder."""
        with self._lock:
            return {
                "version": self._version,
                "folder": self._hot.folder.name,
                "clips": [asdict(each) for each in self._hot.ranked()],
                "waiting": self._hot.waiting + self._hot.unsettled,
                "error": self._error,
            }

    @property
    def version(self) -> int:
        """Grows with each change."""
        return self._version

    def mark(self, clip_id: str, mark: Mark | None) -> None:
        """Mark a clip that is in the folder; raises as `HotFolder.mark`."""
        with self._lock:
            self._hot.mark(clip_id, mark)
        self._changed()

    def clip(self, clip_id: str) -> Path | None:
        """Return the file of a clip that is in the folder."""
        with self._lock:
            found = self._hot.clip(clip_id)
            return None if found is None else self._hot.files(found)[0]

    def picture(self, clip_id: str) -> Path | None:
        """Return the small picture of a clip that is in the folder."""
        with self._lock:
            path = None if self._hot.clip(clip_id) is None else self._hot.picture(clip_id)
        return path if path is not None and path.is_file() else None

    def export(self, kind: str) -> tuple[Path, int]:
        """Write the keepers of the picked clips, or of all that are not rejected, and return where and of how many.

        Raises
        ------
        rigcoach.base.errors.RigcoachError
            There is nothing to export, or it cannot be written.
        """
        with self._lock:
            ranked = [each for each in self._hot.ranked() if each.overall is not None]
            wanted = [each for each in ranked if each.mark == "pick"] or [e for e in ranked if e.mark != "reject"]
        footage = [part for each in wanted for part in self._footage(each)]
        if not footage:
            raise WatchError("there is nothing to export", why="no clip has a score", next_step="Wait for some")
        folder = self._hot.kept / "exports"
        disk.make_folder(folder)
        title = self._hot.folder.name or "clips"
        told: list[str] = []
        return write_export(kind, footage, title, folder / f"{title}.{kind}", private=False, tell=told.append), len(
            wanted
        )

    def _footage(self, clip: WatchedClip) -> list[Footage]:
        scored = self._hot.score(clip)
        return [] if isinstance(scored, FailedClip) else read_recording(scored)

    def _work(self) -> None:
        while not self._end.is_set():
            try:
                with self._lock:
                    self._hot.look()
                    self._error = ""
            except (RigcoachError, OSError) as error:
                self._error = error.line() if isinstance(error, RigcoachError) else error.strerror or str(error)
            self._show()
            rounds = max(1, round(_EVERY_S / _LISTEN_S))
            for _ in range(rounds):
                if self._end.wait(_LISTEN_S):
                    return
                with self._lock:
                    for _clip in self._hot.collect():
                        self._seen = ()
                self._show()

    def _show(self) -> None:
        """Tell where something has changed since that was last told."""
        now = (tuple(each.id for each in self._hot.ranked()), self._hot.waiting, self._hot.unsettled, self._error)
        if now != self._seen:
            self._seen = now
            self._changed()

    def _changed(self) -> None:
        self._version += 1
        self._tell()
