"""Numbers of a result beside those of a baseline: which are worse by more than their margin.

A regression of trials is a 95 % interval of the difference, over pairs of trials, that lies wholly
beyond the margin. So where a number is just as much worse as its margin allows, at most one study
in twenty finds a regression that is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from efssim.lag.objectives.thresholds import Held
from efssim.study.baseline.differences import BaselineDifference
from efssim.study.baseline.margins import Margin
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.pairs import Difference, apart, weighted_difference
from efssim.study.statistics.skewness import widened
from efssim.study.statistics.weighing import Design, Weighing

_ROUNDING = 1e-9
"""Relative difference of the same result on two kinds of machine at most."""
Estimate = tuple[float, Interval | None]


@dataclass(frozen=True, slots=True)
class BaselineNumber:
    """A number before and after, and whether it is worse by more than it may be."""

    replication: str
    measure: str
    margin: str
    """How much worse it may be, in words."""
    before: float | None
    after: float | None
    difference: float | None
    low: float | None
    """Lower end of the 95 % interval of the difference; None: it has none. Likewise"""
    high: float | None
    """the upper end."""
    outcome: Held
    """`fails` is a regression."""
    reason: str | None
    """Why it is undecided, or fails whatever the numbers are."""


@dataclass(frozen=True, slots=True)
class BaselineSummary:
    """The content of `baseline` in JSON."""

    version: str
    """The version of efssim that made the baseline."""
    pairs: int
    """Pairs of trials; 0 where rare faults differ, and so strata."""
    regressions: int
    numbers: tuple[BaselineNumber, ...]
    differences: tuple[BaselineDifference, ...]
    """Values of the scenario that are others than in the baseline, by path."""


@dataclass(frozen=True)
class PairedNumbers:
    """The trials of both results that numbers are compared over."""

    design: Design
    is_random: bool
    is_single: bool
    strata: Mapping[int, int]
    """The ordinal of the stratum of each trial."""
    is_paired: bool

    def number(
        self,
        replication: str,
        margin: Margin,
        numbers: tuple[Mapping[int, float], Mapping[int, float]],
        means: Callable[[], tuple[Estimate | None, Estimate | None]],
    ) -> BaselineNumber:
        """Return a number before and after, by trial; `means` are those of unpaired trials."""
        before, after = numbers
        lost = sum(trial not in after for trial in before)
        if not before or not after or lost:
            where = f"{lost:,} of {len(before):,} trials" if before else "the baseline, either"
            reason = f"there is no such number any more in {where}"
            if not before:
                reason = "the baseline has no such number"
            return _undecided(replication, margin, reason)
        if not self.is_paired:
            return self._apart(replication, margin, *means())
        trials = [trial for trial in before if trial in after]
        return self._paired(
            replication,
            margin,
            [before[trial] for trial in trials],
            [after[trial] for trial in trials],
            [self.strata[trial] for trial in trials],
        )

    def _paired(
        self,
        replication: str,
        margin: Margin,
        before: Sequence[float],
        after: Sequence[float],
        strata: Sequence[int],
    ) -> BaselineNumber:
        weighing = self.design.weighing(strata)
        change = _difference(before, after, strata, weighing)
        worst = [margin.worst(value) for value in before]
        beyond = _difference(worst, after, strata, weighing)
        if all(_is_within(margin, *pair) for pair in zip(worst, after, strict=True)):
            return _told(replication, margin, change, "holds")
        if self.is_single or not self.is_random:
            return _told(replication, margin, change, "fails")
        return _by_interval(replication, margin, change, beyond)

    def _apart(
        self, replication: str, margin: Margin, before: Estimate | None, after: Estimate | None
    ) -> BaselineNumber:
        """Return a number of trials that are no pairs, by the intervals of both means."""
        if before is None or after is None:
            return _undecided(replication, margin, "a mean is missing")
        value, of = before
        worst = margin.worst(value)
        scale = worst / value if margin.is_relative and value else 1.0
        scaled = None if of is None else Interval(of.low * scale, of.high * scale)
        change = apart(before, after)
        return _by_interval(replication, margin, change, apart((worst, scaled), after))


def _difference(
    first: Sequence[float], second: Sequence[float], strata: Sequence[int], weighing: Weighing
) -> Difference:
    """Return the difference over pairs, with an interval that holds for skewed ones as well."""
    found = weighted_difference(first, second, strata, weighing)
    if found.low is None or found.high is None:
        return found
    gaps = [b - a for a, b in zip(first, second, strict=True)]
    low, high = widened(Interval(found.low, found.high), gaps, strata, weighing)
    return found._replace(low=low, high=high)


def _by_interval(
    replication: str, margin: Margin, change: Difference, beyond: Difference
) -> BaselineNumber:
    if beyond.low is None or beyond.high is None:
        reason = "too few trials for an interval"
        return _told(replication, margin, change, "undecided", reason)
    least = -beyond.high if margin.falls else beyond.low
    is_worse = least > _ROUNDING * abs(beyond.first)
    return _told(replication, margin, change, "fails" if is_worse else "holds")


def _is_within(margin: Margin, worst: float, after: float) -> bool:
    over = worst - after if margin.falls else after - worst
    return over <= _ROUNDING * abs(worst)


def _told(
    replication: str, margin: Margin, change: Difference, outcome: Held, reason: str | None = None
) -> BaselineNumber:
    return BaselineNumber(
        replication=replication,
        measure=margin.measure,
        margin=margin.text,
        before=float(change.first),
        after=float(change.second),
        difference=float(change.difference),
        low=change.low,
        high=change.high,
        outcome=outcome,
        reason=reason,
    )


def _undecided(replication: str, margin: Margin, reason: str) -> BaselineNumber:
    return BaselineNumber(
        replication=replication,
        measure=margin.measure,
        margin=margin.text,
        before=None,
        after=None,
        difference=None,
        low=None,
        high=None,
        outcome="undecided",
        reason=reason,
    )
