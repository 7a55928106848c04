"""The schema of a profile file: what may stand in it, and what to say where something else does."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, PlainValidator, StrictStr, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from rigcoach.rig.gear import Adapter, Body, Gear, GearError, Lens, Rig
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.settings import WORDS, Settings
from rigcoach.rig.suggest import did_you_mean
from rigcoach.rig.toml_file import toml_text

Check = Callable[[Any], Any]


def _wrong(text: str) -> PydanticCustomError:
    # The text goes in as context: pydantic would read braces in it as a template.
    return PydanticCustomError("rigcoach", "{text}", {"text": text})


def _meant(value: Any, known: Iterable[str]) -> str:
    question = did_you_mean(value, known) if isinstance(value, str) else ""
    return f"; {question}" if question else ""


def _number(low: float, high: float, wanted: str, *, words: tuple[str, ...] = ()) -> Check:
    """Return a check for a number from `low` to `high`, or one of `words`."""

    def check(value: Any) -> float | str:
        if isinstance(value, str) and value in words:
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _wrong(f"{wanted} is wanted, not {toml_text(value)}")
        if not low <= value <= high:  # also where it is not a number at all: nan
            raise _wrong(f"{toml_text(value)} is out of reach; from {low} to {high} is possible")
        return float(value)

    return check


def _word(setting: str) -> Check:
    words = WORDS[setting]

    def check(value: Any) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise _wrong(f"{toml_text(value)} is none of {', '.join(words)}{_meant(value, words)}")

    return check


def _switch(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong(f"true or false is wanted, not {toml_text(value)}")


def _temperature(value: Any, info: ValidationInfo) -> float:
    kelvin = float(_number(2000, 15000, "a number of kelvin")(value))
    # A white balance that is itself wrong is told of by itself, and is missing here.
    if info.data.get("white_balance", "kelvin") != "kelvin":
        raise _wrong('it needs white_balance = "kelvin"')
    return kelvin


def _name(value: Any) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise _wrong(f"a name in quotes is wanted, not {toml_text(value)}")


FASTEST_SHUTTER_S, SLOWEST_SHUTTER_S = 1 / 64000, 3600.0


def _shutter(value: Any) -> float:
    """Read ``"1/50"``, ``"0.02"`` or a number of seconds."""
    seconds = value if not isinstance(value, bool | str) else math.nan
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)(?:\s*/\s*(\d+(?:\.\d+)?))?\s*s?\s*", value)
        if match:
            divisor = float(match[2] or 1)
            if divisor == 0:
                raise _wrong(f'{toml_text(value)} divides by zero; a shutter speed is written like "1/50"')
            seconds = float(match[1]) / divisor
    if not isinstance(seconds, int | float) or math.isnan(seconds):
        raise _wrong(f'a shutter speed such as "1/50" or 0.5 (seconds) is wanted, not {toml_text(value)}')
    if not FASTEST_SHUTTER_S * 0.999 <= seconds <= SLOWEST_SHUTTER_S:
        raise _wrong(f"{toml_text(value)} is out of reach; from 1/64000 to 3600 seconds is possible")
    return float(seconds)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _part(kind: str, parts: Callable[[Gear], Mapping[str, Body | Lens | Adapter]]) -> Check:
    """Return a check for the id of a piece of gear."""

    def check(value: Any) -> str:
        known = parts(load_gear())
        if isinstance(value, str) and value in known:
            return value
        hint = _meant(value, known) or "; see `rigcoach gear list`"
        raise _wrong(f"there is no {kind} {toml_text(value)}{hint}")

    return check


class RigTable(_Table):
    """The ``[rig]`` table: ids of gear that fit one another."""

    body: Annotated[str | None, PlainValidator(_part("body", lambda gear: gear.bodies))] = None
    lens: Annotated[str | None, PlainValidator(_part("lens", lambda gear: gear.lenses))] = None
    adapter: Annotated[str | None, PlainValidator(_part("adapter", lambda gear: gear.adapters))] = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            self.rig()
        except GearError as error:
            raise _wrong(error.what) from error
        return self

    def rig(self) -> Rig:
        """Return the rig as data."""
        return load_gear().rig(self.body, self.lens, self.adapter)


# The fastest lens ever sold for photography is f/0.7; bodies list f-numbers up to 91 and ISO from 25 to 3280000.
class SettingsTable(_Table):
    """The ``[settings]`` table; names as in the file, values as in `Settings`."""

    exposure_mode: Annotated[str | None, PlainValidator(_word("exposure_mode"))] = None
    iso: Annotated[
        float | str | None, PlainValidator(_number(25, 4_000_000, 'a number such as 400, or "auto",', words=("auto",)))
    ] = None
    shutter: Annotated[float | None, PlainValidator(_shutter)] = None
    aperture: Annotated[float | None, PlainValidator(_number(0.7, 128, "an f-number such as 8.0"))] = None
    white_balance: Annotated[str | None, PlainValidator(_word("white_balance"))] = None
    color_temperature: Annotated[float | None, PlainValidator(_temperature)] = None
    picture_style: Annotated[str | None, PlainValidator(_name)] = None
    focus_mode: Annotated[str | None, PlainValidator(_word("focus_mode"))] = None
    drive_mode: Annotated[str | None, PlainValidator(_word("drive_mode"))] = None
    image_format: Annotated[str | None, PlainValidator(_name)] = None
    movie_mode: Annotated[bool | None, PlainValidator(_switch)] = None
    capture_target: Annotated[str | None, PlainValidator(_word("capture_target"))] = None
    live_view_output: Annotated[str | None, PlainValidator(_word("live_view_output"))] = None
    review_time: Annotated[
        float | str | None,
        PlainValidator(_number(1, 3600, 'a number of seconds, "off" or "hold"', words=("off", "hold"))),
    ] = None
    auto_power_off: Annotated[
        float | str | None, PlainValidator(_number(5, 86400, 'a number of seconds or "never"', words=("never",)))
    ] = None
    exposure_compensation: Annotated[float | None, PlainValidator(_number(-5, 5, "a number of stops such as -0.7"))] = (
        None
    )
    metering_mode: Annotated[str | None, PlainValidator(_word("metering_mode"))] = None

    def settings(self) -> Settings:
        """Return the settings as data."""
        return Settings(
            exposure_mode=self.exposure_mode,
            iso=self.iso,
            shutter_s=self.shutter,
            aperture=self.aperture,
            white_balance=self.white_balance,
            color_temperature_k=self.color_temperature,
            picture_style=self.picture_style,
            focus_mode=self.focus_mode,
            drive_mode=self.drive_mode,
            image_format=self.image_format,
            movie_mode=self.movie_mode,
            capture_target=self.capture_target,
            live_view_output=self.live_view_output,
            review_time_s=self.review_time,
            auto_power_off_s=self.auto_power_off,
            exposure_compensation_ev=self.exposure_compensation,
            metering_mode=self.metering_mode,
        )


class ProfileFile(_Table):
    """A profile file as it stands."""

    name: Annotated[str | None, PlainValidator(_name)] = None
    description: StrictStr = ""
    rig: RigTable = RigTable()
    settings: SettingsTable = SettingsTable()
    raw: dict[str, StrictStr] = {}

    @model_validator(mode="after")
    def _sets_something(self) -> Self:
        if not self.settings.settings().wishes() and not self.raw:
            raise _wrong("nothing is set; put at least one setting under [settings]")
        return self
