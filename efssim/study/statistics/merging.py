"""One tree of numbers for the trees of many trials."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.weighing import Weighing

_MAPS = ("status_s", "dropped_bytes")
"""Mappings in which a key that a trial does not have stands for 0."""
_STATUS = "final_status"
TIMES = (
    "last_replicated_timestamp",
    "last_sync_completed",
    "time",
    "first",
    "last",
    "first_above",
)
"""Texts that have no mean over trials."""
_SHARES = ("attainment", "attainment_while_writable", "diverging")
_SIGNED = ("coalesced_bytes",)
"""Numbers that may be negative; no others are."""

Leaf = Callable[[str, list[Any], list[int]], Any]


def merged(parts: Sequence[dict[str, Any]], strata: Sequence[int], leaf: Leaf) -> dict[str, Any]:
    """Return one tree for the trees of trials: `leaf` of each name, its values and their strata.

    A part that a trial does not have is left out there; a value that it does not have is None.
    """
    made: dict[str, Any] = {}
    rows = list(zip(parts, strata, strict=True))
    for name in dict.fromkeys(name for part in parts for name in part):
        found = [(part[name], at) for part, at in rows if name in part]
        inside = [value for value, _ in found if isinstance(value, dict)]
        if inside:
            inner = [at for value, at in found if isinstance(value, dict)]
            made[name] = merged(_filled(inside) if name in _MAPS else inside, inner, leaf)
        else:
            made[name] = leaf(name, [value for value, _ in found], [at for _, at in found])
    return made


def _filled(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = sorted({key for part in parts for key in part})
    return [{key: part.get(key, 0) for key in keys} for part in parts]


def mean_leaf(weighing: Weighing) -> Leaf:
    """Return a leaf that is the mean over the trials with a value, or a count for each status."""

    def leaf(name: str, values: list[Any], strata: list[int]) -> Any:
        if name == _STATUS:
            return _statuses(values, strata, weighing)
        numbers, known = numbers_of(name, values, strata)
        return weighing.mean(numbers, known) if numbers else None

    return leaf


def _statuses(values: list[Any], strata: list[int], weighing: Weighing) -> dict[str, float]:
    """Return in how many trials each status is the last; with strata, in how many it would be."""
    names = [value or "gone" for value in values]
    if weighing.is_plain:
        return dict(sorted(Counter(names).items()))
    total = sum(weighing.counts)
    by_status: dict[str, list[int]] = {status: [] for status in sorted(set(names))}
    for status, at in zip(names, strata, strict=True):
        by_status[status].append(at)
    return {status: total * weighing.share(found) for status, found in by_status.items()}


def interval_leaf(weighing: Weighing) -> Leaf:
    """Return a leaf that is the 95 % interval of the mean over trials; None where there is none."""

    def leaf(name: str, values: list[Any], strata: list[int]) -> list[float] | None:
        interval = weighing.interval(*numbers_of(name, values, strata))
        return None if interval is None else list(within(name, interval))

    return leaf


def numbers_of(name: str, values: list[Any], strata: list[int]) -> tuple[list[float], list[int]]:
    """Return the values that exist, and the strata of their trials; true counts as 1."""
    if name in TIMES or name == _STATUS:
        return [], []
    found = [(float(x), at) for x, at in zip(values, strata, strict=True) if x is not None]
    return [x for x, _ in found], [at for _, at in found]


def within(name: str, interval: Interval) -> Interval:
    """Cut an interval to the range of the number: few are negative, a share is at most 1."""
    low = -math.inf if name in _SIGNED else 0.0
    top = 1.0 if name in _SHARES else math.inf
    return Interval(max(low, interval.low), min(top, interval.high))
