"""The page of drills."""

from __future__ import annotations

from efssim.report.drill.figure import alt_text
from efssim.report.drill.text import heading, measure_rows, notes, phase_rows, verdict_lines
from efssim.report.drill.text import verdict_word as word_of
from efssim.report.facts.traces import thin_traces
from efssim.report.figures.files import FigureSvg
from efssim.report.html.study import Block, PageVerdict, Study, parameter_block, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import Cell, Column, HtmlTable, text
from efssim.report.html.traces import trace_blocks
from efssim.study.drills.study import DrillStudy
from efssim.study.drills.summary import DrillSummary, summary_of

FIGURE = "phases"


def drill_page(study: DrillStudy, drawn: dict[str, FigureSvg], command: str) -> str:
    """Return report.html; `drawn` has the SVG file of the chart."""
    found = summary_of(study)
    return study_page(
        Study(
            kind="Drills",
            title=study.scenario.name,
            description=study.scenario.description,
            meta=[heading(study), *thin_traces(study.traces)],
            blocks=_blocks(study, found, drawn),
            reproduce=[("Command", command)] if command else [],
        )
    )


def _blocks(study: DrillStudy, found: DrillSummary, drawn: dict[str, FigureSvg]) -> list[Block]:
    caption = "A bar for each drill, from the fastest to the slowest; of many, every so many."
    chart = Figure(FIGURE, "Phases", inlined(drawn[FIGURE], FIGURE), alt_text(study), caption)
    measures = _table("Numbers over all drills", "measure", list(measure_rows(found)))
    phases = _table("Phases, over the drills that ended them", "phase", list(phase_rows(found)))
    said = " ".join(notes(study, found))
    return [
        Block("Objectives", "objectives", _verdict(found)),
        Block("What a disaster costs", "losses", text=said, table=measures),
        Block("How the time is spent", "phases-part", figure=chart),
        Block("Phases", "phases-table", table=phases, is_part=True),
        *trace_blocks({study.scenario.name: study.traces}),
        parameter_block(study.scenario),
    ]


def _verdict(found: DrillSummary) -> PageVerdict:
    verdicts = [found.rpo] if found.rto is None else [found.rpo, found.rto]
    worst = min(verdicts, key=lambda one: {False: 0, None: 1, True: 2}[one.met])
    kind = {True: "met", False: "missed", None: "open"}[worst.met]
    word = word_of(worst).capitalize()
    if found.partial and kind == "met":
        kind, word = "open", "Partial"
    if found.failed_back:
        kind, word = "missed", "Failback failed"
    return PageVerdict(kind, word, f"{found.text}.", " ".join(verdict_lines(found)))


def _table(title: str, first: str, rows: list[tuple[str, ...]]) -> HtmlTable:
    head = [Column(first), *(Column(name, True) for name in ("mean", "p50", "p95", "max"))]
    cells = [[text(row[0]), *(Cell(value, is_number=True) for value in row[1:])] for row in rows]
    return HtmlTable(title, head, cells)
