"""Settings that are numbers: from what is wanted to the nearest that a body lists."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rigcoach.listing.model import BodyListing, Span, Widget, WidgetType
from rigcoach.rig.settings import SettingRequest, setting_name
from rigcoach.tether.settings import codes, values, vocabulary
from rigcoach.tether.settings.body_state import (
    APERTURE_MODES,
    APERTURE_WIDGETS,
    SHUTTER_MODES,
    SHUTTER_WIDGETS,
    BodyState,
)
from rigcoach.tether.settings.resolution import Resolved, Send, Status

Distance = Callable[[values.Reading, float], float]

EXACT_STOPS = 0.02  # what rounding in print makes of one and the same number
NEAREST_STOPS = 1.0  # beyond the ends of a scale; between two choices nothing is further than half a stop
NEAREST_KELVIN = 300.0  # beyond the ends; bodies list every 10 to 200 K

WIDGETS: dict[str, tuple[str, ...]] = {
    "iso": ("iso", "autoiso", "isoauto"),
    "shutter": SHUTTER_WIDGETS,
    "aperture": APERTURE_WIDGETS,
    "color_temperature": ("colortemperature",),
    "exposure_compensation": ("exposurecompensation",),
    "review_time": ("reviewtime",),
    "auto_power_off": ("autopoweroff", "meterofftime"),
}
"""The names of the widgets by which bodies show each number."""

# A Nikon keeps what movies are exposed with apart where it lists these (``camlibs/ptp2/config.c``), and its colour
# temperature as a property that libgphoto2 has no name for.
_NIKON_MOVIES = {"iso": "movieiso", "shutter": "movieshutterspeed", "aperture": "movief-number"}
_NIKON_KELVIN = "/main/other/d01e"

_RANK = list(Status)
_FEW = 9  # choices that are told one by one


@dataclass(frozen=True, slots=True)
class Scale:
    """How to read a kind of number, how far two of them are apart, and how far is near enough."""

    read: Callable[[str], values.Reading | None]
    distance: Distance
    exact: float
    nearest: float
    write: Callable[[float], str]
    more: str
    less: str


def _stops(per_doubling: float) -> Distance:
    return lambda reading, wanted: reading.stops_from(wanted, per_doubling)


def _difference(reading: values.Reading, wanted: float) -> float:
    return reading.low - wanted


SHUTTER = Scale(values.shutter_s, _stops(1), EXACT_STOPS, NEAREST_STOPS, "{:g}".format, "stop longer", "stop shorter")
APERTURE = Scale(values.f_number, _stops(2), EXACT_STOPS, NEAREST_STOPS, "{:g}".format, "stop narrower", "stop wider")
ISO = Scale(values.iso, _stops(1), EXACT_STOPS, NEAREST_STOPS, "{:g}".format, "stop higher", "stop lower")
KELVIN = Scale(values.kelvin, _difference, 0.5, NEAREST_KELVIN, "{:g}".format, "K higher", "K lower")
COMPENSATION = Scale(
    values.exposure_compensation_ev, _difference, 0.01, 0.5, "{:g}".format, "stop brighter", "stop darker"
)
SECONDS = Scale(values.seconds, _difference, 0.5, math.inf, "{:.0f}".format, "s longer", "s shorter")


SCALES = {
    "iso": ISO,
    "shutter": SHUTTER,
    "aperture": APERTURE,
    "color_temperature": KELVIN,
    "exposure_compensation": COMPENSATION,
    "review_time": SECONDS,
    "auto_power_off": SECONDS,
}
"""The settings that are numbers."""


def makers_own(setting: str, state: BodyState) -> tuple[str, ...]:
    """Return the further widgets by which bodies of one maker show a setting."""
    if state.maker != "nikon":
        return ()
    if setting == "color_temperature":
        return (_NIKON_KELVIN,)
    return (_NIKON_MOVIES[setting],) if setting in _NIKON_MOVIES else ()


def _meant(setting: str, names: tuple[str, ...], state: BodyState) -> tuple[str, ...]:
    """Return which widgets count: for movies those of movies alone, where the body has them."""
    own = makers_own(setting, state)
    if setting in _NIKON_MOVIES:
        return own if state.movies and _widgets(state.listing, *own) else names
    return names if _widgets(state.listing, *names) else (*names, *own)


_CODED = ("iso", "shutter", "aperture", "exposure_compensation")


def scale_of(setting: str, state: BodyState) -> Scale | None:
    """Return how to read a setting's numbers on a body; None for settings that are no numbers.

    On a Canon a value that libgphoto2 has no name for is read by its code, and so is a Nikon's colour temperature.
    """
    scale = SCALES.get(setting)
    if scale is not None and setting == "color_temperature" and state.maker == "nikon":
        return replace(scale, read=codes.nikon_kelvin)
    if scale is None or setting not in _CODED or not state.is_canon:
        return scale
    by_name = scale.read
    return replace(scale, read=lambda choice: by_name(choice) or codes.eos_number(setting, choice))


@dataclass(frozen=True, slots=True)
class SettingHint:
    """What to tell the photographer about a setting.

    `what` names its values; `by_hand` is what to do where software may not; `closed` says why the body lists nothing
    now, empty where it should.
    """

    what: str
    by_hand: str
    closed: str = ""


def iso(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve a sensitivity, and the auto ISO that would override it."""
    advice = SettingHint("ISO", f"set ISO {request.text} on the body")
    listing = state.listing
    if request.value == "auto":
        return _auto_iso(request, state, advice)
    names = _meant("iso", ("iso",), state)
    resolved = nearest(request, state, names, advice)
    if names != ("iso",):
        return resolved
    # Nikon's auto ISO is a switch of its own, and overrides the number while it is on.
    switch = listing.widget("autoiso") or listing.widget("isoauto")
    if resolved.value is None or switch is None or vocabulary.word_of("switch", switch.current) != "on":
        return resolved
    off = vocabulary.find(switch.choices, vocabulary.spellings("switch", "off"))
    if off is None or switch.readonly:
        return replace(resolved, reason=_join(resolved.reason, "auto ISO is on: turn it off in the body's menu"))
    reason = _join(resolved.reason, "auto ISO is on and is turned off first")
    return replace(resolved, reason=reason, also=(Send(switch.path, off),))


def _auto_iso(request: SettingRequest, state: BodyState, advice: SettingHint) -> Resolved:
    listing = state.listing
    auto = vocabulary.spellings("iso", "auto", state.maker)
    on = vocabulary.spellings("switch", "on")
    offers = [(widget, _auto_choice(widget, auto)) for widget in _widgets(listing, "iso")]
    offers += [(widget, vocabulary.find(widget.choices, on)) for widget in _widgets(listing, "autoiso", "isoauto")]
    for widget, choice in offers:
        if choice is not None and widget.readonly:
            return _by_hand(request, widget, advice)
        if choice is not None:
            return Resolved(request.setting, request.text, Status.EXACT, widget.path, choice)
    return _none_listed(request, [widget for widget, _ in offers], advice, "has no auto ISO")


# A range is a kind of auto ISO, too: Nikon 1 says ISO Auto 3200 or A800 (160-800), with the highest it may take.
_AUTO_RANGE = re.compile(r"ISO Auto \d+|A\d+ ?\(\d+-\d+\)")


def _auto_choice(widget: Widget, auto: tuple[str, ...]) -> str | None:
    ranges = (choice for choice in widget.choices if _AUTO_RANGE.fullmatch(choice.strip()))
    return vocabulary.find(widget.choices, auto) or next(ranges, None)


def shutter(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve a shutter speed. A Nikon's exact fractions go before its decimals, which are cut after four digits."""
    closed = _closed(state, "shutter speeds", SHUTTER_MODES, "M and Tv" if state.is_canon else "M and S")
    advice = SettingHint("shutter speeds", f"turn the mode dial to M and set {request.text} on the body", closed)
    if not _widgets(state.listing, *SHUTTER_WIDGETS) and state.is_canon:
        return _unknown(request, None, advice)
    return nearest(request, state, _meant("shutter", SHUTTER_WIDGETS, state), advice)


def aperture(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve an aperture; by hand where the lens has its own ring and no contacts."""
    widgets = _widgets(state.listing, *APERTURE_WIDGETS)
    if ring := state.aperture_by_hand:
        path = widgets[0].path if widgets else None
        lens = state.rig.lens.name if state.rig.lens else "the lens"
        reason = f"set {request.text} on {ring}: a body cannot move the aperture of {lens}"
        return Resolved(request.setting, request.text, Status.BY_HAND, path, reason=reason)
    closed = _closed(state, "apertures", APERTURE_MODES, "M and Av" if state.is_canon else "M and A")
    advice = SettingHint("apertures", f"set {request.text} on the lens or the body", closed)
    if not widgets and state.is_canon:
        return _unknown(request, None, advice)
    return nearest(request, state, _meant("aperture", APERTURE_WIDGETS, state), advice)


def color_temperature(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve a colour temperature. Bodies open it only while white balance is on it."""
    advice = SettingHint(
        "colour temperatures", f"put white balance on colour temperature, then set {request.text} in the body's menu"
    )
    return nearest(request, state, _meant("color_temperature", WIDGETS["color_temperature"], state), advice)


def exposure_compensation(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve an exposure compensation, in stops."""
    advice = SettingHint("exposure compensations", f"set {request.text} on the body")
    wanted = replace(request, value=values.to_third_or_half(float(request.value)))
    return nearest(wanted, state, ("exposurecompensation",), advice)


def review_time(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve how long a picture is shown after it was taken."""
    return _time_or_word(
        request, state, WIDGETS["review_time"], vocabulary.spellings("review_time", str(request.value))
    )


def auto_power_off(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve after how long the body goes to sleep; an EOS says 0 for never. A Nikon's meter goes to sleep."""
    return _time_or_word(request, state, WIDGETS["auto_power_off"], ("0", "-1", "4294967295"))


def _time_or_word(
    request: SettingRequest, state: BodyState, names: tuple[str, ...], spellings: tuple[str, ...]
) -> Resolved:
    advice = SettingHint(
        "times in seconds", f"set {setting_name(request.setting)} to {request.text} in the body's menu"
    )
    if not isinstance(request.value, str):
        return nearest(request, state, names, advice)
    widgets = _widgets(state.listing, *names)
    for widget in widgets:
        choice = vocabulary.find(widget.choices, spellings)
        choice = spellings[0] if widget.type is WidgetType.TEXT else choice
        if choice is not None and not widget.readonly:
            return Resolved(request.setting, request.text, Status.EXACT, widget.path, choice)
    return _none_listed(request, widgets, advice, f"has no {request.text}")


def nearest(request: SettingRequest, state: BodyState, names: Sequence[str], advice: SettingHint) -> Resolved:
    """Return the best that any of the widgets of these names offers; of equals, what the first offers."""
    widgets, scale = _widgets(state.listing, *names), scale_of(request.setting, state)
    if not widgets or scale is None:
        return _none_listed(request, widgets, advice, "")
    offers = [_offer(request, widget, scale, advice) for widget in widgets]
    # Rounded: a body that lists a speed twice, as 1/45 and as 0.0222s, offers the same twice.
    return min(offers, key=lambda offer: (_RANK.index(offer.status), round(abs(offer.distance), 2)))


def _offer(request: SettingRequest, widget: Widget, scale: Scale, advice: SettingHint) -> Resolved:
    if widget.readonly:
        return _by_hand(request, widget, advice)
    wanted = float(request.value)
    if widget.type is WidgetType.TEXT:
        reason = "the body takes any number here and lists none: what it made of it is read back"
        return Resolved(request.setting, request.text, Status.EXACT, widget.path, scale.write(wanted), reason=reason)
    if widget.span is not None:
        readings = [_in_span(widget.span, wanted, scale)]
    else:
        readings = [(choice, number) for choice in widget.choices if (number := scale.read(choice)) is not None]
    if len({number for _, number in readings}) < 2 and widget.span is None:
        return _unknown(request, widget, advice)
    choice, number = min(readings, key=lambda reading: abs(scale.distance(reading[1], wanted)))
    distance = scale.distance(number, wanted)
    if abs(distance) > scale.exact and _stands_at(widget, scale, wanted):
        reason = "the body is at it, though it does not list it"
        return Resolved(request.setting, request.text, Status.EXACT, widget.path, widget.current, reason=reason)
    if abs(distance) > scale.nearest + 1e-9:
        return _out_of_reach(request, widget, readings, advice)
    if abs(distance) <= scale.exact:
        note = f"the body lists it without a name, as {choice}" if vocabulary.is_unnamed(choice) else ""
        return Resolved(request.setting, request.text, Status.EXACT, widget.path, choice, reason=note)
    size = f"{abs(distance):.2f}" if scale.more.startswith("stop") else f"{abs(distance):.0f}"
    shown = f"{choice} ({number.low:.0f} K)" if scale.more.startswith("K") and len(choice) < 4 else choice
    reason = f"the nearest that the body lists is {shown}, {size} {scale.more if distance > 0 else scale.less}"
    return Resolved(request.setting, request.text, Status.NEAREST, widget.path, choice, distance, reason)


def _stands_at(widget: Widget, scale: Scale, wanted: float) -> bool:
    """Whether a widget is at what is wanted; some bodies don't list the value that they are at."""
    now = scale.read(widget.current)
    return now is not None and abs(scale.distance(now, wanted)) <= scale.exact


def _in_span(span: Span, wanted: float, scale: Scale) -> tuple[str, values.Reading]:
    """Return what a RANGE widget can be set to that is nearest."""
    number = min(max(wanted, span.bottom), span.top)
    if span.step > 0:
        number = min(span.bottom + round((number - span.bottom) / span.step) * span.step, span.top)
    return scale.write(round(number, 6)), values.Reading(number, number)


def _out_of_reach(
    request: SettingRequest, widget: Widget, readings: list[tuple[str, values.Reading]], advice: SettingHint
) -> Resolved:
    in_order = sorted(readings, key=lambda reading: reading[1].low)
    listed = list(dict.fromkeys(choice for choice, _ in in_order))
    offers = f"the body lists {advice.what} from {listed[0]} to {listed[-1]}"
    if len(listed) <= _FEW:
        offers = f"the body lists {advice.what} of {', '.join(listed)}"
    if advice.closed:
        return Resolved(
            request.setting, request.text, Status.UNKNOWN, widget.path, reason=f"{offers}, but {advice.closed}"
        )
    return Resolved(
        request.setting, request.text, Status.UNSUPPORTED, widget.path, reason=f"{offers}: choose one of these"
    )


def _by_hand(request: SettingRequest, widget: Widget, advice: SettingHint) -> Resolved:
    reason = f"the camera reports it as read-only, now at {widget.current or 'nothing'}: {advice.by_hand}"
    return Resolved(request.setting, request.text, Status.BY_HAND, widget.path, reason=reason)


def _unknown(request: SettingRequest, widget: Widget | None, advice: SettingHint) -> Resolved:
    at = f", only {widget.choices[0]}," if widget and len(widget.choices) == 1 else ""
    why = advice.closed or f"the body lists no {advice.what}{at} as it stood: {advice.by_hand}, or check again"
    path = None if widget is None else widget.path
    return Resolved(request.setting, request.text, Status.UNKNOWN, path, reason=why)


def _none_listed(request: SettingRequest, widgets: Sequence[Widget], advice: SettingHint, lacks: str) -> Resolved:
    if not widgets:
        why = f"this body shows no {setting_name(request.setting)} to software: {advice.by_hand}"
        return Resolved(request.setting, request.text, Status.UNSUPPORTED, reason=why)
    if all(not widget.choices for widget in widgets):
        return _unknown(request, widgets[0], advice)
    why = f"the body {lacks}: {advice.by_hand}, if it can"
    return Resolved(request.setting, request.text, Status.UNSUPPORTED, widgets[0].path, reason=why)


def _closed(state: BodyState, what: str, modes: frozenset[str], names: str) -> str:
    if state.mode is None or state.mode in modes:
        return ""
    do = "turn the mode dial to M, then check again"
    return f"a body opens {what} only in {names}, and this one was in {state.mode_label}: {do}"


def _widgets(listing: BodyListing, *names: str) -> list[Widget]:
    return [widget for name in names if (widget := listing.widget(name)) is not None]


def _join(first: str, second: str) -> str:
    return f"{first}; {second}" if first else second
