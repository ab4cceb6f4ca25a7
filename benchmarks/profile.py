"""Where the time of a run goes: `python -m benchmarks.profile`.

Shares of a profiled run, in which a call costs more than it does otherwise: what consists of many
small calls looks larger than it is.
"""

from __future__ import annotations

import cProfile
from collections.abc import Callable
from pathlib import PurePath
from types import CodeType

import efssim
from benchmarks import works

PARTS = {
    "writes drawn: times, sizes, whole bytes": ("each.py", "take"),
    "writes appended to the journal": ("each.py", "_append"),
    "syncs planned": ("stretch.py", "plan"),
    "completed syncs recorded, with their writes": ("completed.py", "flush"),
    "  of it: write lags": ("write_lag.py", "add"),
    "  of it: blocks of syncs, measured, hashed, packed": ("columns.py", "flush"),
    "disturbances begun and ended": ("schedule.py", "_between"),
    "results: quantiles and curves": ("measured.py", "_outcome"),
}
"""What is told, and the function whose time it is, calls included."""

WORKS: dict[str, Callable[[], efssim.Scenario]] = {
    "a busy year": lambda: works.busy(365),
    "a year in cells": lambda: works.in_cells(365, 10_000),
    "a sparse year": lambda: works.sparse(365),
    "a sparse year with 1,400 outages": lambda: works.sparse_with_outages(365),
    "200,000 gated cycles": lambda: works.gated(200_000),
    "100 replications, 7 days": lambda: works.fleet(100, 7),
}


def shares(scenario: efssim.Scenario) -> dict[str, float]:
    """Return the share of each part in a run."""
    efssim.run(scenario, seed=0)  # what is imported and allocated on first use is not profiled
    with cProfile.Profile() as profile:
        assert efssim.run(scenario, seed=0).summary
    entries = profile.getstats()
    seconds = sum(entry.inlinetime for entry in entries)
    cumulative: dict[tuple[str, str], float] = {}
    for entry in entries:
        if isinstance(entry.code, CodeType):  # a string: a function of C
            key = PurePath(entry.code.co_filename).name, entry.code.co_name
            cumulative[key] = cumulative.get(key, 0.0) + entry.totaltime
    return {part: cumulative.get(key, 0.0) / seconds for part, key in PARTS.items()}


def _require_all(columns: dict[str, dict[str, float]]) -> None:
    """Fail for a part that no work spends time in: its function has another name now."""
    gone = [part for part in PARTS if not any(column[part] for column in columns.values())]
    if gone:
        raise SystemExit(f"no work has: {', '.join(gone)}")


def main() -> None:
    """Print a table: parts down, works across."""
    columns = {name: shares(work()) for name, work in WORKS.items()}
    _require_all(columns)
    for ordinal, name in enumerate(columns, start=1):
        print(f"({ordinal}) {name}")
    print(f"{'':52}" + "".join(f"{f'({k + 1})':>7}" for k in range(len(columns))))
    for part in PARTS:
        print(f"{part:52}" + "".join(f"{column[part]:7.0%}" for column in columns.values()))


if __name__ == "__main__":
    main()
