"""Files that users ask for: never written over an input, nor over a file that rigcoach did not write.

Each kind of file that rigcoach writes carries a mark, by which it is known again: a few bytes within its first or last
4 kB, such as the generator that a page names.
"""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rigcoach.base import disk
from rigcoach.base.atomic_file import atomic_file, remove_unfinished, write_whole
from rigcoach.base.clip_names import is_clip
from rigcoach.base.errors import RigcoachError

_ENDS_BYTES = 4096


class OutputError(RigcoachError):
    """A file that is not written, because something else is in its place, or cannot be."""

    code = "output.refused"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that rigcoach writes: what it is called, the marks by which one is known, and how names end.

    The first mark is what is written today, others what earlier versions wrote. Without `endings` any name will do, but
    a clip's.
    """

    name: str
    marks: tuple[bytes, ...]
    endings: tuple[str, ...] = ()


REPORT = Kind("report", (b'<meta name="generator" content="rigcoach ',), (".html", ".htm"))
FILM = Kind("annotated clip", (b"rigcoach annotated clip",), (".mp4",))
PROXY = Kind("small copy of a clip", (b"rigcoach small copy",), (".mp4",))
CARD = Kind("card", (b"rigcoach card",))
DRAWING = Kind("drawing", (b"<!-- made by rigcoach -->", b"<title>rigcoach"), (".svg",))
SHEET = Kind("page to print", (b"<title>rigcoach ", b"/Creator (rigcoach)", b"/Title (rigcoach "), (".pdf", ".svg"))
# A program that edits a sidecar puts its own name there.
SIDECAR = Kind("sidecar", (b'x:xmptk="rigcoach"',))
TIMELINE = Kind("timeline", (b"rigcoach keepers",))
# A list without events can have no remarks: its title says it.
EDIT_LIST = Kind("edit decision list", (b"* MADE BY RIGCOACH", b" (NONE FOUND BY RIGCOACH)"))
FRAMES_TABLE = Kind("table of frames", (b"t_s,keeper,focus,framing,steadiness,exposure,box_x,box_y,box_width,",))
TAKES_TABLE = Kind("table of takes", (b"session,started_at,drill,profile,body,counts,number,",))
TAKES_LIST = Kind("list of takes", (b'"schema": "rigcoach.log-export/1"',))
STUDY_RESULTS = Kind("results of a study", (b'"schema": "rigcoach.study-results/1"',))
CALENDAR = Kind("calendar", (b"PRODID:-//rigcoach//",), (".ics",))
SCORE = Kind("score", (b'"schema": "rigcoach.score/1"',))
SCORES_TABLE = Kind("table of scores", (b"clip,overall,focus,framing,steadiness,exposure,keeper_ratio,",))

KINDS = (
    REPORT,
    FILM,
    PROXY,
    CARD,
    DRAWING,
    SHEET,
    SIDECAR,
    TIMELINE,
    EDIT_LIST,
    FRAMES_TABLE,
    TAKES_TABLE,
    TAKES_LIST,
    STUDY_RESULTS,
    CALENDAR,
    SCORE,
    SCORES_TABLE,
)
"""What users find among their clips."""


def check_output(path: Path, kind: Kind, *, inputs: Iterable[Path] = (), force: bool = False) -> None:
    """Make sure, before any work is done for it, that a file may be written.

    Parameters
    ----------
    path
        Where it is to go.
    kind
        What is to be written; a file of the same kind may be replaced.
    inputs
        What it is made from: never written onto, by whatever name or link.
    force
        Whether a file that rigcoach did not write, or a link, may be replaced.

    Raises
    ------
    OutputError
        Where it may not.
    """
    try:
        for given in inputs:
            if _is_same(path, given):
                raise OutputError(
                    f"{path} is one of the input files",
                    why=f"the {kind.name} would overwrite it",
                    next_step="Choose another name",
                    code="output.is-input",
                )
        if not path.absolute().parent.is_dir():
            raise OutputError(
                f"{path} cannot be written",
                why=f"there is no folder {path.absolute().parent}",
                next_step="Create it first, or choose another",
                code="file.unwritable",
            )
        if not os.access(path.absolute().parent, os.W_OK):
            raise OutputError(
                f"{path} cannot be written",
                why=f"{os.strerror(errno.EACCES)}: nothing may be written in {path.absolute().parent}",
                next_step="Choose another folder",
                code="file.unwritable",
            )
        if path.is_symlink():
            if not force:
                raise _in_place(path, "it is a link to another file")
        elif path.exists():
            if not path.is_file():
                raise OutputError(
                    f"{path} cannot be written",
                    why="it is a folder, a pipe or a device",
                    next_step="Choose another name",
                    code="output.no-file",
                )
            if not force and not is_ours(path, kind):
                raise _in_place(path, f"it is not {_one(kind)} written by rigcoach")
        _check_ending(path, kind)
    except (OSError, ValueError, RuntimeError) as error:  # a name too long, with NUL, in a loop of links
        raise unwritable(path, error) from error


@contextmanager
def output_file(path: Path, kind: Kind, *, inputs: Iterable[Path] = (), force: bool = False) -> Iterator[Path]:
    """Yield where to write a file that the user asked for; it appears whole or not at all. As `check_output`.

    Raises
    ------
    OutputError
        Where it may not be written, or cannot.
    """
    check_output(path, kind, inputs=inputs, force=force)
    try:
        # A link is replaced, never followed.
        with atomic_file(path) as part:
            yield part
    except OSError as error:
        raise unwritable(path, error) from error


def write_output(path: Path, content: bytes, kind: Kind, *, inputs: Iterable[Path] = (), force: bool = False) -> None:
    """Write a file that the user asked for, whole or not at all; errors are those of `output_file`."""
    with output_file(path, kind, inputs=inputs, force=force) as part:
        disk.write_bytes(part, content)


def write_kept(path: Path, content: bytes | Iterable[bytes], mode: int = 0o666) -> None:
    """Write a file among the user's data, at once or in pieces, whole or not at all; its folder is made if need be.

    Raises
    ------
    OutputError
        Where it cannot be written; what stood there before still does.
    """
    try:
        disk.make_folder(path.parent)
        remove_unfinished(path.parent)
        write_whole(path, content, mode)
    except OSError as error:
        raise unwritable(path, error) from error


def remove_kept(path: Path) -> None:
    """Remove a file among the user's data, if it is there.

    Raises
    ------
    OutputError
        Where it cannot be removed.
    """
    try:
        disk.remove(path, missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be removed", why=error.strerror or str(error), code="file.unwritable"
        ) from error


def is_ours(path: Path, kind: Kind) -> bool:
    """Whether rigcoach wrote a file as one of this kind, or nobody wrote anything into it yet."""
    head, tail = _ends(path)
    return not head or _bears(kind, head, tail)


def kind_of(path: Path) -> Kind | None:
    """Return as what rigcoach wrote a file; None for one that it did not write."""
    head, tail = _ends(path)
    return next((kind for kind in KINDS if _bears(kind, head, tail)), None)


def _ends(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        head = file.read(_ENDS_BYTES)
        file.seek(max(0, path.stat().st_size - _ENDS_BYTES))
        return head, file.read(_ENDS_BYTES)


def _bears(kind: Kind, head: bytes, tail: bytes) -> bool:
    return any(mark in head or mark in tail for mark in kind.marks)


def unwritable(path: Path, error: Exception) -> OutputError:
    """Return the error for a file that cannot be written."""
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return OutputError(
        f"{path} cannot be written",
        why=why,
        next_step="Free some space, or choose another folder; the previous file is unchanged",
        code="file.unwritable",
    )


def _is_same(path: Path, given: Path) -> bool:
    """Whether two names lead to one file; names that lead nowhere may be equal."""
    if path.exists() and given.exists():
        return path.samefile(given)
    return path.resolve() == given.resolve()


def _check_ending(path: Path, kind: Kind) -> None:
    """Refuse a name by which programs, and people, would take a file for one of another kind."""
    ending = path.suffix.lower()
    if ending in kind.endings or not (kind.endings or is_clip(path.name)):
        return
    if not kind.endings:
        why, next_step = "its name is a clip's", "Choose another name"
    else:
        why = f"the name of {_one(kind)} ends in {' or '.join(kind.endings)}"
        next_step = f"Name it {path.stem}{kind.endings[0]}" + ("" if path.suffix else ", or create the folder first")
    raise OutputError(f"{path} cannot be written", why=why, next_step=next_step, code="output.wrong-ending")


def _one(kind: Kind) -> str:
    return f"{'an' if kind.name.startswith(tuple('aeio')) else 'a'} {kind.name}"


def _in_place(path: Path, why: str) -> OutputError:
    return OutputError(
        f"{path} already exists", why=why, next_step="Choose another name, or use --force", code="output.not-ours"
    )
