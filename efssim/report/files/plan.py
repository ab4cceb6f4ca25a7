"""A plan as JSON: the contract with scripts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim.json_values import to_json
from efssim.report.figures.study.alt import plan_alt
from efssim.report.files.manifest import parameters
from efssim.report.files.study import Sketch, write_study
from efssim.report.text.plan import answer_text
from efssim.report.words.json_text import json_text
from efssim.study.planning.evaluation import Evaluation
from efssim.study.trial.long_faults import long_faults

if TYPE_CHECKING:
    from efssim.study.planning.plan import Plan


def plan_json(plan: Plan) -> str:
    """Return the JSON that `efssim plan --format json` prints."""
    return json_text(plan.summary)


def write_plan(plan: Plan, folder: Path, command: str = "") -> None:
    """Write plan.json, evaluations.csv, a figure, report.html and manifest.json; raise OSError."""
    from efssim.report.html.studies.plan import plan_page

    write_study(
        folder,
        {"plan.json": plan_json(plan)},
        {"evaluations.csv": plan.table},
        {"attainment": Sketch(plan.plot, plan_alt(plan))},
        lambda drawn: plan_page(plan, drawn, command),
        seed=plan.evaluations[0].seed,
        about={**parameters(plan.scenario), "partial": plan.partial},
    )


def plan_summary(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain data; values are in SI units."""
    goal, quantity = plan.objective, plan.parameter.quantity
    assert quantity is not None
    return {
        "vary": plan.parameter.path,
        "between": list(plan.between),
        "unit": quantity.unit,
        "direction": plan.direction,
        "objective": {
            "target_s": goal.target_s,
            "attainment": goal.attainment,
            "confidence": goal.confidence,
            "replications": list(goal.replications),
        },
        "outcome": plan.outcome,
        "partial": plan.partial,
        "out_of_time": plan.out_of_time,
        "budget_s": plan.budget_s,
        "candidate": None if plan.candidate is None else asdict(plan.candidate),
        "strata": plan.evaluations[-1].losses.weighing.as_json(),
        "long_faults": list(long_faults(plan.scenario)),
        "answer": _answer(plan, quantity.unit),
        "text": answer_text(plan),
        "windows": plan.windows,
        "holds_on": [list(run) for run in plan.holds_on],
        "evaluations": [_evaluation(made) for made in plan.evaluations],
        "what_if": [row.as_json() for row in plan.what_if],
        "traces": {path: to_json(found) for path, found in plan.traces.items()},
    }


def _answer(plan: Plan, unit: str) -> dict[str, Any] | None:
    if plan.answer is None:
        return None
    fails, holds = plan.answer.fails_at, plan.answer.holds_at
    return {"fails_at": fails, "holds_at": holds, "unit": unit, "text": plan.parameter.text(holds)}


def _evaluation(made: Evaluation) -> dict[str, Any]:
    return {
        "value": made.value,
        "attainment": made.attainment,
        "interval": list(made.interval),
        "confidence": made.confidence,
        "trials": made.trials,
        "met": made.met,
        "holds": made.holds,
        "more_trials": made.more_trials,
        "unprotected_s": made.unprotected_s,
        "stage": made.stage,
        "seed": made.seed,
        "violations_per_month": made.violations_per_month,
        "above_s_per_month": made.above_s_per_month,
        "peak_s": made.peak_s,
    }
