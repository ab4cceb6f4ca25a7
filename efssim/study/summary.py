"""The summary of a study: means over trials, their intervals, and the pooled distributions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from efssim.column_types import categories, type_of
from efssim.records import STATUSES
from efssim.study.evidence import Evidence
from efssim.study.intervals import Interval
from efssim.study.merging import interval_leaf, mean_leaf, merged, within
from efssim.study.trial import Trial

if TYPE_CHECKING:
    import pandas as pd

AGE = "time_since_last_sync_s"


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
    for name, interval in (stein or {}).items():
        cut = None if interval is None else list(within("mean", interval))
        intervals[name][AGE]["mean"] = cut
    return means, intervals


def trial_table(trials: Sequence[Trial]) -> pd.DataFrame:
    """Return every number of every trial: a row for each trial and replication.

    A value that a trial does not have is NaN, NaT or NA; times are UTC datetimes. The types of
    columns follow from their names.
    """
    import pandas as pd

    rows = [
        {"trial": trial.number, "replication": name, **dict(_flat(numbers))}
        for trial in trials
        for name, numbers in trial.summary["replications"].items()
    ]
    # Without a trial there is still the number and the name of whatever there could be.
    table = pd.DataFrame(rows or {"trial": [], "replication": []})
    names = categories(table["replication"], (name for trial in trials for name in _names(trial)))
    table = table.astype({"trial": "int64"}).assign(replication=names)
    ends = categories(table["final_status"], STATUSES) if "final_status" in table else None
    typed = {name: type_of(name) for name in table.columns[2:] if name != "final_status"}
    table = table.astype(typed)
    return table if ends is None else table.assign(final_status=ends)


def _names(trial: Trial) -> list[str]:
    return list(trial.summary["replications"])


def _flat(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
