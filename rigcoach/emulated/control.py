"""What is done to a running emulated body by hand: one JSON object a line, each answered with one.

    {"do": "inject", "fault": {"kind": "busy", "operation": "0x9110", "times": 2}}
    {"do": "clear-faults"}
    {"do": "turn-dial", "mode": "Av"}
    {"do": "press", "button": "shutter-half"}
    {"do": "turn-ring", "focus_m": 1.8}
    {"do": "set-battery", "percent": 25}
    {"do": "switch-off"}                {"do": "switch-on"}                {"do": "fall-asleep"}
    {"do": "insert-card"}               {"do": "insert-card", "free_bytes": 1000000}
    {"do": "remove-card"}
    {"do": "status"}

The answer is ``{"ok": true, "status": {...}}`` once it is done, or ``{"ok": false, "error": "..."}``.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from rigcoach.emulated.ptp.faults import FaultyBody, fault_from_json


@dataclass(frozen=True, slots=True)
class BodyStatus:
    """How a body stands, seen from outside: what is true whatever it tells the computer.

    `settings` are the photographer's, in the body's own words by the property's name.
    """

    power: str
    battery_percent: int
    card_free_bytes: int | None
    live_view: bool
    recording: bool
    settings: dict[str, str]


class Handled(Protocol):
    """A body that somebody has in their hands."""

    def turn_dial(self, mode: str) -> None:
        """Turn the mode dial; `ValueError` for a mode that isn't on it."""

    def press(self, button: str) -> None:
        """Press a button and let go of it; `ValueError` for one that the body hasn't."""

    def turn_ring(self, focus_m: float) -> None:
        """Turn the lens's focus ring to a distance."""

    def set_battery(self, percent: int) -> None:
        """Put in a battery charged so far; an empty one (0) lets the body answer, but not shoot."""

    def switch_off(self) -> None:
        """Switch it off; a movie that is running is kept."""

    def switch_on(self) -> None:
        """Switch it on."""

    def fall_asleep(self) -> None:
        """Have it power itself off as it does when nothing is asked of it for long; a button wakes it."""

    def insert_card(self, free_bytes: int | None) -> None:
        """Put the card in with so much room on it; as much as it was formatted with if None."""

    def remove_card(self) -> None:
        """Take the card out."""

    def status(self) -> BodyStatus:
        """Return how it stands."""


class Control:
    """The hands on a body, and the gremlins in its cable."""

    def __init__(self, body: Handled, faults: FaultyBody) -> None:
        self._body = body
        self._faults = faults
        self._unread = b""

    def take(self, data: bytes) -> list[str]:
        """Take bytes as they arrived, do what whole lines say, and return a line for each."""
        *lines, self._unread = (self._unread + data).split(b"\n")
        return [self._do_line(line) for line in lines if line.strip()]

    def _do_line(self, line: bytes) -> str:
        try:
            document = json.loads(line)
            if not isinstance(document, dict) or document.get("do") not in _DOES:
                raise ValueError(f'a line says what to "do": {", ".join(_DOES)}')
            do = document.pop("do")
            _DOES[do](self, document)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            return json.dumps({"ok": False, "error": why})
        return json.dumps({"ok": True, "status": asdict(self._body.status())})

    def _inject(self, document: dict[str, Any]) -> None:
        self._faults.inject(fault_from_json(document["fault"]))

    def _clear_faults(self, _document: dict[str, Any]) -> None:
        self._faults.clear()

    def _turn_dial(self, document: dict[str, Any]) -> None:
        self._body.turn_dial(document["mode"])

    def _press(self, document: dict[str, Any]) -> None:
        self._body.press(document["button"])

    def _turn_ring(self, document: dict[str, Any]) -> None:
        focus_m = float(document["focus_m"])
        if not 0.1 <= focus_m <= 1000:
            raise ValueError("a ring goes from 0.1 to 1000 m")
        self._body.turn_ring(focus_m)

    def _set_battery(self, document: dict[str, Any]) -> None:
        percent = int(document["percent"])
        if not 0 <= percent <= 100:
            raise ValueError("a battery is charged from 0 to 100 percent")
        self._body.set_battery(percent)

    def _switch_off(self, _document: dict[str, Any]) -> None:
        self._body.switch_off()

    def _switch_on(self, _document: dict[str, Any]) -> None:
        self._body.switch_on()

    def _fall_asleep(self, _document: dict[str, Any]) -> None:
        self._body.fall_asleep()

    def _insert_card(self, document: dict[str, Any]) -> None:
        free_bytes = document.get("free_bytes")
        self._body.insert_card(None if free_bytes is None else int(free_bytes))

    def _remove_card(self, _document: dict[str, Any]) -> None:
        self._body.remove_card()

    def _status(self, _document: dict[str, Any]) -> None:
        """Every answer carries the status."""


_DOES: dict[str, Callable[[Control, dict[str, Any]], None]] = {
    "inject": Control._inject,
    "clear-faults": Control._clear_faults,
    "turn-dial": Control._turn_dial,
    "press": Control._press,
    "turn-ring": Control._turn_ring,
    "set-battery": Control._set_battery,
    "switch-off": Control._switch_off,
    "switch-on": Control._switch_on,
    "fall-asleep": Control._fall_asleep,
    "insert-card": Control._insert_card,
    "remove-card": Control._remove_card,
    "status": Control._status,
}
