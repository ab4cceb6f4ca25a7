"""Comparisons as JSON and as files under `--out`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial as partial_of
from pathlib import Path

from efssim.json_values import JsonObject
from efssim.report.figures.files import safe_names
from efssim.report.figures.study.alt import compared_lag_alt, comparison_alt
from efssim.report.figures.study.comparison import plot_compared_lag, plot_comparison
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.study import Sketch, write_study
from efssim.report.html.studies.comparison import ComparisonSvg, compared_lags, comparison_page
from efssim.report.words.json_text import json_text
from efssim.study.run.summary import trials_to_json
from efssim.study.run.trial_set import TrialSet
from efssim.study.varying.paired import PairedTrials
from efssim.study.varying.summary import comparison_to_json


def comparisons_json(
    comparisons: Sequence[PairedTrials], partial: bool = False, alone: TrialSet | None = None
) -> str:
    """Return the JSON of comparisons with one first study; `partial`: Ctrl-C left some out.

    `alone` is the first study where nothing is there to compare it with.
    """
    found: JsonObject = {
        "partial": partial,
        "comparisons": [comparison_to_json(each) for each in comparisons],
    }
    return json_text(found if alone is None else {**found, "trials": trials_to_json(alone)})


def _lag_sketches(stem: str, comparison: PairedTrials) -> dict[str, Sketch]:
    """Return the figures of the ages of both studies, by the stems of their files."""
    return {
        f"{stem}-lag{'' if ordinal == 1 else f'-{ordinal}'}": Sketch(
            partial_of(plot_compared_lag, comparison, names), compared_lag_alt(comparison, names)
        )
        for ordinal, names in enumerate(compared_lags(comparison), start=1)
    }


def write_comparisons(
    comparisons: Sequence[PairedTrials],
    folder: Path,
    command: str = "",
    partial: str = "",
    tables: TableFormat = CSV,
) -> None:
    """Write comparison.json, report.html, manifest.json, and a table and a figure for each.

    `partial` names the trials that Ctrl-C left out. Raise OSError.
    """
    stems = safe_names([comparison.second.scenario.name for comparison in comparisons])
    first = comparisons[0].first
    names = [first.scenario.name, *(each.second.scenario.name for each in comparisons)]
    named = dict(zip(stems.values(), comparisons, strict=True))
    lags = {stem: _lag_sketches(stem, comparison) for stem, comparison in named.items()}
    write_study(
        folder,
        {"comparison.json": comparisons_json(comparisons, bool(partial))},
        {f"{stem}-comparison": comparison.table for stem, comparison in named.items()},
        {
            f"{stem}-comparison": Sketch(
                partial_of(plot_comparison, comparison), comparison_alt(comparison)
            )
            for stem, comparison in named.items()
        }
        | {name: sketch for found in lags.values() for name, sketch in found.items()},
        lambda drawn: comparison_page(
            named,
            {
                stem: ComparisonSvg(
                    drawn[f"{stem}-comparison"], [drawn[name] for name in lags[stem]]
                )
                for stem in named
            },
            command,
            partial,
        ),
        seed=first.seed,
        about={"scenarios": names, "partial": bool(partial)},
        form=tables,
    )
