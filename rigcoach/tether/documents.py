"""The JSON documents on cameras, and on profiles on bodies."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rigcoach.base.documents import Document, rounded
from rigcoach.tether.settings.resolution import Resolved, Status
from rigcoach.tether.settings.resolve import is_ok

if TYPE_CHECKING:  # they need libgphoto2, and a profile is checked without
    from rigcoach.tether.card_selection import FetchOutcome
    from rigcoach.tether.findings import Finding
    from rigcoach.tether.fleet import FleetResult
    from rigcoach.tether.process.ports import FoundPort
    from rigcoach.tether.record import RecordedTake
    from rigcoach.tether.settings.apply import Applied, AppliedSetting
    from rigcoach.tether.settings.difference import Difference
    from rigcoach.tether.settings.restore import Restored
    from rigcoach.tether.settings.snapshot import Snapshot


def camera_list_document(found: "Iterable[FoundPort]") -> Document:
    """Return what `rigcoach camera list --json` prints."""
    cameras = [{"port": camera.port, "model": camera.model} for camera in found]
    return {"schema": "rigcoach.camera-list/1", "cameras": cameras}


def doctor_document(model: str | None, findings: "Iterable[Finding]", *, ready: bool) -> Document:
    """Return what `rigcoach camera doctor --json` prints."""
    return {
        "schema": "rigcoach.camera-doctor/1",
        "ready": ready,
        "model": model,
        "findings": [asdict(finding) for finding in findings],
    }


def record_document(take: "RecordedTake", out: Path) -> Document:
    """Return what `rigcoach camera record --json` prints: a take, and where its clip went."""
    return {
        "schema": "rigcoach.camera-record/1",
        "file": str(out),
        "size_bytes": take.file.size_bytes,
        "seconds": round(take.recorded_s, 3),
        "started_at": take.started_at.isoformat(timespec="seconds"),
        "card_path": take.file.path,
    }


def fetch_document(outcomes: "Iterable[FetchOutcome]") -> Document:
    """Return what `rigcoach camera fetch --json` prints."""
    return {"schema": "rigcoach.camera-fetch/1", "files": [asdict(outcome) for outcome in outcomes]}


def live_document(frames: int, per_second: float | None, out: Path | None) -> Document:
    """Return what `rigcoach camera live --json` prints: how many frames came, how fast, and where they went."""
    return {
        "schema": "rigcoach.camera-live/1",
        "frames": frames,
        "frames_per_second": rounded(per_second, 2),
        "out": None if out is None else str(out),
    }


def snapshot_list_document(snapshots: "Iterable[Snapshot]") -> Document:
    """Return what `rigcoach profile restore --list --json` prints."""
    entries = [
        {
            "path": str(kept.path),
            "taken_at": kept.taken_at.isoformat(),
            "body": kept.listing.model,
            "profile": kept.profile,
        }
        for kept in snapshots
    ]
    return {"schema": "rigcoach.snapshot-list/1", "snapshots": entries}


def check_document(profile: str, body: str, resolved: tuple[Resolved, ...]) -> Document:
    """Return what `rigcoach profile check --json` prints."""
    return {
        "schema": "rigcoach.profile-check/1",
        "profile": profile,
        "body": body,
        "ok": is_ok(resolved),
        "settings": [_entry(setting) | _distance(setting) for setting in resolved],
    }


def _distance(setting: Resolved) -> Document:
    """Return how far a nearest value is from what is wanted: in stops, kelvin or seconds."""
    return {"distance": round(setting.distance, 3)} if setting.status is Status.NEAREST else {}


def apply_document(applied: "Applied") -> Document:
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


def fleet_document(profile: str, results: "Iterable[FleetResult]") -> Document:
    """Return what `rigcoach profile apply --camera all --json` prints: a profile on each camera, or why not."""
    cameras = []
    for result in results:
        entry: Document = {"port": result.found.port, "model": result.found.model, "ok": result.ok}
        if result.applied is not None:
            entry["applied"] = apply_document(result.applied)
        error = result.error or (result.applied.lost if result.applied is not None else None)
        if error is not None:
            entry["error"] = {"code": error.code, "text": error.line()}
        cameras.append(entry)
    ok = all(entry["ok"] for entry in cameras)
    return {"schema": "rigcoach.profile-apply-all/1", "profile": profile, "ok": ok, "cameras": cameras}


def restore_document(restored: "Restored") -> Document:
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


def diff_document(first: str, second: str, differences: "tuple[Difference, ...]") -> Document:
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


def _entry(setting: "Resolved | AppliedSetting") -> Document:
    return {
        "setting": setting.setting,
        "wanted": setting.wanted,
        "widget": setting.widget,
        "value": setting.value,
        "status": str(setting.status),
        "reason": setting.reason,
    }
