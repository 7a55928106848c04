"""Clips are scored and reviewed where Python has only what it has on Windows, simulated by `like_windows`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from clips import write_video

from rigcoach.cli.main import main

TESTS = Path(__file__).parents[1]

COMMANDS = """
import json, pickle, sys
from multiprocessing.reduction import ForkingPickler
from rigcoach.base.stored_sequence import stored
from rigcoach.cli.main import main

assert list(pickle.loads(ForkingPickler.dumps(stored(range(3000))))) == list(range(3000))
for command in json.loads(sys.argv[1]):
    print(main(command, standalone_mode=False) or "done", file=sys.stderr)
main(["demo", "--out", "demo"])
"""


@pytest.mark.slow
def test_clips_are_scored_and_reviewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("import like_windows\n\nlike_windows.simulate()\n")
    (tmp_path / "gphoto2.py").write_text("raise ImportError('no module named gphoto2')\n")
    monkeypatch.chdir(tmp_path)
    numbers = np.random.default_rng(3)
    clips = [
        str(write_video(tmp_path / name, [numbers.integers(0, 256, (96, 128), dtype=np.uint8)] * 3).name)
        for name in ("one.mov", "two.mov")
    ]
    score = ["score", *clips, "--subject", "box:20,20,60,60", "--jobs", "1", "--models", "never"]
    commands = [
        [*score, "--output", "scores.json"],
        ["review", clips[0], "--subject", "box:20,20,60,60", "--models", "never"],
        ["log"],
        ["profile", "show", "hip-video"],
        ["target", "--out", "card.pdf"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, json.dumps(commands)],
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join(map(str, (tmp_path, TESTS, TESTS.parent))),
            "PYTHONIOENCODING": "cp1252",
            "RIGCOACH_HOME": str(tmp_path / "home"),
        },
        capture_output=True,
        encoding="cp1252",
        check=False,
    )
    assert done.stderr.count("done\n") == len(commands), done.stderr
    assert done.returncode == 1
    assert "no emulated body runs on Windows" in done.stderr
    for made in ("one.review.html", "card.pdf"):
        assert (tmp_path / made).stat().st_size > 1000
    assert not list(tmp_path.rglob("*.part"))
    here = CliRunner().invoke(main, [*score, "--json"])
    assert json.loads((tmp_path / "scores.json").read_text()) == json.loads(here.stdout)
