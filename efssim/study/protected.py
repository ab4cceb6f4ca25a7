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
