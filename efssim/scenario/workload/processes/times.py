"""Times of arrivals, drawn a block at a time.

Every process gives the same times for all sizes of the blocks: a running sum carries the last
value into the first term of the next block instead of adding it to the finished block.
Times are seconds since the scenario's start.
"""

from __future__ import annotations

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
