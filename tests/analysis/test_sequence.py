"""Sequences of stills with known gaps, steps, flicker, drift and jumps."""

import numpy as np
import pytest
from stills import write_stills

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.analysis.sequence import intervals
from rigcoach.measure.picture.framing import ANYWHERE
from rigcoach.scoring.advice import advise
from rigcoach.scoring.batch import as_wanted
from rigcoach.video.clip import read_sequence
from rigcoach.video.stills import Still

COUNT = 24


def measured(folder):
    return analyse_clip(read_sequence(folder), SubjectChoice("target"), RigOptics())


def told(measures):
    return {advice.code for advice in advise(as_wanted(measures, ANYWHERE))}


@pytest.mark.slow
def test_a_smooth_even_sequence_has_nothing_to_tell(tmp_path):
    measures = measured(write_stills(tmp_path, COUNT))
    sequence = measures.sequence
    assert sequence.interval_s == pytest.approx(4.0)
    assert (sequence.missed, sequence.steps, sequence.jumps) == ((), (), ())
    assert sequence.flicker_ev < 0.02
    assert sequence.jitter_px < 0.5
    assert told(measures) <= {"sequence.roll"}


def test_missing_pictures_are_counted_and_placed(tmp_path):
    measures = measured(write_stills(tmp_path, COUNT, missing=(8, 15, 16, 17)))
    assert [(each.after, each.pictures) for each in measures.sequence.missed] == [(7, 1), (13, 3)]
    assert measures.sequence.interval_s == pytest.approx(4.0)
    assert "sequence.missed-intervals" in told(measures)


@pytest.mark.slow
def test_a_step_that_was_asked_for_is_told_as_one_and_is_no_flicker(tmp_path):
    iso = [100] * 12 + [200] * 12
    measures = measured(write_stills(tmp_path, COUNT, iso=iso))
    (step,) = measures.sequence.steps
    assert (step.at, step.asked_ev) == (12, pytest.approx(1.0))
    assert step.pictured_ev == pytest.approx(1.0, abs=0.1)
    assert measures.sequence.flicker_ev < 0.03
    assert "sequence.exposure-steps" in told(measures)
    assert "sequence.flicker" not in told(measures)


@pytest.mark.slow
def test_flicker_is_told_in_stops(tmp_path):
    flicker = np.random.default_rng(3).normal(0, 0.12, COUNT)
    flicker[9] = 0.5
    measures = measured(write_stills(tmp_path, COUNT, light_ev=list(flicker)))
    sequence = measures.sequence
    assert sequence.flicker_ev == pytest.approx(float(np.std(flicker)), rel=0.35)
    assert sequence.worst_flicker[0] == 9
    assert sequence.worst_flicker[1] == pytest.approx(0.5, abs=0.15)
    assert "sequence.flicker" in told(measures)


@pytest.mark.slow
def test_a_sunset_is_no_flicker(tmp_path):
    measures = measured(write_stills(tmp_path, COUNT, light_ev=list(np.linspace(0, -2, COUNT))))
    assert measures.sequence.flicker_ev < 0.03
    assert measures.sequence.unasked_ev == pytest.approx(1.6, abs=0.2)
    assert "sequence.flicker" not in told(measures)


@pytest.mark.slow
def test_a_jump_and_a_jitter_are_told_apart(tmp_path):
    jumped = measured(write_stills(tmp_path / "jump", COUNT, jumps={14: 9.0}))
    assert jumped.sequence.jumps == (14,)
    assert jumped.sequence.jitter_px < 0.7
    random = np.random.default_rng(4).normal(0, 1.2, COUNT)
    shaken = measured(write_stills(tmp_path / "jitter", COUNT, jumps=dict(enumerate(np.diff(random, prepend=0)))))
    # 1.2 px of 320 lines are 4 of 1080; a path smoothed by nine places keeps some of that.
    assert shaken.sequence.jitter_px == pytest.approx(4.0, rel=0.4)
    assert "sequence.jitter" in told(shaken)


def test_a_profiles_shutter_speed_makes_no_smear_of_what_moved_between_stills(tmp_path):
    clip = read_sequence(write_stills(tmp_path, 8, step_px=6.0))
    box = SubjectChoice("box", (100.0, 60.0, 280.0, 200.0), fixed=True)
    measures = analyse_clip(clip, box, RigOptics(shutter_s=1 / 50, readout_s=0.02))
    assert all(frame.focus.motion_moved_px is None and frame.skew is None for frame in measures.frames)


@pytest.mark.slow
def test_focus_that_drifts_is_told(tmp_path):
    measures = measured(write_stills(tmp_path, COUNT, blur_px=list(np.linspace(0, 2.5, COUNT))))
    start, end = measures.sequence.blur_px
    assert end - start > 2
    assert "sequence.focus-drift" in told(measures)


@pytest.mark.slow
def test_without_exif_what_it_tells_is_told_as_unknown(tmp_path):
    sequence = measured(write_stills(tmp_path, COUNT, with_exif=False)).sequence
    assert sequence.interval_s is None
    assert {"interval", "exposure_steps"} <= dict(sequence.reasons).keys()
    assert sequence.flicker_ev < 0.03


def test_a_clock_of_whole_seconds_makes_no_gaps(tmp_path):
    # One picture every 1.5 s, told in whole seconds: 0, 1, 3, 4, 6, ...
    stills = [Still(tmp_path / f"{i}.jpg", float(int(1.5 * i))) for i in range(60)]
    interval_s, missed = intervals(stills, {})
    assert missed == ()
    assert interval_s == pytest.approx(1.5, abs=0.03)
