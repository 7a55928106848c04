"""Rehearse shooting without a viewfinder: set the rig, record practice takes, score every frame.

For programs: the names in `__all__` are loaded when they are first used, so that ``import rigcoach`` costs nothing.

>>> from rigcoach import score
>>> score.__module__
'rigcoach.api'
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rigcoach.api import measure, review, score
    from rigcoach.base.errors import RigcoachError
    from rigcoach.emulated.process import EmulatedBody
    from rigcoach.rig.profile import load_profile
    from rigcoach.tether.camera import Camera
    from rigcoach.tether.settings.apply import apply as apply_profile

__version__ = "0.1.0"

__all__ = [
    "Camera",
    "EmulatedBody",
    "RigcoachError",
    "__version__",
    "apply_profile",
    "load_profile",
    "measure",
    "review",
    "score",
]

# Where each lies, and what it is called there.
_LAZY = {
    "Camera": ("rigcoach.tether.camera", "Camera"),
    "EmulatedBody": ("rigcoach.emulated.process", "EmulatedBody"),
    "RigcoachError": ("rigcoach.base.errors", "RigcoachError"),
    "apply_profile": ("rigcoach.tether.settings.apply", "apply"),
    "load_profile": ("rigcoach.rig.profile", "load_profile"),
    "measure": ("rigcoach.api", "measure"),
    "review": ("rigcoach.api", "review"),
    "score": ("rigcoach.api", "score"),
}


def __getattr__(name: str) -> Any:
    """Load a name of `__all__` when it is first asked for (PEP 562)."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _LAZY[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


class _Door(ModuleType):
    """The module itself, whose `measure` stays the function when the package of that name is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _LAZY and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Door
