"""How many writes a scenario is expected to make, so that an absurd one is noticed before
it runs.
"""

from __future__ import annotations

from efssim.scenario.schema import Arrivals, FileSystem, Scenario, WriteStream

WRITES_MAX = 10**10
"""Expected writes above which a run is refused unless asked for twice."""


def expected_writes(scenario: Scenario) -> float:
    """Return the expected number of writes of all replicated file systems."""
    sources = [scenario.file_systems[part.source] for part in scenario.replications.values()]
    return sum(
        _stream(stream, source, scenario) for source in sources for stream in source.writes.values()
    )


def _stream(stream: WriteStream, source: FileSystem, scenario: Scenario) -> float:
    if stream.trace is not None:
        return _trace(stream, scenario)
    assert stream.arrivals is not None
    if stream.arrivals.batch is not None:
        batch = stream.arrivals.batch
        return scenario.duration / batch.every * batch.writes
    return _rate(stream.arrivals) * stream.growth * source.growth * scenario.duration


def _trace(stream: WriteStream, scenario: Scenario) -> float:
    assert stream.trace is not None
    trace = stream.trace.read(scenario)
    laps = scenario.duration / trace.repeat_s if trace.repeat_s else 1.0
    return len(trace.time_s) * laps * (stream.trace.writes_per_row if stream.trace.period else 1)


def _rate(arrivals: Arrivals) -> float:
    """Return the mean writes per second."""
    if arrivals.on_off is not None:
        on, off = arrivals.on_off.on.expected(), arrivals.on_off.off.expected()
        return arrivals.on_off.rate.per_s * on / (on + off)
    process = arrivals.constant or arrivals.poisson or arrivals.profile
    assert process is not None
    return process.rate.per_s
