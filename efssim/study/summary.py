"""The summary of a study: means over trials, their intervals, and the pooled distributions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from efssim.lag.loss import LEFT_KEYS, LOSS_KEYS
from efssim.study.evidence import Evidence
from efssim.study.intervals import Interval
from efssim.study.merging import TIMES, interval_leaf, mean_leaf, merged, within
from efssim.study.protected import protected
from efssim.study.trial import Trial

if TYPE_CHECKING:
    import pandas as pd

AGE = "time_since_last_sync_s"
MAYBE = {"recovery_point": LOSS_KEYS, "not_replicated": LEFT_KEYS}
"""Objects of a replication that may be null, and their fields."""


def means_and_intervals(
    trials: Sequence[Trial],
    evidence: dict[str, Evidence],
    stein: dict[str, Interval | None] | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return `replications` and `ci95` of a study.

    `stein`: the intervals of the mean ages where a precision decided the number of trials.
    """
    parts = [trial.summary["replications"] for trial in trials]
    means, intervals = merged(parts, mean_leaf), merged(parts, interval_leaf)
    for name, found in evidence.items():
        means[name]["rpo"]["met"], intervals[name]["rpo"]["met"] = found.met, None
        throughout = None if found.met is None else found.met and protected(trials, name)
        means[name]["rpo"]["met_throughout"] = throughout
        intervals[name]["rpo"]["met_throughout"] = None
    for name, interval in (stein or {}).items():
        cut = None if interval is None else list(within("mean", interval))
        intervals[name][AGE]["mean"] = cut
    return means, intervals


def trial_table(trials: Sequence[Trial]) -> pd.DataFrame:
    """Return every number of every trial: a row for each trial and replication.

    A value that a trial does not have is NaN, NaT or NA; times are UTC datetimes.
    """
    import pandas as pd

    rows = [
        {"trial": trial.number, "replication": name, **dict(_flat(numbers))}
        for trial in trials
        for name, numbers in trial.summary["replications"].items()
    ]
    table = pd.DataFrame(rows or {"trial": [], "replication": []})
    return table.astype({"trial": "int64", "replication": "category", **_types(table)})


def _types(table: pd.DataFrame) -> dict[str, str]:
    """Return the types of columns in which some trial has no value."""
    made = {}
    for column in table.columns[2:]:
        values = table[column].dropna()
        if column.rpartition(".")[-1] in TIMES:
            made[column] = "datetime64[us, UTC]"
        elif column == "final_status":
            made[column] = "category"
        elif len(values) and isinstance(values.iloc[0], bool | np.bool_):
            made[column] = "boolean"
        elif len(values) < len(table):
            made[column] = "float64"
    return made


def _flat(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if value is None and name in MAYBE:  # the columns do not depend on the data
            yield from ((f"{prefix}{name}.{key}", None) for key in MAYBE[name])
        elif isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
