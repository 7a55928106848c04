"""From the photographer's settings to the body's own widgets and choices.

Everything is judged by what the body lists, nothing by a table of models. A setting resolves to one of five:

- ``exact``: the body lists what is wanted;
- ``nearest``: the body lists something close: within a stop, or 300 K;
- ``by-hand``: the body has it as a dial, switch or ring, or reports it read-only;
- ``unknown``: the listing was taken in a state that does not say;
- ``unsupported``: the body has nothing of the kind, or nothing near.
"""

from collections.abc import Callable

from rigcoach.listing.model import BodyListing, WidgetType
from rigcoach.rig.gear import NO_RIG
from rigcoach.rig.profile import Profile, RawSetting
from rigcoach.rig.settings import SettingRequest
from rigcoach.tether.settings import choices, numeric
from rigcoach.tether.settings.body_state import BodyState, state_of
from rigcoach.tether.settings.resolution import Resolved, Status, is_fine

# In the order in which a body has to be given them: modes open and close choices, white balance opens its
# temperature, and the sensitivity can move what is chosen after it.
_RESOLVERS: dict[str, Callable[[SettingRequest, BodyState], Resolved]] = {
    "movie_mode": choices.movie_mode,
    "exposure_mode": choices.word,
    "focus_mode": choices.focus_mode,
    "iso": numeric.iso,
    "white_balance": choices.word,
    "color_temperature": numeric.color_temperature,
    "shutter": numeric.shutter,
    "aperture": numeric.aperture,
    "exposure_compensation": numeric.exposure_compensation,
    "metering_mode": choices.word,
    "picture_style": choices.word,
    "drive_mode": choices.word,
    "image_format": choices.word,
    "capture_target": choices.capture_target,
    "review_time": numeric.review_time,
    "auto_power_off": numeric.auto_power_off,
    "live_view_output": choices.word,
}

WIDGETS: dict[str, tuple[str, ...]] = {
    **choices.WIDGETS,
    **numeric.WIDGETS,
    "movie_mode": ("eosmoviemode",),
}
"""The names of the widgets by which bodies show each setting; of those a body has, more than one may matter."""

ORDER = tuple(_RESOLVERS)
"""The settings in the order in which a body has to be given them."""


def resolve(profile: Profile, listing: BodyListing) -> tuple[Resolved, ...]:
    """Return what a body makes of each setting of a profile, in the order of `wanted`."""
    return tuple(resolve_one(request, profile, listing) for request in wanted(profile))


def wanted(profile: Profile) -> tuple[SettingRequest | RawSetting, ...]:
    """Return what a profile asks for, in the order in which a body has to be given it; raw widgets last."""
    requests = sorted(profile.settings.requests(), key=lambda request: ORDER.index(request.setting))
    return (*requests, *profile.raw)


def widgets_of(request: SettingRequest | RawSetting, listing: BodyListing) -> tuple[str, ...]:
    """Return the paths of the body's widgets that a request may set, in whatever mode the body is."""
    if isinstance(request, RawSetting):
        names: tuple[str, ...] = (request.widget,)
    else:
        names = (*WIDGETS[request.setting], *numeric.makers_own(request.setting, state_of(listing, NO_RIG)))
    return tuple(widget.path for name in names if (widget := listing.widget(name)) is not None)


def resolve_one(request: SettingRequest | RawSetting, profile: Profile, listing: BodyListing) -> Resolved:
    """Return what a body makes of one request of a profile."""
    if isinstance(request, RawSetting):
        return _raw(request, listing)
    state = state_of(listing, profile.rig, movies=profile.settings.movie_mode is True)
    return _RESOLVERS[request.setting](request, state)


def is_ok(resolved: tuple[Resolved, ...]) -> bool:
    """Whether a profile fits a body: all that software can set is there, the rest is for the photographer's hand."""
    return all(is_fine(r.status) for r in resolved)


def _raw(raw: RawSetting, listing: BodyListing) -> Resolved:
    setting = f"raw.{raw.widget}"
    widget = listing.widget(raw.widget)
    if widget is None:
        why = f"this body has no widget {raw.widget}: see `rigcoach camera show`"
        return Resolved(setting, raw.value, Status.UNSUPPORTED, reason=why)
    if widget.path.startswith("/main/actions/"):
        # Some of them send the body any operation there is, to format its card for one.
        why = f"{widget.name} does something rather than sets something: a profile must not"
        return Resolved(setting, raw.value, Status.UNSUPPORTED, widget.path, reason=why)
    if widget.readonly:
        return Resolved(
            setting,
            raw.value,
            Status.BY_HAND,
            widget.path,
            reason="the camera reports it as read-only: set it on the body",
        )
    if widget.type in (WidgetType.RADIO, WidgetType.MENU) and raw.value not in widget.choices:
        listed = f"it lists {', '.join(widget.choices)}" if widget.choices else "it lists no choices now"
        status = Status.UNSUPPORTED if widget.choices else Status.UNKNOWN
        return Resolved(setting, raw.value, status, widget.path, reason=listed)
    return Resolved(setting, raw.value, Status.EXACT, widget.path, raw.value)
