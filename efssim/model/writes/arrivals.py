"""Arrival processes: the times of a stream's writes, drawn a block at a time.

Every process gives the same times whatever the sizes of the blocks: a running sum carries the last
value into the first term of the next block instead of adding it to the finished block.
Times are seconds since the scenario's start.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.draws import Draws
from efssim.scenario import Scenario
from efssim.scenario.grammar.base import one_of
from efssim.scenario.schema import Arrivals, Batch, OnOff, Profile

Floats = NDArray[np.float64]


class Times(Protocol):
    """A source of non-decreasing times."""

    def take(self, n: int) -> Floats:
        """Return the next times, at most n; an empty array says that there are no more."""


class ConstantTimes:
    """Arrival k at k · period / count, k = 1, 2, …: exact where a float can be."""

    def __init__(self, count: float, period_s: float) -> None:
        self._count, self._period_s, self._next = count, period_s, 1

    def take(self, n: int) -> Floats:
        ordinals = np.arange(self._next, self._next + n, dtype=np.float64)
        self._next += n
        return ordinals * self._period_s / self._count


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


class OnOffTimes:
    """A Poisson process on a clock that runs only while the stream is on."""

    def __init__(self, spec: OnOff, per_s: float, draws: Draws, name: str) -> None:
        self._inside = PoissonTimes(per_s, draws.generator(f"{name}.arrivals"))
        self._spec = spec
        self._on, self._off = draws.generator(f"{name}.on"), draws.generator(f"{name}.off")
        self._on_ends = np.zeros(0)  # on-clock time at which on period i ends
        self._off_before = np.zeros(1)  # off time in total before on period i

    def take(self, n: int) -> Floats:
        inside = self._inside.take(n)
        while not len(self._on_ends) or self._on_ends[-1] < inside[-1]:
            self._extend()
        period = self._on_ends.searchsorted(inside, "left")
        return inside + self._off_before[period]

    def _extend(self, periods: int = 256) -> None:
        self._on_ends = _running(self._on_ends, self._spec.on.sample(self._on, periods))
        self._off_before = _running(self._off_before, self._spec.off.sample(self._off, periods))


def _running(sums: Floats, terms: Floats) -> Floats:
    """Return running sums, continued by `terms`."""
    terms = terms.copy()
    terms[0] += sums[-1] if len(sums) else 0.0
    return np.concatenate((sums, terms.cumsum()))


class ProfileTimes:
    """A Poisson process with a constant rate in each quarter of an hour.

    The times are unit-rate Poisson times, mapped by the inverse of the cumulative rate. Quarters of
    an hour because every time zone of today is a whole number of them away from UTC.
    """

    def __init__(
        self, spec: Profile, per_s: float, span: tuple[datetime, float], draws: Draws, name: str
    ) -> None:
        self._unit = PoissonTimes(1.0, draws.generator(f"{name}.arrivals"))
        self._edges_s, rates = _quarter_hours(spec, per_s, *span)
        self._cumulative = np.concatenate(([0.0], (np.diff(self._edges_s) * rates).cumsum()))

    def take(self, n: int) -> Floats:
        unit = self._unit.take(n)
        unit = unit[unit <= self._cumulative[-1]]
        return np.asarray(np.interp(unit, self._cumulative, self._edges_s))


def _quarter_hours(
    spec: Profile, per_s: float, start: datetime, duration_s: float
) -> tuple[Floats, Floats]:
    """Return the edges (seconds, shape (n + 1,)) and rates (per second, shape (n,))."""
    quarter = timedelta(minutes=15)
    anchor = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    count = math.ceil((duration_s + (start - anchor).total_seconds()) / 900)
    zone = ZoneInfo(spec.timezone)
    local = [(anchor + quarter * k).astimezone(zone) for k in range(count)]
    hours, weekdays = np.array(spec.hours), np.array(spec.weekdays)
    factors = (hours / hours.mean())[[t.hour for t in local]]
    factors *= (weekdays / weekdays.mean())[[t.weekday() for t in local]]
    edges = np.arange(count + 1) * 900.0 - (start - anchor).total_seconds()
    return edges.clip(min=0.0), factors * per_s


class BatchTimes:
    """Jobs of n writes, evenly over `over`; write k falls k / n of it after the job's start."""

    def __init__(self, spec: Batch, start: datetime) -> None:
        self._spec, self._begins, self._next = spec, spec.begins(start), 0
        self._known: list[float] = []  # begins of the jobs from the number `_first` on
        self._first = 0

    def take(self, n: int) -> Floats:
        job, index = np.divmod(np.arange(self._next, self._next + n), self._spec.writes)
        self._next += n
        begin = self._begins_of(job)
        return np.asarray(begin + (index + 1) * self._spec.over / self._spec.writes)

    def _begins_of(self, job: NDArray[np.int64]) -> Floats:
        """Return when jobs begin; nobody asks for an earlier one later."""
        first, last = int(job[0]), int(job[-1])
        del self._known[: first - self._first]
        self._first = first
        self._known += islice(self._begins, last + 1 - first - len(self._known))
        return np.array(self._known)[job - first]


def arrival_times(
    spec: Arrivals, growth: float, scenario: Scenario, draws: Draws, name: str
) -> Times:
    """Build the arrival process of the stream `name`; growth multiplies its rate."""
    if spec.constant is not None:
        rate = spec.constant.rate
        return ConstantTimes(rate.count * growth, rate.period_s)
    if spec.poisson is not None:
        return PoissonTimes(spec.poisson.rate.per_s * growth, draws.generator(f"{name}.arrivals"))
    if spec.on_off is not None:
        return OnOffTimes(spec.on_off, spec.on_off.rate.per_s * growth, draws, name)
    if spec.profile is not None:
        span = (scenario.start, scenario.duration)
        return ProfileTimes(spec.profile, spec.profile.rate.per_s * growth, span, draws, name)
    assert spec.batch is not None, one_of(spec)
    return BatchTimes(spec.batch, scenario.start)
