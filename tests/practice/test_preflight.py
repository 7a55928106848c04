"""Measurable first: what is checked before takes count."""

from dataclasses import replace
from pathlib import Path

import pytest

from rigcoach.journal.session import TakeScore
from rigcoach.listing.files import read_listing
from rigcoach.listing.model import BodyListing
from rigcoach.practice import preflight
from rigcoach.practice.take_score import TakeResult
from rigcoach.rig.profile import load_profile
from rigcoach.tether.events import CardSpace

SCORE = TakeScore(60.0, 60.0, 60.0, 60.0, 60.0, 0.5, 1.0, 0.97, "target", 0.8)


def checks(outcome: TakeResult) -> dict[str, bool | None]:
    return {check.code: check.ok for check in preflight.measured_checks(outcome, load_profile("hip-video"))}


def test_a_good_take_passes_all() -> None:
    assert checks(TakeResult(0, SCORE, fps=29.97, exposure_mean=0.4)) == {
        "light": True,
        "subject": True,
        "shutter": True,
    }


@pytest.mark.parametrize("mean", [0.02, 0.97])
def test_too_little_and_too_much_light_are_told(mean: float) -> None:
    assert checks(TakeResult(0, SCORE, fps=29.97, exposure_mean=mean))["light"] is False


def test_a_subject_that_is_not_found_stops_the_drill_with_what_to_do() -> None:
    nobody = replace(SCORE, found_ratio=0.0, subject_kind=None, reasons={"focus": "no subject was found (faces)"})
    told = preflight.measured_checks(TakeResult(0, nobody, fps=29.97, exposure_mean=0.4), load_profile("hip-video"))
    error = preflight.failed(told)
    assert error is not None
    assert error.code == "drill.gate"
    assert "no subject was found" in error.why
    assert "aim at them" in error.next_step


def test_a_shutter_that_is_open_longer_than_a_frame_is_told() -> None:
    slow = TakeResult(0, SCORE, fps=59.94, exposure_mean=0.4)  # 1/50 s does not fit into 1/60
    assert checks(slow)["shutter"] is False


def test_a_clip_that_cannot_be_scored_fails_with_its_reason() -> None:
    (check,) = preflight.measured_checks(TakeResult(0, None, "check.mov is damaged"), load_profile("hip-video"))
    assert (check.ok, check.text) == (False, "check.mov is damaged")


def test_room_is_judged_by_the_size_of_the_check_take(tmp_path: Path) -> None:
    """5 MB/s for 100 s, and a fifth to spare: 600 MB."""

    def card(free: int | None) -> dict[str, bool | None]:
        told = preflight.room_checks(5e6, 100, [CardSpace("CF", 16_000_000_000, free)], tmp_path)
        return {check.code: check.ok for check in told}

    assert card(610_000_000)["card.room"] is True
    assert card(590_000_000)["card.room"] is False
    assert card(None)["card.room"] is None
    assert preflight.room_checks(1e15, 100, [], tmp_path)[1].ok is False


@pytest.fixture
def listing(shared: Path) -> BodyListing:
    return read_listing(shared / "cameras" / "canon-eos5dmark3.json")


def test_an_empty_battery_a_missing_card_and_a_dial_off_manual_stop_a_drill(listing: BodyListing) -> None:
    def with_battery(level: str) -> BodyListing:
        widgets = tuple(replace(w, current=level) if w.name == "batterylevel" else w for w in listing.widgets)
        return replace(listing, widgets=widgets)

    card = (CardSpace("CF", 16_000_000_000, 8_000_000_000),)

    def wrong(level: str, cards: tuple[CardSpace, ...]) -> list[str]:
        return [
            check.code for check in preflight.camera_checks("usb:1,2", with_battery(level), cards) if check.ok is False
        ]

    # The listing was taken with the dial elsewhere.
    assert listing.current("autoexposuremode") != "Manual"
    assert wrong("100%", card) == ["dial.not-manual"]
    assert wrong("5%", card) == ["battery.empty", "dial.not-manual"]
    assert wrong("100%", ()) == ["card.missing", "dial.not-manual"]


def test_what_cannot_be_told_stops_nothing() -> None:
    told = preflight.camera_checks("usb:1,2", BodyListing(body="x", model="X", manufacturer="", widgets=()), ())
    assert preflight.failed(tuple(check for check in told if check.code != "card.missing")) is None
    assert next(check for check in told if check.code == "battery").ok is None
