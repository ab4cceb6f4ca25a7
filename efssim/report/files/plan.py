"""The files of a plan."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from efssim.report.figures.study.alt import plan_alt
from efssim.report.figures.study.attainment import plot_attainment
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.manifest import parameters
from efssim.report.files.study import Sketch, write_study
from efssim.report.words.json_text import json_text
from efssim.study.planning.findings import PlanFindings
from efssim.study.planning.summary import plan_to_json


def plan_json(plan: PlanFindings) -> str:
    """Return the JSON that `efssim plan --format json` prints."""
    return json_text(plan_to_json(plan))


def write_plan(
    plan: PlanFindings, folder: Path, command: str = "", tables: TableFormat = CSV
) -> None:
    """Write plan.json, a table, a figure, report.html and manifest.json; raise OSError."""
    from efssim.report.html.studies.plan import plan_page

    write_study(
        folder,
        {"plan.json": plan_json(plan)},
        {"evaluations": plan.table},
        {"attainment": Sketch(partial(plot_attainment, plan), plan_alt(plan))},
        lambda drawn: plan_page(plan, drawn, command),
        seed=plan.evaluations[0].seed,
        about={**parameters(plan.scenario), "partial": plan.partial},
        form=tables,
    )
