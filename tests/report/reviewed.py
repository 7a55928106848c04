"""Clips for tests of reports: rendered scenes of known place, focus and roll, scored as any clip is."""

from dataclasses import dataclass
from pathlib import Path

from rigcoach.analysis.results import SubjectChoice, rig_optics
from rigcoach.rig.profile import Profile, load_profile
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.truth import ClipTruth
from rigcoach.scene.video import write_clip
from rigcoach.scoring.batch import ScoredClip, score_file

FRAMES = 30
F_NUMBER = 2.8
RING_M = 1.35


@dataclass(frozen=True)
class Reviewed:
    path: Path
    scored: ScoredClip
    profile: Profile
    truth: ClipTruth


def review_scene(path: Path) -> Reviewed:
    """A card low and to the right, turned clockwise, the ring set a little too far; walked towards."""
    spec = SceneSpec(
        width=960,
        height=540,
        card_distance_m=1.15,
        focus_distance_m=RING_M,
        f_number=F_NUMBER,
        aim=(0.05, 0.11),
        roll_deg=6.0,
        sway_deg=0.5,
        walk_in_m_s=0.1,
    )
    truth = write_clip(spec, FRAMES, path)
    profile_path = path.with_name("wide-open.toml")
    profile_path.write_text(
        'name = "wide-open"\n[rig]\nbody = "canon-eos-5d-mark-ii"\nlens = "nikon-ai-s-28mm-f2.8"\n'
        f'adapter = "nikon-f-to-canon-ef"\n[settings]\niso = 400\nshutter = "1/50"\naperture = {F_NUMBER}\n'
    )
    profile = load_profile(str(profile_path))
    scored = score_file(str(path), SubjectChoice("target"), rig_optics(profile))
    assert isinstance(scored, ScoredClip)
    return Reviewed(path, scored, profile, truth)
