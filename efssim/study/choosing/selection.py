"""Kim and Nelson's procedure: drop alternatives as soon as they are clearly worse.

S.-H. Kim and B. L. Nelson, A fully sequential procedure for indifference-zone selection in
simulation, ACM Transactions on Modeling and Computer Simulation 11 (2001), with c = 1. The first
observations give the variance of each difference; from then on there is one more of each
alternative that is left, and whoever is behind another by more than a width that shrinks with
their number is dropped. Observations of one number may depend on each other, as those of trials
with common draws do. They are taken to be normal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np


class Selection:
    """Alternatives of which the one with the largest mean is looked for."""

    def __init__(
        self, first: Sequence[Sequence[float]], indifference: float, confidence: float
    ) -> None:
        """Begin with equally many observations of each alternative, two or more.

        `indifference` is the smallest difference that matters; the one that is left is within it of
        the largest mean with at least this confidence.
        """
        assert len(first) > 1, "one alternative needs no choice"
        self._indifference = indifference
        self.survivors = list(range(len(first)))
        """Ordinals of the alternatives that are left."""
        self.used = len(first[0])
        """Observations of each of them that have been looked at."""
        self.dropped: dict[int, int] = {}
        """Alternatives that are worse, with the observations after which they were dropped."""
        scale = _squared_scale(len(first), self.used, confidence)
        self._reach = {
            pair: scale * _variance_of_difference(first, pair)
            for pair in combinations(range(len(first)), 2)
        }
        self._screen(first)

    @property
    def is_over(self) -> bool:
        """Whether one is left, or several of which none is ahead after all that it takes."""
        return len(self.survivors) == 1 or self.used > self.needed

    @property
    def needed(self) -> int:
        """The observations after which the widths between all that are left have shrunk to 0."""
        pairs = combinations(sorted(self.survivors), 2)
        most = max((self._reach[pair] for pair in pairs), default=0.0)
        return math.floor(most / self._indifference**2)

    def go_on(self, observations: Sequence[Sequence[float]]) -> None:
        """Look at one more observation of each that is left, as long as there are some."""
        while not self.is_over and self._are_there(observations):
            self.used += 1
            self._screen(observations)

    def _are_there(self, observations: Sequence[Sequence[float]]) -> bool:
        return all(len(observations[k]) > self.used for k in self.survivors)

    def _screen(self, observations: Sequence[Sequence[float]]) -> None:
        """Drop the alternatives that are behind another by more than the width."""
        means = {k: math.fsum(observations[k][: self.used]) / self.used for k in self.survivors}
        left = [k for k in self.survivors if not self._is_behind(k, means)]
        self.dropped |= {k: self.used for k in self.survivors if k not in left}
        self.survivors = left

    def _is_behind(self, k: int, means: dict[int, float]) -> bool:
        others = (other for other in self.survivors if other != k)
        return any(means[k] < means[other] - self._width(k, other) for other in others)

    def _width(self, k: int, other: int) -> float:
        reach = self._reach[min(k, other), max(k, other)] / self._indifference**2
        return max(0.0, self._indifference / (2 * self.used) * (reach - self.used))


def _squared_scale(alternatives: int, first: int, confidence: float) -> float:
    """Return h squared: the paper's 2 c eta (n - 1), with eta for dependent observations."""
    error = (1 - confidence) / (alternatives - 1)
    return float((2 * error) ** (-2 / (first - 1)) - 1) * (first - 1)


def _variance_of_difference(first: Sequence[Sequence[float]], pair: tuple[int, int]) -> float:
    one, other = (np.asarray(first[k], dtype=np.float64) for k in pair)
    return float((one - other).var(ddof=1))


def skewness(values: Sequence[float]) -> float:
    """Return the third moment of values about their mean, in standard deviations; 0 for equals."""
    gaps = np.asarray(values, dtype=np.float64)
    gaps = gaps - gaps.mean()
    spread = float(np.sqrt((gaps**2).mean()))
    return float((gaps**3).mean()) / spread**3 if spread else 0.0
