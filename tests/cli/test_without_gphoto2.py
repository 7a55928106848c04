"""Where gphoto2 cannot be had, clips are scored all the same, and tethering is said to be missing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from clips import write_video

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One in which gphoto2 does not load."""
    (tmp_path / "gphoto2.py").write_text("raise ImportError('no module named gphoto2')\n")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    return os.environ | {"PYTHONPATH": path, "RIGCOACH_HOME": str(tmp_path / "home")}


def run(environment: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rigcoach", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_clips_are_scored(environment: dict[str, str], tmp_path: Path) -> None:
    picture = np.random.default_rng(3).integers(0, 256, (240, 320), dtype=np.uint8)
    clip = write_video(tmp_path / "clip.mov", [picture] * 4)
    done = run(environment, "score", clip, "--subject", "box:40,40,120,100", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["frame_count"] == 4


def test_tethering_is_said_to_be_missing(environment: dict[str, str]) -> None:
    done = run(environment, "camera", "show")
    assert done.returncode == 1
    assert done.stderr.startswith("rigcoach: tethering is not available here: the package gphoto2 is not installed")


def test_the_doctor_names_the_driver_and_no_cable(environment: dict[str, str]) -> None:
    done = run(environment, "camera", "doctor", "--json")
    assert done.returncode == 1
    assert [finding["code"] for finding in json.loads(done.stdout)["findings"]] == ["camera.no-driver"]
