"""Where clips are: local paths, or addresses that fsspec (https://filesystem-spec.readthedocs.io) knows: s3://, gs://...

An address may be chained, as fsspec has it: ``zip://walk.mp4::s3://archive/2024.zip``.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
from fsspec.core import url_to_fs

from rigcoach.base.clip_names import is_clip, is_hidden, is_proxy
from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance, no_progress
from rigcoach.video.clip import ClipError
from rigcoach.video.colour import SIDECAR_ENDINGS
from rigcoach.video.footage import find_footage
from rigcoach.video.recordings import chapters_by_name
from rigcoach.video.sensors.gyro_log import ENDINGS as GYRO_LOG_ENDINGS

LIST_ENDING = ".txt"
"""What the name of a list of clips ends in: a path or an address a line, empty lines and those with # left out."""

_BESIDE = (*SIDECAR_ENDINGS, *GYRO_LOG_ENDINGS, *map(str.upper, GYRO_LOG_ENDINGS))


class AddressError(RigcoachError):
    """A folder or list of clips that cannot be read."""

    code = "archive.unreadable"


@dataclass(frozen=True, slots=True)
class ClipAddress:
    """A recording: where its first file lies, and the files that it goes on in."""

    address: str
    chapters: tuple[str, ...] = ()


def is_url(name: str) -> bool:
    """Whether a name is an address rather than a path here.

    >>> is_url("s3://archive/2024"), is_url("zip://a.mp4::/tapes/a.zip"), is_url("/tapes/a.mp4")
    (True, True, False)
    """
    return "://" in name or "::" in name


def clip_addresses(names: Sequence[str], *, below: bool = False, advance: Advance = no_progress) -> list[ClipAddress]:
    """Return the clips that are meant, each once.

    Parameters
    ----------
    names
        Clips, folders of clips, and lists of them. What cannot be a folder or a list is taken as a clip: who reads it
        tells what is wrong with it.
    below
        Whether folders in a folder are looked into.
    advance
        Told of the clips looked at in a folder, and of how many.

    Raises
    ------
    AddressError
        A folder or a list cannot be read, or its kind of address is not known here.
    """
    found: dict[str, ClipAddress] = {}
    for name in names:
        for clip in _meant(name, below, advance):
            found.setdefault(clip.address, clip)
    return list(found.values())


def _meant(name: str, below: bool, advance: Advance) -> Sequence[ClipAddress]:
    try:
        if name.lower().endswith(LIST_ENDING):
            return _listed(name)
        if is_url(name):
            return _below_url(name, below)
        if Path(name).is_dir():
            return [
                ClipAddress(_local(recording.path), tuple(_local(each) for each in recording.chapters))
                for recording in find_footage(Path(name), below=below, advance=advance).recordings
            ]
    except (OSError, ValueError, ImportError, UnicodeError) as error:
        raise _unreadable(name, error) from error
    return [ClipAddress(_local(Path(name)))]


def _local(path: Path) -> str:
    # Workers are started elsewhere.
    return str(path.absolute())


def _listed(name: str) -> list[ClipAddress]:
    with fsspec.open(name, "r", encoding="utf-8") as lines:
        told = [line.strip() for line in lines]
    return [ClipAddress(each if is_url(each) else _local(Path(each))) for each in told if each and each[0] != "#"]


def _below_url(name: str, below: bool) -> list[ClipAddress]:
    files, folder = url_to_fs(name)
    if not files.isdir(folder):
        return [ClipAddress(name)]
    top = folder.rstrip("/")
    found = files.find(folder, maxdepth=None if below else 1)
    clips = [
        path
        for path in sorted(found)
        if is_clip(path.rpartition("/")[2])
        and not is_proxy(Path(path))
        and not is_hidden(path.removeprefix(top).lstrip("/"))
    ]
    return [
        ClipAddress(_address(name, files, first), tuple(_address(name, files, each) for each in others))
        for first, *others in chapters_by_name(clips)
    ]


def _address(asked: str, files: Any, path: str) -> str:
    """Return the address of a file that was found where it was asked for."""
    _, chained, rest = asked.partition("::")
    if not chained:
        return str(files.unstrip_protocol(path))
    return f"{asked.partition('://')[0]}://{path.lstrip('/')}::{rest}"


@contextmanager
def fetched(clip: ClipAddress) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    """Yield a recording's files where they can be opened: a path here as it is, else a copy that is removed after.

    With the copy comes what the camera or a logger wrote beside it under its name.

    Raises
    ------
    rigcoach.video.clip.ClipError
        There is no such file, its kind of address is not known here, or it may not be read.
    OSError
        Where it lies does not answer: it may next time.
    """
    if not any(map(is_url, (clip.address, *clip.chapters))):
        yield Path(clip.address), tuple(map(Path, clip.chapters))
        return
    with tempfile.TemporaryDirectory(prefix="rigcoach-") as folder:
        paths = [_copied(each, Path(folder)) if is_url(each) else Path(each) for each in (clip.address, *clip.chapters)]
        yield paths[0], tuple(paths[1:])


def _copied(address: str, folder: Path) -> Path:
    try:
        files, path = url_to_fs(address)
        to = folder / PurePosixPath(path).name
        files.get_file(path, os.fspath(to))
        stem = path[: -len(to.suffix)] if to.suffix else path
        for ending in _BESIDE:
            if files.exists(stem + ending):
                files.get_file(stem + ending, os.fspath(folder / f"{to.stem}{ending}"))
    except FileNotFoundError as error:
        raise ClipError(f"there is no {address}", next_step="Check the list", code="clip.missing") from error
    except (PermissionError, ValueError, ImportError) as error:
        raise ClipError(
            f"{address} cannot be read",
            why=str(error),
            next_step="Have its fsspec driver and credentials where the workers run",
            code="clip.unreadable",
        ) from error
    return to


def _unreadable(name: str, error: Exception) -> AddressError:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return AddressError(
        f"{name} cannot be read", why=why, next_step="Check the address, and that its fsspec driver is installed"
    )
