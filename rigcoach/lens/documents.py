"""The JSON documents on zones of focus, the ring's marks and how sharp lenses are."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rigcoach.base.documents import Document, rounded
from rigcoach.base.errors import RigcoachError
from rigcoach.base.units import FOOT_M
from rigcoach.lens.calibrations import Calibration
from rigcoach.lens.chosen_rig import ChosenRig
from rigcoach.rig.documents import rig_ids
from rigcoach.rig.profile_optics import Zone
from rigcoach.rig.ring_scale import FEET, METRES
from rigcoach.rig.zone_focus import WALKING_M_S, Cover, ZoneFocus, full_stops
from rigcoach.sheets.page import CHECK_BAR_MM

if TYPE_CHECKING:  # they need OpenCV, and zones are told without
    from rigcoach.lens.check import LensCheck
    from rigcoach.sheets.ring_scale import ScaleStrip


def zone_document(
    chosen: ChosenRig, setup: ZoneFocus, marks_m: Sequence[float], subjects_m: Sequence[float]
) -> Document:
    """Return what ``focus zone --json`` prints: what is sharp with the ring at marks, and how blurred subjects are."""
    return _zone_head(chosen, setup) | {
        "hyperfocal_m": round(setup.hyperfocal_m, 3),
        "hyperfocal_ring_m": rounded(setup.mark_m(setup.hyperfocal_m), 3),
        "zones": [
            _zone(mark, setup.zone_at(mark))
            | {"blur": [{"subject_m": round(s, 3), "blur_px": rounded(setup.blur_px(mark, s), 2)} for s in subjects_m]}
            for mark in marks_m
        ],
        "walker": None if chosen.shutter_s is None else _walker(setup, subjects_m, chosen.shutter_s),
    }


def cover_document(
    chosen: ChosenRig, setup: ZoneFocus, told: Cover, ends_m: tuple[float, float], ring_m: float | None
) -> Document:
    """Return what ``focus zone --from --to --json`` prints: where to put the ring for a zone, and at which aperture."""
    cover = {
        "near_m": round(ends_m[0], 3),
        "far_m": rounded(ends_m[1], 3),
        "focus_m": round(told.focus_m, 3),
        "ring_m": rounded(ring_m, 3),
        "f_number": told.f_number,
        "needed_f_number": round(told.needed_f_number, 2),
    }
    return _zone_head(chosen, setup) | {"cover": cover}


def _zone_head(chosen: ChosenRig, setup: ZoneFocus) -> Document:
    return {
        "schema": "rigcoach.focus-zone/1",
        "rig": rig_ids(chosen.rig),
        "focal_length_mm": chosen.focal_length_mm,
        "f_number": chosen.f_number,
        "circle_of_confusion_mm": round(setup.circle_mm, 4),
        "blur_px": rounded(setup.circle_radius_px, 2),
        "calibration": _calibration(chosen.calibration),
    }


def _zone(mark_m: float, zone: Zone) -> Document:
    return {
        "ring_m": round(mark_m, 3),
        "focus_m": rounded(zone.focus_m, 3),
        "near_m": round(zone.near_m, 3),
        "far_m": rounded(zone.far_m, 3),  # null: infinity
    }


def _walker(setup: ZoneFocus, subjects_m: Sequence[float], shutter_s: float) -> Document:
    smears = [
        {"subject_m": round(s, 3), "smear_px": rounded(setup.walker_motion_blur_px(s, shutter_s), 1)}
        for s in subjects_m
    ]
    return {"speed_m_s": WALKING_M_S, "shutter_s": shutter_s, "smear": smears}


def table_document(
    chosen: ChosenRig, setups: Sequence[ZoneFocus], marks_m: Sequence[float], out: Path | None
) -> Document:
    """Return what ``focus table --json`` prints: what is sharp, apertures by distances, and where it was written."""
    return {
        "schema": "rigcoach.focus-table/1",
        "rig": rig_ids(chosen.rig),
        "focal_length_mm": chosen.focal_length_mm,
        "circle_of_confusion_mm": round(setups[0].circle_mm, 4),
        "blur_px": rounded(setups[0].circle_radius_px, 2),
        "calibration": _calibration(chosen.calibration),
        "file": None if out is None else str(out),
        "apertures": [
            {
                "f_number": setup.f_number,
                "hyperfocal_m": round(setup.hyperfocal_m, 3),
                "zones": [_zone(mark, setup.zone_at(mark)) for mark in marks_m],
            }
            for setup in setups
        ],
    }


def scale_document(chosen: ChosenRig, strip: "ScaleStrip", path: Path, paper: str) -> Document:
    """Return what ``focus scale --json`` prints: where each distance and aperture stands on the strips."""

    def marks(unit_m: float, distances: tuple[float, ...]) -> list[Document]:
        return [
            {
                "distance": rounded(mark.distance, 3),  # null: infinity
                "turn_deg": round(mark.turn_deg, 3),
                "along_mm": round(strip.along_mm(mark.turn_deg), 3),
            }
            for mark in sorted(strip.scale.marks(distances, unit_m), key=lambda mark: mark.turn_deg)
        ]

    depths = [(stop, strip.scale.depth_deg(stop, strip.circle_mm)) for stop in full_stops(chosen.lens)]
    return {
        "schema": "rigcoach.focus-scale/1",
        "rig": rig_ids(chosen.rig),
        "file": str(path),
        "paper": paper,
        "check_bar_mm": CHECK_BAR_MM,
        "infinity_turn": chosen.lens.infinity_turn,
        "circle_of_confusion_mm": round(strip.circle_mm, 4),
        "calibration": _calibration(chosen.calibration),
        # Millimetres to the right of the engraved infinity mark, seen from behind the camera.
        "metres": marks(1.0, METRES),
        "feet": marks(FOOT_M, FEET),
        "apertures": [
            {
                "f_number": stop,
                "turn_deg": round(turn, 3),
                "beside_index_mm": round(strip.beside_index_mm(turn), 3),
            }
            for stop, turn in depths
        ],
    }


def calibration_document(chosen: ChosenRig, calibration: Calibration | None) -> Document:
    """Return what ``focus calibrate --json`` prints: what a rig's marks focus at, and from which reads."""
    focal_mm = chosen.focal_length_mm
    reads = [] if calibration is None else calibration.register.reads
    return {
        "schema": "rigcoach.focus-calibrate/1",
        "rig": rig_ids(chosen.rig),
        "calibration": _calibration(calibration),
        "marks": [
            {
                "mark_m": round(read.mark_m, 3),
                "focused_m": rounded(read.focused_from_sensor_m(focal_mm), 3),
                "sd_per_m": round(read.sd_per_m, 4),
                "register_error_mm": round(read.error_mm(focal_mm), 4),
            }
            for read in reads
        ],
    }


def _calibration(calibration: Calibration | None) -> Document | None:
    if calibration is None:
        return None
    register = calibration.register
    return {
        "measured": calibration.measured.isoformat(),
        "register_error_mm": round(register.error_mm, 4),
        "register_error_sd_mm": round(register.sd_mm, 4),
    }


def lens_check_document(
    checked: "Iterable[tuple[Path, LensCheck]]", failed: Iterable[tuple[Path, RigcoachError]]
) -> Document:
    """Return what ``focus check --json`` prints: how sharp clips of the card are, then those that can't be read."""
    errors: list[Document] = [
        {"clip": str(path), "error": {"code": error.code, "text": error.line()}} for path, error in failed
    ]
    return {"schema": "rigcoach.focus-check/1", "clips": [_lens_check(path, each) for path, each in checked] + errors}


def _lens_check(path: Path, checked: "LensCheck") -> Document:
    return {
        "clip": str(path),
        "mtf50_cycles_px": round(checked.mtf50_cycles_px, 4),
        "quartiles_cycles_px": [round(each, 4) for each in checked.spread_cycles_px],
        "mtf50_lp_mm": rounded(checked.mtf50_lp_mm, 2),
        "blur_px": rounded(checked.blur_px, 2),
        "motion_px": rounded(checked.motion_blur_px, 2),
        "frames": checked.frames,
        "edges": checked.edges,
    }
