"""A rig's settings in the photographer's words: what each may be, and how it reads."""

import math
from dataclasses import dataclass, fields
from fractions import Fraction

Value = str | float | bool

WORDS: dict[str, tuple[str, ...]] = {
    "exposure_mode": ("manual", "aperture", "shutter", "program", "auto"),
    "white_balance": (
        "auto",
        "daylight",
        "shade",
        "cloudy",
        "tungsten",
        "fluorescent",
        "flash",
        "kelvin",
        "custom",
    ),
    "focus_mode": ("manual", "single", "continuous"),
    "drive_mode": ("single", "continuous", "continuous-low", "silent", "timer-2", "timer-10"),
    "capture_target": ("card", "computer", "both"),
    "live_view_output": ("off", "camera", "computer", "both"),
    "metering_mode": ("evaluative", "center", "spot", "partial", "average"),
}
"""The words that a setting can take. `picture_style` and `image_format` also take a body's own."""

PICTURE_STYLES = (
    "auto",
    "standard",
    "portrait",
    "landscape",
    "neutral",
    "faithful",
    "monochrome",
    "fine-detail",
    "user-1",
    "user-2",
    "user-3",
)
IMAGE_FORMATS = ("raw", "jpeg", "raw+jpeg")


def setting_name(setting: str) -> str:
    """Return what a photographer reads a setting as.

    >>> setting_name("white_balance")
    'white balance'
    """
    return setting.replace("_", " ")


@dataclass(frozen=True, slots=True)
class SettingRequest:
    """One setting that is wanted: its name, its value in the units of `Settings`, and how a photographer writes it."""

    setting: str
    value: Value
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings that a rig is to have; None leaves one as it is.

    `iso`, `review_time_s` and `auto_power_off_s` take a word in place of the number: ``"auto"``; ``"off"`` and
    ``"hold"``; ``"never"``.
    """

    exposure_mode: str | None = None
    iso: float | str | None = None
    shutter_s: float | None = None
    aperture: float | None = None
    white_balance: str | None = None
    color_temperature_k: float | None = None
    picture_style: str | None = None
    focus_mode: str | None = None
    drive_mode: str | None = None
    image_format: str | None = None
    movie_mode: bool | None = None
    capture_target: str | None = None
    live_view_output: str | None = None
    review_time_s: float | str | None = None
    auto_power_off_s: float | str | None = None
    exposure_compensation_ev: float | None = None
    metering_mode: str | None = None

    def requests(self) -> tuple[SettingRequest, ...]:
        """Return what is wanted, in the order of the fields."""
        wanted = ((field.name, getattr(self, field.name)) for field in fields(self))
        return tuple(
            SettingRequest(_setting(name), value, _text(name, value)) for name, value in wanted if value is not None
        )


def shutter_text(seconds: float) -> str:
    """Return a shutter speed as photographers write it.

    >>> shutter_text(0.02), shutter_text(0.5), shutter_text(0.3), shutter_text(2.5)
    ('1/50', '1/2', '0.3', '2.5')
    """
    fraction = Fraction(seconds).limit_denominator(100_000)
    if fraction.numerator == 1 and fraction.denominator > 1 and math.isclose(float(fraction), seconds, rel_tol=1e-6):
        return f"1/{fraction.denominator}"
    return f"{seconds:g}"


_UNITS = ("_s", "_k", "_ev")


def _setting(field: str) -> str:
    """Return the name of a setting as it stands in a profile: without the unit that the field's name carries."""
    return next((field.removesuffix(unit) for unit in _UNITS if field.endswith(unit)), field)


def _text(field: str, value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return value
    match field:
        case "shutter_s":
            return shutter_text(value)
        case "aperture":
            return f"f/{value:g}"
        case "color_temperature_k":
            return f"{value:g} K"
        case "exposure_compensation_ev":
            return f"{value:+g} EV"
        case "review_time_s" | "auto_power_off_s":
            return f"{value:g} s"
    return f"{value:g}"
