"""Every file of the corpus of damaged media comes to the outcome that it is meant to come to."""

import multiprocessing
import os
from pathlib import Path

import pytest
from corpus.damaged_media import CONTAINERS, corpus

from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.scoring.batch import FailedClip, score_file, score_files

LONGEST_S = 60.0  # of computing, however busy the machine is; who only waits is given up by the batch itself
QUICK = ("mov-hole.mov", "mkv-half.mkv", "mts-flips.mts", "narrow.avi", "playlist.mov", "many-samples.mov")


def outcome(name: str, result: object) -> str:
    if not isinstance(result, FailedClip):
        return "scored"
    # One line that says what and why, and shows no file's insides.
    line = result.error.line()
    assert name in line, line
    assert "inside rigcoach" not in line, line
    assert line.isprintable(), line
    return result.error.code


def cpu_s(pid: int | None) -> float:
    """How long a process that runs has computed."""
    # User and system are the 14th and 15th of its numbers; the name before them may hold anything.
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def test_there_are_enough_of_them() -> None:
    every = corpus()
    assert len({each.name for each in every}) == len(every) >= 60
    assert len(CONTAINERS) >= 10


@pytest.mark.parametrize("name", QUICK)
def test_a_few_of_them(name: str, tmp_path: Path) -> None:
    each = next(each for each in corpus() if each.name == name)
    path = tmp_path / name
    path.write_bytes(each.make())
    assert outcome(name, score_file(str(path), SubjectChoice(), RigOptics())) == each.outcome


@pytest.mark.slow
def test_every_one_of_them_one_after_the_other(tmp_path: Path) -> None:
    """In one batch, none costing another anything; each within bounded time, which is that of a process, not ours."""

    def computed_s() -> float:
        return sum(map(cpu_s, (child.pid for child in multiprocessing.active_children())))

    every = corpus()
    for each in every:
        (tmp_path / each.name).write_bytes(each.make())
    names = [str(tmp_path / each.name) for each in every]
    came, longest_s, since_s = {}, 0.0, 0.0
    for result in score_files(names, SubjectChoice(), RigOptics(), jobs=1, advance=lambda _done, _of: None):
        longest_s, since_s = max(longest_s, (now_s := computed_s()) - since_s), now_s
        name = Path(result.name).name
        came[name] = outcome(name, result)
    assert came == {each.name: each.outcome for each in every}
    assert 0 < longest_s < LONGEST_S
