"""What is made of a listing's numbers and labels, before any driver sees it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rigcoach.emulated.eos.eos_properties import PropertyCode
from rigcoach.emulated.eos.replay_eos import eos_model, image_format
from rigcoach.emulated.nikon.replay_nikon import nikon_model
from rigcoach.emulated.ptp.operations import OperationRefusedError
from rigcoach.emulated.ptp.ptp_properties import DataType, DeviceProperty, span
from rigcoach.listing.files import parse_json
from rigcoach.listing.model import BodyListing, Span, Widget, WidgetType, listing_of
from rigcoach.listing.translations import english, unnamed


def nikon(*widgets: Widget) -> dict[int, DeviceProperty]:
    model, left_out = nikon_model(listing_of("nikon-test", widgets))
    assert left_out == ()
    return {each.code: each for each in model.properties}


def menu(code: str, current: str, *choices: str) -> Widget:
    return Widget(f"/main/other/{code}", "", WidgetType.MENU, current, choices, readonly=False)


def ranged(code: str, current: str, bottom: float, top: float, step: float) -> Widget:
    return Widget(
        f"/main/other/{code}", "", WidgetType.RANGE, current, (), readonly=False, span=Span(bottom, top, step)
    )


def test_two_values_that_are_not_neighbours_stay_a_list() -> None:
    # A Z30 and a Z6 II list them so; as a range of step 243 every client of libgphoto2 counts for ever.
    found = nikon(menu("d059", "12", "12", "255"))[0xD059]
    assert found.choices == (12, 255)
    assert found.describe()[7] == 2  # an enumeration


def test_a_switch_is_a_range_as_the_driver_wants_it() -> None:
    assert nikon(menu("d059", "1", "0", "1"))[0xD059].choices == range(2)


@given(
    st.sampled_from(("d059", "d017", "d1f1", "5010", "d109")),
    st.integers(-128, 255),
    st.integers(-128, 70000),
    st.integers(0, 300),
)
def test_no_range_ends_within_a_step_of_its_types_end(code: str, bottom: int, top: int, step: int) -> None:
    model, _ = nikon_model(listing_of("nikon-test", [ranged(code, str(bottom), bottom, max(bottom, top), step)]))
    for each in model.properties:
        assert isinstance(each.choices, range)
        assert each.choices.stop - 1 + each.choices.step <= each.type.highest()


def test_decimals_with_a_comma_are_numbers() -> None:
    found = nikon(menu("5001", "100,000", "0,000", "100,000"), ranged("5018", "1,0", 1, 9, 1))
    assert (found[0x5001].value, found[0x5018].value) == (100, 1)
    listed = {"path": "/main/other/5018", "type": "RANGE", "current": "2,5"}
    listed |= {"bottom": "0,5", "top": "9,5", "step": "0,5"}
    text = json.dumps({"widgets": [listed]})
    assert parse_json(text).widgets[0].span == Span(0.5, 9.5, 0.5)


@pytest.mark.parametrize(("top", "type_"), [(168, DataType.UINT8), (1224, DataType.UINT16)], ids=["D5200", "Z6 and D6"])
def test_a_property_has_the_narrowest_type_that_holds_its_values(top: int, type_: DataType) -> None:
    assert nikon(ranged("d017", str(top // 2), 0, top, 1))[0xD017].type is type_


def test_a_value_that_the_driver_cut_short_is_the_one_that_is_meant() -> None:
    # libgphoto2 sends a D6's autowhitebias in one byte and its focusmetering too; the body has two (config.c).
    bias = DeviceProperty(0xD017, DataType.UINT16, 612, span(0, 1224), writable=True)
    assert bias.wanted_from_low_bytes(bytes([612 & 0xFF])) == 612
    assert bias.wanted_from_low_bytes(bytes([600 & 0xFF])) == 600
    assert bias.wanted_from_low_bytes((100).to_bytes(2, "little")) == 100
    metering = DeviceProperty(0x501C, DataType.UINT16, 0x8010, (2, 0x8010, 0x8011), writable=True)
    assert metering.wanted_from_low_bytes(b"\x10") == 0x8010
    assert metering.wanted_from_low_bytes(b"\x11") == 0x8011
    with pytest.raises(OperationRefusedError):
        metering.wanted_from_low_bytes(b"\x77")


def test_a_body_takes_the_value_that_it_stands_at() -> None:
    # A Coolpix P1000 lists f/3.4 and f/6.3 and stands at f/3.7.
    aperture = DeviceProperty(0x5007, DataType.UINT16, 370, (340, 630), writable=True)
    assert aperture.wanted((370).to_bytes(2, "little")) == 370
    with pytest.raises(OperationRefusedError):
        aperture.wanted((400).to_bytes(2, "little"))


def eos(*widgets: Widget) -> tuple[dict[str, object], tuple[str, ...]]:
    model, left_out = eos_model(listing_of("canon-test", widgets))
    return {each.code.name: each.value for each in model.properties}, left_out


def radio(name: str, current: str, *choices: str) -> Widget:
    return Widget(f"/main/capturesettings/{name}", "", WidgetType.RADIO, current, choices, readonly=False)


def test_labels_in_other_languages_and_in_lower_case_are_understood() -> None:
    if english("Langzeitbelichtung") == ("Langzeitbelichtung",):
        pytest.skip("libgphoto2's translations are not installed")
    values, left_out = eos(
        radio("autoexposuremode", "Langzeitbelichtung", "P", "Langzeitbelichtung", "Nie gehört"),
        radio("meteringmode", "spot", "evaluative", "spot"),
        radio("output", "Unbekannter Wert 0008", "Aus", "Unbekannter Wert 0008"),
    )
    assert (values["AUTO_EXPOSURE_MODE"], values["METERING_MODE"], values["EVF_OUTPUT_DEVICE"]) == (4, 1, 8)
    assert left_out == ("autoexposuremode: Nie gehört",)


def test_image_formats_in_other_languages_are_understood() -> None:
    if english("JPEG Tốt lớn") == ("JPEG Tốt lớn",):
        pytest.skip("libgphoto2's translations are not installed")
    values, left_out = eos(radio("imageformat", "RAW + JPEG Tốt lớn", "大 精细 JPEG", "RAW + JPEG Tốt lớn", "RAW"))
    assert values["IMAGE_FORMAT"] == image_format("RAW + Large Fine JPEG")
    assert left_out == ()


def test_values_without_a_name_are_read_by_their_number_in_any_language() -> None:
    assert (unnamed("Unknown value 0087"), unnamed("unknown value 0x0087")) == (0x87, 0x87)
    assert unnamed("Manual") is None


def test_a_packed_image_format_is_what_its_bits_say() -> None:
    # Older libgphoto2 (a raw by its compression) and newer (by a bit of its own), ptp_unpack_EOS_ImageFormat.
    assert image_format("Unknown value 0400") == image_format("RAW")
    assert image_format("Unknown value 0cff") == image_format("RAW")
    assert image_format("Unknown value 0403") == image_format("RAW + L")
    assert image_format("Unknown value 0bd2") == image_format("cRAW + cS1")


def test_formats_that_differ_from_card_to_card_are_settings_of_their_own() -> None:
    model, _ = eos_model(
        listing_of(
            "canon-test",
            [
                radio("imageformat", "RAW + L", "L", "RAW + L"),
                radio("imageformatsd", "RAW + L", "L", "RAW + L"),
                radio("imageformatcf", "L", "L", "RAW + L"),
            ],
        )
    )
    assert model.one_setting == (PropertyCode.IMAGE_FORMAT, PropertyCode.IMAGE_FORMAT_SD)


def test_every_listing_is_made_a_body_with_little_left_out(shared: Path) -> None:
    from rigcoach.listing.files import read_listing

    read = [read_listing(path) for path in sorted((shared / "cameras").glob("canon*.json"))]
    left_out: dict[str, tuple[str, ...]] = {listing.body: _left_out(listing) for listing in read}
    assert {body: left for body, left in left_out.items() if len(left) > 3} == {}


def _left_out(listing: BodyListing) -> tuple[str, ...]:
    return eos_model(listing)[1]
