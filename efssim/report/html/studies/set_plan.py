"""The page of a plan over parameter sets."""

from __future__ import annotations

from efssim.report.facts.load import drawn_texts
from efssim.report.facts.traces import thin_traces
from efssim.report.figures.files import FigureSvg
from efssim.report.html.study import Block, PageVerdict, Study, parameter_block, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import Column, HtmlTable, number, share, text
from efssim.report.html.traces import trace_blocks
from efssim.report.text.uncertain.set_plan import (
    partial_line,
    set_objective_text,
    set_plan_sentences,
    set_verdict_text,
    word_of_evaluation,
)
from efssim.study.planning.answer.naming import in_words, limit_text
from efssim.study.uncertain.planning import SetPlanFindings

_KINDS = {"found": "met", "always": "met", "never": "missed"}
_WORDS = {
    "always": "Every value tried keeps the objective",
    "never": "No value tried keeps the objective",
    "not_monotone": "No single limit",
    "undecided": "Not decided",
}


def _kind(plan: SetPlanFindings) -> str:
    kind = _KINDS.get(plan.outcome, "open")
    return "open" if kind == "met" and plan.diverging_on else kind


def _word(plan: SetPlanFindings) -> str:
    return f"{_claim(plan)}{', so far' if plan.is_so_far else ''}"


def _claim(plan: SetPlanFindings) -> str:
    if plan.answer is not None:
        return limit_text(plan.direction, plan.parameter.text(plan.answer.holds_at))
    return _WORDS[plan.outcome]


def set_plan_page(plan: SetPlanFindings, drawn: dict[str, FigureSvg], command: str) -> str:
    """Return report.html of a plan; `drawn` has the SVG file `share`."""
    low, high = (plan.parameter.text(end) for end in plan.between)
    meta = [f"{plan.parameter.path} from {low} to {high}", set_objective_text(plan)]
    if plan.partial:
        meta.append(partial_line(plan))
    answer = PageVerdict(
        _kind(plan),
        _word(plan),
        set_verdict_text(plan, in_words(plan.parameter)),
        " ".join(set_plan_sentences(plan)),
    )
    return study_page(
        Study(
            kind="Capacity for a recovery point objective, where parameters are not known",
            title=plan.scenario.name,
            description=plan.scenario.description,
            meta=[*meta, *thin_traces(plan.traces), *drawn_texts(plan.cells, plan.scenario)],
            blocks=[
                Block("The answer", "answer", answer),
                Block("Share of sets", "curve", figure=_figure(drawn["share"]), is_part=True),
                Block("Evaluations", "evaluations", table=_evaluations(plan), is_part=True),
                Block("What is not known", "unknown", table=_unknown(plan)),
                *trace_blocks({plan.scenario.name: plan.traces}),
                parameter_block(plan.scenario),
            ],
            reproduce=[("Command", command)] if command else [],
        )
    )


def _figure(svg: FigureSvg) -> Figure:
    return Figure(
        "share",
        "Share of the parameter sets that meet the objective, by value",
        inlined(svg, "share"),
        "Share of the parameter sets that meet the objective at each value tried",
        "Each value tried, with the interval that it is judged by. The dashed line is the share "
        "that is asked.",
    )


def _evaluations(plan: SetPlanFindings) -> HtmlTable:
    rows = [
        [
            number(made.value, plan.parameter.text(made.value)),
            text(word_of_evaluation(made)),
            number(made.share.met),
            number(made.share.missed),
            number(made.share.undecided),
            share(made.share.low),
            share(made.share.high),
            text(made.stage),
        ]
        for made in plan.evaluations
    ]
    head = [Column("value", True), Column("objective"), Column("sets met", True)]
    head += [Column("missed", True), Column("undecided", True), Column("from", True, "interval")]
    head += [Column("to", True), Column("for")]
    caption = f"Values of {plan.parameter.path} that were tried, in order"
    return HtmlTable(caption, head, rows, is_sortable=True)


def _unknown(plan: SetPlanFindings) -> HtmlTable:
    rows = [[text(each.path), text(each.shown), text(each.source)] for each in plan.unknown]
    columns = [Column("parameter"), Column("distribution"), Column("source")]
    return HtmlTable("Distributions of the parameters that are not known", columns, rows)
