"""Alarms over many trials: means, their intervals, and the violations of all trials together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from efssim.json_values import SPREAD
from efssim.lag.detection.judging import delay_summary
from efssim.lag.detection.summary import AlarmSummary, DelaySummary
from efssim.study.means.merging import intervals, means
from efssim.study.means.shapes import AlarmStatistic
from efssim.study.statistics.bounds import Units
from efssim.study.statistics.intervals import CONFIDENCE, Interval
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.outcome import Trial


@dataclass(frozen=True, slots=True)
class PooledDetection:
    """Detection of the violations of all trials together."""

    violations: int
    """Those that were decided: detected or missed."""
    detected: int
    share: float | None
    """Of the violations that are detected, with trials weighted as they count."""
    share_ci95: Interval | None
    """Bounds of that share, with trials as the units; None: not known."""
    delay_s: DelaySummary
    """Over the detected violations of all trials alike."""


@dataclass(frozen=True, slots=True)
class AlarmOfTrials:
    """The statistics of an alarm over many trials."""

    metric: str
    replication: str | None
    not_evaluated: str | None
    never: tuple[str, ...]
    cautions: tuple[str, ...]
    """Those that hold in every trial."""
    means: AlarmStatistic[float] = field(metadata=SPREAD)
    """Means over trials; of a delay, over the trials that have one."""
    ci95: AlarmStatistic[Interval | None]
    """The 95 % intervals of the means."""
    pooled: PooledDetection

    @property
    def watches(self) -> bool:
        """Whether it is evaluated, and can fire."""
        return self.not_evaluated is None and not self.never


def alarms_of_trials(trials: Sequence[Trial], weighing: Weighing) -> dict[str, AlarmOfTrials]:
    """Return the statistics of each alarm of a scenario, by name; none without a trial."""
    if not trials:
        return {}
    strata = [trial.stratum for trial in trials]
    return {
        name: _of_trials([trial.summary.alarms[name] for trial in trials], strata, weighing)
        for name in trials[0].summary.alarms
    }


def _of_trials(
    parts: Sequence[AlarmSummary], strata: Sequence[int], weighing: Weighing
) -> AlarmOfTrials:
    first = parts[0]
    common = tuple(text for text in first.cautions if all(text in one.cautions for one in parts))
    return AlarmOfTrials(
        metric=first.metric,
        replication=first.replication,
        not_evaluated=first.not_evaluated,
        never=first.never,
        cautions=common,
        means=means(weighing).merged_alarm(parts, strata),
        ci95=intervals(weighing).merged_alarm(parts, strata),
        pooled=_pooled(parts, strata, weighing),
    )


def _pooled(
    parts: Sequence[AlarmSummary], strata: Sequence[int], weighing: Weighing
) -> PooledDetection:
    decided = [one.detected + one.missed for one in parts]
    detected = [one.detected for one in parts]
    delays = [delay for one in parts for delay in one.delays_s]
    share = None
    if any(decided):
        of_all = weighing.mean(decided, strata)
        share = weighing.mean(detected, strata) / of_all
    return PooledDetection(
        violations=sum(decided),
        detected=sum(detected),
        share=share,
        share_ci95=None if share is None else _bounds(decided, detected, share, strata, weighing),
        delay_s=delay_summary(delays),
    )


def _bounds(
    decided: Sequence[int],
    detected: Sequence[int],
    share: float,
    strata: Sequence[int],
    weighing: Weighing,
) -> Interval | None:
    """Return the interval of a share of violations; the trials are independent.

    Trials that count alike have bounds for any distribution; those of strata the interval of a
    ratio, which is not known where no trial differs from the others.
    """
    having = [(n, k) for n, k in zip(decided, detected, strict=True) if n]
    if weighing.is_plain:
        units = Units([k / n for n, k in having], _relative([n for n, _ in having]))
        alpha = (1 - CONFIDENCE) / 2
        return Interval(units.low(alpha), units.high(alpha))
    mean = weighing.mean(decided, strata)
    residuals = [(k - share * n) / mean for n, k in zip(decided, detected, strict=True)]
    if not any(residuals):
        return None
    found = weighing.interval(residuals, strata)
    if found is None:
        return None
    return Interval(max(0.0, share + found.low), min(1.0, share + found.high))


def _relative(counts: Sequence[int]) -> list[float]:
    """Return counts relative to their mean."""
    mean = sum(counts) / len(counts)
    return [count / mean for count in counts]
