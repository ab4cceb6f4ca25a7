"""Alarms over many trials: means, their intervals, and the violations of all trials together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from efssim.json_values import SPREAD
from efssim.lag.detection.judging import MONTH_S, delay_summary
from efssim.lag.detection.summary import TOO_OFTEN, AlarmSummary, DelaySummary
from efssim.study.means.merging import intervals, means
from efssim.study.means.shapes import AlarmStatistic
from efssim.study.statistics.bounds import Units
from efssim.study.statistics.intervals import CONFIDENCE, Interval, poisson_interval
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
    false_per_month_ci95: Interval | None
    """Interval of the false alarms in 30 days: of the mean over trials, and at least as wide as
    their count allows if they come independently of each other."""
    delay_s: DelaySummary
    """Over the detected violations of all trials alike."""


@dataclass(frozen=True, slots=True)
class AlarmOfTrials:
    """The statistics of an alarm over many trials."""

    metric: str
    replication: str | None
    not_evaluated: str | None
    never: tuple[str, ...]
    blind: tuple[str, ...]
    cautions: tuple[str, ...]
    """Those that hold in every trial."""
    means: AlarmStatistic[float] = field(metadata=SPREAD)
    """Means over trials; of a delay, over the trials that have one."""
    ci95: AlarmStatistic[Interval | None]
    """The 95 % intervals of the means."""
    pooled: PooledDetection

    @property
    def watches(self) -> bool:
        """Whether it is evaluated, has data, and can fire."""
        return self.not_evaluated is None and not self.never and not self.blind

    @property
    def is_noisy(self) -> bool:
        """Whether it is in ALARM so often that it tells nothing."""
        return self.means.unwarranted_share > TOO_OFTEN


def alarms_of_trials(trials: Sequence[Trial], weighing: Weighing) -> dict[str, AlarmOfTrials]:
    """Return the statistics of each alarm of a scenario, by name; none without a trial."""
    if not trials:
        return {}
    strata, seconds = [trial.stratum for trial in trials], trials[0].summary.window.seconds
    return {
        name: _of_trials(
            [trial.summary.alarms[name] for trial in trials], strata, weighing, seconds
        )
        for name in trials[0].summary.alarms
    }


def _of_trials(
    parts: Sequence[AlarmSummary], strata: Sequence[int], weighing: Weighing, seconds: float
) -> AlarmOfTrials:
    first = parts[0]
    common = tuple(text for text in first.cautions if all(text in one.cautions for one in parts))
    return AlarmOfTrials(
        metric=first.metric,
        replication=first.replication,
        not_evaluated=first.not_evaluated,
        never=first.never,
        blind=first.blind,
        cautions=common,
        means=means(weighing).merged_alarm(parts, strata),
        ci95=intervals(weighing).merged_alarm(parts, strata),
        pooled=_pooled(parts, strata, weighing, seconds),
    )


def _pooled(
    parts: Sequence[AlarmSummary], strata: Sequence[int], weighing: Weighing, seconds: float
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
        false_per_month_ci95=_false_bounds(parts, strata, weighing, seconds),
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


def _false_bounds(
    parts: Sequence[AlarmSummary], strata: Sequence[int], weighing: Weighing, seconds: float
) -> Interval | None:
    """Return the interval of the false alarms in 30 days.

    Trials without any would seem to be certain of it: for trials that count alike the interval is
    that of a Poisson count as well. None of strata without a difference between trials.
    """
    rates = [part.false_alarms_per_month for part in parts]
    found = weighing.interval(rates, strata)
    if not weighing.is_plain:
        return None if found is None or not any(rates) else _at_least_0(found)
    low, high = poisson_interval(sum(part.false_alarms for part in parts))
    months = len(parts) * seconds / MONTH_S
    if found is not None:
        low, high = min(low, found.low * months), max(high, found.high * months)
    return _at_least_0(Interval(low / months, high / months))


def _at_least_0(found: Interval) -> Interval:
    return Interval(max(0.0, found.low), found.high)


def _relative(counts: Sequence[int]) -> list[float]:
    """Return counts relative to their mean."""
    mean = sum(counts) / len(counts)
    return [count / mean for count in counts]
