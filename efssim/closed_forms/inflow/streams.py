"""From the write streams of a scenario to flows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from efssim.closed_forms.inflow.flows import Burst, Flow, Hot
from efssim.closed_forms.inflow.timetable import Timetable, of_jobs, of_trace, of_week
from efssim.scenario import Scenario
from efssim.scenario.amounts.volume import Volume, arrivals_volume, steps_of, trace_volume
from efssim.scenario.schema import FileSystem, HotSet, WriteStream
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.processes.shapes import Alternating, Jobs, Shape, Unknown, Weekly

Floats = NDArray[np.float64]

_DRAWS = 20_000
"""Sizes drawn, always the same, for the blocks that a write of random size dirties: no distribution
knows the mean of its rounded values."""

_PIECES_MAX = 1_000_000
"""Jobs, or rows of a repeated trace, in a run above which only their mean rate is followed."""

_AT_ONCE = 700.0
"""Decay of blocks that a single write dirties all: exp(-700) is about 1e-304."""


def flows_of(source: FileSystem, scenario: Scenario) -> tuple[Flow, ...]:
    """Return the flows of a file system; raise TraceErrors if a trace changed since validation."""
    return tuple(_flow(stream, source, scenario) for stream in source.writes.values())


def unknown_forms(source: FileSystem, scenario: Scenario) -> list[str]:
    """Return why closed forms say nothing of the streams of a file system; empty if they do."""
    chosen = [chosen_process(part.arrivals) for part in source.writes.values() if part.arrivals]
    shapes = [process.shape(said) for process, said in chosen]
    reasons = [shape.reason for shape in shapes if isinstance(shape, Unknown)]
    if any(part.trace is not None and part.trace.resample for part in source.writes.values()):
        reasons.append("no closed form is known of a trace whose days are drawn")
    if not all(steps_of(part, source, scenario).is_steady for part in source.writes.values()):
        reasons.append("no closed form is known of a load that grows within the run")
    if not all(part.is_throughout(scenario.duration) for part in source.writes.values()):
        reasons.append("no closed form is known of a stream that begins or ends within the run")
    return list(dict.fromkeys(reasons))


def _flow(stream: WriteStream, source: FileSystem, scenario: Scenario) -> Flow:
    if stream.trace is not None:
        return _traced(stream, source, scenario)
    assert stream.arrivals is not None
    assert stream.size is not None
    (process, said), size = chosen_process(stream.arrivals), stream.size
    shape, random = process.shape(said), process.drawn
    scale = steps_of(stream, source, scenario).first if process.growth_of == "bytes" else 1.0
    count = 1 if size.constant is not None else _DRAWS
    return replace(
        _mean(stream, arrivals_volume(stream, source, scenario), scenario.duration),
        write_square=size.expected_square() * scale**2 if random or count > 1 else 0.0,
        random=random,
        burst=_burst(shape),
        timetable=_timetable(shape, scenario),
        on_time_spread=_on_time_spread(shape),
        hot=_hot(stream.hot_set, size.sample(np.random.default_rng(0), count) * scale, random),
    )


def _traced(stream: WriteStream, source: FileSystem, scenario: Scenario) -> Flow:
    assert stream.trace is not None
    trace = stream.trace.read(scenario.start, scenario.duration)
    flow = _mean(stream, trace_volume(stream, trace, source, scenario), scenario.duration)
    growth = steps_of(stream, source, scenario).first
    rows = trace.bytes * growth
    pieces = stream.trace.writes_per_row if trace.period_s else 1
    flow = replace(flow, hot=_hot(stream.hot_set, rows / pieces, random=False))
    laps = trace.laps(scenario.duration)
    if trace.days is not None or not flow.bytes_per_s or laps * len(rows) > _PIECES_MAX:
        return flow
    per_s = flow.bytes_per_s / growth
    found = of_trace(trace, trace.period_s or 0.0, scenario.duration, per_s)
    return replace(flow, timetable=found)


def _mean(stream: WriteStream, volume: Volume, duration_s: float) -> Flow:
    return Flow(
        writes_per_s=volume.writes / duration_s,
        write_bytes=volume.bytes / volume.writes if volume.writes else 0.0,
        files=stream.files,
        large_file_bytes=0 if stream.in_file is None else stream.in_file.size,
    )


def _burst(shape: Shape) -> Burst | None:
    if isinstance(shape, Jobs):
        return Burst(shape.over_s, shape.every_s)
    if isinstance(shape, Alternating):
        on, off = shape.on.expected(), shape.off.expected()
        return Burst(on, on + off)
    return None


def _timetable(shape: Shape, scenario: Scenario) -> Timetable | None:
    if isinstance(shape, Weekly):
        return of_week(shape, scenario.start, scenario.duration)
    if isinstance(shape, Jobs) and scenario.duration / shape.every_s <= _PIECES_MAX:
        return of_jobs(shape, scenario.start, scenario.duration)
    return None


def _on_time_spread(shape: Shape) -> float:
    """Return `Flow.on_time_spread`: of alternating periods with means a and b, variances v and w,
    the time on in T seconds has the variance T (b² v + a² w) / (a + b)³ for long T.

    Source: D. R. Cox, Renewal Theory (1962), section 7.3; over the share a / (a + b), squared.
    """
    if not isinstance(shape, Alternating):
        return 0.0
    on, off = shape.on, shape.off
    a, b = on.expected(), off.expected()
    return (b**2 * on.variance() + a**2 * off.variance()) / (a + b) / a**2


def _hot(spec: HotSet | None, sizes: Floats, random: bool) -> Hot | None:
    """Return the hot part of a stream whose writes have these sizes, equally likely.

    A hot write of k blocks leaves a block clean with probability q^k, q = 1 - 1/N. A Poisson number
    of writes of mean n leaves exp(-n · share · (1 - E[q^k])) of the blocks clean, exactly n writes
    (1 - share · (1 - E[q^k]))^n.
    """
    if spec is None:
        return None
    clean = 1.0 - spec.block / spec.size
    dirtied = spec.share * (1.0 - float(np.mean(clean ** np.ceil(sizes / spec.block))))
    return Hot(spec.share, spec.size, dirtied if random else _decay(dirtied))


def _decay(dirtied: float) -> float:
    """Return the rate of decay in which one write leaves exp(-rate) of the blocks clean."""
    return -math.log1p(-dirtied) if dirtied < 1.0 else _AT_ONCE
