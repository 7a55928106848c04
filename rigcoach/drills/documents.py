"""The JSON documents on drills."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rigcoach.base.documents import Document
from rigcoach.base.errors import RigcoachError
from rigcoach.drills.files import read_drill
from rigcoach.drills.model import Drill


def drill_list_document(paths: Iterable[Path]) -> Document:
    """Return what ``drill list --json`` prints, in the order of learning.

    A file with errors is listed with them, for the others' sake.
    """
    entries = sorted((_listed(path) for path in paths), key=lambda entry: (entry["level"] or 1000, entry["name"]))
    return {"schema": "rigcoach.drill-list/1", "drills": entries}


def _listed(path: Path) -> Document:
    entry: Document = {"name": path.stem, "description": None, "level": None, "takes": None}
    entry |= {"path": str(path), "error": None}
    try:
        read = read_drill(path)
    except RigcoachError as error:
        return entry | {"error": error.line()}
    return entry | {"description": read.description, "level": read.level, "takes": len(read.stations)}


def drill_document(drill: Drill, path: Path) -> Document:
    """Return what ``drill show --json`` and ``drill new`` print: a drill, and where its file lies."""
    return {"schema": "rigcoach.drill/1", **asdict(drill), "path": str(path)}
