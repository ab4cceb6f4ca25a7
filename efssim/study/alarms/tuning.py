"""Detection against false alarms over the settings of an alarm, and what they advise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from efssim.lag.kinds.asked import Asked
from efssim.lag.summary import AGE
from efssim.study.alarms.grid import AlarmSetting
from efssim.study.means.alarms import AlarmOfTrials, alarms_of_trials
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.evidence import without_loss
from efssim.study.statistics.intervals import CONFIDENCE
from efssim.study.trial.facts import is_random
from efssim.study.trial.outcome import Trial

READS = Asked(
    lags=(AGE,),
    quantiles=False,
    pooled=(),
    curves=False,
    pending_mean=False,
    pending_max=False,
)
"""The measures of a trial that a tuning reads: its alarms, with the age that they are judged by."""

Outcome = Literal["recommended", "not_enough", "none"]


@dataclass(frozen=True, slots=True)
class TuningGoal:
    """The least that an alarm has to do to be recommended."""

    detected: float = 0.95
    """Share of the violations that it detects."""
    false_per_month: float = 1.0
    """False alarms in 30 days at most."""


@dataclass(frozen=True, slots=True)
class TunedSetting:
    """One combination with its statistics over the trials."""

    threshold_s: float
    datapoints_to_alarm: int
    evaluation_periods: int
    is_current: bool
    on_front: bool
    """Whether no other has fewer misses, a shorter delay and fewer false alarms at once."""
    detected: int
    share: float | None
    share_low: float | None
    delay_s: float | None
    delay_max_s: float | None
    false_per_month: float
    false_per_month_high: float | None
    unwarranted_share: float
    """Of the time, in ALARM without a violation."""

    @property
    def out_of(self) -> str:
        """M out of N in words."""
        return f"{self.datapoints_to_alarm} of {self.evaluation_periods}"


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation, or why there is none."""

    outcome: Outcome
    threshold_s: float | None
    datapoints_to_alarm: int | None
    evaluation_periods: int | None
    reason: str


@dataclass(frozen=True)
class AlarmTuning:
    """The settings of one alarm that were tried on the same trials."""

    alarm: str
    replication: str | None
    period_s: float
    statistic: str
    goal: TuningGoal
    violations: int
    """Violations of all trials that were decided; the end of the run cuts the others."""
    settings: tuple[TunedSetting, ...]
    advice: Advice


def tuning(
    name: str,
    period_s: float,
    statistic: str,
    tried: Sequence[AlarmSetting],
    trials: TrialSet,
    goal: TuningGoal,
) -> AlarmTuning:
    """Return how settings did over trials of a scenario that has an alarm for each of them."""
    found = [trials.alarms[one.name] for one in tried]
    front = _front(found)
    settings = tuple(
        _tuned(one, alarm, on_front=is_best)
        for one, alarm, is_best in zip(tried, found, front, strict=True)
    )
    most = max((alarm.pooled.violations for alarm in found), default=0)
    return AlarmTuning(
        alarm=name,
        replication=found[0].replication,
        period_s=period_s,
        statistic=statistic,
        goal=goal,
        violations=most,
        settings=settings,
        advice=_advice(tried, trials, goal, found),
    )


def _tuned(setting: AlarmSetting, alarm: AlarmOfTrials, *, on_front: bool) -> TunedSetting:
    pooled = alarm.pooled
    bounds, false = pooled.share_ci95, pooled.false_per_month_ci95
    return TunedSetting(
        threshold_s=setting.threshold_s,
        datapoints_to_alarm=setting.datapoints_to_alarm,
        evaluation_periods=setting.evaluation_periods,
        is_current=setting.is_current,
        on_front=on_front,
        detected=pooled.detected,
        share=pooled.share,
        share_low=None if bounds is None else bounds.low,
        delay_s=pooled.delay_s.mean,
        delay_max_s=pooled.delay_s.max,
        false_per_month=alarm.means.false_alarms_per_month,
        false_per_month_high=None if false is None else false.high,
        unwarranted_share=alarm.means.unwarranted_share,
    )


def _costs(alarm: AlarmOfTrials) -> tuple[float, float, float]:
    """Return share of misses, mean delay and false alarms: less is better."""
    pooled = alarm.pooled
    missed = 0.0 if pooled.share is None else 1.0 - pooled.share
    delay = math.inf if pooled.delay_s.mean is None else pooled.delay_s.mean
    return missed, delay, alarm.means.false_alarms_per_month


def _front(alarms: Sequence[AlarmOfTrials]) -> list[bool]:
    """Return which alarms no other is better than, of those that tell something."""
    costs = [_costs(alarm) for alarm in alarms]
    useful = [_costs(alarm) for alarm in alarms if _tells(alarm)]
    return [
        _tells(alarm)
        and not any(
            other != mine and all(a <= b for a, b in zip(other, mine, strict=True))
            for other in useful
        )
        for alarm, mine in zip(alarms, costs, strict=True)
    ]


def _tells(alarm: AlarmOfTrials) -> bool:
    """Return whether an alarm detects something, and is not in ALARM most of the time."""
    return alarm.pooled.detected > 0 and not alarm.is_noisy


def _advice(
    tried: Sequence[AlarmSetting],
    trials: TrialSet,
    goal: TuningGoal,
    found: Sequence[AlarmOfTrials],
) -> Advice:
    """Return the setting with the shortest delay that meets the goal, if other trials confirm it.

    It is chosen by the trials with even numbers and judged by the others: the best of many looks
    better than it is in the trials that chose it.
    """
    chosen = _best(tried, _halved(trials, 0), goal)
    violations = max((alarm.pooled.violations for alarm in found), default=0)
    if not is_random(trials.scenario):
        reason = (
            f"nothing is drawn in this scenario, so every trial has the same violations, "
            f"{violations // max(1, len(trials)):,}: `faults` at random times would tell more"
        )
        return _advised("not_enough", chosen, reason)
    if chosen is None:
        if any(_meets(alarm, goal) for alarm in found) or violations < 2:
            return _not_enough(violations, trials, goal, None)
        reason = f"no setting detects {goal.detected:.4g} of the violations with at most "
        reason += f"{goal.false_per_month:g} false alarms in 30 days"
        return Advice("none", None, None, None, reason)
    judged = _halved(trials, 1).get(chosen.name)
    if judged is None or not _detects(judged, goal):
        return _not_enough(violations, trials, goal, chosen)
    false = judged.pooled.false_per_month_ci95
    if false is None or false.high > goal.false_per_month:
        most = "not known" if false is None else f"up to {false.high:.3g}"
        reason = f"the false alarms in 30 days are {most}: it takes more trials, or longer ones"
        return _advised("not_enough", chosen, reason)
    reason = (
        f"chosen by half of the trials; the other half has {judged.pooled.detected:,} of "
        f"{judged.pooled.violations:,} violations detected"
    )
    return _advised("recommended", chosen, reason)


def _advised(outcome: Outcome, chosen: AlarmSetting | None, reason: str) -> Advice:
    if chosen is None:
        return Advice(outcome, None, None, None, reason)
    m, n = chosen.datapoints_to_alarm, chosen.evaluation_periods
    return Advice(outcome, chosen.threshold_s, m, n, reason)


def _halved(trials: TrialSet, part: int) -> dict[str, AlarmOfTrials]:
    """Return the alarms over the trials with even numbers, or with odd ones."""
    half: list[Trial] = [one for one in trials.trials if one.number % 2 == part]
    return alarms_of_trials(half, trials.design.weighing([one.stratum for one in half]))


def _best(
    tried: Sequence[AlarmSetting], found: dict[str, AlarmOfTrials], goal: TuningGoal
) -> AlarmSetting | None:
    """Return the setting that meets the goal soonest; of equals the one with the most to alarm."""
    good = [one for one in tried if one.name in found and _meets(found[one.name], goal)]
    if not good:
        return None

    def rank(one: AlarmSetting) -> tuple[float, float, int, float]:
        _, delay_s, false = _costs(found[one.name])
        return delay_s, false, -one.datapoints_to_alarm, -one.threshold_s

    return min(good, key=rank)


def _meets(alarm: AlarmOfTrials, goal: TuningGoal) -> bool:
    """Return whether the numbers of an alarm are as good as they have to be."""
    share = alarm.pooled.share
    return (
        share is not None
        and not alarm.is_noisy
        and share >= goal.detected
        and alarm.means.false_alarms_per_month <= goal.false_per_month
    )


def _detects(alarm: AlarmOfTrials, goal: TuningGoal) -> bool:
    """Return whether the interval of the share of detected violations is above the goal."""
    detected = alarm.pooled.share_ci95
    return detected is not None and detected.low >= goal.detected


def _not_enough(
    violations: int, trials: TrialSet, goal: TuningGoal, best: AlarmSetting | None
) -> Advice:
    """Return that the evidence is not enough, and how much would be."""
    having = sum(
        any(part.rpo.violations for part in one.summary.replications.values())
        for one in trials.trials
    )
    reason = f"not enough violations to say: {violations:,} in {having:,} of {len(trials):,} trials"
    if goal.detected < 1:
        needed = 2 * without_loss(goal.detected, (1 - CONFIDENCE) / 2)
        reason += f"; it takes about {needed:,} trials with one, or more if some are missed"
    return _advised("not_enough", best, reason)
