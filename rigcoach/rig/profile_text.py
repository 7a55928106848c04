"""Profiles as files: write one down in the form that `rigcoach.rig.profile.read_profile` reads, and keep it."""

import re
from collections.abc import Iterable
from pathlib import Path

from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import write_kept
from rigcoach.base.toml_file import toml_string
from rigcoach.base.user_data import can_be_named, user_folder
from rigcoach.rig.profile import Profile
from rigcoach.rig.settings import SettingRequest


class ProfileKeptError(RigcoachError):
    """A profile that cannot be saved under the name that was given."""

    code = "profile.name"


def profile_text(profile: Profile, notes: Iterable[str] = ()) -> str:
    """Return a profile as a TOML text, with notes as comments at its top."""
    lines = [f"# {_one_line(note)}" for note in notes]
    lines += [f"name = {toml_string(profile.name)}"]
    if profile.description:
        lines.append(f"description = {toml_string(profile.description)}")
    parts = profile.rig.ids
    lines += ["", "[rig]", *(f"{key} = {toml_string(part)}" for key, part in parts.items())] if parts else []
    requests = profile.settings.requests()
    if requests:
        lines += ["", "[settings]", *(f"{request.setting} = {value_text(request)}" for request in requests)]
    if profile.raw:
        lines += ["", "[raw]", *(f"{toml_string(raw.widget)} = {toml_string(raw.value)}" for raw in profile.raw)]
    return "\n".join(lines) + "\n"


def value_text(request: SettingRequest) -> str:
    """Return a setting's value as it stands in a profile's file: ``"1/50"``, ``400``, ``true``.

    >>> value_text(SettingRequest("shutter", 0.02, "1/50")), value_text(SettingRequest("aperture", 8.0, "f/8"))
    ('"1/50"', '8')
    """
    if isinstance(request.value, bool):
        return "true" if request.value else "false"
    if isinstance(request.value, str):
        return toml_string(request.value)
    return toml_string(request.text) if request.setting == "shutter" else f"{request.value:.10g}"


def keep(profile: Profile, notes: Iterable[str] = (), *, replace: bool = False) -> Path:
    """Write a profile among the photographer's own, under its name, and return where it lies.

    Raises
    ------
    ProfileKeptError
        Where the name is none for a file, or is taken and `replace` is not set.
    """
    path = user_folder("profiles") / f"{checked_name(profile.name)}.toml"
    if path.exists() and not replace:
        raise ProfileKeptError(
            f"you have a profile `{profile.name}` already",
            why=str(path),
            next_step="Choose another name, or use --force",
        )
    write_kept(path, profile_text(profile, notes).encode())
    return path


def checked_name(name: str) -> str:
    """Return a name that can be a file's: letters, digits, ``-``, ``_`` and ``.``, no folder in it.

    Raises
    ------
    ProfileKeptError
        Where it is none.
    """
    if can_be_named(name) and name != "camera":
        return name
    raise ProfileKeptError(
        f"`{name}` cannot be a profile's name",
        why="use letters, digits, - and _ only, and not `camera`",
        next_step="Choose a name such as my-hip-video",
    )


def _one_line(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())
