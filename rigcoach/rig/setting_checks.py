"""What a setting may be in a profile, and what to say where it is something else."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rigcoach.base.suggest import did_you_mean
from rigcoach.base.toml_file import toml_text
from rigcoach.rig.settings import WORDS, Settings

Check = Callable[[Any, Mapping[str, Any]], Any]
"""Takes a value and the settings that stand before it in the table; returns it as `Settings` holds it."""


class WrongValueError(ValueError):
    """A value that a profile cannot hold; the message says what it can."""


def suggestion(value: Any, known: Iterable[str]) -> str:
    """Return ``; did you mean ...?`` where a known word is close to what was written."""
    question = did_you_mean(value, known) if isinstance(value, str) else ""
    return f"; {question}" if question else ""


def _number(low: float, high: float, wanted: str, *, words: tuple[str, ...] = ()) -> Check:
    """Return a check for a number from `low` to `high`, or one of `words`."""

    def check(value: Any, _others: Mapping[str, Any]) -> float | str:
        if isinstance(value, str) and value in words:
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongValueError(f"{wanted} expected, not {toml_text(value)}")
        if not low <= value <= high:  # also where it is not a number at all: nan
            raise WrongValueError(f"{toml_text(value)} is out of range; {low} to {high} is allowed")
        return float(value)

    return check


def one_of(words: Iterable[str]) -> Callable[[Any], str]:
    """Return a check for one of some words."""
    known = tuple(words)

    def check(value: Any) -> str:
        if isinstance(value, str) and value in known:
            return value
        raise WrongValueError(f"{toml_text(value)} is none of {', '.join(known)}{suggestion(value, known)}")

    return check


def _word(setting: str) -> Check:
    check = one_of(WORDS[setting])
    return lambda value, _others: check(value)


def _switch(value: Any, _others: Mapping[str, Any]) -> bool:
    if isinstance(value, bool):
        return value
    raise WrongValueError(f"true or false expected, not {toml_text(value)}")


_kelvin = _number(2000, 15000, "a number of kelvin")


def _temperature(value: Any, others: Mapping[str, Any]) -> float:
    kelvin = float(_kelvin(value, others))
    # A white balance that is itself wrong is told of by itself, and is missing here.
    if others.get("white_balance", "kelvin") != "kelvin":
        raise WrongValueError('it needs white_balance = "kelvin"')
    return kelvin


def text(value: Any, *, empty: bool = False, longest: int = 200) -> str:
    """Return a text of a file that may be another's, without the codes that steer a terminal.

    Raises
    ------
    WrongValueError
        Where it is none.
    """
    if not isinstance(value, str) or not (value.strip() or empty):
        raise WrongValueError(f"a text in quotes expected, not {toml_text(value)}")
    if len(value) > longest:
        raise WrongValueError(f"it has {len(value)} characters; up to {longest} are possible")
    if not value.replace("\n", " ").replace("\t", " ").isprintable():
        raise WrongValueError("it holds control characters; plain text is wanted")
    return value


def _name(value: Any, _others: Mapping[str, Any]) -> str:
    return text(value)


FASTEST_SHUTTER_S, SLOWEST_SHUTTER_S = 1 / 64000, 3600.0


def _shutter(value: Any, _others: Mapping[str, Any]) -> float:
    """Read ``"1/50"``, ``"0.02"`` or a number of seconds."""
    seconds = value if not isinstance(value, bool | str) else math.nan
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)(?:\s*/\s*(\d+(?:\.\d+)?))?\s*s?\s*", value)
        if match:
            divisor = float(match[2] or 1)
            if divisor == 0:
                raise WrongValueError(f'{toml_text(value)} divides by zero; a shutter speed is written like "1/50"')
            seconds = float(match[1]) / divisor
    if not isinstance(seconds, int | float) or seconds != seconds:  # not a number; whole ones may be beyond any float
        raise WrongValueError(f'a shutter speed such as "1/50" or 0.5 (seconds) expected, not {toml_text(value)}')
    if not FASTEST_SHUTTER_S * 0.999 <= seconds <= SLOWEST_SHUTTER_S:
        raise WrongValueError(f"{toml_text(value)} is out of range; 1/64000 to 3600 seconds is allowed")
    return float(seconds)


# The fastest lens ever sold for photography is f/0.7; bodies list f-numbers up to 91 and ISO from 25 to 3280000.
CHECKS: dict[str, Check] = {
    "exposure_mode": _word("exposure_mode"),
    "iso": _number(25, 4_000_000, 'a number such as 400, or "auto",', words=("auto",)),
    "shutter": _shutter,
    "aperture": _number(0.7, 128, "an f-number such as 8.0"),
    "white_balance": _word("white_balance"),
    "color_temperature": _temperature,
    "picture_style": _name,
    "focus_mode": _word("focus_mode"),
    "drive_mode": _word("drive_mode"),
    "image_format": _name,
    "movie_mode": _switch,
    "capture_target": _word("capture_target"),
    "live_view_output": _word("live_view_output"),
    "review_time": _number(1, 3600, 'a number of seconds, "off" or "hold"', words=("off", "hold")),
    "auto_power_off": _number(5, 86400, 'a number of seconds or "never"', words=("never",)),
    "exposure_compensation": _number(-5, 5, "a number of stops such as -0.7"),
    "metering_mode": _word("metering_mode"),
}
"""What each setting may be, by its name in a profile."""

_FIELDS = {
    "shutter": "shutter_s",
    "color_temperature": "color_temperature_k",
    "review_time": "review_time_s",
    "auto_power_off": "auto_power_off_s",
    "exposure_compensation": "exposure_compensation_ev",
}


def settings_of(checked: Mapping[str, Any]) -> Settings:
    """Return checked values, by their names in a profile, as data."""
    return Settings(**{_FIELDS.get(name, name): value for name, value in checked.items()})
