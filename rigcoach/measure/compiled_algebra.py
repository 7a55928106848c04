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
def inverse(matrix: Floats) -> Floats:
    """Return the inverse of a matrix, 3 x 3, by its cofactors."""
    cofactors = np.empty((3, 3))
    for i in range(3):
        for k in range(3):
            a, b, c, d = (i + 1) % 3, (i + 2) % 3, (k + 1) % 3, (k + 2) % 3
            cofactors[k, i] = matrix[a, c] * matrix[b, d] - matrix[a, d] * matrix[b, c]
    whole = matrix[0, 0] * cofactors[0, 0] + matrix[0, 1] * cofactors[1, 0] + matrix[0, 2] * cofactors[2, 0]
    for i in range(3):
        for k in range(3):
            cofactors[i, k] /= whole
    return cofactors


@compiled
def median(values: Floats) -> float:
    """Return the median of some numbers, n; of an even number the mean of the two in the middle."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    middle: float = ordered[half]
    return middle if len(ordered) % 2 else (ordered[half - 1] + middle) / 2
