"""Build the streams of a journal from the write streams of a scenario."""

from __future__ import annotations

from efssim.model.kernel.draws import Draws
from efssim.model.writes.blocks import DrawnWrites, TraceWrites, Writes
from efssim.model.writes.cell_parts import cell_parts
from efssim.model.writes.cells.law import SmallWrites
from efssim.model.writes.hot_set import HotBlocks
from efssim.model.writes.shared_streams import SameTrace, Taped
from efssim.model.writes.stream import Stream, WholeStream
from efssim.scenario import Scenario
from efssim.scenario.schema import WriteStream
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.drawing import drawing
from efssim.scenario.workload.growth import AnyGrowth, GrowthSteps, growth_steps
from efssim.scenario.workload.processes.times import RunSpan
from efssim.traces.reading import read_trace


def build_streams(
    spec: WriteStream,
    of_all: AnyGrowth,
    scenario: Scenario,
    draws: Draws,
    path: str,
    after_s: float,
    *,
    is_shared: bool = True,
    throttles: bool = False,
) -> list[Stream]:
    """Build the stream at a path, which also names its draws; its writes begin after a time.

    One that is drawn in cells has parts: the big writes, one by one, and the small ones. `of_all`
    is the growth of the file system and multiplies the stream's own. `is_shared` says whether to
    read draws of other worlds, where there are some, and `throttles` whether writes may wait
    anywhere.
    """
    growth = growth_steps((of_all, spec.growth), scenario.start, scenario.duration)
    shared = draws.shared if is_shared else None

    def built() -> list[Stream]:
        return _drawn(spec, growth, scenario, draws, path, after_s, throttles)

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
    depends_on = spec, growth, scenario.defaults.drawn, throttles, span, after_s, trace
    return shared.of((*of_trial, path), depends_on, lambda: Taped(built, shared)).streams(
        scenario.duration
    )


def _drawn(
    spec: WriteStream,
    growth: GrowthSteps,
    scenario: Scenario,
    draws: Draws,
    path: str,
    after_s: float,
    throttles: bool,
) -> list[Stream]:
    """Build a stream whose writes this world draws; arguments as of `build_streams`."""
    hot, mean = spec.hot_set, growth.mean(scenario.duration)
    default, start = scenario.defaults.drawn, scenario.start
    if not drawing(spec, mean, default, start, throttles=throttles).in_cells:
        blocks = None if hot is None else HotBlocks(hot, draws.generator(f"{path}.hot"))
        writes = _writes(spec, growth, scenario, draws, path)
        return [_stream(writes, spec, after_s, blocks, spec.adds_bytes, None)]
    whole = None
    if hot is not None or spec.in_file is not None:
        whole = WholeStream(None if hot is None else HotBlocks(hot, None))
    return [
        _stream(source, spec, after_s, blocks, spec.adds_bytes if blocks is None else 0.0, whole)
        for source, blocks in cell_parts(spec, growth, scenario, draws, path)
    ]


def _stream(
    writes: Writes | SmallWrites,
    spec: WriteStream,
    after_s: float,
    hot: HotBlocks | None,
    new_bytes: float,
    whole: WholeStream | None,
) -> Stream:
    return Stream(
        writes=writes,
        files_per_write=spec.files,
        hot=hot,
        large_file_bytes=0 if spec.in_file is None else spec.in_file.size,
        after_s=after_s,
        new_bytes=new_bytes,
        new_files=spec.new_files,
        part_of=whole,
    )


def _writes(
    spec: WriteStream, growth: GrowthSteps, scenario: Scenario, draws: Draws, path: str
) -> Writes:
    if spec.trace is not None:
        return TraceWrites(spec.trace.spec(), growth, scenario, draws.generator(f"{path}.resample"))
    assert spec.arrivals is not None
    assert spec.size is not None
    process, said = chosen_process(spec.arrivals)
    run = RunSpan(scenario.start, scenario.duration)
    times = process.grown_times(said, growth, run, draws, path)
    factor = growth if process.growth_of == "bytes" else GrowthSteps()
    return DrawnWrites(times, spec.size, factor, draws.generator(f"{path}.size"))
