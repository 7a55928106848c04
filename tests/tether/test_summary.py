"""What a body reports, in a photographer's words: expectations read off the listings by hand."""

from pathlib import Path

import pytest

from rigcoach.tether.camera import Camera
from rigcoach.tether.listing import read_listing
from rigcoach.tether.reports import CardSpace
from rigcoach.tether.summary import Row, summary

CARD = CardSpace("CF", 16_000_000_000, 4_000_000_000)


def rows(listing_of: Path, *cards: CardSpace) -> dict[str, Row]:
    return {row.name: row for row in summary(read_listing(listing_of), cards)}


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
