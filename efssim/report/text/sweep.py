"""A sweep on a terminal: a measure at every combination, or the change by each value alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from efssim.report.facts.load import drawn_lines
from efssim.report.facts.traces import thin_lines, trace_lines
from efssim.report.text.fleets.sweep import fleet_rows, items_text, shown_replications
from efssim.report.text.parts import joined
from efssim.report.verdicts.varied.sweep import STATES, absent_texts_of, kinds, sweep_verdict
from efssim.report.words.compare_shares import SHARES
from efssim.report.words.cost import money
from efssim.report.words.lines import aligned, command_lines, counted, percent, short, wrapped
from efssim.study.varying.designs import Arrangement
from efssim.study.varying.points import SweepPoints
from efssim.study.varying.screening import ParameterEffect, effects
from efssim.text.digits import grouped
from efssim.text.quantities import format_size
from efssim.text.yaml.paths import format_path

if TYPE_CHECKING:
    from efssim.json_values import JsonValue
    from efssim.study.varying.points import Point
    from efssim.study.varying.space import VariedParameter


def sweep_report(sweep: SweepPoints, measure: str, command: str) -> str:
    """Return the report of a measure for every replication; `command` reproduces it."""
    each = counted(len(sweep.points[0].trials), "trial")
    points = counted(len(sweep.points), "combination")
    parts = [
        [
            *([partial_text(sweep)] * sweep.partial),
            *wrapped(f"efssim sweep: {sweep.scenario.name}"),
            *wrapped(f"{measure}, {points} of {each} each, mean and 95 % interval"),
            *thin_lines(sweep.traces),
            *(line for text in absent_texts_of(sweep) for line in wrapped(text)),
        ]
    ]
    parts += [_fleet(sweep, measure, name) for name in sweep.points[0].trials.fleets]
    for name in shown_replications(sweep):
        rows = _ROWS[sweep.arrangement]
        said = wrapped(sweep_verdict(sweep, name), indent=2)
        parts += [said, [*wrapped(f"{name}:"), *rows(sweep, measure, name)]]
    return joined(
        [
            *parts,
            [
                *command_lines(command),
                *trace_lines(sweep.traces),
                *drawn_lines(sweep.cells, sweep.scenario),
            ],
        ]
    )


def partial_text(sweep: SweepPoints) -> str:
    """Return the line on an interrupted sweep."""
    return f"PARTIAL: interrupted after {len(sweep.points)} of {sweep.wanted} combinations"


def shown(measure: str, value: float | None, *, signed: bool = False) -> str:
    """Return a number of a measure for people, in the unit that its name says."""
    if value is None or math.isnan(value):
        return "-"
    sign = ("-" if value < 0 else "+" * signed) if signed or value < 0 else ""
    name, number = measure.split(".")[-1], abs(value)
    if name in SHARES:
        return f"{sign}{percent(number)}"
    if "_s" in measure and name != "count":
        return f"{sign}{short(number)}"
    if "bytes" in measure and name != "open_at_end_writes":
        return f"{sign}{format_size(number)}"
    return f"{sign}{grouped(number, 4)}"


def _fleet(sweep: SweepPoints, measure: str, name: str) -> list[str]:
    title = wrapped(f"Fleet {name}, over {items_text(sweep, name)}:")
    return [*title, *aligned(fleet_rows(sweep, measure, name, shown))]


def _grid(sweep: SweepPoints, measure: str, name: str) -> list[str]:
    return aligned(grid_rows(sweep, measure, name))


def grid_rows(sweep: SweepPoints, measure: str, name: str) -> list[list[str]]:
    """Return the names of the columns, and a row of texts for each combination."""
    header = [*(vary.segments[-1] for vary in sweep.parameters), "mean", "interval", "RPO"]
    header += ["cost a month"] * (sweep.points[0].trials.cost is not None)
    rows = [list(map(str, header))]
    means = sweep.point_means(measure, name)
    for row, point, kind in zip(means, sweep.points, kinds(sweep, name), strict=True):
        values = [_value(sweep, vary, row.values[vary.path]) for vary in sweep.parameters]
        interval = _interval(measure, row.low, row.high)
        rows.append([*values, shown(measure, row.mean), interval, STATES[kind], *_cost(point)])
    return rows


def _cost(point: Point) -> list[str]:
    """Return the cost for a month in words; nothing where there are no prices."""
    cost = point.trials.cost
    return [] if cost is None else [money(cost.per_month, cost.currency)]


def _value(sweep: SweepPoints, vary: VariedParameter, value: JsonValue) -> str:
    """Return a value in words, where one is varied."""
    return "-" if sweep.one_at_a_time and value is None else vary.text(value)


def effect_head(sweep: SweepPoints) -> list[str]:
    """Return the names of the columns of `effect_rows`."""
    if sweep.arrangement == "latin":
        return ["parameter", "rank correlation", "interval"]
    return ["parameter", "mean effect", "interval", "with its sign", "deviation"]


def effect_rows(sweep: SweepPoints, measure: str, name: str) -> list[list[str]]:
    """Return a row of texts for each parameter, that which matters most first."""
    names = short_paths(sweep)
    return [[names[row.path], *_effect(measure, row)] for row in effects(sweep, measure, name)]


def short_paths(sweep: SweepPoints) -> dict[str, str]:
    """Return the last parts of the paths, as many as tell them apart."""
    paths = [vary.segments for vary in sweep.parameters]
    length = 1
    while len({path[-length:] for path in paths}) < len(paths):
        length += 1
    return {each.path: format_path(each.segments[-length:]) for each in sweep.parameters}


def _effect(measure: str, row: ParameterEffect) -> list[str]:
    if row.mean is None or row.deviation is None:
        ends = [] if row.low is None or row.high is None else [row.low, row.high]
        return [f"{row.effect:+.2f}", " … ".join(f"{end:+.2f}" for end in ends)]
    return [
        shown(measure, row.effect),
        _interval(measure, row.low, row.high),
        shown(measure, row.mean, signed=True),
        shown(measure, row.deviation),
    ]


def _screened(sweep: SweepPoints, measure: str, name: str) -> list[str]:
    """Return the effects, where the design is complete; of Morris's points nobody asks."""
    found = [] if sweep.partial else effect_rows(sweep, measure, name)
    lines = aligned([effect_head(sweep), *found]) if found else []
    if sweep.arrangement == "latin":
        lines += [*([""] if lines else []), *_grid(sweep, measure, name)]
    return lines


def _tornado(sweep: SweepPoints, measure: str, name: str) -> list[str]:
    by_path = {vary.path: vary for vary in sweep.parameters}
    rows = [["path", "value", "change", "interval"]]
    for row in sweep.changes(measure, name):
        vary, change = by_path[row.path], row.change
        interval = _interval(measure, change.low, change.high, signed=True)
        by = shown(measure, change.difference, signed=True)
        rows.append([vary.path, vary.text(row.value), by, interval])
    return [f"  {base_text(sweep, measure, name)}", *aligned(rows)]


def base_text(sweep: SweepPoints, measure: str, name: str) -> str:
    """Return a sentence on a measure of the base, where one value at a time is varied."""
    base = sweep.series(sweep.points[0], measure, name)
    mean = float(base.mean()) if len(base) else None
    return f"{shown(measure, mean)} as it is; each value alone changes it by"


_ROWS: Mapping[Arrangement, Callable[[SweepPoints, str, str], list[str]]] = {
    "grid": _grid,
    "alone": _tornado,
    "latin": _screened,
    "morris": _screened,
}


def _interval(measure: str, low: float | None, high: float | None, *, signed: bool = False) -> str:
    if low is None:
        return ""
    return " … ".join(shown(measure, end, signed=signed) for end in (low, high))
