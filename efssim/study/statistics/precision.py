"""How many trials a precision takes: Stein's two-stage procedure.

The first trials estimate the variance, and the number of trials follows from that alone: the mean
over all of them is then independent of the decision to stop, so the interval keeps its coverage
(C. Stein, A two-sample test for a linear hypothesis whose power is independent of the variance,
Annals of Mathematical Statistics 16, 1945). Stopping as soon as an interval looks narrow enough
does not: it stops where the variance happens to look small.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from efssim.errors import ArgumentError
from efssim.model.kernel.strata import Strata
from efssim.study.statistics.intervals import (
    CONFIDENCE,
    Interval,
    deviation,
    mean_of,
    student_t,
    t_interval,
)
from efssim.study.statistics.weighing import Design
from efssim.study.trial.outcome import Trial

LEAST = 10
"""Trials of the first stage, which decide how many there are."""
BUDGET = 1000
"""Most trials that a precision may take, by default."""


@dataclass(frozen=True)
class Precision:
    """A wanted half-width of the interval of the mean age, as a share of the mean."""

    share: float
    budget: int = BUDGET

    def __post_init__(self) -> None:
        if not 0 < self.share < math.inf:
            raise ArgumentError("a precision is a share above 0, such as 0.02")
        if self.budget < LEAST:
            raise ArgumentError(f"a precision takes a budget of at least {LEAST} trials")

    def trials_needed(self, first: Sequence[Trial], design: Design | None = None) -> int:
        """Return how many trials give the mean age of every replication its half-width.

        Replications of whose age nothing is known need none beyond the first. `design`: of their
        strata, by default there is one.
        """
        if design is not None and len(design.probabilities) > 1:
            found = weighed_ages(first, design).values()
            needed = [self._weighed(interval, len(first)) for _, interval in found]
        else:
            needed = [self._needed(values, len(first)) for values in mean_ages(first).values()]
        return max([len(first), *needed])

    def _weighed(self, interval: Interval | None, trials: int) -> int:
        """Return how many trials narrow the interval of the first ones to the half-width."""
        if interval is None:
            return trials
        half = self.share * abs(interval.high + interval.low) / 2
        ratio = (interval.high - interval.low) / 2 / half if half else 0.0
        return math.ceil(min(ratio, 1e9) ** 2 * trials)

    def _needed(self, values: list[float], trials: int) -> int:
        half = self.share * abs(mean_of(values))
        if len(values) < 2 or not half:
            return trials
        ratio = student_t(CONFIDENCE, len(values) - 1) * deviation(values) / half
        # Only so many trials have a value; a ratio of 1e9 is beyond every budget.
        return math.ceil(min(ratio, 1e9) ** 2 * trials / len(values))


def mean_ages(trials: Sequence[Trial]) -> dict[str, list[float]]:
    """Return the mean age of each replication in the trials in which it is defined."""
    found: dict[str, list[float]] = {}
    for trial in trials:
        for name, part in trial.summary.replications.items():
            if part.age.mean is not None:
                found.setdefault(name, []).append(part.age.mean)
    return found


def weighed_ages(
    trials: Sequence[Trial], design: Design
) -> dict[str, tuple[float, Interval | None]]:
    """Return the mean age of each replication over strata, and its interval."""
    weighing = design.weighing([trial.stratum for trial in trials])
    found: dict[str, tuple[list[float], list[int]]] = {}
    for trial in trials:
        for name, values in mean_ages([trial]).items():
            ages, strata = found.setdefault(name, ([], []))
            ages += values
            strata.append(trial.stratum)
    return {
        name: (weighing.mean(ages, strata), weighing.interval(ages, strata))
        for name, (ages, strata) in found.items()
    }


def first_stage(strata: Strata) -> int:
    """Return how many trials decide how many there are: three of each stratum at least."""
    if len(strata) == 1:
        return LEAST
    count, left = 0, dict.fromkeys(range(len(strata)), 3)
    while any(wanted > 0 for wanted in left.values()):
        count += 1
        left[strata.at(count) or 0] -= 1
    return max(LEAST, count + 1)  # trial 0 is of any stratum


def stein_intervals(
    trials: Sequence[Trial], design: Design | None = None, count: int = LEAST
) -> dict[str, Interval | None]:
    """Return the interval of each mean age after a number of trials that the first decided."""
    if design is not None and len(design.probabilities) > 1:
        return _weighed_intervals(trials, design, count)
    first = mean_ages(trials[:LEAST])
    return {
        name: t_interval(first.get(name, []), values) for name, values in mean_ages(trials).items()
    }


def _weighed_intervals(
    trials: Sequence[Trial], design: Design, count: int
) -> dict[str, Interval | None]:
    first = weighed_ages(trials[:count], design)
    made: dict[str, Interval | None] = {}
    for name, (mean, _) in weighed_ages(trials, design).items():
        _, interval = first.get(name, (0.0, None))
        if interval is None:
            made[name] = None
            continue
        half = (interval.high - interval.low) / 2 * math.sqrt(min(count, len(trials)) / len(trials))
        made[name] = Interval(mean - half, mean + half)
    return made
