"""Jobs that write so many writes, again and again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import count, islice
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.grammar.types import Count, Duration, PositiveDuration
from efssim.scenario.workload.multiples import Multiples, written
from efssim.scenario.workload.processes.process import DAY_S, ArrivalProcess
from efssim.scenario.workload.processes.shapes import Jobs
from efssim.scenario.workload.processes.times import Floats, Generators, RunSpan
from efssim.text.moments import clock_time, first_at
from efssim.text.quantities import format_duration, parse_duration
from efssim.text.written import Written, parsed
from efssim.text.zones import time_zone


class Batch(Model):
    """A job that makes `writes` writes, evenly over `over`, every `every`."""

    at: str
    """Time of day of the first job, as "02:00"; of every job, where `every` is whole days."""
    every: PositiveDuration
    """Time from one job's start to the next."""
    writes: Annotated[Count, Field(gt=0)]
    """Writes per job."""
    over: Duration
    """How long a job writes; write k of n falls k / n of it after the job's start."""
    timezone: str = "UTC"
    """IANA time zone of `at`."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return time_zone(name).key

    @field_validator("at")
    @classmethod
    def _clock_time(cls, text: str) -> str:
        return clock_time(text)

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        over, every = (parsed(parse_duration, data.get(key)) for key in ("over", "every"))
        if over is not None and every is not None and over > every > 0:
            yield (), "over is longer than every, so jobs would overlap"

    def first_after(self, start: datetime) -> float:
        """Return when the first job begins, in seconds after `start`."""
        if self.timezone == "UTC":
            return first_at(self.at, start)
        local = start.astimezone(time_zone(self.timezone)).date()
        days = (self._on(local + timedelta(days=ahead), start) for ahead in range(-1, 3))
        return min(begin_s for begin_s in days if begin_s >= 0)

    def begins(self, start: datetime) -> Iterator[float]:
        """Yield when each job begins, in seconds after `start`, without an end.

        Jobs every so many whole days follow the clock of their time zone over its changes; one that
        this would let begin during the job before begins at its end. The others are evenly spaced.
        """
        begin_s, days = self.first_after(start), self.every / DAY_S
        if self.timezone == "UTC" or days != int(days):
            yield from self._evenly(begin_s)
        first = (start + timedelta(seconds=begin_s)).astimezone(time_zone(self.timezone)).date()
        for job in count(1):
            yield begin_s
            try:
                begin_s = max(
                    self._on(first + timedelta(days=job * int(days)), start), begin_s + self.over
                )
            except OverflowError:  # beyond the year 9999 there is no local time, nor a run
                begin_s += self.every

    def _evenly(self, first_s: float) -> Iterator[float]:
        """Yield the times from the first one on, each rounded once where that can be."""
        every, first = written(self.every), written(first_s)
        unit = Multiples(Fraction(1, math.lcm(every.denominator, first.denominator)))
        if not unit.is_exact:
            return (first_s + job * self.every for job in count())
        begin, step = int(first / unit.step), int(every / unit.step)
        return (unit.at(begin + job * step) for job in count())

    def _on(self, day: date, start: datetime) -> float:
        """Return the seconds after `start` of the time of day on a day of the time zone."""
        zone = time_zone(self.timezone)
        moment = datetime.combine(day, time.fromisoformat(self.at), zone)
        return (moment - start).total_seconds()


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


class BatchArrivals(ArrivalProcess[Batch]):
    """Jobs that write so many writes, again and again."""

    kind, schema = "batch", Batch
    example = '{at: "02:00", every: 1 day, writes: 50000, over: 20 min}'
    growth_of = "bytes"
    drawn = remembers = False

    def times(
        self,
        spec: Batch,
        growth: float,  # noqa: ARG002  # it multiplies the bytes
        run: RunSpan,
        draws: Generators,  # noqa: ARG002  # as all processes
        name: str,  # noqa: ARG002  # as all processes
    ) -> BatchTimes:
        return BatchTimes(spec, run.start)

    def mean_per_s(self, spec: Batch) -> float:
        return spec.writes / spec.every

    def most_writes(
        self,
        spec: Batch,
        growth: float,  # noqa: ARG002  # it multiplies the bytes
        duration_s: float,
    ) -> float:
        return (math.floor(duration_s / spec.every) + 1.0) * spec.writes

    def occurrences(self, spec: Batch, duration_s: float) -> float:
        return duration_s / spec.every

    def period_s(self, spec: Batch) -> float:
        return float(spec.every)

    def shape(self, spec: Batch) -> Jobs:
        return Jobs(spec.every, spec.over, spec)

    def words(self, spec: Batch, growth: float) -> str:  # noqa: ARG002  # said of the bytes
        over, every = format_duration(spec.over), format_duration(spec.every)
        return f"{spec.writes:,} writes over {over} every {every} from {spec.at} on,"
