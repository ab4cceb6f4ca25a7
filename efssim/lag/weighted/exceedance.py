"""Exceedance curves: the share of a lag's weight that lies above each value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.histogram import LogHistogram
from efssim.lag.weighted.time_weighted import TimeWeighted

Floats = NDArray[np.float64]

_POINTS = 400


@dataclass(frozen=True)
class Exceedance:
    """`share` of the weight is above `value_s`; both of shape (points,), values rising."""

    value_s: Floats
    share: Floats


def of_histogram(histogram: LogHistogram) -> Exceedance:
    """Return the curve of write lags, a point for each value or bin."""
    if not histogram.count:
        return Exceedance(np.empty(0), np.empty(0))
    values, weights = histogram.points()
    return Exceedance(values, 1.0 - weights.cumsum() / histogram.count)


def of_ramps(ramps: TimeWeighted) -> Exceedance:
    """Return the curve of a time-weighted lag, at evenly spaced shares and beyond."""
    shares, above = _shares()
    values = ramps.quantile(shares)
    if np.isnan(values).any():
        return Exceedance(np.empty(0), np.empty(0))
    return Exceedance(values, above)


@cache
def _shares() -> tuple[Floats, Floats]:
    """Return the shares of a curve, rising, and those above: the same arrays for all curves."""
    tail = 10.0 ** -np.linspace(0.0, 6.0, _POINTS)
    shares = np.concatenate((np.linspace(1 / _POINTS, 1 - 1 / _POINTS, _POINTS), 1.0 - tail[1:]))
    shares.sort()
    above = 1.0 - shares
    for part in (shares, above):
        part.flags.writeable = False
    return shares, above
