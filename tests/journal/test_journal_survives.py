"""Processes that are killed, that write at once, and disks that are full: no session is lost."""

import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from journal.made_sessions import kept

from rigcoach.journal import folder, index

TESTS = Path(__file__).parents[1]

WRITES_ON_AND_ON = """
from dataclasses import replace
from journal.made_sessions import kept, session
from rigcoach.journal import folder, index
path = kept("hip-3m", day=1)
print("begun", flush=True)
number = 0
while True:
    number += 1
    folder.write(path, replace(folder.read(path), weighting="x" * (number % 7) * 20_000))
    index.update()
"""

MAKES_TEN = """
import sys
from journal.made_sessions import kept
from rigcoach.journal import index
for number in range(10):
    kept("hip-3m", (10.0 * number, 50.0), day=number)
    index.update()
"""

FOLDER_TAKEN_AWAY = """
import os
import sys
from journal.made_sessions import kept
taken = []
def another(event, arguments):
    if event == "open" and ".new-" in str(arguments[0]) and not taken:
        taken.append(arguments[0])
        os.rmdir(arguments[0])
sys.addaudithook(another)
kept("hip-3m", day=1)
print(len(taken), "taken away")
"""

WRITES_TOO_MUCH = """
import sys
from dataclasses import replace
from pathlib import Path
from rigcoach.journal import folder, index
path = Path(sys.argv[1])
try:
    folder.write(path, replace(folder.read(path), weighting="x" * 3_000_000))
except folder.JournalError as error:
    print(error.line())
log = index.read_log()
print(len(log.sessions), "sessions;", log.trouble)
"""


@pytest.fixture(autouse=True)
def _helpers_found_by_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{TESTS}{os.pathsep}{TESTS.parent}")


def python(code: str, *arguments: object, **how: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **how)  # type: ignore[call-overload, no-any-return]


@pytest.mark.slow
def test_a_process_killed_while_it_writes_leaves_a_whole_session_and_a_whole_index() -> None:
    first = kept("still-2m")
    for pause_s in (0.03, 0.14, 0.25):
        with python(WRITES_ON_AND_ON) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            time.sleep(pause_s)
            process.send_signal(signal.SIGKILL)
        log = index.read_log()
        assert log.unreadable == ()
        assert first.name in [row.id for row in log.sessions]
        grown = hashlib.sha256(index.index_path().read_bytes()).digest()
        index.rebuild()
        assert hashlib.sha256(index.index_path().read_bytes()).digest() == grown
        assert not folder.is_held(first)
    assert len(folder.session_ids()) == 4


@pytest.mark.slow
def test_two_processes_at_once_lose_nothing_of_each_other() -> None:
    running = [python(MAKES_TEN) for _ in range(2)]
    for process in running:
        assert process.wait(60) == 0
        assert process.stdout is not None
        process.stdout.close()
    assert len(folder.session_ids()) == 20
    grown = hashlib.sha256(index.index_path().read_bytes()).digest()
    assert len(index.read_log().sessions) == 20
    index.rebuild()
    assert hashlib.sha256(index.index_path().read_bytes()).digest() == grown


def test_a_folder_that_another_takes_for_one_that_was_left_is_made_again() -> None:
    """What is made is looked for by those that clean up before it is held: the folder is gone when it is opened."""
    with python(FOLDER_TAKEN_AWAY) as process:
        told = process.communicate(timeout=60)[0]
    assert told == "1 taken away\n"
    assert process.returncode == 0
    assert len(folder.session_ids()) == 1


def test_a_session_that_gets_too_large_to_be_written_stays_as_it_was() -> None:
    """With a limit on the size of files: the system says no in the middle of the writing."""
    path = kept()
    before = (path / "session.json").read_bytes()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    with python(WRITES_TOO_MUCH, path, preexec_fn=limit) as process:
        told = process.communicate(timeout=60)[0]
    assert "cannot be written: File too large" in told
    assert "1 sessions; None" in told
    assert (path / "session.json").read_bytes() == before
    assert [each.name for each in path.iterdir()] == ["session.json"]


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(home)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a small disk, and not everywhere")
    yield home
    subprocess.run(["umount", str(home)], check=True)


def test_a_full_disk_loses_no_session(small_disk: Path) -> None:
    path = kept()
    before = (path / "session.json").read_bytes()
    index.update()
    with python(WRITES_TOO_MUCH, path) as process:
        told = process.communicate(timeout=60)[0]
    assert "cannot be written: No space left on device" in told
    assert (path / "session.json").read_bytes() == before
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"), filler.open("wb") as file:
        file.write(bytes(1_000_000))
    os.utime(path / "session.json")
    log = index.read_log()  # the index has no room; the sessions are told all the same
    assert len(log.sessions) == 1
    assert log.trouble is not None
    assert "rigcoach log rebuild" in log.trouble.line()
    filler.unlink()
    assert index.read_log().trouble is None
