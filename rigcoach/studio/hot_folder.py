"""A folder whose clips are scored as they arrive, once each, and ranked; marks are kept beside the scores.

Nothing is written into the folder: scores, marks and small pictures lie among the user's data, under the folder's name.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import cv2

from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import write_kept
from rigcoach.base.progress import Advance, no_progress
from rigcoach.base.user_data import user_folder
from rigcoach.measure.picture.framing import WantedFrame
from rigcoach.report.moments import reduced
from rigcoach.scoring.batch import PATIENCE_S, FailedClip, ScoredClip, score_file
from rigcoach.scoring.workers import Died, Workers
from rigcoach.video.clip import ClipError, read_pictures
from rigcoach.video.footage import find_footage
from rigcoach.video.recordings import Recording

Mark = Literal["pick", "reject"]
MARKS: tuple[Mark, ...] = ("pick", "reject")
SETTLED_S = 2.0
"""A file that has not changed for so long is whole: what still arrives is left alone."""

_MOST_BYTES = 50_000_000
_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 70)


class WatchError(RigcoachError):
    """A folder that cannot be watched, or a clip in it that is none."""

    code = "watch.unusable"


@dataclass(frozen=True, slots=True)
class WatchedClip:
    """A clip that was scored.

    Attributes
    ----------
    id
        Made of its name, its size and when it was written: a file that changed is another clip.
    name
        Its path in the folder.
    chapters
        The files that it goes on in.
    overall, keeper_ratio, subject_kind, fault
        Its score, the share of keepers, what was scored, and its first cause in a few words.
    error
        Why it has no score.
    mark
        The photographer's own word: truth, whatever the score says.
    """

    id: str
    name: str
    chapters: tuple[str, ...] = ()
    overall: float | None = None
    keeper_ratio: float = 0.0
    subject_kind: str | None = None
    fault: str = ""
    error: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """How the clips of a folder are scored."""

    choice: SubjectChoice
    rig: RigOptics
    wanted: WantedFrame


@dataclass(frozen=True, slots=True)
class _Job:
    clip: WatchedClip
    path: Path
    chapters: tuple[Path, ...]
    how: Scored
    picture: Path


class HotFolder:
    """A folder that is watched; a context manager with a process that scores.

    Raises
    ------
    WatchError
        It is no folder, or what was kept of it cannot be read.
    """

    def __init__(self, folder: Path, how: Scored, *, below: bool = False) -> None:
        if not folder.is_dir():
            raise WatchError(
                f"{folder} cannot be watched", why="it is not a folder", next_step="Name one that is there"
            )
        self.folder = folder.resolve()
        name = hashlib.sha256(str(self.folder).encode(errors="surrogateescape")).hexdigest()[:16]
        self.kept = user_folder("watch") / name
        self._how, self._below = how, below
        self._clips = {each.id: each for each in self._read()}
        self._here: set[str] = set()
        self._unsettled = 0
        self._waiting: dict[int, WatchedClip] = {}
        self._sizes: dict[Path, tuple[int, float]] = {}
        self._workers: Workers[_Job, WatchedClip] = Workers(_score, patience_s=PATIENCE_S)

    def __enter__(self) -> "HotFolder":
        return self

    def __exit__(self, *_: object) -> None:
        self._workers.__exit__(None, None, None)

    @property
    def waiting(self) -> int:
        """How many clips are being scored, or wait for it."""
        return len(self._waiting)

    @property
    def unsettled(self) -> int:
        """How many recordings are still being written, or were when it was last looked."""
        return self._unsettled

    def look(self) -> int:
        """Look into the folder; have what is new and whole scored, and return how many those are.

        Raises
        ------
        WatchError
            The folder is gone.
        """
        if not self.folder.is_dir():
            raise WatchError(
                f"{self.folder} is gone", why="no folder is there any more", next_step="Plug it in and watch it again"
            )
        new, unsettled, here = 0, 0, set[str]()
        for recording in find_footage(self.folder, below=self._below).recordings:
            clip = self._clip(recording)
            if clip is None:
                unsettled += 1
                continue
            here.add(clip.id)
            if clip.id in self._clips or any(clip.id == each.id for each in self._waiting.values()):
                continue
            job = _Job(clip, recording.path, recording.chapters, self._how, self.picture(clip.id))
            self._waiting[self._workers.submit(job)] = clip
            new += 1
        self._here, self._unsettled = here, unsettled
        return new

    def collect(self, timeout_s: float = 0.0) -> Iterator[WatchedClip]:
        """Yield the clips that were scored since the last call; wait so long for the first."""
        for number, result in self._workers.collect(timeout_s):
            clip = self._waiting.pop(number)
            done = replace(clip, error=f"it was not scored: {result.why}") if isinstance(result, Died) else result
            self._clips[done.id] = done
            self._write()
            yield done

    def ranked(self) -> tuple[WatchedClip, ...]:
        """Return the clips that are in the folder: those with the most keepers first, those without a score last."""
        there = [each for each in self._clips.values() if each.id in self._here]
        return tuple(sorted(there, key=lambda each: (each.overall is None, -each.keeper_ratio, -(each.overall or 0.0))))

    def mark(self, clip_id: str, mark: Mark | None) -> WatchedClip:
        """Mark a clip, or take its mark away; return it.

        Raises
        ------
        WatchError
            There is no such clip.
        """
        if clip_id not in self._clips:
            raise WatchError("there is no such clip", next_step="Look at the film strip again")
        self._clips[clip_id] = replace(self._clips[clip_id], mark=mark)
        self._write()
        return self._clips[clip_id]

    def named(self, name: str) -> WatchedClip:
        """Return a clip in the folder by its name; raises as `mark`."""
        found = [each for each in self.ranked() if name in (each.name, Path(each.name).name)]
        if len(found) != 1:
            why = "no clip has that name" if not found else f"{len(found)} clips have that name"
            raise WatchError(f"{name} cannot be marked", why=why, next_step="Name its path in the folder")
        return found[0]

    def clip(self, clip_id: str) -> WatchedClip | None:
        """Return a clip that is in the folder; None where there is none."""
        return self._clips.get(clip_id) if clip_id in self._here else None

    def files(self, clip: WatchedClip) -> tuple[Path, ...]:
        """Return a clip's files, in order."""
        return tuple(self.folder / name for name in (clip.name, *clip.chapters))

    def picture(self, clip_id: str) -> Path:
        """Return where a clip's small picture lies."""
        return self.kept / f"{clip_id}.jpg"

    def score(self, clip: WatchedClip) -> ScoredClip | FailedClip:
        """Return a clip with all of its measures, for an export; what was measured once is not measured again."""
        first, *others = self.files(clip)
        return score_file(
            str(first), self._how.choice, self._how.rig, no_progress, wanted=self._how.wanted, chapters=others
        )

    def _clip(self, recording: Recording) -> WatchedClip | None:
        """Return what there is to know of a recording by its files alone; None while it is still being written."""
        try:
            stats = [path.stat() for path in recording.files]
        except OSError:
            return None
        size, now = sum(stat.st_size for stat in stats), time.time()
        age_s = now - max(stat.st_mtime for stat in stats)
        # Of a date in the future, as after a journey, only two looks at the size tell that all has come.
        before, since = self._sizes.get(recording.path, (size, now if age_s < 0 else now - SETTLED_S))
        if size != before:
            since = now
        self._sizes[recording.path] = (size, since)
        if now - since < SETTLED_S or 0 <= age_s < SETTLED_S:
            return None
        name = str(recording.path.relative_to(self.folder))
        text = f"{name}\0{size}\0{max(stat.st_mtime_ns for stat in stats)}"
        clip_id = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:16]
        return WatchedClip(clip_id, name, tuple(str(p.relative_to(self.folder)) for p in recording.chapters))

    def _read(self) -> Iterator[WatchedClip]:
        path = self.kept / "clips.json"
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise ValueError("it is too large")
            for each in json.loads(path.read_bytes())["clips"]:
                yield WatchedClip(**(each | {"chapters": tuple(each["chapters"])}))
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise WatchError(
                "what was kept of this folder cannot be read",
                why=f"{path}: {error}",
                next_step="Move that file away and watch the folder again",
            ) from error

    def _write(self) -> None:
        document = watch_document(self.folder, self._clips.values())
        write_kept(self.kept / "clips.json", json.dumps(document, indent=2, allow_nan=False).encode() + b"\n")


def watch_document(folder: Path, clips: Any) -> dict[str, Any]:
    """Return what is kept of a folder, and what ``watch --json`` prints: each clip with its score and its mark."""
    return {"schema": "rigcoach.watch/1", "folder": str(folder), "clips": [asdict(each) for each in clips]}


def _score(job: _Job, advance: Advance) -> WatchedClip:
    how = job.how
    result = score_file(str(job.path), how.choice, how.rig, advance, wanted=how.wanted, chapters=job.chapters)
    if isinstance(result, FailedClip):
        return replace(job.clip, error=result.error.line())
    _picture(result, job.picture)
    return replace(
        job.clip,
        overall=None if result.overall is None else round(result.overall, 1),
        keeper_ratio=round(result.keeper_ratio, 4),
        subject_kind=result.measures.subject_kind,
        fault=next((each.short or each.code for each in result.advice), ""),
        error="" if result.overall is not None else result.score.reasons.get("overall", ""),
    )


def _picture(scored: ScoredClip, to: Path) -> None:
    """Keep the clip's best frame as a small picture; a clip that has none to show goes without."""
    frames = scored.score.frames
    best = max(range(len(frames)), key=lambda i: (frames[i].keeper, frames[i].overall or 0.0), default=None)
    if best is None:
        return
    try:
        picture = next(read_pictures(scored.measures.clip, {best}), None)
    except ClipError:
        return  # it was read to be scored, and is gone by now
    if picture is not None:
        _, data = cv2.imencode(".jpg", cv2.cvtColor(reduced(picture.rgb), cv2.COLOR_RGB2BGR), _JPEG)
        write_kept(to, data.tobytes())
