"""The schema of a profile file: what may stand in it, and what to say where something else does."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo, create_model, model_validator

from rigcoach.base.toml_file import in_our_words, toml_text
from rigcoach.rig.catalog import Gear
from rigcoach.rig.gear import Adapter, Body, GearError, Lens, Rig
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.setting_checks import CHECKS, WrongValueError, settings_of, suggestion, text
from rigcoach.rig.settings import Settings

RIG_PARTS = ("body", "lens", "adapter")


def _validator(check: Callable[[Any, Mapping[str, Any]], Any]) -> PlainValidator:
    def validate(value: Any, info: ValidationInfo) -> Any:
        try:
            return check(value, info.data)
        except WrongValueError as error:
            raise in_our_words(str(error)) from error

    return PlainValidator(validate)


def _text(*, empty: bool = False, longest: int = 200) -> PlainValidator:
    return _validator(lambda value, _others: text(value, empty=empty, longest=longest))


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _part(kind: str, parts: Callable[[Gear], Mapping[str, Body | Lens | Adapter]]) -> PlainValidator:
    """Return a check for the id of a piece of gear."""

    def check(value: Any, _others: Mapping[str, Any]) -> str:
        gear = load_gear()
        if isinstance(value, str):
            try:
                gear.rig(**{part: value if part == kind else None for part in RIG_PARTS})
            except GearError as error:
                if error.code == "gear.misfit":
                    raise WrongValueError(error.what) from error
            else:
                return value
        hint = suggestion(value, parts(gear)) or "; see `rigcoach gear search`"
        raise WrongValueError(f"there is no {kind} {toml_text(value)}{hint}")

    return _validator(check)


class RigTable(_Table):
    """The ``[rig]`` table: ids of gear that fit one another."""

    body: Annotated[str | None, _part("body", lambda gear: gear.bodies)] = None
    lens: Annotated[str | None, _part("lens", lambda gear: gear.lenses)] = None
    adapter: Annotated[str | None, _part("adapter", lambda gear: gear.adapters)] = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            self.rig()
        except GearError as error:
            raise in_our_words(error.what) from error
        return self

    def rig(self) -> Rig:
        """Return the rig as data."""
        return load_gear().rig(self.body, self.lens, self.adapter)


SettingsTable = create_model(
    "SettingsTable",
    __base__=_Table,
    __doc__="The ``[settings]`` table; names as in the file, values as in `Settings`.",
    **{name: (Annotated[Any, _validator(check)], None) for name, check in CHECKS.items()},  # type: ignore[call-overload]
)


class ProfileFile(_Table):
    """A profile file as it stands."""

    name: Annotated[str | None, _text()] = None
    description: Annotated[str, _text(empty=True, longest=1000)] = ""
    rig: RigTable = RigTable()
    settings: SettingsTable = SettingsTable()  # type: ignore[valid-type]
    raw: dict[Annotated[str, _text()], Annotated[str, _text(empty=True, longest=1000)]] = {}

    @model_validator(mode="after")
    def _sets_something(self) -> Self:
        if not self.wanted().requests() and not self.raw:
            raise in_our_words("nothing is set; put at least one setting under [settings]")
        return self

    def wanted(self) -> Settings:
        """Return the settings as data."""
        return settings_of(self.settings.model_dump(exclude_none=True))  # type: ignore[attr-defined]
