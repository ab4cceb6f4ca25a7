"""The content of plan.json; values are in SI units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from efssim.json_values import IF_ANY, JsonObject, to_json
from efssim.scenario.shown.cells_use import CellsUse
from efssim.study.means.cost import CostOfTrials
from efssim.study.planning.answer.cautions import cautions_of_plan
from efssim.study.planning.answer.sentences import answer_text, cheapest_text
from efssim.study.planning.evaluation import Evaluation, Stage
from efssim.study.planning.findings import (
    Answer,
    Candidate,
    FaultlessWindows,
    PlanFindings,
    PlanObjective,
)
from efssim.study.planning.search import Direction, PlanOutcome
from efssim.study.planning.what_if import WhatIf
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.weighing import StratumTrials
from efssim.study.trial.long_faults import long_faults
from efssim.study.varying.space import VariedParameter
from efssim.traces.quality import TraceQuality


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """The interval that holds the answer, and its better end for people."""

    fails_at: float
    holds_at: float
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class CheapestSummary:
    """The value that costs least of those that meet the objective; None: none was confirmed."""

    value: float | None
    unit: str
    per_month: float | None
    text: str


@dataclass(frozen=True, slots=True)
class EvaluationSummary:
    """The keys of an evaluation in plan.json, in their order."""

    value: float
    attainment: float
    interval: Interval
    confidence: float
    trials: int
    met: bool | None
    holds: bool
    more_trials: int | None
    unprotected_s: float
    stage: Stage
    seed: int
    violations_per_month: float
    above_s_per_month: float
    peak_s: float | None
    diverging_share: float
    cost: CostOfTrials | None = field(default=None, metadata=IF_ANY)


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """The keys of plan.json, in their order."""

    vary: str
    between: tuple[float, float]
    unit: str
    direction: Direction | None
    objective: PlanObjective
    outcome: PlanOutcome
    partial: bool
    out_of_time: bool
    budget_s: float | None
    candidate: Candidate | None
    strata: tuple[StratumTrials, ...]
    long_faults: tuple[str, ...]
    answer: AnswerSummary | None
    text: str
    cautions: tuple[str, ...]
    windows: FaultlessWindows | None
    holds_on: tuple[tuple[float, float], ...]
    evaluations: tuple[EvaluationSummary, ...]
    what_if: tuple[WhatIf, ...]
    traces: Mapping[str, TraceQuality]
    cheapest: CheapestSummary | None = field(default=None, metadata=IF_ANY)
    """Where the plan is to minimise the cost."""
    cells: Mapping[str, CellsUse] = field(default_factory=dict, metadata=IF_ANY)
    """Streams that are drawn in cells, by their paths, and by how much that may be off."""


def plan_to_json(plan: PlanFindings) -> JsonObject:
    """Return the content of plan.json."""
    return to_json(_summary(plan))


def _summary(plan: PlanFindings) -> PlanSummary:
    assert plan.parameter.quantity is not None
    unit = plan.parameter.quantity.unit
    return PlanSummary(
        vary=plan.parameter.path,
        between=plan.between,
        unit=unit,
        direction=plan.direction,
        objective=plan.objective,
        outcome=plan.outcome,
        partial=plan.partial,
        out_of_time=plan.out_of_time,
        budget_s=plan.budget_s,
        candidate=plan.candidate,
        strata=plan.decisive.losses.weighing.strata(),
        long_faults=tuple(long_faults(plan.scenario)),
        answer=answer_summary(plan.answer, plan.parameter),
        text=answer_text(plan),
        windows=plan.windows,
        holds_on=tuple(plan.holds_on),
        evaluations=tuple(map(_evaluation, plan.evaluations)),
        what_if=plan.what_if,
        traces=plan.traces,
        cheapest=_cheapest(plan),
        cells=plan.cells,
        cautions=cautions_of_plan(plan),
    )


def answer_summary(answer: Answer | None, parameter: VariedParameter) -> AnswerSummary | None:
    """Return the answer of a plan with its unit; None where it has none."""
    if answer is None:
        return None
    assert parameter.quantity is not None
    text = parameter.text(answer.holds_at)
    return AnswerSummary(answer.fails_at, answer.holds_at, parameter.quantity.unit, text)


def _cheapest(plan: PlanFindings) -> CheapestSummary | None:
    if plan.cheapest is None:
        return None
    assert plan.parameter.quantity is not None
    made = plan.cheapest.evaluation
    return CheapestSummary(
        value=None if made is None else made.value,
        unit=plan.parameter.quantity.unit,
        per_month=None if made is None else made.cost_per_month,
        text=cheapest_text(plan),
    )


def _evaluation(made: Evaluation) -> EvaluationSummary:
    return EvaluationSummary(
        value=made.value,
        attainment=made.attainment,
        interval=made.interval,
        confidence=made.confidence,
        trials=made.trials,
        met=made.met,
        holds=made.holds,
        more_trials=made.more_trials,
        unprotected_s=made.unprotected_s,
        stage=made.stage,
        seed=made.seed,
        violations_per_month=made.violations_per_month,
        above_s_per_month=made.above_s_per_month,
        peak_s=made.peak_s,
        diverging_share=made.diverging_share,
        cost=made.cost,
    )
