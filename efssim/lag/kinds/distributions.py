"""Distributions of a lag: the numbers, the bins and the curve that each of them gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from efssim.lag.summary import LagSummary, WriteLagSummary
from efssim.lag.weighted.block_sums import BlockSums
from efssim.lag.weighted.exceedance import Exceedance, of_histogram, of_ramps
from efssim.lag.weighted.histogram import Floats, Ints, LogHistogram
from efssim.lag.weighted.states import HistogramState, LagState, RampsState
from efssim.lag.weighted.streaming import StreamedRamps
from efssim.lag.weighted.time_weighted import TimeWeighted

QUANTILES = {
    "p50": 0.5,
    "p90": 0.9,
    "p95": 0.95,
    "p99": 0.99,
    "p99_9": 0.999,
    "p99_99": 0.9999,
}
_LEAST = {"p99_99": 10_000}
"""Writes or bytes below which a quantile is that of a single one, and not known."""


class LagDistribution(Protocol):
    """The distribution of a lag in the window of one run."""

    def summary(self) -> LagSummary:
        """Return mean, quantiles and maximum."""

    def state(self) -> LagState:
        """Return the distribution in bins, which merges exactly with those of other trials."""

    def exceedance(self) -> Exceedance:
        """Return the exceedance curve."""


@dataclass(frozen=True, slots=True)
class LagOverTime:
    """A lag over time that rises one second per second; `zero_s` is time at 0 besides."""

    ramps: StreamedRamps
    over_time: TimeWeighted
    """The same segments, with the time at 0."""
    zero_s: float

    @classmethod
    def of(cls, ramps: StreamedRamps, zero_s: float = 0.0) -> LagOverTime:
        """Return the distribution of segments and of time at 0."""
        return cls(ramps, ramps.over_time(zero_s), zero_s)

    def summary(self) -> LagSummary:
        return lag_over_time(self.over_time)

    def state(self) -> RampsState:
        return self.ramps.state(zero_s=self.zero_s)

    def exceedance(self) -> Exceedance:
        return of_ramps(self.over_time)


@dataclass(frozen=True, slots=True)
class LagOverWeights:
    """A lag over writes, their bytes or syncs; `total` is the sum of values times weights."""

    histogram: LogHistogram
    total: float

    def summary(self) -> WriteLagSummary:
        count = self.histogram.count
        return lag_of_writes(self.histogram, self.total / count if count else None)

    def state(self) -> HistogramState:
        return self.histogram.state(total=self.total)

    def exceedance(self) -> Exceedance:
        return of_histogram(self.histogram)


class WeightedLags:
    """Lags with weights, taken in piece by piece; the pieces do not show in the result."""

    def __init__(self) -> None:
        self._histogram = LogHistogram()
        self._sums: dict[int, BlockSums] = {}

    def add(self, lags_s: Floats, weights: Ints | None = None, stream: int = 0) -> None:
        """Take in lags in seconds, each with its weight, by default 1; both of shape (lags,).

        Within one stream they come in the same order for any pieces, as its writes do.
        """
        self._histogram.add(lags_s, weights)
        terms = lags_s if weights is None else lags_s * weights
        self._sums.setdefault(stream, BlockSums()).add(terms)

    def distribution(self) -> LagOverWeights:
        """Return the distribution of the lags so far."""
        return LagOverWeights(
            self._histogram, sum(self._sums[stream].total() for stream in sorted(self._sums))
        )


def lag_over_time(ramps: TimeWeighted, *, quantiles: bool = True) -> LagSummary:
    """Return mean, quantiles, if they are read, and maximum of a lag over time."""
    if not quantiles:
        none = dict.fromkeys(QUANTILES)
        return LagSummary(mean=_plain(ramps.mean()), **none, max=_plain(ramps.max()))
    values = ramps.quantile(list(QUANTILES.values()))
    found = {key: _plain(value) for key, value in zip(QUANTILES, values, strict=True)}
    return LagSummary(mean=_plain(ramps.mean()), **found, max=_plain(ramps.max()))


def lag_of_writes(histogram: LogHistogram, mean: float | None) -> WriteLagSummary:
    """Return count, mean, quantiles and maximum of a lag of writes or bytes."""
    count = histogram.count
    quantiles = {
        key: _plain(histogram.quantile(p)) if count >= _LEAST.get(key, 0) else None
        for key, p in QUANTILES.items()
    }
    maximum = _plain(histogram.maximum)
    return WriteLagSummary(count=histogram.count, mean=_plain(mean), **quantiles, max=maximum)


def _plain(value: float | None) -> float | None:
    """Return a Python float, so that JSON takes it; None and NaN do not exist."""
    return None if value is None or np.isnan(value) else float(value)
