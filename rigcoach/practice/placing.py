"""Clips put into a session's folder, under their takes' names: nothing there is ever written over."""

import os
from collections.abc import Sequence
from pathlib import Path

from rigcoach.base import disk
from rigcoach.base.digest import sha256
from rigcoach.practice.candidates import INCOMING, free_name, is_here, size_of
from rigcoach.practice.open_session import OpenSession
from rigcoach.practice.verified_copy import copy_verified
from rigcoach.tether.fetch import Note, no_note
from rigcoach.video.recordings import chapter_name

LEFTOVER = "leftover"
"""The folder, in a session's, of clips that are no take's."""


def keep_aside(open_session: OpenSession, clip: Path) -> str:
    """Keep a clip that is no take's beside the session's, under a name that nothing has; return where it is."""
    aside = open_session.folder / LEFTOVER
    disk.make_folder(aside)
    to = free_name(aside / clip.name)
    disk.rename_new(clip, to)
    disk.sync_folder(aside)
    return f"saved as {LEFTOVER}/{to.name}"


def place(open_session: OpenSession, number: int, files: Sequence[Path], origin: str, how: str) -> None:
    """Give a take its clip, the first of the files; the others are those that it goes on in.

    The first file comes last: a take whose clip is there has all of it.
    """
    stem, ending = open_session.take(number).stem, ending_of(files[0].name)
    chapters = tuple(chapter_name(stem, i, ending) for i in range(2, 1 + len(files)))
    for path, name in zip(files[1:], chapters, strict=True):
        _put(open_session, path, name, no_note)
    name = f"{stem}{ending}"
    _put(open_session, files[0], name, noting(open_session, number, origin, how, chapters))
    note_fetched(open_session, number, name)


def _put(open_session: OpenSession, path: Path, name: str, note: Note) -> None:
    """Bring a file into the session's folder: renamed where it was fetched, copied and verified from elsewhere.

    What has the name already stays where it is the same, and is kept aside where it is not.
    """
    to, fetched = open_session.folder / name, path.parent == open_session.folder / INCOMING
    if os.path.lexists(to):
        digest = sha256(path)
        if is_here(to) and size_of(to) == size_of(path) and sha256(to) == digest:
            note(digest, to.stat().st_size)
            if fetched:
                disk.remove(path)
            return
        keep_aside(open_session, to)
    if fetched:
        note(sha256(path), path.stat().st_size)
        disk.rename_new(path, to)
        disk.sync_folder(to.parent)
    else:
        copy_verified(path, to, note)


def noting(open_session: OpenSession, number: int, origin: str, how: str, chapters: tuple[str, ...] = ()) -> Note:
    """Return what notes a clip before it gets its name."""

    def note(digest: str, size_bytes: int) -> None:
        open_session.arriving(number, digest, size_bytes, origin, how, chapters)

    return note


def note_fetched(open_session: OpenSession, number: int, name: str) -> None:
    """Note that a take's clip is there, under its name."""
    open_session.fetched(number, name, (open_session.folder / name).stat().st_size)


def ending_of(name: str) -> str:
    """Return a name's ending as a take's clip has it."""
    return Path(name).suffix.lower()
