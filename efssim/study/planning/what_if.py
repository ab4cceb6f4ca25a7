"""Values for other objectives, from the sample paths of a plan's search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from efssim.study.planning.evaluation import Evaluation
from efssim.study.planning.search import Direction

SHARES = (1.0, 0.999, 0.99, 0.9)
"""Shares of the time of the what-if table."""


@dataclass(frozen=True)
class WhatIf:
    """The value that another objective needs, and the violations that it leaves."""

    attainment: float
    value: float | None
    """Smallest (or largest) value whose mean attainment reaches the share; None: none does."""
    confirmed: bool
    """Whether this is the answer of the plan; others are means of the search, not bounds."""
    violations_per_month: float | None
    above_s_per_month: float | None
    peak_s: float | None
    diverging: bool = False
    """Whether more is written there than can be sent, so that it needs more in a longer run."""


def what_if(
    tried: dict[int, Evaluation],
    ask: Callable[[int], Evaluation],
    direction: Direction,
    shares: Sequence[float],
    objective: float,
    answer: Evaluation | None,
) -> tuple[WhatIf, ...]:
    """Return a row for each share; `tried` are evaluations by ordinal.

    `answer` is the evaluation that confirmed the objective, and its row.
    """
    rows = []
    for share in sorted(set(shares), reverse=True):
        planned = answer if share == objective else None
        found = planned or _first(dict(tried), ask, direction, share)
        rows.append(_row(share, found, confirmed=planned is not None))
    return tuple(rows)


def _first(
    tried: dict[int, Evaluation],
    ask: Callable[[int], Evaluation],
    direction: Direction,
    share: float,
) -> Evaluation | None:
    """Return the first value from which on all that were tried reach a share, to one step."""
    while True:
        order = sorted(tried, reverse=direction == "smallest")
        reached = [tried[ordinal].reaches(share) for ordinal in order]
        run = reached.index(False) if False in reached else len(order)
        if run == 0:
            return None
        if run == len(order) or abs(order[run] - order[run - 1]) == 1:
            return tried[order[run - 1]]
        middle = (order[run] + order[run - 1]) // 2
        tried[middle] = ask(middle)


def _row(share: float, found: Evaluation | None, *, confirmed: bool) -> WhatIf:
    if found is None:
        return WhatIf(share, None, confirmed, None, None, None)
    return WhatIf(
        attainment=share,
        value=found.value,
        confirmed=confirmed,
        violations_per_month=found.violations_per_month,
        above_s_per_month=found.above_s_per_month,
        peak_s=found.peak_s,
        diverging=found.falls_behind,
    )
