"""Compiled functions compute whatever becomes of the files in which they are kept."""

import importlib
import math
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from rigcoach.measure import compiled as compiling
from rigcoach.measure.compiled_folder import compiled_folder, is_compiling, mark_compiling

NUMBER = 2.25
ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from rigcoach.measure import compiled

compiled.compiled_folder = lambda: Path(sys.argv[1])

def root(number):
    return number**0.5

resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
print(compiled.compiled(root)(2.25))
# It takes long to load, and nothing that is compiled uses it.
assert "scipy.linalg" not in sys.modules
"""

OF_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from rigcoach.measure import compiled_folder

compiled_folder.compiled_folder = lambda: Path(sys.argv[1])
compiled_folder.mark_compiling(begun=True)
"""
KILLED = f"{OF_ANOTHER_PROCESS}import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


def root(number):
    return math.sqrt(number)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(compiling, "compiled_folder", lambda: tmp_path)
    return tmp_path


def kept_in(folder, ending):
    return sorted(path for path in folder.rglob(f"*{ending}") if path.is_file())


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of files' sizes there")
def test_what_cannot_be_kept_is_computed_nevertheless(tmp_path):
    script = tmp_path / "full.py"  # of what stands in no file nothing would be kept
    script.write_text(ON_A_FULL_DISK)
    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("1.5", 0), done.stderr


@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
def test_what_is_damaged_is_compiled_and_kept_anew(folder, ending):
    assert compiling.compiled(root)(NUMBER) == 1.5
    (path,) = kept_in(folder, ending)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert compiling.compiled(root)(NUMBER) == 1.5
    again: Any = compiling.compiled(root)
    assert again(NUMBER) == 1.5
    assert sum(again.stats.cache_hits.values()) == 1


@pytest.mark.usefixtures("folder")
def test_what_was_compiled_serves_every_copy_of_the_source(tmp_path, monkeypatch):
    source = "def root(number):\n    return number**0.5\n"
    hits = []
    for place in ("one/roots", "other/roots"):
        path = tmp_path / place / "power.py"
        path.parent.mkdir(parents=True)
        path.write_text(source)
        monkeypatch.syspath_prepend(path.parent)
        made: Any = compiling.compiled(importlib.import_module("power").root)
        assert made(NUMBER) == 1.5
        hits.append(sum(made.stats.cache_hits.values()))
        del sys.modules["power"]
    assert hits == [0, 1]


def test_who_waits_is_told_while_functions_are_compiled_only(tmp_path, monkeypatch):
    from rigcoach.measure import compiled_folder as module

    monkeypatch.setattr(module, "compiled_folder", lambda: tmp_path)
    assert not is_compiling()
    mark_compiling(begun=True)
    assert is_compiling()
    # One that it calls is compiled meanwhile.
    mark_compiling(begun=True)
    mark_compiling(begun=False)
    assert is_compiling()
    mark_compiling(begun=False)
    assert not is_compiling()


def test_who_waits_is_told_of_all_processes_that_compile(tmp_path, monkeypatch):
    from rigcoach.measure import compiled_folder as module

    monkeypatch.setattr(module, "compiled_folder", lambda: tmp_path)
    mark_compiling(begun=True)
    assert subprocess.run([sys.executable, "-c", OF_ANOTHER_PROCESS, tmp_path], check=False).returncode == 0
    assert is_compiling()
    mark_compiling(begun=False)
    assert not is_compiling()
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert is_compiling()
    long_ago = time.time() - 3600
    (mark,) = tmp_path.glob("compiling-*")
    os.utime(mark, (long_ago, long_ago))
    assert not is_compiling()


def test_nothing_is_told_where_nothing_may_be_written(monkeypatch):
    from rigcoach.measure import compiled_folder as module

    monkeypatch.setattr(module, "compiled_folder", lambda: None)
    mark_compiling(begun=True)
    assert not is_compiling()
    mark_compiling(begun=False)


def test_the_folder_changes_with_the_source():
    folder = compiled_folder()
    assert folder is not None
    assert folder.name.startswith("compiled-")
