"""Apply a profile to a camera: one widget at a time, each read back from the body."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rigcoach.base.progress import Advance, no_progress
from rigcoach.listing.model import BodyListing
from rigcoach.rig.profile import Profile, RawSetting
from rigcoach.rig.settings import SettingRequest, setting_name
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraError, CameraLostError
from rigcoach.tether.settings import read_back
from rigcoach.tether.settings.body_state import state_of
from rigcoach.tether.settings.choices import by_hand
from rigcoach.tether.settings.resolution import Resolved, Send, Status, is_fine
from rigcoach.tether.settings.resolve import resolve_one, wanted, widgets_of
from rigcoach.tether.settings.restore import RestoreOutcome, restore
from rigcoach.tether.settings.snapshot import Snapshot

# Settings that open or close choices of others: the body is read anew after each of them.
_OPENING = frozenset({"movie_mode", "exposure_mode", "focus_mode", "white_balance"})


@dataclass(frozen=True, slots=True)
class AppliedSetting:
    """One setting of a profile on a camera.

    `sent` is None where nothing was sent, be it that the body had it already; `read_back` is what the body had
    afterwards, or has where nothing was sent; `before` what it had at first. All three are the body's own words, None
    where it has no such widget.
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

    `before` is the body as it was found; `changed` are the paths of the widgets that were sent something, in that
    order; `after` is the body as it was last read. `lost` says where the camera went while it was applied; settings
    that were not reached have the status ``not-reached``.
    """

    profile: str
    body: str
    settings: tuple[AppliedSetting, ...]
    before: Snapshot
    changed: tuple[str, ...]
    after: BodyListing
    lost: CameraLostError | None = None

    @property
    def ok(self) -> bool:
        """Whether the body has all that software can set; the rest is for the photographer's hand."""
        return self.lost is None and all(is_fine(setting.status) for setting in self.settings)

    @property
    def by_hand(self) -> tuple[AppliedSetting, ...]:
        """What is left for the photographer's hand."""
        return tuple(setting for setting in self.settings if setting.status is Status.BY_HAND)


def apply(
    camera: Camera,
    profile: Profile,
    advance: Advance = no_progress,
    *,
    keep: Callable[[Snapshot], object] | None = None,
) -> Applied:
    """Give a camera the settings of a profile.

    A setting that the body refuses does not keep the others from being set. Ctrl-C puts back what was set so far.

    Parameters
    ----------
    camera, profile
        The camera to set, and the profile to apply.
    advance
        Called with progress.
    keep
        Called with a snapshot of the body before anything is set; `rigcoach.tether.settings.snapshot.keep` writes it to
        disk.

    Returns
    -------
    What became of each setting: read back from the body, left to be set by hand, refused or not reached.

    Raises
    ------
    CameraLostError
        Where the camera is lost before anything was set. Later losses are reported in the result.
    """
    run = _Run(camera, profile)
    requests = wanted(profile)
    if keep is not None:
        keep(run.before)
    try:
        for number, request in enumerate(requests):
            advance(number, len(requests))
            run.setting(request)
        run.verify()
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
        self._resolved: list[Resolved] = []
        touched = dict.fromkeys(path for request in wanted(profile) for path in widgets_of(request, self._first))
        self.before = Snapshot(datetime.now(UTC), profile.name, tuple(touched), self._first)
        self.listing: BodyListing = self._first
        self.settings: list[AppliedSetting] = []
        self._changed: dict[str, None] = {}
        self.lost: CameraLostError | None = None

    def applied(self) -> Applied:
        """Return what was done so far."""
        return Applied(
            self._profile.name,
            self.listing.body,
            tuple(self.settings),
            self.before,
            tuple(self._changed),
            self.listing,
            self.lost,
        )

    def setting(self, request: SettingRequest | RawSetting) -> None:
        """Give the body one setting and note what came of it."""
        resolved = resolve_one(request, self._profile, self.listing)
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
        elif resolved.send is not None and not self._stands(resolved, resolved.send):
            done = self._send(done, resolved, resolved.send, self._instead(request))
        self._resolved.append(resolved)
        self.settings.append(done)

    def verify(self) -> None:
        """Read everything once more from the body, and send once more what it does not have.

        A later setting can move an earlier one, and a body can agree to a value and not take it.
        """
        if all(resolved.send is None for resolved in self._resolved):
            return
        for last in (False, True):
            if self.lost is not None or not self._read_anew():
                return
            wrong = [at for at in range(len(self.settings)) if self._differs(at)]
            for at in wrong:
                resolved, done = self._resolved[at], self.settings[at]
                if resolved.send is None or self.lost is not None:
                    continue
                instead = f"set {setting_name(done.setting)} to {done.wanted} on the body"
                if not last:
                    self.settings[at] = self._send(done, resolved, resolved.send, instead)
                elif (widget := self.listing.widget(resolved.send.widget)) is not None:
                    status, reason = read_back.judged(resolved, widget, done.before, self.listing, instead)
                    self.settings[at] = replace(done, status=status, reason=reason, read_back=widget.current)
            if not wrong:
                return

    def _read_anew(self) -> bool:
        """Read the body, not what libgphoto2 remembers of it; return whether it answered."""
        try:
            read_back.forget_what_was_told(self._camera, self.listing)
            self.listing = self._camera.listing()
        except CameraLostError as error:
            self.lost = error
            return False
        return True

    def _stands(self, resolved: Resolved, main: Send) -> bool:
        """Whether the body has already all that would be sent; what it does not tell back is always sent."""
        for send in (*resolved.also, main):
            widget = self.listing.widget(send.widget)
            if widget is None or read_back.is_mute(widget):
                return False
            told = read_back.agrees(resolved, widget, self.listing) if send is main else widget.current == send.value
            if not told:
                return False
        return True

    def _differs(self, at: int) -> bool:
        resolved, done = self._resolved[at], self.settings[at]
        widget = self.listing.widget(resolved.widget) if resolved.widget else None
        if resolved.send is None or widget is None or done.status in (Status.REFUSED, Status.NOT_REACHED):
            return False
        return not read_back.agrees(resolved, widget, self.listing)

    def _instead(self, request: SettingRequest | RawSetting) -> str:
        if isinstance(request, RawSetting):
            return "take it out of [raw], or set it on the body"
        return by_hand(request, state_of(self.listing, self._profile.rig))

    def _send(self, done: AppliedSetting, resolved: Resolved, main: Send, instead: str) -> AppliedSetting:
        sent: str | None = None
        try:
            for send in (*resolved.also, main):
                self._change(send)
            sent = main.value
            widget = read_back.settled(self._camera, resolved, main.widget, self.listing)
            if resolved.setting in _OPENING:
                self.listing = self._camera.listing()
        except CameraLostError as error:
            self.lost = error
            return replace(done, status=Status.NOT_REACHED, reason=error.what, sent=sent, read_back=None)
        except (CameraError, ValueError) as error:
            why = error.why if isinstance(error, CameraError) else str(error)
            return replace(done, status=Status.REFUSED, reason=f"the body refused it: {why}; {instead}", sent=sent)
        status, reason = read_back.judged(resolved, widget, done.before, self.listing, instead)
        return replace(done, status=status, reason=reason, sent=sent, read_back=widget.current)

    def _change(self, send: Send) -> None:
        self._changed[send.widget] = None
        self._camera.set(send.widget, send.value)


def put_back(camera: Camera, applied: Applied) -> tuple[str, ...]:
    """Give the body back what it had before a profile was applied, where the profile changed it.

    Returns
    -------
    tuple of str
        What could not be put back, each with its reason; empty where the body is as it was found.

    Raises
    ------
    CameraLostError
        Where the camera is lost.
    """
    restored = restore(camera, applied.before, only=applied.changed)
    if restored.lost is not None:
        raise restored.lost
    return tuple(
        f"{left.widget.rsplit('/', 1)[-1]} stays at {left.read_back}, it was at {left.wanted}: {left.reason}"
        for left in restored.widgets
        if left.outcome is not RestoreOutcome.PUT_BACK
    )
