"""Clips that were in a session's folder and are gone from it, copied there again from a folder that still has them."""

import os
from collections.abc import Sequence
from pathlib import Path

from rigcoach.base.digest import sha256
from rigcoach.journal.session import Take
from rigcoach.practice.candidates import size_of
from rigcoach.practice.open_session import OpenSession, Prompter
from rigcoach.practice.verified_copy import copy_verified
from rigcoach.video.recordings import Recording


def bring_back(open_session: OpenSession, found: Sequence[Recording], prompter: Prompter) -> None:
    """Copy clips of takes that are gone, and only what has the bytes that they had.

    Raises
    ------
    rigcoach.practice.verified_copy.IngestError
        Where one cannot be copied.
    """
    for take in open_session.session.takes:
        if take.clip is None or take.sha256 is None or os.path.lexists(open_session.folder / take.clip):
            continue
        its_own = next((each for each in found if _is_of(each, take)), None)
        if its_own is None:
            prompter.line(f"Take {take.number}: {take.clip} is no longer in the session")
            continue
        # The first file comes last: a take whose clip is there has all of it.
        for path, name in zip(reversed(its_own.files), reversed(take.files), strict=True):
            to: Path = open_session.folder / name
            if not os.path.lexists(to):
                copy_verified(path, to)
        prompter.line(f"Take {take.number}: {take.clip} is in the session again")


def _is_of(recording: Recording, take: Take) -> bool:
    as_many = len(recording.files) == len(take.files)
    return as_many and size_of(recording.path) == take.size_bytes and sha256(recording.path) == take.sha256
