"""Conditions of `--check` on a result: the one place that decides its exit status.

A condition takes the checked facts of each replication, of a run or of trials. A further one is a
function and its line in `CONDITIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from efssim.report.facts.traces import Traces, thin_traces
from efssim.runs.run import Run
from efssim.study.run.trial_set import TrialSet


@dataclass(frozen=True, slots=True)
class Checked:
    """The facts of a replication that `--check` looks at."""

    objective: float
    met_throughout: bool | None
    """Whether there always was a recovery point within the target; None: not known."""
    diverging: float
    """Share of the runs that fall behind for good."""


Condition: TypeAlias = Callable[[Sequence[Checked]], bool]


def checked_run(result: Run) -> list[Checked]:
    """Return the checked facts of each replication of a run."""
    parts = (outcome.summary for outcome in result.outcomes.values())
    return [
        Checked(part.rpo.objective, part.rpo.met_throughout, float(part.syncs.diverging))
        for part in parts
    ]


def checked_trials(trials: TrialSet) -> list[Checked]:
    """Return the checked numbers of each replication of trials."""
    return [
        Checked(part.rpo.objective, part.rpo.met_throughout, part.syncs.diverging)
        for part in trials.means.values()
    ]


def has_replication(parts: Sequence[Checked]) -> bool:
    """Return whether anything is protected at all."""
    return bool(parts)


def holds_throughout(parts: Sequence[Checked]) -> bool:
    """Return whether every objective is met, always with a recovery point within the target.

    An undecided objective, as trials are too few, does not hold.
    """
    return all(part.met_throughout is True for part in parts)


def keeps_up(parts: Sequence[Checked]) -> bool:
    """Return whether no replication falls behind for good, since its attainment only falls.

    Of trials, as few may as the objective allows time above the target.
    """
    return all(part.diverging <= 1.0 - part.objective for part in parts)


CONDITIONS: tuple[Condition, ...] = (has_replication, holds_throughout, keeps_up)
"""All of them have to hold."""


def passes(parts: Sequence[Checked], traces: Traces) -> bool:
    """Return whether a result meets all conditions, and no trace is too thin for a verdict."""
    return all(condition(parts) for condition in CONDITIONS) and not thin_traces(traces)
