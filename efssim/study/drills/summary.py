"""The content of drills.json. Durations in seconds, sizes in bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from efssim.json_values import IF_ANY, SPREAD
from efssim.lag.cost.summary import CostSummary
from efssim.model.drill.record import Ending
from efssim.runs.drill.outcome import DrillOutcome
from efssim.study.drills.statistics import (
    DrillIntervals,
    DrillStatistic,
    Values,
    intervals_of,
    statistic_of,
)
from efssim.study.drills.study import DrillStudy
from efssim.study.drills.verdict import (
    DrillVerdict,
    share_interval,
    verdict_of,
    whole_minutes,
)
from efssim.study.statistics.intervals import Interval
from efssim.traces.quality import TraceQuality

MEASURES: Mapping[str, Callable[[DrillOutcome], float | None]] = {
    "loss_bytes": lambda one: None if one.loss is None else one.loss.bytes,
    "loss_writes": lambda one: None if one.loss is None else one.loss.writes,
    "loss_s": lambda one: None if one.loss is None else one.loss.seconds,
    "recovery_point_age_s": lambda one: None if one.loss is None else one.loss.recovery_point_age_s,
    "rto_s": lambda one: one.rto_s,
    "writable_s": lambda one: one.writable_s,
    "partial_bytes": lambda one: one.partial.bytes,
    "dropped_bytes": lambda one: one.dropped_bytes,
    "failback_s": lambda one: one.failback_s,
    "discarded_bytes": lambda one: one.discarded_bytes,
    "discarded_writes": lambda one: one.discarded_writes,
}
"""The numbers of a drill, by their keys."""


@dataclass(frozen=True, slots=True)
class PhaseSummary:
    """A phase over the drills that ended it."""

    name: str
    seconds: DrillStatistic


@dataclass(frozen=True, slots=True)
class DrillSummary:
    """The keys of drills.json, in their order."""

    scenario: str
    seed: int
    replication: str
    drills: int
    partial: bool
    """Whether Ctrl-C left out some of the drills that were asked for."""
    text: str
    """RPO and RTO in 95 % of the drills, in whole minutes."""
    rpo: DrillVerdict
    rto: DrillVerdict | None
    both: float | None
    """Share of the drills that are within both targets; None without an RTO."""
    measures: Mapping[str, DrillStatistic] = field(metadata=SPREAD)
    phases: tuple[PhaseSummary, ...]
    no_recovery_point: int
    failed: Mapping[str, int]
    """Drills in which EFS refused a step, by its error."""
    not_applicable: int
    """Drills at whose disaster nothing was replicated."""
    undetected: int
    failed_back: int
    """Drills that recovered, and whose failback failed."""
    in_alarm_before: int
    """Drills whose alarm had told before of something else, so that nobody hears of the disaster
    by it; the RTO is not decided if it hangs on them."""
    diverging: bool
    """Whether the replication falls behind ever more, so that a loss depends on when it comes."""
    too_short: bool
    """Whether no sync completes without the disaster, in a run too short to lose more than the
    target."""
    ci95: Mapping[str, DrillIntervals | Interval | None]
    passes: bool
    """Whether every objective is met and no trace is too thin for that, as `--check` asks."""
    traces: Mapping[str, TraceQuality]
    """By the path of the stream."""
    cost: CostSummary | None = field(default=None, metadata=IF_ANY)
    """Of a run without the disaster, where the scenario has prices."""


def summary_of(study: DrillStudy) -> DrillSummary:
    """Return the numbers of a study of drills."""
    values = {name: _values(study, name) for name in MEASURES}
    rpo, rto = rpo_of(study), rto_of(study)
    both = _both(study)
    ci95: dict[str, DrillIntervals | Interval | None] = {
        name: intervals_of(part) for name, part in values.items()
    }
    ci95["both"] = None if both is None or study.is_exact else share_interval(both)
    outcomes = study.outcomes
    return DrillSummary(
        scenario=study.scenario.name,
        seed=study.seed,
        replication=study.replication,
        drills=len(outcomes),
        partial=study.partial,
        text=_sentence(study),
        rpo=rpo,
        rto=rto,
        both=None if both is None else sum(both) / len(both),
        measures={name: statistic_of(part) for name, part in values.items()},
        phases=tuple(_phases(study)),
        no_recovery_point=sum(one.has_no_recovery_point for one in outcomes),
        failed=dict(sorted(Counter(one.error or "" for one in outcomes if _failed(one)).items())),
        not_applicable=sum(not one.is_applicable for one in outcomes),
        undetected=sum(one.ending is Ending.UNDETECTED for one in outcomes),
        failed_back=sum(one.fails_back for one in outcomes),
        in_alarm_before=sum(one.was_in_alarm for one in outcomes),
        diverging=study.diverging,
        too_short=study.too_short,
        ci95=ci95,
        passes=passes(study),
        traces=study.traces,
        cost=study.cost,
    )


def rpo_of(study: DrillStudy) -> DrillVerdict:
    """Return the verdict on the RPO, by the seconds that each drill lost."""
    rpo, outcomes = study.scenario.rpo, study.outcomes
    within = [one.meets_rpo(rpo.target) for one in outcomes]
    return verdict_of(
        within,
        [MEASURES["loss_s"](one) for one in outcomes],
        rpo.target,
        rpo.attainment,
        is_exact=study.is_exact,
        is_diverging=study.diverging,
        is_too_short=study.too_short,
    )


def rto_of(study: DrillStudy) -> DrillVerdict | None:
    """Return the verdict on the RTO; None where the scenario has no such objective."""
    rto, outcomes = study.scenario.rto, study.outcomes
    if rto is None:
        return None
    seconds = [one.rto_s for one in outcomes]

    def judged(within: Sequence[bool]) -> DrillVerdict:
        return verdict_of(within, seconds, rto.target, rto.attainment, is_exact=study.is_exact)

    within = [one.meets_rto(rto.target) for one in outcomes]
    found = judged(within)
    if not found.met or not any(one.was_in_alarm for one in outcomes):
        return found
    sure = judged(
        [each and not one.was_in_alarm for each, one in zip(within, outcomes, strict=True)]
    )
    return found if sure.met else replace(found, met=None)


def passes(study: DrillStudy) -> bool:
    """Return whether every objective is met; one that is not decided is not.

    Nor is a study that Ctrl-C ended.
    Nor is one that rests on a trace that is too thin, or in which something was assumed. No
    failback may fail. Without an RTO no drill may fail or stay unnoticed: one that never ends meets
    no time.
    """
    if study.partial or any(one.fails_back for one in study.outcomes):
        return False
    rto = rto_of(study)
    in_time = all(one.rto_s is not None for one in study.outcomes) if rto is None else rto.met
    if any(trace.is_doubtful for trace in study.traces.values()):
        return False
    return rpo_of(study).met is True and in_time is True


def _values(study: DrillStudy, name: str) -> Values:
    return [MEASURES[name](one) for one in study.outcomes if one.is_applicable]


def _both(study: DrillStudy) -> list[bool] | None:
    rpo, rto = study.scenario.rpo, study.scenario.rto
    if rto is None:
        return None
    return [one.meets_rpo(rpo.target) and one.meets_rto(rto.target) for one in study.outcomes]


def _failed(one: DrillOutcome) -> bool:
    return one.ending is Ending.FAILED


def _phases(study: DrillStudy) -> list[PhaseSummary]:
    """Return the phases in the order of the runbook, each over the drills that ended it."""
    seconds: dict[str, list[float]] = {}
    for one in study.outcomes:
        for phase in one.phases:
            spent = seconds.setdefault(phase.name, [])
            if phase.seconds is not None:
                spent.append(phase.seconds)
    return [PhaseSummary(name, statistic_of(spent)) for name, spent in seconds.items()]


def _sentence(study: DrillStudy) -> str:
    """Return RPO and RTO in whole minutes, as policies of AWS Resilience Hub have them."""
    loss = whole_minutes([MEASURES["loss_s"](one) for one in study.outcomes])
    time = whole_minutes([one.rto_s for one in study.outcomes])
    parts = [f"{name} {_minutes(found)}" for name, found in (("RPO", loss), ("RTO", time))]
    return f"{', '.join(parts)} in {'the one drill' if study.is_exact else '95 % of drills'}"


def _minutes(found: int | None) -> str:
    return "not reached" if found is None else f"{found:,} min"
