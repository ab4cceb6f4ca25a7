"""The table of the numbers of every trial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from efssim.json_values import JsonObject, JsonValue, keys_of, to_json
from efssim.lag.loss import LeftBehind, Loss
from efssim.records.column_types import categories, type_of
from efssim.records.run_records import STATUSES
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.outcome import Trial

if TYPE_CHECKING:
    import pandas as pd

PLACES = ("stratum", "weight")
"""Columns that are no numbers of a trial."""
MAYBE = {"recovery_point": keys_of(Loss), "not_replicated": keys_of(LeftBehind)}
"""Objects of a replication that may be null, and their fields."""


def trial_table(trials: Sequence[Trial], weighing: Weighing, start: datetime) -> pd.DataFrame:
    """Return every number of every trial: a row for each trial and replication.

    Where trials are of strata, `stratum` is the ordinal of a trial's and `weight` its weight.

    A value that a trial does not have is NaN, NaT or NA; times are UTC datetimes. The types of
    columns follow from their names.
    """
    import pandas as pd

    rows = [
        {
            "trial": trial.number,
            "replication": name,
            **_placed(trial, weighing),
            **{
                column: value
                for column, value in columns_of(to_json(numbers, start))
                if not column.startswith("compliance.")
                and not (column.startswith("objectives.") and column.endswith(".of"))
            },
            **_of_fleets(trial),
        }
        for trial in trials
        for name, numbers in trial.summary.replications.items()
    ]
    # Without a trial the table still has the columns of number and name.
    table = pd.DataFrame(rows or {"trial": [], "replication": []})
    names = categories(table["replication"], (name for trial in trials for name in _names(trial)))
    table = table.astype({"trial": "int64"}).assign(replication=names)
    ends = categories(table["final_status"], STATUSES) if "final_status" in table else None
    typed = {name: type_of(name) for name in table.columns[2:] if name != "final_status"}
    table = table.astype(typed)
    return table if ends is None else table.assign(final_status=ends)


def _placed(trial: Trial, weighing: Weighing) -> dict[str, float]:
    if weighing.is_plain:
        return {}
    return {"stratum": trial.stratum, "weight": weighing.each[trial.stratum]}


def _of_fleets(trial: Trial) -> dict[str, float | None]:
    """Return how long all items of each fleet were within the target at once, in a trial."""
    fleets = trial.summary.fleets.items()
    return {f"fleets.{name}.attainment_all": fleet.attainment_all for name, fleet in fleets}


def _names(trial: Trial) -> list[str]:
    return list(trial.summary.replications)


def columns_of(tree: JsonObject, prefix: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Yield the numbers of an object, by the names that columns have."""
    for name, value in tree.items():
        if value is None and name in MAYBE:  # the columns do not depend on the data
            yield from ((f"{prefix}{name}.{key}", None) for key in MAYBE[name])
        elif isinstance(value, dict):
            yield from columns_of(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
