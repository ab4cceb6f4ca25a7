"""Distributions of many trials, merged in any order with the same result.

Counts in bins are integers, and the sums of floats are taken exactly at the end. Trials of several
strata are kept apart until it is known how much each counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from efssim.lag.kinds.distributions import lag_of_writes, lag_over_time
from efssim.lag.summary import (
    LagSummary,
    WriteLagSummary,
)
from efssim.lag.weighted.binned import BinnedEnds, BinnedRamps
from efssim.lag.weighted.exceedance import Exceedance, of_histogram, of_ramps
from efssim.lag.weighted.histogram import LogHistogram
from efssim.lag.weighted.states import HistogramState, LagState, RampsState
from efssim.lag.weighted.time_weighted import TimeWeighted

Pooled: TypeAlias = "dict[str, PooledRamps | PooledHistogram]"

_FINE = 2**60
"""Total of the counts of weighted histograms: far more than any count of writes."""


class PooledRamps:
    """A lag over the time of many trials."""

    def __init__(self) -> None:
        self._low, self._high = BinnedEnds(), BinnedEnds()
        self._length_s: list[float] = []
        self._area: list[float] = []
        self._zero_s: list[float] = []
        self._max_s = 0.0

    def add(self, state: LagState) -> None:
        """Take in the state of one trial's distribution."""
        assert isinstance(state, RampsState)
        self._low.add_state(state.low)
        self._high.add_state(state.high)
        self._length_s.append(state.length_s)
        self._area.append(state.area)
        self._zero_s.append(state.zero_s)
        self._max_s = max(self._max_s, state.max_s)

    @classmethod
    def weighted(cls, parts: Sequence[tuple[float, PooledRamps]]) -> PooledRamps:
        """Return the weighted sum of several."""
        made = cls()
        made._low = BinnedEnds.weighted([(times, part._low) for times, part in parts])
        made._high = BinnedEnds.weighted([(times, part._high) for times, part in parts])
        for times, part in parts:
            made._length_s += [times * term for term in part._length_s]
            made._area += [times * term for term in part._area]
            made._zero_s += [times * term for term in part._zero_s]
            made._max_s = max(made._max_s, part._max_s)
        return made

    def over_time(self) -> TimeWeighted:
        """Return the distribution over all of the time."""
        sums = (self._length_s, self._area, self._zero_s)
        length_s, area, zero_s = (math.fsum(terms) for terms in sums)
        return BinnedRamps(self._low, self._high, length_s, area, self._max_s, zero_s)

    def numbers(self) -> LagSummary:
        """Return mean, quantiles and maximum."""
        return lag_over_time(self.over_time())

    def exceedance(self) -> Exceedance:
        """Return the exceedance curve."""
        return of_ramps(self.over_time())


class PooledHistogram:
    """A lag over the writes, or their bytes, of many trials."""

    def __init__(self) -> None:
        self._histogram = LogHistogram(exact_limit=0)
        self._totals: list[float] = []
        self._times: list[tuple[float, int]] = []
        """How often each part counts, and its count; empty where there is one."""

    def add(self, state: LagState) -> None:
        """Take in the state of one trial's distribution."""
        assert isinstance(state, HistogramState)
        self._histogram.add_state(state)
        self._totals.append(state.total)

    @classmethod
    def weighted(cls, parts: Sequence[tuple[float, PooledHistogram]]) -> PooledHistogram:
        """Return the weighted sum of several."""
        made = cls()
        made._times = [(times, part._histogram.count) for times, part in parts]
        total = math.fsum(times * count for times, count in made._times)
        for times, part in parts:
            state = part._histogram.state(math.fsum(part._totals))
            # Counts are integers: in units so small that their rounding does not show.
            unit = _FINE * times / total if total else 0.0
            counts = np.rint(np.array(state.counts, dtype=np.float64) * unit)
            made._histogram.add_state(replace(state, counts=[int(n) for n in counts]))
            made._totals += [times * term for term in part._totals]
        return made

    def numbers(self) -> WriteLagSummary:
        """Return count, mean, quantiles and maximum."""
        if self._times:
            return self._weighted_numbers()
        count = self._histogram.count
        mean = math.fsum(self._totals) / count if count else None
        return lag_of_writes(self._histogram, mean)

    def _weighted_numbers(self) -> WriteLagSummary:
        count = math.fsum(times * count for times, count in self._times)
        mean = math.fsum(self._totals) / count if count else None
        return replace(lag_of_writes(self._histogram, mean), count=round(count))

    def exceedance(self) -> Exceedance:
        """Return the exceedance curve."""
        return of_histogram(self._histogram)


def _weighted_lag(
    kind: PooledRamps | PooledHistogram,
    parts: Sequence[tuple[float, PooledRamps | PooledHistogram]],
) -> PooledRamps | PooledHistogram:
    """Return the sum of several of one kind, each of which counts so many times."""
    if isinstance(kind, PooledRamps):
        ramps = [(times, part) for times, part in parts if isinstance(part, PooledRamps)]
        return PooledRamps.weighted(ramps)
    histograms = [(times, part) for times, part in parts if isinstance(part, PooledHistogram)]
    return PooledHistogram.weighted(histograms)


def _pooled(state: LagState) -> PooledRamps | PooledHistogram:
    """Return a pool of the kind of distribution that a state is of."""
    return PooledRamps() if isinstance(state, RampsState) else PooledHistogram()


class Pool:
    """The lags of every replication over many trials."""

    def __init__(self) -> None:
        self._strata: dict[int, dict[str, Pooled]] = {}
        self._counts: dict[int, int] = {}
        self._each: Sequence[float] = (1.0,)
        self._joined: dict[str, Pooled] | None = None

    def add(self, states: Mapping[str, Mapping[str, LagState]], stratum: int = 0) -> None:
        """Take in the distributions of one trial of a stratum, by replication and lag."""
        lags_of = self._strata.setdefault(stratum, {})
        self._counts[stratum] = self._counts.get(stratum, 0) + 1
        self._joined = None
        for name, lags in states.items():
            pooled = lags_of.setdefault(name, {})
            for lag, state in lags.items():
                pooled.setdefault(lag, _pooled(state)).add(state)

    def weigh(self, each: Sequence[float]) -> None:
        """Set the weight of a trial of each stratum; all trials together weigh 1."""
        self._each, self._joined = each, None

    @property
    def _lags(self) -> dict[str, Pooled]:
        """The lags over all strata, as if there were as many trials without strata."""
        if self._joined is None:
            self._joined = self._weighted() if len(self._each) > 1 else self._strata.get(0, {})
        return self._joined

    def _weighted(self) -> dict[str, Pooled]:
        total = sum(self._counts.values())
        names = dict.fromkeys(name for k in sorted(self._strata) for name in self._strata[k])
        return {name: self._weighted_lags(name, total) for name in names}

    def _weighted_lags(self, name: str, total: int) -> Pooled:
        found = [
            (self._each[k] * total, lags[name])
            for k, lags in sorted(self._strata.items())
            if name in lags
        ]
        made: Pooled = {}
        for lag, kind in {lag: kind for _, lags in found for lag, kind in lags.items()}.items():
            parts = [(times, lags[lag]) for times, lags in found if lag in lags]
            made[lag] = _weighted_lag(kind, parts)
        return made

    def ramps(self, replication: str, lag: str) -> TimeWeighted:
        """Return the distribution of a time-weighted lag; KeyError for one that there is not."""
        pooled = self._lags[replication][lag]
        assert isinstance(pooled, PooledRamps)
        return pooled.over_time()

    def exceedance(self, replication: str) -> dict[str, Exceedance]:
        """Return the exceedance curve of each lag of a replication; KeyError for an unknown one."""
        return {lag: pooled.exceedance() for lag, pooled in self._lags[replication].items()}

    def numbers(self) -> dict[str, dict[str, LagSummary]]:
        """Return the numbers of each lag, by replication."""
        return {
            name: {lag: pooled.numbers() for lag, pooled in lags.items()}
            for name, lags in sorted(self._lags.items())
        }
