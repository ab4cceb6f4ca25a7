"""The files under `--out`: summary, tables, figures and manifest, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.json_values import JsonObject
from efssim.report.facts.risk import risk_of_all
from efssim.report.facts.traces import trace_findings
from efssim.report.figures.files import (
    FOLDER,
    Drawing,
    drawings,
    fleet_drawings,
    write_drawing,
)
from efssim.report.files.folders import REPORT, staged
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.manifest import environment, parameters, write_manifest
from efssim.report.text.fleets.run import sections_of
from efssim.report.text.parts import Summarised
from efssim.report.words.json_text import json_text
from efssim.runs.run import Run

if TYPE_CHECKING:
    import pandas as pd

_TABLES: dict[str, Callable[[Run], pd.DataFrame]] = {
    "syncs": lambda result: result.syncs,
    "statuses": lambda result: result.statuses,
    "events": lambda result: result.events,
    "violations": lambda result: result.violations,
    "risk": risk_of_all,
}
_OF_RECORDS = ("syncs", "risk")
"""Tables that need syncs."""


def write_files(
    result: Run, folder: Path, png: bool = False, command: str = "", tables: TableFormat = CSV
) -> None:
    """Write summary.json, tables, figures, report.html, manifest.json and study.md.

    The folder may exist. The report says that `command` repeats the run; `png` writes each
    figure as PNG as well, `tables` is the format of the tables; `records: off` leaves out the
    tables of syncs and of risk, and the figures that show syncs. Everything is written beside the
    folder first and moved in at the end; files of an earlier result by its manifest go, other
    files stay. Raise OSError, FileExistsError if one of those is in the way.
    """
    with staged(folder) as staging:
        _write_into(result, staging, png, command, tables)


def summary_json(result: Run) -> str:
    """Return summary.json, which `--format json` prints."""
    return json_text(result.summary)


def manifest(result: Summarised, figures: list[str]) -> JsonObject:
    """Return manifest.json: all that is needed to repeat the run and to judge its parameters."""
    return {
        **environment(),
        "seed": result.seed,
        **parameters(result.scenario),
        "traces": trace_findings(result.traces),
        "report": REPORT,
        "figures": figures,
        "digest": result.digest,
    }


def _write_into(result: Run, folder: Path, png: bool, command: str, tables: TableFormat) -> None:
    from efssim.report.html.run import run_page

    (folder / "summary.json").write_text(summary_json(result), encoding="utf-8")
    shown, figures = _write_figures(result, folder / FOLDER, png)
    page = run_page(result, shown, command, tables.suffix)
    (folder / REPORT).write_text(page, encoding="utf-8", newline="\n")
    for name, table in _TABLES.items():
        if result.has_records or name not in _OF_RECORDS:
            tables.write(table(result), folder / f"{name}{tables.suffix}")
    if any(outcome.summary.compliance for outcome in result.outcomes.values()):
        tables.write(result.compliance, folder / f"compliance{tables.suffix}")
    if result.alarms:
        tables.write(result.alarm_changes, folder / f"alarms{tables.suffix}")
    if result.throttled:
        tables.write(result.credits(), folder / f"credits{tables.suffix}")
    write_manifest(manifest(result, figures), folder)


def _write_figures(result: Run, folder: Path, png: bool) -> tuple[list[Drawing], list[str]]:
    """Write all figures; return those that the page shows, and the names of the files."""
    folder.mkdir()
    shown: list[Drawing] = []
    names: list[str] = []
    on_page = sections_of(result)
    for drawing in drawings(result, png):
        names += write_drawing(drawing, folder)
        if drawing.replication in on_page:
            shown.append(drawing)
    for drawing in fleet_drawings(result, png):
        names += write_drawing(drawing, folder)
        shown.append(drawing)
    return shown, sorted(names, key=lambda name: name.endswith(".png"))
