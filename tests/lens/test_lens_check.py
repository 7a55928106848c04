"""Lenses compared on rendered clips of the card, and the command that does it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from known import known

from rigcoach.cli.main import main
from rigcoach.lens.check import NoCardError, check_lens
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip

SHARP = SceneSpec(
    seed=731_200,
    card_distance_m=2.0,
    focal_length_mm=50.0,
    f_number=8.0,
    sway_deg=0.05,
    roll_wobble_deg=0.05,
    shutter_s=1 / 250,
    roll_deg=3.0,
)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("lenses")
    specs = {
        "sharp": SHARP,
        "soft": replace(SHARP, f_number=2.8, focus_distance_m=2.5),
        "empty": replace(SHARP, aim=(0.9, 0.0)),
    }
    for name, spec in specs.items():
        write_clip(spec, 3, folder / f"{name}.mov")
    return {name: folder / f"{name}.mov" for name in specs}


@pytest.mark.slow
def test_a_disc_of_known_radius_has_the_mtf50_of_a_disc(clips: dict[str, Path]) -> None:
    result = check_lens(clips["soft"], 36.0)
    # 2 J1(x)/x falls to one half at x = 2.215 (Abramowitz and Stegun, table 9.1); the pixel takes a little more.
    assert result.mtf50_cycles_px == pytest.approx(2.215 / (2 * 3.14159 * known(result.blur_px)), rel=0.05)
    assert result.mtf50_lp_mm == pytest.approx(result.mtf50_cycles_px / (36 / 1920))
    assert known(result.blur_px) > 1.5


@pytest.mark.slow
def test_the_sharper_clip_stands_first_and_what_shows_no_card_is_named(clips: dict[str, Path]) -> None:
    result = CliRunner().invoke(
        main, ["focus", "check", "--json", *(str(clips[n]) for n in ("soft", "empty", "sharp"))]
    )
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert [Path(clip["clip"]).stem for clip in document["clips"]] == ["sharp", "soft", "empty"]
    assert document["clips"][2]["error"]["code"] == "focus.no-card"
    assert "empty.mov" in result.stderr


@pytest.mark.slow
def test_a_clip_without_a_card_says_what_to_do(clips: dict[str, Path]) -> None:
    with pytest.raises(NoCardError, match="third of the frame"):
        check_lens(clips["empty"])
