"""Means and quantiles by sorting: of weighted values, and of ramps that rise with time."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999, "p99_99": 0.9999}
FEWEST = {"p99_99": 10_000}
"""Writes or bytes below which a quantile of them is none."""

Numbers = dict[str, float | None]


def of_values(weighted: Sequence[tuple[float, float]]) -> Numbers:
    """Return mean, quantiles and maximum of (value, weight)."""
    values = sorted((value, weight) for value, weight in weighted if weight > 0)
    total = math.fsum(weight for _, weight in values)
    if not total:
        return dict.fromkeys(["mean", *QUANTILES, "max"])
    mean = math.fsum(value * weight for value, weight in values) / total
    quantiles = {
        name: _smallest(values, share * total) if total >= FEWEST.get(name, 0) else None
        for name, share in QUANTILES.items()
    }
    return {"mean": mean, **quantiles, "max": values[-1][0]}


def _smallest(values: list[tuple[float, float]], wanted: float) -> float:
    """Return the smallest value with at least the wanted weight at or below it."""
    below = 0.0
    for value, weight in values:
        below += weight
        if below >= wanted:
            return value
    return values[-1][0]


@dataclass(frozen=True)
class Ramp:
    """A stretch of time in which a lag rises by a second each second, or stays 0."""

    begin_s: float
    end_s: float
    low_s: float
    """The lag at the begin."""
    flat: bool = False

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.begin_s

    @property
    def high_s(self) -> float:
        """The lag just before the end."""
        return self.low_s if self.flat else self.low_s + self.length_s

    def cut(self, begin_s: float, end_s: float) -> list[Ramp]:
        """Return the part of it in a span of time, if there is one."""
        begin_s, end_s = max(begin_s, self.begin_s), min(end_s, self.end_s)
        if begin_s >= end_s:
            return []
        low_s = self.low_s if self.flat else self.low_s + begin_s - self.begin_s
        return [Ramp(begin_s, end_s, low_s, self.flat)]

    def within(self, lag_s: float) -> float:
        """Return for how long the lag is at most so much."""
        if self.flat:
            return self.length_s * (self.low_s <= lag_s)
        return min(max(lag_s - self.low_s, 0.0), self.length_s)


def of_ramps(ramps: list[Ramp]) -> Numbers:
    """Return mean, quantiles and maximum over time."""
    total = math.fsum(ramp.length_s for ramp in ramps)
    if not total:
        return dict.fromkeys(["mean", *QUANTILES, "max"])
    mean = math.fsum(ramp.length_s * (ramp.low_s + ramp.high_s) / 2 for ramp in ramps) / total
    quantiles = {name: _crossing(ramps, share * total) for name, share in QUANTILES.items()}
    return {"mean": mean, **quantiles, "max": max(ramp.high_s for ramp in ramps)}


def _crossing(ramps: list[Ramp], wanted: float) -> float:
    """Return the smallest lag below which lies the wanted time: linear between the ramps' ends."""
    ends = sorted({lag for ramp in ramps for lag in (ramp.low_s, ramp.high_s)})
    at = bisect_left(ends, wanted, key=lambda lag: _time_within(ramps, lag))
    if at in (0, len(ends)):
        return ends[min(at, len(ends) - 1)]
    return _between(ramps, ends[at - 1], ends[at], wanted)


def _between(ramps: list[Ramp], low: float, high: float, wanted: float) -> float:
    at_low = _time_within(ramps, low)
    rising = sum(not ramp.flat and ramp.low_s <= low < ramp.high_s for ramp in ramps)
    return high if not rising else min(high, low + (wanted - at_low) / rising)


def _time_within(ramps: list[Ramp], lag_s: float) -> float:
    return math.fsum(ramp.within(lag_s) for ramp in ramps)
