"""Clips that may be a session's: looked for on the card and in folders, with what they tell of themselves."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rigcoach.base import disk
from rigcoach.base.clip_names import is_clip, is_hidden, is_proxy
from rigcoach.base.digest import sha256
from rigcoach.base.errors import RigcoachError
from rigcoach.base.shown_text import printable, storable
from rigcoach.journal import folder
from rigcoach.journal.checked import YEARS
from rigcoach.journal.session import Session, Take
from rigcoach.practice.match import ClipInfo
from rigcoach.practice.open_session import Prompter
from rigcoach.practice.slate import read_slate
from rigcoach.tether.camera import Camera, CardFile
from rigcoach.tether.card_selection import local_names
from rigcoach.tether.fetch import Note, fetch, is_fetched, no_note
from rigcoach.video.clip import read_clip
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


def recorded_on_card(take: Take, files: Iterable[CardFile]) -> CardFile | None:
    """Return the clip of a take that was recorded, where it lies on the card as it did."""
    found = (file for file in files if file.path == take.card_path and file.size_bytes == take.size_bytes)
    return next(found, None)


def recorded_in_folder(take: Take, found: Sequence[Recording]) -> Recording | None:
    """Return the clip of a take that was recorded, among those in a folder: by its name and its size.

    Of several, the one that lies in folders called as those on the card; of copies, the first. None where there is
    none, or it cannot be told which.
    """
    if take.size_bytes is None or take.card_path is None:
        return None
    name = Path(take.card_path).name.casefold()
    fitting = [each for each in found if each.path.name.casefold() == name and size_of(each.path) == take.size_bytes]
    if len(fitting) > 1:
        tail = take.card_path.casefold().split("/")[-2:]
        there = [each for each in fitting if [part.casefold() for part in each.path.parts[-2:]] == tail]
        fitting = there or fitting
    if len(fitting) > 1 and len({sha256(each.path) for each in fitting}) > 1:
        return None
    return fitting[0] if fitting else None


def clips_on_card(files: Iterable[CardFile]) -> tuple[CardFile, ...]:
    """Return the clips on a card; not what is hidden, nor proxies."""
    return tuple(f for f in files if is_clip(f.name) and not is_hidden(f.path) and not is_proxy(Path(f.path)))


def from_card(session_folder: Path, session: Session, camera: Camera, prompter: Prompter) -> list[Candidate]:
    """Fetch the clips on the card that may be takes' into the session's folder, and return them."""
    known = _known(session)
    incoming = session_folder / INCOMING
    on_card = {Path(file.path): file for file in clips_on_card(camera.files())}
    for told in camera.left_out:
        prompter.line(f"{told}.")
    fresh = [
        on_card[path]
        for recording in recordings(on_card)
        if (recording.path.name, on_card[recording.path].size_bytes) not in known
        for path in recording.files
    ]
    origins: dict[Path, str] = {}
    # Bodies count from 0001 again in each of their folders.
    for file, name in zip(fresh, local_names(fresh, with_folder=True), strict=True):
        disk.make_folder(incoming)
        to = incoming / name
        if not is_fetched(camera, file, to):
            # What has the name may be another card's, and not be anywhere else any more.
            to = free_name(to)
            fetch_shown(camera, file, to, prompter)
        origins[to] = file.path
    found = (_candidate(each, origins[each.path], prompter, by_file_time=False) for each in recordings(origins))
    return _in_time([each for each in found if each is not None])


def free_name(path: Path) -> Path:
    """Return a path that nothing has: the one given, or with a number."""
    number = 1
    free = path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def fetch_shown(camera: Camera, file: CardFile, to: Path, prompter: Prompter, note: Note = no_note) -> None:
    """Fetch a file with its progress shown."""
    with prompter.step(f"Fetching {printable(file.name)}") as advance:
        fetch(camera, file, to, advance, note)


def recordings_in(source: Path, prompter: Prompter) -> tuple[Recording, ...]:
    """Return what was recorded in a folder, and in those in it; what is skipped is said."""
    with prompter.step("Looking for clips") as advance:
        found = find_footage(source, below=True, advance=advance)
    if told := found.passed_over():
        prompter.line(f"{told}.")
    return found.recordings


def from_folder(session: Session, found: Iterable[Recording], prompter: Prompter) -> list[Candidate]:
    """Return the clips of a folder that may be takes'; they stay where they are."""
    known = _known(session)
    fresh = [each for each in found if (storable(each.path.name), size_of(each.path)) not in known]
    candidates = [_candidate(each, storable(str(each.path)), prompter) for each in fresh]
    return _in_time([each for each in candidates if each is not None])


def is_here(path: Path) -> bool:
    """Whether a file lies here itself; a link to it may lead to a card that is taken out."""
    return path.is_file() and not path.is_symlink()


def size_of(path: Path) -> int | None:
    """Return a file's size; None where it is gone, or may not be looked at."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def _known(session: Session) -> set[tuple[str, int]]:
    """Return name and size of clips that are none of the session's lacking takes'.

    Those that were on the card before, and those of its other takes and of other sessions.
    """
    known = {(Path(clip.path).name, clip.size_bytes) for clip in session.card_before}
    for other in folder.readable(folder.session_ids()):
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
        if recorded_at is not None and recorded_at.year not in YEARS:  # of a camera whose clock was never set, too
            recorded_at = None
        seconds = clip.duration_s or 0.0
        if recorded_at is None and by_file_time:
            # A camera writes a file's time when the recording is over.
            ended_at = datetime.fromtimestamp(recording.files[-1].stat().st_mtime, UTC)
            recorded_at = ended_at - timedelta(seconds=seconds)
        slate = read_slate(path)
    except RigcoachError as error:
        prompter.line(error.line())
        return None
    except Exception as error:  # noqa: BLE001 - any file at all may lie on a card; one costs no other
        prompter.line(f"{printable(path.name)} cannot be read ({type(error).__name__}: {error})")
        return None
    if recording.chapters:
        prompter.line(f"{path.name} continues in {' and '.join(each.name for each in recording.chapters)}")
    return Candidate(path, origin, ClipInfo(path.name, recorded_at, seconds, slate), recording.chapters)


def _in_time(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return clips in the order of recording, as far as they tell."""
    listed = list(candidates)
    if all(each.found.recorded_at is not None for each in listed):
        listed.sort(key=lambda each: each.found.recorded_at or datetime.min.replace(tzinfo=UTC))
    return listed
