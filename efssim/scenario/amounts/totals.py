"""Totals beyond 64 bits: they would overflow in silence, so they are refused before a run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from efssim.scenario.amounts.volume import steps_of
from efssim.scenario.grammar.base import Found
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.growth import AnyGrowth, MonthlyGrowth, too_much
from efssim.scenario.workload.streams import TraceFile, WriteStream
from efssim.text.digits import about
from efssim.text.largest import COUNTED_MAX, LARGEST_FILE_BYTES
from efssim.text.quantities import format_size

if TYPE_CHECKING:
    from efssim.scenario.schema import FileSystem, ScenarioKeys

_TOO_MANY = "more than can be counted"
_TOO_LARGE = f"{_TOO_MANY} ({format_size(COUNTED_MAX)})"


class Most(NamedTuple):
    """Totals of a stream in a run that it hardly ever exceeds."""

    writes: float
    bytes: float
    largest: float
    """Bytes of a write, where growth multiplies them; otherwise 0."""

    def files(self, stream: WriteStream) -> float:
        """Return the files that its writes change."""
        return self.writes * stream.files


def total_problems(scenario: ScenarioKeys) -> Iterator[Found]:
    """Yield where a file system may come to hold or to send more than can be counted.

    Raise TraceErrors if a trace changed since it was checked.
    """
    for name, source in scenario.file_systems.items():
        grown = [*_growth_problems(source, scenario)]
        yield from ((("file_systems", name, *loc), text) for loc, text in grown)
        if grown:
            continue
        most = {key: _most(stream, source, scenario) for key, stream in source.writes.items()}
        found = [
            (("writes", key, *loc), text)
            for key, stream in source.writes.items()
            for loc, text in _stream_problems(stream, most[key])
        ]
        # Where one stream has too much, so has the sum.
        found = found or list(_sum_problems(source, most))
        yield from ((("file_systems", name, *loc), text) for loc, text in found)


def _growth_problems(source: FileSystem, scenario: ScenarioKeys) -> Iterator[Found]:
    """Yield growth that has no begin before the run, or that leaves the bounds within it."""
    parts: dict[tuple[str, ...], AnyGrowth] = {("growth",): source.growth}
    parts |= {("writes", key, "growth"): each.growth for key, each in source.writes.items()}
    late = [at for at, part in parts.items() if _is_late(part, scenario.start)]
    yield from (((*at, "since"), "is after the scenario's start") for at in late)
    if not late:
        for key, stream in source.writes.items():
            grows = isinstance(stream.growth, MonthlyGrowth)
            text = too_much(steps_of(stream, source, scenario))
            if text and (grows or isinstance(source.growth, MonthlyGrowth)):
                yield ("writes", key, "growth"), text


def _is_late(growth: AnyGrowth, start: datetime) -> bool:
    return isinstance(growth, MonthlyGrowth) and growth.since is not None and growth.since > start


def _stream_problems(stream: WriteStream, most: Most) -> Iterator[Found]:
    key = "trace" if stream.trace is not None else "size"
    if most.largest > LARGEST_FILE_BYTES:
        limit = format_size(LARGEST_FILE_BYTES)
        text = f"with growth a write has {format_size(most.largest)}"
        yield (key,), f"{text}, above {limit}, the largest file that EFS takes"
    elif not most.bytes <= COUNTED_MAX:
        yield (key,), f"up to {format_size(most.bytes)} are expected, {_TOO_LARGE}"
    files = most.files(stream)
    if not files <= COUNTED_MAX:
        yield ("files",), f"up to {about(files)} changed files are expected, {_TOO_MANY}"


def _sum_problems(source: FileSystem, most: dict[str, Most]) -> Iterator[Found]:
    """Yield the totals of a file system that are too large: all streams and the initial content."""
    if not most:
        return
    size = source.size + math.fsum(part.bytes for part in most.values())
    changed = (part.files(source.writes[key]) for key, part in most.items())
    files = source.files + math.fsum(changed)
    # The initial content is no expectation, so the whole range is left for the sum.
    held = "are expected with those held"
    if not size < 2 * COUNTED_MAX:
        yield ("writes",), f"up to {format_size(size)} {held}, {_TOO_MANY}"
    if not files < 2 * COUNTED_MAX:
        yield ("writes",), f"up to {about(files)} files {held}, {_TOO_MANY}"


def _most(stream: WriteStream, source: FileSystem, scenario: ScenarioKeys) -> Most:
    growth = max(steps_of(stream, source, scenario).factors)
    if stream.trace is not None:
        return _most_of_trace(stream.trace, growth, scenario)
    assert stream.arrivals is not None
    assert stream.size is not None
    (process, spec), size = chosen_process(stream.arrivals), stream.size.expected()
    writes = process.most_writes(spec, growth, scenario.duration)
    if process.growth_of == "bytes":
        return Most(writes, writes * size * growth, size * growth)
    return Most(writes, writes * size, 0.0)


def _most_of_trace(spec: TraceFile, growth: float, scenario: ScenarioKeys) -> Most:
    trace = spec.read(scenario.start, scenario.duration)
    pieces = spec.writes_per_row if trace.period_s else 1
    laps = 1.0 if trace.repeat_s is None else scenario.duration / trace.repeat_s + 1
    total = math.fsum(trace.bytes.tolist()) * laps * growth
    largest = float(trace.bytes.max(initial=0.0)) / pieces * growth
    if trace.days is not None:
        rows = trace.days.most_rows(scenario.duration)
        return Most(rows * pieces, trace.days.most_bytes(scenario.duration) * growth, largest)
    return Most(len(trace.time_s) * pieces * laps, total, largest)
