"""Settings that are words: white balance, modes, formats."""

from dataclasses import replace

from rigcoach.listing.model import Widget, WidgetType
from rigcoach.rig.settings import SettingRequest, setting_name
from rigcoach.tether.settings import vocabulary
from rigcoach.tether.settings.body_state import EXPOSURE_MODE_WIDGETS, BodyState
from rigcoach.tether.settings.resolution import Resolved, Status
from rigcoach.tether.unsendable import UNSENDABLE_ON_PANASONIC

WIDGETS: dict[str, tuple[str, ...]] = {
    "exposure_mode": EXPOSURE_MODE_WIDGETS,
    "white_balance": ("whitebalance",),
    "picture_style": ("picturestyle", "filmsimulation"),
    "focus_mode": ("focusmode", "focusmode2", "afmode", "afdistance"),
    "drive_mode": ("drivemode", "capturemode"),
    "image_format": ("imageformat", "imageformatsd", "imageformatcf", "imagequality"),
    "capture_target": ("capturetarget",),
    "live_view_output": ("output",),
    "metering_mode": ("meteringmode", "exposuremetermode"),
}

# As libgphoto2 has them in English (camlibs/ptp2/config.c), folded.
_ENGLISH_LABELS = frozenset(
    (
        *("canon auto exposure mode", "canon auto exposure mode dial", "canon shooting mode", "exposure program"),
        *("whitebalance", "white balance", "picture style", "film simulation", "drive mode", "still capture mode"),
        *("focus mode", "focus mode 2", "af mode", "af distance", "image format", "image format sd", "image format cf"),
        *("image quality", "capture target", "camera output", "metering mode", "exposure metering mode"),
        *("focus metering mode",),
    )
)

_DIAL = {"manual": "M", "aperture": "Av or A", "shutter": "Tv or S", "program": "P", "auto": "auto"}


def word(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve a setting to one of the body's own words; its own spelling is taken as it stands."""
    widgets = [widget for name in WIDGETS[request.setting] if (widget := state.listing.widget(name)) is not None]
    offers = [_offer(request, widget, state) for widget in widgets]
    if offers:
        return min(offers, key=lambda offer: list(Status).index(offer.status))
    why = f"this body shows no {setting_name(request.setting)} to software: {by_hand(request, state)}"
    on_a_dial = request.setting in ("exposure_mode", "focus_mode")
    return Resolved(request.setting, request.text, Status.BY_HAND if on_a_dial else Status.UNSUPPORTED, reason=why)


def capture_target(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve where pictures go. Card and computer at once is near enough to either."""
    resolved = word(request, state)
    if resolved.status is not Status.UNSUPPORTED or resolved.widget is None or request.value == "both":
        return resolved
    both = word(replace(request, value="both", text="both"), state)
    if both.value is None:
        return resolved
    why = f"the nearest that the body lists is {both.value}: to the card and to the computer"
    return replace(both, wanted=request.text, status=Status.NEAREST, reason=why)


def focus_mode(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve a focus mode. An EOS lists manual only while the lens is switched to it."""
    resolved = word(request, state)
    if state.rig.focus_by_hand and request.value != "manual":
        why = "the lens of this rig has no autofocus: focus by its ring"
        return Resolved(request.setting, request.text, Status.UNSUPPORTED, resolved.widget, reason=why)
    if request.value == "manual" and resolved.status in (Status.UNSUPPORTED, Status.UNKNOWN):
        hand = state.is_canon or state.rig.focus_by_hand
        if hand:
            return Resolved(
                request.setting, request.text, Status.BY_HAND, resolved.widget, reason=by_hand(request, state)
            )
    return resolved


def movie_mode(request: SettingRequest, state: BodyState) -> Resolved:
    """Resolve movie or stills: newer EOS bodies switch by software, all others by a dial, a switch or the menu."""
    listing = state.listing
    mode = "movie" if request.value else "stills"
    toggle = listing.widget("eosmoviemode")
    # The read-only switch is there on the bodies that have no lever of their own.
    if toggle is not None and not toggle.readonly and listing.widget("eosmovieswitch") is not None:
        return Resolved(request.setting, request.text, Status.EXACT, toggle.path, "1" if request.value else "0")
    records = any(listing.widget(name) for name in ("movie", "movierecordtarget", "movierecord"))
    if records:
        why = f"put the body into {mode} mode by its dial or lever"
        if state.is_canon and request.value:
            why += "; where it has none (5D Mark II), set LV func. to Stills+movie in its menu"
        return Resolved(request.setting, request.text, Status.BY_HAND, reason=why)
    why = "this body shows no movies to software"
    return Resolved(request.setting, request.text, Status.UNSUPPORTED, reason=why)


def _offer(request: SettingRequest, widget: Widget, state: BodyState) -> Resolved:
    choice = _choice(request, widget, state)
    if widget.readonly:
        already = choice is not None and vocabulary.fold(choice) == vocabulary.fold(widget.current)
        why = f"the camera reports it as read-only, now at {widget.current or 'nothing'}"
        why += ", as wanted: nothing to do" if already else f": {by_hand(request, state)}"
        return Resolved(request.setting, request.text, Status.BY_HAND, widget.path, reason=why)
    stands = choice is not None and vocabulary.fold(choice) == vocabulary.fold(widget.current)
    if state.maker == "panasonic" and widget.name in UNSENDABLE_ON_PANASONIC and not stands:
        why = f"libgphoto2 fails at setting it on a Panasonic, now at {widget.current}: {by_hand(request, state)}"
        return Resolved(request.setting, request.text, Status.BY_HAND, widget.path, reason=why)
    if choice is not None:
        return Resolved(request.setting, request.text, Status.EXACT, widget.path, choice, reason=_note(request, choice))
    # Some bodies list a choice twice, or one without a name.
    listed = tuple({vocabulary.fold(each): each for each in reversed(widget.choices) if each.strip()}.values())[::-1]
    if len(listed) < 2 and widget.type in (WidgetType.RADIO, WidgetType.MENU):
        only = f"only {listed[0]}" if listed else "no choices"
        why = f"the body lists {only} as it stood, other modes may offer more: {by_hand(request, state)}"
        return Resolved(request.setting, request.text, Status.UNKNOWN, widget.path, reason=why)
    unnamed = sum(_means_nothing(request, choice, state) for choice in widget.choices)
    if unnamed:
        hand = by_hand(request, state)
        why = f"{unnamed} of the body's choices have no name, {request.text} may be one of them: {hand}"
        return Resolved(request.setting, request.text, Status.UNKNOWN, widget.path, reason=why)
    if unread := _unknown_words(request, widget, state):
        why = f"the words of this listing are not known, such as {unread[-1]}: {by_hand(request, state)}"
        return Resolved(request.setting, request.text, Status.UNKNOWN, widget.path, reason=why)
    more = f" and {len(listed) - 8} more" if len(listed) > 8 else ""
    why = f"the body offers {', '.join(listed[:8])}{more}: choose one of these"
    return Resolved(request.setting, request.text, Status.UNSUPPORTED, widget.path, reason=why)


def _choice(request: SettingRequest, widget: Widget, state: BodyState) -> str | None:
    """Return the choice that a word means, by its name or, where libgphoto2 has none for it, by its code."""
    maker = state.maker
    named = vocabulary.find(widget.choices, (request.text, *vocabulary.spellings(request.setting, request.text, maker)))
    return named or vocabulary.find_unnamed(widget.choices, request.setting, request.text, state.maker)


def _means_nothing(request: SettingRequest, choice: str, state: BodyState) -> bool:
    return vocabulary.is_unnamed(choice) and vocabulary.word_of(request.setting, choice, state.maker) is None


def _unknown_words(request: SettingRequest, widget: Widget, state: BodyState) -> list[str]:
    """Return the choices that are not understood, where a widget speaks another language than English."""
    in_english = not widget.label or vocabulary.fold(widget.label) in _ENGLISH_LABELS
    if in_english and all(choice.isascii() for choice in (widget.label, *widget.choices)):
        return []
    # Abbreviations such as P, TV and AV are the same in most languages.
    words = [choice for choice in widget.choices if len(choice) > 2 and any(map(str.isalpha, choice))]
    return [word for word in words if vocabulary.word_of(request.setting, word, state.maker) is None]


def by_hand(request: SettingRequest, state: BodyState) -> str:
    """Return what the photographer does instead."""
    match request.setting:
        case "exposure_mode":
            return f"turn the mode dial to {_DIAL[request.text]}"
        case "focus_mode" if request.value == "manual":
            if state.rig.focus_by_hand:
                return "the lens of this rig is always focused by hand, there is nothing to set"
            return "slide the focus switch on the lens (or the body) to MF"
        case "focus_mode":
            return "slide the focus switch on the lens to AF and choose the mode on the body"
        case "drive_mode":
            return f"set drive to {request.text} on the body"
    return f"set {setting_name(request.setting)} to {request.text} in the body's menu"


def _note(request: SettingRequest, choice: str) -> str:
    """Say what a choice stands for where the body has several of its kind."""
    if vocabulary.is_unnamed(choice):
        return f"the body lists it without a name, as {choice}"
    if request.text.startswith("timer-") and not any(map(str.isdigit, choice)):
        return f"how long {choice} waits stands in the body's menu"
    if request.text == "fluorescent" and any(digit_or_colon in choice for digit_or_colon in ":123"):
        return f"of the body's fluorescent presets {choice} is taken"
    return ""
