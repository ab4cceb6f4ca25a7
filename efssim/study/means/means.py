"""Means over trials by replication, and their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from efssim.lag.summary import AGE, ReplicationSummary
from efssim.study.means.merging import intervals, means, within
from efssim.study.means.shapes import ReplicationStatistic, RpoStatistic
from efssim.study.statistics.evidence import Evidence
from efssim.study.statistics.intervals import CONFIDENCE, Interval
from efssim.study.statistics.protected import protected
from efssim.study.statistics.sample import sample_of
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.outcome import Trial

Means = ReplicationStatistic[float]
Intervals = ReplicationStatistic[Interval | None]


def means_of(
    trials: Sequence[Trial],
    weighing: Weighing,
    evidence: Mapping[str, Evidence],
    objectives: Mapping[str, Mapping[str, Evidence]],
) -> dict[str, Means]:
    """Return the means over trials by replication, with what their evidence says of the RPO.

    `objectives` is the evidence on the others, by replication and name.
    """
    found = {}
    for name, judged in evidence.items():
        mean = means(weighing).merged(*_having(trials, name))
        throughout = judged.met
        if judged.met:
            throughout = protected(trials, name, weighing)
        rpo = replace(mean.rpo, met=judged.met, met_throughout=throughout)
        others = {
            key: replace(part, met=objectives[name][key].met)
            for key, part in mean.objectives.items()
        }
        found[name] = replace(mean, rpo=rpo, objectives=others)
    return found


def intervals_of(
    trials: Sequence[Trial],
    weighing: Weighing,
    names: Iterable[str],
    stein: Mapping[str, Interval | None],
) -> dict[str, Intervals]:
    """Return the 95 % intervals of the means by replication.

    `stein`: the intervals of the mean ages where a precision decided the number of trials.
    """
    found = {}
    for name in names:
        interval = intervals(weighing).merged(*_having(trials, name))
        interval = replace(interval, rpo=_bounded(interval.rpo, trials, name, weighing))
        others = {
            key: replace(part, of=None, attainment=_attained(trials, name, key, weighing))
            for key, part in interval.objectives.items()
        }
        interval = replace(interval, objectives=others, compliance=None)
        if name in stein:
            age = stein[name]
            cut = None if age is None else within("mean", age)
            lags = {**interval.lags, AGE: replace(interval.age, mean=cut)}
            interval = replace(interval, lags=lags)
        found[name] = interval
    return found


def _attained(trials: Sequence[Trial], name: str, of: str, weighing: Weighing) -> Interval | None:
    """Return bounds of the mean attainment of an objective; None for fewer than two trials."""
    parts = [part for trial in trials if (part := trial.summary.replications.get(name))]
    if sum(part.objectives[of].attainment is not None for part in parts) < 2:
        return None
    sample = sample_of(trials, name, weighing.design, undefined_is_lost=False, of=of)
    return sample.attained((1 + CONFIDENCE) / 2)


def _having(
    trials: Sequence[Trial], replication: str
) -> tuple[list[ReplicationSummary], list[int]]:
    """Return the summaries of a replication by the trials that have it, and their strata."""
    having = [trial for trial in trials if replication in trial.summary.replications]
    parts = [trial.summary.replications[replication] for trial in having]
    return parts, [trial.stratum for trial in having]


def _bounded(
    rpo: RpoStatistic[Interval | None], trials: Sequence[Trial], name: str, weighing: Weighing
) -> RpoStatistic[Interval | None]:
    """Replace the intervals of losses by bounds that hold also where trials are equal."""
    parts = [trial.summary.replications.get(name) for trial in trials]
    known = [part for part in parts if part is not None and part.rpo.attainment is not None]
    if len(known) < 2:
        return rpo
    sample = sample_of(trials, name, weighing.design, undefined_is_lost=False)
    low, high = sample.attained((1 + CONFIDENCE) / 2)
    rpo = replace(rpo, attainment=Interval(low, high))
    if len(known) == len(parts) and not any(part.age.undefined_s for part in known):
        seconds = trials[0].summary.window.seconds
        return replace(rpo, violation_s=Interval(seconds * (1.0 - high), seconds * (1.0 - low)))
    return rpo
