"""Writes at equal distances."""

from __future__ import annotations

import numpy as np

from efssim.scenario.workload.growth import GrowthSteps
from efssim.scenario.workload.multiples import Multiples, written
from efssim.scenario.workload.processes.process import ArrivalProcess, rate_words
from efssim.scenario.workload.processes.shapes import Even
from efssim.scenario.workload.processes.times import Floats, Generators, RunSpan, SteppedTimes
from efssim.scenario.workload.volume_rate import ByRate


class Constant(ByRate):
    """Writes at equal distances: write k at k / rate."""


class ConstantTimes:
    """Arrival k at k · period / count, k = 1, 2, …: exact where a float can be."""

    def __init__(self, count: float, period_s: float) -> None:
        self._count, self._period_s, self._next = count, period_s, 1
        self._multiples = Multiples(written(period_s) / written(count))

    def take(self, n: int) -> Floats:
        ordinals = np.arange(self._next, self._next + n)
        self._next += n
        if self._multiples.is_exact:
            return self._multiples.many(ordinals)
        return np.asarray(ordinals * self._period_s / self._count)


class ConstantArrivals(ArrivalProcess[Constant]):
    """Writes at equal distances."""

    kind, schema = "constant", Constant
    example = "{rate: 1 per min}"
    drawn = remembers = False

    def times(
        self,
        spec: Constant,
        growth: float,
        run: RunSpan,  # noqa: ARG002  # as all processes
        draws: Generators,  # noqa: ARG002  # as all processes
        name: str,  # noqa: ARG002  # as all processes
    ) -> ConstantTimes:
        return ConstantTimes(spec.rate.count * growth, spec.rate.period_s)

    def stepped_times(
        self, spec: Constant, growth: GrowthSteps, run: RunSpan, draws: Generators, name: str
    ) -> SteppedTimes:
        times = self.times(spec, growth.first, run, draws, name)
        return SteppedTimes(times, growth.edges_s, growth.factors)

    def mean_per_s(self, spec: Constant) -> float:
        return spec.rate.per_s

    def shape(self, spec: Constant) -> Even:  # noqa: ARG002  # as all processes
        return Even()

    def words(self, spec: Constant, growth: float) -> str:
        return f"{rate_words(spec.rate.per_s * growth)}, evenly spaced,"
