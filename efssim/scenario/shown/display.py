"""A scenario in a notebook: the simulated system at a glance, and its assumptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from efssim.markup import folded, page, sentence, table
from efssim.scenario.fleets.fleet import Fleet
from efssim.scenario.grammar.base import one_of
from efssim.scenario.grammar.calendars.rates import RateCalendar
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.disturbances.kinds import words_of
from efssim.scenario.grammar.events import Disturbance
from efssim.scenario.schema import Destination, Replication, ScenarioKeys, WriteStream
from efssim.scenario.shown.provenance import format_preset, resolved
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.growth import MonthlyGrowth
from efssim.text.digits import grouped
from efssim.text.quantities import format_duration, format_size

_EVENTS = 50
"""Events that are listed at most."""


def scenario_html(scenario: ScenarioKeys) -> str:
    """Return name, window, RPO, file systems, replications, events and assumptions as HTML."""
    return page(
        sentence(scenario.description, strong=scenario.name),
        sentence(_when(scenario)),
        table(
            ("file system", "where", "stream", "writes", "size", "files"),
            _streams(scenario),
            words=4,
        ),
        table(
            ("replication", "source", "destination", "begins", "interval", "throughput"),
            _replications(scenario),
            words=4,
        ),
        table(("at", "event", "for"), _events(scenario), words=2),
        table(("fault", "what", "every", "for"), _faults(scenario), words=2),
        _assumed(scenario),
    )


def _when(scenario: ScenarioKeys) -> str:
    end = scenario.start + timedelta(seconds=scenario.duration)
    warm_up = f", {format_duration(scenario.warm_up)} of it warm-up" if scenario.warm_up else ""
    rpo = scenario.rpo
    return (
        f"{_clock(scenario, 0)} to {end:%Y-%m-%d %H:%M} UTC "
        f"({format_duration(scenario.duration)}{warm_up}), seed {scenario.seed}. RPO: age at most "
        f"{format_duration(rpo.target)} for {100 * rpo.attainment:.6g} % of the time."
    )


def _clock(scenario: ScenarioKeys, time_s: float) -> str:
    return f"{scenario.start + timedelta(seconds=time_s):%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def _streams(scenario: ScenarioKeys) -> Iterator[tuple[str, ...]]:
    """Yield a row for each stream of each file system, and for each that has none."""
    fleets = {fleet.name: fleet for fleet in scenario.fleets if fleet.section == "file_systems"}
    for name in scenario.once.file_systems:
        fleet = fleets.get(name)
        members = [name] if fleet is None else fleet.members
        yield from _alike(name, fleet, [list(_of_system(scenario, one)) for one in members])


def _alike(
    name: str, fleet: Fleet | None, rows: list[list[tuple[str, ...]]]
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a file system, or one for each stream of all items of a fleet."""
    for lines in zip(*rows, strict=False):
        cells = [_in_common(texts) for texts in zip(*(line[1:] for line in lines), strict=True)]
        yield (name if fleet is None else f"{name}[1 to {fleet.count:,}]", *cells)


def _in_common(texts: Sequence[str]) -> str:
    """Return a text that all items of a fleet have, or that of the first, and that it varies."""
    return texts[0] if len(set(texts)) == 1 else f"{texts[0]} and others, by item"


def _of_system(scenario: ScenarioKeys, name: str) -> Iterator[tuple[str, ...]]:
    """Yield a row for each stream of a file system, or one if it has none."""
    system = scenario.file_systems[name]
    facts = (name, system.availability_zone or system.home)
    stored = (format_size(system.size), f"{system.files:,}")
    if not system.writes:
        yield (*facts, "", "nothing is written", *stored)
    for stream, writes in system.writes.items():
        yield (*facts, stream, _writes(writes), *stored)


def _writes(stream: WriteStream) -> str:
    if stream.trace is not None:
        drawn = stream.trace.resample
        return f"{f'{drawn} of' if drawn else 'as in'} {stream.trace.file.name}"
    assert stream.arrivals is not None
    assert stream.size is not None
    chosen = chosen_process(stream.arrivals)
    kind = chosen.process.kind.replace("_", "/")
    growth = 1.0 if isinstance(stream.growth, MonthlyGrowth) else stream.growth
    rate = f"{grouped(chosen.mean_per_s * growth, 4)} per s"
    more = f", {stream.growth.text()}" if isinstance(stream.growth, MonthlyGrowth) else ""
    return f"{kind}, {rate} of {_varying(stream.size, format_size)}{more}"


def _replications(scenario: ScenarioKeys) -> Iterator[tuple[str, ...]]:
    fleets = {fleet.name: fleet for fleet in scenario.fleets if fleet.section == "replications"}
    for name, part in scenario.once.replications.items():
        fleet = fleets.get(name)
        members = [name] if fleet is None else fleet.members
        rows = [_replication(scenario.replications[one]) for one in members]
        cells = [_in_common(texts) for texts in zip(*rows, strict=True)]
        ends = (part.source, _destination(part.destination))
        yield (name if fleet is None else f"{name}[1 to {fleet.count:,}]", *ends, *cells)


def _replication(part: Replication) -> tuple[str, ...]:
    begins = "established" if part.established else "with an initial sync"
    return (begins, *(_parameter(part, key) for key in ("interval", "throughput")))


def _destination(where: Destination) -> str:
    return where.file_system or where.availability_zone or str(where.region)


def _parameter(part: Replication, key: str) -> str:
    by_calendar = isinstance(getattr(part.sync, key), RateCalendar)
    return format_preset(key, part.sync.number(key)) + ", else by windows" * by_calendar


def _events(scenario: ScenarioKeys) -> Iterator[tuple[str, ...]]:
    ordered = sorted(scenario.events, key=lambda event: event.at)
    for event in ordered[:_EVENTS]:
        lasts = "" if event.lasts is None else format_duration(event.lasts)
        yield _clock(scenario, event.at), _what(event), lasts
    if len(ordered) > _EVENTS:
        yield "", f"and {len(ordered) - _EVENTS:,} more", ""


def _faults(scenario: ScenarioKeys) -> Iterator[tuple[str, ...]]:
    for name, fault in scenario.once.faults.items():
        lasts = "" if fault.lasts is None else _varying(fault.lasts, format_duration)
        yield name, _what(fault), _varying(fault.every, format_duration), lasts


def _what(part: Disturbance) -> str:
    return f"{words_of(part.kind)}: {part.target}"


def _varying(part: Distribution, form: Callable[[float], str]) -> str:  # type: ignore[type-arg]
    """Return a distribution by its mean and its kind."""
    mean, kind = form(part.expected()), one_of(part)
    return mean if kind == "constant" else f"{mean} on average ({kind})"


def _assumed(scenario: ScenarioKeys) -> str:
    """Return the assumed parameters of replications, folded."""
    rows = [
        (found.path, found.value, found.why)
        for found in resolved(scenario)
        if found.provenance == "assumed" and found.path.startswith("replications.")
    ]
    title = f"{len(rows)} parameters are assumed, as AWS does not publish them"
    return folded(title, table(("parameter", "value", "reason"), rows, words=3))
