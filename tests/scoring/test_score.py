"""Scores, keepers and advice from measures of known faults."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TypedDict, Unpack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from known import known

from rigcoach.analysis.focus import Focus
from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement, Subject
from rigcoach.measure.card.focus_wedge import FocusPlace
from rigcoach.measure.motion.rolling_shutter import Skew
from rigcoach.measure.people.person_distance import PersonDistance
from rigcoach.measure.picture.exposure import Exposure
from rigcoach.measure.picture.framing import ANYWHERE, IN_THE_MIDDLE, Framing, WantedFrame
from rigcoach.optics.shots import SHOTS, FigureCut, Shot
from rigcoach.scoring import limits, score
from rigcoach.scoring.advice import advise, faults, headline
from rigcoach.video.clip import Clip

FPS = 25
BLUR_KINDS = (None, "sharp", "defocused", "moved", "both", "unclear")
SUBJECT = Subject("target", (800, 400, 300, 400), 1.0)
FRAMING = Framing(offset=(0.01, -0.01), size=0.37, headroom=0.3, roll_deg=0.5, cut_off=())
GOOD = FrameMeasurement(
    t_s=0.0,
    subject=SUBJECT,
    focus=Focus(blur_px=0.2, motion_blur_px=0.5),
    distance_m=2.0,
    framing=FRAMING,
    exposure=Exposure(mean=0.5, clipped_high=0.0, clipped_low=0.0),
    shift_px=1.0,
)
LOST = replace(GOOD, subject=None, focus=Focus(reason="no subject in the frame"), framing=None, distance_m=None)


class FramingFaults(TypedDict, total=False):
    """What of the framing a test sets."""

    offset: tuple[float, float]
    size: float
    headroom: float
    roll_deg: float | None
    roll_deg_interval: tuple[float, float] | None
    cut_off: tuple[str, ...]
    lead_room: float | None
    shot: Shot | None


def soft(blur_px: float) -> FrameMeasurement:
    return replace(GOOD, focus=replace(GOOD.focus, blur_px=blur_px))


def framed(**faults: Unpack[FramingFaults]) -> FrameMeasurement:
    return replace(GOOD, framing=replace(FRAMING, **faults))


def clip_of(*frames: FrameMeasurement, kind: str | None = "target", height: int = 1080) -> ClipMeasurements:
    timed = tuple(replace(frame, t_s=i / FPS) for i, frame in enumerate(frames))
    clip = Clip(Path("a.mov"), height * 16 // 9, height, Fraction(FPS), len(frames) / FPS, True)
    wanted = IN_THE_MIDDLE if kind == "target" else ANYWHERE
    return ClipMeasurements(clip, kind, "the target card's markers", timed, wanted=wanted)


def test_a_good_frame_is_a_keeper_and_scores_near_100():
    result = score.score_clip(clip_of(*[GOOD] * 50))
    assert known(result.overall) > 97
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


def test_a_roll_that_is_unsure_spoils_no_frame():
    sure = framed(roll_deg=6.0, roll_deg_interval=(5.5, 6.5))
    unsure = framed(roll_deg=6.0, roll_deg_interval=(1.5, 9.0))
    assert [score.score_clip(clip_of(each)).keeper_ratio for each in (sure, unsure)] == [0.0, 1.0]
    advice = advise(clip_of(sure))
    assert "6°" in advice[0].text


PAGE = Path(__file__).parents[2] / "docs" / "scoring.md"


def test_the_published_page_shows_the_table_of_limits():
    assert limits.table() in PAGE.read_text(), "make it anew with rigcoach.scoring.limits.table"


def test_the_published_page_and_the_weights_agree():
    flat = " ".join(PAGE.read_text().split())
    weights = ", ".join(f"{part} {100 * weight:.0f}" for part, weight in score.WEIGHTS.items())
    assert f"weighted {weights}." in flat
    assert "one frame in five would be kept scores at most 62, one with half of them 80" in flat
    assert pytest.approx(62) == limits.CEILING + limits.PER_KEEPER * 0.2
    assert pytest.approx(80) == limits.CEILING + limits.PER_KEEPER * 0.5
    assert pytest.approx(100) == limits.CEILING + limits.PER_KEEPER * 5 / 6


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
    knees = Shot("full shot", FigureCut("knees", clean=False, confidence=0.8))
    measures = clip_of(*[framed(offset=(0, 0), shot=knees)] * 4, GOOD, kind="face")
    (advice,) = advise(measures)
    assert advice.code == "framing.bad-crop"
    assert "at the knees in 80 % of the frames" in advice.text
    assert score.score_clip(measures).keeper_ratio == 1.0
    assert faults(measures.frames[0], measures) == ()


@pytest.mark.parametrize(("name", "shot", "told"), [("forehead", "close-up", False), ("forehead", "", True)])
def test_a_close_up_may_cut_the_head(name, shot, told):
    cut = Shot("close-up", FigureCut(name, clean=False, confidence=1.0))
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
    assert "skews verticals by 3° in 50 %" in advice.text


def test_scores_fall_as_a_fault_grows():
    by_blur = [known(score.score_clip(clip_of(soft(blur_px))).focus) for blur_px in (0, 0.5, 1, 2, 4, 8)]
    assert by_blur == sorted(by_blur, reverse=True)
    by_roll = [known(score.score_clip(clip_of(framed(roll_deg=deg))).framing) for deg in (0, 2, 3, 5, 9)]
    assert by_roll[0] == by_roll[1]
    assert by_roll[1:] == sorted(by_roll[1:], reverse=True)


@pytest.mark.parametrize(("size", "scale"), [((640, 480), 1.0), ((1080, 1920), 1.0), ((3840, 2160), 2.0)])
def test_pixels_count_alike_in_frames_up_to_1080p_and_by_the_diagonal_above(size, scale):
    measures = clip_of(soft(3.2 * scale))
    measures = replace(measures, clip=replace(measures.clip, width=size[0], height=size[1]))
    assert score.score_clip(measures).focus == pytest.approx(50)
    assert [each.code for each in advise(measures)] == ["focus.soft"]


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
    assert known(result.framing) > 97
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
    (seconds,) = advice[0].seconds
    assert seconds == pytest.approx((1.0, 2.0))
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


SHOTS_SEEN = [None, *(Shot(scale, FigureCut("chest", clean=True, confidence=1.0)) for scale in SHOTS)]
WANTED = (ANYWHERE, IN_THE_MIDDLE, WantedFrame(headroom=(0.05, 0.15), shot="medium shot", lead_room=(0.4, 0.8)))


@given(
    kind=st.sampled_from(["target", "face", "person", "box"]),
    blur=or_faultless((0.0, None), st.tuples(st.one_of(st.none(), st.floats(0, 12)), st.sampled_from(BLUR_KINDS))),
    motion_px=or_faultless((None, None), st.tuples(st.one_of(st.none(), st.floats(0, 40)), st.floats(0, 40))),
    shift_px=or_faultless(None, st.floats(0, 100)),
    offset=or_faultless((0.0, 0.0), st.tuples(st.floats(-1, 1), st.floats(-1, 1))),
    size=or_faultless((0.4, 0.1), st.tuples(st.floats(0.01, 1), st.floats(-0.1, 1))),
    lead_room=or_faultless(None, st.floats(0, 1)),
    shot=st.sampled_from(SHOTS_SEEN),
    roll_deg=or_faultless(None, st.floats(-40, 40)),
    cut_off=or_faultless((), st.sampled_from([("top",), ("bottom",), ("left", "bottom")])),
    exposure=or_faultless(Exposure(0.5, 0, 0), st.builds(Exposure, *[st.floats(0, 1)] * 5)),
    wanted=st.sampled_from(WANTED),
)
def test_whatever_keeps_a_frame_from_being_a_keeper_is_said(
    kind, blur, motion_px, shift_px, offset, size, lead_room, shot, roll_deg, cut_off, exposure, wanted
):
    frame = replace(
        GOOD,
        subject=replace(SUBJECT, kind=kind),
        focus=Focus(blur_px=blur[0], kind=blur[1], motion_blur_px=motion_px[0], motion_pictured_px=motion_px[1]),
        framing=Framing(offset, size[0], size[1], roll_deg, cut_off, lead_room=lead_room, shot=shot),
        exposure=exposure,
        picture=exposure,
        shift_px=shift_px,
    )
    measures = replace(clip_of(*[frame] * 10), wanted=wanted)
    scored = score.score_clip(measures)
    spoiling = [each for each in advise(measures) if each.spoils]
    assert (scored.keeper_ratio == 1.0) == (not spoiling)
    # Rejected is only what a measured fault spoils: neither a subject that is lost nor a focus that is not known.
    assert scored.rejected == any(each.code not in ("subject.lost", "focus.unknown") for each in spoiling)


def test_the_page_and_the_circle_of_confusion_agree():
    page = " ".join((Path(__file__).parents[2] / "docs" / "scoring.md").read_text().split())
    radius_px = 0.030 / 2 / (36 / 1920)
    for multiple in (1, 2, 4):
        told = re.search(rf"[Aa]t {radius_px * multiple:.1f} px (?:the score|it) is (\d+)", page)
        assert told, multiple
        assert float(told[1]) == pytest.approx(limits.halving(radius_px * multiple / limits.BLUR.half), abs=0.5)
    blur, motion = limits.BLUR.keeper, limits.MOTION_BLUR.keeper
    assert f"Defocus counts from {blur:.1f} px on, motion blur from {motion:.0f} px on" in page


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
    (seconds,) = advice[0].seconds
    assert seconds == pytest.approx((1.0, 2.0))


def test_a_background_sharper_than_the_subject_is_told():
    focus = Focus(blur_px=4.0, motion_blur_px=0.5, blur_px_interval=(3.0, 5.0), background_blur_px=1.0)
    assert [a.code for a in advise(clip_of(*[replace(GOOD, focus=focus)] * 25))] == ["focus.background"]
    as_soft = replace(focus, background_blur_px=3.5)
    assert [a.code for a in advise(clip_of(*[replace(GOOD, focus=as_soft)] * 25))] == ["focus.soft"]


def person(**changes: Unpack[FramingFaults]) -> FrameMeasurement:
    """A person who stands whole in the frame, sharp and well lit, in black clothes at the frame's left."""
    framing = Framing(
        (-0.3, 0.1), 0.6, 0.3, 0.5, (), shot=Shot("long shot", FigureCut("full", clean=True, confidence=1.0))
    )
    return replace(
        GOOD,
        subject=Subject("person", (200, 320, 250, 650), 0.9),
        focus=Focus(blur_px=0.5),
        framing=replace(framing, **changes),
        exposure=Exposure(0.12, 0.0, 0.6),
        picture=Exposure(0.45, 0.02, 0.15, highlight=0.95),
    )


def told(frame: FrameMeasurement, kind: str = "person", wanted: WantedFrame = ANYWHERE) -> tuple[float, set[str]]:
    measures = replace(clip_of(*[frame] * 25, kind=kind), wanted=wanted)
    return score.score_clip(measures).keeper_ratio, {each.code for each in advise(measures) if each.spoils}


def test_of_people_place_and_black_clothes_cost_nothing():
    assert told(person()) == (1.0, set())
    assert known(score.score_clip(clip_of(*[person()] * 5, kind="person")).framing) > 99
    # Where a place is wanted it counts.
    assert told(person(), wanted=IN_THE_MIDDLE) == (0.0, {"framing.left"})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cut_off": ("top",)}, "framing.cut-off"),
        ({"cut_off": ("left",)}, "framing.cut-off"),
        ({"cut_off": ("bottom",), "shot": None, "headroom": 0.4}, "framing.headroom-much"),
        ({"roll_deg": 7.0}, "framing.roll-clockwise"),
        ({"size": 0.06}, "framing.small"),
        ({"heading": "left", "lead_room": 0.02}, "framing.walking-out"),
    ],
)
def test_what_spoils_any_picture_of_a_person_spoils_this_one(changes, code):
    assert told(person(**changes)) == (0.0, {code})


@pytest.mark.parametrize(
    "changes",
    [
        {"cut_off": ("bottom",), "shot": None, "headroom": 0.1},  # framed to the waist
        {"headroom": 0.45, "size": 0.4},  # a whole figure under a sky
        {"heading": "right", "lead_room": 0.6},
        {"roll_deg": 4.0},
        {"size": 0.11},
    ],
)
def test_what_photographers_do_to_people_is_no_fault(changes):
    assert told(person(**changes)) == (1.0, set())


def test_a_head_that_is_cut_is_a_fault_unless_a_close_up_was_wanted():
    cut = Shot("medium shot", FigureCut("forehead", clean=False, confidence=1.0))
    frame = replace(person(headroom=0.0, shot=cut), subject=Subject("face", (500, 0, 200, 240), 0.9))
    frame = replace(frame, exposure=Exposure(0.5, 0.0, 0.0))
    assert told(frame, "face") == (0.0, {"framing.cut-off"})
    assert told(frame, "face", WantedFrame(shot="close-up"))[1].isdisjoint({"framing.cut-off"})


@pytest.mark.parametrize(
    ("kind", "exposure", "highlight", "code"),
    [
        ("face", Exposure(0.32, 0.0, 0.0), 0.5, None),  # dark skin, or a dim room
        ("face", Exposure(0.15, 0.0, 0.1), 0.99, "exposure.dark"),
        ("face", Exposure(0.86, 0.2, 0.0), 1.0, "exposure.bright"),
        ("person", Exposure(0.1, 0.0, 0.7), 0.9, None),
        ("person", Exposure(0.11, 0.0, 0.1), 0.5, "exposure.dark"),
    ],
)
def test_people_are_exposed_by_the_face_else_by_the_pictures_highlights(kind, exposure, highlight, code):
    frame = replace(person(), exposure=exposure, picture=Exposure(0.4, 0.0, 0.1, highlight=highlight))
    frame = replace(frame, subject=replace(known(frame.subject), kind=kind))
    assert told(frame, kind) == (0.0 if code else 1.0, {code} if code else set())


def test_a_clip_of_which_little_was_measured_has_no_overall_score_and_says_what_was_seen():
    measures = clip_of(*[GOOD] * 8, *[LOST] * 92)
    result = score.score_clip(measures)
    assert result.overall is None
    assert result.focus == pytest.approx(99.7, abs=0.1)
    assert "only 8 % of the frames" in result.reasons["overall"]
    assert headline(result, advise(measures)).startswith("Not scored, 8 % of it could be measured")


def test_what_could_not_be_measured_is_neither_kept_nor_rejected():
    for measures in (clip_of(*[LOST] * 10, kind=None), clip_of(*[replace(GOOD, focus=Focus(reason="flat"))] * 10)):
        result = score.score_clip(measures)
        assert not result.rejected
        assert headline(result, advise(measures)).startswith("Not scored: ")
    # One frame in four soft, the others unknown: the soft ones alone don't speak for the clip.
    few = clip_of(*[soft(4.0)] * 10, *[LOST] * 15)
    assert score.score_clip(few).overall is not None
    assert not score.score_clip(few).rejected
    assert score.score_clip(clip_of(*[soft(4.0)] * 10)).rejected


def test_a_smear_that_the_picture_surely_shows_counts_where_no_movement_tells_it():
    seen = Focus(blur_px=0.2, motion_pictured_px=6.0, kind="moved", confidence=0.8)
    moved = score.score_clip(clip_of(*[replace(GOOD, focus=seen)] * 5))
    assert moved.steadiness == pytest.approx(50)
    assert moved.keeper_ratio == 0.0
    unsure = score.score_clip(clip_of(*[replace(GOOD, focus=replace(seen, kind="unclear"))] * 5))
    assert unsure.steadiness == pytest.approx(100, abs=1)
    assert unsure.keeper_ratio == 1.0


def test_a_drills_own_limit_for_focus_counts_for_scores_keepers_and_advice():
    measures = clip_of(*[soft(2.5)] * 10)
    assert score.score_clip(measures).keeper_ratio == 0.0
    milder = replace(measures, wanted=WantedFrame(blur_limit_px=3.0))
    assert (score.score_clip(milder).keeper_ratio, advise(milder)) == (1.0, ())
    assert score.score_clip(replace(milder, frames=clip_of(soft(6.0)).frames)).focus == pytest.approx(50)
    (told,) = advise(replace(milder, frames=clip_of(soft(3.2)).frames))
    assert "(blur 3.2 px, sharp up to 3.0 px)" in told.text


@pytest.mark.parametrize(("scale", "code"), [("close-up", "framing.too-tight"), ("long shot", "framing.too-wide")])
def test_a_shot_that_a_drill_did_not_want_is_told(scale, code):
    frame = person(shot=Shot(scale, FigureCut("chest", clean=True, confidence=1.0)), headroom=0.1)
    assert told(frame, wanted=WantedFrame(shot="medium shot")) == (0.0, {code})
    assert told(frame)[1] <= {"framing.cut-off"}


def test_few_keepers_hold_the_score_down_and_one_line_says_so():
    # Every frame a little beyond a keeper's limit in one thing: the mean alone would read as very good.
    nearly = framed(offset=(0.08, 0.0), roll_deg=0.0)
    result = score.score_clip(clip_of(*[nearly] * 81, *[GOOD] * 19))
    assert known(result.mean) > 90
    assert result.overall == pytest.approx(50 + 60 * 0.19)
    assert score.explained(result) == (
        f"The frames score {result.mean:.0f} on average; limited to 61 because 19 % of the frames are keepers, "
        "up to 0.8 s in a row"
    )


def test_a_small_fault_of_a_few_frames_is_no_headline():
    measures = clip_of(*[GOOD] * 90, *[framed(roll_deg=5.5)] * 10)
    assert [each.code for each in advise(measures)] == ["framing.roll-clockwise"]
    assert headline(score.score_clip(measures), advise(measures)) == "90 % keepers"
