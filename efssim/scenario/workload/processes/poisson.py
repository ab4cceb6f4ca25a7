"""Writes of a Poisson process."""

from __future__ import annotations

import numpy as np

from efssim.scenario.workload.growth import GrowthSteps
from efssim.scenario.workload.processes.process import ArrivalProcess, rate_words
from efssim.scenario.workload.processes.shapes import Even
from efssim.scenario.workload.processes.times import (
    Floats,
    Generators,
    PoissonTimes,
    RunSpan,
    SteppedTimes,
)
from efssim.scenario.workload.volume_rate import ByRate


class Poisson(ByRate):
    """Writes of a Poisson process."""


class PoissonArrivals(ArrivalProcess[Poisson]):
    """Writes of a Poisson process."""

    kind, schema = "poisson", Poisson
    example = "{rate: 40 per s}"
    remembers = False

    def times(
        self,
        spec: Poisson,
        growth: float,
        run: RunSpan,  # noqa: ARG002  # as all processes
        draws: Generators,
        name: str,
    ) -> PoissonTimes:
        return PoissonTimes(spec.rate.per_s * growth, draws.generator(f"{name}.arrivals"))

    def stepped_times(
        self, spec: Poisson, growth: GrowthSteps, run: RunSpan, draws: Generators, name: str
    ) -> SteppedTimes:
        times = self.times(spec, growth.first, run, draws, name)
        return SteppedTimes(times, growth.edges_s, growth.factors)

    def rates(self, spec: Poisson, growth: float, run: RunSpan) -> tuple[Floats, Floats]:
        return np.array([0.0, run.duration_s]), np.array([spec.rate.per_s * growth])

    def mean_per_s(self, spec: Poisson) -> float:
        return spec.rate.per_s

    def shape(self, spec: Poisson) -> Even:  # noqa: ARG002  # as all processes
        return Even()

    def words(self, spec: Poisson, growth: float) -> str:
        return rate_words(spec.rate.per_s * growth)
