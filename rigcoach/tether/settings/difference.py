"""Where two profiles differ, or a profile and a body as it stands."""

from dataclasses import dataclass

from rigcoach.listing.model import BodyListing
from rigcoach.rig.profile import Profile, RawSetting
from rigcoach.rig.settings import SettingRequest
from rigcoach.tether.settings import vocabulary
from rigcoach.tether.settings.read_back import agrees
from rigcoach.tether.settings.resolution import Resolved, Status
from rigcoach.tether.settings.resolve import resolve_one, wanted


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that differs: what either side says, None where it says nothing; `reason` where it cannot be told."""

    setting: str
    first: str | None
    second: str | None
    reason: str = ""


def between_profiles(first: Profile, second: Profile) -> tuple[Difference, ...]:
    """Return where two profiles differ, in the order in which a body is given the settings."""
    sides = [{_name(request): request for request in wanted(profile)} for profile in (first, second)]
    names = dict.fromkeys([*sides[0], *sides[1]])
    differences = []
    for name in names:
        one, other = sides[0].get(name), sides[1].get(name)
        if one is None or other is None or one.value != other.value:
            differences.append(Difference(name, _said(one), _said(other)))
    return tuple(differences)


def from_body(profile: Profile, listing: BodyListing) -> tuple[Difference, ...]:
    """Return which of a profile's settings a body does not have, `first` being the profile's.

    Only what the profile names is compared. What is nearest to it counts as the same; what it does not tell (an
    aperture on the lens ring) is a difference with a reason, and `second` is None.
    """
    found = (_from_body(request, profile, listing) for request in wanted(profile))
    return tuple(difference for difference in found if difference is not None)


def _from_body(request: SettingRequest | RawSetting, profile: Profile, listing: BodyListing) -> Difference | None:
    resolved = resolve_one(request, profile, listing)
    widget = listing.widget(resolved.widget) if resolved.widget else None
    now = None if widget is None else widget.current
    if resolved.status in (Status.EXACT, Status.NEAREST) and widget is not None:
        first = all(listing.current(send.widget) == send.value for send in resolved.also)
        if first and agrees(resolved, widget, listing):
            return None
        return Difference(resolved.setting, resolved.wanted, _in_words(resolved, widget.current))
    if resolved.status is Status.BY_HAND and "as wanted" in resolved.reason:
        return None
    told = now if now and not vocabulary.is_no_aperture(now) else None
    if resolved.status is Status.BY_HAND and told is not None:
        return Difference(resolved.setting, resolved.wanted, _in_words(resolved, told), resolved.reason)
    return Difference(resolved.setting, resolved.wanted, None, resolved.reason)


def _in_words(resolved: Resolved, current: str) -> str:
    return vocabulary.word_of(resolved.setting, current) or current


def _name(request: SettingRequest | RawSetting) -> str:
    return f"raw.{request.widget}" if isinstance(request, RawSetting) else request.setting


def _said(request: SettingRequest | RawSetting | None) -> str | None:
    if request is None:
        return None
    return request.value if isinstance(request, RawSetting) else request.text
