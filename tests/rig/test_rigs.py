"""Fifteen rigs as photographers build them: whether they fit, what the sensor sees, what is left to the hand."""

import math

import pytest

from rigcoach.rig.catalog import Gear
from rigcoach.rig.gear import GearError
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.profile_optics import movie_view_deg
from rigcoach.rig.rig_check import RigCheck, check_rig
from rigcoach.rig.zone_focus import ZoneFocus

# Body, lens, adapter where one is named; then the register difference, which adapter makers print as an adapter's
# thickness, and the focal length that sees as wide on 36 mm: the lens's times 36 over the sensor's width.
RIGS = [
    ("canon-eos-5d-mark-ii", "nikon-af-d-50mm-f1.8", None, 2.5, 50.0),
    ("canon-eos-5d-mark-ii", "smc-takumar-55mm-f1.8", None, 1.46, 55.0),
    ("canon-eos-5d-mark-ii", "contax-planar-50mm-f1.7", None, 1.5, 50.0),
    ("sony-a7-iii", "nikon-ai-s-28mm-f2.8", None, 28.5, 28.3),
    ("sony-a7-iii", "canon-ef-50mm-f1.8-stm", None, 26.0, 50.6),
    ("nikon-d750", "nikon-ai-s-28mm-f2.8", None, 0.0, 28.1),
    ("fujifilm-x-t3", "smc-takumar-55mm-f1.8", None, 27.76, 84.3),
    ("canon-eos-r6", "canon-ef-50mm-f1.8-stm", None, 24.0, 50.1),
    ("panasonic-gh5", "nikon-ai-s-28mm-f2.8", "nikon-f-to-micro-four-thirds-x0.71", 27.25, 41.4),
    ("blackmagic-pocket-4k", "canon-ef-50mm-f1.8-stm", "metabones-ef-mft-x0.71", 24.75, 67.4),
    ("nikon-z-6", "nikon-ai-s-28mm-f2.8", "nikon-f-to-nikon-z", 30.5, 28.1),
    ("fujifilm-x-t4", "canon-fd-50mm-f1.4", None, 24.3, 76.6),
    ("canon-eos-5d", "canon-ef-50mm-f1.8-ii", None, 0.0, 50.3),
    ("canon-eos-5d-mark-ii", "canon-ef-24-70mm-f2.8l-ii-usm@35mm", None, 0.0, 35.0),
    ("sony-a7-iii", "any-50mm-x2", None, None, 25.3),
]


@pytest.fixture(scope="module")
def gear() -> Gear:
    return load_gear()


def check(gear: Gear, *ids: str | None) -> RigCheck:
    body, lens, adapter = ids
    assert body is not None
    assert lens is not None
    return check_rig(gear, body, lens, adapter)


@pytest.mark.parametrize(("body", "lens", "adapter", "room_mm", "equivalent_mm"), RIGS)
def test_a_rig_fits_and_sees_as_wide_as_it_should(
    gear: Gear, body: str, lens: str, adapter: str | None, room_mm: float | None, equivalent_mm: float
) -> None:
    checked = check(gear, body, lens, adapter)
    assert checked.room_mm == (None if room_mm is None else pytest.approx(room_mm))
    assert checked.equivalent_mm == pytest.approx(equivalent_mm, abs=0.05)
    assert checked.rig.ids["lens"] == lens


def test_manual_lenses_on_adapters_leave_focus_and_aperture_to_the_hand(gear: Gear) -> None:
    for body, lens, adapter, *_ in RIGS[:4]:
        rig = check(gear, body, lens, adapter).rig
        assert rig.focus_by_hand
        assert rig.aperture_by_hand == "the lens ring"
    native = check(gear, "canon-eos-r6", "canon-ef-50mm-f1.8-stm", None).rig
    assert (native.focus_by_hand, native.aperture_by_hand, native.lost_through_adapter) == (False, "", ())


def test_an_ef_lens_on_a_plain_ring_stays_wide_open_and_is_said_to(gear: Gear) -> None:
    rig = check(gear, "sony-a7-iii", "canon-ef-50mm-f1.8-stm", "canon-ef-to-sony-e").rig
    assert any("any aperture but the widest" in lost for lost in rig.lost_through_adapter)
    assert check(gear, "sony-a7-iii", "canon-ef-50mm-f1.8-stm", "sigma-mc-11").rig.lost_through_adapter == ()


def test_the_first_5d_has_no_video(gear: Gear) -> None:
    assert any("does not record video" in told for told in check(gear, *RIGS[12][:3]).notes)


def test_a_focal_reducer_widens_the_view_and_brightens_as_its_makers_say(gear: Gear) -> None:
    # Metabones: "reduces the focal length by 0.71x and makes the lens one stop faster".
    rig = check(gear, *RIGS[9][:3]).rig
    assert rig.focal_length_mm == pytest.approx(35.5)
    seen = rig.f_number_at_sensor(1.8)
    assert seen is not None
    assert 2 * math.log2(1.8 / seen) == pytest.approx(1.0, abs=0.02)


def test_the_zone_through_a_reducer_is_that_of_the_lens_that_the_sensor_sees() -> None:
    through = ZoneFocus(50, 5.6, 0.015, magnification=0.71).zone_at(3.0)
    seen = ZoneFocus(35.5, 5.6 * 0.71, 0.015).zone_at(3.0)
    assert (through.near_m, through.far_m) == pytest.approx((seen.near_m, seen.far_m))


def test_an_anamorphic_lens_sees_twice_as_wide_and_no_higher(gear: Gear) -> None:
    movie = gear.bodies["canon-eos-5d-mark-ii"].movie
    assert movie is not None
    (wide, high), (plain_wide, plain_high) = movie_view_deg(50, movie, 2.0), movie_view_deg(50, movie)
    assert high == plain_high
    assert math.tan(math.radians(wide / 2)) == pytest.approx(2 * math.tan(math.radians(plain_wide / 2)))


def test_several_adapters_in_a_row_fit_one_on_the_other(gear: Gear) -> None:
    rig = gear.rig("canon-eos-r6", "smc-takumar-55mm-f1.8", "canon-ef-to-canon-rf+m42-to-canon-ef")
    assert rig.adapter is not None
    assert rig.adapter.thickness_mm == pytest.approx(24 + 1.46)
    assert rig.aperture_by_hand == "the lens ring"
    with pytest.raises(GearError, match="takes Canon EF"):
        gear.rig("canon-eos-r6", "smc-takumar-55mm-f1.8", "canon-ef-to-canon-rf+nikon-f-to-sony-e")


@pytest.mark.parametrize(
    ("body", "lens", "says"),
    [
        ("nikon-d750", "canon-fd-50mm-f1.4", "4.50 mm inside the body"),
        ("canon-eos-5d-mark-ii", "canon-fd-50mm-f1.4", "2.00 mm inside the body"),
        ("canon-eos-5d-mark-ii", "canon-ef-24-70mm-f2.8l-ii-usm@90mm", "has no 90 mm"),
        ("canon-eos-5d-mark-ii", "nikon-ai-s-28mm-f2.8@35mm", "has no 35 mm"),
        ("canon-eos-5d-mark-ii", "any-28mm@wide", "is a zoom"),
        ("canon-eos-5d-mark-ix", "any-28mm", "there is no body"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(gear: Gear, body: str, lens: str, says: str) -> None:
    with pytest.raises(GearError, match=says):
        check_rig(gear, body, lens, None)


@pytest.mark.parametrize("text", ["any-0mm", "any-70-24mm", "any-mm", "any-28mm-x9", "any-99999mm"])
def test_lenses_that_cannot_be_are_not_described(gear: Gear, text: str) -> None:
    with pytest.raises(GearError, match="there is no lens"):
        gear.lens(text)


def test_lensfuns_gear_lies_beneath_our_own(gear: Gear) -> None:
    body = gear.body("canon-eos-90d")
    # Canon states 22.3 x 14.8 mm; lensfun has the crop of it.
    assert (body.sensor_width_mm, body.sensor_height_mm) == pytest.approx((22.3, 14.8), abs=0.3)
    lens = gear.lens("pentax-smc-takumar-50mm-f1.4")
    assert (lens.mount.id, lens.focal_length_mm, lens.widest_f_number) == ("m42", 50.0, 1.4)
    assert lens.source
    assert lens.close_focus_m is None
    assert gear.body("canon-eos-5d-mark-ii").movie is not None
