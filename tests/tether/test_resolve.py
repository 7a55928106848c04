"""Profiles against what real bodies listed. The expected choices were read off the listings by eye."""

from pathlib import Path

import pytest

from rigcoach.listing.files import read_listing
from rigcoach.listing.model import BodyListing, Widget, WidgetType, listing_of
from rigcoach.rig.gear import Rig
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.profile import Profile, RawSetting, load_profile
from rigcoach.rig.settings import Settings
from rigcoach.tether.settings.resolution import Resolved, Status
from rigcoach.tether.settings.resolve import is_ok, resolve

NO_RIG = Rig(None, None, None)


def profile(settings: Settings, rig: Rig = NO_RIG, raw: tuple[RawSetting, ...] = ()) -> Profile:
    return Profile("test", "", rig, settings, raw, Path("test.toml"))


def body(shared: Path, name: str) -> BodyListing:
    return read_listing(shared / "cameras" / f"{name}.json")


def only(listing: BodyListing, settings: Settings, rig: Rig = NO_RIG) -> Resolved:
    (resolved,) = resolve(profile(settings, rig), listing)
    return resolved


@pytest.mark.parametrize(
    ("name", "settings", "widget", "value"),
    [
        ("nikon-d750", Settings(shutter_s=1 / 50), "/main/capturesettings/shutterspeed2", "1/50"),
        ("nikon-d750", Settings(white_balance="daylight"), "/main/imgsettings/whitebalance", "Tageslicht"),
        ("nikon-d750", Settings(white_balance="tungsten"), "/main/imgsettings/whitebalance", "Kunstlicht - Glühlampe"),
        ("nikon-d750", Settings(aperture=5.6), "/main/capturesettings/f-number", "f/5,6"),
        ("nikon-d750", Settings(focus_mode="manual"), "/main/capturesettings/focusmode", "Manuell"),
        ("nikon-d750", Settings(iso="auto"), "/main/imgsettings/autoiso", "An"),
        ("nikon-d3500", Settings(focus_mode="manual"), "/main/capturesettings/focusmode2", "MF (selection)"),
        ("nikon-coolpix-a", Settings(shutter_s=1 / 60), "/main/capturesettings/shutterspeed", "0.0166s"),
        ("nikon-j5", Settings(aperture=8), "/main/capturesettings/aperture", "8"),
        ("sony-a7mr2", Settings(white_balance="kelvin"), "/main/imgsettings/whitebalance", "Wähle Farbtemperatur"),
        ("sony-a7mr2", Settings(white_balance="shade"), "/main/imgsettings/whitebalance", "Schatten"),
        ("sony-a7c", Settings(aperture=2.8), "/main/capturesettings/f-number", "f/2,8"),
        ("sony-a6400", Settings(shutter_s=0.4), "/main/capturesettings/shutterspeed", "4/10"),
        ("sony-a7mr2", Settings(exposure_mode="manual"), "/main/capturesettings/expprogram", "M"),
        ("sony-a6400", Settings(iso="auto"), "/main/imgsettings/iso", "Auto ISO"),
        ("fuji-xpro3", Settings(shutter_s=8), "/main/capturesettings/shutterspeed", "8s"),
        ("fuji-xpro3", Settings(shutter_s=240), "/main/capturesettings/shutterspeed", "4m"),
        ("fuji-xpro3", Settings(exposure_mode="program"), "/main/capturesettings/expprogram", "Action"),
        ("panasonic-gx8", Settings(shutter_s=1 / 50), "/main/capturesettings/shutterspeed", "0,0200s"),
        ("panasonic-gx8", Settings(iso="auto"), "/main/imgsettings/iso", "65535"),
        ("olympus-e-m1-mark-ii", Settings(aperture=8), "/main/capturesettings/aperture", "8.0"),
        ("canon-eos-r5", Settings(color_temperature_k=5200), "/main/imgsettings/colortemperature", "5200"),
        ("canon-eos-r5", Settings(white_balance="shade"), "/main/imgsettings/whitebalance", "Shadow"),
        ("canon-eos-m100", Settings(exposure_mode="manual"), "/main/capturesettings/autoexposuremode", "Manuell"),
        ("canon-eos5dmark3", Settings(exposure_compensation_ev=2 / 3), None, "0.6"),
        ("nikon-z9", Settings(metering_mode="evaluative"), None, "Multi Spot"),
        # Without a name in an old libgphoto2; what the codes mean stands in a newer one's tables.
        ("canon-eos5dmark3", Settings(iso=8000), None, "Unknown value 007b"),
        ("canon-eos5dmark3", Settings(exposure_compensation_ev=-4.3), None, "Unknown value 00dd"),
        ("canon-eos5dmark3", Settings(picture_style="auto"), None, "Unknown value 0087"),
        ("canon-eos7d", Settings(drive_mode="continuous-low"), None, "Unknown value 0005"),
        ("fuji-xt4", Settings(white_balance="shade"), None, "Unknown value 8006"),
        ("sony-a7s", Settings(drive_mode="continuous"), None, "Unknown value 8013"),
        ("canon-eos-r1", Settings(image_format="raw+jpeg"), None, "RAW + M"),
        ("nikon-d750", Settings(drive_mode="timer-10"), None, "Selbstauslöser"),
        ("fuji-xpro3", Settings(drive_mode="timer-2"), None, "Self-timer"),
        ("fuji-xt4", Settings(picture_style="standard"), None, "PROVIA/Standard"),
        # Kelvin by its number, which libgphoto2 has no name for; by the step of a table on older bodies.
        ("nikon-d750", Settings(color_temperature_k=5200), "/main/other/d01e", "5200"),
        ("nikon-d7100", Settings(color_temperature_k=5000), "/main/other/d01e", "20"),
        # For movies those of movies, where a Nikon keeps them apart; its stills' where it does not.
        ("nikon-z7", Settings(movie_mode=True, iso=400), "/main/imgsettings/movieiso", "400"),
        ("nikon-z7", Settings(movie_mode=True, shutter_s=1 / 50), "/main/capturesettings/movieshutterspeed", "1/50"),
        ("nikon-z7", Settings(movie_mode=False, iso=400), "/main/imgsettings/iso", "400"),
        ("nikon-d3500", Settings(movie_mode=True, iso=400), "/main/imgsettings/iso", "400"),
    ],
)
def test_a_setting_resolves_to_the_choice_that_the_body_lists(
    shared: Path, name: str, settings: Settings, widget: str | None, value: str
) -> None:
    resolved = resolve(profile(settings), body(shared, name))[-1]
    assert (resolved.status, resolved.value) == (Status.EXACT, value)
    assert widget is None or resolved.widget == widget


@pytest.mark.parametrize("word", ["PROVIA/Estándar", "PROVIA / Standard", "PROVIA/标准", "بروفيا/قياسي"])
def test_a_films_name_is_known_as_libgphoto2_translates_it(word: str) -> None:
    film = Widget("/main/imgsettings/filmsimulation", "", WidgetType.RADIO, "Velvia", ("Velvia", word), readonly=False)
    resolved = only(listing_of("x-t4", [film]), Settings(picture_style="standard"))
    assert (resolved.status, resolved.value) == (Status.EXACT, word)


def test_a_step_of_a_table_is_told_in_kelvin(shared: Path) -> None:
    resolved = only(body(shared, "nikon-d3s"), Settings(color_temperature_k=5200))
    assert (resolved.status, resolved.value) == (Status.NEAREST, "21")
    assert "21 (5263 K), 63 K higher" in resolved.reason


def test_a_value_that_a_body_is_at_but_does_not_list_is_what_it_has() -> None:
    compensation = Widget(
        "/main/capturesettings/exposurecompensation", "", WidgetType.RADIO, "0", ("1", "0.3", "-0.3"), readonly=False
    )
    resolved = only(listing_of("rx0", [compensation]), Settings(exposure_compensation_ev=0.0))
    assert (resolved.status, resolved.value) == (Status.EXACT, "0")


def test_a_half_stop_body_takes_the_nearest_speed_and_says_how_far_it_is(shared: Path) -> None:
    resolved = only(body(shared, "nikon-d7200"), Settings(shutter_s=1 / 50))
    assert (resolved.status, resolved.value) == (Status.NEAREST, "1/45")
    assert resolved.distance == pytest.approx(0.152, abs=0.001)  # log2(50/45)
    assert "0.15 stop longer" in resolved.reason


def test_nearest_is_in_stops_not_in_seconds(shared: Path) -> None:
    # Between 1/30 and 1/45 the middle is 1/36 in seconds and 1/36.7 in stops.
    resolved = only(body(shared, "nikon-d7200"), Settings(shutter_s=1 / 36.4))
    assert resolved.value == "1/30"


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("canon-eos-1dx", Settings(shutter_s=1 / 50), "in P"),
        ("canon-eos-1dx", Settings(aperture=8), "in P"),  # "Unknown value 0000" with a chipped lens in P
        ("canon-eos-m200", Settings(shutter_s=1 / 60), "in AV"),  # lists 1/60 alone: what it meters, not a choice
        ("canon-eos5dmark3", Settings(aperture=8), "in TV"),  # no aperture at all in Tv
        ("canon-eos-r3", Settings(shutter_s=1 / 50), "in Bulb"),
        ("canon-powershot-sx730hs", Settings(aperture=8), "in P"),  # "implicit auto"
        ("sony-rx0", Settings(shutter_s=1 / 50), ""),
        ("sony-a6300", Settings(shutter_s=1 / 50), ""),
        ("sony-a7m4", Settings(iso=400), ""),
        ("nikon-j5", Settings(white_balance="kelvin"), "no name"),
    ],
)
def test_a_listing_from_a_state_that_does_not_say_is_unknown(
    shared: Path, name: str, settings: Settings, said: str
) -> None:
    name = {"sony-rx0": "sony-dsc-rx0"}.get(name, name)
    resolved = only(body(shared, name), settings)
    assert (resolved.status, resolved.value) == (Status.UNKNOWN, None)
    assert said in resolved.reason


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("nikon-z6", Settings(exposure_mode="manual"), "turn the mode dial to M"),
        ("nikon-zf", Settings(exposure_mode="manual"), "nothing to do"),
        ("canon-eos7d", Settings(exposure_mode="manual"), "turn the mode dial to M"),
        ("canon-eos5dmark3", Settings(focus_mode="manual"), "focus switch"),
        ("sony-ilce-7rm4a", Settings(aperture=8), "f/8 on the lens ring"),  # reports "(null)"
        ("fuji-xt4", Settings(aperture=8), "f/8 on the lens ring"),
        ("sony-a7r3a", Settings(color_temperature_k=5200), "white balance"),
        ("nikon-z9", Settings(shutter_s=1 / 50), "read-only"),
    ],
)
def test_what_software_cannot_set_is_left_to_the_hand(shared: Path, name: str, settings: Settings, said: str) -> None:
    resolved = only(body(shared, name), settings)
    assert (resolved.status, resolved.value) == (Status.BY_HAND, None)
    assert said in resolved.reason


def test_beyond_half_a_stop_the_body_cannot_do_it_and_its_range_is_told(shared: Path) -> None:
    resolved = only(body(shared, "canon-eos-r5"), Settings(iso=200_000))
    assert resolved.status is Status.UNSUPPORTED
    assert "100" in resolved.reason
    assert "51200" in resolved.reason


def test_numbers_with_words_beside_them_are_no_iso(shared: Path) -> None:
    # An RX100 VI lists "160 Multi Frame Noise Reduction" too.
    assert only(body(shared, "sony-rx100m6"), Settings(iso=160)).value == "160"


def test_auto_iso_that_would_override_the_number_is_turned_off_first(shared: Path) -> None:
    resolved = only(body(shared, "nikon-d500"), Settings(iso=400))
    assert [(send.widget, send.value) for send in resolved.also] == [("/main/imgsettings/autoiso", "Off")]
    assert not only(body(shared, "nikon-d4"), Settings(iso=400)).also


def test_a_lens_without_contacts_is_set_by_its_ring_whatever_the_body_lists(shared: Path) -> None:
    rig = load_gear().rig("canon-eos-5d-mark-ii", "nikon-ai-s-28mm-f2.8", "nikon-f-to-canon-ef")
    resolved = only(body(shared, "canon-eos-r5"), Settings(aperture=8), rig)
    assert resolved.status is Status.BY_HAND
    assert "lens ring" in resolved.reason


def test_a_g_lens_on_a_plain_adapter_is_set_by_the_adapters_lever(shared: Path) -> None:
    rig = load_gear().rig("canon-eos-5d-mark-ii", "nikon-af-s-50mm-f1.8g", "nikon-f-to-canon-ef")
    assert "lever" in only(body(shared, "canon-eos-r5"), Settings(aperture=8), rig).reason


@pytest.mark.parametrize("value", ["implicit auto", "automatisch impliziert", "Unknown value 00ff", "0"])
def test_an_eos_that_sees_no_chip_is_judged_by_the_value_not_by_left_over_choices(value: str) -> None:
    listing = listing_of(
        "5d2",
        [
            Widget("/main/status/manufacturer", "", WidgetType.TEXT, "Canon Inc."),
            Widget("/main/status/lensname", "", WidgetType.TEXT, ""),
            Widget("/main/capturesettings/autoexposuremode", "", WidgetType.RADIO, "Manual", ("Manual",)),
            Widget("/main/capturesettings/aperture", "", WidgetType.RADIO, value, ("5.6", "8", value)),
        ],
    )
    assert only(listing, Settings(aperture=8)).status is Status.BY_HAND


def test_raw_widgets_are_sent_as_they_stand_but_never_a_choice_that_is_not_listed(shared: Path) -> None:
    raw = (
        RawSetting("customfuncex", "1,2"),
        RawSetting("iso", "401"),
        RawSetting("/main/imgsettings/iso", "400"),
        RawSetting("nosuch", "1"),
    )
    resolved = resolve(profile(Settings(), raw=raw), body(shared, "canon-eos5dmark3"))
    assert [(r.setting, r.status, r.value) for r in resolved] == [
        ("raw.customfuncex", Status.EXACT, "1,2"),
        ("raw.iso", Status.UNSUPPORTED, None),
        ("raw./main/imgsettings/iso", Status.EXACT, "400"),
        ("raw.nosuch", Status.UNSUPPORTED, None),
    ]


def test_modes_come_before_what_they_open(shared: Path) -> None:
    wanted = Settings(aperture=8, color_temperature_k=5200, white_balance="kelvin", shutter_s=0.02, iso=400)
    with_mode = Settings(**{name: getattr(wanted, name) for name in wanted.__slots__} | {"exposure_mode": "manual"})
    order = [r.setting for r in resolve(profile(with_mode), body(shared, "canon-eos-r5"))]
    assert order == ["exposure_mode", "iso", "white_balance", "color_temperature", "shutter", "aperture"]


EVERYTHING = Settings(
    exposure_mode="manual",
    iso=640,
    shutter_s=1 / 50,
    aperture=6.3,
    white_balance="fluorescent",
    color_temperature_k=4321,
    picture_style="neutral",
    focus_mode="continuous",
    drive_mode="timer-2",
    image_format="raw+jpeg",
    movie_mode=True,
    capture_target="card",
    live_view_output="both",
    review_time_s=4.0,
    auto_power_off_s="never",
    exposure_compensation_ev=-0.3,
    metering_mode="center",
)


def test_everything_on_every_body_sends_nothing_that_the_body_does_not_list(shared: Path) -> None:
    profiles = [load_profile("hip-video"), profile(EVERYTHING)]
    paths = sorted((shared / "cameras").glob("*.json"))
    assert len(paths) >= 62
    for path in paths:
        listing = read_listing(path)
        for wanted in profiles:
            for resolved in resolve(wanted, listing):
                _check_sound(resolved, listing)


def _check_sound(resolved: Resolved, listing: BodyListing) -> None:
    if resolved.status in (Status.EXACT, Status.NEAREST):
        assert resolved.widget is not None
        assert resolved.value is not None
        sends = [(resolved.widget, resolved.value), *((send.widget, send.value) for send in resolved.also)]
        for path, value in sends:
            widget = listing.widget(path)
            assert widget is not None
            assert not widget.readonly
            if widget.type in (WidgetType.RADIO, WidgetType.MENU):
                assert value in widget.choices
            if widget.span is not None:
                assert widget.span.bottom <= float(value) <= widget.span.top
    else:
        assert resolved.value is None
        assert resolved.reason


def test_by_hand_is_no_failing_but_unknown_is(shared: Path) -> None:
    nikon = body(shared, "nikon-zf")
    assert is_ok(resolve(profile(Settings(exposure_mode="manual", iso=400)), nikon))
    assert not is_ok(resolve(profile(Settings(shutter_s=0.02)), body(shared, "canon-eos-1dx")))


def test_a_time_that_a_body_does_not_list_becomes_the_nearest(shared: Path) -> None:
    resolved = only(body(shared, "canon-eos-r5"), Settings(auto_power_off_s=1800))
    assert (resolved.status, resolved.value) == (Status.NEAREST, "600")
    assert "1200 s shorter" in resolved.reason
    assert only(body(shared, "canon-eos-r5"), Settings(auto_power_off_s="never")).value == "0"


def test_beyond_the_end_of_a_scale_a_stop_is_near_enough(shared: Path) -> None:
    resolved = only(body(shared, "canon-eos2000d"), Settings(iso=12800))  # it goes up to 6400
    assert (resolved.status, resolved.value) == (Status.NEAREST, "6400")
    assert "1.00 stop lower" in resolved.reason


def test_a_listing_without_a_maker_is_known_by_its_widgets() -> None:
    listing = listing_of(
        "pasted",
        [
            Widget("/main/imgsettings/iso", "", WidgetType.RADIO, "100", ("100", "400")),
            Widget("/main/capturesettings/picturestyle", "", WidgetType.RADIO, "Neutral", ("Neutral",)),
        ],
    )
    assert only(listing, Settings(focus_mode="manual")).status is Status.BY_HAND
    assert only(listing, Settings(shutter_s=1 / 50)).status is Status.UNKNOWN


def test_a_profile_can_set_but_not_do_anything(shared: Path) -> None:
    raw = (RawSetting("/main/actions/opcode", "0x100f,0x00010001"), RawSetting("bulb", "1"))
    resolved = resolve(profile(Settings(), raw=raw), body(shared, "canon-eos-r5"))
    assert [(r.status, r.value) for r in resolved] == [(Status.UNSUPPORTED, None)] * 2
    assert "a profile must not" in resolved[0].reason


def radio(path: str, current: str, *choices: str) -> Widget:
    return Widget(path, "", WidgetType.RADIO, current, choices)


def test_an_old_powershot_has_its_modes_under_other_names() -> None:

    listing = listing_of(
        "powershot",
        [
            Widget("/main/status/manufacturer", "", WidgetType.TEXT, "Canon Inc."),
            radio("/main/capturesettings/shootingmode", "AV", "Auto", "TV", "AV", "Manual"),
            radio("/main/imgsettings/imagequality", "fine", "normal", "fine", "superfine"),
            radio("/main/capturesettings/afdistance", "Auto", "Auto", "Manual", "Zone Focus (Close-up)"),
        ],
    )
    assert only(listing, Settings(exposure_mode="manual")).value == "Manual"
    assert only(listing, Settings(image_format="jpeg")).value == "fine"
    assert only(listing, Settings(focus_mode="manual")).value == "Manual"


@pytest.mark.parametrize("name", ["ar", "eu", "ka", "ro", "vi"])
def test_translations_of_libgphoto2_are_known(shared: Path, name: str) -> None:
    listing = read_listing(shared / "cases/11-other-locales" / f"{name}.txt")
    assert only(listing, Settings(white_balance="daylight")).status is Status.EXACT
    assert only(listing, Settings(exposure_mode="manual")).status is Status.EXACT


def test_words_of_a_language_that_is_not_known_are_unknown_not_unsupported() -> None:
    choices = ("Sjálfvirkt", "Dagsljós", "Skuggi")
    foreign = Widget("/main/imgsettings/whitebalance", "Hvítjöfnun", WidgetType.RADIO, choices[0], choices, False, None)
    resolved = only(listing_of("body", (foreign,)), Settings(white_balance="daylight"))
    assert resolved.status is Status.UNKNOWN
    assert "words of this listing are not known" in resolved.reason
    english = Widget(foreign.path, "WhiteBalance", WidgetType.RADIO, "Auto", ("Auto", "Cloudy", "Shade"), False, None)
    assert only(listing_of("body", (english,)), Settings(white_balance="daylight")).status is Status.UNSUPPORTED


@pytest.mark.parametrize(
    ("choices", "settings", "expected"),
    [
        # Czech, Romanian, Vietnamese: libgphoto2 translates the first choice, and not all of the others.
        (("Uživatelské", "Preset 1"), Settings(white_balance="custom"), "Uživatelské"),
        (("BRUT + JPEG fin mare", "cRAW + Large Fine JPEG"), Settings(image_format="raw+jpeg"), "BRUT + JPEG fin mare"),
        (("Chấm giữa", "Spot Standard", "Multi"), Settings(metering_mode="spot"), "Chấm giữa"),
        (("Centraal", "Multi"), Settings(metering_mode="center"), "Centraal"),
    ],
)
def test_a_translation_stands_where_its_english_word_would(
    choices: tuple[str, ...], settings: Settings, expected: str
) -> None:
    names = {"white_balance": "whitebalance", "image_format": "imageformat", "metering_mode": "meteringmode"}
    (request,) = settings.requests()
    widget = radio(f"/main/imgsettings/{names[request.setting]}", choices[-1], *choices)
    assert only(listing_of("body", [widget]), settings).value == expected


@pytest.mark.parametrize(
    ("half", "minute", "five"),
    [
        ("30 секунд", "1 хвилина", "5 хвилин"),
        ("30 giây", "1 phút", "5 phút"),
        ("30 秒", "1 分钟", "5 分钟"),
        ("30 წამი", "1 წთ", "5 წუთი"),
        ("30 ثانية", "دقيقة واحدة", "5 دقائق"),
        ("30 de secunde", "1 minut", "5 minute"),
    ],
)
def test_minutes_are_minutes_in_every_language(half: str, minute: str, five: str) -> None:
    listing = listing_of("body", [radio("/main/settings/meterofftime", half, half, minute, five)])
    assert only(listing, Settings(auto_power_off_s=60)).value == minute
    assert only(listing, Settings(auto_power_off_s=300)).value == five


@pytest.mark.parametrize("choices", [("Evaluative", "Evaluative"), ("", "Evaluative"), ("Evaluative ", "Evaluative")])
def test_one_choice_that_is_listed_twice_is_one(choices: tuple[str, ...]) -> None:
    widget = radio("/main/capturesettings/meteringmode", "Evaluative", *choices)
    resolved = only(listing_of("body", [widget]), Settings(metering_mode="spot"))
    assert resolved.status is Status.UNKNOWN
    assert "lists only Evaluative" in resolved.reason
