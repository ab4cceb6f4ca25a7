"""The summary of a study: means over trials, their intervals, and the pooled distributions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from efssim.json_values import keys_of
from efssim.lag.loss import LeftBehind, Loss
from efssim.records.column_types import categories, type_of
from efssim.records.run_records import STATUSES
from efssim.study.statistics.evidence import Evidence
from efssim.study.statistics.intervals import CONFIDENCE, Interval
from efssim.study.statistics.merging import interval_leaf, mean_leaf, merged, within
from efssim.study.statistics.protected import protected
from efssim.study.statistics.sample import sample_of
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.outcome import Trial

if TYPE_CHECKING:
    import pandas as pd

PLACES = ("stratum", "weight")
"""Columns of the table of trials that are no numbers of a trial."""
AGE = "time_since_last_sync_s"
MAYBE = {"recovery_point": keys_of(Loss), "not_replicated": keys_of(LeftBehind)}
"""Objects of a replication that may be null, and their fields."""


def means_and_intervals(
    trials: Sequence[Trial],
    weighing: Weighing,
    evidence: dict[str, Evidence],
    stein: dict[str, Interval | None] | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return `replications` and `ci95` of a study.

    `stein`: the intervals of the mean ages where a precision decided the number of trials.
    """
    parts = [trial.summary["replications"] for trial in trials]
    strata = [trial.stratum for trial in trials]
    means = merged(parts, strata, mean_leaf(weighing))
    intervals = merged(parts, strata, interval_leaf(weighing))
    for name, found in evidence.items():
        means[name]["rpo"]["met"], intervals[name]["rpo"]["met"] = found.met, None
        throughout = None if found.met is None else found.met and protected(trials, name, weighing)
        means[name]["rpo"]["met_throughout"] = throughout
        intervals[name]["rpo"]["met_throughout"] = None
        _bound_losses(intervals[name]["rpo"], trials, name, weighing)
    for name, interval in (stein or {}).items():
        cut = None if interval is None else list(within("mean", interval))
        intervals[name][AGE]["mean"] = cut
    return means, intervals


def _bound_losses(
    rpo: dict[str, Any], trials: Sequence[Trial], name: str, weighing: Weighing
) -> None:
    """Replace the intervals of losses by bounds that hold also where trials are equal."""
    parts = [trial.summary["replications"].get(name) for trial in trials]
    known = [part for part in parts if part is not None and part["rpo"]["attainment"] is not None]
    if len(known) < 2:
        return
    sample = sample_of(trials, name, weighing.design, undefined_is_lost=False)
    low, high = sample.attained((1 + CONFIDENCE) / 2)
    rpo["attainment"] = [low, high]
    if len(known) == len(parts) and not any(part[AGE]["undefined_s"] for part in known):
        seconds = trials[0].summary["window"]["seconds"]
        rpo["violation_s"] = [seconds * (1.0 - high), seconds * (1.0 - low)]


def trial_table(trials: Sequence[Trial], weighing: Weighing) -> pd.DataFrame:
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
            **dict(_flat(numbers)),
        }
        for trial in trials
        for name, numbers in trial.summary["replications"].items()
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


def _names(trial: Trial) -> list[str]:
    return list(trial.summary["replications"])


def _flat(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if value is None and name in MAYBE:  # the columns do not depend on the data
            yield from ((f"{prefix}{name}.{key}", None) for key in MAYBE[name])
        elif isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
