"""Where profiles, drills and gear are kept: what ships with rigcoach, and what the photographer keeps."""

import os
import re
from pathlib import Path

from rigcoach.base.errors import RigcoachError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.IGNORECASE)


def shipped_folder(kind: str) -> Path:
    """Return the folder of shipped data.

    In an installed package it lies inside the package, in a checkout at the top of the repository.

    Parameters
    ----------
    kind
        ``"profiles"``, ``"hardware"`` or ``"drills"``.

    Raises
    ------
    RigcoachError
        Where neither is there: the installation is broken.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "shipped" / kind, package.parent / kind):
        if folder.is_dir():
            return folder
    raise RigcoachError(
        f"the {kind} that come with rigcoach are missing",
        why=f"nothing at {package / 'shipped' / kind}",
        next_step="Reinstall rigcoach",
        code="install.broken",
    )


def user_folder(kind: str) -> Path:
    """Return the folder where the photographer's own `kind` lies; it need not exist.

    ``RIGCOACH_HOME`` moves all of it; otherwise it is where `platformdirs` puts user data.
    """
    home = os.environ.get("RIGCOACH_HOME")
    if home:
        try:
            return Path(home).expanduser() / kind
        except RuntimeError as error:
            raise RigcoachError(
                f"RIGCOACH_HOME is {home}",
                why="there is no such user",
                next_step="Name a folder that is there",
                code="home.unknown",
            ) from error
    import platformdirs

    return platformdirs.user_data_path("rigcoach", appauthor=False) / kind


def can_be_named(name: str) -> bool:
    """Whether a file of the photographer's own can have a name: letters, digits, ``-``, ``_`` and ``.``, no folder.

    >>> can_be_named("my-hip-2m"), can_be_named("../hip"), can_be_named("hip.toml")
    (True, False, False)
    """
    return _NAME.fullmatch(name) is not None and not name.endswith((".", ".toml"))


def toml_files(kind: str) -> tuple[Path, ...]:
    """Return all files of a kind by name; the photographer's own stand before shipped ones of the same name."""
    found: dict[str, Path] = {}
    for folder in (user_folder(kind), shipped_folder(kind)):
        for path in sorted(folder.glob("*.toml")):
            found.setdefault(path.stem, path)
    return tuple(found[stem] for stem in sorted(found))
