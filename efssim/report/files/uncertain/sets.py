"""The files of a study of parameter sets."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from efssim.report.figures.files import FigureSvg, safe_names
from efssim.report.figures.study.sets import plot_set_tornado, plot_sets, sets_alt, tornado_alt
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.manifest import parameters
from efssim.report.files.study import Sketch, write_study
from efssim.report.words.json_text import json_text
from efssim.study.uncertain.study import SetStudy
from efssim.study.uncertain.summary import sets_to_json


def sets_json(study: SetStudy) -> str:
    """Return the summary.json of parameter sets: what `--format json` prints."""
    return json_text(sets_to_json(study))


def write_sets(study: SetStudy, folder: Path, command: str = "", tables: TableFormat = CSV) -> None:
    """Write summary.json, a table of the sets, report.html, manifest.json and the figures."""
    from efssim.report.html.studies.sets import sets_page

    sketches = _sketches(study)

    def page(drawn: dict[str, FigureSvg]) -> str:
        shown = {key: drawn[stem] for key, (stem, _) in sketches.items()}
        return sets_page(study, shown, command, tables.suffix)

    counts = {"sets": len(study), "trials": study.trials, "partial": study.partial}
    write_study(
        folder,
        {"summary.json": sets_json(study)},
        {"sets": study.table},
        dict(sketches.values()),
        page,
        seed=study.seed,
        about={**parameters(study.scenario), **counts},
        form=tables,
    )


def _sketches(study: SetStudy) -> dict[tuple[str, str], tuple[str, Sketch]]:
    """Return the figures with the stems of their files, by replication and kind."""
    found = {}
    for name, stem in safe_names(study.replications).items():
        drawn = Sketch(partial(plot_sets, study, name), sets_alt(study, name))
        found[name, "sets"] = (f"{stem}-sets", drawn)
        if study.sensitivity is not None:
            drawn = Sketch(partial(plot_set_tornado, study, name), tornado_alt(study, name))
            found[name, "tornado"] = (f"{stem}-tornado", drawn)
    return found
