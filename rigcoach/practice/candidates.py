"""Clips that may be a session's: looked for on the card and in folders, with what they tell of themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rigcoach.base.clip_names import is_clip, is_proxy
from rigcoach.journal import folder
from rigcoach.journal.folder import JournalError
from rigcoach.journal.session import Session
from rigcoach.practice.match import ClipInfo
from rigcoach.practice.open_session import Prompter
from rigcoach.practice.slate import read_slate
from rigcoach.tether.camera import Camera, CardFile
from rigcoach.tether.fetch import fetch
from rigcoach.video.clip import ClipError, read_clip
from rigcoach.video.footage import find_footage
from rigcoach.video.recordings import Recording, creation_time, recordings

INCOMING = "incoming"
"""The folder in a session's for clips from a card of which it is not known yet whose they are."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clip that may be a take's: its file here, where it came from, and what it tells of itself.

    `chapters` are the files here that it goes on in, where the camera split it.
    """

    path: Path
    origin: str
    found: ClipInfo
    chapters: tuple[Path, ...] = ()


def from_card(session_folder: Path, session: Session, camera: Camera, prompter: Prompter) -> list[Candidate]:
    """Fetch the clips on the card that may be takes' into the session's folder, and return them."""
    known = _known(session)
    incoming = session_folder / INCOMING
    on_card = {Path(file.path): file for file in camera.files() if is_clip(file.name) and not is_proxy(Path(file.path))}
    origins: dict[Path, str] = {}
    for recording in recordings(on_card):
        if (recording.path.name, on_card[recording.path].size_bytes) in known:
            continue
        for file in (on_card[path] for path in recording.files):
            incoming.mkdir(exist_ok=True)
            # Bodies count from 0001 again in each of their folders.
            to = incoming / f"{Path(file.folder).name}-{Path(file.name).name}"
            if not (to.is_file() and to.stat().st_size == file.size_bytes):
                to.unlink(missing_ok=True)
                fetch_shown(camera, file, to, prompter)
            origins[to] = file.path
    found = (_candidate(each, origins[each.path], prompter, by_file_time=False) for each in recordings(origins))
    return _in_time([each for each in found if each is not None])


def fetch_shown(camera: Camera, file: CardFile, to: Path, prompter: Prompter) -> None:
    """Fetch a file with its progress shown."""
    with prompter.step(f"Fetching {file.name}") as advance:
        fetch(camera, file, to, advance)


def from_folder(session: Session, source: Path, prompter: Prompter) -> list[Candidate]:
    """Return the clips in a folder, and in those in it, that may be takes'; they stay where they are."""
    known = _known(session)
    with prompter.step("Looking for clips") as advance:
        found = find_footage(source, below=True, advance=advance)
    if told := found.passed_over():
        prompter.line(f"{told}.")
    fresh = [each for each in found.recordings if (each.path.name, each.path.stat().st_size) not in known]
    candidates = [_candidate(each, str(each.path), prompter) for each in fresh]
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


def _candidate(recording: Recording, origin: str, prompter: Prompter, *, by_file_time: bool = True) -> Candidate | None:
    """Return a clip with what it tells of itself; None, which is said, for one that cannot be read."""
    path = recording.path
    try:
        clip = read_clip(path, recording.chapters)
        recorded_at = creation_time(path)
    except ClipError as error:
        prompter.line(error.line())
        return None
    seconds = clip.duration_s or 0.0
    if recorded_at is None and by_file_time:
        # A camera writes a file's time when the recording is over.
        ended_at = datetime.fromtimestamp(recording.files[-1].stat().st_mtime, UTC)
        recorded_at = ended_at - timedelta(seconds=seconds)
    if recording.chapters:
        prompter.line(f"{path.name} goes on in {' and '.join(each.name for each in recording.chapters)}")
    return Candidate(path, origin, ClipInfo(path.name, recorded_at, seconds, read_slate(path)), recording.chapters)


def _in_time(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return clips in the order of recording, as far as they tell."""
    listed = list(candidates)
    if all(each.found.recorded_at is not None for each in listed):
        listed.sort(key=lambda each: each.found.recorded_at or datetime.min.replace(tzinfo=UTC))
    return listed
