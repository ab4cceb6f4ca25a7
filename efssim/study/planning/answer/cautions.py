"""Cautions of a plan: sentences beside an answer that stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from efssim.study.planning.answer.sentences import diverging_texts
from efssim.study.planning.evaluation import Evaluation
from efssim.study.planning.findings import PlanFindings
from efssim.study.trial.absent import absent, absent_texts
from efssim.study.varying.space import with_value
from efssim.text.quoting import listed

_NAMED = 4
"""Values that a caution names."""


def cautions_of_plan(plan: PlanFindings) -> tuple[str, ...]:
    """Return a sentence for each caution."""
    return (
        *diverging_texts(plan.parameter, plan.diverging_on),
        *_left_out(plan),
        *_could_not_miss(plan),
        *_absent(plan),
    )


def hangs_on_ends(plan: PlanFindings) -> bool:
    """Return whether the ends of the runs decide that the answer, or any value, meets it."""
    limit = None if plan.answer is None else plan.answer.holds_at
    return any(
        made.holds and made.ends.decide
        for made in plan.evaluations
        if limit is None or made.value == limit
    )


def _left_out(plan: PlanFindings) -> Iterator[str]:
    found = [made for made in plan.evaluations if made.ends.left.turns]
    if not found:
        return
    share = 100 * max(made.ends.left.share for made in found)
    decides = any(made.ends.decide for made in found)
    yield (
        f"LEFT OUT at {_values(plan, found)}: up to {share:.4g} % of all {plan.objective.of} at "
        "the end may yet meet or miss the target, which could turn over whether the objective is "
        f"met{': a longer run decides' if decides else ''}."
    )


def _could_not_miss(plan: PlanFindings) -> Iterator[str]:
    found = [made for made in plan.evaluations if made.ends.could_not_miss]
    if found:
        yield (
            f"NO SYNC COMPLETED at {_values(plan, found)}, in a window too short for the age to "
            "pass the target: a longer run decides."
        )


def _absent(plan: PlanFindings) -> list[str]:
    """Return a sentence on faults and events that begin in no run at either end of the range."""
    low, high = (absent(with_value(plan.scenario, plan.parameter, end)) for end in plan.between)
    return absent_texts([name for name in low if name in high])


def _values(plan: PlanFindings, found: Iterable[Evaluation]) -> str:
    values = sorted({made.value for made in found})
    return listed((plan.parameter.text(value) for value in values), most=_NAMED)
