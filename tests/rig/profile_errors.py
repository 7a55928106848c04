"""How a profile that cannot be used is refused."""

from pathlib import Path

import pytest

from rigcoach.base.errors import RigcoachError
from rigcoach.rig.profile import read_profile


def error_of(path: Path) -> str:
    """What is said of it, in one line."""
    with pytest.raises(RigcoachError) as caught:
        read_profile(path)
    assert "\n" not in caught.value.line()
    return caught.value.line()
