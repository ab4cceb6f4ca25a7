"""A plan over parameter sets on a terminal: the answer first, then the evidence for it."""

from __future__ import annotations

from efssim.report.facts.load import drawn_lines
from efssim.report.facts.traces import thin_lines, trace_lines
from efssim.report.text.parts import joined
from efssim.report.text.plan import LIMITS, as_sentence
from efssim.report.words.lines import aligned, command_lines, counted, percent, wrapped
from efssim.study.planning.answer.naming import Naming
from efssim.study.trial.diverging import MET_SO_FAR
from efssim.study.uncertain.plan_summary import set_answer_text, set_cautions
from efssim.study.uncertain.planning import SetEvaluation, SetPlanFindings
from efssim.text.quantities import format_duration


def set_plan_report(plan: SetPlanFindings, command: str) -> str:
    """Return the report; `command` reproduces it."""
    heading = [*wrapped(f"efssim plan: {plan.scenario.name}")]
    if plan.partial:
        heading = [partial_line(plan), *heading]
    parts = [
        [*heading, *wrapped(set_objective_text(plan), indent=2), *thin_lines(plan.traces)],
        wrapped(set_verdict_text(plan), indent=2),
        [line for text in set_plan_sentences(plan) for line in wrapped(text, indent=2)],
        aligned(evaluation_rows(plan)),
        _unknown(plan),
        [
            *command_lines(command),
            *trace_lines(plan.traces),
            *drawn_lines(plan.cells, plan.scenario),
        ],
    ]
    return joined(parts)


def partial_line(plan: SetPlanFindings) -> str:
    """Return the line on an interrupted plan."""
    return f"PARTIAL: interrupted after {counted(len(plan.evaluations), 'evaluation')}"


def set_objective_text(plan: SetPlanFindings) -> str:
    """Return the objective of the plan in words."""
    target = format_duration(plan.target_s)
    return (
        f"RPO of {', '.join(plan.replications)}: age at most {target} for "
        f"{percent(plan.attainment)} of the time or more, in {percent(plan.share_of_sets)} of the "
        "plausible parameter sets"
    )


def set_verdict_text(plan: SetPlanFindings, naming: Naming | None = None) -> str:
    """Return the answer as a sentence; `naming` as of `set_answer_text`."""
    answer = as_sentence(set_answer_text(plan, naming), plan.parameter.path)
    return " ".join([answer, *set_cautions(plan)])


def set_plan_sentences(plan: SetPlanFindings) -> list[str]:
    """Return the sentences beside the answer, for every report."""
    found = [_evidence(plan), _decided(plan), _late(plan), LIMITS]
    return [text for text in found if text]


def _evidence(plan: SetPlanFindings) -> str:
    made = counted(len(plan.evaluations), "evaluation")
    each = f"{counted(plan.sets, 'parameter set')} of {counted(plan.trials, 'trial')}"
    if plan.outcome not in ("found", "always") or not plan.evaluations:
        return f"{made} of {each}, the same sets at every value.{_undecided(plan)}"
    last = plan.evaluations[-1].share
    sure = percent(plan.confidence)
    return (
        f"{made} of {each}, the same sets at every value; confirmed by "
        f"{counted(last.count, 'set')} on a seed of their own, of which {last.met:,} meet the "
        f"objective: with {sure} confidence at least {percent(last.low)} of all do."
    )


def _undecided(plan: SetPlanFindings) -> str:
    """Return the lacking evidence where sets are undecided."""
    open_sets = (made.share.undecided - made.share.too_short for made in plan.evaluations)
    most = max(open_sets, default=0)
    if plan.outcome != "undecided" or not most:
        return ""
    return (
        f" Up to {counted(most, 'set')} of a value are undecided: more --trials decide more of "
        "them, more --sets narrow the interval."
    )


def _decided(plan: SetPlanFindings) -> str:
    if not plan.decided:
        return ""
    return (
        f"{plan.parameter.path} is uncertain in the scenario; here it is taken as chosen, as each "
        "value of the range is."
    )


def _late(plan: SetPlanFindings) -> str:
    if not plan.out_of_time or plan.budget_s is None:
        return ""
    budget = format_duration(plan.budget_s)
    return f"The budget of {budget} was spent before it was decided; --budget gives it more."


def evaluation_rows(plan: SetPlanFindings) -> list[list[str]]:
    """Return the evaluations, from the low end, with their head."""
    made = sorted(plan.evaluations, key=lambda each: (each.value, each.confirms))
    head = ["value", "met", "missed", "undecided", "share of sets", ""]
    return [head, *(_row(plan, each) for each in made)]


def _row(plan: SetPlanFindings, made: SetEvaluation) -> list[str]:
    low, high = (percent(end).removesuffix(" %") for end in made.share.interval)
    fresh = ", fresh" if made.confirms else ""
    return [
        plan.parameter.text(made.value),
        *(f"{count:,}" for count in (made.share.met, made.share.missed, made.share.undecided)),
        f"{low} … {high} %",
        f"{word_of_evaluation(made)}{fresh}",
    ]


def word_of_evaluation(made: SetEvaluation) -> str:
    """Return the verdict of an evaluation in a few words."""
    if made.holds_so_far:  # short, since the line has no room for more beside "fresh"
        return MET_SO_FAR.lower() if made.met else "promising, diverging"
    if made.met is not None:
        return "met" if made.met else "missed"
    return "promising, not shown" if made.promising else "not shown"


def _unknown(plan: SetPlanFindings) -> list[str]:
    lines = ["Not known:"]
    for each in plan.unknown:
        source = f" ({each.source})" if each.source else ""
        lines += wrapped(f"  {each.path}: {each.shown}{source}", indent=4)
    return lines
