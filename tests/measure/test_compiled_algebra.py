import numpy as np
import pytest

from rigcoach.measure.compiled_algebra import inverse, median, solved


@pytest.mark.parametrize("size", [1, 3, 8])
def test_equations_are_solved_as_numpy_solves_them(size: int) -> None:
    random = np.random.default_rng(size)
    design = random.normal(size=(20, size)) * 10.0 ** random.uniform(-2, 2, size)
    matrix, right = design.T @ design, random.normal(size=size)
    assert solved(matrix, right) == pytest.approx(np.linalg.solve(matrix, right), rel=1e-6)


@pytest.mark.parametrize("count", [1, 2, 7, 12])
def test_the_median_is_numpys(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    assert median(values) == pytest.approx(np.median(values))


def test_the_inverse_is_numpys() -> None:
    matrix = np.random.default_rng(4).normal(size=(3, 3))
    assert inverse(matrix) == pytest.approx(np.linalg.inv(matrix))
