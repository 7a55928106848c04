"""Functions of plain loops over numbers, compiled for this machine.

A measure that fits a few hundred numbers many times spends most of its time on calling numpy, not in it. Such a
function is written as loops and compiled by Numba when it is first called; what was compiled is kept beside its module,
or with the user's caches where nothing may be written there, so that it happens once after installing.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function compiled; other threads run while it works.

    Its numbers are those of the loops as written: nothing is reordered for speed, and a division by zero gives what
    numpy gives.
    """
    return cast(Callable[P, R], njit(cache=True, nogil=True, error_model="numpy")(function))
