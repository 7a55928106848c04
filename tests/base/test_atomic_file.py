"""Files that appear whole or not at all, whatever becomes of the process and the disk."""

import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import av
import pytest

from rigcoach.base import disk
from rigcoach.base.atomic_file import atomic_file, write_whole

# It waits by turns: a Ctrl-C just before a read that blocks would be noticed only after the read.
WRITES_HALF = """
import select
import sys
from pathlib import Path
from rigcoach.base.atomic_file import atomic_file
with atomic_file(Path(sys.argv[1])) as part, part.open("wb") as file:
    file.write(b"half")
    file.flush()
    print("half", flush=True)
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        pass
    file.write(b" and half")
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text("old")
    return path


def half(path: Path) -> "subprocess.Popen[str]":
    """A process that has written half of the file."""
    command = [sys.executable, "-c", WRITES_HALF, str(path)]
    writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "half\n"
    return writer


def test_the_old_file_stands_until_the_new_one_is_whole(old: Path) -> None:
    with half(old) as writer:
        assert old.read_text() == "old"
        writer.communicate("go on\n", timeout=120)
    assert old.read_text() == "half and half"
    assert list(old.parent.iterdir()) == [old]


def test_ctrl_c_leaves_the_old_file_and_no_other(old: Path) -> None:
    with half(old) as writer:
        writer.send_signal(signal.SIGINT)
        assert writer.wait(120) != 0
    assert old.read_text() == "old"
    assert list(old.parent.iterdir()) == [old]


def test_a_killed_process_leaves_the_old_file(old: Path) -> None:
    with half(old) as writer:
        writer.kill()
    assert old.read_text() == "old"


def test_two_processes_at_once_do_not_spoil_each_others_file(old: Path) -> None:
    with half(old) as first, half(old) as second:
        first.communicate("go on\n", timeout=120)
        assert old.read_text() == "half and half"
        second.communicate("go on\n", timeout=120)
        assert second.returncode == 0
    assert old.read_text() == "half and half"


def test_a_disk_that_takes_no_more_leaves_the_old_file_and_no_other(old: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"), atomic_file(old) as part:
            part.write_bytes(bytes(2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert old.read_text() == "old"
    assert list(old.parent.iterdir()) == [old]


def test_what_cannot_be_written_is_told_by_the_name_that_was_asked_for(tmp_path: Path) -> None:
    wanted = tmp_path / "none" / "page.html"
    with pytest.raises(FileNotFoundError) as caught, atomic_file(wanted) as part:
        part.write_text("new")
    assert caught.value.filename == str(wanted)


def test_an_error_of_a_library_is_told_by_the_name_that_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with pytest.raises(OSError, match="No space left") as told, atomic_file(path) as part:
        raise av.error.OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(part))
    assert (told.value.filename, told.value.errno) == (str(path), errno.ENOSPC)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_as_open_to_others_as_the_user_lets_new_files_be(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with atomic_file(tmp_path / "page.html") as part:
            part.write_text("new")
    finally:
        os.umask(before)
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o640


def test_a_ctrl_c_as_soon_as_the_unfinished_file_is_there_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = disk.create

    def interrupted(path: Path, mode: int) -> int:
        descriptor = create(path, mode)
        signal.raise_signal(signal.SIGINT)
        return descriptor

    monkeypatch.setattr(disk, "create", interrupted)
    with pytest.raises(KeyboardInterrupt), atomic_file(tmp_path / "a.mov"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_name_as_long_as_file_systems_take_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 125 + ".json")  # 255 bytes
    write_whole(path, b"first")
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_of_a_long_name_goes_whatever_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ("a" * 250 + ".json")
    left = []
    for number in (7, 1234567):
        monkeypatch.setattr(os, "getpid", lambda number=number: number)
        with atomic_file(path) as part:
            left.append(part)
    left[0].write_bytes(b"half")
    write_whole(path, b"whole")
    assert list(tmp_path.iterdir()) == [path]
