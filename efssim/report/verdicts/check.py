"""Conditions of `--check` on a result: the one place that decides its exit status.

A condition takes a summary, that of a run or of trials. A further one is a function and its line in
`CONDITIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from efssim.report.facts.traces import Traces, thin_traces

Condition = Callable[[dict[str, Any]], bool]


def has_replication(summary: dict[str, Any]) -> bool:
    """Return whether anything is protected at all."""
    return bool(summary["replications"])


def holds_throughout(summary: dict[str, Any]) -> bool:
    """Return whether every objective is met, always with a recovery point within the target.

    An undecided objective, as trials are too few, does not hold.
    """
    parts = summary["replications"].values()
    return all(part["rpo"]["met_throughout"] is True for part in parts)


def keeps_up(summary: dict[str, Any]) -> bool:
    """Return whether no replication falls behind for good, since its attainment only falls.

    Of trials, whose `diverging` is a share, as few may as the objective allows time above the
    target.
    """
    parts = summary["replications"].values()
    return all(
        float(part["syncs"]["diverging"] or 0.0) <= 1.0 - part["rpo"]["objective"] for part in parts
    )


CONDITIONS: tuple[Condition, ...] = (has_replication, holds_throughout, keeps_up)
"""All of them have to hold."""


def passes(summary: dict[str, Any], traces: Traces) -> bool:
    """Return whether a result meets all conditions, and no trace is too thin for a verdict."""
    return all(condition(summary) for condition in CONDITIONS) and not thin_traces(traces)
