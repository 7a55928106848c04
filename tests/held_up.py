"""rigcoach as it is typed, held up at a place in its work until it is let go: who tests what comes then may be slow.

Given as a program to Python it runs the command that its arguments say. Every process of that command which comes to
the place, those that are begun anew too, leaves a file and waits; a function is held up as it returns, a generator
before each further item, so that work in which something is read goes on slowly and hears what is said to it.
"""

import functools
import importlib.machinery
import importlib.util
import inspect
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

_PLACE = "HELD_UP_AT"
_SLOWLY_S = 0.3
_LOOK_S = 0.02
_PATIENCE_S = 120.0


class HeldUp:
    """A place where a command is held up.

    Parameters
    ----------
    folder
        A folder of its own.
    at
        A function, method or generator, as ``module:name``.
    times
        At which of its calls, or before which of a generator's items, counted from 1.
    given
        Count calls with this argument alone.
    """

    def __init__(self, folder: Path, at: str, times: int = 1, given: str = "") -> None:
        folder.mkdir()
        self._folder = folder
        self.environment = {_PLACE: "\n".join((str(folder), at, str(times), given))}

    def command(self, *arguments: object) -> list[str]:
        """Return how rigcoach is started, with `environment` in its own."""
        return [sys.executable, __file__, *map(str, arguments)]

    @property
    def there(self) -> list[int]:
        """The numbers of the processes that came to the place."""
        return [int(file.name) for file in self._folder.iterdir() if file.name.isdecimal()]

    def wait(self, is_running: Callable[[], bool]) -> int:
        """Wait until a process has come to the place; return its number."""
        until = time.monotonic() + _PATIENCE_S
        while not (there := self.there):
            assert is_running(), "it ended before it came to that"
            assert time.monotonic() < until, "it did not come to that"
            time.sleep(_LOOK_S)
        return there[0]

    def let_go(self) -> None:
        (self._folder / "go").touch()


def _hold_up(folder: Path, name: str, times: int, given: str, module: ModuleType) -> None:
    *owners, last = name.split(".")
    owner: Any = functools.reduce(getattr, owners, module)
    original = getattr(owner, last)
    calls = 0

    def wait(longest_s: float) -> None:
        (folder / str(os.getpid())).touch()
        until = time.monotonic() + longest_s
        while not (folder / "go").exists() and time.monotonic() < until:
            time.sleep(_LOOK_S)

    @functools.wraps(original)
    def item_by_item(*arguments: Any, **options: Any) -> Iterator[Any]:
        for number, item in enumerate(original(*arguments, **options), 1):
            if number >= times:
                wait(_SLOWLY_S)
            yield item

    @functools.wraps(original)
    def call(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        result = original(*arguments, **options)
        if not given or given in arguments:
            calls += 1
            if calls == times:
                wait(_PATIENCE_S)
        return result

    setattr(owner, last, item_by_item if inspect.isgeneratorfunction(original) else call)


class _Finder(importlib.machinery.PathFinder):
    """Changes a module as soon as it is loaded, and has it loaded no sooner for that."""

    module, folder, name, times, given = "", Path(), "", 1, ""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != cls.module:
            return None
        spec = super().find_spec(fullname, path, target)
        assert spec is not None
        loader: Any = spec.loader
        load = loader.exec_module

        def load_and_change(module: ModuleType) -> None:
            load(module)
            _hold_up(cls.folder, cls.name, cls.times, cls.given, module)

        loader.exec_module = load_and_change
        return spec


if place := os.environ.get(_PLACE):
    folder, at, times, _Finder.given = place.split("\n")
    _Finder.module, _, _Finder.name = at.partition(":")
    _Finder.folder, _Finder.times = Path(folder), int(times)
    sys.meta_path.insert(0, _Finder)

if __name__ == "__main__":
    from rigcoach.cli.main import run

    sys.path.pop(0)  # this folder, where Python put it
    run()
