import numpy as np
import pytest
from accuracy_edge import drawn, errors
from known import known

from rigcoach.measure.card.mtf import edge_angle_deg, edge_response, line_pairs_per_mm


@pytest.mark.slow
@pytest.mark.parametrize(("iso", "percent"), [(0, 0.10), (100, 0.19), (1600, 0.60), (6400, 1.2)])
def test_mtf50_is_that_of_the_transfer_the_edge_was_drawn_from(iso: int, percent: float) -> None:
    assert np.abs(errors(iso, 5)).mean() <= percent


def test_the_whole_curve_follows_the_transfer() -> None:
    edge = drawn(("gaussian", 1.0, 0.0), 5.0, 0, np.random.default_rng(1))
    response = known(edge_response(edge.depth_px, edge.along_px, edge.light))
    turn = np.radians(5)
    frequency = response.frequency_cycles_px[:160]
    true = np.exp(-2 * (np.pi * frequency) ** 2) * np.sinc(frequency * np.cos(turn)) * np.sinc(frequency * np.sin(turn))
    assert response.mtf[:160] == pytest.approx(true, abs=0.01)


def test_an_edge_that_is_not_there_has_no_response() -> None:
    edge = drawn(("gaussian", 1.0, 0.0), 5.0, 0, np.random.default_rng(2))
    even = np.random.default_rng(0).normal(0.4, 0.01, edge.light.shape)
    assert edge_response(edge.depth_px, edge.along_px, even) is None
    assert edge_response(edge.depth_px[:50], edge.along_px[:50], edge.light[:50]) is None


def test_either_side_may_be_the_dark_one() -> None:
    edge = drawn(("disc", 0.0, 1.2), 7.0, 0, np.random.default_rng(3))
    turned = known(edge_response(-edge.depth_px, edge.along_px, edge.light))
    assert turned.mtf50_cycles_px == pytest.approx(edge.mtf50_cycles_px, rel=0.005)


def test_frequencies_in_line_pairs_are_those_on_the_sensor() -> None:
    # 1920 pixels on 36 mm: Nyquist, half a cycle a pixel, is 26.7 lp/mm.
    assert line_pairs_per_mm(0.5, 36 / 1920) == pytest.approx(26.667, abs=0.001)
    assert edge_angle_deg((0.0, 1.0)) == 0
