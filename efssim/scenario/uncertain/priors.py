"""Distributions of a number that is not known: plain numbers, each with its quantiles.

A prior has a bounded support, so that every value that it can take can be tested. Its quantile
function turns shares, which a design spreads evenly, into values.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol


class Prior(Protocol):
    """A distribution with a bounded support."""

    @property
    def kind(self) -> str:
        """The key that a scenario has for it."""

    @property
    def support(self) -> tuple[float, ...]:
        """Its smallest and its largest value, or all values where they are few."""

    def at_share(self, share: float) -> float:
        """Return the value below which a share of the probability lies, 0 < share < 1."""


@dataclass(frozen=True, slots=True)
class UniformPrior:
    """Uniform from low to high."""

    low: float
    high: float
    kind = "uniform"

    @property
    def support(self) -> tuple[float, ...]:
        """Its ends."""
        return self.low, self.high

    def at_share(self, share: float) -> float:
        """Return a quantile."""
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class LoguniformPrior:
    """Uniform in the logarithm, from low to high: each factor is as likely as any other."""

    low: float
    high: float
    kind = "loguniform"

    @property
    def support(self) -> tuple[float, ...]:
        """Its ends."""
        return self.low, self.high

    def at_share(self, share: float) -> float:
        """Return a quantile."""
        value = self.low * math.pow(self.high / self.low, share)
        return min(max(value, self.low), self.high)  # a power may round beyond an end


@dataclass(frozen=True, slots=True)
class TriangularPrior:
    """Triangular from low over the mode to high."""

    low: float
    mode: float
    high: float
    kind = "triangular"

    @property
    def support(self) -> tuple[float, ...]:
        """Its ends."""
        return self.low, self.high

    def at_share(self, share: float) -> float:
        """Return a quantile."""
        width = self.high - self.low
        if share * width < self.mode - self.low:
            return self.low + math.sqrt(share * width * (self.mode - self.low))
        return self.high - math.sqrt((1 - share) * width * (self.high - self.mode))


@dataclass(frozen=True, slots=True)
class NormalPrior:
    """Normal, cut off at low and high."""

    mean: float
    sd: float
    low: float
    high: float
    kind = "normal"

    @property
    def support(self) -> tuple[float, ...]:
        """Its ends."""
        return self.low, self.high

    def at_share(self, share: float) -> float:
        """Return a quantile."""
        ends = ((self.low - self.mean) / self.sd, (self.high - self.mean) / self.sd)
        value = self.mean + self.sd * _cut_normal(ends, share)
        return min(max(value, self.low), self.high)


@dataclass(frozen=True, slots=True)
class LognormalPrior:
    """Lognormal, cut off at low and high."""

    median: float
    sigma: float
    low: float
    high: float
    kind = "lognormal"

    @property
    def support(self) -> tuple[float, ...]:
        """Its ends."""
        return self.low, self.high

    def at_share(self, share: float) -> float:
        """Return a quantile."""
        low, high = (math.log(end / self.median) / self.sigma for end in (self.low, self.high))
        value = self.median * math.exp(self.sigma * _cut_normal((low, high), share))
        return min(max(value, self.low), self.high)


@dataclass(frozen=True, slots=True)
class ChoicePrior:
    """One of several values, by weight."""

    values: tuple[float, ...]
    weights: tuple[float, ...]
    kind = "choice"

    @property
    def support(self) -> tuple[float, ...]:
        """All values, in the order in which they were written."""
        return self.values

    def at_share(self, share: float) -> float:
        """Return a quantile: values in their order of size, each with its weight."""
        pairs = sorted(zip(self.values, self.weights, strict=True))
        total = list(accumulate(weight for _, weight in pairs))
        ordinal = bisect_left(total, share * total[-1])
        return pairs[min(ordinal, len(pairs) - 1)][0]


def _cut_normal(ends: tuple[float, float], share: float) -> float:
    """Return a quantile of the standard normal distribution between two ends."""
    from scipy.special import ndtr, ndtri

    # In the upper tail 1 - ndtr has no digits, so it is mirrored into the lower one.
    if ends[0] > 0:
        return -_cut_normal((-ends[1], -ends[0]), 1 - share)
    low, high = (float(ndtr(end)) for end in ends)
    return float(ndtri(low + share * (high - low)))
