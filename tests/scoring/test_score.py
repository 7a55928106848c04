"""Scores, keepers and advice from measures of known faults."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rigcoach.analysis.focus import Focus
from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement, Subject
from rigcoach.measure.card.focus_wedge import FocusPlace
from rigcoach.measure.motion.rolling_shutter import Skew
from rigcoach.measure.people.person_distance import PersonDistance
from rigcoach.measure.picture.exposure import Exposure
from rigcoach.measure.picture.framing import Framing, WantedFrame
from rigcoach.optics.shots import Cut, Shot
from rigcoach.scoring import score
from rigcoach.scoring.advice import advise, faults
from rigcoach.video.clip import Clip

FPS = 25
GOOD = FrameMeasurement(
    t_s=0.0,
    subject=Subject("target", (800, 400, 300, 400), 1.0),
    focus=Focus(blur_px=0.2, motion_blur_px=0.5),
    distance_m=2.0,
    framing=Framing(offset=(0.01, -0.01), size=0.37, headroom=0.3, roll_deg=0.5, cut_off=()),
    exposure=Exposure(mean=0.5, clipped_high=0.0, clipped_low=0.0),
    shift_px=1.0,
)
LOST = replace(GOOD, subject=None, focus=Focus(reason="no subject in the frame"), framing=None, distance_m=None)


def soft(blur_px: float) -> FrameMeasurement:
    return replace(GOOD, focus=replace(GOOD.focus, blur_px=blur_px))


def framed(**faults: object) -> FrameMeasurement:
    return replace(GOOD, framing=replace(GOOD.framing, **faults))


def clip_of(*frames: FrameMeasurement, kind: str | None = "target", height: int = 1080) -> ClipMeasurements:
    timed = tuple(replace(frame, t_s=i / FPS) for i, frame in enumerate(frames))
    clip = Clip(Path("a.mov"), height * 16 // 9, height, Fraction(FPS), len(frames) / FPS, True)
    return ClipMeasurements(clip, kind, "the target card's markers", timed)


def test_a_good_frame_is_a_keeper_and_scores_near_100():
    result = score.score_clip(clip_of(*[GOOD] * 50))
    assert result.overall > 97
    assert result.keeper_ratio == 1.0
    assert result.longest_keeper_s == pytest.approx((0.0, 2.0))
    assert advise(clip_of(*[GOOD] * 50)) == ()


def test_the_published_half_score_faults_score_50():
    halves = {
        "focus": soft(3.2),
        "framing": framed(offset=(0.15, 0.0), roll_deg=0.0),
        "steadiness": replace(GOOD, focus=Focus(blur_px=0.2, motion_blur_px=6.0)),
        "exposure": replace(GOOD, exposure=Exposure(0.80, 0.0, 0.0)),
    }
    for name, frame in halves.items():
        assert getattr(score.score_clip(clip_of(frame)), name) == pytest.approx(50, abs=0.5), name
    assert score.score_clip(clip_of(framed(offset=(0, 0), roll_deg=-8.0))).framing == pytest.approx(50)
    assert score.score_clip(clip_of(framed(offset=(0, 0), cut_off=("top",)))).framing == pytest.approx(50)


def test_the_published_page_and_the_constants_agree():
    page = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text()
    numbers = {
        r"circle of confusion on the subject \| *\| ([\d.]+) px": score.BLUR_HALF_PX,
        r"wanted place, in frame widths and heights \| *\| ([\d.]+)": score.OFFSET_HALF,
        r"\| roll \| ([\d.]+)°": score.ROLL_FREE_DEG,
        r"\| roll \| [\d.]+° \| ([\d.]+)° more": score.ROLL_HALF_DEG,
        r"where it is known \| *\| ([\d.]+) px": score.MOTION_HALF_PX,
        r"from frame to frame \| *\| ([\d.]+) widths/s": score.SPEED_HALF_WIDTHS_PER_S,
        r"outside the free band \| ([\d.]+)–": score.MEAN_FREE[0],
        r"outside the free band \| [\d.]+–([\d.]+)": score.MEAN_FREE[1],
        r"outside the free band \| [\d.–]+ \| ([\d.]+)": score.MEAN_HALF,
        r"at white \| *\| ([\d.]+)": score.CLIPPED_HIGH_HALF,
        r"at black \| *\| ([\d.]+)": score.CLIPPED_LOW_HALF,
        r"focus (\d+), framing": 100 * score.WEIGHTS["focus"],
        r"framing (\d+), steadiness": 100 * score.WEIGHTS["framing"],
        r"steadiness (\d+), exposure": 100 * score.WEIGHTS["steadiness"],
        r"exposure (\d+)\. It": 100 * score.WEIGHTS["exposure"],
        r"\(([\d.]+) px of blur": score.BLUR_HALF_PX * score.KEEPER_SHARE,
        r"of blur, ([\d.]+) off": score.OFFSET_HALF * score.KEEPER_SHARE,
        r"([\d.]+)° of roll": score.ROLL_FREE_DEG + score.ROLL_HALF_DEG * score.KEEPER_SHARE,
        r"([\d.]+) px of smear": score.MOTION_HALF_PX * score.KEEPER_SHARE,
    }
    flat = " ".join(page.split())
    for pattern, constant in numbers.items():
        found = re.search(pattern, flat)
        assert found, pattern
        assert float(found[1]) == pytest.approx(constant), pattern


@pytest.mark.parametrize(("room", "framing"), [(0.5, 100), (0.4, 100), (0.25, 50), (0.9, 50), (None, 100)])
def test_room_ahead_of_a_walker_counts_beyond_the_band_that_is_wanted(room, framing):
    wanted = WantedFrame(lead_room=(0.4, 0.75))
    measures = replace(clip_of(framed(offset=(0, 0), lead_room=room)), wanted=wanted)
    assert score.score_clip(measures).framing == pytest.approx(framing)
    codes = {each.code for each in advise(measures)}
    assert codes == ({"framing.lead-room-little"} if room == 0.25 else set()) | (
        {"framing.lead-room-much"} if room == 0.9 else set()
    )
    # Without a wish, any room will do.
    assert score.score_clip(replace(measures, wanted=WantedFrame())).framing == pytest.approx(100)


def test_a_cut_at_a_joint_is_told_and_costs_nothing():
    knees = Shot("full shot", Cut("knees", clean=False, confidence=0.8))
    measures = clip_of(*[framed(offset=(0, 0), shot=knees)] * 4, GOOD, kind="face")
    (advice,) = advise(measures)
    assert advice.code == "framing.bad-crop"
    assert "at the knees in 80 % of the frames" in advice.text
    assert score.score_clip(measures).keeper_ratio == 1.0
    assert faults(measures.frames[0], measures) == ()


@pytest.mark.parametrize(("name", "shot", "told"), [("forehead", "close-up", False), ("forehead", "", True)])
def test_a_close_up_may_cut_the_head(name, shot, told):
    cut = Shot("close-up", Cut(name, clean=False, confidence=1.0))
    measures = replace(clip_of(framed(offset=(0, 0), shot=cut)), wanted=WantedFrame(shot=shot))
    assert ("framing.bad-crop" in {each.code for each in advise(measures)}) == told


@pytest.mark.parametrize(
    ("distance_m", "code"), [(2.0, None), (2.15, None), (2.4, "distance.far"), (1.7, "distance.near"), (None, None)]
)
def test_a_distance_that_was_misjudged_is_told(distance_m, code):
    measures = replace(clip_of(replace(GOOD, distance_m=distance_m), kind="target"), wanted=WantedFrame(distance_m=2.0))
    assert [each.code for each in advise(measures)] == ([code] if code else [])
    assert score.score_clip(measures).keeper_ratio == 1.0


def test_what_costs_no_score_is_told_last():
    measures = clip_of(*[replace(GOOD, distance_m=3.0)] * 9, replace(soft(4.0), distance_m=3.0), kind="target")
    codes = [each.code for each in advise(replace(measures, wanted=WantedFrame(distance_m=2.0)))]
    assert codes == ["focus.soft", "distance.far"]


def test_an_estimate_is_held_against_a_drill_only_beyond_its_deviation():
    def told(sd_m):
        person = PersonDistance(2.4, sd_m, "eyes")
        measures = clip_of(replace(GOOD, distance_m=None, person=person), kind="face")
        return [each.code for each in advise(replace(measures, wanted=WantedFrame(distance_m=2.0)))]

    assert told(0.1) == ["distance.far"]
    assert told(0.25) == []


def test_uprights_that_lean_are_told_beyond_the_free_roll():
    leaning = replace(GOOD, skew=Skew(60.0, -3.2, 0.0))
    (advice,) = advise(clip_of(leaning, replace(GOOD, skew=Skew(30.0, 1.6, 0.0))))
    assert advice.code == "framing.skew"
    assert "lean by 3° in 50 %" in advice.text


def test_scores_fall_as_a_fault_grows():
    by_blur = [score.score_clip(clip_of(soft(blur_px))).focus for blur_px in (0, 0.5, 1, 2, 4, 8)]
    assert by_blur == sorted(by_blur, reverse=True)
    by_roll = [score.score_clip(clip_of(framed(roll_deg=deg))).framing for deg in (0, 2, 3, 5, 9)]
    assert by_roll[0] == by_roll[1]
    assert by_roll[1:] == sorted(by_roll[1:], reverse=True)


def test_pixels_count_for_more_in_a_smaller_frame():
    assert score.score_clip(clip_of(soft(1.6), height=540)).focus == pytest.approx(50)


def test_keepers_end_where_a_limit_is_passed():
    frames = [GOOD] * 10 + [soft(1.7)] * 5 + [GOOD] * 20 + [framed(roll_deg=5.5)] * 5 + [LOST] * 10
    result = score.score_clip(clip_of(*frames))
    assert result.keeper_ratio == pytest.approx(30 / 50)
    assert result.longest_keeper_s == pytest.approx((15 / FPS, 35 / FPS))


def test_frames_without_the_subject_lower_no_score():
    whole = score.score_clip(clip_of(*[soft(2.0)] * 10))
    half = score.score_clip(clip_of(*[soft(2.0)] * 10, *[LOST] * 10))
    assert half.focus == whole.focus
    assert half.framing == whole.framing


def test_a_clip_without_a_subject_has_no_framing_and_says_why():
    result = score.score_clip(clip_of(*[LOST] * 10, kind=None))
    assert (result.overall, result.focus, result.framing, result.keeper_ratio) == (None, None, None, 0.0)
    assert result.exposure == pytest.approx(100)
    assert "no subject was found" in result.reasons["framing"]
    assert [advice.code for advice in advise(clip_of(*[LOST] * 10, kind=None))] == ["subject.none"]


def test_focus_that_cannot_be_measured_leaves_framing_and_no_overall():
    blind = replace(GOOD, focus=Focus(reason="too few edges"))
    result = score.score_clip(clip_of(*[blind] * 5))
    assert result.focus is None
    assert result.framing > 97
    assert result.overall is None
    assert "too few edges" in result.reasons["focus"]


def test_motion_without_a_smear_is_scored_by_the_pictures_speed():
    moving = replace(GOOD, focus=Focus(blur_px=0.2), shift_px=0.35 * 1920 / FPS)
    result = score.score_clip(clip_of(*[moving] * 5))
    assert result.steadiness == pytest.approx(50)
    assert "speed" in result.computed_from["steadiness"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (soft(4.0), "focus.soft"),
        (framed(offset=(0.0, 0.2)), "framing.low"),
        (framed(offset=(0.0, -0.2)), "framing.high"),
        (framed(offset=(0.2, 0.0)), "framing.right"),
        (framed(offset=(-0.2, 0.0)), "framing.left"),
        (framed(roll_deg=7.0), "framing.roll-clockwise"),
        (framed(roll_deg=-7.0), "framing.roll-counterclockwise"),
        (framed(cut_off=("top",)), "framing.cut-off"),
        (replace(GOOD, focus=Focus(blur_px=0.2, motion_blur_px=9.0)), "steadiness.smear"),
        (replace(GOOD, exposure=Exposure(0.1, 0.0, 0.2)), "exposure.dark"),
        (replace(GOOD, exposure=Exposure(0.9, 0.3, 0.0)), "exposure.bright"),
        (replace(GOOD, focus=Focus(blur_px=0.2), shift_px=20.0), "steadiness.fast"),
        (replace(GOOD, focus=Focus(motion_blur_px=0.5, reason="too few edges")), "focus.unknown"),
        (LOST, "subject.lost"),
    ],
)
def test_each_fault_gets_its_own_advice_and_seconds(frame, code):
    advice = advise(clip_of(*[GOOD] * 25, *[frame] * 25, *[GOOD] * 50))
    assert [a.code for a in advice] == [code]
    assert advice[0].seconds == (pytest.approx((1.0, 2.0)),)
    assert "25 %" in advice[0].text


def test_what_costs_most_frames_is_said_first():
    both = framed(roll_deg=7.0)
    advice = advise(clip_of(*[soft(4.0)] * 20, *[both] * 60, *[GOOD] * 20))
    assert [a.code for a in advice] == ["framing.roll-clockwise", "focus.soft"]


def test_a_single_bad_frame_is_not_something_to_practise():
    assert advise(clip_of(*[GOOD] * 50, soft(4.0), *[GOOD] * 49)) == ()


def or_faultless(good: object, any_value: st.SearchStrategy) -> st.SearchStrategy:
    """Most measures without fault at a time, or a single one would hardly ever be left to speak for itself."""
    return st.one_of(st.just(good), st.just(good), any_value)


@given(
    blur_px=or_faultless(0.0, st.one_of(st.none(), st.floats(0, 12))),
    motion_blur_px=or_faultless(None, st.floats(0, 40)),
    shift_px=or_faultless(None, st.floats(0, 100)),
    offset=or_faultless((0.0, 0.0), st.tuples(st.floats(-1, 1), st.floats(-1, 1))),
    roll_deg=or_faultless(None, st.floats(-40, 40)),
    cut_off=or_faultless((), st.sampled_from([("top",), ("left", "bottom")])),
    exposure=or_faultless(Exposure(0.5, 0, 0), st.builds(Exposure, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))),
)
def test_whatever_keeps_a_frame_from_being_a_keeper_is_said(
    blur_px, motion_blur_px, shift_px, offset, roll_deg, cut_off, exposure
):
    frame = replace(
        GOOD,
        focus=Focus(blur_px=blur_px, motion_blur_px=motion_blur_px),
        framing=Framing(offset, 0.4, 0.2, roll_deg, cut_off),
        exposure=exposure,
        shift_px=shift_px,
    )
    measures = clip_of(*[frame] * 10)
    keeper = score.score_clip(measures).keeper_ratio == 1.0
    assert keeper == (advise(measures) == ())


def test_the_page_and_the_circle_of_confusion_agree():
    page = " ".join((Path(__file__).parents[2] / "docs" / "scoring.md").read_text().split())
    radius_px = 0.030 / 2 / (36 / 1920)
    for multiple in (1, 2, 4):
        told = re.search(rf"[Aa]t {radius_px * multiple:.1f} px (?:the score|it) is (\d+)", page)
        assert told, multiple
        assert float(told[1]) == pytest.approx(score.halving(radius_px * multiple / score.BLUR_HALF_PX), abs=0.5)
    assert (
        f"Defocus counts from {score.BLUR_HALF_PX / 2:.1f} px on, smear from {score.MOTION_HALF_PX / 2:.0f} px on"
        in page
    )


def test_a_smear_that_hides_focus_is_not_told_as_defocus():
    hidden = replace(GOOD, focus=Focus(blur_px=2.5, motion_blur_px=21.0, kind="unclear", confidence=0.5))
    moved = replace(GOOD, focus=Focus(blur_px=1.0, motion_blur_px=21.0, kind="moved", confidence=0.9))
    for frame in (hidden, moved):
        assert [a.code for a in advise(clip_of(*[frame] * 25))] == ["steadiness.smear"]
    assert score.score_clip(clip_of(*[hidden] * 25)).focus is None
    both = replace(GOOD, focus=Focus(blur_px=5.0, motion_blur_px=21.0, kind="both", confidence=0.9))
    assert {a.code for a in advise(clip_of(*[both] * 25))} == {"steadiness.smear", "focus.soft"}


@pytest.mark.parametrize(("side", "offset_m"), [("front", -0.3), ("behind", 0.4)])
def test_advice_says_where_the_focus_lay_and_how_far(side, offset_m):
    place = FocusPlace(side, offset_m, (offset_m - 0.1, offset_m + 0.1))
    off = replace(GOOD, focus=Focus(blur_px=4.0, motion_blur_px=0.5, place=place))
    advice = advise(clip_of(*[GOOD] * 25, *[off] * 25))
    assert [a.code for a in advice] == [f"focus.{side}"]
    assert f"{abs(100 * offset_m):.0f} cm" in advice[0].text
    assert advice[0].seconds == (pytest.approx((1.0, 2.0)),)


def test_a_background_sharper_than_the_subject_is_told():
    focus = Focus(blur_px=4.0, motion_blur_px=0.5, blur_px_interval=(3.0, 5.0), background_blur_px=1.0)
    assert [a.code for a in advise(clip_of(*[replace(GOOD, focus=focus)] * 25))] == ["focus.background"]
    as_soft = replace(focus, background_blur_px=3.5)
    assert [a.code for a in advise(clip_of(*[replace(GOOD, focus=as_soft)] * 25))] == ["focus.soft"]
