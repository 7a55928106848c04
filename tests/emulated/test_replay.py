"""Bodies made of what real ones listed: libgphoto2's own driver shows of them what it showed of the real ones."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gphoto2 as gp
import pytest
from emulated.computer import connected
from printed_listing import as_printed

from rigcoach.emulated.bodies import BODIES, EmulatorError
from rigcoach.emulated.eos.replay_eos import image_format
from rigcoach.emulated.process import EmulatedBody
from rigcoach.emulated.replay import model_for
from rigcoach.listing.files import ListingError, read_listing

# Widgets whose names of values are the same in the libgphoto2 that made the listing and in the one of the tests. The
# driver itself fills in the modes of an EOS.
EOS_SAME = {
    "canon-eos5dmark3": "shutterspeed whitebalance focusmode drivemode meteringmode reviewtime colorspace lensname",
    "canon-eos-m200": "iso shutterspeed whitebalance aperture drivemode meteringmode",
    "canon-eos-r5": "iso shutterspeed aperture whitebalance colortemperature meteringmode focusmode highisonr lensname",
    "canon-eos7d-mark2": "shutterspeed whitebalance focusmode meteringmode reviewtime colorspace evfmode",
}
# The body reckons these itself: battery, live view, room, why it refuses, the clock. The driver takes others over.
LIVE = {"5001", "5011", "d1a2", "d1a4", "d0a4", "d1f0", "d1f1"} | {"d052", "d207", "d215", "d25a", "d38c"}


def listing(shared: Path, body: str) -> tuple[Path, dict[str, dict[str, Any]]]:
    path = shared / "cameras" / f"{body}.json"
    return path, {each["path"]: each for each in json.loads(path.read_text())["widgets"]}


def widgets(at: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    path = f"{path}/{at.get_name()}"
    if at.get_type() in (gp.GP_WIDGET_WINDOW, gp.GP_WIDGET_SECTION):
        for child in at.get_children():
            yield from widgets(child, path)
    else:
        yield path, at


@pytest.mark.slow
@pytest.mark.parametrize("body", EOS_SAME)
def test_an_eos_is_at_what_the_real_one_was_with_the_same_choices(shared: Path, body: str) -> None:
    path, listed = listing(shared, body)
    by_name = {each.rsplit("/", 1)[1]: widget for each, widget in listed.items()}
    names = EOS_SAME[body].split()
    with EmulatedBody(path) as running, connected(running) as computer:
        for name in names:
            assert computer.get(name) == by_name[name]["current"], name
            if by_name[name].get("choices"):
                assert computer.choices(name) == by_name[name]["choices"], name
        assert computer.camera.get_single_config("cameramodel").get_value() == read_listing(path).model


@pytest.mark.slow
@pytest.mark.parametrize(
    "body", ["nikon-d3500", "nikon-d5200", "nikon-j5", "sony-a7c", "fuji-xt4", "olympus-e-m1-mark-iii", "panasonic-gx8"]
)
def test_every_numbered_property_is_as_on_the_real_one(shared: Path, body: str) -> None:
    path, listed = listing(shared, body)
    compared = 0
    with EmulatedBody(path) as running, connected(running) as computer:
        for at, widget in widgets(computer.camera.get_config()):
            name = at.rsplit("/", 1)[1]
            if not at.startswith("/main/other/") or name in LIVE or at not in listed:
                continue
            if widget.get_type() == gp.GP_WIDGET_MENU:
                # a newer driver lists a value once, where the listing names it twice
                once = list(dict.fromkeys(listed[at].get("choices", [])))
                assert [str(each) for each in widget.get_choices()] == once, at
                assert widget.get_value() == listed[at]["current"], at
                compared += 1
    raw = [each for each in listed.values() if each["path"].startswith("/main/other/") and each["type"] == "MENU"]
    assert compared >= 0.9 * len(raw)


@pytest.mark.slow
def test_a_replayed_body_takes_what_the_real_one_listed_and_refuses_the_rest(shared: Path) -> None:
    path, listed = listing(shared, "canon-eos-r5")
    shutters = next(each for at, each in listed.items() if at.endswith("/shutterspeed"))["choices"]
    with EmulatedBody(path) as running, connected(running) as computer:
        computer.set("shutterspeed", "1/60")
        assert computer.get("shutterspeed") == "1/60"
        assert "1/16000" not in shutters
        with pytest.raises(gp.GPhoto2Error):
            computer.set("shutterspeed", "1/16000")


def test_what_cannot_be_replayed_is_named(shared: Path, tmp_path: Path) -> None:
    text = (shared / "cameras" / "canon-eos5dmark3.json").read_text().replace('"sRGB"', '"some other space"')
    (tmp_path / "5d3.json").write_text(text.replace('"Single silent"', '"In a whisper"'))
    left_out = model_for(tmp_path / "5d3.json").left_out
    assert set(left_out) == {"colorspace", "drivemode: In a whisper"}


@pytest.mark.slow
@pytest.mark.parametrize("maker", ["canon", "nikon"])
def test_what_gphoto2_printed_is_replayed_as_its_json_is(shared: Path, tmp_path: Path, maker: str) -> None:
    paths = sorted((shared / "cameras").glob(f"{maker}*.json"))
    printed = tmp_path / "as printed"
    for path in paths:
        listed = read_listing(path)
        printed.write_text(as_printed(listed))
        assert model_for(printed).left_out == model_for(path).left_out, path.name
    assert len(paths) > 15


@pytest.mark.slow
@pytest.mark.parametrize("body", ["canon-eos7d", "nikon-d3s"])
def test_a_printed_listing_that_tells_no_maker_is_that_body(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.chdir(tmp_path)
    listed = read_listing(shared / "cameras" / f"{body}.json")
    (tmp_path / body).write_text(as_printed(listed))
    assert not read_listing(tmp_path / body).manufacturer
    with EmulatedBody(Path(body)) as running, connected(running) as computer:
        assert str(computer.get("manufacturer")).lower().startswith(listed.manufacturer.split()[0].lower())
        assert computer.get("iso") == listed.current("iso")


def test_any_path_is_a_listings(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    content = (shared / "cameras" / "canon-eos5dmark3.json").read_bytes()
    left_out = model_for(shared / "cameras" / "canon-eos5dmark3.json").left_out
    for name in ("listing", "my body.conf", "nikon-d750.txt"):
        (tmp_path / name).write_bytes(content)
        assert model_for(name).left_out == left_out
    # A file called as a body is called is meant only where it is given as a path.
    (tmp_path / "nikon-d750").write_bytes(content)
    assert model_for("nikon-d750") is BODIES["nikon-d750"]
    assert model_for("./nikon-d750").left_out == model_for(Path("nikon-d750")).left_out == left_out
    with pytest.raises(ListingError, match="cannot be read"):
        model_for("./missing")
    with pytest.raises(EmulatorError, match="there is no emulated body"):
        model_for("missing")


def test_bodies_of_other_makers_are_refused_in_words(tmp_path: Path) -> None:
    widgets = [{"path": "/main/status/manufacturer", "label": "", "type": "TEXT", "current": "Leica Camera AG"}]
    (tmp_path / "leica.json").write_text(
        json.dumps({"manufacturer": "Leica Camera AG", "model": "Q", "widgets": widgets})
    )
    with pytest.raises(ListingError, match="not those of Leica Camera AG"):
        model_for(tmp_path / "leica.json")


@pytest.mark.slow
def test_every_listing_can_be_made_a_body(shared: Path) -> None:
    paths = sorted((shared / "cameras").glob("*.json"))
    for path in paths:
        model = model_for(path)
        assert len(model.left_out) < 10, path.name
    assert len(paths) > 60


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"body": 1, "manufacturer": "x", "model": "y", "widgets": 3}', "{"])
def test_what_is_no_listing_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "body.json"
    path.write_text(text)
    with pytest.raises(ListingError, match="is no listing of a body"):
        model_for(path)


def test_a_listing_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ListingError, match="cannot be read"):
        model_for(tmp_path / "body.json")


def test_old_and_new_names_of_image_formats_mean_the_same() -> None:
    assert image_format("RAW + Large Fine JPEG") == image_format("RAW + L")
    assert image_format("Small Normal JPEG (S1 Normal)") == image_format("cS1")
    assert image_format("Medium Normal JPEG") == image_format("cM")
    assert image_format("Huge JPEG") is None
