"""A take's clip into its score, also in the background."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from clips import write_video

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.focus import Focus
from rigcoach.analysis.results import FrameMeasurement, RigOptics, Subject, SubjectChoice
from rigcoach.cli.main import main
from rigcoach.drills.model import PLACES, FramingTarget, Station
from rigcoach.measure.picture.exposure import Exposure
from rigcoach.measure.picture.framing import Framing, WantedFrame
from rigcoach.optics.shots import SHOT_NAMES, Shot
from rigcoach.practice.scorer import Scorer
from rigcoach.practice.take_score import ScoringJob, score_take
from rigcoach.scene.render import Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.scoring.batch import as_wanted
from rigcoach.scoring.frame_faults import framing_faults
from rigcoach.scoring.limits import halving
from rigcoach.scoring.score import score_clip
from rigcoach.video.clip import read_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty frames of a card that stands still, its centre at (0.35, 0.5) of the frame by the scene's geometry."""
    spec = SceneSpec(
        card_distance_m=1.6,
        focus_distance_m=1.6,
        aim=(-0.15, 0.0),
        sway_deg=0.0,
        roll_wobble_deg=0.0,
        iso=100,
        width=640,
        height=360,
    )
    frames = [np.asarray(Renderer(spec).frame(0).luma)] * 30
    return write_video(tmp_path_factory.mktemp("clips") / "still.mp4", frames)


def job(clip: Path, scores: Path | None = None, place: str = "centre", take: int = 1) -> ScoringJob:
    station = Station(distance_m=1.6, place=PLACES[place])
    wanted = FramingTarget().wanted_at(station)
    return ScoringJob(take=take, clip=clip, scores=scores, subject="auto", wanted=wanted, rig=RigOptics())


@pytest.mark.slow
def test_framing_is_scored_against_the_place_that_the_take_wants(clip: Path) -> None:
    measures = analyse_clip(read_clip(clip), SubjectChoice("target"), RigOptics())
    framing = {place: score_clip(as_wanted(measures, WantedFrame(at))).framing for place, at in PLACES.items()}
    # Out of place by 0.15, 0.02 and 0.32 of the frame's width; 0.15 halves the score.
    assert framing["centre"] == pytest.approx(50.0, abs=2.0)
    assert framing["left-third"] == pytest.approx(98.8, abs=1.0)
    assert framing["right-third"] == pytest.approx(4.2, abs=2.0)


@pytest.mark.slow
def test_a_drills_headroom_and_level_are_scored(clip: Path) -> None:
    measures = analyse_clip(read_clip(clip), SubjectChoice("target"), RigOptics())
    framing = measures.frames[0].framing
    assert framing is not None
    room = framing.headroom

    def scored(kind: str = "person", **wanted: object) -> float | None:
        frames = tuple(replace(f, subject=replace(f.subject, kind=kind)) for f in measures.frames if f.subject)
        seen = replace(measures, frames=frames)
        return score_clip(as_wanted(seen, WantedFrame((0.35, 0.5), **wanted))).framing  # type: ignore[arg-type]

    assert scored() == pytest.approx(100, abs=0.5)
    assert scored(headroom=(room - 0.02, room + 0.02)) == pytest.approx(100, abs=0.5)
    # A tenth of the frame too much, and too little, halves the score.
    assert scored(headroom=(0.0, room - 0.10)) == pytest.approx(50, abs=2)
    assert scored(headroom=(room + 0.10, 0.9)) == pytest.approx(50, abs=2)
    assert scored("target", headroom=(room + 0.10, 0.9)) == pytest.approx(100, abs=0.5)  # above a card it says nothing
    turned = replace(
        measures,
        frames=tuple(
            replace(f, framing=replace(f.framing, roll_deg=8.0, roll_deg_interval=(8.0, 8.0)))
            for f in measures.frames
            if f.framing
        ),
    )
    assert score_clip(as_wanted(turned, WantedFrame())).framing == pytest.approx(halving(0.15 / 0.15, 1.0), abs=1)
    tolerant = as_wanted(turned, WantedFrame((0.35, 0.5), roll_free_deg=8.0))
    assert score_clip(tolerant).framing == pytest.approx(100, abs=0.5)


def test_a_shot_two_scales_from_the_wanted_one_halves_the_framing() -> None:
    frame = FrameMeasurement(
        t_s=0.0,
        subject=Subject("person", (500, 100, 200, 540), 1.0),
        focus=Focus(blur_px=0.5),
        distance_m=None,
        framing=Framing((0.0, 0.0), 0.5, 0.1, 0.0, (), shot=Shot("medium shot", None)),
        exposure=Exposure(0.5, 0.0, 0.0),
        shift_px=None,
    )
    by_scale = {
        scale: halving(*framing_faults(frame, FramingTarget(scale=scale).wanted_at(Station(distance_m=2))))
        for scale in ("", *SHOT_NAMES)
    }
    assert by_scale[""] == by_scale["medium"] == 100.0
    assert by_scale["medium-close-up"] == by_scale["medium-long"] == pytest.approx(84.1, abs=0.1)
    assert by_scale["close-up"] == by_scale["full"] == pytest.approx(50.0)
    assert by_scale["extreme-long"] < 5


@pytest.mark.slow
def test_every_frames_scores_are_kept_and_the_take_has_its_moments(clip: Path, tmp_path: Path) -> None:
    scores = tmp_path / "scores" / "take-01.json"
    outcome = score_take(job(clip, scores))
    assert outcome.error is None
    assert outcome.score is not None
    assert outcome.score.subject_kind == "target"
    assert outcome.score.found_ratio == 1.0
    assert outcome.fps == pytest.approx(25.0)
    document = json.loads(scores.read_text())
    assert document["schema"] == "rigcoach.score/1"
    assert len(document["frames"]) == 30
    best = outcome.score.best
    assert best is not None
    assert best.end_s - best.start_s == pytest.approx(1.0, abs=0.05)
    # The card is out of place throughout: no frame is a keeper, and no second of them is a good one.
    assert (outcome.score.keeper_ratio, best.score) == (0.0, 50.0)


def test_a_clip_that_cannot_be_read_has_an_error_and_no_score(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mov"
    broken.write_bytes(b"no clip")
    outcome = score_take(job(broken))
    assert outcome.score is None
    assert "broken.mov is not a video" in (outcome.error or "")


@pytest.fixture
def scorer() -> Iterator[Scorer]:
    with Scorer() as running:
        yield running


@pytest.mark.slow
def test_takes_are_scored_in_the_background_as_in_the_foreground(scorer: Scorer, clip: Path) -> None:
    scorer.submit(job(clip, take=1))
    scorer.submit(job(clip, take=2, place="left-third"))
    outcomes = []
    while scorer.waiting:
        outcomes += scorer.collect(1.0)
    assert [outcome.take for outcome in outcomes] == [1, 2]
    assert outcomes[0] == score_take(job(clip, take=1))


@pytest.mark.slow
def test_a_scoring_process_that_dies_costs_the_scores_not_the_drill(scorer: Scorer, clip: Path) -> None:
    scorer.warm_up()
    (pid,) = scorer.pids
    os.kill(pid, signal.SIGSTOP)  # it is never done before it dies
    scorer.submit(job(clip, take=1))
    scorer.submit(job(clip, take=2))
    os.kill(pid, signal.SIGKILL)
    outcomes = []
    while scorer.waiting:
        outcomes += scorer.collect(1.0)
    assert [outcome.take for outcome in outcomes] == [1, 2]
    assert "the system ended the process that did it (SIGKILL)" in (outcomes[0].error or "")
    assert outcomes[1].score is not None  # by another process
    scorer.submit(job(clip, take=3))  # and goes on with another one
    while scorer.waiting:
        outcomes += scorer.collect(1.0)
    assert outcomes[-1].score is not None


@pytest.mark.slow
def test_score_takes_the_wanted_place_from_a_drill(clip: Path) -> None:
    def framing(*options: str) -> float:
        result = CliRunner().invoke(main, ["score", str(clip), "--subject", "target", "--json", *options])
        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)[0]
        assert told["computed_from"]["framing"].endswith("% from the frame's left and 50 % from its top")
        return float(told["score"]["framing"])

    assert framing("--drill", "thirds") == pytest.approx(98.8, abs=1.0)  # its first take: the left third
    assert framing("--drill", "thirds:2") < 10
    wrong = CliRunner().invoke(main, ["score", str(clip), "--drill", "thirds:7"])
    assert wrong.exit_code == 1
    assert "thirds has no take 7" in wrong.stderr
