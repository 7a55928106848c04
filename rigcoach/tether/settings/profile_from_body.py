"""A body's settings as a profile: in the photographer's words, and the rest under ``[raw]``.

A word is only taken where it leads back to what the body is at: applied to the same body, the profile changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rigcoach.listing.model import BodyListing, Widget, WidgetType
from rigcoach.rig.gear import Rig
from rigcoach.rig.profile import Profile, RawSetting
from rigcoach.rig.settings import WORDS, SettingRequest, Settings, Value, setting_name
from rigcoach.tether.settings import numeric, vocabulary
from rigcoach.tether.settings.body_state import BodyState, state_of
from rigcoach.tether.settings.read_back import agrees
from rigcoach.tether.settings.resolution import Status
from rigcoach.tether.settings.resolve import WIDGETS, resolve_one
from rigcoach.tether.settings.restore import is_setting


@dataclass(frozen=True, slots=True)
class Captured:
    """A profile read off a body, and what could not be told, each with its reason."""

    profile: Profile
    untold: tuple[str, ...]


def capture(listing: BodyListing, rig: Rig, name: str, *, raw: bool = True) -> Captured:
    """Return a body as it stands as a profile.

    Parameters
    ----------
    listing
        What the body reports.
    rig
        What is on it; with a lens set by its ring the aperture is not looked for.
    name
        The profile's name.
    raw
        Whether settings without words go under ``[raw]``; else they are left out.
    """
    state = state_of(listing, rig)
    fields: dict[str, Value] = {}
    covered: set[str] = set()
    untold: list[str] = []
    for field, setting in _FIELDS.items():
        value = _value(setting, state, fields)
        if value is not None and _leads_back(setting, value, rig, listing):
            fields[field] = value
            covered.update(WIDGETS[setting])
    if state.aperture_by_hand:
        untold.append(f"aperture: it is set on {state.aperture_by_hand}, the body does not know it")
        covered.update(WIDGETS["aperture"])
    chosen = state.chosen_by_the_body
    why = f"not the photographer's to choose in {state.mode_label}"
    untold.extend(f"{setting_name(setting)}: {why}" for setting in chosen)
    covered.update(name for setting in chosen for name in WIDGETS[setting])
    covered.update(_MEANT_ELSEWHERE)
    left = tuple(RawSetting(w.name, w.current) for w in listing.widgets if raw and _is_left(w, covered, listing))
    text = f"{listing.model or listing.body} as it stood"
    settings = Settings(**fields)  # type: ignore[arg-type]
    return Captured(Profile(name, text, rig, settings, left, Path(f"{name}.toml")), tuple(untold))


_FIELDS = {
    "exposure_mode": "exposure_mode",
    "iso": "iso",
    "shutter_s": "shutter",
    "aperture": "aperture",
    "white_balance": "white_balance",
    "color_temperature_k": "color_temperature",
    "picture_style": "picture_style",
    "focus_mode": "focus_mode",
    "drive_mode": "drive_mode",
    "image_format": "image_format",
    "capture_target": "capture_target",
    "live_view_output": "live_view_output",
    "review_time_s": "review_time",
    "auto_power_off_s": "auto_power_off",
    "exposure_compensation_ev": "exposure_compensation",
    "metering_mode": "metering_mode",
}

# They belong to a setting that is told otherwise: a temperature counts only with white balance on it, and the files on
# either card follow the body's one format.
_MEANT_ELSEWHERE = ("colortemperature", "imageformatsd", "imageformatcf", "autoexposuremode", "isoauto")


def _value(setting: str, state: BodyState, found: dict[str, Value]) -> Value | None:
    """Return what the body is at, as a profile says it; None where it does not tell, or the body chooses it."""
    if setting in state.chosen_by_the_body or (setting == "aperture" and state.aperture_by_hand):
        return None
    if setting == "color_temperature" and found.get("white_balance") != "kelvin":
        return None
    if setting == "exposure_mode":
        return state.mode if state.mode in WORDS["exposure_mode"] else None
    if setting == "iso" and _is_auto_iso(state):
        return "auto"
    read: Callable[[str], Value | None] = _word(setting, state)
    if scale := numeric.scale_of(setting, state):
        read = _number(setting, scale)
    own = numeric.makers_own(setting, state) if setting == "color_temperature" else ()
    currents = (state.listing.current(name) for name in (*WIDGETS[setting], *own))
    values = (read(current) for current in currents if current)
    return next((value for value in values if value is not None), None)


def _word(setting: str, state: BodyState) -> Callable[[str], Value | None]:
    return lambda current: vocabulary.word_of(setting, current, state.maker)


def _number(setting: str, scale: numeric.Scale) -> Callable[[str], Value | None]:
    def read(current: str) -> Value | None:
        reading = scale.read(current)
        if reading is not None:
            return _tidy(setting, (reading.low * reading.high) ** 0.5 if reading.low > 0 else reading.low)
        if setting == "auto_power_off" and current in ("0", "-1", "4294967295"):
            return "never"
        return vocabulary.word_of(setting, current)

    return read


def _tidy(setting: str, number: float) -> float:
    """Return a number as a photographer would write it: 1/60 for 0.0166 s, 8000 for what a code says is 8063."""
    if setting == "shutter" and number < 0.3:
        return 1 / round(1 / number)
    if setting == "exposure_compensation":
        return round(number, 2)
    return float(f"{number:.6g}") if setting != "iso" else float(round(number))


def _is_auto_iso(state: BodyState) -> bool:
    current = state.listing.current("iso") or ""
    spellings = vocabulary.spellings("iso", "auto", state.maker)
    switch = state.listing.current("autoiso") or ""
    return vocabulary.find((current,), spellings) is not None or vocabulary.word_of("switch", switch) == "on"


def _leads_back(setting: str, value: Value, rig: Rig, listing: BodyListing) -> bool:
    """Whether the profile's word or number, applied to this body, is what the body is at."""
    profile = Profile("", "", rig, Settings(), (), Path())
    resolved = resolve_one(SettingRequest(setting, value, _text(value)), profile, listing)
    if resolved.status is Status.BY_HAND:
        return "as wanted" in resolved.reason
    widget = listing.widget(resolved.widget) if resolved.widget else None
    return resolved.value is not None and widget is not None and agrees(resolved, widget, listing)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _is_left(widget: Widget, covered: set[str], listing: BodyListing) -> bool:
    """Whether a widget is a setting that no word told."""
    if widget.name in covered or not is_setting(widget) or listing.widget(widget.name) != widget:
        return False
    if widget.type is WidgetType.TEXT:
        return False  # names, addresses and lists of codes: not the picture's settings
    if widget.type in (WidgetType.RADIO, WidgetType.MENU):
        told = len(widget.choices) > 1 and widget.current in widget.choices
        return told and not vocabulary.has_no_way_back(widget.current)
    return bool(widget.current)
