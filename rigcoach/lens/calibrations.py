"""Calibrations of a ring's marks, kept with the photographer's data: a small file for each rig."""

import math
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rigcoach.base import toml_file
from rigcoach.base.outputs import remove_kept, write_kept
from rigcoach.base.toml_file import FileError
from rigcoach.base.user_data import user_folder
from rigcoach.optics.register_error import MarkRead, RegisterError
from rigcoach.rig.gear import Rig

_FORGET = "Remove it with `rigcoach focus calibrate --forget` and film the marks again"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A rig's register error, and when it was measured."""

    register: RegisterError
    measured: date


def calibration_path(rig: Rig) -> Path:
    """Return where a rig's calibration lies, whether there is one or not."""
    ids = ("none" if part is None else part.id for part in (rig.body, rig.lens, rig.adapter))
    # The ids of a photographer's own gear may hold anything.
    return user_folder("calibrations") / f"{'+'.join(re.sub(r'[^a-zA-Z0-9._-]', '_', each) for each in ids)}.toml"


def load_calibration(rig: Rig) -> Calibration | None:
    """Return a rig's calibration; `None` where none was made.

    Raises
    ------
    rigcoach.base.toml_file.FileError
        Where its file cannot be used.
    """
    path = calibration_path(rig)
    if not path.exists():
        return None
    data = toml_file.parse(toml_file.read_text(path), path)
    try:
        reads = tuple(
            MarkRead(_length(row["mark_m"]), _length(row["focus_m"]), _number(row["sd_per_m"])) for row in data["mark"]
        )
        register = RegisterError(_number(data["register_error_mm"]), _number(data["register_error_sd_mm"]), reads)
        if not isinstance(data["measured"], date) or not reads:
            raise ValueError("a day and marks are wanted")
        return Calibration(register, data["measured"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise FileError(
            f"{path} cannot be used", why=f"it is not as it was written ({error})", next_step=_FORGET
        ) from error


def save_calibration(rig: Rig, calibration: Calibration) -> Path:
    """Write a rig's calibration in place of any before, and return its file."""
    path = calibration_path(rig)
    register = calibration.register
    lines = [
        "# What this rig's focus ring really focuses at, by `rigcoach focus calibrate`.",
        f"measured = {calibration.measured.isoformat()}",
        f"register_error_mm = {register.error_mm:.5f}  # above zero the adapter is too thick",
        f"register_error_sd_mm = {register.sd_mm:.5f}",
    ]
    for read in register.reads:
        lines += [
            "",
            "[[mark]]",
            f"mark_m = {read.mark_m:.5f}",
            f"focus_m = {read.focus_m:.5f}  # from the lens",
            f"sd_per_m = {read.sd_per_m:.5f}",
        ]
    write_kept(path, "\n".join([*lines, ""]).encode())
    return path


def forget_calibration(rig: Rig) -> bool:
    """Remove a rig's calibration; return whether there was one."""
    path = calibration_path(rig)
    there = path.exists()
    remove_kept(path)
    return there


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def _length(value: Any) -> float:
    if (length := _number(value)) <= 0:
        raise ValueError(f"{value!r} is no distance")
    return length
