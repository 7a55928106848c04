"""The schema of a drill's file: what may stand in it, and what to say where something else does."""

from collections.abc import Callable
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, PlainValidator, model_validator

from rigcoach.base.toml_file import in_our_words, toml_text
from rigcoach.drills.model import CAMERA_HEIGHTS, FEEDBACKS, MOVES, PLACES, SUBJECTS, FramingTarget, Station
from rigcoach.optics.permissible_blur import SHARP_BLUR_PX
from rigcoach.optics.shots import SHOT_NAMES
from rigcoach.rig.setting_checks import WrongValueError, one_of, suggestion, text

MOST_TAKES = 100


def _validator(check: Callable[[Any], Any]) -> PlainValidator:
    def validate(value: Any) -> Any:
        try:
            return check(value)
        except WrongValueError as error:
            raise in_our_words(str(error)) from error

    return PlainValidator(validate)


def _number(low: float, high: float, unit: str, *, whole: bool = False) -> PlainValidator:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            number = "a whole number" if whole else "a number"
            raise WrongValueError(f"{number}{f' of {unit}' if unit else ''} expected, not {toml_text(value)}")
        if not low <= value <= high:  # also where it is not a number at all: nan
            raise WrongValueError(f"{toml_text(value)} is out of range; {low:g} to {high:g} is allowed")
        return value

    return _validator(check)


def _word(words: tuple[str, ...]) -> PlainValidator:
    return _validator(one_of(words))


def _place(value: Any) -> tuple[float, float]:
    if isinstance(value, str) and value in PLACES:
        return PLACES[value]
    if isinstance(value, list) and len(value) == 2 and all(_is_fraction(part) for part in value):
        return float(value[0]), float(value[1])
    wanted = f"{', '.join(PLACES)}, or two fractions of the frame such as [0.33, 0.5]"
    raise WrongValueError(f"{toml_text(value)} is none of {wanted}{suggestion(value, PLACES)}")


def _band(value: Any) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == 2 and all(map(_is_fraction, value)) and value[0] < value[1]:
        return float(value[0]), float(value[1])
    raise WrongValueError(f"{toml_text(value)} is no band: two fractions of the frame are wanted, such as [0.04, 0.15]")


def _is_fraction(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


_TEXT = _validator(text)
_LONG_TEXT = _validator(lambda value: text(value, empty=True, longest=1000))
_DISTANCE = _number(0.3, 100, "metres")
_SECONDS = _number(0.5, 600, "seconds")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FrameTable(_Table):
    """The ``[frame]`` table."""

    subject: Annotated[str, _word(SUBJECTS)] = "auto"
    place: Annotated[tuple[float, float], _validator(_place)] = PLACES["centre"]
    scale: Annotated[str, _word(tuple(SHOT_NAMES))] = ""
    headroom: Annotated[tuple[float, float] | None, _validator(_band)] = None
    roll_tolerance_deg: Annotated[float, _number(0, 45, "degrees")] = 2.0
    lead_room: Annotated[tuple[float, float] | None, _validator(_band)] = None

    def framing_target(self) -> FramingTarget:
        """Return it as data."""
        return FramingTarget(
            subject=self.subject,
            scale=self.scale,
            headroom=self.headroom,
            roll_tolerance_deg=float(self.roll_tolerance_deg),
            lead_room=self.lead_room,
        )


class TakeTable(_Table):
    """One ``[[take]]``: what it has otherwise than the drill, and how often it comes."""

    distance_m: Annotated[float | None, _DISTANCE] = None
    to_m: Annotated[float | None, _DISTANCE] = None
    move: Annotated[str | None, _word(MOVES)] = None
    camera_height: Annotated[str | None, _word(CAMERA_HEIGHTS)] = None
    place: Annotated[tuple[float, float] | None, _validator(_place)] = None
    seconds: Annotated[float | None, _SECONDS] = None
    times: Annotated[int, _number(1, MOST_TAKES, "", whole=True)] = 1


class DrillFile(_Table):
    """A drill's file as it stands."""

    name: Annotated[str | None, _TEXT] = None
    description: Annotated[str, _LONG_TEXT] = ""
    level: Annotated[int, _number(0, 1000, "", whole=True)] = 0
    profile: Annotated[str, _TEXT] = "hip-video"
    blind: bool = True
    fixed: bool = False
    distance_m: Annotated[float, _DISTANCE] = 2.0
    to_m: Annotated[float | None, _DISTANCE] = None
    move: Annotated[str, _word(MOVES)] = "stand"
    camera_height: Annotated[str, _word(CAMERA_HEIGHTS)] = "chest"
    seconds: Annotated[float, _SECONDS] = 8.0
    takes: Annotated[int | None, _number(1, MOST_TAKES, "", whole=True)] = None
    pause_s: Annotated[float, _number(0, 600, "seconds")] = 5.0
    pass_mark: Annotated[float, _number(0, 100, "")] = 60.0
    pass_keepers: Annotated[float, _number(0, 1, "")] = 0.5
    pass_framing: Annotated[float, _number(0, 100, "")] = 60.0
    pass_distance: Annotated[float, _number(0, 1, "")] = 0.2
    feedback: Annotated[str, _word(FEEDBACKS)] = "bandwidth"
    focus_tolerance_px: Annotated[float, _number(0.2, 50, "pixels")] = SHARP_BLUR_PX
    frame: FrameTable = FrameTable()
    take: list[TakeTable] = []

    @model_validator(mode="after")
    def _walks_somewhere(self) -> Self:
        for station in self.listed():
            _check_walk(station)
        if len(self.listed()) > MOST_TAKES:
            raise in_our_words(f"these are {len(self.listed())} takes; up to {MOST_TAKES} are possible")
        return self

    def listed(self) -> list[Station]:
        """Return the takes as they stand in the file, each as often as it says."""
        if not self.take:
            return [self._station(TakeTable())]
        return [self._station(take) for take in self.take for _ in range(take.times)]

    def stations(self) -> tuple[Station, ...]:
        """Return what each take rehearses; where there are more takes than listed ones, they come round again."""
        listed = self.listed()
        count = self.takes if self.takes is not None else len(listed) if self.take else 5
        return tuple(listed[number % len(listed)] for number in range(count))

    def _station(self, take: TakeTable) -> Station:
        own_walk = take.move is not None or take.distance_m is not None
        return Station(
            distance_m=float(self.distance_m if take.distance_m is None else take.distance_m),
            # A drill's walk is no part of a take that stands elsewhere.
            to_m=take.to_m if take.to_m is not None or own_walk else self.to_m,
            move=take.move or self.move,
            camera_height=take.camera_height or self.camera_height,
            place=take.place or self.frame.place,
            seconds=float(self.seconds if take.seconds is None else take.seconds),
        )


def _check_walk(station: Station) -> None:
    towards, away = station.move == "walk-towards", station.move == "walk-away"
    if station.to_m is None:
        if towards or away:
            raise in_our_words(f"{station.move} needs `to_m`, the distance at its end")
        return
    if not (towards or away):
        raise in_our_words(f"`to_m` says where a walk ends; with move = {toml_text(station.move)} there is none")
    if towards and station.to_m >= station.distance_m:
        raise in_our_words(f"a walk towards ends nearer than it begins, not {station.distance_text}")
    if away and station.to_m <= station.distance_m:
        raise in_our_words(f"a walk away ends farther than it begins, not {station.distance_text}")
