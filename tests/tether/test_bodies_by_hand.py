"""Real bodies' listings against what somebody who read them found, setting by setting."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rigcoach.listing.files import read_listing
from rigcoach.rig.gear import Rig
from rigcoach.rig.profile import Profile
from rigcoach.rig.settings import Settings
from rigcoach.tether.settings.resolution import Resolved
from rigcoach.tether.settings.resolve import resolve

TABLE: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("bodies_read_by_hand.toml").read_text())
WISHES: dict[str, Settings] = {
    "exposure_mode": Settings(exposure_mode="manual"),
    "iso": Settings(iso=400),
    "shutter": Settings(shutter_s=1 / 50),
    "aperture": Settings(aperture=8),
    "white_balance": Settings(white_balance="daylight"),
    "picture_style": Settings(picture_style="neutral"),
    "focus_mode": Settings(focus_mode="manual"),
    "drive_mode": Settings(drive_mode="single"),
    "image_format": Settings(image_format="raw+jpeg"),
    "capture_target": Settings(capture_target="card"),
    "review_time": Settings(review_time_s="off"),
    "metering_mode": Settings(metering_mode="evaluative"),
    "movie_mode": Settings(movie_mode=True),
    "auto_power_off": Settings(auto_power_off_s=600),
    "color_temperature": Settings(color_temperature_k=5200),
    "kelvin": Settings(white_balance="kelvin"),
}


@dataclass(frozen=True, slots=True)
class FoundPort:
    status: str
    value: str | None
    widget: str | None
    first: tuple[str, ...]


def read(text: str) -> FoundPort:
    match = re.fullmatch(r"(\S+)(?: (.+?))?(?: @(\S+))?(?: \+(\S+))?", text)
    assert match is not None
    return FoundPort(match[1], match[2], match[3], (match[4],) if match[4] else ())


def of(resolved: Resolved, found: FoundPort) -> FoundPort:
    """Return what was resolved, as far as somebody wrote it down."""
    name = resolved.widget.rsplit("/", 1)[-1] if resolved.widget else None
    first = tuple(f"{send.widget.rsplit('/', 1)[-1]}={send.value}" for send in resolved.also)
    return FoundPort(str(resolved.status), resolved.value, name if found.widget else None, first)


@pytest.mark.parametrize("body", TABLE["bodies"])
def test_every_wish_ends_as_somebody_read_it_off_the_listing(shared: Path, body: str) -> None:
    listing = read_listing(shared / "cameras" / f"{body}.json")
    assert set(TABLE["bodies"][body]) == set(WISHES)
    wrong = []
    for request, settings in WISHES.items():
        profile = Profile("test", "", Rig(None, None, None), settings, (), Path("test.toml"))
        (resolved,) = resolve(profile, listing)
        found = read(TABLE["bodies"][body][request])
        if of(resolved, found) != found:
            wrong.append(f"{request}: {resolved.status} {resolved.value} {resolved.widget}, read by hand: {found}")
    assert not wrong, "\n".join(wrong)


def test_what_was_read_by_hand_covers_every_maker() -> None:
    makers = {body.split("-")[0] for body in TABLE["bodies"]}
    assert makers == {"canon", "nikon", "sony", "fuji", "olympus", "panasonic"}
    assert len(TABLE["bodies"]) >= 10
