"""The page of one or more comparisons with the same first study."""

from __future__ import annotations

from collections.abc import Mapping

from efssim.report.facts.load import drawn_texts
from efssim.report.facts.traces import Traces, thin_traces
from efssim.report.figures.study.alt import comparison_alt
from efssim.report.html.study import Block, Study, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import Cell, Column, HtmlTable, number, share, text
from efssim.report.html.traces import trace_blocks
from efssim.report.text.comparison import change_text, verdicts
from efssim.report.text.sweep import shown
from efssim.report.verdicts.compared import shown_differences
from efssim.report.words.lines import counted
from efssim.scenario.shown.cells_use import streams_in_cells
from efssim.study.run.trial_set import TrialSet
from efssim.study.varying.paired import PairedTrials


def comparison_page(
    comparisons: Mapping[str, PairedTrials],
    drawn: Mapping[str, str],
    command: str,
    partial: str = "",
) -> str:
    """Return report.html of comparisons; both mappings go by the stem of their files.

    `partial` names the trials that Ctrl-C left out.
    """
    first = next(iter(comparisons.values())).first
    blocks = [
        _block(comparison, drawn[stem], f"c{ordinal}")
        for ordinal, (stem, comparison) in enumerate(comparisons.items())
    ]
    seconds = [comparison.second for comparison in comparisons.values()]
    studies = {study.scenario.name: study.traces for study in (first, *seconds)}
    drawing = {study.scenario.name: _drawn(study) for study in (first, *seconds)}
    return study_page(
        Study(
            kind="Scenarios compared, trial by trial with the same draws",
            title=f"Compared with {first.scenario.name}",
            description=first.scenario.description,
            meta=[
                counted(len(first), "trial"),
                f"seed {first.seed}",
                *([partial] * bool(partial)),
                *_thin(studies),
                *(f"{name}: {words}" for name, found in drawing.items() for words in found),
            ],
            blocks=[*blocks, *trace_blocks(studies)],
            reproduce=[*([("Command", command)] * bool(command)), ("Seed", str(first.seed))],
        )
    )


def _thin(studies: Mapping[str, Traces]) -> list[str]:
    return [f"{name}: {text}" for name, found in studies.items() for text in thin_traces(found)]


def _drawn(study: TrialSet) -> list[str]:
    return drawn_texts(streams_in_cells(study.scenario), study.scenario)


def _block(comparison: PairedTrials, svg: str, ident: str) -> Block:
    name = comparison.second.scenario.name
    figure = Figure(
        f"{ident}-change",
        "Change",
        inlined(svg, f"{ident}-change"),
        comparison_alt(comparison),
        "Points are changes in per cent of the first mean (of shares in percentage points), "
        "lines their 95 % intervals.",
    )
    return Block(name, ident, text=_pairs(comparison), figure=figure, table=_table(comparison))


def _pairs(comparison: PairedTrials) -> str:
    pairs = f"{counted(len(comparison.numbers), 'pair')} of trials with the same draws."
    if not comparison.is_paired:
        pairs = "No pairs of trials, since their rare faults differ."
    return " ".join([pairs, *verdicts(comparison)])


def _table(comparison: PairedTrials) -> HtmlTable:
    rows = [
        [
            text(row.measure),
            text(row.replication),
            *(number(mean, shown(row.measure, mean)) for mean in (row.first, row.second)),
            Cell(change_text(row), row.difference, is_number=True),
            share(row.variance_saved),
        ]
        for row in shown_differences(comparison)
    ]
    head = [
        Column("measure"),
        Column("replication"),
        Column("first", True),
        Column("second", True),
        Column("change", True, "interval"),
        Column("variance saved", True),
    ]
    note = (
        "Variance saved: the share of the change's variance that the common draws took away; with "
        "independent draws the same interval would need 1 / (1 - saved) times the trials. pp: "
        "percentage points."
    )
    return HtmlTable("Main measures", head, rows, is_sortable=True, note=note)
