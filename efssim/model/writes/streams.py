"""Build the streams of a journal from the write streams of a scenario."""

from __future__ import annotations

from efssim.model.kernel.draws import Draws
from efssim.model.writes.blocks import DrawnWrites, TraceWrites, Writes
from efssim.model.writes.cells.law import BigSizes, SmallWrites, cell_law, means_of_cells
from efssim.model.writes.hot_set import HotBlocks
from efssim.model.writes.shared_streams import SameTrace, Taped
from efssim.model.writes.stream import Stream
from efssim.scenario import Scenario
from efssim.scenario.schema import WriteStream
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.drawing import drawing
from efssim.scenario.workload.processes.times import RunSpan
from efssim.traces.reading import read_trace


def build_streams(
    spec: WriteStream, growth: float, scenario: Scenario, draws: Draws, path: str, after_s: float
) -> list[Stream]:
    """Build the stream at a path, which also names its draws; its writes begin after a time.

    One that is drawn in cells is two: the big writes, one by one, and the small ones. `growth` is
    that of the file system and multiplies the stream's own.
    """
    growth, shared = growth * spec.growth, draws.shared

    def built() -> list[Stream]:
        return _drawn(spec, growth, scenario, draws, path, after_s)

    if shared is None:
        return built()
    # All that the draws depend on; those of a trace that is not resampled are of every trial.
    of_trial: tuple[int, ...] = draws.seed, draws.trial
    trace = None
    if spec.trace is not None:
        trace = SameTrace(read_trace(spec.trace.spec(), scenario.start, scenario.duration))
        if spec.trace.resample is None and spec.hot_set is None:
            of_trial = ()
    span = scenario.start, scenario.duration
    depends_on = spec, growth, scenario.defaults.drawn, span, after_s, trace
    return shared.of((*of_trial, path), depends_on, lambda: Taped(built, shared)).streams(
        scenario.duration
    )


def _drawn(
    spec: WriteStream, growth: float, scenario: Scenario, draws: Draws, path: str, after_s: float
) -> list[Stream]:
    """Build a stream whose writes this world draws; arguments as of `build_streams`."""
    if not drawing(spec, growth, scenario.defaults.drawn, scenario.start).in_cells:
        return [_stream(_writes(spec, growth, scenario, draws, path), spec, draws, path, after_s)]
    sources = _cells(spec, growth, scenario, draws, path)
    return [_stream(source, spec, draws, path, after_s) for source in sources]


def _stream(
    writes: Writes | SmallWrites, spec: WriteStream, draws: Draws, path: str, after_s: float
) -> Stream:
    hot = spec.hot_set
    return Stream(
        writes=writes,
        files_per_write=spec.files,
        hot=None if hot is None else HotBlocks(hot, draws.generator(f"{path}.hot")),
        large_file_bytes=0 if spec.in_file is None else spec.in_file.size,
        after_s=after_s,
        new_bytes=spec.adds_bytes,
        new_files=spec.new_files,
    )


def _cells(
    spec: WriteStream, growth: float, scenario: Scenario, draws: Draws, path: str
) -> list[Writes | SmallWrites]:
    """Return the big writes of a stream, if it has any, and the small ones."""
    assert spec.arrivals is not None
    assert spec.size is not None
    process, said = chosen_process(spec.arrivals)
    run, clock = RunSpan(scenario.start, scenario.duration), process.on_periods(said, draws, path)
    on = 1.0 if clock is None else process.peak_factor(said)
    law = cell_law(spec.size, process.mean_per_s(said) * on * growth)
    rates = process.rates(said, growth * (1 - law.big_share), run)
    assert rates is not None, "cells are of processes whose rates are known"
    key = int(draws.generator(f"{path}.inside").integers(1 << 63))
    generators = draws.generator(f"{path}.counts"), draws.generator(f"{path}.sums")
    small = SmallWrites(law, *generators, key, means_of_cells(*rates), clock)
    if not law.big_share:
        return [small]
    times = process.times(said, growth * law.big_share, run, draws, path)
    sizes = BigSizes(spec.size, law.big_share)
    return [DrawnWrites(times, sizes, 1.0, draws.generator(f"{path}.size")), small]


def _writes(
    spec: WriteStream, growth: float, scenario: Scenario, draws: Draws, path: str
) -> Writes:
    if spec.trace is not None:
        return TraceWrites(spec.trace.spec(), growth, scenario, draws.generator(f"{path}.resample"))
    assert spec.arrivals is not None
    assert spec.size is not None
    process, said = chosen_process(spec.arrivals)
    times = process.times(said, growth, RunSpan(scenario.start, scenario.duration), draws, path)
    factor = growth if process.growth_of == "bytes" else 1.0
    return DrawnWrites(times, spec.size, factor, draws.generator(f"{path}.size"))
