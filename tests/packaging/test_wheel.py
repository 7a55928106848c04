"""The built wheel, beside what it says it needs and nothing else, run from another folder."""

import json
import os
import shutil
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

import pytest
from golden import GOLDEN, hold_to_golden, told
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FRAMES, SCORED, REPORT = 180, "\nClip ", "The report, "


def done(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # Nothing of the checkout may be found by accident.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "RIGCOACH"))}
    ended = subprocess.run(command, cwd=cwd, env=inherited | environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    return done(*command, cwd=cwd, **environment).stdout


def needed(name: str) -> set[Path]:
    """Return the files and folders of what a distribution says it needs to run, and of what that needs."""
    found: dict[str, set[Path]] = {}
    left = [name]
    while left:
        distribution = metadata.distribution(left.pop())
        if canonicalize_name(distribution.name) in found:
            continue
        places = {Path(str(distribution.locate_file(path.parts[0]))) for path in distribution.files or ()}
        found[canonicalize_name(distribution.name)] = {path for path in places if path.name != ".."}
        for line in distribution.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                left.append(requirement.name)
    return {path for other, paths in found.items() if other != name for path in paths}


def share_compiled(source: Path, installed: Path) -> None:
    """Put what was compiled for the checkout beside the installed copy: it takes a minute of a slow computer."""
    for folder in (source / "measure" / "__pycache__").glob("compiled-*"):
        shutil.copytree(folder, installed / "measure" / "__pycache__" / folder.name)


@pytest.mark.slow
def test_the_wheel_carries_its_data_and_runs_from_another_folder(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("rigcoach-*.whl")
    venv.create(tmp_path / "venv", with_pip=False)
    # This Python's pip installs into the other.
    into = ("--python", tmp_path / "venv/bin/python")
    run(sys.executable, "-m", "pip", *into, "install", "--quiet", "--no-deps", wheel, cwd=tmp_path)
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    for path in needed("rigcoach"):
        if not (packages / path.name).exists():
            (packages / path.name).symlink_to(path)
    assert not (packages / "pytest").exists()
    share_compiled(ROOT / "rigcoach", packages / "rigcoach")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = tmp_path / "venv/bin/rigcoach"

    listed = json.loads(run(command, "profile", "list", "--json", cwd=elsewhere, RIGCOACH_HOME=str(tmp_path / "home")))
    shipped = {path.stem for path in (ROOT / "profiles").glob("*.toml")}
    assert shipped
    assert shipped <= {profile["name"] for profile in listed["profiles"]}
    drills = run(command, "drill", "list", "--json", cwd=elsewhere, RIGCOACH_HOME=str(tmp_path / "home"))
    assert {path.stem for path in (ROOT / "drills").glob("*.toml")} <= {d["name"] for d in json.loads(drills)["drills"]}
    gear = run(command, "gear", "list", cwd=elsewhere, RIGCOACH_HOME=str(tmp_path / "home"))
    assert "Canon EOS 5D Mark II" in gear
    settings = {"COLUMNS": "80", "RIGCOACH_HOME": str(tmp_path / "home"), "RIGCOACH_EMULATED_PX": "640x360"}
    demo = done(command, "demo", "--out", "demo", cwd=elsewhere, **settings)
    said = told("demo --out demo", demo.stdout, demo.stderr, 0, {})
    clip = json.loads((elsewhere / "demo" / "demo-score.json").read_text())
    if clip["frame_count"] == FRAMES:
        hold_to_golden(request, "demo.80-columns.txt", said)
    else:
        # A busy computer stopped the recording late: of a longer take other numbers are told.
        golden = (GOLDEN / "demo.80-columns.txt").read_text(encoding="utf-8")
        assert said.partition(SCORED)[0] == golden.partition(SCORED)[0]
        assert said.partition(REPORT)[1:] == golden.partition(REPORT)[1:]
    assert 90 < clip["score"]["overall"] < 100
