"""Metric samples as CloudWatch keeps them: statistic sets, and their aggregation by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MINUTE_S = 60.0
"""CloudWatch's resolution for metrics of AWS services; documented."""


@dataclass(frozen=True)
class Series:
    """Samples in order of time, each the statistics of `count` values. Each shape (samples,)."""

    time_s: Floats
    """Seconds since the scenario's start."""
    count: Floats
    total: Floats
    least: Floats
    largest: Floats

    @classmethod
    def of(cls, time_s: Floats, value: Floats) -> Series:
        """Return samples of single values."""
        return cls(time_s, np.ones(len(time_s)), value, value, value)

    def __len__(self) -> int:
        return len(self.time_s)

    def within(self, begin_s: float, end_s: float) -> Series:
        """Return the samples from a time on and before another."""
        first, last = self.time_s.searchsorted([begin_s, end_s], "left")
        return Series(*(column[first:last] for column in self._columns()))

    def _columns(self) -> tuple[Floats, ...]:
        return self.time_s, self.count, self.total, self.least, self.largest

    def by_period(self, origin_s: float, period_s: float) -> Series:
        """Return one sample for each period that has any, at the period's begin.

        Periods begin at `origin_s` and whole multiples of `period_s` after it.
        """
        if not len(self):
            return self
        period = np.floor((self.time_s - origin_s) / period_s)
        first = np.flatnonzero(np.diff(period, prepend=period[0] - 1))
        return Series(
            origin_s + period[first] * period_s,
            np.add.reduceat(self.count, first),
            np.add.reduceat(self.total, first),
            np.minimum.reduceat(self.least, first),
            np.maximum.reduceat(self.largest, first),
        )

    def percentiles(self, origin_s: float, period_s: float, share: float) -> tuple[Floats, Floats]:
        """Return begin and percentile of each period in which it is known.

        As in CloudWatch, it is known where every sample is a single value, or all of a sample's
        values are the same. It is the smallest value with at least that share at or below it.
        """
        known = (self.count == 1) | (self.least == self.largest)
        period = np.floor((self.time_s - origin_s) / period_s)
        begins, values = [], []
        for number in np.unique(period):
            inside = period == number
            if known[inside].all():
                begins.append(origin_s + number * period_s)
                values.append(_percentile(self.least[inside], self.count[inside], share))
        return np.array(begins), np.array(values)

    def merged(self, other: Series) -> Series:
        """Return the samples of both in order of time."""
        time_s = np.concatenate((self.time_s, other.time_s))
        order = time_s.argsort(kind="stable")
        pairs = zip(self._columns(), other._columns(), strict=True)
        return Series(*(np.concatenate(pair)[order] for pair in pairs))


EMPTY = Series(*(np.zeros(0) for _ in range(5)))


def _percentile(values: Floats, weights: Floats, share: float) -> float:
    order = values.argsort(kind="stable")
    reached = weights[order].cumsum()
    at = int(reached.searchsorted(share * reached[-1], "left"))
    return float(values[order][min(at, len(order) - 1)])


def merged(parts: Sequence[Series]) -> Series:
    """Return the samples of all parts in order of time."""
    found = EMPTY
    for part in parts:
        found = found.merged(part)
    return found
