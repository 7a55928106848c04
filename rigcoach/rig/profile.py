"""Profiles: the settings that a rig is to have before a shoot."""

from dataclasses import dataclass
from pathlib import Path

from rigcoach.errors import RigcoachError
from rigcoach.rig import toml_file
from rigcoach.rig.gear import Rig
from rigcoach.rig.profile_schema import ProfileFile
from rigcoach.rig.settings import Settings
from rigcoach.rig.shipped import shipped_folder, user_folder
from rigcoach.rig.suggest import did_you_mean


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
    found: dict[str, Path] = {}
    for folder in (user_folder("profiles"), shipped_folder("profiles")):
        for path in sorted(folder.glob("*.toml")):
            found.setdefault(path.stem, path)
    return tuple(found[stem] for stem in sorted(found))


def read_profile(path: Path) -> Profile:
    """Read a profile from a file.

    Raises
    ------
    rigcoach.rig.toml_file.FileError
        Where the file cannot be used.
    """
    file = toml_file.load(path, ProfileFile)
    raw = tuple(RawSetting(widget, value) for widget, value in file.raw.items())
    return Profile(file.name or path.stem, file.description, file.rig.rig(), file.settings.settings(), raw, path)
