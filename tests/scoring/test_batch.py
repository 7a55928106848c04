"""Many clips at once: what is wrong with one costs the others nothing."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from clips import write_video

from rigcoach.cli.main import main
from rigcoach.scoring.batch import shares_of_work


@pytest.fixture
def sky(tmp_path: Path) -> Path:
    rng = np.random.default_rng(7)
    clouds = cv2.GaussianBlur(rng.uniform(60, 190, (240, 320)).astype(np.float32), (0, 0), 9).astype(np.uint8)
    return write_video(tmp_path / "sky.mov", [clouds] * 4)


@pytest.fixture
def damaged(home: Path) -> Path:
    """An installed detector of faces of which half is left."""
    weights = home / "models" / "yunet.onnx"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"half of a detector")
    return weights


def score(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["score", *map(str, arguments), "--json"])


@pytest.mark.usefixtures("damaged")
@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_damaged_detector_is_told_clip_by_clip(sky: Path, tmp_path: Path, jobs: int) -> None:
    result = score(sky, tmp_path / "none.mov", sky, "--jobs", jobs)
    assert result.exit_code == 1
    errors = [document["error"] for document in json.loads(result.stdout)]
    assert [error["code"] for error in errors] == ["models.damaged", "clip.missing", "models.damaged"]
    assert "rigcoach models install yunet" in errors[0]["text"]
    assert result.stderr.splitlines() == [f"rigcoach: {error['text']}" for error in errors]


@pytest.mark.usefixtures("damaged")
def test_a_damaged_detector_that_is_not_asked_costs_nothing(sky: Path) -> None:
    result = score(sky, "--subject", "box:100,60,80,80", "--fixed")
    assert result.exit_code == 0
    (document,) = json.loads(result.stdout)
    assert document["subject"] == {"kind": "box", "found_ratio": 1.0}


def test_of_all_work_a_long_clip_is_more_than_a_short_one(tmp_path: Path) -> None:
    sizes = {"short.mov": 999, "long.mov": 5999, "long-2.mov": 3000}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(bytes(size))
    names = [str(tmp_path / name) for name in ("short.mov", "long.mov", "none.mov")]
    shares = shares_of_work(names, {names[1]: [tmp_path / "long-2.mov"]})
    assert shares == pytest.approx([0.1, 0.9, 0.0], abs=1e-3)
    assert sum(shares) == pytest.approx(1)
