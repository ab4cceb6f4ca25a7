"""The summary of a study: means over trials, their intervals, and the pooled distributions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from efssim.study.intervals import Interval, mean_interval
from efssim.study.trial import Trial

if TYPE_CHECKING:
    import pandas as pd

_MAPS = ("status_s", "dropped_bytes")
"""Mappings in which a key that a trial does not have stands for 0."""
_TIMES = ("last_replicated_timestamp", "last_sync_completed")
"""Texts that have no mean over trials."""


def merged(
    parts: Sequence[dict[str, Any]], leaf: Callable[[str, list[Any]], Any]
) -> dict[str, Any]:
    """Return one tree for the trees of trials: `leaf` of each name and its values.

    A value that a trial does not have is None, or 0 in a mapping by status or cause.
    """
    made: dict[str, Any] = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        values = [part.get(name) for part in parts]
        first = next((value for value in values if value is not None), None)
        if isinstance(first, dict):
            made[name] = merged([_filled(name, value, values) for value in values], leaf)
        else:
            made[name] = leaf(name, values)
    return made


def _filled(name: str, value: dict[str, Any] | None, others: list[Any]) -> dict[str, Any]:
    value = value or {}
    if name not in _MAPS:
        return value
    keys = sorted({key for other in others for key in other or {}})
    return {key: value.get(key, 0) for key in keys}


def mean_leaf(name: str, values: list[Any]) -> Any:
    """Return the mean over the trials that have a value; a count for each status."""
    if name == "final_status":
        return dict(sorted(Counter(value or "deleted" for value in values).items()))
    numbers = _numbers(name, values)
    return math.fsum(numbers) / len(numbers) if numbers else None


def interval_leaf(name: str, values: list[Any]) -> list[float] | None:
    """Return the 95 % interval of the mean over trials; None where there is none."""
    interval = mean_interval(_numbers(name, values))
    return None if interval is None else list(_within(name, interval))


def _numbers(name: str, values: list[Any]) -> list[float]:
    if name in _TIMES or name == "final_status":
        return []
    return [float(value) for value in values if value is not None]


def _within(name: str, interval: Interval) -> Interval:
    """Cut an interval to what the number can be: none is negative, a share is at most 1."""
    if name == "pending_growth":
        return interval
    top = 1.0 if name == "attainment" else math.inf
    return Interval(max(0.0, interval.low), min(top, interval.high))


def study_summary(
    name: str, seed: int, trials: Sequence[Trial], pooled: dict[str, Any], *, partial: bool
) -> dict[str, Any]:
    """Return the content of summary.json of a study."""
    parts = [trial.summary["replications"] for trial in trials]
    means, intervals = merged(parts, mean_leaf), merged(parts, interval_leaf)
    for replication, numbers in means.items():
        rpo, bounds = numbers["rpo"], intervals[replication]["rpo"]
        rpo["met"] = met(rpo["attainment"], bounds["attainment"], rpo["objective"])
        bounds["met"] = None
    window = trials[0].summary["window"] if trials else None
    return {
        "scenario": name,
        "seed": seed,
        "trials": len(trials),
        "partial": partial,
        "window": window,
        "replications": means,
        "ci95": intervals,
        "pooled": pooled,
    }


def met(attained: float | None, bounds: list[float] | None, objective: float) -> bool | None:
    """Whether an objective is met: the interval lies at or above it; None: not enough data.

    A single trial, or trials that all gave the same, decide by the value itself.
    """
    if attained is None or bounds is None:
        return None
    if bounds[0] >= objective:
        return True
    return False if bounds[1] < objective else None


def trial_table(trials: Sequence[Trial]) -> pd.DataFrame:
    """Return every number of every trial: a row for each trial and replication."""
    import pandas as pd

    rows = [
        {"trial": trial.number, "replication": name, **dict(_flat(numbers))}
        for trial in trials
        for name, numbers in trial.summary["replications"].items()
    ]
    table = pd.DataFrame(rows if rows else {"trial": [], "replication": []})
    return table.astype({"trial": "int64", "replication": "category"})


def _flat(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
