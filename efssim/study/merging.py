"""One tree of numbers for the trees of many trials."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from efssim.study.intervals import Interval, mean_interval, mean_of

_MAPS = ("status_s", "dropped_bytes")
"""Mappings in which a key that a trial does not have stands for 0."""
_STATUS = "final_status"
TIMES = ("last_replicated_timestamp", "last_sync_completed", "time")
"""Texts that have no mean over trials."""
_SHARES = ("attainment", "attainment_while_writable", "diverging")
_SIGNED = ("coalesced_bytes",)
"""What may be negative; nothing else is."""

Leaf = Callable[[str, list[Any]], Any]


def merged(parts: Sequence[dict[str, Any]], leaf: Leaf) -> dict[str, Any]:
    """Return one tree for the trees of trials: `leaf` of each name and its values.

    A part that a trial does not have is left out there; a value that it does not have is None.
    """
    made: dict[str, Any] = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        values = [part[name] for part in parts if name in part]
        inside = [value for value in values if isinstance(value, dict)]
        if inside:
            made[name] = merged(_filled(inside) if name in _MAPS else inside, leaf)
        else:
            made[name] = leaf(name, values)
    return made


def _filled(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = sorted({key for part in parts for key in part})
    return [{key: part.get(key, 0) for key in keys} for part in parts]


def mean_leaf(name: str, values: list[Any]) -> Any:
    """Return the mean over the trials that have a value; a count for each status."""
    if name == _STATUS:
        return dict(sorted(Counter(value or "gone" for value in values).items()))
    numbers = numbers_of(name, values)
    return mean_of(numbers) if numbers else None


def interval_leaf(name: str, values: list[Any]) -> list[float] | None:
    """Return the 95 % interval of the mean over trials; None where there is none."""
    interval = mean_interval(numbers_of(name, values))
    return None if interval is None else list(within(name, interval))


def numbers_of(name: str, values: list[Any]) -> list[float]:
    """Return the values that exist; true counts as 1."""
    if name in TIMES or name == _STATUS:
        return []
    return [float(value) for value in values if value is not None]


def within(name: str, interval: Interval) -> Interval:
    """Cut an interval to what the number can be: few are negative, a share is at most 1."""
    low = -math.inf if name in _SIGNED else 0.0
    top = 1.0 if name in _SHARES else math.inf
    return Interval(max(low, interval.low), min(top, interval.high))
