"""The values that a search may try: close enough that two neighbours answer the question."""

from __future__ import annotations

import math
from itertools import pairwise

from efssim.scenario.unknowns.quantity import Quantity

STEP = 0.0185
"""Largest relative step; rounding to the digits of a text adds at most 0.1 %, 2 % in all."""
COARSE = 4
"""Parts into which the first values divide the range."""
_LEAST_SHARE = 1 / 1024
"""Where a range begins at 0, its first value above 0 is this share of its end."""


def ladder(low: float, high: float, quantity: Quantity) -> list[float]:
    """Return rising values from end to end, by equal factors; whole ones are there once.

    Their number is 4 · 2^k + 1, so that halving ends at neighbours.
    """
    if low == 0:
        return [0.0, *ladder(quantity.rounded(high * _LEAST_SHARE) or high, high, quantity)]
    if low >= high:
        return [high]
    least = math.log(high / low) / math.log1p(STEP)
    count = COARSE * 2 ** max(0, math.ceil(math.log2(least / COARSE)))
    inner = [quantity.rounded(low * (high / low) ** (k / count)) for k in range(1, count)]
    return sorted({low, *(value for value in inner if low < value < high), high})


def coarse(count: int) -> list[int]:
    """Return the ordinals of the first values to try: both ends, and three between them."""
    return sorted({round(part * (count - 1) / COARSE) for part in range(COARSE + 1)})


def widest_gap(tried: list[int]) -> int | None:
    """Return the ordinal in the middle of the widest gap between tried ones, None without one."""
    gaps = [(b - a, -a) for a, b in pairwise(tried) if b - a > 1]
    if not gaps:
        return None
    width, start = max(gaps)
    return -start + width // 2
