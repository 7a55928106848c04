"""Apply a profile to a camera: one widget at a time, each read back from the body."""

import time
from dataclasses import dataclass, replace

from rigcoach.rig.profile import Profile
from rigcoach.tether import numbers, vocabulary
from rigcoach.tether.camera import Camera, Progress
from rigcoach.tether.errors import CameraError, CameraLostError
from rigcoach.tether.listing import Widget, WidgetType
from rigcoach.tether.outcome import Resolved, Send, Status, is_fine
from rigcoach.tether.resolve import resolve_one, wanted

# Settings that open or close choices of others: the body is read anew after each of them.
_OPENING = frozenset({"movie_mode", "exposure_mode", "focus_mode", "white_balance"})

# Some bodies walk to a new value step by step, or say the old one for a while.
_SETTLE_S = 3.0
_POLL_S = 0.15


@dataclass(frozen=True, slots=True)
class Change:
    """A widget that was sent something: what it was at before, and what was sent."""

    widget: str
    before: str
    sent: str


@dataclass(frozen=True, slots=True)
class AppliedSetting:
    """One setting of a profile on a camera.

    `sent` is None where nothing was sent; `read_back` is what the body had afterwards, or has where nothing was sent;
    `before` what it had at first. All three are the body's own words, None where it has no such widget.
    """

    setting: str
    wanted: str
    status: Status
    widget: str | None
    value: str | None
    reason: str
    sent: str | None
    read_back: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Applied:
    """A profile on a camera.

    `changes` are in the order in which they were made, for `put_back`. `lost` says where the camera went while it was
    applied; settings that were not reached have the status ``not-reached``.
    """

    profile: str
    body: str
    settings: tuple[AppliedSetting, ...]
    changes: tuple[Change, ...]
    lost: CameraLostError | None = None

    @property
    def ok(self) -> bool:
        """Whether the body has all that software can set; the rest is for the photographer's hand."""
        return self.lost is None and all(is_fine(setting.status) for setting in self.settings)

    @property
    def by_hand(self) -> tuple[AppliedSetting, ...]:
        """What is left for the photographer's hand."""
        return tuple(setting for setting in self.settings if setting.status is Status.BY_HAND)


def apply(camera: Camera, profile: Profile, progress: Progress | None = None) -> Applied:
    """Give a camera the settings of a profile.

    A setting that the body refuses does not keep the others from being set. Ctrl-C puts back what was set so far.

    Raises
    ------
    CameraLostError
        Where the camera is lost before anything was set. Later losses are told in what is returned.
    """
    run = _Run(camera, profile)
    wishes = wanted(profile)
    try:
        for number, wish in enumerate(wishes):
            if progress is not None:
                progress(number, len(wishes))
            run.setting(resolve_one(wish, profile, run.listing))
    except KeyboardInterrupt:
        put_back(camera, run.applied())
        raise
    return run.applied()


class _Run:
    """One application of a profile, as far as it has got."""

    def __init__(self, camera: Camera, profile: Profile) -> None:
        self._camera = camera
        self._profile = profile
        self._first = camera.listing()
        self.listing = self._first
        self.settings: list[AppliedSetting] = []
        self.changes: list[Change] = []
        self.lost: CameraLostError | None = None

    def applied(self) -> Applied:
        """Return what was done so far."""
        return Applied(self._profile.name, self.listing.body, tuple(self.settings), tuple(self.changes), self.lost)

    def setting(self, resolved: Resolved) -> None:
        """Give the body one setting and note what came of it."""
        before = self._first.current(resolved.widget) if resolved.widget else None
        now = self.listing.current(resolved.widget) if resolved.widget else None
        done = AppliedSetting(
            resolved.setting,
            resolved.wanted,
            resolved.status,
            resolved.widget,
            resolved.value,
            resolved.reason,
            sent=None,
            read_back=now,
            before=before,
        )
        if self.lost is not None:
            why = "the camera was lost before this was set"
            done = replace(done, status=Status.NOT_REACHED, reason=why, read_back=None)
        elif resolved.send is not None:
            done = self._send(done, resolved, resolved.send)
        self.settings.append(done)

    def _send(self, done: AppliedSetting, resolved: Resolved, main: Send) -> AppliedSetting:
        sent: str | None = None
        try:
            for send in (*resolved.also, main):
                self._change(send)
            sent = main.value
            widget = self._settled(resolved, main.widget)
            if resolved.setting in _OPENING:
                self.listing = self._camera.listing()
        except CameraLostError as error:
            self.lost = error
            return replace(done, status=Status.NOT_REACHED, reason=error.what, sent=sent, read_back=None)
        except (CameraError, ValueError) as error:
            why = error.why if isinstance(error, CameraError) else str(error)
            return replace(done, status=Status.REFUSED, reason=f"the body refused it: {why}", sent=sent)
        return replace(_judge(done, resolved, widget), sent=sent, read_back=widget.current)

    def _change(self, send: Send) -> None:
        self.changes.append(Change(send.widget, self._camera.get(send.widget).current, send.value))
        self._camera.set(send.widget, send.value)

    def _settled(self, resolved: Resolved, path: str) -> Widget:
        """Return the widget once the body has what was sent, or has had its time."""
        until = time.monotonic() + _SETTLE_S
        while True:
            widget = self._camera.read_back(path)
            if _agrees(resolved, widget) or time.monotonic() > until:
                return widget
            time.sleep(_POLL_S)


def _judge(done: AppliedSetting, resolved: Resolved, widget: Widget) -> AppliedSetting:
    """Return a setting with the status that the body's own answer gives it."""
    if _is_mute(widget):
        return replace(done, reason="sent; the body does not tell back what it is at")
    if _agrees(resolved, widget):
        return done
    scale = numbers.SCALES.get(resolved.setting)
    asked, got = (scale.read(resolved.value or ""), scale.read(widget.current)) if scale else (None, None)
    why = f"the body took {widget.current} instead"
    if scale and asked and got and abs(scale.distance(got, asked.low)) <= scale.nearest:
        return replace(done, status=Status.NEAREST, reason=why)
    return replace(done, status=Status.REFUSED, reason=f"{why}; set it on the camera")


def _is_mute(widget: Widget) -> bool:
    """Whether a widget can be set but not read: libgphoto2 shows such a TOGGLE at 2."""
    return widget.type is WidgetType.TOGGLE and widget.current == "2"


def _agrees(resolved: Resolved, widget: Widget) -> bool:
    """Whether the body has what was sent; numbers are compared as numbers."""
    value = resolved.value or ""
    if _is_mute(widget) or vocabulary.fold(value) == vocabulary.fold(widget.current):
        return True
    scale = numbers.SCALES.get(resolved.setting)
    if scale is None:
        return False
    asked, got = scale.read(value), scale.read(widget.current)
    return asked is not None and got is not None and abs(scale.distance(got, asked.low)) <= scale.exact


def put_back(camera: Camera, applied: Applied) -> tuple[str, ...]:
    """Give the body back what it had before a profile was applied, the last change first.

    Returns
    -------
    tuple of str
        What could not be put back, each with its reason; empty where the body is as it was found.

    Raises
    ------
    CameraLostError
        Where the camera is lost.
    """
    failed: list[str] = []
    for change in reversed(applied.changes):
        name = change.widget.rsplit("/", 1)[-1]
        widget = camera.read_back(change.widget)
        if _is_mute(widget) or widget.current == change.before:
            continue
        try:
            camera.set(change.widget, change.before)
        except CameraLostError:
            raise
        except (CameraError, ValueError) as error:
            why = error.why if isinstance(error, CameraError) else str(error)
            failed.append(f"{name} stays at {widget.current}, it was at {change.before}: {why}")
    return tuple(failed)
