"""Cautions of a plan: sentences beside an answer that stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from efssim.scenario import Scenario
from efssim.scenario.unknowns.parameters import UncertainParameter
from efssim.study.planning.answer.sentences import diverging_texts
from efssim.study.planning.ends import could_not_miss_text, left_out_text
from efssim.study.planning.evaluation import Evaluation
from efssim.study.planning.findings import PlanFindings
from efssim.study.trial.absent import absent_in_all, absent_texts
from efssim.study.trial.not_in_run import unreached_texts
from efssim.study.varying.space import VariedParameter, with_value
from efssim.text.quoting import listed

_NAMED = 4
"""Values that a caution names."""


def cautions_of_plan(plan: PlanFindings) -> tuple[str, ...]:
    """Return a sentence for each caution."""
    return (
        *diverging_texts(plan.parameter, plan.diverging_on),
        *_left_out(plan),
        *_could_not_miss(plan),
        *absent_between(plan.scenario, plan.parameter, plan.between),
    )


def hangs_on_ends(plan: PlanFindings) -> bool:
    """Return whether the ends of the runs decide that the answer, or any value, meets it."""
    limit = None if plan.answer is None else plan.answer.holds_at
    return any(
        made.hangs_on_ends for made in plan.evaluations if limit is None or made.value == limit
    )


def _left_out(plan: PlanFindings) -> Iterator[str]:
    turning = [made for made in plan.evaluations if made.ends.left.turns]
    found = [made for made in turning if made.ends.decide] or turning
    if found:
        ends = [made.ends for made in found]
        yield left_out_text(_at(plan, found), ends, plan.objective.of)


def _could_not_miss(plan: PlanFindings) -> Iterator[str]:
    found = [made for made in plan.evaluations if made.ends.could_not_miss]
    if found:
        yield could_not_miss_text(_at(plan, found))


def absent_between(
    scenario: Scenario,
    parameter: VariedParameter,
    between: tuple[float, float],
    unknown: Sequence[UncertainParameter] = (),
) -> list[str]:
    """Return a sentence on faults and events that begin in no run at either end of a range."""
    ends = (with_value(scenario, parameter, end) for end in between)
    return [*absent_texts(absent_in_all(ends, unknown)), *unreached_texts(scenario)]


def _at(plan: PlanFindings, found: Iterable[Evaluation]) -> str:
    return f"at {values_text(plan.parameter, (made.value for made in found))}"


def values_text(parameter: VariedParameter, values: Iterable[float]) -> str:
    """Return values of a parameter in words, each once and in order; beyond some how many more."""
    return listed((parameter.text(value) for value in sorted(set(values))), most=_NAMED)
