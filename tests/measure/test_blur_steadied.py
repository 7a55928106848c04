"""Blur over several frames and regions, and what is unlike everything that was learnt from."""

import numpy as np
import pytest
from known import known
from measure.leaves import leaves, recorded, spread

from rigcoach.measure.blur.blur_network import shipped_network
from rigcoach.measure.blur.blur_over_time import steadied
from rigcoach.measure.blur.blur_signs import blur_signs
from rigcoach.measure.blur.natural_blur import KnownMotionBlur, natural_blur, network_inputs, together

STILL = KnownMotionBlur(0.0, None)
SIDE = 320
TIMES_S = np.arange(50) / 25


def test_a_steady_lens_is_told_better_by_all_frames_than_by_each() -> None:
    noisy = 2.0 + np.random.default_rng(1).normal(0, 0.4, 50)
    told, low, high = steadied(TIMES_S, noisy, noisy - 0.7, noisy + 0.7)
    assert np.abs(told - 2.0).mean() < 0.6 * np.abs(noisy - 2.0).mean()
    assert ((low <= 2.0) & (high >= 2.0)).all()


def test_a_lens_that_is_racked_is_not_lagged_behind() -> None:
    racked = np.linspace(0.5, 6.0, 50)
    told, _, _ = steadied(TIMES_S, racked, racked - 0.5, racked + 0.5)
    assert told == pytest.approx(racked, abs=0.02)


def test_a_frame_that_is_told_badly_counts_for_little() -> None:
    radius = np.full(50, 1.0)
    radius[20] = 6.0
    reach = np.where(np.arange(50) == 20, 5.0, 0.4)
    told, _, _ = steadied(TIMES_S, radius, radius - reach, radius + reach)
    assert told[20] < 1.2


def test_what_is_not_known_in_a_frame_stays_unknown() -> None:
    radius = np.full(50, 1.0)
    radius[10:13] = np.nan
    told, low, high = steadied(TIMES_S, radius, radius - 0.4, radius + 0.4)
    for each in (told, low, high):
        assert np.flatnonzero(np.isnan(each)).tolist() == [10, 11, 12]


def test_a_small_region_is_told_more_surely_with_a_larger_one_as_far_away() -> None:
    reach: list[float] = []
    reach_together: list[float] = []
    for seed in range(6):
        radius_px = 0.5 + 0.6 * seed
        luma = recorded(spread(leaves(SIDE, 40 + seed), radius_px), iso=6400, seed=seed)
        own = natural_blur(luma, (142.0, 142.0, 36.0, 36.0), STILL)
        both = together(own, natural_blur(luma, (100.0, 100.0, 120.0, 180.0), STILL))
        assert both.blur_px == pytest.approx(radius_px, abs=0.8)
        reach.append(float(np.ptp(known(own.blur_px_interval))))
        reach_together.append(float(np.ptp(known(both.blur_px_interval))))
    assert np.mean(reach_together) < 0.9 * np.mean(reach)


def test_a_larger_region_that_contradicts_is_not_heard() -> None:
    light = leaves(SIDE, 50)
    sharp = natural_blur(recorded(light), (60.0, 60.0, 200.0, 200.0), STILL)
    soft = natural_blur(recorded(spread(light, 8.0)), (60.0, 60.0, 200.0, 200.0), STILL)
    assert together(sharp, soft) == sharp


def test_what_is_unlike_everything_learnt_is_noticed_and_told_less_surely() -> None:
    network = shipped_network()
    picture = recorded(spread(leaves(SIDE, 60), 2.0), iso=200)
    # Black and white dots, as in print: no photograph's detail grows so towards the finest.
    dots = np.where(np.indices((SIDE, SIDE)).sum(axis=0) % 2, 235, 20).astype(np.uint8)
    usual, strange = (network_inputs(known(blur_signs(luma)), STILL)[None] for luma in (picture, dots))
    assert network.strangeness(usual)[0] < 1 < network.strangeness(strange)[0]
    # Alike in all that the widening goes by otherwise: the strangeness alone widens.
    widths = [np.ptp(network.predict(each)[0, 1:3]) for each in (usual, strange)]
    assert widths[1] > 1.5 * widths[0]
