"""Parts of measurements: those up to a time, and those from it on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.calibration.data import Floats, LagSamples, WriteTotals

_DIGITS = 1e-6
"""Seconds by which times of an export may be rounded."""


def lag_between(lag: LagSamples, begin_s: float, end_s: float) -> LagSamples:
    """Return the samples of the periods that lie in [begin, end]."""
    inside = (lag.time_s >= begin_s - _DIGITS) & (lag.time_s + lag.period_s <= end_s + _DIGITS)
    return LagSamples(
        lag.time_s[inside],
        lag.least[inside],
        lag.mean[inside],
        lag.largest[inside],
        lag.period_s,
    )


def writes_between(writes: WriteTotals, begin_s: float, end_s: float) -> WriteTotals:
    """Return the totals of the periods that overlap [begin, end]."""
    inside = (writes.begin_s + writes.period_s > begin_s) & (writes.begin_s < end_s)
    counts = None if writes.writes is None else writes.writes[inside]
    return WriteTotals(writes.begin_s[inside], writes.bytes[inside], counts, writes.period_s)


def covered(writes: WriteTotals) -> tuple[float, float]:
    """Return begin and end of what the export of the writes covers; empty without a row."""
    if not len(writes.begin_s):
        return 0.0, 0.0
    return float(writes.begin_s[0]), float(writes.begin_s[-1] + writes.period_s)


def written_by(writes: WriteTotals, time_s: Floats) -> Floats:
    """Return the bytes written up to some times, evenly within each period."""
    edges_s = np.column_stack((writes.begin_s, writes.begin_s + writes.period_s)).ravel()
    before = np.concatenate(([0.0], np.cumsum(writes.bytes)))
    totals = np.column_stack((before[:-1], before[1:])).ravel()
    written: Floats = np.interp(time_s, edges_s, totals)
    return written


def ages_of(lag: LagSamples) -> Floats:
    """Return the one statistic that periods are compared by: the largest age, where it is there."""
    return first_defined(first_defined(lag.largest, lag.mean), lag.least)


def first_defined(first: Floats, second: Floats) -> Floats:
    """Return the first of two columns, and the second where that is NaN."""
    return np.where(np.isnan(first), second, first)


def within(time_s: Floats, begin_s: float, end_s: float) -> NDArray[np.bool_]:
    """Return which times lie in [begin, end]."""
    return (time_s >= begin_s) & (time_s <= end_s)
