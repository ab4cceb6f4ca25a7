"""Compare two summaries, number by number."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

RELATIVE = 1e-9
"""Both sides reckon in floats and add in different orders: a few units in the last place each."""

ABSOLUTE_S = 1e-6
"""Times differ by rounding of their sum with the start of the run, and are published in µs."""

AT_THE_OBJECTIVE = 1e-15
"""Shares are quotients of sums of times, and differ by a few units in the last place."""

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
"""An instant of a summary: where half a µs is rounded, a unit in the last place may decide."""

UNTOLD = object()
"""Of a number of which the documentation does not say enough to reckon it."""


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Yield what differs: whole numbers, truths and texts exactly, others but for rounding.

    Every field of either side is compared. A status in which no time was spent is as good as none,
    and a cause of which nothing was dropped.
    """
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in {**ours, **theirs}:
            if key in ("met", "met_throughout") and _is_at_the_objective(ours, theirs):
                continue
            missing = 0 if path.endswith(("status_s", "dropped_bytes")) else _Missing()
            yield from differences(
                ours.get(key, missing), theirs.get(key, missing), f"{path}.{key}".strip(".")
            )
    elif ours is not UNTOLD and not _same(ours, theirs):
        yield f"{path}: {theirs!r}, not {ours!r}"


def _is_at_the_objective(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Return whether rounding alone decides if an objective is met, as both sums differ there."""
    objective, one, other = (ours.get("objective"), *(x.get("attainment") for x in (ours, theirs)))
    if objective is None or one is None or other is None or one == other:
        return False
    limits = {"rel_tol": 0.0, "abs_tol": AT_THE_OBJECTIVE}
    return math.isclose(one, objective, **limits) and math.isclose(other, objective, **limits)


class _Missing:
    def __repr__(self) -> str:
        return "missing"


def _us(instant: str) -> int:
    """Return the whole µs of an instant, from any fixed one on."""
    return (datetime.fromisoformat(instant) - ZERO) // timedelta(microseconds=1)


ZERO = datetime(2000, 1, 1, tzinfo=UTC)


def _same(ours: Any, theirs: Any) -> bool:
    numbers = (int, float)
    if isinstance(ours, str) and isinstance(theirs, str) and INSTANT.match(ours):
        return bool(INSTANT.match(theirs)) and abs(_us(ours) - _us(theirs)) <= 1
    if type(ours) is bool or type(theirs) is bool or not isinstance(ours, numbers):
        return type(ours) is type(theirs) and bool(ours == theirs)
    if not isinstance(theirs, numbers):
        return False
    if isinstance(ours, int) and isinstance(theirs, int):
        return ours == theirs
    return math.isclose(ours, theirs, rel_tol=RELATIVE, abs_tol=ABSOLUTE_S)
