"""Conditions of `--check` on a result: the one place that decides its exit status.

A condition takes the checked facts of each replication, of a run, trials or parameter sets. A
further one is a function and its line in `CONDITIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from efssim.lag.objectives.thresholds import ThresholdSummary
from efssim.report.facts.traces import Traces, thin_traces
from efssim.report.verdicts.objectives import said_of_run, said_of_trials
from efssim.report.verdicts.trials import is_too_short as are_too_short
from efssim.report.verdicts.words import is_too_short
from efssim.report.words.lines import counted
from efssim.runs.run import Run
from efssim.study.run.trial_set import TrialSet
from efssim.study.trial.diverging import falls_behind
from efssim.study.uncertain.study import SetStudy


@dataclass(frozen=True, slots=True)
class Checked:
    """The facts of a replication that `--check` looks at."""

    objective: float
    met_throughout: bool | None
    """Whether there always was a recovery point within the target; None: not known, also
    where the window is too short for anything else."""
    diverging: float
    """Share of the runs that fall behind for good."""
    objectives: tuple[bool | None, ...] = ()
    """Whether each objective besides the RPO is met; None: not known, or the end of the run decides
    it."""


Condition: TypeAlias = Callable[[Sequence[Checked]], bool]


def checked_run(result: Run) -> list[Checked]:
    """Return the checked facts of each replication of a run."""
    parts = (outcome.summary for outcome in result.outcomes.values())
    return [
        Checked(
            part.rpo.objective,
            _unless(is_too_short(part), part.rpo.met_throughout),
            float(part.syncs.diverging),
            tuple(said_of_run(part).values()),
        )
        for part in parts
    ]


def checked_trials(trials: TrialSet) -> list[Checked]:
    """Return the checked numbers of each replication of trials."""
    return [
        Checked(
            part.rpo.objective,
            _unless(are_too_short(name, trials), part.rpo.met_throughout),
            part.syncs.diverging,
            tuple(said_of_trials(name, trials).values()),
        )
        for name, part in trials.means.items()
    ]


def _unless(is_open: bool, met: bool | None) -> bool | None:
    """Return a verdict; one that is met is not known where it is open."""
    return None if is_open and met else met


def checked_sets(study: SetStudy) -> list[Checked]:
    """Return the checked facts of each replication of parameter sets.

    The objective has to be met, and met throughout, in as many sets as were asked.
    """
    found = []
    for name, share in study.shares.items():
        throughout = study.met(name) is True and share.met_throughout == share.met
        found.append(Checked(study.share_of_sets, throughout, share.diverging_share))
    return found


def ignores_unknowns(result: Run) -> str:
    """Return why a single run does not pass where parameters are not known; empty if all are."""
    count = len(result.uncertain)
    if not count:
        return ""
    return (
        f"--check: {counted(count, 'parameter')} uncertain, which a single run ignores; it takes "
        "--trials N, at parameter sets"
    )


def has_replication(parts: Sequence[Checked]) -> bool:
    """Return whether anything is protected at all."""
    return bool(parts)


def holds_throughout(parts: Sequence[Checked]) -> bool:
    """Return whether every objective is met, always with a recovery point within the target.

    An undecided objective, as trials are too few, does not hold.
    """
    return all(part.met_throughout is True for part in parts)


def meets_objectives(parts: Sequence[Checked]) -> bool:
    """Return whether every objective besides the RPO is met; one that is not decided is not."""
    return all(met is True for part in parts for met in part.objectives)


def keeps_up(parts: Sequence[Checked]) -> bool:
    """Return whether no replication falls behind for good, since its attainment only falls.

    Of trials, as few may as the objective allows time above the target.
    """
    return not any(falls_behind(part.diverging, part.objective) for part in parts)


CONDITIONS: tuple[Condition, ...] = (
    has_replication,
    holds_throughout,
    meets_objectives,
    keeps_up,
)
"""All of them have to hold."""


def passes(
    parts: Sequence[Checked], traces: Traces, thresholds: Sequence[ThresholdSummary] = ()
) -> bool:
    """Return whether a result meets all conditions, and no trace is too thin for a verdict.

    Every threshold has to hold: one that is undecided does not.
    """
    holds = all(each.outcome == "holds" for each in thresholds)
    return holds and all(condition(parts) for condition in CONDITIONS) and not thin_traces(traces)
