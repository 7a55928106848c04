"""The JSON documents on detectors that can be installed, and on measurements that are kept."""

from collections.abc import Iterable

from rigcoach.analysis.detector_weights import ModelError, installed, model
from rigcoach.analysis.measurement_store import StoreSize
from rigcoach.base.documents import Document


def models_document(names: Iterable[str]) -> Document:
    """Return what ``models list --json`` prints."""
    return {"schema": "rigcoach.models/1", "models": [_model(name) for name in names]}


def model_document(name: str) -> Document:
    """Return what ``models install --json`` prints."""
    return {"schema": "rigcoach.model/1", **_model(name)}


def store_document(size: StoreSize, removed: int | None) -> Document:
    """Return what ``cache --json`` prints."""
    return {
        "schema": "rigcoach.cache/1",
        "folder": str(size.folder),
        "clips": size.clips,
        "bytes": size.bytes,
        "removed": removed,
    }


def _model(name: str) -> Document:
    known = model(name)
    problem = path = None
    try:
        path = installed(name)
    except ModelError as error:
        problem = error.line()
    return {
        "name": known.name,
        "finds": known.finds,
        "licence": known.licence,
        "url": known.builds[0].url,
        "size_bytes": known.builds[0].size_bytes,
        "sha256": [build.sha256 for build in known.builds],
        "installed": None if path is None else str(path),
        "problem": problem,
    }
