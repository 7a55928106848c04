"""Bodies of Sony, Fujifilm, Olympus and Panasonic, and what is made of a listing's numbers, without any driver."""

import pytest

from rigcoach.emulated.fuji.fuji_body import FujiSettings
from rigcoach.emulated.lens import AS_LISTED
from rigcoach.emulated.olympus.olympus_body import OlympusSettings
from rigcoach.emulated.panasonic.lumix_body import Code as LumixCode
from rigcoach.emulated.panasonic.lumix_body import LumixSettings
from rigcoach.emulated.panasonic.panasonic_body import PanasonicSettings
from rigcoach.emulated.ptp.operations import OperationRefusedError
from rigcoach.emulated.ptp.ptp_properties import DataType, DeviceProperty
from rigcoach.emulated.sony.replay_sony import sony_model_listed
from rigcoach.emulated.sony.sony_model import AUTO_ISO, DIRECT, STEPPING, Code
from rigcoach.emulated.sony.sony_settings import SonySettings, shutter_code
from rigcoach.emulated.standard.numbered_properties import PropertyFacts, numbered_properties
from rigcoach.emulated.standard.standard_model import StandardModel
from rigcoach.listing.model import BodyListing, Span, Widget, WidgetType, listing_of

NOTHING_KNOWN = PropertyFacts({}, frozenset(), frozenset())


def model(*properties: DeviceProperty) -> StandardModel:
    return StandardModel("test", "maker", "1.0", 0, properties, (), {}, AS_LISTED)


def listed(code: int, current: str, *choices: str, kind: WidgetType = WidgetType.MENU) -> Widget:
    return Widget(f"/main/other/{code:04x}", "", kind, current, choices, readonly=False)


def only(widget: Widget) -> DeviceProperty:
    (found,), left_out = numbered_properties(listing_of("test", [widget]), NOTHING_KNOWN)
    assert left_out == ()
    return found


@pytest.mark.parametrize(
    ("widget", "type_"),
    [
        (listed(0xD000, "1", "0", "255"), DataType.UINT8),
        (listed(0xD000, "-1", "-1", "100"), DataType.INT8),
        (listed(0xD000, "256"), DataType.UINT16),
        (listed(0xD000, "-300"), DataType.INT16),
        (listed(0xD000, "65536"), DataType.UINT32),
        (listed(0xD000, "DSCF", kind=WidgetType.TEXT), DataType.TEXT),
    ],
)
def test_what_nobody_knows_has_the_narrowest_type_that_holds_it(widget: Widget, type_: DataType) -> None:
    assert only(widget).type is type_


def test_a_number_that_was_printed_rounded_above_its_type_is_the_types_highest() -> None:
    widget = Widget(
        "/main/other/d214", "", WidgetType.RANGE, "4.29497e+09", (), readonly=False, span=Span(0, 4.29497e9, 1)
    )
    assert only(widget).value == 0xFFFFFFFF


@pytest.mark.parametrize(("bottom", "top", "step"), [(10, -10, 1), (0, 10, 0), (0, 255, 7), (0, 255, 400)])
def test_a_range_is_never_one_that_a_driver_cannot_count_along(bottom: int, top: int, step: int) -> None:
    widget = Widget(
        "/main/other/d214", "", WidgetType.RANGE, str(bottom), (), readonly=False, span=Span(bottom, top, step)
    )
    made = only(widget)
    assert isinstance(made.choices, range)
    assert made.choices.step >= 1
    assert len(made.choices) >= 1
    assert made.choices[-1] + made.choices.step <= made.type.highest()
    assert all(made.type.holds(each) for each in (made.choices[0], made.choices[-1], made.choices.step))


def test_a_list_without_entries_says_nothing_of_what_is_taken() -> None:
    found = only(listed(0xD21E, "100"))
    assert found.choices == ()
    assert found.wanted(bytes([200])) == 200


def sony(*properties: DeviceProperty) -> SonySettings:
    return SonySettings(model(*properties), lambda _code: None)


def test_a_sony_steps_along_its_list_and_stops_at_its_ends() -> None:
    settings = sony(
        DeviceProperty(Code.ISO, DataType.UINT32, 100, (AUTO_ISO, 100, 125, 160), writable=True),
        DeviceProperty(Code.EXPOSURE_COMPENSATION, DataType.INT16, 0, (0, 1000, -1000, -300), writable=True),
    )
    settings.step(Code.ISO, 2)
    assert settings.value(Code.ISO) == 160
    settings.step(Code.ISO, -9)
    assert settings.value(Code.ISO) == AUTO_ISO
    # One step of a compensation is to the next larger number, however the list is ordered.
    settings.step(Code.EXPOSURE_COMPENSATION, -1)
    assert settings.value(Code.EXPOSURE_COMPENSATION) == -300


def test_a_sony_without_a_list_steps_along_engraved_speeds_and_stops() -> None:
    settings = sony(
        DeviceProperty(Code.SHUTTER_SPEED, DataType.UINT32, shutter_code("1/50"), range(0, 9), writable=True),
        DeviceProperty(Code.F_NUMBER, DataType.UINT16, 560, range(0, 9), writable=True),
        DeviceProperty(Code.BATTERY_LEVEL, DataType.INT8, 50, None, writable=False),
    )
    settings.step(Code.SHUTTER_SPEED, 1)
    assert settings.value(Code.SHUTTER_SPEED) == shutter_code("1/60")
    settings.step(Code.F_NUMBER, 3)
    assert settings.value(Code.F_NUMBER) == 800
    with pytest.raises(OperationRefusedError):
        settings.step(Code.BATTERY_LEVEL, 1)


def test_both_names_of_a_sonys_setting_are_one() -> None:
    settings = sony(
        DeviceProperty(Code.ISO, DataType.UINT32, 100, (), writable=True),
        DeviceProperty(Code.ISO_DIRECT, DataType.UINT32, 100, (100, 200), writable=True),
    )
    settings.put(Code.ISO_DIRECT, 200)
    assert settings.value(Code.ISO) == 200


def test_a_sony_speaks_the_version_that_its_codes_of_modes_are_of() -> None:
    def version(mode: str) -> int:
        found = BodyListing("x", "Sony Corporation", "X", (listed(0x500E, mode, "1", mode),))
        return sony_model_listed(found)[1]

    assert version("32848") == STEPPING
    assert version(str(0x00018050)) == DIRECT


@pytest.mark.parametrize(
    ("microseconds", "seconds"), [(19686, 0.019686), (1_000_000, 1.0), (64_000_000, 64.0), (64_000_060, 240.0)]
)
def test_a_fujifilm_exposes_for_as_long_as_its_code_says(microseconds: int, seconds: float) -> None:
    code = DeviceProperty(0x500D, DataType.UINT32, microseconds, None)
    settings = FujiSettings(model(code, DeviceProperty(0x500F, DataType.INT32, 400, None)), lambda _code: None)
    assert settings.still_exposure().shutter_s == pytest.approx(seconds)


def test_an_olympus_is_read_in_tenths_and_as_a_fraction() -> None:
    settings = OlympusSettings(
        model(
            DeviceProperty(0xD01C, DataType.UINT32, 10 << 16 | 2500, None),
            DeviceProperty(0xD002, DataType.UINT16, 56, None),
            DeviceProperty(0xD007, DataType.UINT16, 800, None),
        ),
        lambda _code: None,
    )
    exposure = settings.still_exposure()
    assert exposure.shutter_s == pytest.approx(1 / 250)
    assert (exposure.f_number, exposure.iso) == (5.6, 800)


def test_a_tethering_panasonic_is_read_in_thousandths_thirds_and_tenths() -> None:
    settings = LumixSettings(
        model(
            DeviceProperty(LumixCode.SHUTTER_SPEED, DataType.UINT32, 2000 | 0x8000_0000, None),
            DeviceProperty(LumixCode.APERTURE, DataType.UINT16, 56, None),
            DeviceProperty(LumixCode.ISO, DataType.UINT32, 400, None),
        ),
        lambda _code: None,
    )
    exposure = settings.still_exposure()
    assert exposure.shutter_s == pytest.approx(2.0)
    assert (exposure.f_number, exposure.iso) == (5.6, 400)


def test_a_panasonic_is_read_in_tenths_of_milliseconds() -> None:
    settings = PanasonicSettings(
        model(
            DeviceProperty(0x500D, DataType.UINT32, 250, None),
            DeviceProperty(0x5007, DataType.UINT16, 350, None),
            DeviceProperty(0x500F, DataType.UINT16, 200, None),
        ),
        lambda _code: None,
    )
    exposure = settings.still_exposure()
    assert exposure.shutter_s == pytest.approx(1 / 40)
    assert (exposure.f_number, exposure.iso) == (3.5, 200)
