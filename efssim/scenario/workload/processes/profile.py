"""Poisson writes whose rate follows the hour and the day of the week."""

from __future__ import annotations

import math
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import Field, field_validator

from efssim.scenario.grammar.types import Factor
from efssim.scenario.workload.growth import GrowthSteps
from efssim.scenario.workload.processes.process import DAY_S, ArrivalProcess, rate_words
from efssim.scenario.workload.processes.shapes import Weekly
from efssim.scenario.workload.processes.times import (
    Floats,
    Generators,
    PoissonTimes,
    RunSpan,
)
from efssim.scenario.workload.volume_rate import ByRate
from efssim.text.zones import time_zone


class Profile(ByRate):
    """Poisson writes whose rate, a mean over the week, follows the hour and the day of the week."""

    hours: tuple[Factor, ...] = Field(default=(1.0,) * 24, min_length=24, max_length=24)
    """24 factors from midnight on, scaled to mean 1."""
    weekdays: tuple[Factor, ...] = Field(default=(1.0,) * 7, min_length=7, max_length=7)
    """7 factors from Monday on, scaled to mean 1."""
    timezone: str = "UTC"
    """IANA time zone of the hours and days."""

    @field_validator("hours", "weekdays")
    @classmethod
    def _not_all_zero(cls, factors: tuple[float, ...]) -> tuple[float, ...]:
        if sum(factors) == 0:
            raise ValueError("needs at least one factor above 0")
        return factors

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return time_zone(name).key


class ProfileTimes:
    """A Poisson process with a constant rate between edges, as those of quarters of an hour.

    The times are unit-rate Poisson times, mapped by the inverse of the cumulative rate. Quarters of
    an hour because every time zone of today is a whole number of them away from UTC.
    """

    def __init__(self, edges_s: Floats, rates: Floats, generator: np.random.Generator) -> None:
        """Take edges in seconds, shape (n + 1,), and the rates between, per second."""
        self._unit, self._edges_s = PoissonTimes(1.0, generator), edges_s
        self._cumulative = np.concatenate(([0.0], (np.diff(self._edges_s) * rates).cumsum()))

    def take(self, n: int) -> Floats:
        unit = self._unit.take(n)
        unit = unit[unit <= self._cumulative[-1]]
        return np.asarray(np.interp(unit, self._cumulative, self._edges_s))


def _quarter_hours(spec: Profile, per_s: float, run: RunSpan) -> tuple[Floats, Floats]:
    """Return the edges (seconds, shape (n + 1,)) and rates (per second, shape (n,))."""
    quarter, start = timedelta(minutes=15), run.start
    anchor = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    count = math.ceil((run.duration_s + (start - anchor).total_seconds()) / 900)
    zone = ZoneInfo(spec.timezone)
    local = [(anchor + quarter * k).astimezone(zone) for k in range(count)]
    hours, weekdays = np.array(spec.hours), np.array(spec.weekdays)
    factors = (hours / hours.mean())[[t.hour for t in local]]
    factors *= (weekdays / weekdays.mean())[[t.weekday() for t in local]]
    edges = np.arange(count + 1) * 900.0 - (start - anchor).total_seconds()
    return edges.clip(min=0.0), factors * per_s


class ProfileArrivals(ArrivalProcess[Profile]):
    """Poisson writes whose rate follows the hour and the day of the week."""

    kind, schema = "profile", Profile
    example = "{rate: 40 per s, hours: [...], weekdays: [...], timezone: UTC}"
    remembers = False

    def times(
        self, spec: Profile, growth: float, run: RunSpan, draws: Generators, name: str
    ) -> ProfileTimes:
        return self._times(self.rates(spec, growth, run), draws, name)

    def stepped_times(
        self, spec: Profile, growth: GrowthSteps, run: RunSpan, draws: Generators, name: str
    ) -> ProfileTimes:
        rates = self.grown_rates(spec, growth, run)
        assert rates is not None, "they are known"
        return self._times(rates, draws, name)

    def _times(self, rates: tuple[Floats, Floats], draws: Generators, name: str) -> ProfileTimes:
        return ProfileTimes(*rates, draws.generator(f"{name}.arrivals"))

    def rates(self, spec: Profile, growth: float, run: RunSpan) -> tuple[Floats, Floats]:
        return _quarter_hours(spec, spec.rate.per_s * growth, run)

    def mean_per_s(self, spec: Profile) -> float:
        return spec.rate.per_s

    def peak_factor(self, spec: Profile) -> float:
        hours, days = spec.hours, spec.weekdays
        return max(hours) * len(hours) / sum(hours) * max(days) * len(days) / sum(days)

    def period_s(self, spec: Profile) -> float:
        return 7 * DAY_S if len(set(spec.weekdays)) > 1 else DAY_S

    def shape(self, spec: Profile) -> Weekly:
        return Weekly(spec.hours, spec.weekdays, spec.timezone)

    def words(self, spec: Profile, growth: float) -> str:
        rate = rate_words(spec.rate.per_s * growth)
        return f"{rate} on average, by hour and weekday ({spec.timezone}),"
