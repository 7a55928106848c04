"""What JSON documents are made of."""

import math
from typing import Any

Document = dict[str, Any]
"""A JSON object."""


def rounded(number: float | None, decimals: int) -> float | None:
    """Return a number for a document; None, JSON's null, for what is not known or infinite.

    >>> rounded(1.23456, 2), rounded(math.inf, 2), rounded(None, 2)
    (1.23, None, None)
    """
    return None if number is None or math.isinf(number) else round(number, decimals)
