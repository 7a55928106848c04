"""Digests by which files of the same contents are recognised."""

import hashlib
from pathlib import Path

from rigcoach.base.progress import Advance, no_progress

_PIECE_BYTES = 1 << 20


def sha256(path: Path, advance: Advance = no_progress) -> str:
    """Return a file's SHA-256 in hexadecimal; `advance` is told of the bytes read, and of how many.

    Raises
    ------
    OSError
        It cannot be read.
    """
    with path.open("rb") as file:
        if advance is no_progress:
            return hashlib.file_digest(file, "sha256").hexdigest()
        digest, size, done = hashlib.sha256(), path.stat().st_size, 0
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
            done += len(piece)
            advance(done, size)
        return digest.hexdigest()
