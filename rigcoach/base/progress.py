"""Progress of work, and who is told about it."""

from collections.abc import Callable

Advance = Callable[[float, float | None], None]
"""Is told how much is done, and of how much where that is known."""


def no_progress(_done: float, _of: float | None) -> None:
    """Take how far the work has come, and tell nobody."""
