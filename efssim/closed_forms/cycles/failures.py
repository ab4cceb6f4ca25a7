"""Failed attempts of a sync: the repeated work and the backoff that they add."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

_DOUBLINGS = 64
"""A wait doubles at most so often, as in the simulation."""


class Waits(NamedTuple):
    """Mean and variance of the seconds of backoff in a sync, and their covariance with failures."""

    mean: float
    variance: float
    with_failures: float


@dataclass(frozen=True)
class Failures:
    """Attempts that fail with a probability, each after a uniform share of its duration."""

    probability: float = 0.0
    backoff_s: float = 0.0
    """Mean wait after the first failure; it doubles with each further one."""
    backoff_max_s: float = math.inf

    @property
    def mean(self) -> float:
        """Failures in a sync: p / (1 - p), as their number is geometric."""
        return self.probability / (1.0 - self.probability)

    @property
    def factor(self) -> float:
        """The factor of the work of a sync: each failed attempt costs half of one."""
        return 1.0 + self.mean / 2

    @cached_property
    def waits(self) -> Waits:
        """The backoff of a sync; a random one is taken at its mean."""
        p, chance, failures, waited, wait = self.probability, 1 - self.probability, 0, 0.0, 0.0
        first = second = joint = 0.0
        while failures < _DOUBLINGS and wait < self.backoff_max_s:
            first += chance * waited
            second += chance * waited**2
            joint += chance * waited * failures
            wait = min(2 * wait or self.backoff_s, self.backoff_max_s)
            chance, failures, waited = chance * p, failures + 1, waited + wait
        # From here on each failure waits the same, and their number is geometric once more.
        mean, square = self.mean, p * (1 + p) / (1 - p) ** 2
        rest = chance / (1 - p)
        first += rest * (waited + wait * mean)
        second += rest * (waited**2 + 2 * waited * wait * mean + wait**2 * square)
        joint += rest * (waited * failures + (waited + wait * failures) * mean + wait * square)
        return Waits(first, second - first**2, joint - first * mean)

    def duration_s(self, once_s: float) -> float:
        """Return the mean duration of a sync whose attempts would take `once_s` seconds."""
        return self.factor * once_s + self.waits.mean

    def variance(self, once_s: float, own: float) -> float:
        """Return the variance of a sync whose attempts take `once_s`, with a variance of `own`.

        K failures cost the sum of K uniform shares of an attempt: mean K/2, variance K/12, and
        Var K = p / (1 - p)². The own variance is taken as common to all attempts.
        """
        failing = self.mean / (1.0 - self.probability)
        repeated = once_s**2 * (self.mean / 12 + failing / 4)
        waits = self.waits
        return self.factor**2 * own + repeated + waits.variance + once_s * waits.with_failures
