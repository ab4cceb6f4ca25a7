"""The first month that misses an objective, and its interval by a bootstrap.

A trial has the same draws in every month, so trials are resampled with all of their months at once,
within their strata. Each resample has a mean attainment of every month, and with it a first month
that is missed; the interval holds the middle 95 % of those. Losses are skewed: most samples lack
the trials that lose most, and so miss too late. For the early end of the interval each stratum has
one more trial: in every month as bad as the worst, or as the mean of the month after.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    asked = objective, confidence, generator, count
    tail, beyond = (1 - confidence) / 2, len(sets[0])
    earliest = np.concatenate([_firsts(months, *asked, is_wary=True) for months in sets])
    latest = np.concatenate([_firsts(months, *asked, is_wary=False) for months in sets])
    low = int(np.sort(earliest)[math.floor(tail * (len(earliest) - 1))])
    high = int(np.sort(latest)[math.ceil((1 - tail) * (len(latest) - 1))])
    return MonthInterval(None if low == beyond else low, None if high == beyond else high)


def _firsts(
    months: Sequence[Evaluation],
    objective: float,
    confidence: float,
    generator: np.random.Generator,
    count: int,
    *,
    is_wary: bool,
) -> NDArray[np.int64]:
    """Return the first missed month in each of some resamples; the number of months: none.

    `is_wary` takes one more trial into account in each stratum: see `_Row.with_worst`.
    """
    trials = len(months[0].losses.strata)
    rows = [_Row.of(each.losses) for each in months]
    if trials > 1 and is_wary:
        after = [*rows[1:], rows[-1]]
        rows = [row.with_worst(later) for row, later in zip(rows, after, strict=True)]
    weights = rows[0].weights(generator, count) if trials > 1 else np.ones((1, 1))
    losses = _means(rows, weights, confidence)
    missed = losses > (0.0 if objective == 1 else 1 - objective + ROUNDING)
    missed |= np.array([not each.is_protected for each in months])
    missed = np.column_stack((missed, np.ones(len(missed), dtype=bool)))
    found: NDArray[np.int64] = missed.argmax(axis=1)
    return np.resize(found, count)


@dataclass(frozen=True)
class _Row:
    """The losses of the trials of one month, and the probabilities of their strata."""

    by_replication: Mapping[str, Floats]
    strata: NDArray[np.int64]
    probabilities: tuple[float, ...]
    exact: tuple[bool, ...]

    @classmethod
    def of(cls, losses: Losses) -> _Row:
        values = {name: np.array(part) for name, part in losses.by_replication.items()}
        weighing, strata = losses.weighing, np.array(losses.strata)
        shares = tuple(n * each for n, each in zip(weighing.counts, weighing.each, strict=True))
        return cls(values, strata, shares, weighing.design.exact)

    def with_worst(self, later: _Row) -> _Row:
        """Return it with one more trial of each stratum in which anything is drawn.

        It loses as much as the worst of them, or as the mean of the month after if that is more.
        """
        more = [k for k in sorted(set(self.strata.tolist())) if not self.exact[k]]
        inside = [self.strata == k for k in more]
        values = {}
        for name, part in self.by_replication.items():
            after = later.by_replication[name]
            worst = [max(part[here].max(), after[here].mean()) for here in inside]
            values[name] = np.append(part, worst)
        strata = np.append(self.strata, np.array(more, dtype=np.int64))
        return _Row(values, strata, self.probabilities, self.exact)

    def weights(self, generator: np.random.Generator, count: int) -> Floats:
        """Return the weights of the trials in each resample, shape (resamples, trials)."""
        weights = np.zeros((count, len(self.strata)))
        for k, share in enumerate(self.probabilities):
            inside = np.flatnonzero(self.strata == k)
            n = len(inside)
            if n:
                drawn = generator.multinomial(n, [1 / n] * n, size=count)
                weights[:, inside] = drawn * (share / n)
        return weights

    def mean(self, name: str) -> float:
        """Return the mean loss of a replication."""
        values = self.by_replication[name]
        parts = (
            share * float(values[self.strata == k].mean())
            for k, share in enumerate(self.probabilities)
            if share
        )
        return math.fsum(parts)


def _means(rows: Sequence[_Row], weights: Floats, confidence: float) -> Floats:
    """Return the loss of each month in each resample, of the replication that is worst.

    The spread of resamples is that of n trials, which is too small by (n - 1) / n, and takes a
    normal distribution for Student's: both are made up for.
    """
    trials = weights.shape[1]
    more = 1.0
    if trials > 1:
        ratio = student_t(confidence, trials - 1) / student_t(confidence, 1e9)
        more = ratio * math.sqrt(trials / (trials - 1))
    found = np.zeros((len(weights), len(rows)))
    for name in rows[0].by_replication:
        means = np.array([row.mean(name) for row in rows])
        resampled = weights @ np.array([row.by_replication[name] for row in rows]).T
        found = np.maximum(found, means + more * (resampled - means))
    return found
