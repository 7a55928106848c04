"""The JSON documents on gear and profiles."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from rigcoach.base.documents import Document, rounded
from rigcoach.base.errors import RigcoachError
from rigcoach.rig.catalog import Fit
from rigcoach.rig.gear import Adapter, Body, Lens, Mount, Rig
from rigcoach.rig.profile import Profile, read_profile
from rigcoach.rig.profile_optics import ProfileOptics, optics_of
from rigcoach.rig.rig_check import RigCheck

Part = Body | Lens | Adapter


def rig_ids(rig: Rig) -> Document:
    """Return a rig's parts by their ids; None for what it has none of."""
    return {kind: rig.ids.get(kind) for kind in ("body", "lens", "adapter")}


def gear_list_document(kinds: Mapping[str, Mapping[str, Part | Mount]]) -> Document:
    """Return what ``gear list --json`` prints: pieces of gear by their kind."""
    listed = {name: [asdict(part) for part in parts.values()] for name, parts in kinds.items()}
    return {"schema": "rigcoach.gear-list/1"} | listed


def gear_document(part: Part, fits: Iterable[Fit]) -> Document:
    """Return what ``gear show --json`` prints: a piece of gear and what it fits."""
    pairs = [
        {"with": fit.other.id, "adapter": fit.adapter.id if fit.adapter else None, "lost": list(fit.lost)}
        for fit in fits
    ]
    return {"schema": "rigcoach.gear/1", **asdict(part), "fits": pairs}


def gear_search_document(found: Iterable[Part]) -> Document:
    """Return what ``gear search --json`` prints."""
    return {
        "schema": "rigcoach.gear-search/1",
        "found": [
            {"id": part.id, "name": part.name, "kind": type(part).__name__.lower(), "source": part.source}
            for part in found
        ],
    }


def gear_check_document(checked: RigCheck) -> Document:
    """Return what ``gear check --json`` prints: whether a rig fits together, and what is lost."""
    rig = checked.rig
    return {
        "schema": "rigcoach.gear-check/1",
        "rig": rig_ids(rig),
        "register_difference_mm": rounded(checked.room_mm, 3),
        "focal_length_mm": rounded(checked.focal_length_mm, 2),
        "full_frame_equivalent_mm": rounded(checked.equivalent_mm, 1),
        "aperture_by_hand": rig.aperture_by_hand or None,
        "focus_by_hand": rig.focus_by_hand,
        "lost": list(rig.lost_through_adapter),
        "records_video": not (rig.body is not None and rig.body.stills_only),
        "notes": list(checked.notes),
    }


def gear_add_document(part: Part, path: Path) -> Document:
    """Return what ``gear add --json`` prints."""
    return {"schema": "rigcoach.gear-add/1", "id": part.id, "path": str(path)}


def profile_list_document(paths: Iterable[Path]) -> Document:
    """Return what ``profile list --json`` prints; a file with errors is listed with them, for the others' sake."""
    return {"schema": "rigcoach.profile-list/1", "profiles": [_listed(path) for path in paths]}


def _listed(path: Path) -> Document:
    entry: Document = {"name": path.stem, "description": None, "path": str(path), "error": None}
    try:
        return entry | {"description": read_profile(path).description}
    except RigcoachError as error:
        return entry | {"error": error.line()}


def profile_document(profile: Profile) -> Document:
    """Return what ``profile show --json`` prints: a profile, and what its rig sees and keeps sharp."""
    optics = optics_of(profile)
    return _profile(profile) | {
        "path": str(profile.path),
        "rig": rig_ids(profile.rig),
        **_wanted(profile),
        "optics": None if optics is None else _optics(optics),
    }


def kept_profile_document(profile: Profile, path: Path) -> Document:
    """Return what ``profile new --json`` and ``capture`` print: what was kept, and where."""
    return _profile(profile) | {"path": str(path), **_wanted(profile)}


def _profile(profile: Profile) -> Document:
    return {"schema": "rigcoach.profile/1", "name": profile.name, "description": profile.description}


def _wanted(profile: Profile) -> Document:
    return {
        "settings": {request.setting: request.value for request in profile.settings.requests()},
        "raw": {raw.widget: raw.value for raw in profile.raw},
    }


def _optics(optics: ProfileOptics) -> Document:
    return {
        "focal_length_mm": optics.focal_length_mm,
        "f_number": optics.f_number,
        "view_deg": _angles(optics.view_deg),
        "movie_view_deg": _angles(optics.movie_view_deg),
        "circle_of_confusion_mm": round(optics.circle_mm, 4),
        "hyperfocal_m": round(optics.hyperfocal_m, 3),
        # null: to infinity
        "zones": [
            {"focus_m": zone.focus_m, "near_m": round(zone.near_m, 2), "far_m": rounded(zone.far_m, 2)}
            for zone in optics.zones
        ],
    }


def _angles(angles_deg: tuple[float, float] | None) -> list[float] | None:
    return None if angles_deg is None else [round(angle, 1) for angle in angles_deg]
