"""Evidence of trials on an objective: met, missed or open, and the number of trials needed.

It is met if the lower bound of mean attainment reaches the objective, and missed if the upper bound
is below it, each with 95 % confidence (`efssim.study.statistics.sample`). Without any loss the
bound is that of the "rule of three" but for a little (J. A. Hanley and A. Lippman-Hand, If nothing
goes wrong, is everything all right?, JAMA 249, 1983): a claim of 99.9 % takes about 3,200 units of
evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from efssim.study.statistics.bounds import Units
from efssim.study.statistics.intervals import CONFIDENCE
from efssim.study.statistics.sample import EvidenceUnit, Sample, sample_of
from efssim.study.statistics.weighing import Design
from efssim.study.trial.outcome import Trial

LEAST = 10
"""Trials below which no estimate of how many more it takes is worth anything."""
_MOST = 1e5
"""Times the trials that there are beyond which more are no advice."""
ROUNDING = 1e-12
"""Attainments are sums and quotients; one that misses an objective by this reaches it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence on the objective of one replication."""

    met: bool | None
    """None: not enough data."""
    windows: int
    """Units of evidence with a defined age: spans, or trials."""
    windows_needed: int | None
    """How many a claim without any loss takes; None where no number does, as for 100 %."""
    more_trials: int | None
    """About how many more trials it takes; 0 if decided, None where no number is known to do."""
    unit: EvidenceUnit
    """The unit of evidence where no rare fault comes."""
    low: float
    """Lower bound of mean attainment, with 95 % confidence; likewise"""
    high: float
    """an upper bound."""


def evidence(trials: Sequence[Trial], replication: str, design: Design) -> Evidence:
    """Return the evidence of trials on a replication's objective, as its summary has it.

    To be met a trial without a defined age counts as lost; to be missed it does not count.
    """
    parts = [trial.summary.replications.get(replication) for trial in trials]
    objective = next(part.rpo.objective for part in parts if part is not None)
    return judgement(trials, replication, design, objective, CONFIDENCE)


def judgement(
    trials: Sequence[Trial],
    replication: str,
    design: Design,
    objective: float,
    confidence: float,
    of: str | None = None,
) -> Evidence:
    """Return the evidence of trials on an objective with a confidence: see `evidence`.

    It is the RPO, or the one with the name `of`.
    """
    strict, mild = samples(trials, replication, design, of)
    met, low, high = judged(strict, mild, objective, confidence)
    alpha = 1 - confidence
    more = 0 if met is not None else _more(strict, mild, len(trials), objective, alpha)
    needed = _needed(objective, strict, alpha)
    return Evidence(met, mild.count, needed, more, mild.parts[0].unit, low, high)


def objective_evidence(
    trials: Sequence[Trial], replication: str, design: Design
) -> dict[str, Evidence]:
    """Return the evidence on the objectives besides the RPO, by name."""
    parts = [trial.summary.replications.get(replication) for trial in trials]
    first = next(part for part in parts if part is not None)
    return {
        name: judgement(trials, replication, design, each.objective, CONFIDENCE, name)
        for name, each in first.objectives.items()
    }


def samples(
    trials: Sequence[Trial], replication: str, design: Design, of: str | None = None
) -> tuple[Sample, Sample]:
    """Return a sample in which trials without a defined age are lost, and one without them."""
    strict = sample_of(trials, replication, design, undefined_is_lost=True, of=of)
    return strict, sample_of(trials, replication, design, undefined_is_lost=False, of=of)


def judged(
    strict: Sample, mild: Sample, objective: float, confidence: float
) -> tuple[bool | None, float, float]:
    """Return whether mean attainment reaches an objective, and its lower and upper bound."""
    alpha = 1 - confidence
    low, high = 1.0 - strict.high(alpha), 1.0 - mild.low(alpha)
    met = verdict(low, high, objective) if mild.count else None
    if met is True and objective >= 1 and not strict.is_exact:
        met = None
    return met, low, high


def verdict(low: float, high: float, objective: float) -> bool | None:
    """Return whether bounds of attainment show that an objective is met; None: neither."""
    if low >= objective - ROUNDING:
        return True
    return False if high < objective - ROUNDING else None


def _needed(objective: float, sample: Sample, alpha: float) -> int | None:
    """Return how many units of one kind a claim takes if none of them loses anything."""
    if sample.is_exact:
        return 1
    if objective >= 1:
        return None
    return without_loss(objective, alpha / sample.uncertain) if objective > 0 else 1


@cache
def without_loss(objective: float, alpha: float) -> int:
    """Return how many units without any loss show an objective between 0 and 1."""

    def show(count: int) -> bool:
        return Units([0.0]).high(alpha, count) <= 1 - objective

    # The largest stake alone gives this, and the others a little.
    high = math.ceil(math.log(alpha * 0.5) / math.log(objective)) + 1
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if show(middle) else (middle, high)
    return high


def _more(strict: Sample, mild: Sample, trials: int, objective: float, alpha: float) -> int | None:
    """Return how many more trials would decide, if they are as those so far; None: not known."""
    if not mild.count:
        return None

    def decides(times: float) -> bool:
        if 1.0 - mild.mean() < objective:
            return 1.0 - mild.low(alpha, times) < objective
        return objective < 1 and 1.0 - strict.high(alpha, times) >= objective

    low, high = 1.0, 2.0
    while not decides(high):
        low, high = high, 2 * high
        if high > _MOST:
            return None
    while high - low > 0.5 / trials:
        middle = (low + high) / 2
        low, high = (low, middle) if decides(middle) else (middle, high)
    return max(1, LEAST - trials, math.ceil(high * trials - trials))
