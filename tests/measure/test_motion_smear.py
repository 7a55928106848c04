import numpy as np
import pytest
from known import known

from rigcoach.measure.blur.blur_kind import Estimate, blur_kind
from rigcoach.measure.blur.motion_blur import motion_blur_of, motion_blurs

FPS = 25.0


def steps_of(places: np.ndarray) -> list[tuple[float, float] | None]:
    return [None, *(tuple(step) for step in np.diff(places, axis=0))]


def test_a_pan_smears_by_its_speed_times_the_exposure_in_its_direction() -> None:
    places = np.arange(12)[:, None] * np.array([6.0, 8.0])
    for smear in motion_blurs(steps_of(places), FPS, 1 / 50):
        assert smear is not None
        assert smear.length_px == pytest.approx(5.0, abs=0.01)
        assert smear.direction_deg == pytest.approx(np.degrees(np.arctan2(8, 6)), abs=0.1)


@pytest.mark.parametrize("hertz", [3.0, 6.0, 9.0])
def test_a_shake_is_followed_through_the_exposure(hertz: float) -> None:
    shutter_s = 1 / 50

    def place(t: np.ndarray) -> np.ndarray:
        return np.stack([12 * np.sin(2 * np.pi * hertz * t + 0.7), 5 * np.cos(2 * np.pi * hertz * t)], axis=-1)

    times = np.arange(21) / FPS
    exposed = np.linspace(-shutter_s / 2, shutter_s / 2, 201)
    # What is seen of a frame is the mean over its exposure.
    seen = np.array([place(t + exposed).mean(axis=0) for t in times])
    seen += np.random.default_rng(0).normal(0, 0.1, seen.shape)
    found = motion_blurs(steps_of(seen), FPS, shutter_s)
    for i in range(4, 17):
        assert known(found[i]).length_px == pytest.approx(motion_blur_of(place(times[i] + exposed)).length_px, abs=0.6)


def test_where_the_movement_is_not_known_there_is_no_smear() -> None:
    steps: list[tuple[float, float] | None] = [None, (4.0, 0.0), (4.0, 0.0), None, None, (4.0, 0.0)]
    found = motion_blurs(steps, FPS, 1 / 50)
    assert [smear is None for smear in found] == [False, False, False, True, False, False]
    assert known(found[1]).length_px == pytest.approx(2.0, abs=0.01)
    assert motion_blurs([None], FPS, 1 / 50) == [None]


def test_a_subject_that_stands_still_has_a_smear_of_nothing() -> None:
    for smear in motion_blurs([None, *[(0.0, 0.0)] * 9], FPS, 1 / 25):
        assert smear is not None
        assert smear.length_px == pytest.approx(0, abs=1e-6)
        assert smear.direction_deg is None


def told(blur: tuple[float, float, float], motion: tuple[float, float, float]) -> str:
    return blur_kind(Estimate(blur[0], blur[1:]), Estimate(motion[0], motion[1:]), 1.6, 3.0).kind


def test_each_kind_is_told_where_the_intervals_leave_no_doubt() -> None:
    sharp, soft = (0.5, 0.1, 1.0), (5.0, 4.0, 6.0)
    still, moved = (0.5, 0.0, 1.0), (21.0, 19.0, 23.0)
    assert told(sharp, still) == "sharp"
    assert told(soft, still) == "defocused"
    assert told(sharp, moved) == "moved"
    assert told(soft, moved) == "both"


def test_a_kind_that_can_not_be_told_is_unclear() -> None:
    assert told((1.6, 0.6, 2.6), (0.5, 0.0, 1.0)) == "unclear"


def test_a_picture_that_shows_a_smear_no_movement_made_is_unclear() -> None:
    still = Estimate(0.2, (0.0, 0.6))
    shown = Estimate(14.0, (9.0, 20.0))
    assert blur_kind(Estimate(0.5, (0.1, 1.0)), still, 1.6, 3.0).kind == "sharp"
    assert blur_kind(Estimate(0.5, (0.1, 1.0)), still, 1.6, 3.0, pictured=shown).kind == "unclear"


def test_more_doubt_never_makes_surer() -> None:
    sure = [
        blur_kind(Estimate(3.0, (3.0 - d, 3.0 + d)), Estimate(0.2, (0.0, 0.6)), 1.6, 3.0).confidence
        for d in (0.3, 1.0, 2.0, 3.0)
    ]
    assert sure == sorted(sure, reverse=True)
