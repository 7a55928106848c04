"""The door for programs: what it gives, what it costs to open, and that the documentation's recipes run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import rigcoach
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip

PAGE = Path(__file__).parents[1] / "docs" / "python-api.md"
RECIPES = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
SMALL = SceneSpec(width=640, height=360, card_distance_m=1.2, focus_distance_m=1.2, sway_deg=0.0, iso=100)


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "take.mov"
    write_clip(SMALL, 6, path)
    return path


def test_all_is_what_there_is() -> None:
    promised = "Camera EmulatedBody RigcoachError __version__ apply_profile load_profile measure review score"
    assert sorted(rigcoach.__all__) == promised.split()
    for name in rigcoach.__all__:
        assert getattr(rigcoach, name).__doc__, name
    assert dir(rigcoach) == sorted(rigcoach.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonesuch'"):
        getattr(rigcoach, "nonesuch")  # noqa: B009 - mypy knows that there is none


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_opening_the_door_loads_nothing() -> None:
    code = "import sys, rigcoach; print([m for m in ('av', 'cv2', 'numpy', 'gphoto2', 'click') if m in sys.modules])"
    assert run(code) == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("first", ["score", "load_profile", "EmulatedBody"])
def test_measure_is_the_function_whatever_was_loaded_before(first: str) -> None:
    told = run(f"import rigcoach; rigcoach.{first}; import rigcoach.measure.picture.box; print(rigcoach.measure)")
    assert told.startswith("<function measure")


@pytest.mark.slow
def test_a_score_is_one_line_away(take: Path) -> None:
    overall = float(run(f"import rigcoach; print(rigcoach.score({str(take)!r}).overall)"))
    assert overall == pytest.approx(rigcoach.score(take).score.overall)
    assert 50 < overall <= 100


def test_the_score_is_the_commands(take: Path) -> None:
    from click.testing import CliRunner

    from rigcoach.cli.main import main

    printed = CliRunner().invoke(main, ["score", str(take), "--json"])
    assert f'"overall": {rigcoach.score(take).overall:.1f}' in printed.stdout


def test_what_cannot_be_read_is_an_error_with_its_code(tmp_path: Path) -> None:
    with pytest.raises(rigcoach.RigcoachError) as caught:
        rigcoach.score(tmp_path / "none.mov")
    assert caught.value.code.startswith("clip.")
    with pytest.raises(ValueError, match="subject is one of"):
        rigcoach.score(tmp_path / "none.mov", subject="dog")


def test_the_types_are_told() -> None:
    assert (Path(rigcoach.__file__).parent / "py.typed").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES, ids=range(len(RECIPES)))
def test_the_documentations_recipes_run(
    recipe: str, take: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(take.parent)
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path))
    exec(compile(recipe, str(PAGE), "exec"), {})  # noqa: S102 - our own documentation
