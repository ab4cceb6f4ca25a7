"""An arrival process: its keys in a scenario, its draws, and the facts known beforehand."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, Literal, TypeVar

import numpy as np

from efssim.scenario.grammar.base import Model
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.workload.growth import GrowthSteps
from efssim.scenario.workload.processes.on_periods import OnPeriods
from efssim.scenario.workload.processes.shapes import Shape, Unknown
from efssim.scenario.workload.processes.times import (
    Floats,
    Generators,
    RunSpan,
    ThinnedTimes,
    Times,
)
from efssim.text.digits import grouped

S = TypeVar("S", bound=Model)
"""The part of a scenario that describes the process."""

DAY_S = 86_400.0
_UNITS = (("s", 1.0), ("min", 60.0), ("h", 3600.0), ("day", DAY_S))
"""Units of time with their seconds, from the shortest."""


class ArrivalProcess(ABC, Generic[S]):
    """An entry of the table of arrival processes.

    The methods take the content of the key: an instance of `schema`.
    """

    kind: ClassVar[str]
    """The key under `arrivals`."""
    schema: ClassVar[type[Model]]
    """The model of the content of the key."""
    example: ClassVar[str]
    """A value as YAML has it, for the JSON Schema."""
    growth_of: ClassVar[Literal["rate", "bytes"]] = "rate"
    """Whether growth multiplies the rate of the writes or their bytes."""
    drawn: ClassVar[bool] = True
    """Whether its times are drawn, so that trials may differ."""
    remembers: ClassVar[bool] = True
    """Whether the times to come depend on more than the clock; then trials are not divided."""

    @property
    def name(self) -> str:
        """The key under `arrivals`, by which the table finds it."""
        return self.kind

    @abstractmethod
    def times(self, spec: S, growth: float, run: RunSpan, draws: Generators, name: str) -> Times:
        """Build the times of the stream `name`; its draws hang on names that begin with it.

        `growth` multiplies the rate, where `growth_of` says so.
        """

    def stepped_times(
        self, spec: S, growth: GrowthSteps, run: RunSpan, draws: Generators, name: str
    ) -> Times:
        """Build the times of a stream whose rate has another factor from step to step.

        For any process: the times of the largest factor, of which a share is kept by draws.
        """
        most = max(growth.factors)
        times = self.times(spec, most, run, draws, name)
        shares = [factor / most for factor in growth.factors]
        return ThinnedTimes(times, growth.edges_s, shares, draws.generator(f"{name}.growth"))

    def grown_times(
        self, spec: S, growth: GrowthSteps, run: RunSpan, draws: Generators, name: str
    ) -> Times:
        """Build the times of the stream `name` with its growth."""
        if growth.is_steady or self.growth_of == "bytes":
            return self.times(spec, growth.first, run, draws, name)
        return self.stepped_times(spec, growth, run, draws, name)

    def grown_rates(
        self, spec: S, growth: GrowthSteps, run: RunSpan
    ) -> tuple[Floats, Floats] | None:
        """Return `rates` with its growth; their edges are those of the growth, too."""
        found = self.rates(spec, growth.first, run)
        if found is None or growth.is_steady:
            return found
        edges_s, rates = found
        cuts_s = np.array([edge for edge in growth.edges_s if edge < edges_s[-1]])
        merged_s = np.union1d(edges_s, cuts_s)
        begins_s = merged_s[:-1]
        kept = rates[edges_s[1:-1].searchsorted(begins_s, "right")]
        return merged_s, kept * (growth.at(begins_s) / growth.first)

    @abstractmethod
    def mean_per_s(self, spec: S) -> float:
        """Return the mean writes per second, without growth."""

    def most_writes(self, spec: S, growth: float, duration_s: float) -> float:
        """Return how many writes a run hardly ever exceeds."""
        expected = self.peak_factor(spec) * self.mean_per_s(spec) * growth * duration_s
        # Ten standard deviations of a Poisson number, and ten more, for few may be expected.
        return expected + 10 * math.sqrt(expected) + 10

    def rates(
        self,
        spec: S,  # noqa: ARG002  # for those that override it
        growth: float,  # noqa: ARG002
        run: RunSpan,  # noqa: ARG002
    ) -> tuple[Floats, Floats] | None:
        """Return edges in seconds, shape (n + 1,), and the writes per second between, shape (n,).

        None unless writes are a Poisson process of these rates; then they are drawn one by one.
        Of a process with `on_periods` the rate is that while it is on.
        """
        return None

    def on_periods(
        self,
        spec: S,  # noqa: ARG002  # as above
        draws: Generators,  # noqa: ARG002
        name: str,  # noqa: ARG002
    ) -> OnPeriods | None:
        """Build the clock of the stream `name`, where one runs only at times; as `times` has it."""
        return None

    def peak_factor(self, spec: S) -> float:  # noqa: ARG002  # for those that override it
        """Return how many times its mean rate the rate may be throughout a run."""
        return 1.0

    def periods(self, spec: S) -> Sequence[Distribution[Any]]:  # noqa: ARG002  # as above
        """Return the draws besides the writes, as of on and off times."""
        return ()

    def occurrences(self, spec: S, duration_s: float) -> float:  # noqa: ARG002  # as above
        """Return how often something other than a write begins in a run, as a job."""
        return 0.0

    def period_s(self, spec: S) -> float:  # noqa: ARG002  # as above
        """Return after how many seconds the load is the same again."""
        return DAY_S

    def shape(self, spec: S) -> Shape:  # noqa: ARG002  # as above
        """Return the shape of the load, from which closed forms reckon.

        One that is known says of drawn writes that they are a Poisson process of its rate.
        """
        return Unknown(f"no closed form is known of `{self.kind}` arrivals")

    def words(self, spec: S, growth: float) -> str:
        """Return when writes are made, in words; "of 64 KiB" follows."""
        return f"{rate_words(self.mean_per_s(spec) * growth)} on average ({self.kind})"


def rate_words(per_s: float) -> str:
    """Return a rate of writes in the shortest unit in which it is at least 1."""
    unit, seconds = next((u for u in _UNITS if per_s * u[1] >= 0.9995), _UNITS[-1])
    number = grouped(per_s * seconds, 4)
    return f"{number} write{'s' * (number != '1')}/{unit}"
