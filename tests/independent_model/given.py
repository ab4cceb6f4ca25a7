"""Random draws, given to the second model, which draws nothing itself.

A draw belongs to a name and an ordinal (docs/scenario.md, Names, paths), so it can be asked for
without a run: times and sizes of writes, durations, whether an attempt fails. What follows from
them is the second model's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from efssim import Scenario
from efssim.model.kernel.draws import Draws, UnitUniform
from efssim.model.writes.blocks import TraceWrites
from efssim.scenario.schema import WriteStream
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.growth import AnyGrowth, growth_steps
from efssim.scenario.workload.processes.times import RunSpan

Numbers = Callable[[int], float]
"""Draws by ordinal."""
Attempts = Callable[[int, int], float]
"""Draws by the ordinal of a sync and of its attempt, both from 0."""

BLOCK = 256


class Form(Protocol):
    """A distribution."""

    @property
    def constant(self) -> Any:
        """Always this value; None where it varies."""

    def sample(self, generator: Any, n: int) -> Any:
        """Draw values."""


class Given:
    """The draws of a run of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._draws = Draws(scenario.seed)

    def numbers(self, name: str, form: Form) -> Numbers:
        """Return the draws of a name."""
        series = self._draws.of(name, form)
        return lambda ordinal: float(series[ordinal])

    def attempts(self, name: str, form: Form | None = None) -> Attempts:
        """Return the draws of a name with a series for each attempt; uniform in [0, 1) as is."""
        form = UnitUniform() if form is None else form
        known: dict[int, Numbers] = {}

        def drawn(ordinal: int, attempt: int) -> float:
            if attempt not in known:
                known[attempt] = self.numbers(f"{name}.{attempt}", form)
            return known[attempt](ordinal)

        return drawn

    def times(self, path: str, spec: WriteStream, growth: list[AnyGrowth]) -> list[float]:
        """Return when a stream of drawn arrivals writes, up to the end of the run."""
        assert spec.arrivals is not None
        scenario = self.scenario
        process, said = chosen_process(spec.arrivals)
        steps = growth_steps(growth, scenario.start, scenario.duration)
        run = RunSpan(scenario.start, scenario.duration)
        times = process.grown_times(said, steps, run, self._draws, path)
        return [at_s for (at_s,) in _up_to(scenario.duration, lambda: [times.take(BLOCK)])]

    def sizes(self, path: str, spec: WriteStream, count: int) -> list[float]:
        """Return the sizes of the first writes of a stream."""
        assert spec.size is not None
        drawn = spec.size.sample(self._draws.generator(f"{path}.size"), count)
        return [float(size) for size in drawn]

    def hot(self, path: str, share: float, count: int) -> list[bool]:
        """Return which of the first writes of a stream are hot."""
        drawn = self._draws.generator(f"{path}.hot").random(count)
        return [bool(each < share) for each in drawn]

    def resampled(
        self, path: str, spec: WriteStream, growth: list[AnyGrowth]
    ) -> list[tuple[float, float]]:
        """Return times and whole bytes of a trace of which whole days are drawn."""
        assert spec.trace is not None
        scenario, generator = self.scenario, self._draws.generator(f"{path}.resample")
        steps = growth_steps(growth, scenario.start, scenario.duration)
        writes = TraceWrites(spec.trace.spec(), steps, scenario, generator)
        found = _up_to(scenario.duration, lambda: list(writes.take(BLOCK)))
        return [(at_s, size) for at_s, size in found]


def _up_to(end_s: float, take: Callable[[], list[Any]]) -> Iterator[tuple[float, ...]]:
    """Yield rows of columns, of which the first are times, up to an end."""
    while len((columns := take())[0]):
        for row in zip(*columns, strict=True):
            if row[0] > end_s:
                return
            yield tuple(float(each) for each in row)
