"""`rigcoach focus calibrate` on rendered clips of a rig whose adapter is off by a known length."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ring_calibration import TrueRig, pass_spec

from rigcoach.cli.main import main
from rigcoach.scene.video import write_clip

ERROR_MM = 0.05
RIG = TrueRig(28.0, 2.8, ERROR_MM, (1.5, 2.5))
FRAMES, FPS = 30, Fraction(6)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("passes")
    specs = {
        f"{mark_m:g}": replace(pass_spec(RIG, mark_m, 761_000 + i), width=1280, height=720, fps=FPS)
        for i, mark_m in enumerate(RIG.marks_m)
    }
    # Stops before the card is near enough.
    specs["short"] = replace(specs["2.5"], walk_in_m_s=specs["2.5"].walk_in_m_s * 0.5, card_distance_m=4.2)
    for name, spec in specs.items():
        write_clip(spec, FRAMES, folder / f"{name}.mov")
    return {name: folder / f"{name}.mov" for name in specs}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["focus", *arguments], catch_exceptions=False)


@pytest.mark.slow
def test_the_register_error_is_found_kept_and_used(clips: dict[str, Path]) -> None:
    marks = [f"{clips[name]}@{name}" for name in ("1.5", "2.5")]
    result = run("calibrate", "--rig", "hip-video", *marks, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["calibration"]["register_error_mm"] == pytest.approx(ERROR_MM, abs=0.004)
    assert 0.005 < document["calibration"]["register_error_sd_mm"] < 0.02
    for read, mark_m in zip(document["marks"], RIG.marks_m, strict=True):
        focus_m = RIG.focus_m(mark_m)
        v_m = 28 * focus_m / (1000 * focus_m - 28)
        assert read["focused_m"] == pytest.approx(focus_m + v_m, rel=0.01)
    zone = json.loads(run("zone", "--rig", "hip-video", "--at", "3", "--json").stdout)
    assert zone["zones"][0]["focus_m"] == pytest.approx(2.54, abs=0.02)
    told = run("calibrate", "--rig", "hip-video").stdout
    assert "too far from the lens" in told
    assert "beyond the ring's infinity" in told


@pytest.mark.slow
def test_a_clip_that_does_not_pass_through_focus_is_refused_and_nothing_is_kept(clips: dict[str, Path]) -> None:
    result = run("calibrate", "--rig", "hip-video", f"{clips['1.5']}@1.5", f"{clips['short']}@2.5")
    assert result.exit_code == 1
    assert "short.mov" in result.stderr
    assert "Step closer" in result.stderr
    assert "not calibrated" in run("calibrate", "--rig", "hip-video").stdout


@pytest.mark.slow
def test_a_mark_given_wrong_is_refused(clips: dict[str, Path]) -> None:
    result = run("calibrate", "--rig", "hip-video", f"{clips['1.5']}@1.5", f"{clips['2.5']}@2.5ft")
    assert result.exit_code == 1
    assert "marks disagree" in result.stderr
