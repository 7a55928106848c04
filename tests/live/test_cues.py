"""Measures into cues: where to turn, how often ticks come, what is said and how often."""

from itertools import pairwise

import pytest

from rigcoach.analysis.focus import Focus
from rigcoach.analysis.results import FrameMeasurement, Subject
from rigcoach.live.cues import GOOD, LOST, NOTHING_SAID, SOFT, Cue, CueTarget, cue, next_word
from rigcoach.measure.picture.exposure import Exposure
from rigcoach.measure.picture.framing import Framing

LIGHT = Exposure(0.4, 0.0, 0.0)
LIVE_HEIGHT_PX = 576
MIDDLE = CueTarget()


def frame(
    offset: tuple[float, float] = (0.0, 0.0),
    *,
    roll_deg: float | None = 0.0,
    blur_px: float | None = 0.0,
    distance_m: float | None = None,
) -> FrameMeasurement:
    framing = Framing(offset, 0.3, 0.1, roll_deg, ())
    return FrameMeasurement(
        0.0, Subject("target", (0, 0, 9, 9), 1.0), Focus(blur_px=blur_px), distance_m, framing, LIGHT, None
    )


def heard(measured: FrameMeasurement, wanted: CueTarget = MIDDLE) -> Cue:
    return cue(measured, wanted, LIVE_HEIGHT_PX)


@pytest.mark.parametrize(
    ("measured", "wish"),
    [
        (frame((-0.2, 0.0)), "left"),  # the subject is at the left: turn to it
        (frame((0.2, 0.0)), "right"),
        (frame((0.0, -0.2)), "up"),
        (frame((0.0, 0.2)), "down"),
        (frame((0.06, -0.2)), "up"),  # what is farthest off comes first
        (frame(roll_deg=12.0), "tilt right"),  # a picture turned clockwise is of a camera turned the other way
        (frame(roll_deg=-12.0), "tilt left"),
        (frame(blur_px=2.0), SOFT),
        (frame((0.0, 0.3), blur_px=9.0), "down"),  # focus can be judged once it is framed
        (frame(), None),
    ],
)
def test_the_word_is_what_would_help_most(measured: FrameMeasurement, wish: str | None) -> None:
    assert heard(measured).word == wish


def test_distance_is_told_where_one_is_wanted_and_known() -> None:
    wanted = CueTarget(distance_m=(1.7, 2.3))
    assert heard(frame(distance_m=3.0), wanted).word == "closer"
    assert heard(frame(distance_m=1.2), wanted).word == "back"
    assert heard(frame(distance_m=2.2), wanted).word is None
    assert heard(frame(distance_m=3.0)).word is None


def test_another_place_than_the_middle_may_be_wanted() -> None:
    third = CueTarget(place=(1 / 3, 0.5))
    assert heard(frame((-1 / 6, 0.0)), third).tick_s == 0
    assert heard(frame((0.0, 0.0)), third).word == "right"  # the subject stands right of where it should


def test_ticks_come_faster_the_nearer_and_run_together_once_there() -> None:
    ticks = [heard(frame((x, 0.0))).tick_s for x in (0.4, 0.2, 0.1, 0.06, 0.04)]
    assert all(tick is not None for tick in ticks)
    assert ticks == sorted(ticks, key=lambda tick: -(tick or 0))
    assert ticks[-1] == 0
    assert ticks[-2] is not None
    assert ticks[-2] > 0.05


def test_sound_comes_from_the_side_to_turn_to_and_rises_for_up() -> None:
    assert heard(frame((-0.1, 0.0))).pan < 0 < heard(frame((0.1, 0.0))).pan
    assert heard(frame((-0.5, 0.0))).pan == -1
    assert heard(frame((0.0, -0.1))).glide > 0 > heard(frame((0.0, 0.1))).glide


def test_pitch_falls_with_blur_and_there_is_none_where_blur_is_unknown() -> None:
    sharp, soft, softer = (heard(frame(blur_px=blur)).pitch_hz for blur in (0.0, 1.5, 2.5))
    assert sharp is not None
    assert soft is not None
    assert softer is not None
    assert sharp > soft > softer
    assert heard(frame(blur_px=None)).pitch_hz is None


def test_blur_of_live_view_is_told_as_that_of_the_larger_frame() -> None:
    assert heard(frame(blur_px=2.0)).blur_px == pytest.approx(2.0 * 1080 / 576)


def test_without_a_subject_there_is_no_direction_to_tell() -> None:
    lost = heard(FrameMeasurement(3.0, None, Focus(reason="none"), None, None, LIGHT, None))
    assert (lost.turn, lost.tick_s, lost.pitch_hz, lost.word) == (None, None, None, LOST)


def spoken(wishes: list[tuple[float, str | None]]) -> list[tuple[float, str]]:
    """What is said to wishes that begin at times and last until the next, at 30 frames a second."""
    said, words = NOTHING_SAID, []
    end_s = wishes[-1][0]
    for number in range(round(end_s * 30)):
        t_s = number / 30
        wish = next(each for at_s, each in reversed(wishes) if at_s <= t_s)
        due, said = next_word(Cue(t_s, word=wish), said)
        if due is not None:
            words.append((t_s, due))
    return words


def test_a_fault_that_passes_is_not_told() -> None:
    assert spoken([(0, None), (1, "left"), (1.3, None), (5, None)]) == []


def test_a_fault_that_lasts_is_told_soon_and_then_less_and_less_often() -> None:
    words = spoken([(0, "left"), (30, None)])
    times = [t_s for t_s, _ in words]
    assert {said for _, said in words} == {"left"}
    assert times[0] < 0.5
    gaps = [b - a for a, b in pairwise(times)]
    assert min(gaps) >= 3.0
    assert gaps == sorted(gaps)
    assert len(words) <= 6


def test_faults_that_change_faster_than_words_are_not_all_told() -> None:
    wishes: list[tuple[float, str | None]] = [(0.5 * n, ("left", "up", "right", "down")[n % 4]) for n in range(40)]
    times = [t_s for t_s, _ in spoken(wishes)]
    assert all(b - a >= 1.4 for a, b in pairwise(times))


def test_good_is_said_once_when_what_was_told_is_mended() -> None:
    assert [said for _, said in spoken([(0, None), (3, "left"), (4, None), (30, None)])] == ["left", GOOD]
    assert spoken([(0, None), (20, None)]) == []
