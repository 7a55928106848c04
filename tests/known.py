"""What a test relies on being there."""

from typing import TypeVar

T = TypeVar("T")


def known(value: T | None) -> T:
    """Return what must have been found, measured or told; the test fails where there is None."""
    assert value is not None, "None, where the test needs a value"
    return value
