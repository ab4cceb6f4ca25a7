"""What trials at one value say about an RPO objective: mean attainment and what it is at least."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from efssim.study.intervals import Interval, student_t
from efssim.study.protected import most_unprotected_s, protected
from efssim.study.trials import Trials

MONTH_S = 30 * 86_400.0

Stage = Literal["search", "confirmation"]


@dataclass(frozen=True)
class Losses:
    """The share of time above the target in each trial, by replication; 1 where no age exists."""

    by_replication: dict[str, tuple[float, ...]]

    def mean(self) -> float:
        """Return the mean of the replication that is worst."""
        return max(math.fsum(part) / len(part) for part in self.by_replication.values())

    def worst(self) -> float:
        """Return the largest of any trial."""
        return max(max(part) for part in self.by_replication.values())

    def none(self) -> bool:
        """Whether no trial had a violation."""
        return self.worst() == 0

    def interval(self, confidence: float, seen: float = 0.0) -> Interval:
        """Return a one-sided bound on each side of the mean: see `bounded`."""
        parts = [bounded(part, confidence, seen) for part in self.by_replication.values()]
        return Interval(max(part.low for part in parts), max(part.high for part in parts))

    def above(self, other: Losses, confidence: float) -> bool:
        """Whether the losses are larger than others of the same trials, pair by pair."""
        return any(
            larger_in_pairs(part, other.by_replication[name], confidence)
            for name, part in self.by_replication.items()
        )


def losses_of(trials: Trials, replications: Sequence[str]) -> Losses:
    """Return the losses of trials; a trial without a defined age has lost all of its time."""
    return Losses({name: tuple(_losses(trials, name)) for name in replications})


def _losses(trials: Trials, name: str) -> list[float]:
    parts = [trial.summary["replications"][name]["rpo"]["attainment"] for trial in trials.trials]
    return [1.0 if attained is None else 1.0 - attained for attained in parts]


def bounded(losses: Sequence[float], confidence: float, seen: float = 0.0) -> Interval:
    """Return one-sided bounds of the mean of independent losses, each of that confidence.

    Student's t bound of the sample and one trial more, as bad as the worst of them or as `seen`.
    The sample alone overrates a value at which few trials lose anything: without any loss its
    variance is 0, although as much as -ln(1 - confidence) / n of all trials may lose. With the one
    trial more, the bound for n trials of which k lose the same is that of Clopper and Pearson
    (Biometrika 26, 1934) but for some per cent: 2.65 against 3.00 losses for k = 0, 10.1 against
    10.5 for k = 5 (n large, 95 %). A single value is its own bound: nothing varies.
    """
    n = len(losses)
    if n == 1:
        return Interval(losses[0], losses[0])
    more = [*losses, max(seen, max(losses))]
    mean, deviation = math.fsum(more) / (n + 1), float(np.std(more, ddof=1))
    half = student_t(2 * confidence - 1, n) * deviation / math.sqrt(n + 1)
    plain = math.fsum(losses) / n
    return Interval(max(0.0, plain - half), min(1.0, max(plain, mean + half)))


def larger_in_pairs(left: Sequence[float], right: Sequence[float], confidence: float) -> bool:
    """Whether the mean of `left` is above that of `right`, of the same trials: paired t test."""
    pairs = [a - b for a, b in zip(left, right, strict=True)]
    n = len(pairs)
    mean = math.fsum(pairs) / n
    if n == 1 or mean <= 0:
        return mean > 0
    half = student_t(2 * confidence - 1, n - 1) * float(np.std(pairs, ddof=1)) / math.sqrt(n)
    return mean > half


@dataclass(frozen=True)
class Evaluation:
    """What was found at one value of the parameter."""

    value: float
    """In SI units."""
    losses: Losses
    interval: Interval
    """Of mean attainment: a one-sided bound of `confidence` on each side."""
    met: bool
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

    @property
    def attainment(self) -> float:
        """Mean share of time in which the target holds, of the replication that is worst."""
        return 1.0 - self.losses.mean()

    def reaches(self, share: float) -> bool:
        """Whether the mean attainment reaches a share; for 100 %, whether no trial falls short.

        Whatever is attained does not count where there is no recovery point for a time.
        """
        reached = self.losses.none() if share == 1 else self.attainment >= share
        return reached and self.is_protected


def evaluated(
    value: float,
    trials: Trials,
    replications: Sequence[str],
    objective: float,
    confidence: float,
    stage: Stage,
    seen: float = 0.0,
) -> Evaluation:
    """Judge trials at one value: met if mean attainment is at least the objective, surely.

    `seen` is the largest loss of a trial that is known from elsewhere. An objective of 100 % is met
    if no trial has a violation. Nothing is met where there is no recovery point for a time.
    """
    losses = losses_of(trials, replications)
    loss = losses.interval(confidence, seen)
    interval = Interval(1.0 - loss.high, 1.0 - loss.low)
    met = losses.none() if objective == 1 else interval.low >= objective
    is_protected = all(protected(trials.trials, name, trials.weighing) for name in replications)
    return Evaluation(
        value=value,
        losses=losses,
        interval=interval,
        met=met and is_protected,
        stage=stage,
        seed=trials.seed,
        trials=len(trials),
        confidence=confidence,
        violations_per_month=_per_month(trials, replications, "violations"),
        above_s_per_month=_per_month(trials, replications, "violation_s"),
        peak_s=_peak(trials, replications),
        is_protected=is_protected,
        unprotected_s=most_unprotected_s(trials.trials, replications),
    )


def _per_month(trials: Trials, replications: Sequence[str], key: str) -> float:
    """Return the mean of an RPO number per 30 days, of the replication that has most."""
    seconds = trials.trials[0].summary["window"]["seconds"]
    totals = [
        math.fsum(trial.summary["replications"][name]["rpo"][key] for trial in trials.trials)
        for name in replications
    ]
    return max(totals) / len(trials) * MONTH_S / seconds if seconds else 0.0


def _peak(trials: Trials, replications: Sequence[str]) -> float | None:
    peaks = [
        trial.summary["replications"][name]["time_since_last_sync_s"]["max"]
        for trial in trials.trials
        for name in replications
    ]
    return max((peak for peak in peaks if peak is not None), default=None)
