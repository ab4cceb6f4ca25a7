"""Expected writes of a scenario, as far as they are drawn: an absurd one does not run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from efssim.scenario.amounts.throttles import throttles
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.drawing import CELL_S, DRAWN_PER_CELL, drawing
from efssim.scenario.workload.growth import GrowthSteps, growth_steps
from efssim.scenario.workload.streams import WriteStream
from efssim.text.largest import COUNTED_MAX
from efssim.traces.reading import Trace

if TYPE_CHECKING:
    from efssim.scenario.schema import FileSystem, ScenarioKeys

WRITES_MAX = 10**10
"""Expected writes above which a run is refused unless asked for twice."""
BYTES_MAX = COUNTED_MAX
"""Expected bytes above which a run is refused: byte counts have 64 bits, and one sign."""


class Volume(NamedTuple):
    """Expected writes and bytes of a run."""

    writes: float
    bytes: float


def expected_volume(scenario: ScenarioKeys) -> Volume:
    """Return the expected bytes of all replicated file systems, and the writes to be drawn."""
    sources = [scenario.file_systems[part.source] for part in scenario.replications.values()]
    may_wait = throttles(scenario)
    volumes = [
        _stream(w, source, scenario, may_wait) for source in sources for w in source.writes.values()
    ]
    return Volume(math.fsum(v.writes for v in volumes), math.fsum(v.bytes for v in volumes))


def steps_of(stream: WriteStream, source: FileSystem, scenario: ScenarioKeys) -> GrowthSteps:
    """Return the growth of a stream in a run, that of its file system included."""
    return growth_steps((source.growth, stream.growth), scenario.start, scenario.duration)


def _stream(
    stream: WriteStream, source: FileSystem, scenario: ScenarioKeys, may_wait: bool
) -> Volume:
    if stream.trace is not None:
        return trace_volume(
            stream, stream.trace.read(scenario.start, scenario.duration), source, scenario
        )
    volume = arrivals_volume(stream, source, scenario)
    growth = steps_of(stream, source, scenario).mean(scenario.duration)
    default, start = scenario.defaults.drawn, scenario.start
    if drawing(stream, growth, default, start, throttles=may_wait).in_cells:
        return volume._replace(writes=scenario.duration / CELL_S * DRAWN_PER_CELL)
    return volume


def arrivals_volume(stream: WriteStream, source: FileSystem, scenario: ScenarioKeys) -> Volume:
    """Return the expected writes of a stream with arrivals in the whole run."""
    assert stream.arrivals is not None
    assert stream.size is not None
    growth = steps_of(stream, source, scenario).mean(scenario.duration)
    chosen, size = chosen_process(stream.arrivals), stream.size.expected()
    writes = chosen.mean_per_s * scenario.duration
    of_bytes = chosen.process.growth_of == "bytes"
    return Volume(writes * (1 if of_bytes else growth), writes * size * growth)


def trace_volume(
    stream: WriteStream, trace: Trace, source: FileSystem, scenario: ScenarioKeys
) -> Volume:
    """Return the writes of a stream with a trace, which has been read, in the whole run."""
    assert stream.trace is not None
    growth = steps_of(stream, source, scenario).mean(scenario.duration)
    laps = trace.laps(scenario.duration)
    pieces = stream.trace.writes_per_row if trace.period_s else 1
    return Volume(len(trace.time_s) * laps * pieces, math.fsum(trace.bytes) * laps * growth)
