"""Whether trials had a recovery point all the time, and lost no more than the objective allows."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.lag.loss import is_missed
from efssim.study.trial import Trial


def protected(trials: Sequence[Trial], replication: str) -> bool:
    """Whether a replication was in every trial, always with a recovery point near enough.

    No average: a trial that is without one for a time, or loses more than the target, decides.
    """
    parts = [trial.summary["replications"].get(replication) for trial in trials]
    return all(
        part is not None
        and not part["unprotected_s"]
        and not is_missed(part["recovery_point"], part["rpo"]["target_s"])
        for part in parts
    )


def most_unprotected_s(trials: Sequence[Trial], replications: Sequence[str]) -> float:
    """Return the most seconds without a recovery point of any trial and replication."""
    parts = [trial.summary["replications"].get(name) for trial in trials for name in replications]
    return max((part["unprotected_s"] for part in parts if part is not None), default=0.0)
