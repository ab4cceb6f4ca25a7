"""A plan on a terminal: the answer first, then the other objectives, curve and assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from efssim.report.facts.assumptions import assumed_parameters
from efssim.report.facts.evidence import long_text, strata_sentence
from efssim.report.facts.load import drawn_lines
from efssim.report.facts.traces import thin_lines, trace_lines
from efssim.report.text.parts import joined
from efssim.report.verdicts.objectives import goal_text
from efssim.report.words.lines import command_lines, counted, percent, short, wrapped
from efssim.runs.outcome import OutcomeRecords
from efssim.study.planning.answer.cautions import cautions_of_plan
from efssim.study.planning.answer.naming import Naming
from efssim.study.planning.answer.sentences import answer_text, cheapest_text
from efssim.study.planning.evaluation import said
from efssim.study.trial.long_faults import long_faults
from efssim.text.items import every_item, is_meant
from efssim.text.quantities import format_duration
from efssim.text.quoting import listed

if TYPE_CHECKING:
    from efssim.study.planning.evaluation import Evaluation
    from efssim.study.planning.findings import PlanFindings
    from efssim.study.planning.what_if import WhatIf


LIMITS = (
    "EFS's replication rate can be neither bought nor set. What helps is to write less, or at "
    "other times, in batches that end before they are cut, or to several file systems."
)
"""Said beside every plan."""


def plan_report(plan: PlanFindings, command: str) -> str:
    """Return the report; `command` reproduces it."""
    heading = [*wrapped(f"efssim plan: {plan.scenario.name}")]
    if plan.partial:
        heading = [*wrapped(partial_text(plan)), *heading]
    parts = [
        [*heading, *wrapped(objective_text(plan), indent=2)],
        thin_lines(plan.traces),
        [
            line
            for text in (verdict_text(plan), *cautions_of_plan(plan))
            for line in wrapped(text, indent=2)
        ],
        wrapped(cheapest_sentence(plan), indent=2),
        wrapped(evidence_text(plan), indent=2),
        wrapped(strata_and_length(plan), indent=2),
        wrapped(limits_text(plan), indent=2),
        _what_if(plan),
        _curve(plan),
        wrapped(_assumed(plan), indent=2),
        [
            *command_lines(command),
            *trace_lines(plan.traces),
            *drawn_lines(plan.cells, plan.scenario),
        ],
    ]
    return joined(parts)


def partial_text(plan: PlanFindings) -> str:
    """Return the line on an interrupted plan."""
    return f"PARTIAL: interrupted after {counted(len(plan.evaluations), 'evaluation')}"


def objective_text(plan: PlanFindings) -> str:
    """Return the objective of the plan in words."""
    goal = plan.objective
    if goal.name is not None:
        asked = goal_text(goal.of, goal.target_s, goal.attainment)
        return f"Objective {goal.name} of {listed(goal.replications)}: {asked}"
    share = (
        "always" if goal.attainment == 1 else f"for {percent(goal.attainment)} of the time or more"
    )
    who, target = listed(goal.replications), format_duration(goal.target_s)
    if plan.parameter.segments == ("rpo", "target"):
        target = "the target"
    return f"RPO of {who}: age at most {target} {share}"


def verdict_text(plan: PlanFindings, naming: Naming | None = None) -> str:
    """Return the answer as a sentence; `naming` as of `answer_text`."""
    return as_sentence(answer_text(plan, naming), plan.parameter.path)


def as_sentence(text: str, path: str) -> str:
    """Return a text as a sentence, with a capital unless a path is its first word."""
    return f"{text[0] if text.startswith(path) else text[0].upper()}{text[1:]}."


def cheapest_sentence(plan: PlanFindings) -> str:
    """Return which value costs least as a sentence; nothing unless that was asked for."""
    text = cheapest_text(plan)
    return as_sentence(text, plan.parameter.path) if text else ""


def evidence_text(plan: PlanFindings) -> str:
    """Return how many trials stand behind the answer and how sure it is."""
    made = f"{counted(len(plan.evaluations), 'evaluation')}"
    if not plan.random:
        text = f"{made}; nothing in this scenario is random, so each is one trial."
        return f"{text} {unprotected_text(plan)}".rstrip()
    last = plan.decisive
    sure = percent(plan.objective.confidence)
    if plan.outcome in ("never", "undecided"):
        most = max(each.trials for each in plan.evaluations)
        return f"{made} of {counted(most, 'trial')} at most.{_undecided(plan)}"
    if plan.outcome == "not_monotone":
        return f"{made} on the same {counted(last.trials, 'trial')}."
    if plan.windows is not None:
        share = percent(plan.windows.share)
        return (
            f"{made}; no violation in {counted(last.trials, 'independent window')} of "
            f"{format_duration(plan.windows.seconds)} on a seed of their own: with {sure} "
            f"confidence at least {share} of such windows have none."
        )
    if last.losses.none():
        fresh = f"confirmed by {counted(last.trials, 'trial')} on a seed of their own"
        return f"{made}; {fresh}, none of which has a violation."
    return (
        f"{made}; confirmed by {counted(last.trials, 'trial')} on a seed of their own, where the "
        f"mean attainment is {percent(last.attainment)} and, with {sure} confidence, at least "
        f"{percent(last.interval.low)}."
    )


def _undecided(plan: PlanFindings) -> str:
    """Return the missing trials where their number is too small and attainment is not."""
    without, text = unprotected_text(plan), ""
    if without:
        return f" {without}"
    if plan.candidate is not None:
        value = plan.parameter.text(plan.candidate.value)
        text = f" {value} reaches the objective in the sample, which is not enough to show it."
        if plan.candidate.more_trials:
            text += f" About {counted(plan.candidate.more_trials, 'more trial')} would."
        return text
    could = [made for made in plan.evaluations if made.is_protected]
    best = max(could, key=lambda made: made.attainment)
    if best.attainment < plan.objective.attainment:
        return text
    where, mean = plan.parameter.text(best.value), percent(best.attainment)
    return f"{text} At {where} the mean is {mean}, which is not enough to show it."


def limits_text(plan: PlanFindings) -> str:
    """Return the limits of plans: the replication rate cannot be set, the budget may end early."""
    text = LIMITS
    if plan.out_of_time and plan.budget_s is not None:
        what = "the table of other objectives" if plan.outcome != "undecided" else "it was decided"
        cut = f"The budget of {format_duration(plan.budget_s)} was spent before {what}"
        if plan.outcome != "undecided":
            cut += " was made"
        return f"{cut}; --budget gives it more. {text}"
    return text


def strata_and_length(plan: PlanFindings) -> str:
    """Return how trials are shared out over rare faults, and the faults cut by a run's end."""
    weighing = plan.decisive.losses.weighing
    parts = strata_sentence(weighing), long_text(long_faults(plan.scenario))
    return " ".join(part for part in parts if part)


def unprotected_text(plan: PlanFindings) -> str:
    """Return a sentence if a replication is without a recovery point at every value."""
    if any(made.is_protected for made in plan.evaluations):
        return ""
    least = min(plan.evaluations, key=lambda made: made.unprotected_s)
    if not least.unprotected_s:
        return "At every value more is lost with a source than the target allows."
    length = format_duration(least.unprotected_s)
    return (
        f"At every value there is no recovery point for a time, {length} at "
        f"{plan.parameter.text(least.value)}: an initial sync is left out by "
        "`rpo: {initial_sync: excluded}`, time without a configuration by "
        "`rpo: {after_deletion: excluded}`."
    )


def _what_if(plan: PlanFindings) -> list[str]:
    if not plan.what_if:
        return []
    header = (
        f"  {'attainment':<11}{'needs':>16}{'violations':>14}{'above target':>15}{'peak age':>12}"
    )
    units = f"  {'':<11}{'':>16}{'per month':>14}{'per month':>15}"
    return [header, units, *(_what_if_row(plan, row) for row in plan.what_if)]


def _what_if_row(plan: PlanFindings, row: WhatIf) -> str:
    if row.value is None:
        return f"  {percent(row.attainment):<11}{'none in range':>16}"
    assert row.above_s_per_month is not None
    sign = "≥" if plan.direction == "smallest" else "≤"
    needs = f"{sign} {plan.parameter.text(row.value)}{'*' * row.confirmed}"
    above = short(row.above_s_per_month)
    return (
        f"  {percent(row.attainment):<11}{needs:>16}{row.violations_per_month:>14,.1f}"
        f"{above:>15}{short(row.peak_s):>12}{' diverging' * row.diverging}"
    )


def _curve(plan: PlanFindings) -> list[str]:
    """Return attainment by value, from the low end, with the confirmations marked."""
    made = sorted(plan.evaluations, key=lambda e: (e.value, e.stage != "search"))
    return [
        f"  {'value':<16}{'attainment':>11}{'bounds':>22}{'trials':>8}{_cost_head(plan)}",
        *(_curve_row(plan, evaluation) for evaluation in made),
        *_footnote(plan),
    ]


def _curve_row(plan: PlanFindings, made: Evaluation) -> str:
    low, high = (percent(end).removesuffix(" %") for end in made.interval)
    bounds = f"{low} … {high} %" if made.trials > 1 else ""
    met = said(made)
    fresh = ", fresh" if made.stage == "confirmation" else ""
    return (
        f"  {plan.parameter.text(made.value):<16}{percent(made.attainment):>11}{bounds:>22}"
        f"{made.trials:>8}{_cost(made)}  {met}{fresh}"
    )


def _cost_head(plan: PlanFindings) -> str:
    cost = plan.evaluations[0].cost
    return "" if cost is None else f"{f'{cost.currency}/month':>13}"


def _cost(made: Evaluation) -> str:
    """Return the cost for a month in the column of its currency."""
    if made.cost is None:
        return ""
    amount = made.cost_per_month
    return f"{'not known' if amount is None else f'{amount:,.2f}':>13}"


def _footnote(plan: PlanFindings) -> Sequence[str]:
    if not any(row.confirmed for row in plan.what_if):
        return []
    return ["", *wrapped("* the answer; the other rows of the table are means of the search.")]


def _is_about(written: str, name: str) -> bool:
    """Return whether a name in a path means a replication, which may be an item of a fleet."""
    return is_meant(written, name) or is_meant(every_item(written), name)


def _assumed(plan: PlanFindings) -> str:
    """Return the parameters that the scenario leaves to the preset, but for the varied one."""
    found = []
    for name in plan.objective.replications:
        replication = plan.scenario.replications[name]
        outcome = OutcomeRecords(replication.source, replication.sync, replication.control)
        for key, value in assumed_parameters(plan.scenario, outcome):
            path = plan.parameter.segments
            is_varied = path[:1] == ("replications",) and path[2:] == ("sync", key)
            if not (is_varied and _is_about(str(path[1]), name)):
                found.append(f"{key} {value}")
    assumed = ", ".join(dict.fromkeys(found))
    return f"Assumed, as AWS does not publish them: {assumed}." if assumed else ""
