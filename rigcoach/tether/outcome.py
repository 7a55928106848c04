"""How a wanted setting resolves on a body."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Whether a body can be given a setting; best first."""

    EXACT = "exact"
    NEAREST = "nearest"
    BY_HAND = "by-hand"
    UNKNOWN = "unknown"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Send:
    """A value for a widget, letter for letter as the body lists it."""

    widget: str
    value: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a body makes of one wish.

    `widget` is the path of the widget that is meant, if any; `value` what to send to it, None where nothing is to be
    sent. `distance` is how far a nearest value is from what is wanted, in stops or kelvin, signed. `also` has to be
    sent first, for the setting to take effect.
    """

    setting: str
    wanted: str
    status: Status
    widget: str | None = None
    value: str | None = None
    distance: float = 0.0
    reason: str = ""
    also: tuple[Send, ...] = ()

    @property
    def is_settable(self) -> bool:
        """Whether there is something to send."""
        return self.value is not None and self.widget is not None
