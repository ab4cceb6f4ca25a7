"""The files of a study under `--out`: summary, table of the trials, figures, page and manifest."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.report.figures.files import FLEET, FOLDER, FigureSvg, safe_names, write_svg
from efssim.report.figures.run.fleet import fleet_alt, plot_fleet
from efssim.report.figures.study.alt import trials_alt
from efssim.report.figures.study.trials import ages_of_trials, plot_attained, plot_pooled_lag
from efssim.report.files.folders import REPORT, staged
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.manifest import write_manifest
from efssim.report.files.run import manifest
from efssim.report.files.study import Sketch, drawn
from efssim.report.text.fleets.trials import sections_of_trials
from efssim.report.verdicts.fleets import are_many
from efssim.report.words.json_text import json_text
from efssim.runs.tables import compliance_table, joined
from efssim.study.run.summary import trials_to_json
from efssim.study.run.trial_set import TrialSet

if TYPE_CHECKING:
    import pandas as pd

_PLOTS = {"attainment": plot_attained, "lag": plot_pooled_lag}
"""By the kind of figure."""


def trials_json(trials: TrialSet) -> str:
    """Return the summary.json of trials: what `--format json` prints."""
    return json_text(trials_to_json(trials))


def write_trials(
    trials: TrialSet, folder: Path, command: str = "", tables: TableFormat = CSV
) -> None:
    """Write summary.json, a table, figures, report.html, manifest.json and study.md.

    As for a single run all are written or none, and files of an earlier result go. The report says
    that `command` repeats the study. Raise OSError.
    """
    with staged(folder) as staging:
        _write_into(trials, staging, command, tables)


def _write_into(trials: TrialSet, folder: Path, command: str, tables: TableFormat) -> None:
    from efssim.report.html.studies.trials import trials_page

    (folder / "summary.json").write_text(trials_json(trials), encoding="utf-8")
    tables.write(trials.table, folder / f"trials{tables.suffix}")
    if any(mean.compliance for mean in trials.means.values()):
        tables.write(_months(trials), folder / f"compliance{tables.suffix}")
    svg = _drawn(trials)
    figures = write_svg(_named(trials, svg), folder / FOLDER)
    page = trials_page(trials, svg, command, tables.suffix)
    (folder / REPORT).write_text(page, encoding="utf-8", newline="\n")
    counts = {"trials": len(trials), "partial": trials.partial}
    write_manifest({**manifest(trials, figures), **counts}, folder)


def _months(trials: TrialSet) -> pd.DataFrame:
    """Return the months of every trial: a row for each replication, trial and month."""
    import pandas as pd

    start = trials.scenario.start
    parts = [
        joined(
            trials.replications,
            [
                compliance_table(None if part is None else part.compliance, start, trial.number)
                for name in trials.replications
                for part in [trial.summary.replications.get(name)]
            ],
        )
        for trial in trials.trials
    ]
    return pd.concat(parts, ignore_index=True)


def _drawn(trials: TrialSet) -> dict[tuple[str, str], FigureSvg]:
    """Return the figures as SVG, by replication and kind."""
    found = {
        (name, kind): drawn(_sketch(trials, name, kind))
        for name in drawn_of_trials(trials)
        for kind in _PLOTS
    }
    return found | {(name, FLEET): drawn(_of_fleet(trials, name)) for name in trials.fleets}


def _of_fleet(trials: TrialSet, name: str) -> Sketch:
    ages, target_s = ages_of_trials(trials, name), trials.scenario.rpo.target
    return Sketch(partial(plot_fleet, ages, target_s, name), fleet_alt(ages, target_s, name))


def drawn_of_trials(trials: TrialSet) -> Collection[str]:
    """Return the replications with figures: of many, those with a section on the page."""
    return sections_of_trials(trials) if are_many(trials.replications) else trials.replications


def _sketch(trials: TrialSet, name: str, kind: str) -> Sketch:
    return Sketch(partial(_PLOTS[kind], trials, name), trials_alt(kind, trials, name))


def _named(trials: TrialSet, svg: dict[tuple[str, str], FigureSvg]) -> dict[str, FigureSvg]:
    stems = safe_names([*trials.replications, *trials.fleets])
    return {f"{stems[name]}-{kind}": one for (name, kind), one in svg.items()}
