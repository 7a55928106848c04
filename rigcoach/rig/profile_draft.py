"""A profile in the making: answers as they are typed, each checked as it comes."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from rigcoach.base.errors import RigcoachError
from rigcoach.base.toml_file import problems_in
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.profile import Profile, RawSetting, profile_of
from rigcoach.rig.profile_schema import RIG_PARTS, ProfileFile


class AnswerError(RigcoachError):
    """An answer that a profile cannot hold."""

    code = "profile.answer"


@dataclass(slots=True)
class ProfileDraft:
    """What a profile is to hold so far: `rig` ids by part, `settings` as they stand in a file, `raw` widgets."""

    name: str = ""
    description: str = ""
    rig: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    raw: tuple[RawSetting, ...] = ()

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """Return a draft that starts from a profile."""
        return cls(
            description=profile.description,
            rig=profile.rig.ids,
            settings={request.setting: request.value for request in profile.settings.requests()},
            raw=profile.raw,
        )

    def put(self, key: str, text: str) -> None:
        """Take an answer as it was typed; ``none`` takes a setting out again.

        Raises
        ------
        AnswerError
            Where a profile cannot hold it, with what it can hold.
        """
        table: dict[str, Any] = self.rig if key in RIG_PARTS else self.settings
        before = dict(table)
        if key == "aperture":
            text = text.strip().lower().removeprefix("f/")
        if text.strip().lower() == "none":
            table.pop(key, None)
        else:
            table[key] = text if key in RIG_PARTS else _typed(text.strip())
        if key == "white_balance" and table.get(key) != "kelvin":
            table.pop("color_temperature", None)  # it would have no meaning any more
        # A rig in the making need not fit yet: an adapter is named after the lens.
        document = {"settings": self.settings} if key not in RIG_PARTS else {"rig": {key: table.get(key)}}
        if key == "adapter":
            document = {"rig": self.rig}
        wrong = [text for where, text in problems_in(document, ProfileFile) if where]
        if wrong:
            table.clear()
            table.update(before)
            raise AnswerError(wrong[0])

    def adapters(self) -> tuple[str, ...]:
        """Return the ids of adapters that put the lens on the body."""
        if not {"body", "lens"} <= self.rig.keys():
            return ()
        gear = load_gear()
        body, lens = gear.body(self.rig["body"]), gear.lens(self.rig["lens"])
        return tuple(adapter.id for adapter in gear.adapters_between(body, lens))

    def profile(self) -> Profile:
        """Return the profile.

        Raises
        ------
        AnswerError
            Where it cannot be one as it stands: the rig does not fit together, or nothing is set.
        """
        document = {"name": self.name, "description": self.description, "rig": self.rig, "settings": self.settings}
        document["raw"] = {raw.widget: raw.value for raw in self.raw}
        wrong = [text for _, text in problems_in(document, ProfileFile)]
        if wrong:
            raise AnswerError("the profile cannot be made", why="; ".join(wrong), next_step="Change that and try again")
        return profile_of(ProfileFile.model_validate(document), Path(f"{self.name}.toml"))


def _typed(text: str) -> str | int | float | bool:
    """Return an answer as TOML would type it: numbers, true and false, else text."""
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.lower() if text.isascii() else text
