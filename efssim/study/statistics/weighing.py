"""Weights of trials: the probability of its stratum, shared by the trials in it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from efssim.model.kernel.strata import strata_of
from efssim.scenario import Scenario
from efssim.study.statistics.intervals import (
    CONFIDENCE,
    Interval,
    deviation,
    mean_interval,
    mean_of,
    student_t,
)
from efssim.study.trial.facts import is_random


@dataclass(frozen=True, slots=True)
class StratumTrials:
    """A stratum, and how many trials are of it."""

    faults: tuple[str, ...] | None
    """Rare faults that come at least once; None: it varies."""
    probability: float
    trials: int


@dataclass(frozen=True)
class Design:
    """The strata of a scenario, as far as numbers depend on them. Equal designs share trials."""

    names: tuple[str, ...]
    """The rare faults."""
    probabilities: tuple[float, ...]
    faults: tuple[tuple[str, ...] | None, ...]
    """Those that come at least once in each stratum; None: it varies."""
    exact: tuple[bool, ...]
    """Whether nothing is drawn in a stratum, so that all of its trials are the same."""

    @classmethod
    def of(cls, scenario: Scenario) -> Design:
        """Return the design of a scenario's trials."""
        strata = strata_of(scenario)
        named = tuple(
            None if (found := stratum.faults) is None else tuple(found) for stratum in strata.every
        )
        calm = scenario.model_copy(update={"faults": {}})
        all_known = len(strata.rare) == len(scenario.faults)
        first = not is_random(calm if all_known else scenario)
        probabilities = tuple(stratum.probability for stratum in strata.every)
        return cls(strata.rare, probabilities, named, (first, *(False,) * (len(strata) - 1)))

    def weighing(self, strata: Sequence[int]) -> Weighing:
        """Return the weights of trials, given the ordinals of their strata."""
        count = Counter(strata)
        return Weighing(self, tuple(count[k] for k in range(len(self.probabilities))))


@dataclass(frozen=True)
class Weighing:
    """The weights of the trials of a study."""

    design: Design
    counts: tuple[int, ...]
    """Trials of each stratum."""

    @property
    def is_plain(self) -> bool:
        """Whether there is one stratum, so that all trials count alike."""
        return len(self.counts) == 1

    @cached_property
    def each(self) -> tuple[float, ...]:
        """The weight of a trial of each stratum; all trials together weigh 1."""
        known = [p for p, n in zip(self.design.probabilities, self.counts, strict=True) if n]
        total = math.fsum(known)
        pairs = zip(self.design.probabilities, self.counts, strict=True)
        return tuple(p / n / total if n else 0.0 for p, n in pairs)

    def share(self, strata: Sequence[int]) -> float:
        """Return the sum of the weights of trials of these strata."""
        return math.fsum(self.each[k] for k in strata)

    def mean(self, values: Sequence[float], strata: Sequence[int]) -> float:
        """Return the mean of numbers that trials of these strata have."""
        if self.is_plain or min(values) == max(values):
            return mean_of(values)
        weights = [self.each[k] for k in strata]
        products = (weight * x for weight, x in zip(weights, values, strict=True))
        return math.fsum(products) / math.fsum(weights)

    def interval(
        self, values: Sequence[float], strata: Sequence[int], confidence: float = CONFIDENCE
    ) -> Interval | None:
        """Return the interval of that mean; None where a stratum has too few trials for one.

        Student's t interval of a stratified mean, with Satterthwaite's degrees of freedom (Cochran,
        Sampling Techniques, section 5.4). Trials without the number make it the mean of those with
        it: a ratio, whose residuals count.
        """
        if self.is_plain:
            return mean_interval(values, confidence)
        if not values:
            return None
        mean, known = self.mean(values, strata), self.share(strata)
        parts = [
            self._part(k, [x - mean for x, at in zip(values, strata, strict=True) if at == k])
            for k in range(len(self.counts))
        ]
        if any(part is None for part in parts):
            return None
        variances = [part for part in parts if part is not None]
        total = math.fsum(variances)
        if not total:
            return Interval(mean, mean)
        degrees = total**2 / math.fsum(
            v**2 / (n - 1) for v, n in zip(variances, self.counts, strict=True) if v
        )
        half = student_t(confidence, degrees) * math.sqrt(total) / known
        return Interval(mean - half, mean + half)

    def _part(self, k: int, residuals: list[float]) -> float | None:
        """Return the contribution of a stratum to the variance of the mean; None: not known."""
        n = self.counts[k]
        if self.design.exact[k] and n:
            return 0.0
        if n < 2:
            return None
        spread = deviation([*residuals, *(0.0,) * (n - len(residuals))])
        return (self.each[k] * n * spread) ** 2 / n

    def strata(self) -> tuple[StratumTrials, ...]:
        """Return the strata with their probabilities and trials; none where there is one."""
        if self.is_plain:
            return ()
        rows = zip(self.design.faults, self.design.probabilities, self.counts, strict=True)
        return tuple(StratumTrials(*row) for row in rows)
