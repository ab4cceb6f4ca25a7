"""Single writes that add up to the totals of periods: their number is known, their times are not.

Syncs shorter than a period see how its writes fall: spread evenly, they would all be alike.
"""

from __future__ import annotations

import numpy as np

from efssim.calibration.data import Floats, WriteTotals
from efssim.model.kernel.draws import Draws

MOST_PIECES = 2_000_000
"""Writes that are drawn at most; above, totals are spread evenly. Assumed."""
_LONG = 10.0
"""Periods in an interval from which on their inside does not matter; assumed."""
_EQUAL = 0.01
"""Squared relative spread of sizes below which they are taken as equal; assumed."""


def shows_inside(writes: WriteTotals, interval_s: float) -> bool:
    """Return whether single writes are to be drawn for syncs that begin at an interval."""
    if writes.writes is None or interval_s > _LONG * writes.period_s:
        return False
    return 0 < float(writes.writes.sum()) <= MOST_PIECES


def single_writes(writes: WriteTotals, seed: int) -> tuple[Floats, Floats]:
    """Return times and bytes of single writes, in order of time, which add up to each total.

    Each falls anywhere in its period; sizes vary as much as the totals say beyond the counts.
    """
    assert writes.writes is not None
    generator = Draws(seed).generator("calibration.writes")
    counts = np.maximum(np.round(writes.writes).astype(np.int64), writes.bytes > 0)
    period = np.repeat(np.arange(len(counts)), counts)
    time_s = writes.begin_s[period] + writes.period_s * generator.random(len(period))
    spread = squared_spread(writes)
    shape = 1.0 / spread if spread > _EQUAL else None
    weight = np.ones(len(period)) if shape is None else generator.gamma(shape, size=len(period))
    sums = np.bincount(period, weight, minlength=len(counts))
    size = writes.bytes[period] * weight / sums[period]
    order = np.argsort(time_s, kind="stable")
    return time_s[order], size[order]


def squared_spread(writes: WriteTotals) -> float:
    """Return the squared coefficient of variation of the sizes, from totals and counts alone."""
    assert writes.writes is not None
    counts = writes.writes
    if not counts.sum() or not writes.bytes.sum():
        return 0.0
    mean = writes.bytes.sum() / counts.sum()
    return float(((writes.bytes - counts * mean) ** 2).sum() / (counts.sum() * mean**2))
