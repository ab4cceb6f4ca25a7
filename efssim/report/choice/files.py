"""The files of a choice."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.report.choice.figure import choice_alt, plot_choice
from efssim.report.files.formats import CSV, TableFormat
from efssim.report.files.study import Sketch, write_study
from efssim.report.words.json_text import json_text
from efssim.study.choosing.choice import ChoiceFindings
from efssim.study.choosing.summary import choice_summary, choice_to_json

if TYPE_CHECKING:
    import pandas as pd


def choice_json(found: ChoiceFindings) -> str:
    """Return the JSON that `efssim choose --format json` prints."""
    return json_text(choice_to_json(found))


def choice_table(found: ChoiceFindings) -> pd.DataFrame:
    """Return a row for each scenario, in the order given."""
    import pandas as pd

    rows = []
    for each in choice_summary(found).alternatives:
        low, high = each.interval or (None, None)
        rows.append(
            {
                "scenario": each.scenario,
                "replication": each.replication,
                "trials": each.trials,
                "mean": each.mean,
                "low": low,
                "high": high,
                "dropped_after": each.dropped_after,
                "attainment": each.attainment,
                "met": each.met,
            }
        )
    kinds = {"mean": "float64", "low": "float64", "high": "float64", "attainment": "float64"}
    return pd.DataFrame(rows).astype({**kinds, "dropped_after": "Int64", "met": "boolean"})


def write_choice(
    found: ChoiceFindings, folder: Path, command: str = "", tables: TableFormat = CSV
) -> None:
    """Write choice.json, a table, a figure, report.html and manifest.json; raise OSError."""
    from efssim.report.choice.page import choice_page

    names = [each.name for each in found.alternatives]
    write_study(
        folder,
        {"choice.json": choice_json(found)},
        {"scenarios": choice_table(found)},
        {"choice": Sketch(partial(plot_choice, found), choice_alt(found))},
        lambda drawn: choice_page(found, drawn, command),
        seed=found.question.seed,
        about={"scenarios": names, "partial": found.partial},
        form=tables,
    )
