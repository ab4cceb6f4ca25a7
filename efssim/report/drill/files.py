"""The files of drills."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from efssim.report.drill.figure import alt_text, plot_phases
from efssim.report.drill.page import FIGURE, drill_page
from efssim.report.drill.tables import drill_table, timeline_table
from efssim.report.drill.text import drills_json
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.manifest import parameters
from efssim.report.files.study import Sketch, write_study
from efssim.study.drills.study import DrillStudy

DRILLS = "drills.json"


def write_drills(
    study: DrillStudy, folder: Path, command: str = "", tables: TableFormat = CSV
) -> None:
    """Write drills.json, two tables, the chart and report.html; raise OSError.

    All files are written or none; those of an earlier result by its manifest go.
    """
    write_study(
        folder,
        {DRILLS: drills_json(study)},
        {"drills": drill_table(study), "timeline": timeline_table(study)},
        {FIGURE: Sketch(partial(plot_phases, study), alt_text(study))},
        lambda drawn: drill_page(study, drawn, command),
        seed=study.seed,
        about={
            "scenario": study.scenario.name,
            "parameters": parameters(study.scenario)["parameters"],
            "drills": len(study.outcomes),
            "partial": study.partial,
        },
        form=tables,
    )
