"""Times of arrivals, drawn a block at a time.

Every process gives the same times for all sizes of the blocks: a running sum carries the last
value into the first term of the next block instead of adding it to the finished block.
Times are seconds since the scenario's start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Times(Protocol):
    """A source of non-decreasing times."""

    def take(self, n: int) -> Floats:
        """Return the next times, at most n; an empty array says that there are no more."""


class Generators(Protocol):
    """Generators of random numbers by name: the same name has the same numbers."""

    def generator(self, name: str) -> np.random.Generator:
        """Return a fresh generator that belongs to `name`."""


@dataclass(frozen=True, slots=True)
class RunSpan:
    """When a run starts, and how long it takes."""

    start: datetime
    duration_s: float


class PoissonTimes:
    """A Poisson process of `per_s` arrivals per second."""

    def __init__(self, per_s: float, generator: np.random.Generator) -> None:
        self._mean_s, self._generator, self._last = 1 / per_s, generator, 0.0

    def take(self, n: int) -> Floats:
        gaps = self._generator.standard_exponential(n)
        gaps *= self._mean_s
        gaps[0] += self._last
        times = gaps.cumsum(out=gaps)
        self._last = times.item(-1)
        return times


class SteppedTimes:
    """Times of a process whose rate has another factor from step to step.

    Its own times are those of a clock that goes faster where the factor is larger: what a process
    is at a steady rate, it is on that clock. Before the first edge they stay as they are.
    """

    def __init__(self, times: Times, edges_s: Sequence[float], factors: Sequence[float]) -> None:
        """Take the edges at which the second and later factors begin to hold."""
        self._times, self._begins_s = times, np.array([0.0, *edges_s])
        self._paces = np.array(factors) / factors[0]
        self._ends_s = np.append(self._begins_s[1:], np.inf)
        passed_s = np.diff(self._begins_s) * self._paces[:-1]
        self._passed_s = np.concatenate(([0.0], passed_s.cumsum()))

    def take(self, n: int) -> Floats:
        shown_s = self._times.take(n)
        step = self._passed_s.searchsorted(shown_s, "right") - 1
        times = self._begins_s[step] + (shown_s - self._passed_s[step]) / self._paces[step]
        # Rounding does not carry a time over the next edge.
        return np.asarray(np.minimum(times, self._ends_s[step]))


class ThinnedTimes:
    """Times of which a share is kept that changes from step to step, each by a draw."""

    def __init__(
        self,
        times: Times,
        edges_s: Sequence[float],
        shares: Sequence[float],
        generator: np.random.Generator,
    ) -> None:
        self._times, self._generator = times, generator
        self._edges_s, self._shares = np.array(edges_s), np.array(shares)

    def take(self, n: int) -> Floats:
        while len(times := self._times.take(n)):
            shares = self._shares[self._edges_s.searchsorted(times, "right")]
            kept = times[self._generator.random(len(times)) < shares]
            if len(kept):
                return kept
        return times
