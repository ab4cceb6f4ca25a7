"""The answer of a plan as a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.study.planning.answer.naming import Naming, bound_text, by_path
from efssim.study.planning.answer.tried import TriedValues, good_side_text, whole_range_text
from efssim.study.planning.findings import PlanFindings
from efssim.study.trial.diverging import runs_text, so_far_text, with_divergence
from efssim.study.varying.space import VariedParameter


def answer_text(plan: PlanFindings, naming: Naming | None = None) -> str:
    """Return the answer in one sentence, with the parameter's path unless it has another name."""
    name, text = naming or by_path(plan.parameter.path), plan.parameter.text
    tried = [made.value for made in plan.evaluations]
    values = TriedValues(plan.parameter, plan.between, tried)
    if plan.outcome == "always":
        return f"every {whole_range_text(name, _meets(plan), values)}"
    if plan.outcome == "never":
        met = "meets" if plan.shows_none else "was shown to meet"
        return f"no {whole_range_text(name, f'{met} the objective', values)}"
    if plan.outcome == "undecided":
        return f"no {name.noun} {values.ends}{name.whose} was shown to meet the objective so far"
    if plan.answer is None:
        return f"{name.subject} has no single limit: it meets the objective {_sets(plan)}"
    holds, fails = text(plan.answer.holds_at), text(plan.answer.fails_at)
    value = f"{bound_text(plan.direction)} {holds}{name.whose}"
    beside = good_side_text(
        plan.parameter, plan.between, tried, plan.answer.holds_at, plan.direction
    )
    return f"{name.one} of {value} {_meets(plan)}, and {fails} {_fails(plan)}{beside}"


def diverging_texts(
    parameter: VariedParameter, runs: Sequence[tuple[float, float]]
) -> tuple[str, ...]:
    """Return the caution on tried values that are called met and fall behind for good, if any."""
    if not runs:
        return ()
    where = runs_text([(parameter.text(low), parameter.text(high)) for low, high in runs])
    return (so_far_text(f"{where}, of the values tried"),)


def cheapest_text(plan: PlanFindings) -> str:
    """Return in a sentence which value costs least; nothing unless the plan minimises the cost."""
    found = plan.cheapest
    if found is None:
        return ""
    name, made = plan.parameter.path, found.evaluation
    if made is None:
        return f"which value of {name} costs least is not known: {found.reason}"
    cost = made.cost
    assert cost is not None, "it was chosen by its cost"
    amount = f"{made.cost_per_month:,.2f} {cost.currency} a month"
    value = plan.parameter.text(made.value)
    so_far = f"; it is {with_divergence('met')} there" if made.falls_behind else ""
    if found.is_flat:
        return f"the cost does not depend on {name}: {amount}, at {value} as anywhere{so_far}"
    least = f"{name} of {value} costs least of the values tried that meet the objective"
    return f"{least}: {amount}{so_far}"


def _meets(plan: PlanFindings) -> str:
    """Return the predicate of the answer: no trials are a proof of an objective of 100 %."""
    so_far = " so far" if plan.is_so_far else ""
    return f"{'had no violation' if _is_a_sample(plan) else 'meets the objective'}{so_far}"


def _is_a_sample(plan: PlanFindings) -> bool:
    return plan.random and plan.objective.attainment == 1


def _fails(plan: PlanFindings) -> str:
    """Return the predicate of the neighbour of the answer, by its evaluations."""
    assert plan.answer is not None
    about = [made for made in plan.evaluations if made.value == plan.answer.fails_at]
    if any(made.met is False for made in about):
        return "had some" if _is_a_sample(plan) else "does not"
    return "was not shown to"


def _sets(plan: PlanFindings) -> str:
    """Return the runs of neighbouring values that were tried and meet the objective."""
    text = plan.parameter.text
    runs = runs_text([(text(low), text(high)) for low, high in plan.holds_on])
    return f"{runs}, of the values tried"
