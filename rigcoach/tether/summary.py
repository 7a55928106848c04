"""What a body reports of itself, in a photographer's words."""

from dataclasses import dataclass

from rigcoach.listing.model import BodyListing, Widget
from rigcoach.rig.gear import Rig
from rigcoach.tether.events import CardSpace
from rigcoach.tether.settings import vocabulary
from rigcoach.tether.settings.body_state import (
    APERTURE_MODES,
    APERTURE_WIDGETS,
    EXPOSURE_MODE_WIDGETS,
    SHUTTER_MODES,
    SHUTTER_WIDGETS,
    state_of,
)

_ROWS = (
    ("mode", EXPOSURE_MODE_WIDGETS),
    ("ISO", ("iso",)),
    ("shutter", SHUTTER_WIDGETS),
    ("aperture", APERTURE_WIDGETS),
    ("exposure compensation", ("exposurecompensation",)),
    ("white balance", ("whitebalance",)),
    ("colour temperature", ("colortemperature",)),
    ("picture style", ("picturestyle", "filmsimulation")),
    ("focus", ("focusmode", "focusmode2")),
    ("drive", ("drivemode", "capturemode")),
    ("live view", ("output", "viewfinder")),
)
_UNTOLD = "not reported by the camera"
_LIVE_VIEW = {
    "0": "off",
    "1": "on",
    "2": _UNTOLD,
    "Off": "off",
    "TFT": "on the body",
    "PC": "on the computer",
}


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A line of what a body reports; `by_hand` says where a hand has to set it, empty where software can."""

    name: str
    value: str
    by_hand: str = ""


def summary(listing: BodyListing, cards: tuple[CardSpace, ...]) -> tuple[SummaryRow, ...]:
    """Return what a photographer looks for, in the order in which one would: exposure, colour, focus, supplies."""
    rows = [_row(name, widgets, listing) for name, widgets in _ROWS]
    return (
        *(row for row in rows if row is not None),
        SummaryRow("lens", listing.current("lensname") or "none that the body knows of"),
        SummaryRow("battery", listing.current("batterylevel") or _UNTOLD),
        *(SummaryRow("card", text) for text in tuple(map(_room, cards)) or ("none in the body",)),
    )


def _row(name: str, names: tuple[str, ...], listing: BodyListing) -> SummaryRow | None:
    state = state_of(listing, Rig(None, None, None))
    if name == "aperture" and state.aperture_by_hand:
        return SummaryRow(name, f"not known: on {state.aperture_by_hand}", state.aperture_by_hand)
    widget = next((w for each in names if (w := listing.widget(each)) is not None), None)
    if widget is None:
        return None
    value = widget.current or _UNTOLD
    if name == "live view":
        return SummaryRow(name, _LIVE_VIEW.get(value, value))
    if name == "colour temperature":
        return SummaryRow(name, f"{value} K") if _is_kelvin(listing) else None
    return SummaryRow(name, value, _hand(name, widget, state.mode))


def _hand(name: str, widget: Widget, mode: str | None) -> str:
    """Return where a hand sets it, where software cannot."""
    if name == "focus" and not vocabulary.find(widget.choices, vocabulary.spellings("focus_mode", "manual", "")):
        return "" if vocabulary.word_of("focus_mode", widget.current) == "manual" else "the focus switch, for manual"
    if name == "shutter" and mode is not None and mode not in SHUTTER_MODES:
        return "the mode dial: the body chooses the shutter speed in this mode"
    if name == "aperture" and mode is not None and mode not in APERTURE_MODES:
        return "the mode dial: the body chooses the aperture in this mode"
    if not widget.readonly:
        return ""
    return {"mode": "the mode dial", "focus": "the focus switch"}.get(name, "the camera itself: it is read-only here")


def _is_kelvin(listing: BodyListing) -> bool:
    return vocabulary.word_of("white_balance", listing.current("whitebalance") or "") == "kelvin"


def _room(card: CardSpace) -> str:
    if card.free_bytes is None or card.capacity_bytes is None:
        return card.label or _UNTOLD
    return f"{card.free_bytes / 1e9:.1f} of {card.capacity_bytes / 1e9:.1f} GB free"
