"""The files of a sweep."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from efssim.report.figures.files import FigureSvg, safe_names
from efssim.report.figures.study.alt import sweep_alt
from efssim.report.figures.study.sweep import plot_sweep
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.manifest import parameters
from efssim.report.files.study import Sketch, write_study
from efssim.report.text.fleets.sweep import shown_replications
from efssim.report.words.json_text import json_text
from efssim.study.varying.points import SweepPoints
from efssim.study.varying.screening import SCREENINGS
from efssim.study.varying.summary import sweep_to_json


def sweep_json(sweep: SweepPoints, measure: str) -> str:
    """Return the JSON that `efssim sweep --format json` prints; the report shows `measure`."""
    return json_text({**sweep_to_json(sweep), "measure": measure})


def write_sweep(
    sweep: SweepPoints,
    folder: Path,
    measure: str,
    command: str = "",
    tables: TableFormat = CSV,
) -> None:
    """Write sweep.json, a table, report.html, manifest.json and the figures, if any."""
    from efssim.report.html.studies.sweep import sweep_page

    stems = _stems(sweep)

    def page(drawn: dict[str, FigureSvg]) -> str:
        return sweep_page(sweep, measure, {stems[k]: svg for k, svg in drawn.items()}, command)

    write_study(
        folder,
        {"sweep.json": sweep_json(sweep, measure)},
        {"sweep": sweep.table},
        {stem: _sketch(sweep, measure, name) for stem, name in stems.items()},
        page,
        seed=sweep.seed,
        about={**parameters(sweep.scenario), "partial": sweep.partial},
        form=tables,
    )


def _stems(sweep: SweepPoints) -> dict[str, str]:
    """Return the replications with a figure, by the stem of its file."""
    if len(sweep.parameters) > 2 and sweep.arrangement == "grid":
        return {}
    if sweep.arrangement in SCREENINGS and sweep.partial:
        return {}
    return {f"{stem}-sweep": name for name, stem in safe_names(shown_replications(sweep)).items()}


def _sketch(sweep: SweepPoints, measure: str, name: str) -> Sketch:
    return Sketch(partial(plot_sweep, sweep, measure, name), sweep_alt(sweep, measure, name))
