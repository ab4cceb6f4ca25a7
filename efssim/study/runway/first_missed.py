"""The first month that misses an objective, and its interval by a bootstrap.

A trial has the same draws in every month, so trials are resampled with all of their months at once,
within their strata. Each resample has a mean attainment of every month, and with it a first month
that is missed; the interval holds the middle 95 % of those.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.draws import Draws
from efssim.study.planning.evaluation import Evaluation, Losses
from efssim.study.statistics.evidence import ROUNDING
from efssim.study.statistics.intervals import student_t

Floats = NDArray[np.float64]

RESAMPLES = 4000
"""Resamples of the trials; chosen: the ends of the interval move by a tenth of a month at most
where trials scatter them over several."""


class MonthInterval(NamedTuple):
    """Two ends of an interval of months; None: beyond the horizon."""

    low: int | None
    high: int | None


def is_missed(made: Evaluation, objective: float) -> bool:
    """Return whether the mean of the trials of a month misses an objective."""
    if not made.is_protected or objective == 1:
        return not made.reaches(objective)
    return made.attainment < objective - ROUNDING


def first(missed: Sequence[bool]) -> int | None:
    """Return the first month that is missed; None without one."""
    return missed.index(True) if True in missed else None


def month_interval(
    sets: Sequence[Sequence[Evaluation]], objective: float, confidence: float, seed: int
) -> MonthInterval:
    """Return the interval of the first missed month.

    `sets` has the evaluations of all months in turn, for each parameter set. A set is as likely as
    any other, and resamples of its trials stand for it.
    """
    generator = Draws(seed).generator("runway bootstrap")
    count = max(1, math.ceil(RESAMPLES / len(sets)))
    found = np.concatenate(
        [_firsts(months, objective, confidence, generator, count) for months in sets]
    )
    found.sort()
    tail = (1 - confidence) / 2
    low = int(found[math.floor(tail * (len(found) - 1))])
    high = int(found[math.ceil((1 - tail) * (len(found) - 1))])
    beyond = len(sets[0])
    return MonthInterval(None if low == beyond else low, None if high == beyond else high)


def _firsts(
    months: Sequence[Evaluation],
    objective: float,
    confidence: float,
    generator: np.random.Generator,
    count: int,
) -> NDArray[np.int64]:
    """Return the first missed month in each of some resamples; the number of months: none."""
    parts = [each.losses for each in months]
    trials = len(parts[0].strata)
    weights = _weights(parts[0], generator, count) if trials > 1 else np.ones((1, 1))
    losses = _means(parts, weights, confidence)
    missed = losses > (0.0 if objective == 1 else 1 - objective + ROUNDING)
    missed |= np.array([not each.is_protected for each in months])
    missed = np.column_stack((missed, np.ones(len(missed), dtype=bool)))
    found: NDArray[np.int64] = missed.argmax(axis=1)
    return np.resize(found, count)


def _weights(losses: Losses, generator: np.random.Generator, count: int) -> Floats:
    """Return the weights of the trials in each resample, shape (resamples, trials)."""
    strata, weighing = np.array(losses.strata), losses.weighing
    weights = np.zeros((count, len(strata)))
    for k, weight in enumerate(weighing.each):
        inside = np.flatnonzero(strata == k)
        if len(inside):
            drawn = generator.multinomial(len(inside), [1 / len(inside)] * len(inside), size=count)
            weights[:, inside] = drawn * weight
    return weights


def _means(parts: Sequence[Losses], weights: Floats, confidence: float) -> Floats:
    """Return the loss of each month in each resample, of the replication that is worst.

    The spread of resamples is that of n trials, which is too small by (n - 1) / n, and takes a
    normal distribution for Student's: both are made up for.
    """
    trials = weights.shape[1]
    more = 1.0
    if trials > 1:
        ratio = student_t(confidence, trials - 1) / student_t(confidence, 1e9)
        more = ratio * math.sqrt(trials / (trials - 1))
    found = np.zeros((len(weights), len(parts)))
    for name in parts[0].by_replication:
        values = np.array([part.by_replication[name] for part in parts])
        mean = [each.weighing.mean(each.by_replication[name], each.strata) for each in parts]
        means = np.array(mean)
        resampled = weights @ values.T
        found = np.maximum(found, means + more * (resampled - means))
    return found
