"""Risk map of a replica: time since last sync by hour of the week, from exact intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.lag.age.sawtooth import Teeth
from efssim.lag.hours import HOURS, Hours
from efssim.lag.weighted.time_weighted import Ramps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

P99 = 0.99


@dataclass(frozen=True)
class Risk:
    """Pieces of the teeth of a sawtooth, each within one hour of the week; shape (pieces,)."""

    teeth: Teeth
    hour: Ints
    """Hour of the week, 0 from Monday 00:00 on."""
    target_s: float
    """The age above which a piece counts."""

    def defined_s(self) -> Floats:
        """Return the seconds with a defined age for each weekday and hour, shape (7, 24).

        Those of independent runs add up, as do those of `above_s`.
        """
        return self._sums(self.teeth.end_s - self.teeth.begin_s)

    def above_s(self) -> Floats:
        """Return the seconds above the target for each weekday and hour, shape (7, 24)."""
        lengths = self.teeth.end_s - self.teeth.begin_s
        return self._sums((self.teeth.high - self.target_s).clip(0.0, lengths))

    def _sums(self, seconds: Floats) -> Floats:
        sums = np.bincount(self.hour, weights=seconds, minlength=HOURS)
        return sums.astype(np.float64).reshape(7, 24)

    def p99_by_hour(self) -> Floats:
        """Return the p99 of the age for each hour of the day, in seconds; NaN without time."""
        return self._p99(self.hour % 24, 24)

    def p99_by_weekday(self) -> Floats:
        """Return the p99 of the age for each weekday from Monday on."""
        return self._p99(self.hour // 24, 7)

    def _p99(self, group: Ints, groups: int) -> Floats:
        order = group.argsort(kind="stable")
        ends = group[order].searchsorted(np.arange(1, groups))
        low, high = self.teeth.low[order], self.teeth.high[order]
        parts = zip(np.split(low, ends), np.split(high, ends), strict=True)
        return np.array([float(Ramps(*part).quantile(P99)) for part in parts])


def risk_of(teeth: Teeth, hours: Hours, target_s: float) -> Risk:
    """Cut teeth, in order and inside the hours, at the hours' edges."""
    first = hours.edges_s.searchsorted(teeth.begin_s, "right") - 1
    last = hours.edges_s.searchsorted(teeth.end_s, "left") - 1
    count = last - first + 1
    tooth = np.repeat(np.arange(len(count)), count)
    # The hours of a tooth follow each other from its first on.
    hour = np.arange(len(tooth)) - np.repeat(count.cumsum() - count, count) + first[tooth]
    begin_s = np.maximum(teeth.begin_s[tooth], hours.edges_s[hour])
    end_s = np.minimum(teeth.end_s[tooth], hours.edges_s[hour + 1])
    return Risk(Teeth(begin_s, end_s, teeth.origin_s[tooth]), hours.hour[hour], target_s)
