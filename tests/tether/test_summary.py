"""What a body reports, in a photographer's words: expectations read off the listings by hand."""

from pathlib import Path

import pytest

from rigcoach.listing.files import read_listing
from rigcoach.tether.camera import Camera
from rigcoach.tether.events import CardSpace
from rigcoach.tether.summary import SummaryRow, summary

CARD = CardSpace("CF", 16_000_000_000, 4_000_000_000)


def rows(listing_of: Path) -> dict[str, SummaryRow]:
    return {row.name: row for row in summary(read_listing(listing_of), (CardSpace("", None, None),))}


def test_an_emulated_body_with_an_adapted_lens(camera: Camera) -> None:
    shown = {row.name: row for row in summary(camera.listing(), camera.cards())}
    assert shown["mode"].value == "Manual"
    assert shown["aperture"].by_hand == "the lens ring"
    assert shown["lens"].value == "none that the body knows of"
    assert shown["battery"].value == "100%"
    assert shown["card"].value.endswith("GB free")
    assert "colour temperature" not in shown  # white balance is Auto


@pytest.mark.parametrize("cards", [(), (CARD, CARD)])
def test_cards_are_told_one_by_one(shared: Path, cards: tuple[CardSpace, ...]) -> None:
    listing = read_listing(next(iter(sorted((shared / "cameras").glob("*.json")))))
    told = [row.value for row in summary(listing, cards) if row.name == "card"]
    assert told == (["4.0 of 16.0 GB free"] * 2 if cards else ["none in the body"])


def test_a_canon_in_tv_leaves_the_aperture_to_the_dial_and_manual_focus_to_the_switch(shared: Path) -> None:
    shown = rows(shared / "cameras" / "canon-eos5dmark3.json")
    assert (shown["mode"].value, shown["shutter"].value, shown["ISO"].value) == ("TV", "1/200", "Auto")
    assert shown["lens"].value == "EF300mm f/4L IS USM"
    assert "switch" in shown["focus"].by_hand
    assert shown["card"].value == "not reported by the camera"


def test_a_nikon_set_to_german_and_an_r5_in_kelvin(shared: Path) -> None:
    nikon = rows(shared / "cameras" / "nikon-d750.json")
    assert (nikon["shutter"].value, nikon["aperture"].value) == ("1/25", "f/3,5")
    assert "mode dial" in nikon["shutter"].by_hand  # it is in P
    assert nikon["focus"].by_hand == ""  # it lists Manuell
    canon = rows(shared / "cameras" / "canon-eos-r5.json")
    assert canon["colour temperature"].value == "5600 K"
    assert (canon["mode"].by_hand, canon["shutter"].by_hand) == ("", "")
