"""The page of a choice."""

from __future__ import annotations

from collections.abc import Mapping

from efssim.report.choice.figure import choice_alt
from efssim.report.choice.text import answer_sentence, method, rpo_word, state
from efssim.report.facts.traces import thin_by_name
from efssim.report.figures.files import FigureSvg
from efssim.report.html.study import Block, PageVerdict, Study, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import Column, HtmlTable, number, share, text
from efssim.report.html.traces import trace_blocks
from efssim.report.words.lines import counted
from efssim.study.choosing.choice import ChoiceFindings
from efssim.study.choosing.sentences import value_text
from efssim.study.choosing.summary import ChoiceSummary, choice_summary

_WORDS = {"chosen": "Best", "tied": "No difference", "undecided": "Undecided"}


def choice_page(found: ChoiceFindings, drawn: Mapping[str, FigureSvg], command: str) -> str:
    """Return report.html of a choice; `drawn` has its figure as SVG."""
    said = choice_summary(found)
    scenarios = counted(len(said.alternatives), "scenario")
    return study_page(
        Study(
            kind="A choice among scenarios",
            title=f"The {said.best} {said.measure}",
            description="",
            meta=[
                scenarios,
                f"seed {said.seed}",
                *(["PARTIAL: interrupted"] * said.partial),
                *thin_by_name(said.traces),
            ],
            blocks=_blocks(found, said, drawn["choice"]),
            reproduce=[*([("Command", command)] * bool(command)), ("Seed", str(said.seed))],
        )
    )


def _blocks(found: ChoiceFindings, said: ChoiceSummary, svg: FigureSvg) -> list[Block]:
    verdict = PageVerdict(
        _kind(found, said), _word(said), answer_sentence(said), " ".join(said.cautions)
    )
    figure = Figure(
        "choice",
        "Means",
        inlined(svg, "choice"),
        choice_alt(found),
        "The mean of each scenario over the trials that it has, with its 95 % interval.",
    )
    return [
        Block("The answer", "answer", verdict),
        Block("Means", "means", figure=figure, is_part=True),
        Block("Scenarios", "scenarios", table=_table(found, said), text=method(said), is_part=True),
        *trace_blocks(said.traces),
    ]


def _kind(found: ChoiceFindings, said: ChoiceSummary) -> str:
    """Return the colour: green only for a best one that meets its objective, by whole traces."""
    if found.best is None or said.cautions or thin_by_name(said.traces):
        return "open"
    return "met"


def _word(said: ChoiceSummary) -> str:
    word = _WORDS[said.outcome]
    return word if said.answer is None else f"{word}: {said.answer}"


def _table(found: ChoiceFindings, said: ChoiceSummary) -> HtmlTable:
    head = [
        Column("scenario"),
        Column("replication"),
        Column("mean", True),
        Column("from", True, "interval"),
        Column("to", True),
        Column("trials", True, "trial"),
        Column("state"),
        Column("attainment", True, "attainment"),
        Column("RPO"),
    ]
    rows = []
    for k, each in enumerate(said.alternatives):
        low, high = each.interval or (None, None)
        rows.append(
            [
                text(each.scenario),
                text(each.replication),
                *(number(value, value_text(found, value)) for value in (each.mean, low, high)),
                number(each.trials),
                text(state(found, each, k)),
                share(each.attainment),
                text(rpo_word(found, k)),
            ]
        )
    return HtmlTable("Scenarios in the order given", head, rows, is_sortable=True)
