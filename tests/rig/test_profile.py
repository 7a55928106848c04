"""Profiles as files: what they may hold, and what is said of what they may not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rig.profile_errors import error_of

from rigcoach.base.errors import RigcoachError
from rigcoach.base.user_data import user_folder
from rigcoach.rig.profile import load_profile, profile_paths, read_profile
from rigcoach.rig.settings import WORDS

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file


def test_the_shipped_hip_video_profile_says_what_it_is_named_for() -> None:
    profile = load_profile("hip-video")
    settings = profile.settings
    assert (settings.shutter_s, settings.iso, settings.aperture) == (0.02, 400, 8)
    assert (settings.exposure_mode, settings.white_balance, settings.focus_mode) == ("manual", "daylight", "manual")
    assert profile.rig.body is not None
    assert profile.rig.body.name == "Canon EOS 5D Mark II"
    assert profile.rig.lens is not None
    assert profile.rig.lens.focal_length_mm == 28
    assert [(request.setting, request.text) for request in settings.requests()][1:4] == [
        ("iso", "400"),
        ("shutter", "1/50"),
        ("aperture", "f/8"),
    ]


def test_every_shipped_profile_is_named_as_its_file() -> None:
    assert len(profile_paths()) >= 3
    for path in profile_paths():
        assert read_profile(path).name == path.stem
        assert read_profile(path).description


def test_every_setting_of_the_contract_is_read_with_its_unit(write: Write) -> None:
    path = write("""
        [settings]
        exposure_mode = "manual"
        iso = "auto"
        shutter = "1/50"
        aperture = 8
        white_balance = "kelvin"
        color_temperature = 5200
        picture_style = "neutral"
        focus_mode = "manual"
        drive_mode = "single"
        image_format = "raw"
        movie_mode = true
        capture_target = "card"
        live_view_output = "computer"
        review_time = "off"
        auto_power_off = 600
        exposure_compensation = -0.7
        metering_mode = "spot"
        [raw]
        customfuncex = "1,2"
        """)
    profile = read_profile(path)
    told = {request.setting: request.text for request in profile.settings.requests()}
    assert len(told) == 17
    assert told["color_temperature"] == "5200 K"
    assert told["exposure_compensation"] == "-0.7 EV"
    assert told["auto_power_off"] == "600 s"
    assert [(raw.widget, raw.value) for raw in profile.raw] == [("customfuncex", "1,2")]
    assert profile.name == "mine"  # the file's name, where the file gives none


@pytest.mark.parametrize(
    ("written", "seconds"),
    [('"1/50"', 0.02), ('"0.02"', 0.02), ('"1/2"', 0.5), ("0.5", 0.5), ("2", 2.0), ('"10/13"', 10 / 13)],
)
def test_a_shutter_speed_is_a_fraction_or_seconds(write: Write, written: str, seconds: float) -> None:
    assert read_profile(write(f"[settings]\nshutter = {written}\n")).settings.shutter_s == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('shuter = "1/50"', "did you mean `shutter`?"),
        ("iso = 0", "0 is out of range"),
        ("iso = -400", "-400 is out of range"),
        ("iso = 13", "13 is out of range"),
        ("iso = nan", "nan is out of range"),
        ('iso = "four hundred"', 'a number such as 400, or "auto"'),
        ("iso = true", "not true"),
        ('shutter = "1/0"', "divides by zero"),
        ('shutter = "fast"', "a shutter speed such as"),
        ("shutter = -1", "out of range"),
        ("shutter = inf", "out of range"),
        ("shutter = [1, 50]", "a shutter speed such as"),
        ("aperture = 0.2", "0.2 is out of range"),
        ('aperture = "f/8"', "an f-number such as 8.0"),
        ('white_balance = "daylite"', "did you mean `daylight`?"),
        ("color_temperature = 5200", 'white_balance = "kelvin"'),
        ("white_balance = 5200", "5200 is none of auto, daylight"),
        ('focus_mode = "auto"', "none of manual, single, continuous"),
        ('movie_mode = "yes"', "true or false"),
        ('review_time = "short"', '"off" or "hold"'),
        ("auto_power_off = 0", "out of range"),
        ("exposure_compensation = 9", "out of range"),
        ("picture_style = 3", "a text in quotes"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line_and_what_was_meant(write: Write, line: str, said: str) -> None:
    told = error_of(write(f'name = "x"\n\n[settings]\ndrive_mode = "single"\n{line}\n'))
    assert "mine.toml" in told
    assert "line 5: " in told
    assert said in told


def test_all_errors_of_a_file_are_told_at_once_each_with_its_line(write: Write) -> None:
    told = error_of(
        write(
            'nam = "x"\n'
            'description = """\n'
            "iso = 3\n"
            '"""\n'
            "[rig]\n"
            'lens = "nikon-ai-s-29mm-f2.8"\n'
            "[settings]\n"
            "iso = 13\n"
            "aperture = 0.2\n"
            "[raw]\n"
            "x = 3\n"
        )
    )
    places = [told.index(f"line {number}: ") for number in (1, 6, 8, 9, 11)]
    assert places == sorted(places)
    assert told.count("line ") == 5
    assert "did you mean `nikon-ai-s-28mm-f2.8`?" in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[settings]\niso = = 4\n", "line 2, column 7"),
        ("[settings]\niso = 400\niso = 800\n", "line 3"),
        ('settings = "iso 400"\n', "line 1: `settings` must be a table"),
        ("", "nothing is set"),
        ("[settings]\n[setings]\niso = 4\n", "line 2: `setings` is not known here; did you mean `settings`?"),
    ],
)
def test_a_file_of_the_wrong_shape_is_told_by_line(write: Write, text: str, said: str) -> None:
    assert said in error_of(write(text))


def test_what_is_no_text_and_what_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "raw.toml").write_bytes(b"\xff\xfe\x00name")
    assert "not UTF-8" in error_of(tmp_path / "raw.toml")
    assert "does not exist" in error_of(tmp_path / "none.toml")


def test_gear_that_does_not_fit_together_is_told(write: Write) -> None:
    told = error_of(write('[rig]\nbody = "canon-eos-7d"\nlens = "nikon-ai-s-28mm-f2.8"\n[settings]\niso = 400\n'))
    assert "line 1: rig: Nikon AI-S Nikkor 28mm f/2.8 (Nikon F) does not fit Canon EOS 7D" in told


def test_own_profiles_go_before_shipped_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path))
    folder = user_folder("profiles")
    assert folder == tmp_path / "profiles"
    folder.mkdir()
    (folder / "hip-video.toml").write_text("[settings]\niso = 800\n")
    (folder / "night.toml").write_text("[settings]\niso = 6400\n")
    assert load_profile("hip-video").settings.iso == 800
    assert load_profile("night").settings.iso == 6400
    assert "frame-grabs" in [path.stem for path in profile_paths()]


def test_a_name_that_is_close_is_offered() -> None:
    with pytest.raises(RigcoachError, match="Did you mean `hip-video`"):
        load_profile("hip-vidoe")


def test_the_words_of_the_contract_are_the_words_of_a_profile() -> None:
    assert WORDS["exposure_mode"] == ("manual", "aperture", "shutter", "program", "auto")
    white_balances = {"auto", "daylight", "shade", "cloudy", "tungsten", "fluorescent", "flash", "kelvin", "custom"}
    assert set(WORDS["white_balance"]) == white_balances
    assert WORDS["focus_mode"] == ("manual", "single", "continuous")
