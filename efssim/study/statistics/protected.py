"""Whether trials had a recovery point all the time, and lost no more than the objective allows."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.outcome import Trial


def protected(trials: Sequence[Trial], replication: str, weighing: Weighing) -> bool:
    """Return whether as many trials as the RPO asks always had a near recovery point.

    No average over time: a trial that is without one for a time, or loses more than the target,
    counts whole. Such trials may be as rare as the objective allows time above the target to be.
    """
    failing = [trial for trial in trials if not _is_protected(trial, replication)]
    return _is_allowed(failing, trials, replication, weighing)


def loses_too_often(trials: Sequence[Trial], replication: str, weighing: Weighing) -> bool:
    """Return whether too many trials for the RPO lose more than the target with their source."""
    failing = [trial for trial in trials if _loses_too_much(trial, replication)]
    return not _is_allowed(failing, trials, replication, weighing)


def _is_allowed(
    failing: Sequence[Trial], trials: Sequence[Trial], replication: str, weighing: Weighing
) -> bool:
    allowed = 1.0 - min((_objective(trial, replication) for trial in trials), default=1.0)
    return weighing.share([trial.stratum for trial in failing]) <= allowed


def _is_protected(trial: Trial, replication: str) -> bool:
    part = trial.summary.replications.get(replication)
    is_there = part is not None and not part.unprotected_s
    return is_there and not _loses_too_much(trial, replication)


def _loses_too_much(trial: Trial, replication: str) -> bool:
    part = trial.summary.replications.get(replication)
    if part is None or part.recovery_point is None:
        return False
    return part.recovery_point.is_above(part.rpo.target_s)


def _objective(trial: Trial, replication: str) -> float:
    part = trial.summary.replications.get(replication)
    return 1.0 if part is None else part.rpo.objective


def most_unprotected_s(trials: Sequence[Trial], replications: Sequence[str]) -> float:
    """Return the most seconds without a recovery point of any trial and replication."""
    parts = [trial.summary.replications.get(name) for trial in trials for name in replications]
    return max((part.unprotected_s for part in parts if part is not None), default=0.0)
