"""Put a body back to a snapshot: what it had before a profile was applied, today or last week."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from rigcoach.base.progress import Advance, no_progress
from rigcoach.listing.model import BodyListing, Widget, WidgetType, widget_name
from rigcoach.rig.gear import NO_RIG
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraError, CameraLostError
from rigcoach.tether.settings import vocabulary
from rigcoach.tether.settings.body_state import state_of
from rigcoach.tether.settings.read_back import forget_what_was_told, is_mute
from rigcoach.tether.settings.resolve import ORDER, WIDGETS
from rigcoach.tether.settings.snapshot import Snapshot, SnapshotError

_SECTIONS = ("/main/imgsettings/", "/main/capturesettings/", "/main/settings/")

# Not settings of the picture: they do something, tell time or zoom, or belong to the driver or the owner.
NEVER_SENT = frozenset(
    {
        "applicationmode",
        "artist",
        "cameraaction",
        "capture",
        "copyright",
        "customfuncex",
        "datetime",
        "datetimeutc",
        "eventmode",
        "evfmode",
        "fastfs",
        "focallength",
        "movierecord",
        "movierecordtarget",
        "ownername",
        "remotemode",
        "syncdatetime",
        "thumbsize",
        "zoom",
    }
)


class RestoreOutcome(StrEnum):
    """What became of a widget."""

    PUT_BACK = "put-back"
    FAILED = "failed"
    NOT_REACHED = "not-reached"


@dataclass(frozen=True, slots=True)
class RestoredWidget:
    """A widget that differed from the snapshot: what it was to be, what it was at, and what it is at now."""

    widget: str
    wanted: str
    found: str
    read_back: str | None
    outcome: RestoreOutcome
    reason: str = ""

    @property
    def name(self) -> str:
        """The last part of its path."""
        return widget_name(self.widget)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore; `lost` where the camera went on the way."""

    body: str
    snapshot: Snapshot
    widgets: tuple[RestoredWidget, ...]
    lost: CameraLostError | None = None

    @property
    def ok(self) -> bool:
        """Whether everything that the applied profile was to set is back as it was."""
        touched = set(self.snapshot.touched)
        return self.lost is None and not any(
            widget.outcome is not RestoreOutcome.PUT_BACK and widget.widget in touched for widget in self.widgets
        )


def restore(
    camera: Camera, snapshot: Snapshot, advance: Advance = no_progress, *, only: Collection[str] | None = None
) -> Restored:
    """Put a body back to a snapshot, or `only` the widgets of these paths, one at a time, each read back.

    Only what differs is sent, and only settings: nothing that triggers something, no clock, no owner's name. What the
    body decides itself in the mode that it then is in (a shutter speed in Av) cannot be sent and is left.

    Raises
    ------
    SnapshotError
        Where the snapshot is one of another model.
    CameraLostError
        Where the camera is lost before anything was sent; later losses are told in what is returned.
    """
    listing = camera.listing()
    if listing.model != snapshot.listing.model:
        raise SnapshotError(
            f"the snapshot is one of a {snapshot.listing.model}",
            why=f"the camera is a {listing.model}",
            next_step="Choose another with `rigcoach profile restore --list`",
        )
    done: list[RestoredWidget] = []
    lost: CameraLostError | None = None
    different = _different(snapshot, listing)
    wanted = tuple(widget for widget in different if only is None or widget.path in only)
    for number, old in enumerate(wanted):
        advance(number, len(wanted))
        if lost is not None:
            found = listing.current(old.path) or ""
            done.append(RestoredWidget(old.path, old.current, found, None, RestoreOutcome.NOT_REACHED, lost.what))
            continue
        try:
            outcome = _put_back(camera, old, must=old.path in snapshot.touched)
        except CameraLostError as error:
            lost = error
            outcome = RestoredWidget(old.path, old.current, "", None, RestoreOutcome.NOT_REACHED, error.what)
        if outcome is not None:
            done.append(outcome)
    if lost is None and done:
        try:
            done = _read_anew(camera, listing, done)
        except CameraLostError as error:
            lost = error
    return Restored(listing.body, snapshot, tuple(done), lost)


def _read_anew(camera: Camera, listing: BodyListing, done: list[RestoredWidget]) -> list[RestoredWidget]:
    """Return what came of each widget by what the body tells anew."""
    forget_what_was_told(camera, listing)
    now = camera.listing()
    checked = []
    for widget in done:
        current = now.current(widget.widget)
        if widget.outcome is RestoreOutcome.PUT_BACK and current not in (widget.wanted, None):
            why = f"the body stayed at {current}" if current == widget.found else f"the body took {current} instead"
            checked.append(replace(widget, outcome=RestoreOutcome.FAILED, read_back=current, reason=why))
        else:
            checked.append(widget)
    return checked


def _put_back(camera: Camera, old: Widget, *, must: bool) -> RestoredWidget | None:
    """Send a widget its old value; None where it has it already, or where the body now decides it itself."""
    now = camera.read_back(old.path)
    if now.current == old.current:
        return None  # moved by itself, with what was put back before it
    if not _can_be_sent(old.current, now):
        if not must:
            return None
        why = "the body decides it itself in this mode" if now.choices else "the body lists no choices now"
        why = "the camera reports it as read-only: set it by hand" if now.readonly else why
        if vocabulary.has_no_way_back(old.current):
            why = "libgphoto2 shows this kind of file, but cannot send it: set it by hand"
        return RestoredWidget(old.path, old.current, now.current, now.current, RestoreOutcome.FAILED, why)
    try:
        camera.set(old.path, old.current)
    except CameraLostError:
        raise
    except (CameraError, ValueError) as error:
        why = error.why if isinstance(error, CameraError) else str(error)
        return RestoredWidget(old.path, old.current, now.current, now.current, RestoreOutcome.FAILED, why)
    after = camera.read_back(old.path)
    outcome = RestoreOutcome.PUT_BACK if after.current == old.current or is_mute(after) else RestoreOutcome.FAILED
    why = "" if outcome is RestoreOutcome.PUT_BACK else f"the body took {after.current} instead"
    return RestoredWidget(old.path, old.current, now.current, after.current, outcome, why)


def _different(snapshot: Snapshot, new: BodyListing) -> Iterator[Widget]:
    """Return the snapshot's widgets that the body has otherwise now: modes first, as when a profile is applied."""
    old = snapshot.listing
    chosen = state_of(old, NO_RIG).chosen_by_the_body
    left = {name for setting in chosen for name in WIDGETS[setting]}
    rank = {name: at for at, setting in enumerate(ORDER) for name in WIDGETS[setting]}
    for widget in sorted(old.widgets, key=lambda widget: rank.get(widget.name, len(rank))):
        now = new.widget(widget.path)
        # What a profile set by its number is a setting, too.
        meant = is_setting(widget) or (widget.is_raw and widget.path in snapshot.touched and not widget.readonly)
        if now is not None and now.current != widget.current and meant and widget.name not in left:
            yield widget


def is_setting(widget: Widget) -> bool:
    """Whether a widget is a setting that may be sent: none that acts, that is the body's clock or its owner's name."""
    return (
        widget.path.startswith(_SECTIONS)
        and widget.name not in NEVER_SENT
        and not widget.readonly
        and widget.type not in (WidgetType.DATE, WidgetType.BUTTON)
        and not is_mute(widget)
    )


def _can_be_sent(value: str, now: Widget) -> bool:
    if now.readonly or vocabulary.has_no_way_back(value):
        return False
    return now.type not in (WidgetType.RADIO, WidgetType.MENU) or value in now.choices
