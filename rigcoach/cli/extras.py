"""Optional parts: what is not installed is told with the one line that installs it."""

from collections.abc import Sequence
from importlib.util import find_spec

from rigcoach.base.errors import RigcoachError


class ExtraMissingError(RigcoachError):
    """A part that is installed only where it is asked for."""


def check_extra(extra: str, modules: Sequence[str], what: str) -> None:
    """Make sure that an extra's libraries are there.

    Parameters
    ----------
    extra
        Its name, as pip is given it.
    modules
        The libraries.
    what
        What needs them.

    Raises
    ------
    ExtraMissingError
        One of them is not.
    """
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise ExtraMissingError(
            f"{what} is not installed",
            why=f"{', '.join(missing)} not found",
            next_step=f"Install it: pip install 'rigcoach[{extra}]'",
            code=f"{extra}.not-installed",
        )
