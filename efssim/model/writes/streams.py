"""Build the streams of a journal from the write streams of a scenario."""

from __future__ import annotations

from efssim.model.kernel.draws import Draws
from efssim.model.writes.blocks import DrawnWrites, TraceWrites, Writes
from efssim.model.writes.curve import Stream
from efssim.model.writes.hot_set import HotBlocks
from efssim.scenario import Scenario
from efssim.scenario.schema import WriteStream
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.processes.times import RunSpan


def build_stream(
    spec: WriteStream, growth: float, scenario: Scenario, draws: Draws, path: str, after_s: float
) -> Stream:
    """Build the stream at a path, which also names its draws; its writes begin after a time.

    `growth` is that of the file system and multiplies the stream's own.
    """
    hot = spec.hot_set
    return Stream(
        writes=_writes(spec, growth * spec.growth, scenario, draws, path),
        files_per_write=spec.files,
        hot=None if hot is None else HotBlocks(hot, draws.generator(f"{path}.hot")),
        large_file_bytes=0 if spec.in_file is None else spec.in_file.size,
        after_s=after_s,
        new_bytes=spec.adds_bytes,
        new_files=spec.new_files,
    )


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
