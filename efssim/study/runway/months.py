"""The scenario of a later month: its own window moved by so many months, grown by as much."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from efssim.closed_forms.inflow.flows import Flow
from efssim.closed_forms.inflow.streams import flows_of
from efssim.scenario import Scenario, ScenarioError
from efssim.scenario.amounts.volume import steps_of
from efssim.scenario.schema import FileSystem, WriteStream
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.growth import (
    MONTH,
    AnyGrowth,
    FileSystemGrowth,
    MonthlyGrowth,
    power,
)
from efssim.study.errors import StudyError
from efssim.study.runway.gathered import gathered
from efssim.study.varying.drawn_as import drawn_as
from efssim.text.written import WrittenValue
from efssim.text.yaml.paths import Path

MONTH_S = MONTH.total_seconds()


class Months:
    """The scenarios of the months of one scenario, whose draws are those of the same names."""

    def __init__(self, scenario: Scenario) -> None:
        """Take a scenario in which everything is known.

        Raise StudyError if nothing in it changes from month to month, TraceErrors if a trace
        changed since it was validated.
        """
        self._scenario = scenario
        if not any(map(grows, scenario.file_systems.values())):
            raise StudyError(
                "nothing in the scenario grows by month: give a stream or a file system "
                "`growth: {per: month, factor: 1.05}`, or a stream `new_files`"
            )
        self._added = {
            name: list(_added(system, scenario)) for name, system in scenario.file_systems.items()
        }

    def at(self, month: int) -> Scenario:
        """Return the scenario of month 0, 1, …; raise ScenarioError if it cannot be simulated."""
        if month == 0:
            return self._scenario
        values = {
            (name, rest): value
            for name, system in self._scenario.file_systems.items()
            for rest, value in self._changes(month, name, system)
        }
        changed = gathered(self._scenario, "file_systems", values)
        start = self._scenario.start + month * MONTH
        try:
            return drawn_as(self._scenario, self._scenario.with_(changed, start=start))
        except ScenarioError as error:
            said = [
                replace(each, message=f"in month {month}: {each.message}")
                for each in error.problems
            ]
            raise ScenarioError(said) from None

    def _changes(
        self, month: int, name: str, system: FileSystem
    ) -> Iterator[tuple[Path, WrittenValue]]:
        """Yield the values of a file system in that month by their paths below it."""
        start = self._scenario.start
        yield from self._stored(month, name, system)
        if _is_bare(system.growth):
            yield ("growth", "since"), start
        for key, stream in system.writes.items():
            if _is_bare(stream.growth):
                yield ("writes", key, "growth", "since"), start
            if stream.trace is not None and stream.trace.start is None:
                yield ("writes", key, "trace", "start"), start

    def _stored(
        self, month: int, name: str, system: FileSystem
    ) -> Iterator[tuple[Path, WrittenValue]]:
        """Yield size and files at the start of that month."""
        own = system.growth if isinstance(system.growth, FileSystemGrowth) else None
        size, files = (None, None) if own is None else (own.size, own.files)
        before = [each.before(month) for each in self._added[name]]
        more_bytes = math.fsum(added_bytes for added_bytes, _ in before)
        more_files = math.fsum(added_files for _, added_files in before)
        grown_size = system.size + more_bytes if size is None else system.size * power(size, month)
        grown = system.files + more_files if files is None else system.files * power(files, month)
        yield ("size",), _whole(grown_size)
        yield ("files",), _whole(grown)


def _whole(number: float) -> int | float:
    return round(number) if math.isfinite(number) else number


def grows(system: FileSystem) -> bool:
    """Return whether the load of a file system, or its inventory, changes from month to month."""
    streams = system.writes.values()
    own = isinstance(system.growth, MonthlyGrowth) and bool(streams or _own_factor(system.growth))
    return own or any(_is_monthly(stream.growth) or stream.new_files for stream in streams)


def _own_factor(growth: MonthlyGrowth) -> bool:
    return isinstance(growth, FileSystemGrowth) and (growth.size or growth.files) is not None


def _is_monthly(growth: AnyGrowth) -> bool:
    return isinstance(growth, MonthlyGrowth)


def _is_bare(growth: AnyGrowth) -> bool:
    """Return whether months count from the start of the scenario, wherever that is."""
    return isinstance(growth, MonthlyGrowth) and growth.since is None


class _Added:
    """The expected bytes and files that a stream adds in a month of 30 days."""

    def __init__(
        self, stream: WriteStream, flow: Flow, system: FileSystem, scenario: Scenario
    ) -> None:
        mean = steps_of(stream, system, scenario).mean(scenario.duration)
        share = _share_of_run(stream, scenario.duration)
        by_rate = stream.trace is None
        if stream.arrivals is not None:
            by_rate = chosen_process(stream.arrivals).process.growth_of == "rate"
        bytes_per_s = stream.adds_bytes * flow.fresh_bytes_per_s * share
        files_per_s = stream.new_files * flow.files_per_write * flow.writes_per_s * share
        # At a factor of 1; the files of jobs and traces do not grow.
        self._bytes = MONTH_S * bytes_per_s / mean
        self._files = MONTH_S * files_per_s / (mean if by_rate else 1.0)
        self._files_grow = by_rate
        self._parts, self._start = (system.growth, stream.growth), scenario.start

    def before(self, month: int) -> tuple[float, float]:
        """Return the bytes and files of the months before one."""
        factors = [self._factor(each) for each in range(month)]
        total = math.fsum(factors)
        return self._bytes * total, self._files * (total if self._files_grow else month)

    def _factor(self, month: int) -> float:
        return math.prod(
            power(part.factor, month + part.months_by(self._start, self._start))
            if isinstance(part, MonthlyGrowth)
            else part
            for part in self._parts
        )


def _added(system: FileSystem, scenario: Scenario) -> Iterator[_Added]:
    flows = flows_of(system, scenario)
    for stream, flow in zip(system.writes.values(), flows, strict=True):
        yield _Added(stream, flow, system, scenario)


def _share_of_run(stream: WriteStream, duration_s: float) -> float:
    """Return the share of a run in which a stream writes."""
    ends_s = duration_s if stream.ends is None else min(stream.ends, duration_s)
    return max(0.0, ends_s - stream.begins) / duration_s
