"""Each step that changes the disk fails once, or is the last; the disk is full; a folder is not to be written.

``bench/every_step.py`` goes through more of it, and kills processes in earnest.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import every_step
import kept_work
import pytest
from kept_work import BringIn, KeepSession, KeepSettings, Work, WriteReport, WriteScores, at_home
from ordinary import ordinary_python

from rigcoach.base.errors import RigcoachError
from rigcoach.practice.scorer import Scorer

BENCH = Path(kept_work.__file__).parent
DOES = """
import sys
from pathlib import Path
import kept_work
from rigcoach.base.errors import RigcoachError
root = Path(sys.argv[2])
with kept_work.at_home(root):
    try:
        getattr(kept_work, sys.argv[1])().do(root)
    except RigcoachError as error:
        print(error.line())
"""


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer() as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("work", [WriteReport(), WriteScores()], ids=lambda work: work.name)
def test_whichever_step_is_attacked_nothing_is_lost(work: Work) -> None:
    tallies = list(every_step.attacked(work))
    assert [failure for tally in tallies for failure in tally.failures] == []
    assert all(tally.tries >= 5 for tally in tallies)


@pytest.mark.slow
@pytest.mark.parametrize("work", [KeepSession(), KeepSettings()], ids=lambda work: work.name)
def test_whichever_step_of_the_journal_and_of_settings_is_attacked(work: Work) -> None:
    tallies = list(every_step.attacked(work))
    assert [failure for tally in tallies for failure in tally.failures] == []
    assert all(tally.tries >= 20 for tally in tallies)


@pytest.mark.slow
def test_whichever_step_of_an_ingest_is_attacked(scorer: Scorer) -> None:
    tallies = list(every_step.attacked(BringIn(scorer, measured=True)))
    assert [failure for tally in tallies for failure in tally.failures] == []
    assert all(tally.tries >= 40 for tally in tallies)


@pytest.mark.slow
def test_a_step_that_is_left_out_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are not synced before they get their names are half after a power cut."""
    monkeypatch.setattr("rigcoach.base.disk.sync", lambda _path: None)
    tallies = {tally.attack: tally for tally in every_step.attacked(WriteReport())}
    assert tallies["power cut before it"].failures


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a small disk, and not everywhere")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fresh(work: Work, root: Path) -> Path:
    root.mkdir()
    with at_home(root):
        work.prepare(root)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("name", ["KeepSession", "KeepSettings", "WriteReport", "WriteScores", "BringIn"])
def test_a_full_disk_loses_nothing(name: str, small_disk: Path, tmp_path: Path, scorer: Scorer) -> None:
    work: Work = BringIn(scorer) if name == "BringIn" else getattr(kept_work, name)()
    prepared = fresh(work, tmp_path / "fresh")
    for free_kb in (0, 4, 8, 12, 20, 40):
        root = small_disk / "root"
        shutil.copytree(prepared, root)
        filler = small_disk / "filler"
        with suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(bytes(4096))
                file.flush()
        os.truncate(filler, filler.stat().st_size - 1024 * free_kb)
        with at_home(root):
            with suppress(RigcoachError):
                work.do(root)
            filler.unlink()
            assert list(work.wrong(root)) == []
            work.do(root)
            assert list(work.lacking(root)) == []
        shutil.rmtree(root)


@pytest.mark.parametrize(
    "name", ["KeepSession", *(pytest.param(each, marks=pytest.mark.slow) for each in ("WriteReport", "BringIn"))]
)
def test_a_folder_that_may_not_be_written_loses_nothing(name: str, tmp_path: Path) -> None:
    work: Work = getattr(kept_work, name)()
    root = fresh(work, tmp_path / "root")
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(BENCH), str(BENCH.parent)])}
        command = [*ordinary_python(), "-c", DOES, name, str(root)]
        told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert "cannot be" in told.stdout
    assert "Permission denied" in told.stdout
    assert told.stderr == ""
    with at_home(root):
        assert list(work.wrong(root)) == []
        work.do(root)
        assert list(work.lacking(root)) == []
