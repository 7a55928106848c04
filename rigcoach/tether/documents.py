"""The JSON documents that commands print of profiles on bodies."""

from typing import TYPE_CHECKING, Any

from rigcoach.tether.settings.resolution import Resolved, Status
from rigcoach.tether.settings.resolve import is_ok

if TYPE_CHECKING:  # it needs libgphoto2, and a profile is checked without
    from rigcoach.tether.settings.apply import Applied, AppliedSetting
    from rigcoach.tether.settings.difference import Difference
    from rigcoach.tether.settings.restore import Restored


def check_document(profile: str, body: str, resolved: tuple[Resolved, ...]) -> dict[str, Any]:
    """Return what `rigcoach profile check --json` prints."""
    return {
        "schema": "rigcoach.profile-check/1",
        "profile": profile,
        "body": body,
        "ok": is_ok(resolved),
        "settings": [_entry(setting) | _distance(setting) for setting in resolved],
    }


def _distance(setting: Resolved) -> dict[str, Any]:
    """Return how far a nearest value is from what is wanted: in stops, kelvin or seconds."""
    return {"distance": round(setting.distance, 3)} if setting.status is Status.NEAREST else {}


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


def restore_document(restored: "Restored") -> dict[str, Any]:
    """Return what `rigcoach profile restore --json` prints."""
    return {
        "schema": "rigcoach.profile-restore/1",
        "body": restored.body,
        "profile": restored.snapshot.profile,
        "taken_at": restored.snapshot.taken_at.isoformat(),
        "ok": restored.ok,
        "widgets": [
            {
                "widget": widget.widget,
                "wanted": widget.wanted,
                "found": widget.found,
                "read_back": widget.read_back,
                "status": str(widget.outcome),
                "reason": widget.reason,
            }
            for widget in restored.widgets
        ],
    }


def diff_document(first: str, second: str, differences: "tuple[Difference, ...]") -> dict[str, Any]:
    """Return what `rigcoach profile diff --json` prints."""
    return {
        "schema": "rigcoach.profile-diff/1",
        "first": first,
        "second": second,
        "same": not differences,
        "differences": [
            {"setting": d.setting, "first": d.first, "second": d.second, "reason": d.reason} for d in differences
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
