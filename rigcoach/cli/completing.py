"""What a shell may complete a word with: names of profiles, drills, gear, sessions and detectors, and cameras' ports.

Each is asked for when a key is pressed: it imports what it reads and nothing more, and has nothing to say of what it
cannot read.
"""

from collections.abc import Iterable
from contextlib import suppress

import click

from rigcoach.base.errors import RigcoachError


def profiles(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """Return profiles that begin so."""
    from rigcoach.base.user_data import toml_files

    return _beginning(begun, (path.stem for path in toml_files("profiles")))


def drills(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """Return drills that begin so."""
    from rigcoach.base.user_data import toml_files

    return _beginning(begun, (path.stem for path in toml_files("drills")))


def sessions(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """Return sessions that begin so, the last first, and `last` itself."""
    from rigcoach.journal.folder import session_ids

    return _beginning(begun, ("last", *reversed(session_ids())))


def gear(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """Return bodies, lenses and adapters that begin so."""
    from rigcoach.rig.gear_files import load_gear

    try:
        known = load_gear()
    except RigcoachError:
        return []
    return _beginning(begun, (*known.bodies, *known.lenses, *known.adapters))


def detectors(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """Return detectors that begin so."""
    from rigcoach.analysis.detector_weights import MODELS

    return _beginning(begun, dict.fromkeys(model.name for model in MODELS))


def cameras(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """Return ways to name a camera that begin so: the words, and the ports of those that are connected or emulated."""
    from rigcoach.emulated.living_body import living
    from rigcoach.tether.camera import plugged_in

    ports: list[str] = []
    with suppress(RigcoachError):
        ports += [found.port for found in plugged_in()]
        body = living()
        ports += [] if body is None else [body.port_path]
    return _beginning(begun, ("auto", "emulated", *ports))


def _beginning(begun: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(begun)]
