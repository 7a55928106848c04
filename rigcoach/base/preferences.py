"""What a photographer wants everywhere, unless a command is told otherwise: one TOML file, ``config.toml``.

It lies where `platformdirs` puts a user's configuration; ``RIGCOACH_HOME`` moves it there.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from rigcoach.base.documents import Document
from rigcoach.base.errors import RigcoachError
from rigcoach.base.suggest import did_you_mean
from rigcoach.base.toml_file import KeyLines, parse, read_text, toml_text

FILE_NAME = "config.toml"
CAMERAS = "cameras"
"""The table of cameras' models, each with the profile that was last used with it."""


class PreferencesError(RigcoachError):
    """A configuration that cannot be used, or a value that a key cannot have."""

    code = "config.invalid"


@dataclass(frozen=True, slots=True)
class Key:
    """A preference: what it may be (`None`: any text), what it is for, and what it is where nothing is set."""

    name: str
    choices: tuple[str, ...] | None
    description: str
    default: str = ""


KEYS = (
    Key("rig", None, "profile whose rig is used where --rig is not given"),
    Key("profile", None, "profile that `profile apply`, `check` and `show` use without a name"),
    Key("units", ("both", "metres", "feet"), "distances, printed and typed without a unit", "both"),
    Key("paper", ("a4", "letter", "a3"), "paper for pages to print", "a4"),
    Key("voice", ("on", "off"), "whether prompts are spoken", "on"),
    Key("language", ("en", "de"), "language of reports and of the card of the week", "en"),
    Key("editor", None, "program that opens text files"),
    Key("models", ("ask", "auto", "never"), "whether learnt detectors are downloaded when needed", "ask"),
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """The preferences, by the names of `KEYS`; texts are empty where nothing is set.

    `cameras` has a profile's name for each camera's model, as the camera gives it.
    """

    rig: str = ""
    profile: str = ""
    units: str = "both"
    paper: str = "a4"
    voice: str = "on"
    language: str = "en"
    editor: str = ""
    models: str = "ask"
    cameras: Mapping[str, str] = field(default_factory=dict)


def config_path() -> Path:
    """Return where the configuration lies; it need not exist."""
    if os.environ.get("RIGCOACH_HOME"):
        from rigcoach.base.user_data import user_folder

        return user_folder(FILE_NAME)
    import platformdirs

    return platformdirs.user_config_path("rigcoach", appauthor=False) / FILE_NAME


def preferences_document(chosen: Preferences) -> Document:
    """Return what ``config --json`` prints; `null` for what is not set."""
    values = {key.name: getattr(chosen, key.name) or None for key in KEYS}
    return {"schema": "rigcoach.config/1", "path": str(config_path()), **values, "cameras": dict(chosen.cameras)}


def preferences() -> Preferences:
    """Return the preferences as they are now.

    Raises
    ------
    rigcoach.base.errors.RigcoachError
        The file cannot be read, or holds what no key can have.
    """
    path = config_path()
    try:
        changed = path.stat()
    except OSError:
        return Preferences()
    return _read(path, changed.st_mtime_ns, changed.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int, _size: int) -> Preferences:
    text = read_text(path)
    data, lines = parse(text, path), KeyLines(text)
    wrong = []
    for name, value in data.items():
        problem = _cameras_problem(value) if name == CAMERAS else problem_of(name, value)
        if problem:
            line = lines.of((name,))
            wrong.append(f"line {line}: {problem}" if line else problem)
    if wrong:
        raise PreferencesError(f"{path} cannot be used", why="; ".join(wrong), next_step="Run: rigcoach config edit")
    return Preferences(**data)


def _cameras_problem(value: object) -> str:
    if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
        return ""
    return f"{CAMERAS} must be a table of models with a profile's name each"


def problem_of(name: str, value: object) -> str:
    """Return what is wrong with a value for a key; empty where it is right."""
    key = known_key(name)
    if key is None:
        names = [each.name for each in KEYS]
        return f"`{name}` is not known here; {did_you_mean(name, names) or 'known are ' + ', '.join(names)}"
    if not isinstance(value, str):
        return f"{name}: text in quotes expected, not {toml_text(value)}"
    if key.choices is not None and value not in key.choices:
        return f"{name}: {toml_text(value)} is none of {', '.join(key.choices)}"
    return ""


def known_key(name: str) -> Key | None:
    """Return a key by its name; `None` where there is none."""
    return next((key for key in KEYS if key.name == name), None)


def put(name: str, value: str | None) -> Path:
    """Set a key, or unset it with `None`, and return the file; what else stands in it, remarks too, stays.

    Raises
    ------
    rigcoach.base.errors.RigcoachError
        There is no such key, it cannot have the value, or the file cannot be read or written.
    """
    problem = problem_of(name, "" if value is None else value) if value or known_key(name) is None else ""
    if problem:
        raise PreferencesError(problem, next_step="See `rigcoach config`", code="config.wrong-value")

    def change(document: "dict[str, object]") -> None:
        if value is None:
            document.pop(name, None)
        else:
            document[name] = value

    return _rewrite(change)


def remember_rig(model: str, profile: str) -> None:
    """Note which profile was used with a camera; a file that cannot be read or written is left as it is."""
    if not model or preferences().cameras.get(model) == profile:
        return

    def change(document: "dict[str, object]") -> None:
        import tomlkit

        cameras = document.get(CAMERAS)
        if not isinstance(cameras, dict):
            document[CAMERAS] = cameras = tomlkit.table()
        cameras[model] = profile

    _rewrite(change)


def _rewrite(change: "Callable[[dict[str, object]], None]") -> Path:
    import tomlkit

    from rigcoach.base import disk
    from rigcoach.base.atomic_file import write_whole

    path = config_path()
    document = tomlkit.parse(read_text(path)) if path.exists() else tomlkit.document()
    change(document)
    try:
        disk.make_folder(path.parent)
        write_whole(path, tomlkit.dumps(document).encode())
    except OSError as error:
        raise PreferencesError(
            f"{path} cannot be written",
            why=error.strerror or str(error),
            next_step="Free some space or allow writing there",
            code="file.unwritable",
        ) from error
    return path
