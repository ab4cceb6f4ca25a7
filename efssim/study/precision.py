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

import numpy as np

from efssim.study.intervals import CONFIDENCE, Interval, student_t
from efssim.study.trial import Trial


def trials_needed(first: Sequence[Trial], precision: float) -> int:
    """Return how many trials give the mean age of every replication its relative half-width."""
    if not precision > 0:
        raise ValueError("a precision is above 0")
    return max((_needed(values, precision) for values in mean_ages(first).values()), default=0)


def mean_ages(trials: Sequence[Trial]) -> dict[str, list[float]]:
    """Return the mean age of each replication in the trials in which it is defined."""
    found: dict[str, list[float]] = {}
    for trial in trials:
        for name, part in trial.summary["replications"].items():
            mean = part["time_since_last_sync_s"]["mean"]
            if mean is not None:
                found.setdefault(name, []).append(mean)
    return found


def _needed(values: list[float], precision: float) -> int:
    n = len(values)
    mean = math.fsum(values) / n
    if n < 2 or not mean:
        return n
    half = precision * abs(mean)
    deviation = float(np.std(values, ddof=1))
    return max(n, math.ceil((student_t(CONFIDENCE, n - 1) * deviation / half) ** 2))


def stein_interval(first: Sequence[float], values: Sequence[float]) -> Interval | None:
    """Return the interval of the mean of all values, of which `first` decided their number."""
    if len(first) < 2:
        return None
    mean, deviation = math.fsum(values) / len(values), float(np.std(first, ddof=1))
    half = student_t(CONFIDENCE, len(first) - 1) * deviation / math.sqrt(len(values))
    return Interval(mean - half, mean + half)
