"""The profiles that ship: what they promise, on the bodies they are meant for."""

from pathlib import Path

import pytest

from rigcoach.base.toml_file import load
from rigcoach.base.user_data import shipped_folder
from rigcoach.listing.files import read_listing
from rigcoach.rig.profile import read_profile
from rigcoach.rig.profile_schema import ProfileFile
from rigcoach.tether.settings.resolution import Status
from rigcoach.tether.settings.resolve import is_ok, resolve

SHIPPED = sorted(shipped_folder("profiles").glob("*.toml"))


def test_there_is_one_for_every_rig_a_traveller_was_promised() -> None:
    rigs = {(p.rig.body.id, p.rig.lens.id) for p in map(read_profile, SHIPPED) if p.rig.body and p.rig.lens}
    assert len(SHIPPED) >= 6
    assert {
        ("canon-eos-5d-mark-ii", "nikon-ai-s-28mm-f2.8"),
        ("canon-eos-5d-mark-ii", "canon-ef-50mm-f1.8-ii"),
        ("nikon-d750", "nikon-af-s-28mm-f1.8g"),
        ("sony-a7-iii", "nikon-ai-s-28mm-f2.8"),
    } <= rigs


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_each_gives_its_reasons_and_is_right_by_the_schema_too(path: Path) -> None:
    profile = read_profile(path)
    assert profile.name == path.stem
    assert profile.description
    assert path.read_text().count("#") >= 3
    by_schema = load(path, ProfileFile)
    assert (by_schema.name, by_schema.wanted()) == (profile.name, profile.settings)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_those_for_video_keep_the_shutter_open_for_half_a_frame_and_the_colours_fixed(path: Path) -> None:
    settings = read_profile(path).settings
    assert settings.white_balance != "auto"
    assert settings.exposure_mode == "manual"
    if path.stem not in ("frame-grabs", "hip-stills"):
        assert settings.shutter_s == 1 / 50


@pytest.mark.parametrize(
    ("profile", "body", "by_hand"),
    [
        ("d750-video", "nikon-d750", set()),
        ("a7iii-video", "sony-a7c", {"exposure_mode", "shutter", "aperture", "movie_mode"}),
        ("a7iii-video", "sony-a7r3a", {"exposure_mode", "focus_mode", "aperture", "movie_mode"}),
        ("hip-video", "nikon-d750", {"aperture"}),
        ("fifty-video", "canon-eos-r5", {"focus_mode", "review_time"}),
    ],
)
def test_on_a_body_of_its_kind_the_rest_is_set_over_the_cable(
    shared: Path, profile: str, body: str, by_hand: set[str]
) -> None:
    listing = read_listing(shared / "cameras" / f"{body}.json")
    resolved = resolve(read_profile(shipped_folder("profiles") / f"{profile}.toml"), listing)
    left = {r.setting for r in resolved if r.status not in (Status.EXACT, Status.NEAREST)}
    assert left == by_hand
    assert is_ok(resolved) == (body != "canon-eos-r5")  # an R5 has no review time


@pytest.mark.slow
def test_every_shipped_setting_ends_with_a_value_or_a_reason_on_every_body(shared: Path) -> None:
    bodies = sorted((shared / "cameras").glob("*.json"))
    assert len(bodies) >= 62
    for listing in map(read_listing, bodies):
        for profile in map(read_profile, SHIPPED):
            for r in resolve(profile, listing):
                if r.status in (Status.EXACT, Status.NEAREST):
                    assert r.value is not None
                    assert r.status is Status.EXACT or "nearest that the body lists" in r.reason
                else:
                    assert r.status in (Status.BY_HAND, Status.UNKNOWN, Status.UNSUPPORTED)
                    assert r.reason


def test_the_profile_in_the_documentation_is_one(tmp_path: Path) -> None:
    document = Path(__file__).parents[2] / "docs" / "profiles.md"
    block = document.read_text(encoding="utf-8").split("It holds no table of models.\n\n")[1].split("\n\nYour own")[0]
    path = tmp_path / "documented.toml"
    path.write_text("".join(line.removeprefix("    ") + "\n" for line in block.splitlines()))
    assert len(read_profile(path).settings.requests()) == 17
