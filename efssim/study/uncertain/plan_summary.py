"""The content of plan.json of a plan over parameter sets, and its answer as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from efssim.json_values import IF_ANY, JsonObject, to_json
from efssim.scenario.shown.cells_use import CellsUse
from efssim.study.planning.answer.cautions import absent_between, values_text
from efssim.study.planning.answer.naming import Naming, bound_text, by_path
from efssim.study.planning.answer.sentences import diverging_texts
from efssim.study.planning.answer.tried import TriedValues, good_side_text, whole_range_text
from efssim.study.planning.ends import could_not_miss_text
from efssim.study.planning.search import Direction, PlanOutcome
from efssim.study.planning.summary import AnswerSummary, answer_summary
from efssim.study.statistics.intervals import Interval
from efssim.study.uncertain.planning import SetEvaluation, SetPlanFindings, without
from efssim.study.uncertain.summary import UncertainSummary, unknown_summary
from efssim.traces.quality import TraceQuality


@dataclass(frozen=True, slots=True)
class SetPlanObjective:
    """The objective, and the share of the parameter sets in which it has to be met."""

    target_s: float
    attainment: float
    share_of_sets: float
    confidence: float
    replications: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetEvaluationSummary:
    """The keys of an evaluation, in their order."""

    value: float
    share: float | None
    """None where a set is undecided."""
    interval: Interval
    confidence: float
    sets: int
    sets_met: int
    sets_missed: int
    sets_undecided: int
    sets_too_short: int
    sets_diverging: int
    met: bool | None
    stage: str
    seed: int


@dataclass(frozen=True, slots=True)
class SetPlanSummary:
    """The keys of plan.json, in their order."""

    vary: str
    between: tuple[float, float]
    unit: str
    direction: Direction | None
    objective: SetPlanObjective
    sets: int
    trials: int
    uncertain: Sequence[UncertainSummary]
    outcome: PlanOutcome
    partial: bool
    out_of_time: bool
    budget_s: float | None
    answer: AnswerSummary | None
    text: str
    cautions: tuple[str, ...]
    evaluations: Sequence[SetEvaluationSummary]
    traces: Mapping[str, TraceQuality]
    cells: Mapping[str, CellsUse] = field(default_factory=dict, metadata=IF_ANY)
    """Streams that are drawn in cells, by their paths, and by how much that may be off."""


def set_plan_to_json(plan: SetPlanFindings) -> JsonObject:
    """Return the content of plan.json."""
    return to_json(_summary(plan))


def _summary(plan: SetPlanFindings) -> SetPlanSummary:
    assert plan.parameter.quantity is not None
    return SetPlanSummary(
        vary=plan.parameter.path,
        between=plan.between,
        unit=plan.parameter.quantity.unit,
        direction=plan.direction,
        objective=SetPlanObjective(
            plan.target_s,
            plan.attainment,
            plan.share_of_sets,
            plan.confidence,
            plan.replications,
        ),
        sets=plan.sets,
        trials=plan.trials,
        uncertain=[unknown_summary(each) for each in plan.unknown],
        outcome=plan.outcome,
        partial=plan.partial,
        out_of_time=plan.out_of_time,
        budget_s=plan.budget_s,
        answer=answer_summary(plan.answer, plan.parameter),
        text=set_answer_text(plan),
        cautions=set_cautions(plan),
        evaluations=[_evaluation(made) for made in plan.evaluations],
        traces=plan.traces,
        cells=plan.cells,
    )


def _evaluation(made: SetEvaluation) -> SetEvaluationSummary:
    share = made.share
    return SetEvaluationSummary(
        value=made.value,
        share=share.share,
        interval=share.interval,
        confidence=made.confidence,
        sets=share.count,
        sets_met=share.met,
        sets_missed=share.missed,
        sets_undecided=share.undecided,
        sets_too_short=share.too_short,
        sets_diverging=share.diverging,
        met=made.met,
        stage=made.stage,
        seed=made.seed,
    )


def set_answer_text(plan: SetPlanFindings, naming: Naming | None = None) -> str:
    """Return the answer in one sentence: a value `keeps the objective in 95 % of …`."""
    name, text = naming or by_path(plan.parameter.path), plan.parameter.text
    tried = [made.value for made in plan.evaluations]
    values = TriedValues(plan.parameter, plan.between, tried)
    keeps = f"the objective in {100 * plan.share_of_sets:g} % of plausible parameter sets"
    so_far = " so far" if plan.is_so_far else ""
    if plan.outcome == "always":
        return f"every {whole_range_text(name, f'keeps {keeps}{so_far}', values)}"
    if plan.outcome == "never":
        return f"no {whole_range_text(name, f'keeps {keeps}', values)}"
    if plan.outcome == "not_monotone":
        return f"{name.subject} has no single limit that keeps {keeps}"
    if plan.answer is None:
        return f"no {name.noun} {values.ends}{name.whose} was shown to keep {keeps}"
    bound = bound_text(plan.direction)
    holds, fails = text(plan.answer.holds_at), text(plan.answer.fails_at)
    misses = any(m.met is False for m in plan.evaluations if m.value == plan.answer.fails_at)
    beside = "does not" if misses else "was not shown to"
    limit = f"{name.one} of {bound} {holds}{name.whose} keeps {keeps}{so_far}, and {fails} {beside}"
    tail = good_side_text(plan.parameter, plan.between, tried, plan.answer.holds_at, plan.direction)
    return f"{limit}{tail}"


def set_cautions(plan: SetPlanFindings) -> tuple[str, ...]:
    """Return the reservations about the answer, as sentences."""
    known, _ = without(plan.scenario, plan.parameter)
    return (
        *diverging_texts(plan.parameter, plan.diverging_on),
        *_too_short(plan),
        *absent_between(known, plan.parameter, plan.between, plan.unknown),
    )


def _too_short(plan: SetPlanFindings) -> Iterator[str]:
    found = [made for made in plan.evaluations if made.share.too_short]
    if found:
        most = max(made.share.too_short for made in found)
        where = f"at {values_text(plan.parameter, (made.value for made in found))}"
        yield could_not_miss_text(f"{where}, in up to {most:,} undecided sets of a value")
