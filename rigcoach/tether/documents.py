"""The JSON documents that commands print of profiles on bodies."""

from typing import TYPE_CHECKING, Any

from rigcoach.tether.outcome import Resolved
from rigcoach.tether.resolve import is_ok

if TYPE_CHECKING:  # it needs libgphoto2, and a profile is checked without
    from rigcoach.tether.apply import Applied, AppliedSetting


def check_document(profile: str, body: str, resolved: tuple[Resolved, ...]) -> dict[str, Any]:
    """Return what `rigcoach profile check --json` prints."""
    return {
        "schema": "rigcoach.profile-check/1",
        "profile": profile,
        "body": body,
        "ok": is_ok(resolved),
        "settings": [_entry(setting) for setting in resolved],
    }


def apply_document(applied: "Applied") -> dict[str, Any]:
    """Return what `rigcoach profile apply --json` prints."""
    return {
        "schema": "rigcoach.profile-apply/1",
        "profile": applied.profile,
        "body": applied.body,
        "ok": applied.ok,
        "settings": [
            {**_entry(setting), "sent": setting.sent, "read_back": setting.read_back, "before": setting.before}
            for setting in applied.settings
        ],
    }


def _entry(setting: "Resolved | AppliedSetting") -> dict[str, Any]:
    return {
        "setting": setting.setting,
        "wanted": setting.wanted,
        "widget": setting.widget,
        "value": setting.value,
        "status": str(setting.status),
        "reason": setting.reason,
    }
