"""The estimate on a terminal: 80 columns, the verdict first, every approximation named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from efssim.closed_forms.estimate import ScenarioEstimate
from efssim.closed_forms.estimated import (
    CatchUpEstimate,
    NumberName,
    RatesEstimate,
    ReplicationEstimate,
    SimulatedNumbers,
)
from efssim.markup import page, sentence, table
from efssim.report.facts.traces import thin_lines
from efssim.report.text.parts import joined
from efssim.report.words.json_text import json_text
from efssim.report.words.lines import counted, percent, wrapped
from efssim.report.words.terms import AGE_NAME
from efssim.scenario import Scenario
from efssim.scenario.shown.trace_use import trace_qualities
from efssim.scenario.unknowns.parameters import uncertain_parameters
from efssim.text.digits import grouped
from efssim.text.quantities import format_byte_rate, format_duration, format_size

Format = Callable[[float], str]


def _share(value: float) -> str:
    return percent(float(f"{value:.4g}"))


def _rate(value: float) -> str:
    return f"{grouped(value, 4)} per s"


_ROWS: dict[NumberName, tuple[str, Format]] = {
    "written_bytes_per_s": ("written", format_byte_rate),
    "writes_per_s": ("writes", _rate),
    "busiest_bytes_per_s": ("written at the busiest", format_byte_rate),
    "sent_bytes_per_s": ("sent", format_byte_rate),
    "utilisation": ("utilisation", _share),
    "utilisation_by_bytes": ("  by bytes", _share),
    "utilisation_by_files": ("  by files", _share),
    "busiest_utilisation": ("  at the busiest", _share),
    "cycle_s": ("from cut to cut", format_duration),
    "sync_s": ("duration of a sync", format_duration),
    "age_mean_s": (AGE_NAME, format_duration),
    "age_peak_s": ("  its mean peak", format_duration),
    "write_lag_mean_s": ("mean write lag", format_duration),
    "attainment": ("time within the target", _share),
    "growth_bytes_per_s": ("growth of pending bytes", format_byte_rate),
    "shortest_interval_s": ("shortest interval on time", format_duration),
    "smallest_throughput_bytes_per_s": ("smallest throughput", format_byte_rate),
    "largest_write_bytes_per_s": ("largest writes", format_byte_rate),
    "initial_sync_s": ("initial sync", format_duration),
    "initial_bytes": ("  its size", format_size),
}
"""Title and format of each number that has a row."""


def estimate_json(found: ScenarioEstimate) -> str:
    """Return the JSON that `--format json` prints."""
    return json_text(found.summary)


def estimate_report(found: ScenarioEstimate) -> str:
    """Return the report, with a column for a run if there was one."""
    parts = [_heading(found)]
    for name, numbers in found.estimated.items():
        run = None if found.measured is None else found.measured[name]
        parts += [
            wrapped(f"{name}: {_verdict(numbers, found.scenario)}", indent=2),
            _table(numbers, run),
            _catch_ups(numbers),
            _listed("Approximations:", numbers.approximations),
        ]
    if not found.estimated:
        parts.append(["This scenario has no replication, so there is no lag to estimate."])
    return joined(parts)


def estimate_html(found: ScenarioEstimate) -> str:
    """Return verdict, numbers and approximations of each replication as HTML, for a notebook."""
    parts = [sentence(f"{found.scenario.name}, from closed forms", strong="Estimate of")]
    for name, numbers in found.estimated.items():
        run = None if found.measured is None else found.measured[name]
        head = ("number", "estimate") if run is None else ("number", "estimate", "simulated", "off")
        rows = [_cells(key, value, run) for key, value in _known(numbers)]
        parts += [sentence(_verdict(numbers, found.scenario), strong=f"{name}:")]
        parts += [table(head, rows), *map(sentence, numbers.approximations)]
    return page(*map(sentence, _unknown(found.scenario)), *parts)


def _heading(found: ScenarioEstimate) -> list[str]:
    how = "from closed forms; nothing was simulated"
    if found.measured is not None:
        how = f"from closed forms, beside a simulation with seed {found.scenario.seed}"
    name = wrapped(f"efssim: estimate of {found.scenario.name}")
    unknown = [line for text in _unknown(found.scenario) for line in wrapped(text)]
    return [*name, *wrapped(how), *unknown, *thin_lines(trace_qualities(found.scenario))]


def _unknown(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence where parameters are not known, which closed forms ignore."""
    count = len(uncertain_parameters(scenario))
    if count:
        yield (
            f"NOT KNOWN: {counted(count, 'parameter')}; an estimate ignores that and has the "
            "values as written, so that it decides nothing"
        )


def _verdict(numbers: ReplicationEstimate, scenario: Scenario) -> str:
    target_s = scenario.rpo.target
    if numbers.regime == "diverging":
        return (
            f"DIVERGES: more is written than can be sent (utilisation {_work(numbers.rates)}). "
            f"Pending bytes grow by {format_byte_rate(_there(numbers.growth_bytes_per_s))}, so "
            f"there is no steady age, and the RPO of {format_duration(target_s)} is missed in the "
            f"long run."
        )
    if numbers.regime is None:
        return f"{_met(numbers)}{_why(numbers)}."
    how = "on time" if numbers.regime == "on_time" else "back to back"
    cycle = numbers.cycle
    sync, length, mean, peak = (
        format_duration(_there(seconds))
        for seconds in (cycle.sync_s, cycle.cycle_s, cycle.age_mean_s, cycle.age_peak_s)
    )
    return (
        f"{_met(numbers)} (age at most {format_duration(target_s)} for "
        f"{percent(scenario.rpo.attainment)}){_why(numbers)}. In the steady state syncs run {how}, "
        f"{sync} in every {length}; the age is {mean} on average and peaks at {peak}."
        f"{_busiest(numbers)}"
    )


def _there(value: float | None) -> float:
    """Return a number that exists in the regime in which it is asked for."""
    assert value is not None
    return value


def _met(numbers: ReplicationEstimate) -> str:
    if numbers.rpo_met is None:
        return "RPO not decided without a simulation"
    return "RPO met, also at the busiest" if numbers.rpo_met else "RPO missed"


def _why(numbers: ReplicationEstimate) -> str:
    return f": {'; '.join(numbers.rpo_reasons)}" if numbers.rpo_reasons else ""


def _work(rates: RatesEstimate) -> str:
    work, repeated = _there(rates.utilisation), _there(rates.utilisation_with_failures)
    return f"{_share(work)}{f', {_share(repeated)} with failed attempts' * (repeated > work)}"


def _busiest(numbers: ReplicationEstimate) -> str:
    share = numbers.rates.busiest_utilisation
    if share is None or share < 1:
        return ""
    return (
        f" At its busiest more is written than can be sent ({_share(share)}): what bursts cost, "
        f"only a simulation tells."
    )


def _table(numbers: ReplicationEstimate, run: SimulatedNumbers | None) -> list[str]:
    head = f"  {'':<28}{'estimate':>14}"
    if run is not None:
        head += f"{'simulated':>14}{'off':>12}"
    return [head, *(_row(key, value, run) for key, value in _known(numbers))]


def _known(numbers: ReplicationEstimate) -> Iterator[tuple[NumberName, float]]:
    """Yield the numbers that have a row and a value."""
    for key in _ROWS:
        value = numbers.number(key)
        if value is not None:
            yield key, value


def _row(key: NumberName, value: float, run: SimulatedNumbers | None) -> str:
    title, *cells = _cells(key, value, run)
    wide = (f"{cell:>{width}}" for cell, width in zip(cells, (14, 14, 12), strict=False))
    return f"  {title:<28}{''.join(wide)}".rstrip()


def _cells(key: NumberName, value: float, run: SimulatedNumbers | None) -> tuple[str, ...]:
    """Return title and estimate and, beside a run, its number and the relative error."""
    title, form = _ROWS[key]
    if run is None:
        return title, form(value)
    measured = run.number(key)
    if measured is None:
        return title, form(value), "", ""
    off = f"{grouped(100 * (measured / value - 1), signed=True)} %" if value else ""
    return title, form(value), form(measured), off


def _catch_ups(numbers: ReplicationEstimate) -> list[str]:
    return [
        line
        for part in numbers.catch_up
        for line in wrapped(f"  After {part.after} {_when(part)}{_caught_up(part)}", indent=4)
    ]


def _when(part: CatchUpEstimate) -> str:
    at_s = part.at_s
    return "of " if at_s is None else f"at {format_duration(at_s)} of "


def _caught_up(part: CatchUpEstimate) -> str:
    lasts = format_duration(part.lasts_s)
    if part.syncs is None or part.age_peak_s is None or part.duration_s is None:
        return f"{lasts}: never caught up."
    return (
        f"{lasts}: the age peaks at {format_duration(part.age_peak_s)}; caught up "
        f"{format_duration(part.duration_s)} later, in {counted(part.syncs, 'sync')}."
    )


def _listed(title: str, sentences: Iterable[str]) -> list[str]:
    lines = [f"  {title}"]
    for one in sentences:
        lines += wrapped(f"  - {one}", indent=4)
    return lines
