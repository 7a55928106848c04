"""A gyro's log beside a clip, `clip.gcsv` or `clip.csv`, as Gyroflow defines it ([Gyroflow]_).

Its first line is `GYROFLOW IMU LOG`; then come names and values, among them the scales that turn numbers into seconds,
radians a second and g, and `orientation`, how the logger lies; then a line of columns and the readings.

References
----------
.. [Gyroflow] Gyroflow, "GCSV format", https://docs.gyroflow.xyz/app/technical-details/gcsv-format.
"""

import csv
import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from rigcoach.base.clip_names import is_beside
from rigcoach.base.errors import RigcoachError
from rigcoach.measure.arrays import Floats
from rigcoach.video.sensors.samples import Part, Samples
from rigcoach.video.sensors.tracks import SensorTracks

ENDINGS = (".gcsv", ".csv")
_FIRST_LINES = ("GYROFLOW IMU LOG", "CAMERA IMU LOG")
_G_M_S2 = 9.80665
# What Gyroflow takes where a log doesn't say how the logger lay.
_COMMON_ORIENTATION = "xzY"
_COMMON_TIME_S = 0.001
_MOST_BYTES = 2_000_000_000
_TOP_TO_BOTTOM = "0"
_ROWS = 1 << 12


class GyroLogError(RigcoachError):
    """A gyro's log that cannot be read."""

    code = "clip.gyro-log"


def log_beside(clip: Path) -> Path | None:
    """Return the gyro's log that lies beside a clip and has its name; `None` where there is none."""
    for ending in (*ENDINGS, *map(str.upper, ENDINGS)):
        path = clip.with_suffix(ending)
        if is_beside(path) and is_gyro_log(path):
            return path
    return None


def is_gyro_log(path: Path) -> bool:
    """Whether a file begins as Gyroflow's logs do: tables of other kinds have the same ending."""
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError:
        return False
    return head.decode("latin-1").lstrip("ï»¿").startswith(_FIRST_LINES)


def read_gyro_log(path: Path) -> SensorTracks:
    """Read a gyro's log. Its axes are the picture's as far as it says how it lay; its clock is its own.

    Raises
    ------
    GyroLogError
        It cannot be read, or has no readings.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise GyroLogError(f"{path.name} is too large for a gyro's log", why="over 2 GB")
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return _tracks(path.name, csv.reader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise GyroLogError(
            f"{path.name} cannot be read as a gyro's log", why=str(error), next_step="Save it from the logger again"
        ) from error


def _tracks(name: str, rows: Iterator[list[str]]) -> SensorTracks:
    told: dict[str, str] = {}
    columns: list[str] | None = None
    for row in rows:
        cells = [cell.strip() for cell in row]
        if cells and cells[0].lower() in ("t", "time"):
            columns = [cell.lower() for cell in cells]
            break
        if len(cells) >= 2:
            told[cells[0].lower()] = cells[1]
    if columns is None:
        raise ValueError("no line of columns, as t,gx,gy,gz")
    if len(columns) < 4:
        raise ValueError("fewer columns than t,gx,gy,gz")
    scale_s, turned_scale, felt_scale = (
        float(told.get(name, common)) for name, common in (("tscale", _COMMON_TIME_S), ("gscale", 1.0), ("ascale", 1.0))
    )
    if not all(map(math.isfinite, (scale_s, turned_scale, felt_scale))):
        raise ValueError("a scale that is no number")
    table = Samples.of(len(columns) - 1, ((times * scale_s, values) for times, values in _tables(rows, len(columns))))
    if len(table) < 2:
        raise ValueError("no readings below its columns")
    orientation = told.get("orientation", _COMMON_ORIENTATION)
    gyro = table.changed(3, lambda _, values: _in_picture(values[:, :3] * turned_scale, orientation))
    felt = None
    if len(columns) >= 7 and all(np.isfinite(values[:, 3:6]).all() for _, values in table.parts()):
        felt = table.changed(3, lambda _, values: _in_picture(values[:, 3:6] * felt_scale * _G_M_S2, orientation))
    readout_s = None
    if told.get("frame_readout_direction", _TOP_TO_BOTTOM) == _TOP_TO_BOTTOM and "frame_readout_time" in told:
        readout_s = float(told["frame_readout_time"]) / 1000 or None
    source = " ".join(part for part in (told.get("vendor"), told.get("id")) if part)
    return SensorTracks(
        source=f"{name} ({source})" if source else name,
        gyro=gyro,
        accelerometer=felt,
        readout_s=readout_s,
        same_clock=False,
    )


def _tables(rows: Iterator[list[str]], width: int) -> Iterator[Part]:
    """Yield the log's times and the columns beside them, some rows at a time."""
    while some := list(islice(rows, _ROWS)):
        table = np.array([_numbers(row, width) for row in some if len(row) >= 4], dtype=np.float64).reshape(-1, width)
        table = table[np.isfinite(table[:, :4]).all(1)]
        yield table[:, 0], table[:, 1:]


def _numbers(row: list[str], width: int) -> list[float]:
    """Return a row's numbers, NaN where one is none or missing: loggers are cut off in the middle of a line."""
    cells = (row + [""] * width)[:width]
    numbers = []
    for cell in cells:
        try:
            numbers.append(float(cell))
        except ValueError:
            numbers.append(np.nan)
    return numbers


def _in_picture(values: Floats, orientation: str) -> Floats:
    """Return readings in the picture's axes.

    An orientation names the log's axes, small for the reverse, that lie up, left and back: so Gyroflow takes them.
    """
    if sorted(orientation.upper()) != ["X", "Y", "Z"]:
        raise ValueError(f"its orientation {orientation!r} is none of X, Y, Z in any order")
    up, left, back = (values[:, "XYZ".index(axis.upper())] * (1 if axis.isupper() else -1) for axis in orientation)
    return -np.stack((left, up, back), axis=1)
