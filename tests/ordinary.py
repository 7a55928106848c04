"""An ordinary user, whom permissions hold, also where the tests run as root."""

import os
import shutil
import subprocess
import sys

import pytest

_CAPS = "-dac_override,-dac_read_search"
_AS_ORDINARY = ("setpriv", f"--bounding-set={_CAPS}", f"--inh-caps={_CAPS}")


def ordinary_python() -> list[str]:
    """Return the command that runs Python as somebody whom permissions hold; skips where that cannot be had."""
    if os.geteuid() != 0:
        return [sys.executable]
    if shutil.which("setpriv") is None:
        pytest.skip("root is held by no permission, and there is no setpriv")
    tried = subprocess.run([*_AS_ORDINARY, "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("root is held by no permission, and may not give that up here")
    return [*_AS_ORDINARY, sys.executable]
