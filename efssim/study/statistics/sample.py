"""Samples of the share of time that is lost in trials: the one judge of objectives.

`run`, `sweep`, `compare` and `plan` all ask it. The unit of evidence is the trial, or a span of one
that is evidence by itself (`efssim.study.trial.spans`). A claim has the bounds of
`efssim.study.statistics.bounds`, one for each stratum, whose errors add up (Bonferroni); they count
with the probabilities of the strata. Where nothing is drawn in a stratum its first trial is the
truth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from efssim.study.statistics.bounds import Units
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.weighing import Design
from efssim.study.trial.outcome import Trial

EvidenceUnit = Literal["trial", "span"]


@dataclass(frozen=True)
class StratumSample:
    """The evidence of one stratum."""

    probability: float
    unit: EvidenceUnit
    units: Units
    is_exact: bool
    """Whether a single unit is the truth."""

    def low(self, alpha: float, times: float) -> float:
        """Return a lower bound of the mean loss."""
        if self.is_exact and self.units.count:
            return self.units.mean
        return self.units.low(alpha, times)

    def high(self, alpha: float, times: float) -> float:
        """Return an upper bound of the mean loss."""
        if self.is_exact and self.units.count:
            return self.units.mean
        return self.units.high(alpha, times)


@dataclass(frozen=True)
class Sample:
    """The evidence of all strata about one replication."""

    parts: tuple[StratumSample, ...]

    @property
    def count(self) -> int:
        """Units of evidence."""
        return sum(part.units.count for part in self.parts)

    @property
    def uncertain(self) -> int:
        """Strata of which a bound is needed, at least 1."""
        return max(1, sum(not part.is_exact for part in self.parts))

    @property
    def is_exact(self) -> bool:
        """Whether it leaves no doubt."""
        return all(part.is_exact and part.units.count for part in self.parts)

    def mean(self) -> float:
        """Return the mean loss over the strata that have units; 0 without any."""
        known = [part for part in self.parts if part.units.count]
        total = math.fsum(part.probability for part in known)
        return math.fsum(part.probability * part.units.mean for part in known) / (total or 1.0)

    def low(self, alpha: float, times: float = 1.0) -> float:
        """Return a lower bound of the mean loss, which fails with a probability of at most alpha.

        `times`: as if there were so many times these units.
        """
        each = alpha / self.uncertain
        return math.fsum(part.probability * part.low(each, times) for part in self.parts)

    def high(self, alpha: float, times: float = 1.0) -> float:
        """Return an upper bound of the mean loss, likewise."""
        each = alpha / self.uncertain
        found = math.fsum(part.probability * part.high(each, times) for part in self.parts)
        return min(1.0, found)

    def attained(self, confidence: float) -> Interval:
        """Return bounds of mean attainment, each of that confidence."""
        alpha = 1 - confidence
        return Interval(1.0 - self.high(alpha), 1.0 - self.low(alpha))


def sample_of(
    trials: Sequence[Trial],
    replication: str,
    design: Design,
    *,
    undefined_is_lost: bool,
    of: str | None = None,
) -> Sample:
    """Return the sample of a replication's losses in trials: by the RPO, or another objective.

    A trial without a defined age, or without a write, has lost all, or else is left out.
    """
    by_stratum: list[list[Trial]] = [[] for _ in design.probabilities]
    for trial in trials:
        by_stratum[trial.stratum].append(trial)
    rows = zip(design.probabilities, design.exact, by_stratum, strict=True)
    return Sample(
        tuple(
            _part(found, replication, of, p, exact, undefined_is_lost) for p, exact, found in rows
        )
    )


def sample_of_losses(losses: Sequence[float], strata: Sequence[int], design: Design) -> Sample:
    """Return the sample of losses that trials of some strata have, one each."""
    by_stratum: list[list[float]] = [[] for _ in design.probabilities]
    for loss, at in zip(losses, strata, strict=True):
        by_stratum[at].append(loss)
    rows = zip(design.probabilities, design.exact, by_stratum, strict=True)
    return Sample(tuple(StratumSample(p, "trial", Units(found), exact) for p, exact, found in rows))


def _part(
    trials: list[Trial],
    name: str,
    of: str | None,
    probability: float,
    is_exact: bool,
    undefined_is_lost: bool,
) -> StratumSample:
    losses = [_loss(trial, name, of) for trial in trials]
    has_spans = of is None and all(len(trial.spans.get(name, ())) > 1 for trial in trials)
    if not is_exact and trials and has_spans:
        spans = [span for trial in trials for span in _relative(trial.spans[name])]
        shares, lengths = [share for share, _ in spans], [length for _, length in spans]
        return StratumSample(probability, "span", Units(shares, lengths), is_exact)
    known = [loss for loss in losses if loss is not None]
    lost = [1.0] * (len(losses) - len(known)) if undefined_is_lost else []
    return StratumSample(probability, "trial", Units([*known, *lost]), is_exact)


def _loss(trial: Trial, name: str, of: str | None) -> float | None:
    """Return the share of a trial that is above the target; None where there is none at all."""
    part = trial.summary.replications.get(name)
    if part is None:
        return None
    attained = part.rpo.attainment if of is None else part.objectives[of].attainment
    return None if attained is None else min(1.0, max(0.0, 1.0 - attained))


def _relative(spans: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """Return the loss of each span, and its length relative to the mean of the trial."""
    mean_s = math.fsum(length for length, _ in spans) / len(spans)
    return [(lost / length, length / mean_s) for length, lost in spans]
