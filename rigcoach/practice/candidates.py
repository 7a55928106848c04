"""Clips that may be a session's: looked for on the card and in folders, with what they tell of themselves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rigcoach.base.clip_names import clips_in, is_clip
from rigcoach.journal import folder
from rigcoach.journal.folder import JournalError
from rigcoach.journal.session import Session
from rigcoach.practice.match import ClipInfo
from rigcoach.practice.open_session import Prompter
from rigcoach.practice.slate import read_slate
from rigcoach.tether.camera import Camera, CardFile
from rigcoach.tether.fetch import fetch
from rigcoach.video.clip import ClipError, read_clip
from rigcoach.video.container import open_container

INCOMING = "incoming"
"""The folder in a session's for clips from a card of which it is not known yet whose they are."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clip that may be a take's: its file here, where it came from, and what it tells of itself."""

    path: Path
    origin: str
    found: ClipInfo


def from_card(session_folder: Path, session: Session, camera: Camera, prompter: Prompter) -> list[Candidate]:
    """Fetch the clips on the card that may be takes' into the session's folder, and return them."""
    known = _known(session)
    incoming = session_folder / INCOMING
    candidates = []
    for file in sorted(camera.files(), key=lambda file: _natural(file.path)):
        if not is_clip(file.name) or (Path(file.path).name, file.size_bytes) in known:
            continue
        incoming.mkdir(exist_ok=True)
        # Bodies count from 0001 again in each of their folders.
        to = incoming / f"{Path(file.folder).name}-{Path(file.name).name}"
        if not (to.is_file() and to.stat().st_size == file.size_bytes):
            to.unlink(missing_ok=True)
            fetch_shown(camera, file, to, prompter)
        candidates.append(_candidate(to, file.path, prompter, by_file_time=False))
    return _in_time([each for each in candidates if each is not None])


def fetch_shown(camera: Camera, file: CardFile, to: Path, prompter: Prompter) -> None:
    """Fetch a file with its progress shown."""
    with prompter.step(f"Fetching {file.name}") as advance:
        fetch(camera, file, to, advance)


def from_folder(session: Session, source: Path, prompter: Prompter) -> list[Candidate]:
    """Return the clips in a folder, and in those in it, that may be takes'; they stay where they are."""
    known = _known(session)
    found = clips_in(source)
    if told := found.passed_over():
        prompter.line(f"{told}.")
    fresh = [path for path in found.clips if (path.name, path.stat().st_size) not in known]
    candidates = [_candidate(path, str(path), prompter) for path in sorted(fresh, key=lambda path: _natural(str(path)))]
    return _in_time([each for each in candidates if each is not None])


def _known(session: Session) -> set[tuple[str, int]]:
    """Return name and size of clips that are none of the session's lacking takes'.

    Those that were on the card before, and those of its other takes and of other sessions.
    """
    known = {(Path(clip.path).name, clip.size_bytes) for clip in session.card_before}
    for name in folder.session_ids():
        try:
            other = folder.read(folder.folder_of(name))
        except JournalError:
            continue  # `rigcoach log` names it
        known |= {
            (Path(take.card_path).name, take.size_bytes)
            for take in other.takes
            if take.card_path is not None and take.size_bytes is not None and take.clip is not None
        }
    return known


def _candidate(path: Path, origin: str, prompter: Prompter, *, by_file_time: bool = True) -> Candidate | None:
    """Return a clip with what it tells of itself; None, which is said, for one that cannot be read."""
    try:
        clip = read_clip(path)
    except ClipError as error:
        prompter.line(error.line())
        return None
    seconds = clip.duration_s or 0.0
    recorded_at = _creation_time(path)
    if recorded_at is None and by_file_time:
        # A camera writes a file's time when the recording is over.
        recorded_at = datetime.fromtimestamp(path.stat().st_mtime, UTC) - timedelta(seconds=seconds)
    return Candidate(path, origin, ClipInfo(path.name, recorded_at, seconds, read_slate(path)))


def _creation_time(path: Path) -> datetime | None:
    """Return when a clip says that it was begun: MOV and MP4 carry it, by the camera's clock."""
    with open_container(path) as container:
        told = container.metadata.get("creation_time")
    try:
        time = datetime.fromisoformat(told) if told else None
    except ValueError:
        return None
    return time if time is None or time.tzinfo is not None else time.replace(tzinfo=UTC)


def _in_time(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return clips in the order of recording, as far as they tell."""
    listed = list(candidates)
    if all(each.found.recorded_at is not None for each in listed):
        listed.sort(key=lambda each: each.found.recorded_at or datetime.min.replace(tzinfo=UTC))
    return listed


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers in names as numbers."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text.lower())]
