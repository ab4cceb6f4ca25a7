"""The files of a runway."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.manifest import parameters
from efssim.report.files.study import Sketch, write_study
from efssim.report.runway.figure import plot_runway, runway_alt
from efssim.report.words.json_text import json_text
from efssim.study.runway.findings import RunwayFindings
from efssim.study.runway.summary import runway_to_json


def runway_json(found: RunwayFindings) -> str:
    """Return the JSON that `efssim plan --until-missed --format json` prints."""
    return json_text(runway_to_json(found))


def write_runway(
    found: RunwayFindings, folder: Path, command: str = "", tables: TableFormat = CSV
) -> None:
    """Write runway.json, a table, a figure, report.html and manifest.json; raise OSError."""
    from efssim.report.runway.page import runway_page

    write_study(
        folder,
        {"runway.json": runway_json(found)},
        {"months": found.table},
        {"runway": Sketch(partial(plot_runway, found), runway_alt(found))},
        lambda drawn: runway_page(found, drawn, command),
        seed=found.seed,
        about={**parameters(found.scenario), "partial": found.partial},
        form=tables,
    )
