"""The page of a plan."""

from __future__ import annotations

from efssim.report.facts.load import drawn_texts
from efssim.report.facts.traces import thin_traces
from efssim.report.figures.files import FigureSvg
from efssim.report.figures.study.alt import plan_alt
from efssim.report.html.study import Block, PageVerdict, Study, parameter_block, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import NONE, Cell, Column, HtmlTable, duration, number, share, text
from efssim.report.html.traces import trace_blocks
from efssim.report.text.plan import (
    cheapest_sentence,
    evidence_text,
    limits_text,
    objective_text,
    partial_text,
    strata_and_length,
    verdict_text,
)
from efssim.report.words.lines import percent
from efssim.study.planning.answer.cautions import cautions_of_plan, hangs_on_ends
from efssim.study.planning.answer.naming import in_words, limit_text
from efssim.study.planning.evaluation import Evaluation, said
from efssim.study.planning.findings import PlanFindings
from efssim.study.planning.what_if import WhatIf

_KINDS = {
    "found": "met",
    "always": "met",
    "never": "missed",
    "not_monotone": "open",
    "undecided": "open",
}
_WORDS = {
    "always": "Every value tried meets the objective",
    "never": "No value tried meets the objective",
    "not_monotone": "No single limit",
    "undecided": "Not decided",
}


def plan_page(plan: PlanFindings, drawn: dict[str, FigureSvg], command: str) -> str:
    """Return report.html of a plan; `drawn` has the SVG file `attainment`."""
    low, high = (plan.parameter.text(end) for end in plan.between)
    meta = [f"{plan.parameter.path} from {low} to {high}", objective_text(plan)]
    if plan.partial:
        meta.append(partial_text(plan))
    return study_page(
        Study(
            kind="Capacity for a recovery point objective",
            title=plan.scenario.name,
            description=plan.scenario.description,
            meta=[*meta, *thin_traces(plan.traces), *drawn_texts(plan.cells, plan.scenario)],
            blocks=_blocks(plan, drawn["attainment"]),
            reproduce=[("Command", command)] if command else [],
        )
    )


def _blocks(plan: PlanFindings, svg: FigureSvg) -> list[Block]:
    evidence = (
        *cautions_of_plan(plan),
        evidence_text(plan),
        strata_and_length(plan),
        limits_text(plan),
    )
    answer = PageVerdict(
        _kind(plan),
        _word(plan),
        verdict_text(plan, in_words(plan.parameter)),
        " ".join(part for part in (cheapest_sentence(plan), *evidence) if part),
    )
    blocks = [
        Block("The answer", "answer", answer),
        *_other_objectives(plan),
        Block("Attainment by value", "curve", figure=_figure(plan, svg), is_part=True),
        Block("Evaluations", "evaluations", table=_evaluations(plan), is_part=True),
    ]
    traces = trace_blocks({plan.scenario.name: plan.traces})
    return [*blocks, *traces, parameter_block(plan.scenario)]


def _other_objectives(plan: PlanFindings) -> list[Block]:
    title = "What would other objectives need?"
    return [Block(title, "what-if", table=_what_if(plan), is_part=True)] if plan.what_if else []


def _kind(plan: PlanFindings) -> str:
    if _KINDS[plan.outcome] == "met" and (plan.diverging_on or hangs_on_ends(plan)):
        return "open"
    return "open" if plan.outcome == "never" and not plan.shows_none else _KINDS[plan.outcome]


def _word(plan: PlanFindings) -> str:
    is_so_far = plan.is_so_far or (plan.outcome != "never" and hangs_on_ends(plan))
    return f"{_claim(plan)}{', so far' if is_so_far else ''}"


def _claim(plan: PlanFindings) -> str:
    if _kind(plan) == "open" and plan.outcome == "never":
        return "No value tried was shown to meet the objective"
    if plan.outcome == "always" and plan.random and plan.objective.attainment == 1:
        return "No value tried had a violation"
    if plan.answer is not None:
        return limit_text(plan.direction, plan.parameter.text(plan.answer.holds_at))
    return _WORDS[plan.outcome]


def _figure(plan: PlanFindings, svg: FigureSvg) -> Figure:
    return Figure(
        "attainment",
        "Attainment by value",
        inlined(svg, "attainment"),
        plan_alt(plan),
        "Mean attainment of each value tried, with the interval that the answer is judged by. The "
        "dashed line is the objective.",
    )


def _evaluations(plan: PlanFindings) -> HtmlTable:
    in_order = sorted(plan.evaluations, key=lambda made: made.value)
    rows = [_evaluation(plan, made) for made in in_order]
    head = [
        Column("value", True),
        Column("objective"),
        Column("attainment", True, "attainment"),
        Column("from", True, "interval"),
        Column("to", True),
        Column("trials", True, "trial"),
        Column("for"),
        Column("peak age", True, "age"),
    ]
    cost = plan.evaluations[0].cost
    head += [] if cost is None else [Column(f"{cost.currency} a month", True)]
    caption = f"Values of {plan.parameter.path} that were tried, in order"
    return HtmlTable(caption, head, rows, is_sortable=True)


def _evaluation(plan: PlanFindings, made: Evaluation) -> list[Cell]:
    return [
        number(made.value, plan.parameter.text(made.value)),
        text(said(made)),
        share(made.attainment),
        share(made.interval.low),
        share(made.interval.high),
        number(made.trials),
        text(made.stage),
        duration(made.peak_s),
        *_cost(made),
    ]


def _cost(made: Evaluation) -> list[Cell]:
    if made.cost is None:
        return []
    amount = made.cost_per_month
    return [Cell("not known") if amount is None else number(amount, f"{amount:,.2f}")]


def _what_if(plan: PlanFindings) -> HtmlTable:
    head = [
        Column("objective", True, "objective"),
        Column("needs", True),
        Column("violations a month", True, "violation"),
        Column("above the target a month", True),
        Column("peak age", True, "age"),
    ]
    rows = [_what_if_row(plan, row) for row in plan.what_if]
    note = "Means of the search, but for the row of the answer, which fresh trials confirmed."
    return HtmlTable("What other objectives would need, and what they leave", head, rows, note=note)


def _what_if_row(plan: PlanFindings, row: WhatIf) -> list[Cell]:
    first = Cell(percent(row.attainment), row.attainment, is_number=True)
    if row.value is None:
        nothing = [Cell(NONE, is_number=True)] * 3
        return [first, Cell("none in range", is_number=True), *nothing]
    sign = "≥" if plan.direction == "smallest" else "≤"
    confirmed, diverging = " (confirmed)" * row.confirmed, ", diverging" * row.diverging
    violations = row.violations_per_month
    return [
        first,
        number(row.value, f"{sign} {plan.parameter.text(row.value)}{confirmed}{diverging}"),
        number(violations, None if violations is None else f"{violations:,.1f}"),
        duration(row.above_s_per_month),
        duration(row.peak_s),
    ]
