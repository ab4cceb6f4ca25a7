"""The load of a source in words: how often its streams write, how much, and into what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from efssim.report.facts.traces import short_name
from efssim.report.words.lines import percent, wrapped
from efssim.scenario import Scenario
from efssim.scenario.amounts.throttles import throttles
from efssim.scenario.amounts.volume import steps_of
from efssim.scenario.grammar.base import one_of
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.schema import FileSystem, WriteStream
from efssim.scenario.shown.cells_use import CellsUse, drawn_all_the_same
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.drawing import distance_at_most, drawing
from efssim.scenario.workload.growth import MonthlyGrowth
from efssim.text.digits import grouped
from efssim.text.quantities import format_duration, format_size


def load_text(scenario: Scenario, source: str) -> str:
    """Return a sentence on the streams of a file system; nothing for one that a call made."""
    system = scenario.file_systems.get(source)
    if system is None:
        return ""
    streams = [
        ", ".join((*_stream(part, system, scenario), *_drawn(part, system, scenario)))
        for part in system.writes.values()
    ]
    streams = [f"{name}: {words}" for name, words in zip(system.writes, streams, strict=True)]
    return f"Load of {source}: {'; '.join(streams) or 'nothing is written'}."


def drawn_texts(cells: Mapping[str, CellsUse], scenario: Scenario) -> list[str]:
    """Return a sentence for each stream that a study draws in cells, or was to draw so."""
    others = drawn_all_the_same(scenario)
    return [
        *(f"{short_name(path)}: {_in_cells(use.distance_at_most)}." for path, use in cells.items()),
        *(f"{short_name(path)}: {_one_by_one(why)}." for path, why in others.items()),
    ]


def drawn_lines(cells: Mapping[str, CellsUse], scenario: Scenario) -> list[str]:
    """Return `drawn_texts` as lines of a report."""
    return [line for text in drawn_texts(cells, scenario) for line in wrapped(text)]


def _stream(stream: WriteStream, system: FileSystem, scenario: Scenario) -> Iterator[str]:
    yield _writes(stream, steps_of(stream, system, scenario).first)
    for growth, whose in ((stream.growth, ""), (system.growth, " of the whole file system")):
        if isinstance(growth, MonthlyGrowth):
            yield f"{growth.text()}{whose}"
    yield from _into(stream)


def _drawn(stream: WriteStream, system: FileSystem, scenario: Scenario) -> Iterator[str]:
    """Yield how its writes are drawn, where that is not one by one or was to be otherwise."""
    default, start = scenario.defaults.drawn, scenario.start
    growth = steps_of(stream, system, scenario).mean(scenario.duration)
    found = drawing(stream, growth, default, start)
    if found.in_cells and throttles(scenario):  # asked last: it looks at every file system
        found = drawing(stream, growth, default, start, throttles=True)
    if found.in_cells:
        bound = None if stream.size is None else distance_at_most(stream.size)
        yield _in_cells(bound)
    elif found.obstacle:
        yield _one_by_one(found.obstacle)


def _in_cells(bound: float | None) -> str:
    sums = (
        "how far is not known of these sizes"
        if bound is None
        else f"within {bound:g} of the exact distribution for syncs of 60 writes or more"
    )
    return f"drawn in cells of 60 s (bytes: {sums}; quantiles of write lags: within 0.8 %)"


def _one_by_one(obstacle: str) -> str:
    return f"each write drawn: {obstacle}"


def _writes(stream: WriteStream, growth: float) -> str:
    if stream.trace is not None:
        times = "" if growth == 1 else f" times {grouped(growth, 4)}"
        drawn = stream.trace.resample
        whole = "" if drawn is None else f", whole {drawn} of it drawn with replacement"
        return f"as in {stream.trace.file.name}{times}{whole}"
    assert stream.arrivals is not None
    assert stream.size is not None
    process, said = chosen_process(stream.arrivals)
    by_bytes = process.growth_of == "bytes" and growth != 1
    times = f" times {grouped(growth, 4)}" if by_bytes else ""
    return f"{process.words(said, growth)} of {_sizes(stream.size)}{times}"


def _sizes(size: Distribution[int]) -> str:
    """Return the distribution of sizes of writes, in words."""
    if size.constant is not None:
        return format_size(size.constant)
    kind = one_of(size)
    return f"{_NAMES.get(kind, kind)} sizes, {', '.join(_shape(size))}"


_NAMES = {"pareto": "Pareto", "empirical": "measured"}


def _shape(size: Distribution[int]) -> Iterator[str]:
    if size.lognormal is not None:
        yield f"median {format_size(size.lognormal.median)}"
        yield f"sigma {size.lognormal.sigma:.4g}"
    elif size.uniform is not None:
        yield f"{format_size(size.uniform.low)} to {format_size(size.uniform.high)}"
    elif size.pareto is not None:
        yield f"{format_size(size.pareto.min)} to {format_size(size.pareto.max)}"
        yield f"alpha {size.pareto.alpha:.4g}"
    else:
        yield f"mean {format_size(size.expected())}"
    if size.gamma is not None:
        yield f"cv {size.gamma.cv:.4g}"


def _into(stream: WriteStream) -> Iterator[str]:
    """Yield the places that the writes go to, where that is not a file each."""
    if stream.hot_set is not None:
        hot = stream.hot_set
        yield f"{percent(hot.share)} of them into a hot set of {format_size(hot.size)}"
    if stream.in_file is not None:
        yield f"into one file of {format_size(stream.in_file.size)}"
    elif stream.files > 1:
        yield f"{stream.files:,} files each"
    if stream.new_bytes is not None:
        yield f"{percent(stream.new_bytes)} of the bytes new"
    if stream.new_files:
        yield f"{percent(stream.new_files)} of the files new"
    if stream.begins:
        yield f"from {format_duration(stream.begins)} on"
    if stream.ends is not None:
        yield f"up to {format_duration(stream.ends)}"
