"""The photographer's own gear as files, one a piece, in the shape of those that ship."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import write_kept
from rigcoach.base.toml_file import problems_in
from rigcoach.base.user_data import user_folder
from rigcoach.rig.catalog import find
from rigcoach.rig.gear import Adapter, Body, Lens
from rigcoach.rig.gear_files import load_gear, reload_gear
from rigcoach.rig.gear_schema import GearFile

_MOVIE = "movie_"


class OwnGearError(RigcoachError):
    """Gear that cannot be saved as it was described."""

    code = "gear.own"


def gear_id(name: str) -> str:
    """Return the id of gear called so.

    >>> gear_id("Helios 44-2 58mm f/2")
    'helios-44-2-58mm-f2'
    """
    return re.sub(r"[^a-z0-9.]+", "-", name.lower().replace("f/", "f")).strip("-.")


def keep_gear(kind: str, row: Mapping[str, Any], *, replace: bool = False) -> tuple[Body | Lens | Adapter, Path]:
    """Write a piece of gear among the photographer's own.

    Parameters
    ----------
    kind
        ``"body"``, ``"lens"`` or ``"adapter"``.
    row
        Its fields as in the shipped files, without the id; a body's movie as ``movie_width_px`` and so on.
    replace
        Whether a file of that id may be replaced.

    Returns
    -------
    The piece as it is read back, and its file.

    Raises
    ------
    OwnGearError
        Where the description cannot be used, or the id is taken.
    """
    part_id = gear_id(str(row.get("name", "")))
    if not part_id:
        raise OwnGearError("gear needs a name", next_step="Give it: --name 'Helios 44-2'")
    movie = {key.removeprefix(_MOVIE): value for key, value in row.items() if key.startswith(_MOVIE)}
    plain = {"id": part_id, **{key: value for key, value in row.items() if not key.startswith(_MOVIE)}}
    if movie:
        plain["movie"] = movie
    wrong = [text for _, text in problems_in({kind: [plain]}, GearFile)]
    if wrong:
        raise OwnGearError(f"this {kind} cannot be saved", why="; ".join(wrong), next_step="Change that and try again")
    mounts = load_gear().mounts
    for key in ("mount", "lens_mount", "body_mount"):
        if key in plain:
            find(mounts, "mount", plain[key])
    path = user_folder("hardware") / f"{part_id}.toml"
    if path.exists() and not replace:
        raise OwnGearError(
            f"you have a `{part_id}` already", why=str(path), next_step="Choose another name, or use --force"
        )
    text = f"[[{kind}]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in plain.items())
    write_kept(path, text.encode())
    return reload_gear().part(part_id), path


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
