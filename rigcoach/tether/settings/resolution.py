"""How a wanted setting resolves on a body."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Whether a body can be given a setting; best first. The last two come about only on a camera."""

    EXACT = "exact"
    NEAREST = "nearest"
    BY_HAND = "by-hand"
    UNKNOWN = "unknown"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"
    NOT_REACHED = "not-reached"


def is_fine(status: Status) -> bool:
    """Whether a setting needs no more than, at most, the photographer's hand."""
    return status in (Status.EXACT, Status.NEAREST, Status.BY_HAND)


@dataclass(frozen=True, slots=True)
class Send:
    """A value for a widget, letter for letter as the body lists it."""

    widget: str
    value: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a body makes of one request.

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
    def send(self) -> Send | None:
        """What to send for the setting itself; None where there is nothing to send."""
        return None if self.widget is None or self.value is None else Send(self.widget, self.value)
