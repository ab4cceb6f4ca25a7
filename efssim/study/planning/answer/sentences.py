"""The answer of a plan as a sentence."""

from __future__ import annotations

from efssim.study.planning.answer.naming import Naming, bound_text, by_path
from efssim.study.planning.findings import PlanFindings


def answer_text(plan: PlanFindings, naming: Naming | None = None) -> str:
    """Return the answer in one sentence, with the parameter's path unless it has another name."""
    name, text = naming or by_path(plan.parameter.path), plan.parameter.text
    low, high = (text(end) for end in plan.between)
    between = f"{name.noun} from {low} to {high}{name.whose}"
    if plan.outcome == "always":
        return f"every {between} {_meets(plan)}"
    if plan.outcome == "never":
        met = "meets" if plan.shows_none else "was shown to meet"
        return f"no {between} {met} the objective"
    if plan.outcome == "undecided":
        return f"no {between} was shown to meet the objective so far"
    if plan.answer is None:
        return f"{name.subject} has no single limit: it meets the objective {_sets(plan)}"
    holds, fails = text(plan.answer.holds_at), text(plan.answer.fails_at)
    value = f"{bound_text(plan.direction)} {holds}{name.whose}"
    return f"{name.one} of {value} {_meets(plan)}, and {fails} {_fails(plan)}"


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
    if found.is_flat:
        return f"the cost does not depend on {name}: {amount}, at {value} as anywhere"
    return f"{name} of {value} costs least of the values tried that meet the objective: {amount}"


def _meets(plan: PlanFindings) -> str:
    """Return the predicate of the answer: no trials are a proof of an objective of 100 %."""
    if plan.random and plan.objective.attainment == 1:
        return "had no violation"
    return "meets the objective"


def _fails(plan: PlanFindings) -> str:
    """Return the predicate of the neighbour of the answer, by its evaluations."""
    assert plan.answer is not None
    about = [made for made in plan.evaluations if made.value == plan.answer.fails_at]
    if any(made.met is False for made in about):
        return "does not" if _meets(plan) == "meets the objective" else "had some"
    return "was not shown to"


def _sets(plan: PlanFindings) -> str:
    """Return the runs of neighbouring values that were tried and meet the objective."""
    text = plan.parameter.text
    runs = [
        f"at {text(low)}" if low == high else f"from {text(low)} to {text(high)}"
        for low, high in plan.holds_on
    ]
    return f"{', '.join(runs)}, of the values tried"
