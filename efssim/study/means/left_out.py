"""Writes or bytes that are left out of an objective at the ends of trials."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.lag.objectives.ends import (
    HasVerdict,
    OpenAtEnd,
    attained_at_last,
    left_out_beside,
    total_of,
)
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.outcome import Trial


def left_out_of_trials(
    trials: Sequence[Trial], weighing: Weighing, replication: str, of: str, verdict: HasVerdict
) -> OpenAtEnd:
    """Return the part that is left out beside a verdict on an objective: means over trials.

    Its share is that of the sums over them, each weighed as in every other number.
    """
    found = [
        (trial.stratum, part.objectives[of])
        for trial in trials
        if (part := trial.summary.replications.get(replication)) is not None
    ]
    strata = [stratum for stratum, _ in found]

    def mean(values: Sequence[float]) -> float:
        return weighing.mean(values, strata)

    least, most = zip(*(attained_at_last(one) for _, one in found), strict=True)
    amount = mean([one.left_out for _, one in found])
    total = mean([total_of(one) for _, one in found])
    return left_out_beside(verdict, amount, total, (mean(least), mean(most)))
