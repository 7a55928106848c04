"""Profiles: the settings that a rig is to have before a shoot."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rigcoach.base import toml_file
from rigcoach.base.errors import RigcoachError
from rigcoach.base.suggest import did_you_mean
from rigcoach.base.user_data import toml_files
from rigcoach.rig.gear import GearError, Rig
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.setting_checks import CHECKS, WrongValueError, settings_of, text
from rigcoach.rig.settings import Settings

if TYPE_CHECKING:
    from rigcoach.rig.profile_schema import ProfileFile


@dataclass(frozen=True, slots=True)
class RawSetting:
    """A widget by its gphoto2 name, and the value to send as it stands."""

    widget: str
    value: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Settings under a name, with the rig they are meant for where that is known."""

    name: str
    description: str
    rig: Rig
    settings: Settings
    raw: tuple[RawSetting, ...]
    path: Path


def load_profile(name: str) -> Profile:
    """Return a profile by its name or path.

    A name is looked for among the photographer's own profiles first, then among those that ship with rigcoach; what
    ends in ``.toml`` or holds a path separator is a path.

    Raises
    ------
    RigcoachError
        Where there is none, or it cannot be used: every error of the file at once, each with its line.
    """
    if name.endswith(".toml") or Path(name).name != name:
        return read_profile(Path(name).expanduser())
    for path in profile_paths():
        if path.stem == name:
            return read_profile(path)
    if Path(name).is_file():
        return read_profile(Path(name))
    known = [path.stem for path in profile_paths()]
    hint = did_you_mean(name, known).capitalize()
    raise RigcoachError(
        f"there is no profile `{name}`",
        next_step=f"{hint} See `rigcoach profile list`, or give the path of a file".strip(),
        code="profile.unknown",
    )


def profile_paths() -> tuple[Path, ...]:
    """Return the files of all profiles by name; the photographer's own stand before shipped ones of the same name."""
    return toml_files("profiles")


def read_profile(path: Path) -> Profile:
    """Read a profile from a file.

    Raises
    ------
    rigcoach.base.toml_file.FileError
        Where the file cannot be used.
    """
    data = toml_file.parse(toml_file.read_text(path), path)
    if (profile := _quickly(data, path)) is not None:
        return profile
    # The schema takes a while to import; it is what tells every error with its line.
    from rigcoach.rig.profile_schema import ProfileFile

    return profile_of(toml_file.load(path, ProfileFile), path)


def profile_of(file: "ProfileFile", path: Path) -> Profile:
    """Return a checked file as data."""
    raw = tuple(RawSetting(widget, value) for widget, value in file.raw.items())
    return Profile(file.name or path.stem, file.description, file.rig.rig(), file.wanted(), raw, path)


def _quickly(data: dict[str, Any], path: Path) -> Profile | None:
    """Return the profile in a file that is right in all; None where the schema is to say what is wrong."""
    tables = {key: data.get(key, {}) for key in ("rig", "settings", "raw")}
    rig, settings, raw = tables.values()
    shaped = all(isinstance(table, dict) for table in tables.values())
    if not shaped or set(data) - {"name", "description", *tables} or set(rig) - {"body", "lens", "adapter"}:
        return None
    if set(settings) - set(CHECKS) or not (settings or raw) or not all(isinstance(part, str) for part in rig.values()):
        return None
    try:
        checked: dict[str, Any] = {}
        nothing = dict.fromkeys(CHECKS)
        for name in (name for name in CHECKS if name in settings):
            checked[name] = CHECKS[name](settings[name], nothing | checked)
        texts = tuple(RawSetting(text(key), text(value, empty=True, longest=1000)) for key, value in raw.items())
        name = text(data.get("name", path.stem))
        description = text(data.get("description", ""), empty=True, longest=1000)
        parts = load_gear().rig(rig.get("body"), rig.get("lens"), rig.get("adapter"))
    except (WrongValueError, GearError):
        return None
    return Profile(name, description, parts, settings_of(checked), texts, path)
