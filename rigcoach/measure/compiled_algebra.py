"""Algebra on a few numbers, for compiled functions: what numpy has of it takes seconds to compile."""

import math

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.compiled import compiled


@compiled
def solved(matrix: Floats, right: Floats) -> Floats:
    """Return x of matrix x = right; the matrix, n x n, is symmetric and positive definite.

    By Cholesky's decomposition (Golub and Van Loan, *Matrix Computations*, 4th ed., 2013, algorithm 4.2.2).
    """
    size = len(right)
    lower = np.zeros((size, size))
    x = np.empty(size)
    for i in range(size):
        for k in range(i + 1):
            left = matrix[i, k]
            for n in range(k):
                left -= lower[i, n] * lower[k, n]
            lower[i, k] = math.sqrt(max(left, 1e-300)) if i == k else left / lower[k, k]
    for i in range(size):
        x[i] = right[i]
        for k in range(i):
            x[i] -= lower[i, k] * x[k]
        x[i] /= lower[i, i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            x[i] -= lower[k, i] * x[k]
        x[i] /= lower[i, i]
    return x


@compiled
def median(values: Floats) -> float:
    """Return the median of some numbers, n; of an even number the mean of the two in the middle."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    middle: float = ordered[half]
    return middle if len(ordered) % 2 else (ordered[half - 1] + middle) / 2
