"""What is told of focus once all frames of a clip are read."""

import pytest
from known import known

from rigcoach.analysis.focus import Focus, FocusObservation, complete_focus


def read_every(i: int, every: int) -> FocusObservation:
    return FocusObservation(Focus(blur_px=1.0, background_blur_px=4.0 if i % every == 0 else None))


@pytest.mark.parametrize("fps", [24.0, 30.0, 120.0, 240.0])
def test_what_is_read_twice_a_second_is_known_throughout_at_any_frame_rate(fps: float) -> None:
    every = round(fps / 2)
    looks = [read_every(i, every) for i in range(3 * every)]
    told = complete_focus(looks, fps, None, 1.0)
    assert [known(focus).background_blur_px for focus in told] == [4.0] * len(looks)


@pytest.mark.parametrize("fps", [30.0, 120.0])
def test_what_was_read_once_is_not_carried_on_for_ever(fps: float) -> None:
    looks = [read_every(i, 10**6) for i in range(int(3 * fps))]
    told = complete_focus(looks, fps, None, 1.0)
    count = sum(known(focus).background_blur_px is not None for focus in told)
    assert count / fps == pytest.approx(1.2, abs=0.05)
