"""The page of one or more comparisons with the same first study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from efssim.report.facts.load import drawn_texts
from efssim.report.facts.traces import thin_by_name
from efssim.report.figures.files import FigureSvg
from efssim.report.figures.study.alt import compared_lag_alt, comparison_alt
from efssim.report.html.study import Block, PageVerdict, Study, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import Cell, Column, HtmlTable, number, share, text
from efssim.report.html.traces import trace_blocks
from efssim.report.text.comparison import change_text, verdicts
from efssim.report.text.sweep import shown
from efssim.report.verdicts.varied.compared import diverges, shown_differences
from efssim.report.verdicts.varied.comparison import answer, verdict_kind, word
from efssim.report.words.lines import counted
from efssim.scenario.shown.cells_use import streams_in_cells
from efssim.study.run.trial_set import TrialSet
from efssim.study.trial.not_in_run import not_in_runs
from efssim.study.varying.paired import PairedTrials

_DRAWN = 6
"""Pairs of replications whose ages are drawn at most: as many as a run has sections."""
_OF_LAGS = (
    "Over all trials together. The dashed lines are the RPO target and the objective: it is met "
    "where a curve crosses the target below the horizontal line."
)


@dataclass(frozen=True)
class ComparisonSvg:
    """The figures of a comparison."""

    change: FigureSvg
    lags: Sequence[FigureSvg]
    """Of each of its `compared_lags`."""


def compared_lags(comparison: PairedTrials) -> list[tuple[str, str]]:
    """Return the pairs of replications whose ages are drawn: the first of many, if stationary."""
    known = comparison.replications[:_DRAWN]
    studies = comparison.first.pooled, comparison.second.pooled
    return [
        (a, b)
        for a, b in known
        if a in studies[0] and b in studies[1] and not diverges(comparison, a, b)
    ]


def comparison_page(
    comparisons: Mapping[str, PairedTrials],
    drawn: Mapping[str, ComparisonSvg],
    command: str,
    partial: str = "",
) -> str:
    """Return report.html of comparisons; both mappings go by the stem of their files.

    `partial` names the trials that Ctrl-C left out.
    """
    first = next(iter(comparisons.values())).first
    blocks = [
        block
        for ordinal, (stem, comparison) in enumerate(comparisons.items())
        for block in _of_comparison(comparison, drawn[stem], f"c{ordinal}")
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
                *thin_by_name(studies),
                *not_in_runs(study.scenario for study in (first, *seconds)),
                *(f"{name}: {words}" for name, found in drawing.items() for words in found),
            ],
            blocks=[*blocks, *trace_blocks(studies)],
            reproduce=[*([("Command", command)] * bool(command)), ("Seed", str(first.seed))],
        )
    )


def _drawn(study: TrialSet) -> list[str]:
    return drawn_texts(streams_in_cells(study.scenario), study.scenario)


def _of_comparison(comparison: PairedTrials, svg: ComparisonSvg, ident: str) -> Iterator[Block]:
    """Yield the answer, the ages of both, and the changes of all main measures."""
    name = comparison.second.scenario.name
    verdict = PageVerdict(
        verdict_kind(comparison), word(comparison), answer(comparison), _pairs(comparison)
    )
    pages = tuple((each, f"{each}/report.html") for each in (comparison.first.scenario.name, name))
    yield Block(name, ident, verdict, " ".join(verdicts(comparison)), links=pages)
    for ordinal, (names, lag) in enumerate(zip(compared_lags(comparison), svg.lags, strict=True)):
        key = f"{ident}-lag{ordinal}"
        figure = Figure(
            key, "Age", inlined(lag, key), compared_lag_alt(comparison, names), _OF_LAGS
        )
        yield Block(
            f"How often is the age of {names[0]} longer than that?",
            f"{key}-block",
            figure=figure,
            is_part=True,
        )
    figure = Figure(
        f"{ident}-change",
        "Change",
        inlined(svg.change, f"{ident}-change"),
        comparison_alt(comparison),
        "Points are changes in per cent of the first mean (of shares in percentage points), "
        "lines their 95 % intervals.",
    )
    yield Block(
        "What changes", f"{ident}-changes", figure=figure, table=_table(comparison), is_part=True
    )


def _pairs(comparison: PairedTrials) -> str:
    if not comparison.is_paired:
        return "No pairs of trials, since their rare faults differ."
    return f"{counted(len(comparison.numbers), 'pair')} of trials with the same draws."


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
