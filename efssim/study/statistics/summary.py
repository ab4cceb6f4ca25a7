"""The summary of a study: means over trials, their intervals, and a table of every trial."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from efssim.json_values import JsonObject, JsonValue, keys_of, to_json
from efssim.lag.loss import LeftBehind, Loss
from efssim.lag.summary import AGE, ReplicationSummary
from efssim.records.column_types import categories, type_of
from efssim.records.run_records import STATUSES
from efssim.study.statistics.evidence import Evidence
from efssim.study.statistics.intervals import CONFIDENCE, Interval
from efssim.study.statistics.merging import intervals, means, within
from efssim.study.statistics.of_trials import ReplicationStatistic, RpoStatistic
from efssim.study.statistics.protected import protected
from efssim.study.statistics.sample import sample_of
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.outcome import Trial

if TYPE_CHECKING:
    import pandas as pd

Means = ReplicationStatistic[float]
Intervals = ReplicationStatistic[Interval | None]

PLACES = ("stratum", "weight")
"""Columns of the table of trials that are no numbers of a trial."""
MAYBE = {"recovery_point": keys_of(Loss), "not_replicated": keys_of(LeftBehind)}
"""Objects of a replication that may be null, and their fields."""


def means_of(
    trials: Sequence[Trial], weighing: Weighing, evidence: Mapping[str, Evidence]
) -> dict[str, Means]:
    """Return the means over trials by replication, with what their evidence says of the RPO."""
    found = {}
    for name, judged in evidence.items():
        mean = means(weighing).merged(*_having(trials, name))
        throughout = judged.met
        if judged.met:
            throughout = protected(trials, name, weighing)
        rpo = replace(mean.rpo, met=judged.met, met_throughout=throughout)
        found[name] = replace(mean, rpo=rpo)
    return found


def intervals_of(
    trials: Sequence[Trial],
    weighing: Weighing,
    names: Iterable[str],
    stein: Mapping[str, Interval | None],
) -> dict[str, Intervals]:
    """Return the 95 % intervals of the means by replication.

    `stein`: the intervals of the mean ages where a precision decided the number of trials.
    """
    found = {}
    for name in names:
        interval = intervals(weighing).merged(*_having(trials, name))
        interval = replace(interval, rpo=_bounded(interval.rpo, trials, name, weighing))
        if name in stein:
            age = stein[name]
            cut = None if age is None else within("mean", age)
            lags = {**interval.lags, AGE: replace(interval.age, mean=cut)}
            interval = replace(interval, lags=lags)
        found[name] = interval
    return found


def _having(
    trials: Sequence[Trial], replication: str
) -> tuple[list[ReplicationSummary], list[int]]:
    """Return what the trials that have a replication say about it, and their strata."""
    having = [trial for trial in trials if replication in trial.summary.replications]
    parts = [trial.summary.replications[replication] for trial in having]
    return parts, [trial.stratum for trial in having]


def _bounded(
    rpo: RpoStatistic[Interval | None], trials: Sequence[Trial], name: str, weighing: Weighing
) -> RpoStatistic[Interval | None]:
    """Replace the intervals of losses by bounds that hold also where trials are equal."""
    parts = [trial.summary.replications.get(name) for trial in trials]
    known = [part for part in parts if part is not None and part.rpo.attainment is not None]
    if len(known) < 2:
        return rpo
    sample = sample_of(trials, name, weighing.design, undefined_is_lost=False)
    low, high = sample.attained((1 + CONFIDENCE) / 2)
    rpo = replace(rpo, attainment=Interval(low, high))
    if len(known) == len(parts) and not any(part.age.undefined_s for part in known):
        seconds = trials[0].summary.window.seconds
        return replace(rpo, violation_s=Interval(seconds * (1.0 - high), seconds * (1.0 - low)))
    return rpo


def trial_table(trials: Sequence[Trial], weighing: Weighing, start: datetime) -> pd.DataFrame:
    """Return every number of every trial: a row for each trial and replication.

    Where trials are of strata, `stratum` is the ordinal of a trial's and `weight` what it counts.

    A value that a trial does not have is NaN, NaT or NA; times are UTC datetimes. The types of
    columns follow from their names.
    """
    import pandas as pd

    rows = [
        {
            "trial": trial.number,
            "replication": name,
            **_placed(trial, weighing),
            **dict(columns_of(to_json(numbers, start))),
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
