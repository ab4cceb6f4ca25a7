"""Streams in cells against the same streams drawn one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import efssim
from efssim.scenario.shown.cells_use import streams_in_cells
from search.checks.check import Case, Check, SkippedError

TRIALS = 40
ALPHA = 1e-9
"""Of one test. A million of them, more than a search of a week makes, raise one false alarm with a
probability below 0.001; a shift by about a standard deviation and a half is found."""
NUMBERS = (
    "time_since_last_sync_s.mean",
    "write_lag_s.mean",
    "write_lag_s.count",
    "writes.bytes",
    "pending_bytes.mean",
    "syncs.completed",
    "syncs.bytes",
)


def _by_kolmogorov_smirnov(case: Case) -> list[str]:
    if not streams_in_cells(case.scenario):
        raise SkippedError("nothing in cells")
    if any(_steps_within_cells(case, part) for part in case.data["file_systems"].values()):
        raise SkippedError("a rate that changes within a cell, over which it is spread")
    from scipy.stats import ks_2samp  # late: slow to load, and few scenarios need it

    plain = case.plain()
    # With the same seed, by which the phases of a fleet are drawn, once for all trials.
    each = plain.with_(
        {
            "defaults.drawn": "each",
            **{
                f"file_systems.{system}.writes.{name}.drawn": "each"
                for system, part in case.data["file_systems"].items()
                for name, stream in part.get("writes", {}).items()
                if "arrivals" in stream
            },
        },
    )
    cells, single = (efssim.run_trials(world, TRIALS, workers=1).table for world in (plain, each))
    return [
        f"{name} {number}: cells and single writes differ, p = {test.pvalue:.1e}"
        for name in sorted(set(cells["replication"]))
        for number in NUMBERS
        if number in cells
        for ours, theirs in [(_of(cells, name, number), _of(single, name, number))]
        if len(ours) and len(theirs)
        for test in [ks_2samp(ours, theirs)]
        if test.pvalue < ALPHA
    ]


def _steps_within_cells(case: Case, part: Any) -> bool:
    """Return whether growth by months has its steps beside whole minutes of the run."""
    growths = [
        part.get("growth"),
        *(each.get("growth") for each in part.get("writes", {}).values()),
    ]
    times = [each["since"] for each in growths if isinstance(each, dict) and "since" in each]
    return any(
        (case.scenario.start - datetime.fromisoformat(time)).total_seconds() % 60 for time in times
    )


def _of(table: Any, name: str, number: str) -> Any:
    return table[number][table["replication"] == name].dropna().to_numpy(float)


DENSE = Check("cells and single writes", _by_kolmogorov_smirnov, 0.05)
