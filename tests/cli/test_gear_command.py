"""`rigcoach gear`."""

import json

from click.testing import CliRunner, Result

from rigcoach.cli.main import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["gear", *arguments])


def test_list_gives_every_kind_or_one() -> None:
    everything = json.loads(run("list", "--json").stdout)
    assert set(everything) == {"schema", "bodies", "lenses", "adapters"}
    lenses = json.loads(run("list", "lenses", "--json").stdout)
    assert set(lenses) == {"schema", "lenses"}
    assert "nikon-ai-s-28mm-f2.8" in run("list", "lenses").stdout
    assert "canon-eos-5d-mark-ii" not in run("list", "lenses").stdout
    assert run("list", "tripods").exit_code == 2


def test_a_lens_is_shown_with_what_an_adapter_takes_from_it() -> None:
    shown = run("show", "nikon-ai-s-28mm-f2.8").stdout
    assert "0.2 m" in shown
    assert "clockwise, seen from behind the camera" in shown
    assert "canon-eos-5d-mark-ii through nikon-f-to-canon-ef; lost: aperture from the body" in shown
    told = json.loads(run("show", "nikon-ai-s-28mm-f2.8", "--json").stdout)
    assert {"with": "nikon-d750", "adapter": None, "lost": []} in told["fits"]


def test_an_adapter_is_shown_with_its_thickness_and_what_it_joins() -> None:
    shown = run("show", "nikon-f-to-canon-ef").stdout
    assert "2.50 mm" in shown
    assert "canon-eos-5d-mark-ii" in shown
    assert "nikon-ai-s-28mm-f2.8" in shown


def test_a_body_is_shown_with_its_sensor_and_its_lenses() -> None:
    shown = run("show", "canon-eos-5d-mark-ii").stdout
    assert "36 × 24 mm" in shown
    assert "1920 × 1080 from 36 mm" in shown
    assert "canon-ef-50mm-f1.8-ii" in shown


def test_a_misspelt_id_is_told_with_a_close_one() -> None:
    result = run("show", "canon-eos-5d-mark-2")
    assert result.exit_code == 1
    assert "Did you mean `canon-eos-5d-mark-ii`?" in result.stderr
