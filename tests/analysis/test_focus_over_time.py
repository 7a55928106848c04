"""What is told of focus once all frames of a clip are read."""

import pytest
from known import known
from measure.leaves import leaves, recorded, spread

from rigcoach.analysis.focus import Focus, FocusObservation, FocusReader
from rigcoach.analysis.focus_over_time import UNEXPLAINED, complete_focus
from rigcoach.measure.blur.blur_kind import Estimate
from rigcoach.measure.motion.shift import Shift

STILL_STEP = (0.05, 0.0)
STOOD = Shift(*STILL_STEP, 0.0, 1.0, 1.0)


def filmed_standing(radius_px: float, smear_px: float, shutter_s: float | None = None) -> list[Focus]:
    """What stands still from frame to frame, through its transfer for a disc and a smear."""
    light = spread(leaves(320, 70), radius_px, smear_px, 30.0)
    reader = FocusReader(25.0, shutter_s)
    looks = [
        reader.subject(recorded(light, iso=800, seed=i), (50.0, 50.0, 220.0, 220.0), STOOD, i / 25) for i in range(6)
    ]
    return [known(focus) for focus in complete_focus(looks, 25.0, shutter_s, 1.0)]


def standing(pictured: Estimate, alone: Estimate) -> FocusObservation:
    told = Focus(blur_px=1.4, blur_px_interval=(0.7, 2.2))
    return FocusObservation(told, STILL_STEP, pictured, blur_alone=alone)


def read_every(i: int, every: int) -> FocusObservation:
    return FocusObservation(Focus(blur_px=1.0, background_blur_px=4.0 if i % every == 0 else None))


@pytest.mark.parametrize("fps", [24.0, 30.0, 120.0, 240.0])
def test_what_is_read_every_other_second_is_known_throughout_at_any_frame_rate(fps: float) -> None:
    every = round(2 * fps)
    looks = [read_every(i, every) for i in range(3 * every)]
    told = complete_focus(looks, fps, None, 1.0)
    assert [known(focus).background_blur_px for focus in told] == [4.0] * len(looks)


@pytest.mark.parametrize("fps", [30.0, 120.0])
def test_what_was_read_once_is_not_carried_on_for_ever(fps: float) -> None:
    looks = [read_every(i, 10**6) for i in range(int(3 * fps))]
    told = complete_focus(looks, fps, None, 1.0)
    count = sum(known(focus).background_blur_px is not None for focus in told)
    assert count / fps == pytest.approx(2.2, abs=0.05)


@pytest.mark.parametrize("shutter_s", [None, 1 / 50])
def test_what_stands_still_and_is_smeared_all_the_same_is_told_as_moved_and_in_focus(shutter_s: float | None) -> None:
    for focus in filmed_standing(0.0, 10.0, shutter_s):
        assert focus.kind == "moved"
        assert known(focus.blur_px) < 1.6
        assert known(focus.motion_blur_px) == pytest.approx(10.0, abs=3.0)


@pytest.mark.parametrize(("radius_px", "kind"), [(0.0, "sharp"), (3.0, "defocused")])
def test_what_stands_still_and_is_not_smeared_is_told_by_its_movement(radius_px: float, kind: str) -> None:
    for focus in filmed_standing(radius_px, 0.0):
        assert focus.kind == kind
        assert known(focus.motion_blur_px) < 0.1
        assert known(focus.blur_px) == pytest.approx(radius_px, abs=0.7)


def test_a_smear_seen_in_one_frame_of_many_is_not_believed_and_one_seen_in_most_is() -> None:
    none, smeared = Estimate(0.0, (0.0, 1.5)), Estimate(6.0, (2.0, 10.0))
    alone = Estimate(0.5, (0.0, 1.1))
    once = [standing(smeared if i == 12 else none, alone) for i in range(25)]
    mostly = [standing(none if i == 12 else smeared, alone) for i in range(25)]
    assert {known(focus).kind for focus in complete_focus(once, 25.0, None, 1.0)} == {"sharp"}
    assert known(complete_focus(once, 25.0, None, 1.0)[12]).motion_blur_px == pytest.approx(0.025)
    assert all(known(known(focus).motion_blur_px) > 3 for focus in complete_focus(mostly, 25.0, None, 1.0)[:9])


@pytest.mark.parametrize(("alone", "in_focus"), [(Estimate(0.1, (0.0, 0.6)), True), (Estimate(1.2, (0.4, 2.0)), False)])
def test_what_is_smeared_in_place_and_is_not_likely_sharp_gets_no_radius(alone: Estimate, in_focus: bool) -> None:
    # Both lengths are within their limits, and the smear's interval reaches far beyond its own.
    focus = known(complete_focus([standing(Estimate(1.6, (0.4, 7.0)), alone)] * 9, 25.0, None, 1.0)[4])
    assert (focus.kind, focus.reason) == (("sharp", None) if in_focus else ("unclear", UNEXPLAINED))
    assert focus.blur_px == (pytest.approx(0.1) if in_focus else None)
    assert focus.motion_blur_px == pytest.approx(1.6)
