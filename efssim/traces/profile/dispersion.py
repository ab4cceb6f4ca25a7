"""Burstiness over time scales: the index of dispersion for counts against the window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from efssim.traces.metric import Floats
from efssim.traces.profile.grid import WriteGrid

WINDOWS_LEAST = 4
"""Whole windows that an index is taken over at least: the longest is a quarter of the span."""
JUDGED_LEAST = 16
"""Windows from which an index is judged; fewer tell its order of magnitude only."""
_FACTOR = 8
"""Windows of which one has so many times the length of the other are compared."""
_NORMAL_95 = 1.645
"""Quantile of the standard normal distribution at 95 %."""


@dataclass(frozen=True, slots=True)
class Dispersion:
    """Variance over mean of what is written in windows of a length."""

    window_s: float
    windows: int
    """Windows without a missing period."""
    bytes: float | None
    """Index of the bytes, in bytes: the mean square over the mean of a write's size where writes
    come at random. None where nothing is written."""
    writes: float | None
    """Index of the number of writes: 1 where they come at random. None where it is not known."""


@dataclass(frozen=True, slots=True)
class DispersionGrowth:
    """Whether the index still grows at the longest windows that are judged."""

    verdict: Literal["grows", "level", "unknown"]
    """`level`: no growth is seen, which too few windows may hide; `unknown`: the trace is too short
    to tell."""
    from_s: float | None
    to_s: float | None
    factor: float | None
    """Index of windows of `to_s` over that of windows of `from_s`."""
    threshold: float | None
    """Factor from which on it grows: chance exceeds it in less than 5 % of traces at random."""


def dispersions(grid: WriteGrid) -> tuple[Dispersion, ...]:
    """Return the index for windows of a period, two, four … up to a quarter of the span."""
    found = []
    count = 1
    while count * WINDOWS_LEAST <= len(grid.bytes):
        one = _of_windows(grid, count)
        if one is not None:
            found.append(one)
        count *= 2
    return tuple(found)


def _of_windows(grid: WriteGrid, count: int) -> Dispersion | None:
    whole = len(grid.bytes) // count
    measured = grid.present[: whole * count].reshape(whole, count).all(axis=1)
    windows = int(np.count_nonzero(measured))
    if windows < WINDOWS_LEAST:
        return None
    sizes = grid.bytes[: whole * count].reshape(whole, count).sum(axis=1)[measured]
    writes = None
    if grid.writes is not None:
        writes = _index(grid.writes[: whole * count].reshape(whole, count).sum(axis=1)[measured])
    return Dispersion(count * grid.period_s, windows, _index(sizes), writes)


def _index(amounts: Floats) -> float | None:
    """Return the unbiased variance over the mean; None for a mean of 0."""
    mean = float(amounts.mean())
    return float(amounts.var(ddof=1)) / mean if mean > 0 else None


def growth_of(found: tuple[Dispersion, ...]) -> DispersionGrowth:
    """Return whether the index of the bytes still grows over the last factor of eight.

    Variances of n windows have a relative error of sqrt(2 / (n - 1)), so that the logarithm of the
    quotient of two has at most about the square root of the sum of the squares: they are of the
    same trace, so chance moves both the same way, and growth is claimed too seldom.
    """
    by_length = {one.window_s: one for one in found if one.bytes and one.windows >= JUDGED_LEAST}
    pairs = [
        (by_length[window_s / _FACTOR], long)
        for window_s, long in by_length.items()
        if window_s / _FACTOR in by_length
    ]
    if not pairs:
        return DispersionGrowth("unknown", None, None, None, None)
    short, long = pairs[-1]
    assert short.bytes is not None
    assert long.bytes is not None
    error = math.sqrt(2 / (short.windows - 1) + 2 / (long.windows - 1))
    factor, threshold = long.bytes / short.bytes, math.exp(_NORMAL_95 * error)
    verdict: Literal["grows", "level"] = "grows" if factor > threshold else "level"
    return DispersionGrowth(verdict, short.window_s, long.window_s, factor, threshold)
