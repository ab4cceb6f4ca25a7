"""The page of a runway."""

from __future__ import annotations

from collections.abc import Iterable

from efssim.report.facts.load import drawn_texts
from efssim.report.facts.traces import thin_traces
from efssim.report.figures.files import FigureSvg
from efssim.report.html.study import Block, PageVerdict, Study, parameter_block, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import Cell, Column, HtmlTable, duration, number, share, text
from efssim.report.html.traces import trace_blocks
from efssim.report.runway.figure import runway_alt
from efssim.report.runway.text import (
    MONTHS_SAID,
    goal_of,
    limits_of,
    partial_text,
    strata_text,
    verdict_text,
)
from efssim.study.runway.findings import ChangeOutcome, MonthOutcome, RunwayFindings
from efssim.study.runway.sentences import (
    bought_text,
    cause_text,
    evidence_text,
    said_of,
    so_far_texts,
)

_KINDS = {"always": "met", "found": "missed", "never": "missed"}
_WORDS = {
    "always": "Met in every month",
    "never": "Missed in every month",
    "not_monotone": "Missed, and met again",
    "undecided": "Not decided",
}


def runway_page(found: RunwayFindings, drawn: dict[str, FigureSvg], command: str) -> str:
    """Return report.html of a runway; `drawn` has the SVG file `runway`."""
    meta = [f"month 0 to month {found.horizon}", goal_of(found)]
    if found.partial:
        meta.append(partial_text(found))
    return study_page(
        Study(
            kind="When growth breaks the objective",
            title=found.scenario.name,
            description=found.scenario.description,
            meta=[*meta, *thin_traces(found.traces), *drawn_texts(found.cells, found.scenario)],
            blocks=_blocks(found, drawn["runway"]),
            reproduce=[("Command", command)] if command else [],
        )
    )


def _blocks(found: RunwayFindings, svg: FigureSvg) -> list[Block]:
    evidence = evidence_text(found), strata_text(found), *found.cautions
    said = _joined((verdict_text(found), *so_far_texts(found)))
    notes = cause_text(found), *evidence, limits_of(found)
    kind = "open" if found.first_missed is not None and not found.is_shown else _kind(found)
    answer = PageVerdict(kind, _word(found), said, _joined(notes))
    blocks = [
        Block("The answer", "answer", answer),
        Block("Attainment by month", "curve", figure=_figure(found, svg), is_part=True),
    ]
    if found.changes:
        title = "Which change buys how many months?"
        blocks.append(Block(title, "changes", table=_changes(found)))
    blocks.append(Block("The months", "months", table=_months(found)))
    traces = trace_blocks({found.scenario.name: found.traces})
    return [*blocks, *traces, parameter_block(found.scenario)]


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)


def _kind(found: RunwayFindings) -> str:
    kind = _KINDS.get(found.outcome, "open")
    return "open" if kind == "met" and found.is_so_far else kind


def _word(found: RunwayFindings) -> str:
    if found.outcome == "found":
        verb = "First missed" if found.is_shown else "Seems first missed"
        return f"{verb} in month {found.first_missed}"
    so_far = found.outcome == "always" and found.is_so_far
    return f"{_WORDS[found.outcome]}{', so far' if so_far else ''}"


def _figure(found: RunwayFindings, svg: FigureSvg) -> Figure:
    return Figure(
        "runway",
        "Attainment by month",
        inlined(svg, "runway"),
        runway_alt(found),
        "Mean attainment of each month with its bounds, and with each of the changes that help "
        "most. The dashed line is the objective; the line and the shade across are the first month "
        f"that misses it, with its interval. {MONTHS_SAID}",
    )


def _changes(found: RunwayFindings) -> HtmlTable:
    head = [
        Column("alone"),
        Column("buys", True, "months"),
        Column("first missed in month", True),
        Column("what it changes"),
    ]
    rows = [_change(found, change) for change in found.by_help]
    note = "Each is tried alone, with the same random numbers; whether it can be had is not asked."
    return HtmlTable("Months that each change puts it off", head, rows, note=note)


def _change(found: RunwayFindings, change: ChangeOutcome) -> list[Cell]:
    at = change.first_missed
    first = number(at) if at is not None else Cell(f"after {found.horizon}", is_number=True)
    paths = change.paths[0] if len(change.paths) == 1 else f"{len(change.paths):,} keys"
    name = f"{change.name}{', met so far' * change.is_so_far}"
    return [text(name), number(change.at_least, bought_text(change)), first, text(paths)]


def _months(found: RunwayFindings) -> HtmlTable:
    head = [
        Column("month", True),
        Column("begins"),
        Column("objective"),
        Column("attainment", True, "attainment"),
        Column("from", True, "interval"),
        Column("to", True),
        Column("violations a month", True, "violation"),
        Column("peak age", True, "age"),
    ]
    rows = [_month(found, made) for made in found.months]
    return HtmlTable("Every month that was tried", head, rows, is_sortable=True)


def _month(found: RunwayFindings, made: MonthOutcome) -> list[Cell]:
    violations = made.violations_per_month
    return [
        number(made.month),
        text(f"{found.start_of(made.month):%Y-%m-%d}"),
        text(said_of(made)),
        share(made.attainment),
        share(made.interval.low),
        share(made.interval.high),
        number(violations, f"{violations:,.1f}"),
        duration(made.peak_s),
    ]
