"""Poisson writes while on, none while off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import field_validator

from efssim.scenario.grammar.base import Model
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Duration, EventRate
from efssim.scenario.workload.growth import GrowthSteps
from efssim.scenario.workload.processes.on_periods import OnPeriods
from efssim.scenario.workload.processes.process import ArrivalProcess, rate_words
from efssim.scenario.workload.processes.shapes import Alternating
from efssim.scenario.workload.processes.times import (
    Floats,
    Generators,
    PoissonTimes,
    RunSpan,
    SteppedTimes,
    Times,
)
from efssim.text.quantities import format_duration


class OnOff(Model):
    """Poisson writes while on, none while off; starts on. A bare duration is a mean."""

    on: Distribution[Duration]
    """How long an on period lasts."""
    off: Distribution[Duration]
    """How long an off period lasts."""
    rate: EventRate
    """Mean writes per time while on."""

    @field_validator("on", "off", mode="before")
    @classmethod
    def _bare_is_mean(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Model) else {"exponential": {"mean": value}}

    @field_validator("on", "off")
    @classmethod
    def _takes_time(cls, value: Distribution[Duration]) -> Distribution[Duration]:
        if value.always_zero():
            raise ValueError("must last longer than 0 s on average")
        return value


_PERIODS = 256
"""On and off periods that are drawn at once, at least."""


class OnOffTimes:
    """A Poisson process on a clock that runs only while the stream is on, up to `end_s`.

    Where writes are rare, a block of them takes longer than any run: on and off periods are drawn
    up to the end only.
    """

    def __init__(
        self,
        spec: OnOff,
        per_s: float,
        end_s: float,
        draws: Generators,
        name: str,
        inside: Times | None = None,
    ) -> None:
        """Take the writes on the clock of the time that it is on: a rate, or their times."""
        self._inside = inside or PoissonTimes(per_s, draws.generator(f"{name}.arrivals"))
        self._spec, self._end_s = spec, end_s
        self._on, self._off = draws.generator(f"{name}.on"), draws.generator(f"{name}.off")
        self._on_ends = np.zeros(0)  # on-clock time at which on period i ends
        self._off_before = np.zeros(1)  # off time in total before on period i

    def take(self, n: int) -> Floats:
        inside = self._inside.take(n)
        while self._reached_s() < self._end_s and self._on_clock_s() < inside[-1]:
            self._extend()
        known = inside[: inside.searchsorted(self._on_clock_s(), "right")]
        times = known + self._off_before[self._on_ends.searchsorted(known, "left")]
        self._forget(inside.item(-1))
        return times

    def _forget(self, inside_s: float) -> None:
        """Forget the on periods before the one of a time of the on-clock, which no one asks for."""
        gone = min(int(self._on_ends.searchsorted(inside_s, "left")), len(self._on_ends) - 1)
        if gone > 0:
            self._on_ends, self._off_before = self._on_ends[gone:], self._off_before[gone:]

    def _on_clock_s(self) -> float:
        """Return up to which time of the on-clock periods are drawn."""
        return float(self._on_ends[-1]) if len(self._on_ends) else 0.0

    def _reached_s(self) -> float:
        """Return the time up to which periods are drawn."""
        return self._on_clock_s() + float(self._off_before[-1])

    def _extend(self) -> None:
        # As many as are kept, so that copying those costs a constant per period.
        periods = max(_PERIODS, len(self._on_ends))
        self._on_ends = _running(self._on_ends, self._spec.on.sample(self._on, periods))
        self._off_before = _running(self._off_before, self._spec.off.sample(self._off, periods))


def _running(sums: Floats, terms: Floats) -> Floats:
    """Return running sums, continued by `terms`."""
    terms = terms.copy()
    terms[0] += sums[-1] if len(sums) else 0.0
    return np.concatenate((sums, terms.cumsum()))


class OnOffArrivals(ArrivalProcess[OnOff]):
    """Poisson writes while on, none while off."""

    kind, schema = "on_off", OnOff
    example = "{on: 10 min, off: 1 h, rate: 40 per s}"

    def times(
        self,
        spec: OnOff,
        growth: float,
        run: RunSpan,
        draws: Generators,
        name: str,
    ) -> OnOffTimes:
        return OnOffTimes(spec, spec.rate.per_s * growth, run.duration_s, draws, name)

    def stepped_times(
        self, spec: OnOff, growth: GrowthSteps, run: RunSpan, draws: Generators, name: str
    ) -> OnOffTimes:
        """Build them with steps at the on time of each edge, as the periods do not change."""
        per_s = spec.rate.per_s * growth.first
        edges_s = self.on_periods(spec, draws, name).many_at(np.array(growth.edges_s))
        steady = PoissonTimes(per_s, draws.generator(f"{name}.arrivals"))
        inside = SteppedTimes(steady, edges_s.tolist(), growth.factors)
        return OnOffTimes(spec, per_s, run.duration_s, draws, name, inside)

    def rates(self, spec: OnOff, growth: float, run: RunSpan) -> tuple[Floats, Floats]:
        return np.array([0.0, run.duration_s]), np.array([spec.rate.per_s * growth])

    def on_periods(self, spec: OnOff, draws: Generators, name: str) -> OnPeriods:
        generators = draws.generator(f"{name}.on"), draws.generator(f"{name}.off")
        return OnPeriods(spec.on, spec.off, generators)

    def mean_per_s(self, spec: OnOff) -> float:
        on, off = spec.on.expected(), spec.off.expected()
        return spec.rate.per_s * on / (on + off)

    def peak_factor(self, spec: OnOff) -> float:
        on, off = spec.on.expected(), spec.off.expected()
        return (on + off) / on

    def periods(self, spec: OnOff) -> Sequence[Distribution[Any]]:
        return (spec.on, spec.off)

    def shape(self, spec: OnOff) -> Alternating:
        return Alternating(spec.on, spec.off)

    def words(self, spec: OnOff, growth: float) -> str:
        on, off = (format_duration(part.expected()) for part in (spec.on, spec.off))
        rate = rate_words(spec.rate.per_s * growth)
        return f"{rate} while on (on for {on}, off for {off} on average)"
