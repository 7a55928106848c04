"""Exposure of frames whose light is known, and flicker of a known depth."""

import numpy as np
import pytest
from known import known
from measure.leaves import leaves, recorded

from rigcoach.measure.picture.exposure import exposure
from rigcoach.measure.picture.flicker import flicker
from rigcoach.measure.picture.tone import normalised_codes


@pytest.mark.parametrize("code", [0, 40, 128, 255])
def test_the_mean_of_an_even_frame_is_its_own(code: int) -> None:
    luma = np.full((60, 80), code, np.uint8)
    assert exposure(luma).mean == pytest.approx(code / 255)
    limited = normalised_codes("bt709", full_range=False)[luma]
    assert exposure(limited).mean == pytest.approx(min(max((code - 16) / 219, 0), 1), abs=0.5 / 255)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_the_share_at_white_and_at_black_is_the_share_painted(share: float) -> None:
    luma = np.full((100, 100), 120, np.uint8)
    luma[: round(100 * share)] = 255
    assert exposure(luma).clipped_high == pytest.approx(share)
    assert exposure(255 - luma).clipped_low == pytest.approx(share)


def test_only_the_box_counts() -> None:
    luma = np.full((100, 100), 120, np.uint8)
    luma[:50] = 255
    assert exposure(luma, box=(0, 60, 100, 30)).clipped_high == 0
    with pytest.raises(ValueError, match="outside"):
        exposure(luma, box=(300, 0, 10, 10))


def test_noise_hardly_moves_the_mean() -> None:
    light = leaves(200, 1) * 0.8
    clean, noisy = (exposure(recorded(light, iso=iso)) for iso in (1, 6400))
    assert noisy.mean == pytest.approx(clean.mean, abs=0.003)


@pytest.mark.parametrize(("depth", "hertz"), [(0.02, 8.0), (0.1, 5.0), (0.3, 11.0)])
def test_flicker_is_found_under_a_slow_drift(depth: float, hertz: float) -> None:
    times = np.arange(75) / 25
    light = 0.3 * (1 + 0.2 * np.sin(2 * np.pi * 0.2 * times)) * (1 + depth * np.sin(2 * np.pi * hertz * times))
    found = known(flicker(light, 25))
    assert found.depth == pytest.approx(depth, rel=0.1, abs=0.003)
    assert found.frequency_hz == pytest.approx(hertz, abs=0.35)


def test_steady_light_does_not_flicker_and_a_moment_tells_nothing() -> None:
    assert known(flicker(np.full(50, 0.4), 25)).depth == 0
    assert known(flicker(0.4 * (1 + 0.2 * np.arange(50) / 50), 25)).depth < 0.001
    assert flicker(np.full(5, 0.4), 25) is None
    assert flicker(np.zeros(50), 25) is None
