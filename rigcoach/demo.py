"""The whole loop on the emulated camera: apply a profile, record a take, fetch it, restore, score, report."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from rigcoach.analysis.results import SubjectChoice, rig_optics
from rigcoach.base import disk
from rigcoach.base.documents import Document
from rigcoach.base.outputs import REPORT, Kind, check_output
from rigcoach.base.progress import Advance
from rigcoach.emulated.living_body import told_options
from rigcoach.emulated.process import EmulatedBody
from rigcoach.report.clip_page import clip_page
from rigcoach.report.page import write as write_page
from rigcoach.report.player import Played
from rigcoach.report.proxy import playable
from rigcoach.rig.profile import load_profile
from rigcoach.scene.truth import ClipTruth
from rigcoach.scoring.batch import FailedClip, ScoredClip, score_file
from rigcoach.scoring.documents import clip_document
from rigcoach.tether.camera import Camera
from rigcoach.tether.documents import apply_document
from rigcoach.tether.fetch import fetch
from rigcoach.tether.record import record
from rigcoach.tether.settings.apply import Applied, apply, put_back

PROFILE = "hip-video"
SECONDS = 6.0
CLIP_NAME = "demo-take.mov"
REPORT_NAME = "demo-report.html"

_CLIP = Kind("demo's clip", (), (".mov",))

Step = Callable[[str], AbstractContextManager[Advance]]
"""Opens a progress display for a step of the demo, by the step's name."""


@dataclass(frozen=True, slots=True)
class MeanErrors:
    """How far the measures were from the truth that the clip was rendered from, on average over its frames."""

    blur_px: float
    motion_blur_px: float
    roll_deg: float
    offset: float


@dataclass(frozen=True, slots=True)
class Demo:
    """What came of it: the settings, the clip, its score and report, and how true the score's measures are."""

    model: str
    applied: Applied
    clip_path: Path
    report_path: Path
    scored: ScoredClip
    errors: MeanErrors


def run_demo(folder: Path, step: Step, *, force: bool = False) -> Demo:
    """Go through the loop, leaving the clip and its report in `folder`.

    Parameters
    ----------
    folder
        Where they go; what an earlier demo left there is replaced.
    step
        Opens the display of each step's progress.
    force
        Whether files there that no demo left may be replaced.

    Raises
    ------
    RigcoachError
        Where any step fails, or files are there that no demo left.
    """
    disk.make_folder(folder)
    clip_path, report_path = folder / CLIP_NAME, folder / REPORT_NAME
    check_output(report_path, REPORT, force=force)
    if not report_path.exists():  # beside an earlier demo's report lies its clip
        check_output(clip_path, _CLIP, force=force)
    profile = load_profile(PROFILE)
    options = told_options()
    with EmulatedBody(truth_folder=folder, options=options) as body, Camera(body.port_path, model=body.model) as camera:
        with step("Applying the profile") as advance:
            applied = apply(camera, profile, advance)
        if applied.lost is not None:
            raise applied.lost
        try:
            with step(f"Recording {SECONDS:.0f} s") as advance:
                take = record(camera, SECONDS, advance)
            disk.remove(clip_path, missing_ok=True)
            with step("Fetching the clip") as advance:
                fetch(camera, take.file, clip_path, advance)
        finally:
            put_back(camera, applied)
    with step("Scoring every frame") as advance:
        scored = score_file(str(clip_path), SubjectChoice(), rig_optics(profile), advance)
    if isinstance(scored, FailedClip):
        raise scored.error
    with step("Writing the report"):
        played = Played(playable(scored.measures.clip, report_path))
        write_page(report_path, clip_page(scored, profile, played=played), inputs=[clip_path], force=force)
    truth_path = folder / Path(take.file.name).with_suffix(".truth.json")
    errors = _mean_errors(scored, ClipTruth.read(truth_path))
    return Demo(body.model, applied, clip_path, report_path, scored, errors)


def demo_document(demo: Demo) -> Document:
    """Return what ``demo --json`` prints: the applied settings, the clip's score and how true its measures are."""
    errors = demo.errors
    return {
        "schema": "rigcoach.demo/1",
        "applied": apply_document(demo.applied),
        "clip": clip_document(demo.scored),
        "report": str(demo.report_path),
        "mean_errors": {
            "blur_px": round(errors.blur_px, 3),
            "motion_px": round(errors.motion_blur_px, 3),
            "roll_deg": round(errors.roll_deg, 4),
            "offset": round(errors.offset, 6),
        },
    }


def _mean_errors(scored: ScoredClip, truth: ClipTruth) -> MeanErrors:
    pairs = list(zip(scored.measures.frames, truth.frames, strict=True))
    seen = [(frame.framing, true) for frame, true in pairs if frame.framing is not None]
    return MeanErrors(
        blur_px=_mean(frame.focus.blur_px - true.blur_px for frame, true in pairs if frame.focus.blur_px is not None),
        motion_blur_px=_mean(
            frame.focus.motion_blur_px - true.motion_px
            for frame, true in pairs
            if frame.focus.motion_blur_px is not None
        ),
        roll_deg=_mean(framing.roll_deg - true.roll_deg for framing, true in seen if framing.roll_deg is not None),
        offset=_mean(
            error
            for framing, true in seen
            for error in (framing.offset[0] - true.offset[0], framing.offset[1] - true.offset[1])
        ),
    )


def _mean(errors: Iterable[float]) -> float:
    return fmean(abs(error) for error in errors)
