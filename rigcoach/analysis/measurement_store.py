"""Measurements kept, so that no clip is measured twice: by the clip's contents, the options and the measuring code.

A measurement is found again where the clip's bytes, what is read beside it (a gyro's log, a camera's notes of curve and
shutter), the choice of subject, the rig, the installed detectors and the code that measures are the same. The store is
bounded: what was used least lately goes. What can't be read is measured anew, and where nothing can be kept measuring
goes on.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, get_type_hints

from rigcoach.analysis.detector_weights import MODELS, installed_build
from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement, RigOptics, SubjectChoice
from rigcoach.base.digest import sha256
from rigcoach.base.disk import remove
from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import OutputError, write_kept
from rigcoach.base.progress import Advance, no_progress
from rigcoach.base.stored_sequence import stored
from rigcoach.base.user_data import user_folder
from rigcoach.video.clip import Clip
from rigcoach.video.sensors.gyro_log import log_beside
from rigcoach.video.sensors.telemetry import telemetry_parser_version

MOST_BYTES = 200_000_000
"""How much the store may hold: some 500 hours of clips."""

_FOLDER = "measurements"
_ENDING = ".json.gz"
_MEASURING = ("analysis", "measure", "optics", "video")
_LINES_IN_A_PIECE = 100
# Of a clip these two are said by who asks, not by who measured.
_LEFT_OUT = ("clip", "wanted")


@dataclass(frozen=True, slots=True)
class StoreSize:
    """How many measurements are kept, where, and how much they take."""

    folder: Path
    clips: int
    bytes: int


def kept_or(
    measure: Callable[[], ClipMeasurements],
    clip: Clip,
    choice: SubjectChoice,
    rig: RigOptics,
    place: tuple[float, float],
    advance: Advance = no_progress,
) -> ClipMeasurements:
    """Return a clip's measurements as they are kept, else as `measure` returns them, which are kept then.

    `advance` is told now and then that the work goes on where it takes long to tell whether they are kept.

    Raises
    ------
    rigcoach.base.errors.RigcoachError
        What `measure` raises.
    """
    try:
        path = _folder() / f"{_key(clip, choice, rig, place, advance)}{_ENDING}"
    except (OSError, RigcoachError):
        return measure()  # whoever reads the clip says what is wrong with it
    kept = _read(path, clip)
    if kept is not None:
        return kept
    measures = measure()
    # Measuring goes on where nothing can be kept, as on a full disk.
    with suppress(OutputError, OSError):
        write_kept(path, _written(measures))
        _keep_to(MOST_BYTES)
    return measures


@cache
def measured_with(choice: SubjectChoice) -> str:
    """Return a name for the code and the detectors that measure: where it is the same, so are the numbers."""
    return hashlib.sha256(repr((_detectors(choice), _measured_by())).encode()).hexdigest()


def store_size() -> StoreSize:
    """Return how much is kept."""
    sizes = [size for _, size, _ in _entries()]
    return StoreSize(_folder(), len(sizes), sum(sizes))


def clear_store() -> int:
    """Remove all that is kept; return how many clips' measurements that were.

    Raises
    ------
    OSError
        A file cannot be removed.
    """
    entries = _entries()
    for path, _, _ in entries:
        remove(path, missing_ok=True)
    return len(entries)


def _folder() -> Path:
    return user_folder(_FOLDER)


def _entries() -> list[tuple[Path, int, int]]:
    """Return what is kept: each file, its size, and when it was last used."""
    found = []
    for path in sorted(_folder().glob(f"*{_ENDING}")):
        try:
            state = path.stat()
        except FileNotFoundError:
            continue  # another process removed it
        found.append((path, state.st_size, state.st_mtime_ns))
    return found


def _keep_to(most_bytes: int) -> None:
    entries = sorted(_entries(), key=lambda entry: entry[2])
    total = sum(size for _, size, _ in entries)
    for path, size, _ in entries:
        if total <= most_bytes:
            return
        remove(path, missing_ok=True)
        total -= size


def _key(
    clip: Clip, choice: SubjectChoice, rig: RigOptics, place: tuple[float, float], advance: Advance = no_progress
) -> str:
    """Return the name of a measurement."""

    def told(_done: float, _of: float | None) -> None:
        advance(0.0, clip.duration_s)

    contents = [(sha256(part.path, told), _as_read(part), _beside(part.path)) for part in (clip, *clip.chapters)]
    asked = (contents, choice, rig, place, _detectors(choice), _measured_by())
    return hashlib.sha256(repr(asked).encode()).hexdigest()


def _as_read(clip: Clip) -> str:
    """Return what of a clip is known from its file and decides how its frames are read."""
    return repr(
        (clip.width, clip.height, clip.fps, clip.duration_s, clip.full_range, clip.transfer, clip.shutter_s, clip.scan)
    )


def _beside(path: Path) -> str | None:
    """Return what names the gyro's log beside a clip; what else is read beside one is told by `_as_read`."""
    log = log_beside(path)
    return None if log is None else f"{log.suffix.lower()} {sha256(log)}"


def _detectors(choice: SubjectChoice) -> list[tuple[str, str]]:
    """Return the detectors that are installed, where any may be asked."""
    if choice.kind in ("box", "target"):
        return []
    return [(model.name, build.sha256) for model in MODELS if (build := installed_build(model.name)) is not None]


@cache
def _measured_by() -> str:
    """Return a name for the code that measures, which changes with it."""
    import av
    import cv2
    import numpy as np

    home = Path(__file__).parents[1]
    files = [home / "target_card.py"]
    for room in _MEASURING:
        files += sorted(path for path in (home / room).rglob("*") if path.suffix in {".py", ".json", ".toml"})
    versions = (cv2.__version__, np.__version__, av.__version__, telemetry_parser_version())
    digest = hashlib.sha256(repr(versions).encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def _adapters() -> dict[str, Any]:
    """Return what writes and reads each of the fields that are kept, and of the frames one."""
    from pydantic import TypeAdapter

    types = get_type_hints(ClipMeasurements) | {"frames": FrameMeasurement}
    names = [field.name for field in fields(ClipMeasurements) if field.name not in _LEFT_OUT]
    return {name: TypeAdapter(types[name]) for name in names}


def _written(measures: ClipMeasurements) -> Iterator[bytes]:
    """Yield what is kept, a line for the clip and one for each frame, a few frames at a time."""
    # The same measurements are the same bytes: no time is written. 31 is gzip's form.
    gzipped = zlib.compressobj(3, wbits=31)
    of_frame = _adapters()["frames"]
    document: dict[str, Any] = {"transfer": measures.clip.transfer, "frame_count": len(measures.frames)}
    for name, adapter in _adapters().items():
        if name != "frames":
            document[name] = adapter.dump_python(getattr(measures, name), mode="json")
    lines = chain([document], (of_frame.dump_python(frame, mode="json") for frame in measures.frames))
    while some := list(islice(lines, _LINES_IN_A_PIECE)):
        yield gzipped.compress("".join(f"{json.dumps(line)}\n" for line in some).encode())
    yield gzipped.flush()


def _read(path: Path, clip: Clip) -> ClipMeasurements | None:
    try:
        with gzip.open(path) as lines:
            document = json.loads(next(lines, b""))
            of_frame = _adapters()["frames"]
            kept = {
                name: adapter.validate_python(document[name])
                for name, adapter in _adapters().items()
                if name != "frames"
            }
            frames = stored(of_frame.validate_python(json.loads(line)) for line in lines)
        if len(frames) != document["frame_count"]:
            return None
        measures = ClipMeasurements(clip=replace(clip, transfer=document["transfer"]), frames=frames, **kept)
        os.utime(path)
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, RecursionError):
        return None  # none there, or one that is damaged: it is measured anew
    return measures
