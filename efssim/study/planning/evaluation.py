"""Evaluations: mean attainment of an RPO objective by trials at one value, with its bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from efssim.lag.detection.judging import MONTH_S
from efssim.lag.kinds.asked import Asked
from efssim.lag.summary import AGE, RpoSummary
from efssim.study.means.cost import CostOfTrials
from efssim.study.planning.ends import Ends, EndsVerdict, ends_of
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.evidence import ROUNDING, Evidence, judgement
from efssim.study.statistics.intervals import Interval, student_t
from efssim.study.statistics.protected import most_unprotected_s, protected
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.diverging import falls_behind, so_far, with_divergence

Stage = Literal["search", "confirmation"]

READS = Asked(
    lags=(AGE,),
    quantiles=False,
    pooled=(),
    curves=False,
    pending_mean=False,
    pending_max=False,
    digest=False,
)
"""The measures of a trial that an evaluation reads."""


@dataclass(frozen=True)
class Losses:
    """The share of time above the target in each trial, by replication; 1 where no age exists."""

    by_replication: dict[str, tuple[float, ...]]
    strata: tuple[int, ...]
    """Of the trials, in their order."""
    weighing: Weighing

    def mean(self) -> float:
        """Return the mean of the replication that is worst."""
        return max(self.weighing.mean(part, self.strata) for part in self.by_replication.values())

    def worst(self) -> float:
        """Return the largest of any trial."""
        return max(max(part) for part in self.by_replication.values())

    def none(self) -> bool:
        """Return whether no trial had a violation."""
        return self.worst() == 0

    def likely_at_most(self, confidence: float) -> float:
        """Return a likely upper bound of the mean: see the function `likely_at_most`."""
        parts = self.by_replication.values()
        return max(likely_at_most(part, self.strata, self.weighing, confidence) for part in parts)

    def above(self, other: Losses, confidence: float) -> bool:
        """Return whether the losses are larger than others of the same trials, pair by pair.

        Where rare faults differ there are no pairs, and nothing is claimed.
        """
        if self.weighing != other.weighing:
            return False
        return any(
            larger_in_pairs(
                part, other.by_replication[name], self.strata, self.weighing, confidence
            )
            for name, part in self.by_replication.items()
        )


def losses_of(trials: TrialSet, replications: Sequence[str], of: str | None = None) -> Losses:
    """Return the losses of trials; a trial without a defined age has lost all of its time.

    They are those of the RPO, or of the objective with the name `of`.
    """
    return Losses(
        {name: tuple(_losses(trials, name, of)) for name in replications},
        tuple(trial.stratum for trial in trials.trials),
        trials.weighing,
    )


def _losses(trials: TrialSet, name: str, of: str | None) -> list[float]:
    found = [trial.summary.replications[name] for trial in trials.trials]
    parts = [
        part.rpo.attainment if of is None else part.objectives[of].attainment for part in found
    ]
    return [1.0 if attained is None else 1.0 - attained for attained in parts]


def likely_at_most(
    losses: Sequence[float], strata: Sequence[int], weighing: Weighing, confidence: float
) -> float:
    """Return a likely upper bound of the mean of independent losses; it proves nothing.

    Student's t bound of the sample and, in each stratum, one trial more, as bad as the worst of it:
    good enough to choose which value to confirm. A single value is its own bound.
    """
    if len(losses) == 1:
        return losses[0]
    means, variances = [], []
    for k, probability in enumerate(weighing.design.probabilities):
        part = [loss for loss, at in zip(losses, strata, strict=True) if at == k]
        more = [*part, max(part, default=1.0)]
        spread = float(np.std(more, ddof=1)) if len(more) > 1 else 0.0
        means.append(probability * math.fsum(more) / len(more))
        variances.append((probability * spread) ** 2 / len(more))
    half = student_t(2 * confidence - 1, len(losses)) * math.sqrt(math.fsum(variances))
    plain = weighing.mean(losses, strata)
    return min(1.0, max(plain, math.fsum(means) + half))


def larger_in_pairs(
    left: Sequence[float],
    right: Sequence[float],
    strata: Sequence[int],
    weighing: Weighing,
    confidence: float,
) -> bool:
    """Return whether the mean of `left` is above that of `right`, by a paired t test."""
    pairs = [a - b for a, b in zip(left, right, strict=True)]
    mean = weighing.mean(pairs, strata)
    if len(pairs) == 1 or mean <= 0:
        return mean > 0
    interval = weighing.interval(pairs, strata, 2 * confidence - 1)
    return interval is not None and interval.low > 0


@dataclass(frozen=True)
class Evaluation:
    """The evidence at one value of the parameter."""

    value: float
    """In SI units."""
    losses: Losses
    interval: Interval
    """Of mean attainment: a one-sided bound of `confidence` on each side."""
    met: bool | None
    """Whether that shows the objective to be met; None: it shows neither. Of 100 %: whether no
    trial has a violation."""
    holds: bool
    """Whether the sample makes it likely that it is met, for the search."""
    more_trials: int | None
    """About how many more it takes to show that it is met or not; None where none do."""
    stage: Stage
    seed: int
    trials: int
    confidence: float
    violations_per_month: float
    """Mean number of violations in 30 days of the window."""
    above_s_per_month: float
    """Mean seconds above the target in 30 days of the window."""
    peak_s: float | None
    """Largest age in any trial; None where it is never defined."""
    is_protected: bool = True
    """Whether there always was a recovery point within the target when a disaster came."""
    unprotected_s: float = 0.0
    """Most seconds of a trial without any recovery point."""
    cost: CostOfTrials | None = None
    """Mean costs of the trials; None where the scenario has no prices."""
    ends: Ends = field(default_factory=Ends)
    """The part of the verdict that the ends of the runs leave open."""
    diverging_share: float = 0.0
    """Share of the trials in which more is written than can be sent, of the worst replication."""
    falls_behind: bool = False
    """Whether those are too many: what is met is met for as long as this run only."""

    @property
    def attainment(self) -> float:
        """Mean share of time in which the target holds, of the replication that is worst."""
        return 1.0 - self.losses.mean()

    @property
    def cost_per_month(self) -> float | None:
        """Mean cost for a month; None where it is not known."""
        return None if self.cost is None else self.cost.per_month

    @property
    def holds_so_far(self) -> bool:
        """Whether it is taken for met while more is written than can be sent."""
        return self.holds and self.falls_behind

    @property
    def hangs_on_ends(self) -> bool:
        """Whether it is taken for met because of where the runs end."""
        return self.holds and self.ends.decide

    def reaches(self, share: float) -> bool:
        """Return whether mean attainment reaches a share; for 100 %, whether no trial falls short.

        It does not, at any attainment, where there is no recovery point for a time.
        """
        reached = self.losses.none() if share == 1 else self.attainment >= share
        return reached and self.is_protected


def said(made: Evaluation) -> str:
    """Return the verdict of an evaluation on the objective, in a few words."""
    if made.falls_behind:
        return with_divergence(_said(made))
    return so_far(_said(made)) if made.hangs_on_ends else _said(made)


def _said(made: Evaluation) -> str:
    if not made.is_protected:
        return "unprotected"
    if made.met is not None:
        return "met" if made.met else "missed"
    return "reached, not shown" if made.holds else "not shown"


def evaluated(
    value: float,
    trials: TrialSet,
    replications: Sequence[str],
    objective: float,
    confidence: float,
    stage: Stage,
    of: str | None = None,
) -> Evaluation:
    """Judge trials at one value: met if mean attainment is at least the objective, surely.

    By the judge of `run` (`efssim.study.statistics.evidence`). An objective of 100 % is met if no
    trial has a violation. Nothing is met where there is no recovery point for a time. The objective
    is the RPO, or the one with the name `of`.
    """
    losses = losses_of(trials, replications, of)
    found = _judgements(trials, replications, objective, confidence, of)
    met = _all_met([each.met for each in found])
    holds = 1.0 - losses.likely_at_most(confidence) >= objective - ROUNDING
    if objective == 1:
        met = holds = losses.none()
    is_protected = all(protected(trials.trials, name, trials.weighing) for name in replications)
    met = met if is_protected else False
    holds, diverging = holds if met is None else met, _diverging(trials, replications)
    verdict = EndsVerdict(True if holds else met, objective)
    return Evaluation(
        value=value,
        losses=losses,
        interval=_bounds(found),
        met=met,
        holds=holds,
        more_trials=_most([each.more_trials for each in found]) if met is None else 0,
        stage=stage,
        seed=trials.seed,
        trials=len(trials),
        confidence=confidence,
        violations_per_month=_per_month(trials, replications, lambda rpo: rpo.violations),
        above_s_per_month=_per_month(trials, replications, lambda rpo: rpo.violation_s),
        peak_s=_peak(trials, replications),
        is_protected=is_protected,
        unprotected_s=most_unprotected_s(trials.trials, replications),
        cost=trials.cost,
        ends=ends_of(trials, replications, of, verdict) if is_protected else Ends(),
        diverging_share=diverging,
        falls_behind=falls_behind(diverging, objective),
    )


def _judgements(
    trials: TrialSet,
    replications: Sequence[str],
    objective: float,
    confidence: float,
    of: str | None,
) -> list[Evidence]:
    """Return the judgement on each replication."""
    return [
        judgement(trials.trials, name, trials.design, objective, confidence, of)
        for name in replications
    ]


def _bounds(found: Sequence[Evidence]) -> Interval:
    """Return the bounds of the replication that is worst."""
    return Interval(min(each.low for each in found), min(each.high for each in found))


def _diverging(trials: TrialSet, replications: Sequence[str]) -> float:
    """Return the share of the trials that fall behind for good, of the replication with most."""
    return max(
        trials.weighing.mean(
            [float(each.summary.replications[name].syncs.diverging) for each in trials.trials],
            [each.stratum for each in trials.trials],
        )
        for name in replications
    )


def _all_met(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def _most(parts: list[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return max(known) if len(known) == len(parts) else None


def _per_month(
    trials: TrialSet, replications: Sequence[str], number: Callable[[RpoSummary], float]
) -> float:
    """Return the mean of an RPO number per 30 days, of the replication that has most."""
    seconds = trials.trials[0].summary.window.seconds
    strata = [trial.stratum for trial in trials.trials]
    means = [
        trials.weighing.mean(
            [number(trial.summary.replications[name].rpo) for trial in trials.trials], strata
        )
        for name in replications
    ]
    return max(means) * MONTH_S / seconds if seconds else 0.0


def _peak(trials: TrialSet, replications: Sequence[str]) -> float | None:
    peaks = [
        trial.summary.replications[name].age.max for trial in trials.trials for name in replications
    ]
    return max((peak for peak in peaks if peak is not None), default=None)
