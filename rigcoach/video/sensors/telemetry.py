"""Sensor data in other makers' files, read by the package telemetry-parser where it is installed.

It knows Sony's, Insta360's, DJI's and others' tracks, and the logs of phones. It gives movement alone, on the clip's
clock; a file that it stumbles over tells nothing.
"""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from rigcoach.video.sensors.samples import Samples
from rigcoach.video.sensors.tracks import SensorTracks


def telemetry_parser_version() -> str | None:
    """Return which telemetry-parser is installed; `None` where none is."""
    try:
        return version("telemetry-parser")
    except PackageNotFoundError:
        return None


def telemetry_tracks(path: Path) -> SensorTracks | None:
    """Return what telemetry-parser reads from a file; `None` where that is nothing."""
    import telemetry_parser

    try:
        parser: Any = telemetry_parser.Parser(str(path))
        readings = parser.normalized_imu()
        source = " ".join(part for part in (parser.camera, parser.model) if part)
    except (OSError, ValueError, RuntimeError):
        return None
    except BaseException as error:
        # What Rust calls a panic is no Exception in Python; Ctrl-C and the like go on.
        if type(error).__name__ != "PanicException":
            raise
        return None
    gyro, felt = _samples(readings, "gyro", np.pi / 180), _samples(readings, "accl", 1.0)
    return None if gyro is None else SensorTracks(source=source, gyro=gyro, accelerometer=felt)


def _samples(readings: list[dict[str, Any]], name: str, scale: float) -> Samples | None:
    there = [(each["timestamp_ms"], *each[name]) for each in readings if each.get(name) is not None]
    if len(there) < 2:
        return None
    table = np.asarray(there, dtype=np.float64)
    if not np.isfinite(table).all():
        return None
    # Its axes are up, left and back.
    return Samples.of(3, [(table[:, 0] / 1000, -table[:, [2, 1, 3]] * scale)])
