"""The page of a sweep."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from efssim.json_values import JsonValue
from efssim.report.facts.load import drawn_texts
from efssim.report.facts.traces import thin_traces
from efssim.report.figures.files import FigureSvg
from efssim.report.figures.study.alt import sweep_alt
from efssim.report.html.study import Block, PageVerdict, Study, parameter_block, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import Cell, Column, HtmlTable, number, text
from efssim.report.html.traces import trace_blocks
from efssim.report.text.fleets.sweep import fleet_rows, shown_replications
from efssim.report.text.sweep import (
    base_text,
    effect_head,
    effect_rows,
    partial_text,
    shown,
)
from efssim.report.verdicts.varied.sweep import (
    STATES,
    absent_texts_of,
    kinds,
    sweep_verdict,
    verdict_kind,
)
from efssim.report.verdicts.words import Kind
from efssim.report.words.lines import counted
from efssim.study.varying.designs import Arrangement
from efssim.study.varying.points import Point, SweepPoints
from efssim.study.varying.screening import SCREENINGS
from efssim.study.varying.space import VariedParameter

_COLOURS: dict[Kind, str] = {"met": "met", "once": "open", "missed": "missed", "open": "open"}


_FIGURES: Mapping[Arrangement, str] = {
    "grid": "Sweep",
    "alone": "Tornado",
    "latin": "Rank correlations",
    "morris": "Elementary effects",
}
_CAPTIONS: Mapping[Arrangement, str] = {
    "grid": "Means over trials, with their 95 % intervals where a curve has them.",
    "alone": "What each value alone changes, the most first; lines are 95 % intervals.",
    "latin": "Spearman's rank correlation with each parameter; lines are 95 % intervals.",
    "morris": "Mean absolute change over the range of each parameter, with its 95 % interval; the "
    "ring is the standard deviation of the changes, large where parameters act together.",
}
_MATTERS = "Which parameters matter, the most first:"


def sweep_page(
    sweep: SweepPoints, measure: str, drawn: Mapping[str, FigureSvg], command: str
) -> str:
    """Return report.html of a sweep; `drawn` has SVG files by replication, if it can be drawn."""
    each = counted(len(sweep.points[0].trials), "trial")
    return study_page(
        Study(
            kind="What if? A measure at many values",
            title=sweep.scenario.name,
            description=sweep.scenario.description,
            meta=[
                measure,
                f"{counted(len(sweep.points), 'combination')} of {each}",
                *([partial_text(sweep)] * sweep.partial),
                *thin_traces(sweep.traces),
                *absent_texts_of(sweep),
                *drawn_texts(sweep.cells, sweep.scenario),
            ],
            blocks=[
                *_blocks(sweep, measure, drawn),
                *trace_blocks({sweep.scenario.name: sweep.traces}),
                parameter_block(sweep.scenario),
            ],
            reproduce=[*([("Command", command)] * bool(command)), ("Seed", str(sweep.seed))],
        )
    )


def _blocks(sweep: SweepPoints, measure: str, drawn: Mapping[str, FigureSvg]) -> Iterator[Block]:
    rows = _tornado if sweep.one_at_a_time else _grid
    is_screened = sweep.arrangement in SCREENINGS and not sweep.partial
    for ordinal, name in enumerate(sweep.points[0].trials.fleets):
        title = f"Fleet {name}"
        yield Block(title, f"fleet{ordinal}", table=_of_fleet(sweep, measure, name))
    for ordinal, name in enumerate(shown_replications(sweep)):
        figure = None
        if name in drawn:
            figure = _figure(sweep, measure, name, drawn[name], f"r{ordinal}-sweep")
        verdict = PageVerdict(
            _COLOURS[verdict_kind(sweep, name)],
            "Which values meet the objective?",
            sweep_verdict(sweep, name),
        )
        base = f"{base_text(sweep, measure, name)}:" if sweep.one_at_a_time else ""
        if not is_screened:
            yield Block(name, f"r{ordinal}", verdict, base, figure, rows(sweep, measure, name))
            continue
        effects = _effects(sweep, measure, name)
        yield Block(name, f"r{ordinal}", verdict, _MATTERS, figure, effects)
        points = rows(sweep, measure, name)
        yield Block("Points", f"r{ordinal}-points", table=points, is_folded=True, is_part=True)


def _of_fleet(sweep: SweepPoints, measure: str, name: str) -> HtmlTable:
    head, *rows = fleet_rows(sweep, measure, name, shown)
    values = len(sweep.parameters)
    columns = [Column(title, ordinal >= values) for ordinal, title in enumerate(head)]
    cells = [
        [*map(text, row[:values]), *(Cell(each, is_number=True) for each in row[values:])]
        for row in rows
    ]
    return HtmlTable(f"{measure} over the items of {name}", columns, cells)


def _figure(sweep: SweepPoints, measure: str, name: str, svg: FigureSvg, ident: str) -> Figure:
    return Figure(
        ident,
        _FIGURES[sweep.arrangement],
        inlined(svg, ident),
        sweep_alt(sweep, measure, name),
        _CAPTIONS[sweep.arrangement],
    )


def _cost(point: Point) -> list[Cell]:
    """Return the cell of the cost for a month; none where there are no prices."""
    cost = point.trials.cost
    if cost is None:
        return []
    amount = cost.per_month
    return [Cell("not known") if amount is None else number(amount, f"{amount:,.2f}")]


def _grid(sweep: SweepPoints, measure: str, name: str) -> HtmlTable:
    rows = [
        [
            *(_value(vary, row.values[vary.path]) for vary in sweep.parameters),
            *(_number(measure, value) for value in (row.mean, row.low, row.high)),
            text(STATES[kind]),
            *_cost(point),
        ]
        for row, point, kind in zip(
            sweep.point_means(measure, name), sweep.points, kinds(sweep, name), strict=True
        )
    ]
    head = [Column(vary.path, True) for vary in sweep.parameters]
    head += [Column("mean", True), Column("from", True, "interval"), Column("to", True)]
    head.append(Column("RPO", term="rpo"))
    cost = sweep.points[0].trials.cost
    head += [] if cost is None else [Column(f"{cost.currency} a month", True)]
    return HtmlTable(f"{measure} of {name}", head, rows, is_sortable=True)


def _effects(sweep: SweepPoints, measure: str, name: str) -> HtmlTable:
    head = [Column(title, ordinal > 0) for ordinal, title in enumerate(effect_head(sweep))]
    rows = [
        [text(row[0]), *(Cell(each, is_number=True) for each in row[1:])]
        for row in effect_rows(sweep, measure, name)
    ]
    return HtmlTable(f"How {measure} of {name} hangs on each parameter", head, rows)


def _tornado(sweep: SweepPoints, measure: str, name: str) -> HtmlTable:
    by_path = {vary.path: vary for vary in sweep.parameters}
    rows = [
        [
            text(row.path),
            _value(by_path[row.path], row.value),
            _number(measure, row.change.second),
            _number(measure, row.change.difference, True),
            _number(measure, row.change.low, True),
            _number(measure, row.change.high, True),
        ]
        for row in sweep.changes(measure, name)
    ]
    head = [Column("parameter"), Column("value", True), Column("mean", True)]
    head += [Column("change", True), Column("from", True, "interval"), Column("to", True)]
    return HtmlTable(f"What each value alone changes in {measure} of {name}", head, rows, True)


def _value(vary: VariedParameter, value: JsonValue) -> Cell:
    known = float(value) if isinstance(value, int | float) and math.isfinite(value) else None
    return Cell(vary.text(value), known, is_number=True)


def _number(measure: str, value: float | None, signed: bool = False) -> Cell:
    return number(value, shown(measure, value, signed=signed))
