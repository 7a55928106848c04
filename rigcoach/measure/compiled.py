"""Functions of plain loops over numbers, compiled for this machine.

A measure that fits a few hundred numbers many times spends most of its time on calling numpy, not in it. Such a
function is written as loops and compiled by Numba when it is first called. What was compiled is kept, so that this
happens once after installing: beside this module, or with the user's caches where nothing may be written there. Where
it cannot be kept, as on a full disk, or what was kept is damaged, it is compiled anew.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, ParamSpec, Self, TypeVar, cast

from numba import njit
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.np import linalg

from rigcoach.measure.compiled_folder import compiled_folder, mark_compiling

P = ParamSpec("P")
R = TypeVar("R")


def _load_arrays() -> None:
    """Load what Numba knows of arrays; it would load SciPy's linear algebra, too, to see whether it is there.

    That takes half as long again and is not needed: rigcoach's own dependencies have it there, what is compiled here
    uses none, and whatever does use some asks again.
    """
    asks = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        linalg.ensure_blas = asks


# Of another Numba that asks otherwise, what is compiled is the same.
if hasattr(linalg, "ensure_blas"):
    _load_arrays()


class _Place:
    """Where Numba keeps a function: by its names, in the folder that is this source's own, wherever the source lies.

    Numba itself would keep apart what two copies of one source were compiled to.
    """

    def __init__(self, function: Callable[..., Any], path: str, folder: Path) -> None:
        self._py_file, self._folder = path, folder
        self._line = function.__code__.co_firstlineno

    def get_cache_path(self) -> str:
        return str(self._folder / Path(self._py_file).parent.name)

    def ensure_cache_path(self) -> None:
        Path(self.get_cache_path()).mkdir(parents=True, exist_ok=True)

    def get_source_stamp(self) -> str:
        return self._folder.name

    def get_disambiguator(self) -> str:
        return str(self._line)

    @classmethod
    def from_function(cls, function: Callable[..., Any], path: str) -> Self | None:
        folder = compiled_folder()
        return None if folder is None else cls(function, path, folder)


class _Compiled(CompileResultCacheImpl):
    """How Numba keeps a function, in its place."""

    _locator_classes = cast(Any, [_Place])


class _Kept(FunctionCache):
    """What of a function was compiled before, on the disk; never a reason for failing."""

    _impl_class = _Compiled

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the function compiled for arguments of a kind; `None` where that is not there, or is damaged."""
        try:
            found = super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - what a damaged file holds raises anything
            found = None
            with suppress(OSError):
                self.flush()  # type: ignore[no-untyped-call]
        if found is None:
            mark_compiling(begun=True)
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, where that is possible."""
        mark_compiling(begun=False)
        # A full disk, or an index that is damaged and cannot be written anew.
        with suppress(OSError, ValueError, EOFError, UnpicklingError):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function compiled; other threads run while it works.

    Its numbers are those of the loops as written: nothing is reordered for speed, and a division by zero gives what
    numpy gives.
    """
    made: Any = njit(nogil=True, error_model="numpy")(function)
    kept = _kept(function)
    if kept is not None:
        made._cache = kept
    return cast(Callable[P, R], made)


def _kept(function: Callable[..., Any]) -> _Kept | None:
    """Return where a function is kept; `None` where it cannot be."""
    kept = cast(Any, _Kept)
    try:
        return cast(_Kept, kept(function))
    except (OSError, RuntimeError):  # no place for it, as on a full disk
        return None
