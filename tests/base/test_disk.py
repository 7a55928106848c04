"""Every step that changes a disk goes through one module, where each can be made to fail."""

import ast
from pathlib import Path

import pytest

from rigcoach.base import disk
from rigcoach.base.atomic_file import atomic_file, write_whole
from rigcoach.base.disk import Step

PACKAGE = Path(disk.__file__).parents[1]
# The emulated bodies and scenes are no photographer's work; a lock holds nothing, an unnamed file nothing that stays.
# What is compiled is nobody's work: it is made anew where it is lost.
ELSEWHERE = (
    "base/disk.py",
    "base/unnamed_file.py",
    "emulated/",
    "measure/compiled.py",
    "measure/compiled_folder.py",
    "scene/",
    "tether/process/lock.py",
)
METHODS = {"write_text", "write_bytes", "unlink", "rmdir", "mkdir", "touch", "rename", "hardlink_to", "symlink_to"}
FUNCTIONS = {
    "os": {"replace", "rename", "remove", "unlink", "link", "mkdir", "makedirs", "rmdir", "write", "fsync", "truncate"},
    "shutil": {"move", "rmtree", "copy", "copy2", "copytree", "copyfileobj"},
}


def steps_beside_it(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        of, name = node.func.value, node.func.attr
        module = of.id if isinstance(of, ast.Name) else ""
        if module == "disk":
            continue
        renames = (
            name == "replace" and len(node.args) == 1 and not node.keywords and module not in ("os", "dataclasses")
        )
        writes = name == "write" and module in ("file", "part", "copy")
        if name in FUNCTIONS.get(module, ()) or (module not in FUNCTIONS and name in METHODS) or renames or writes:
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.slow
def test_nothing_changes_the_disk_beside_it() -> None:
    beside = {
        str(path.relative_to(PACKAGE)): found
        for path in PACKAGE.rglob("*.py")
        if not str(path.relative_to(PACKAGE)).startswith(ELSEWHERE) and (found := steps_beside_it(path.read_text()))
    }
    assert beside == {}


def test_the_search_finds_what_it_is_for() -> None:
    for code in ("path.unlink()", "path.replace(other)", "part.write_bytes(b'')", "os.rename(a, b)", "file.write(b'')"):
        assert steps_beside_it(code)
    for code in ("'a'.replace('b', 'c')", "replace(take, state=1)", "disk.rename(a, b)", "when.replace(tzinfo=UTC)"):
        assert not steps_beside_it(code)


def test_steps_are_told_in_order_before_they_are_taken(tmp_path: Path) -> None:
    to, told = tmp_path / "page.html", []

    def watch(step: Step, path: Path) -> None:
        told.append((step, path.name.split(".")[-1], to.exists()))

    with disk.steps_hooked(watch):
        write_whole(to, b"new")
    assert told == [
        (Step.CREATE, "part", False),
        (Step.WRITE, "part", False),
        (Step.SYNC, "part", False),
        (Step.RENAME, "html", False),
        (Step.SYNC, tmp_path.name, True),
    ]


@pytest.mark.parametrize("new", [False, True])
@pytest.mark.parametrize("fails", range(8))
def test_whichever_step_fails_the_file_is_old_or_new(tmp_path: Path, fails: int, new: bool) -> None:
    to, number = tmp_path / "page.html", -1
    if not new:
        to.write_bytes(b"old")

    def watch(_step: Step, _path: Path) -> None:
        nonlocal number
        number += 1
        if number == fails:
            raise OSError(5, "Input/output error")

    failed = False
    try:
        with disk.steps_hooked(watch), atomic_file(to, new=new) as part:
            disk.write_bytes(part, b"new")
    except OSError:
        failed = True
    assert failed == (number >= fails)
    assert (to.read_bytes() if to.exists() else b"old") in (b"old", b"new")
    if not failed:
        assert to.read_bytes() == b"new"
    # Only a step that tidies up can leave something, which the next time removes.
    if to.exists() and new:
        to.unlink()
    write_whole(to, b"next")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_new_file_takes_no_others_place(tmp_path: Path) -> None:
    to = tmp_path / "take-01.mov"

    def made_meanwhile(step: Step, _path: Path) -> None:
        if step is Step.RENAME:
            to.write_bytes(b"another's, made just now")

    with disk.steps_hooked(made_meanwhile), pytest.raises(FileExistsError), atomic_file(to, new=True) as part:
        part.write_bytes(b"mine")
    assert to.read_bytes() == b"another's, made just now"
    assert list(tmp_path.iterdir()) == [to]
