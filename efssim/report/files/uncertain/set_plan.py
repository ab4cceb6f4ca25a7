"""The files of a plan over parameter sets."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from efssim.report.figures.study.set_plan import plot_set_plan
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.manifest import parameters
from efssim.report.files.study import Sketch, write_study
from efssim.report.words.json_text import json_text
from efssim.study.uncertain.plan_summary import set_answer_text, set_plan_to_json
from efssim.study.uncertain.planning import SetPlanFindings


def set_plan_json(plan: SetPlanFindings) -> str:
    """Return the JSON that `efssim plan --format json` prints."""
    return json_text(set_plan_to_json(plan))


def write_set_plan(
    plan: SetPlanFindings, folder: Path, command: str = "", tables: TableFormat = CSV
) -> None:
    """Write plan.json, a table, a figure, report.html and manifest.json; raise OSError."""
    from efssim.report.html.studies.set_plan import set_plan_page

    alt = f"Share of parameter sets against {plan.parameter.path}: {set_answer_text(plan)}."
    write_study(
        folder,
        {"plan.json": set_plan_json(plan)},
        {"evaluations": plan.table},
        {"share": Sketch(partial(plot_set_plan, plan), alt)},
        lambda drawn: set_plan_page(plan, drawn, command),
        seed=plan.evaluations[0].seed,
        about={**parameters(plan.scenario), "partial": plan.partial},
        form=tables,
    )
