"""Measurable first: what is checked before takes count, so that no fault of light, card or setting lowers a score."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from rigcoach.base.errors import RigcoachError
from rigcoach.base.percent import percent
from rigcoach.journal.session import Check
from rigcoach.listing.model import BodyListing
from rigcoach.practice.take_score import TakeResult
from rigcoach.rig.profile import Profile
from rigcoach.rig.settings import setting_name
from rigcoach.tether.diagnosis import Facts, diagnose
from rigcoach.tether.events import CardSpace
from rigcoach.tether.findings import Severity
from rigcoach.tether.settings.apply import Applied
from rigcoach.tether.settings.left_as import changed_since, last_left
from rigcoach.tether.settings.resolution import is_fine

# Darker or brighter than this on average, edges drown in noise or are clipped.
_DARK, _BRIGHT = 0.06, 0.94
_FOUND = 0.5
# Applying the profile says what is to be set by hand, and the drill itself how a body is recorded.
_SAID_ELSEWHERE = ("lens.not-electronic", "recording.by-hand")
_SPARE = 1.2
_TOLD = 6


class PreflightError(RigcoachError):
    """Takes that could not be measured if they were recorded now."""

    code = "drill.gate"


def camera_checks(port: str, listing: BodyListing, cards: tuple[CardSpace, ...]) -> tuple[Check, ...]:
    """Return what is to be said of card, battery, mode dial and recording, as `rigcoach camera doctor` finds it."""
    findings = diagnose(Facts(port=port, host=None, listing=listing, cards=cards))
    checks = [
        Check(finding.code, False if finding.severity is Severity.PROBLEM else None, finding.text, finding.next_step)
        for finding in findings
        if finding.code not in _SAID_ELSEWHERE
    ]
    said = {check.code.partition(".")[0] for check in checks}
    if "battery" not in said:
        level = listing.current("batterylevel")
        text = f"battery {level}" if level else "the camera does not report its battery level"
        checks.append(Check("battery", True if level else None, text))
    return tuple(checks)


def body_checks(found: BodyListing) -> tuple[Check, ...]:
    """Return what a body has otherwise than it was left with when it was last used; nothing where all is as it was."""
    left = last_left(found)
    changed = changed_since(left, found) if left is not None else ()
    if left is None or not changed:
        return ()
    told = ", ".join(
        f"{setting_name(each.setting.removeprefix('raw.'))} {each.first} → {each.second}" for each in changed[:_TOLD]
    )
    more = f" and {len(changed) - _TOLD} more" if len(changed) > _TOLD else ""
    when = f"{left.taken_at.astimezone():%d %b %H:%M}"
    text = f"the body is not as it was left on {when}: {told}{more}"
    return (Check("body.changed", None, text, "See all of it: rigcoach profile diff camera --since"),)


def battery_share(listing: BodyListing) -> float | None:
    """Return how full a body's battery is, from 0 to 1; None where it tells no percentage."""
    level = (listing.current("batterylevel") or "").strip()
    number = level.removesuffix("%").strip()
    if not level.endswith("%") or not number.isdigit():
        return None
    share = int(number) / 100
    return share if 0 < share <= 1 else None


def profile_check(applied: Applied) -> Check:
    """Return whether the body has what software can set; what it refused is said, and does not stop a drill."""
    lacking = [setting_name(setting.setting) for setting in applied.settings if not is_fine(setting.status)]
    if lacking:
        return Check("profile", None, f"{applied.profile} is not fully applied: {', '.join(lacking)}", "Set it by hand")
    return Check("profile", True, f"{applied.profile} applied and read back")


def measured_checks(outcome: TakeResult, profile: Profile) -> tuple[Check, ...]:
    """Return what a short take before the first one tells: light, subject, frame rate, shutter speed."""
    score = outcome.score
    if score is None:
        return (Check("clip", False, outcome.error or "the check take could not be scored", "Try again"),)
    return (
        _light(outcome.exposure_mean),
        _subject(score.found_ratio, score.subject_kind, score.reasons.get("focus")),
        _shutter(outcome.fps, profile.settings.shutter_s),
    )


def _light(mean: float | None) -> Check:
    if mean is None:
        return Check("light", None, "the light could not be measured")
    text = f"light: {100 * mean:.0f} % of full brightness"
    if mean < _DARK:
        return Check("light", False, f"{text}, too dark to measure in", "Add light, open the aperture or raise the ISO")
    if mean > _BRIGHT:
        return Check("light", False, f"{text}, too bright to measure in", "Close the aperture or lower the ISO")
    return Check("light", True, text)


def _subject(found_ratio: float, kind: str | None, why: str | None) -> Check:
    if kind is None or found_ratio < _FOUND:
        text = why or "no subject was found"
        if kind is not None:
            text = f"no subject was found in more than {percent(found_ratio)} of the frames"
        step = "Put the target card or your helper where the drill wants them, aim at them and start again"
        return Check("subject", False, text, step)
    return Check("subject", True, f"subject: {kind}, found in {percent(found_ratio)} of the frames")


def _shutter(fps: float, shutter_s: float | None) -> Check:
    rate = f"{fps:.2f}".rstrip("0").rstrip(".")
    if shutter_s is None:
        return Check(
            "shutter", None, f"{rate} frames a second; the shutter speed is not known, so motion blur is not measured"
        )
    if shutter_s > 1 / fps:
        text = f"the shutter stays open for {shutter_s:g} s, longer than a frame at {rate} frames a second"
        return Check("shutter", False, text, "Set a shorter shutter speed in the profile")
    return Check("shutter", True, f"{rate} frames a second, shutter 1/{1 / shutter_s:.0f} s")


def room_checks(bytes_per_s: float, seconds: float, cards: Iterable[CardSpace], folder: Path) -> tuple[Check, ...]:
    """Return whether card and disk hold the takes, by the size of the check take."""
    needed = bytes_per_s * seconds * _SPARE
    free = [card.free_bytes for card in cards if card.free_bytes is not None]
    checks = []
    if free:
        step = "Insert another card, or download and clear this one"
        checks.append(_room("card.room", "card", max(free), needed, step))
    else:
        checks.append(Check("card.room", None, "the camera does not report how much space is left on its card"))
    disk = shutil.disk_usage(folder).free
    checks.append(_room("disk.room", "disk", disk, needed, f"Make room at {folder}"))
    return tuple(checks)


def _room(code: str, what: str, free: float, needed: float, step: str) -> Check:
    text = f"{what}: {_size(free)} free, the takes need about {_size(needed)}"
    return Check(code, free >= needed, text, "" if free >= needed else step)


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def failed(checks: Iterable[Check]) -> PreflightError | None:
    """Return the error of the first check that failed; None where all may go on."""
    wrong = [check for check in checks if check.ok is False]
    if not wrong:
        return None
    return PreflightError(
        "these takes could not be measured",
        why="; ".join(check.text for check in wrong),
        next_step=wrong[0].next_step or "Or continue with --anyway; the session will not count",
    )
