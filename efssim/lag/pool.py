"""Distributions of many trials, merged in any order with the same result.

Counts in bins are integers, and the sums of floats are taken exactly at the end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from efssim.lag.binned_ramps import BinnedEnds, BinnedRamps
from efssim.lag.exceedance import Exceedance, of_histogram, of_ramps
from efssim.lag.histogram import LogHistogram
from efssim.lag.ramps import TimeWeighted
from efssim.lag.summary import over_time_numbers, quantiles_of

State = Mapping[str, Any]


class PooledRamps:
    """A lag over the time of many trials."""

    def __init__(self) -> None:
        self._low, self._high = BinnedEnds(), BinnedEnds()
        self._sums: dict[str, list[float]] = {"length_s": [], "area": [], "zero_s": []}
        self._max_s = 0.0

    def add(self, state: State) -> None:
        """Take in the state of one trial's distribution."""
        self._low.add_state(state["low"])
        self._high.add_state(state["high"])
        for name, terms in self._sums.items():
            terms.append(state[name])
        self._max_s = max(self._max_s, state["max_s"])

    def over_time(self) -> TimeWeighted:
        """Return the distribution over all of the time."""
        length_s, area, zero_s = (math.fsum(terms) for terms in self._sums.values())
        return BinnedRamps(self._low, self._high, length_s, area, self._max_s, zero_s)

    def numbers(self) -> dict[str, float | None]:
        """Return mean, quantiles and maximum."""
        return over_time_numbers(self.over_time())

    def exceedance(self) -> Exceedance:
        """Return the exceedance curve."""
        return of_ramps(self.over_time())


class PooledHistogram:
    """A lag over the writes, or their bytes, of many trials."""

    def __init__(self) -> None:
        self._histogram = LogHistogram(exact_limit=0)
        self._totals: list[float] = []

    def add(self, state: State) -> None:
        """Take in the state of one trial's distribution."""
        self._histogram.add_state(state)
        self._totals.append(state["total"])

    def numbers(self) -> dict[str, float | int | None]:
        """Return count, mean, quantiles and maximum."""
        count = self._histogram.count
        mean = math.fsum(self._totals) / count if count else None
        return quantiles_of(self._histogram, mean)

    def exceedance(self) -> Exceedance:
        """Return the exceedance curve."""
        return of_histogram(self._histogram)


def _empty() -> dict[str, PooledRamps | PooledHistogram]:
    return {
        "time_since_last_sync_s": PooledRamps(),
        "write_lag_s": PooledHistogram(),
        "write_lag_by_byte_s": PooledHistogram(),
        "oldest_pending_s": PooledRamps(),
    }


class Pool:
    """The four lags of every replication over many trials."""

    def __init__(self) -> None:
        self._lags: dict[str, dict[str, PooledRamps | PooledHistogram]] = {}

    def add(self, states: Mapping[str, Mapping[str, State]]) -> None:
        """Take in the distributions of one trial, by replication and lag."""
        for name, lags in states.items():
            pooled = self._lags.setdefault(name, _empty())
            for lag, state in lags.items():
                pooled[lag].add(state)

    def ramps(self, replication: str, lag: str) -> TimeWeighted:
        """Return the distribution of a time-weighted lag; KeyError for one that there is not."""
        pooled = self._lags[replication][lag]
        assert isinstance(pooled, PooledRamps)
        return pooled.over_time()

    def exceedance(self, replication: str) -> dict[str, Exceedance]:
        """Return the exceedance curve of each lag of a replication; KeyError for an unknown one."""
        return {lag: pooled.exceedance() for lag, pooled in self._lags[replication].items()}

    def numbers(self) -> dict[str, dict[str, dict[str, float | int | None]]]:
        """Return the numbers of each lag, by replication."""
        return {
            name: {lag: pooled.numbers() for lag, pooled in lags.items()}
            for name, lags in sorted(self._lags.items())
        }
