"""How a body was left when it was last used, and what is different now, because somebody used it."""

from datetime import UTC, datetime
from pathlib import Path

from rigcoach.base.user_data import user_folder
from rigcoach.listing.model import BodyListing, Widget
from rigcoach.rig.gear import NO_RIG
from rigcoach.tether.settings import snapshot
from rigcoach.tether.settings.body_state import state_of
from rigcoach.tether.settings.difference import Difference
from rigcoach.tether.settings.resolve import WIDGETS
from rigcoach.tether.settings.restore import is_setting
from rigcoach.tether.settings.snapshot import Snapshot

_FOLDER = "bodies"
_SETTINGS = {name: setting for setting, names in WIDGETS.items() for name in names}


def keep_as_left(listing: BodyListing, profile: str) -> Path:
    """Write down how a body is left after a profile, and return where that lies."""
    return snapshot.keep(Snapshot(datetime.now(UTC), profile, (), listing), user_folder(_FOLDER))


def last_left(listing: BodyListing) -> Snapshot | None:
    """Return how this body was left when it was last used; None where that is not known."""
    return snapshot.newest(listing, user_folder(_FOLDER))


def changed_since(left: Snapshot, now: BodyListing) -> tuple[Difference, ...]:
    """Return which settings a body has otherwise than it was left with, `first` being what it was left with.

    What the body chooses itself, now or then, is no setting of anybody's.
    """
    chosen = {*state_of(left.listing, NO_RIG).chosen_by_the_body, *state_of(now, NO_RIG).chosen_by_the_body}
    found: dict[str, Difference] = {}
    for old in left.listing.widgets:
        new = now.widget(old.path)
        setting = _SETTINGS.get(old.name, f"raw.{old.name}")
        if new is not None and setting not in chosen and _differs(old, new):
            found.setdefault(setting, Difference(setting, old.current, new.current))
    return tuple(found.values())


def _differs(old: Widget, new: Widget) -> bool:
    return new.current != old.current and is_setting(old)
