"""When none of many replications is above the target: the union of what violates the RPO."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from efssim.lag.age.rpo import Violations
from efssim.runs.outcome import Outcome

Floats = NDArray[np.float64]


def attainment_all(outcomes: Sequence[Outcome], window_s: tuple[float, float]) -> float | None:
    """Return the share of a window in which no replication violates the RPO.

    Violated is it where the age is above the target, and where there is no recovery point although
    the RPO counts that. None without a window, and where a replication has no age at all in it, so
    that nothing is known of it, unless the others leave nothing.
    """
    begin_s, end_s = window_s
    if end_s <= begin_s:
        return None
    violated_s = union_s(part for outcome in outcomes for part in _violated(outcome))
    share = max(0.0, 1.0 - violated_s / (end_s - begin_s))
    if share and any(each.summary.rpo.attainment is None for each in outcomes):
        return None
    return share


def _violated(outcome: Outcome) -> Iterable[tuple[Floats, Floats]]:
    """Return begins and ends of all that violates the RPO of a replication."""
    if isinstance(outcome.violations, Violations):
        yield outcome.violations.spans()
    if outcome.unprotected:
        begins, ends = zip(*outcome.unprotected, strict=True)
        yield np.array(begins), np.array(ends)


def union_s(parts: Iterable[tuple[Floats, Floats]]) -> float:
    """Return the time that at least one of some intervals covers, in seconds."""
    known = list(parts)
    if not known:
        return 0.0
    begin_s = np.concatenate([begin for begin, _ in known])
    end_s = np.concatenate([end for _, end in known])
    if not len(begin_s):
        return 0.0
    order = begin_s.argsort(kind="stable")
    begin_s, latest_s = begin_s[order], np.maximum.accumulate(end_s[order])
    first = np.append(True, begin_s[1:] > latest_s[:-1])
    last = np.append(np.flatnonzero(first)[1:] - 1, len(begin_s) - 1)
    return math.fsum(latest_s[last] - begin_s[first])
