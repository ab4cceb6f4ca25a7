"""All that two runs of one scenario have in common: numbers, statuses, syncs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import efssim
from efssim.records.run_records import SYNC_COLUMNS
from search.maker import Json

MOST = 6
"""Differences that are said; the rest is counted."""


def statuses(result: efssim.Result) -> dict[str, list[Any]]:
    """Return the statuses of each replication, as `statuses.csv` has them."""
    return {
        name: [(each.time_s, each.before, each.after, each.cause) for each in outcome.statuses]
        for name, outcome in result.outcomes.items()
    }


def outcome(result: efssim.Result) -> Json:
    """Return the numbers and the statuses of a run."""
    return {"summary": result.summary, "statuses": statuses(result)}


def syncs(result: efssim.Result) -> Json:
    """Return the rows of syncs, to the bit, and those abandoned and open."""
    return {
        name: {
            **{column: each.syncs[column].tolist() for column in SYNC_COLUMNS},
            "abandoned": [str(sync) for sync in each.abandoned],
            "open": str(each.open_sync),
        }
        for name, each in result.outcomes.items()
    }


def unequal(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Yield where two trees differ in the least: to the bit, and in the order of keys."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if list(ours) != list(theirs):
            yield f"{path}: keys {_only(theirs, ours)}, not {_only(ours, theirs)}"
        for key in ours:
            if key in theirs:
                yield from unequal(ours[key], theirs[key], f"{path}.{key}".strip("."))
    elif isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
        if len(ours) != len(theirs):
            yield f"{path}: {len(theirs)} of them, not {len(ours)}"
        for k, (one, other) in enumerate(zip(ours, theirs, strict=False)):
            yield from unequal(one, other, f"{path}[{k}]")
    elif not _same(ours, theirs):
        yield f"{path}: {theirs!r}, not {ours!r}"


def _only(ours: dict[Any, Any], theirs: dict[Any, Any]) -> list[Any]:
    found = [key for key in ours if key not in theirs]
    return found or list(ours)


def _same(ours: Any, theirs: Any) -> bool:
    both = isinstance(ours, float) and isinstance(theirs, float)
    if both and math.isnan(ours) and math.isnan(theirs):
        return True
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    return bool(ours == theirs)


def few(found: Iterator[str]) -> list[str]:
    """Return the first differences, and how many there are besides."""
    told = list(found)
    return told if len(told) <= MOST else [*told[:MOST], f"and {len(told) - MOST} more"]
