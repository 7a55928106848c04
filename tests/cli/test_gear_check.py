"""`rigcoach gear search`, `check` and `add`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rigcoach.cli.main import main


def run(*arguments: str, answers: str | None = None) -> Result:
    return CliRunner().invoke(main, ["gear", *arguments], input=answers)


def test_gear_is_found_by_words_our_own_first() -> None:
    found = json.loads(run("search", "24-70", "2.8L", "--json").stdout)["found"]
    assert found[0] == {
        "id": "canon-ef-24-70mm-f2.8l-ii-usm",
        "name": "Canon EF 24-70mm f/2.8L II USM",
        "kind": "lens",
        "source": "the maker's specifications",
    }
    assert [part["source"] for part in found[1:]] == ["lensfun's database"] * (len(found) - 1)
    assert len({part["name"] for part in found}) == len(found)


def test_what_is_not_found_says_what_to_do() -> None:
    result = run("search", "nonesuch")
    assert result.exit_code == 1
    assert "gear add" in result.stderr


def test_a_rig_is_checked_in_words_and_as_a_document() -> None:
    told = run("check", "panasonic-gh5", "nikon-ai-s-28mm-f2.8", "nikon-f-to-micro-four-thirds-x0.71")
    assert told.exit_code == 0, told.output
    assert "registers differ by 27.25 mm" in told.stdout
    assert "28 mm becomes 19.9 mm" in told.stdout
    document = json.loads(run("check", "canon-eos-5d", "any-28mm", "--json").stdout)
    assert document["records_video"] is False
    assert document["rig"] == {"body": "canon-eos-5d", "lens": "any-28mm", "adapter": None}


def test_what_does_not_fit_is_an_error_with_its_arithmetic() -> None:
    result = run("check", "nikon-d750", "canon-fd-50mm-f1.4")
    assert result.exit_code == 1
    assert "4.50 mm inside the body" in result.stderr


def test_a_lens_of_ones_own_is_asked_for_and_known_afterwards() -> None:
    answers = "Helios 44-2 58mm f/2\nm42\n58\n\n2\n16\n0.5\nyes\nno\nno\nanticlockwise\n1\n"
    added = run("add", "lens", answers=answers)
    assert added.exit_code == 0, added.output
    assert added.stdout.splitlines()[-1] == "helios-44-2-58mm-f2"
    checked = run("check", "canon-eos-5d-mark-ii", "helios-44-2-58mm-f2", "--json")
    assert json.loads(checked.stdout)["register_difference_mm"] == 1.46
    again = run("add", "lens", answers=answers)
    assert again.exit_code == 1
    assert "--force" in again.stderr


def test_gear_can_be_added_by_options_alone(home: Path) -> None:
    body = ("mount=micro-four-thirds", "sensor_width_mm=17.3", "sensor_height_mm=13")
    movie = ("movie_width_px=1920", "movie_height_px=1080", "movie_sensor_width_mm=17.3")
    options = [part for text in (*body, *movie) for part in ("--set", text)]
    added = run("add", "body", "--name", "My GX", *options, "--json")
    assert added.exit_code == 0, added.output
    assert Path(json.loads(added.stdout)["path"]) == home / "hardware" / "my-gx.toml"
    shown = json.loads(run("show", "my-gx", "--json").stdout)
    assert shown["movie"]["sensor_width_mm"] == 17.3


@pytest.mark.parametrize(
    ("options", "status", "says"),
    [
        (("--set", "mount=nonesuch"), 1, "no mount"),
        (("--set", "colour=red"), 2, "colour"),
        (("--set", "focal_length_mm"), 2, "KEY=VALUE"),
    ],
)
def test_wrong_answers_are_refused_and_nothing_is_kept(
    home: Path, options: tuple[str, ...], status: int, says: str
) -> None:
    rest = "\n".join(("m42", "58", "", "2", "16", "0.5", "yes", "no", "no", "unknown", "1")) + "\n"
    result = run("add", "lens", "--name", "X", *options, answers=rest.removeprefix("m42\n") if status == 1 else rest)
    assert result.exit_code == status, result.output
    assert says in result.stderr
    assert not (home / "hardware").exists()


def test_the_documentation_shows_what_is_printed() -> None:
    page = (Path(__file__).parents[2] / "docs" / "gear.md").read_text("utf-8")
    command = "check panasonic-gh5 nikon-ai-s-28mm-f2.8 nikon-f-to-micro-four-thirds-x0.71"
    shown = page.split(f"    $ rigcoach gear {command}\n")[1]
    assert shown.startswith("".join(f"    {line}\n" for line in run(*command.split()).stdout.splitlines()))
