"""One statistic for the summaries of many trials."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from efssim.lag.compliance.summary import ComplianceSummary, JudgedTime, MonthCompliance
from efssim.lag.detection.summary import AlarmSummary, DelaySummary
from efssim.lag.limits.source_limit import SourceLimit
from efssim.lag.limits.throttled import ThrottledSummary
from efssim.lag.loss import LeftBehind, Loss
from efssim.lag.objectives.summary import ObjectiveSummary
from efssim.lag.summary import (
    AgeSummary,
    DiscardedSummary,
    LagSummary,
    PendingSummary,
    ReplicationSummary,
    RpoSummary,
    SyncsSummary,
    WriteLagSummary,
    WritesSummary,
)
from efssim.study.means.shapes import (
    AgeStatistic,
    AlarmStatistic,
    ComplianceStatistic,
    DelayStatistic,
    DiscardedStatistic,
    JudgedTimeStatistic,
    LagStatistic,
    LeftBehindStatistic,
    LossStatistic,
    MonthStatistic,
    ObjectiveStatistic,
    PendingStatistic,
    ReplicationStatistic,
    RpoStatistic,
    SourceLimitStatistic,
    SyncsStatistic,
    ThrottledStatistic,
    WriteLagStatistic,
    WritesStatistic,
)
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.weighing import Weighing

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

STATISTICS: dict[type[DataclassInstance], type[DataclassInstance]] = {
    AgeSummary: AgeStatistic,
    WriteLagSummary: WriteLagStatistic,
    LagSummary: LagStatistic,
    PendingSummary: PendingStatistic,
    WritesSummary: WritesStatistic,
    DiscardedSummary: DiscardedStatistic,
    RpoSummary: RpoStatistic,
    ObjectiveSummary: ObjectiveStatistic,
    JudgedTime: JudgedTimeStatistic,
    MonthCompliance: MonthStatistic,
    ComplianceSummary: ComplianceStatistic,
    Loss: LossStatistic,
    LeftBehind: LeftBehindStatistic,
    SyncsSummary: SyncsStatistic,
    SourceLimit: SourceLimitStatistic,
    ThrottledSummary: ThrottledStatistic,
    ReplicationSummary: ReplicationStatistic,
    DelaySummary: DelayStatistic,
    AlarmSummary: AlarmStatistic,
}
"""The statistic of each part of a summary."""

_TIMES = ("point_s", "first_s", "last_s", "first_above_s", "last_replicated_s", "last_completed_s")
"""Moments, which have no mean over trials."""
_STATUS = "final_status"
_COMPLIANCE = "compliance"
_JUDGED = ("met", "met_throughout")
"""Said of all trials together, and no statistic."""
_SAME = ("of", "timezone", "partial")
"""Words, and marks of months, that are the same in each trial."""
_SHARES = ("attainment", "attainment_while_writable", "diverging", "unwarranted_share")
_SIGNED = ("coalesced_bytes",)
"""Numbers that may be negative; no others are."""

T = TypeVar("T")


@dataclass(frozen=True)
class Merging(Generic[T]):
    """Merges summaries of trials of these strata by a statistic of numbers."""

    statistic: Callable[[str, list[float], list[int]], T | None]
    """Of the name of a number, its values, and the strata of their trials."""
    statuses: Callable[[list[str], list[int]], Mapping[str, float] | None]
    """Of the last status of each trial, and its stratum."""

    def merged(
        self, parts: Sequence[ReplicationSummary], strata: Sequence[int]
    ) -> ReplicationStatistic[T]:
        """Return the statistic of what trials say about a replication."""
        found: ReplicationStatistic[T] = self._part(parts, strata)
        return found

    def merged_alarm(
        self, parts: Sequence[AlarmSummary], strata: Sequence[int]
    ) -> AlarmStatistic[T]:
        """Return the statistic of an alarm over trials."""
        found: AlarmStatistic[T] = self._part(parts, strata)
        return found

    def _part(self, parts: Sequence[DataclassInstance], strata: Sequence[int]) -> Any:
        kind = next(STATISTICS[known] for known in type(parts[0]).__mro__ if known in STATISTICS)
        return kind(
            **{
                field.name: self._field(
                    field.name, [getattr(part, field.name) for part in parts], strata
                )
                for field in fields(kind)
            }
        )

    def _field(self, name: str, values: Sequence[Any], strata: Sequence[int]) -> Any:
        """Return the statistic of a field; a value that a trial does not have is None."""
        if name in _TIMES or name in _JUDGED:
            return None
        if name in _SAME:
            return values[0]
        if name == _STATUS:
            return self.statuses([value or "gone" for value in values], list(strata))
        known = [(value, at) for value, at in zip(values, strata, strict=True) if value is not None]
        found, places = [value for value, _ in known], [at for _, at in known]
        if found and isinstance(found[0], Mapping):
            return self._mapping(found, places)
        if found and is_dataclass(found[0]):
            return self._part(found, places)
        if not found and name == _COMPLIANCE:
            return None
        return self.statistic(name, [float(value) for value in found], places)

    def _mapping(
        self, parts: Sequence[Mapping[str, float | DataclassInstance]], strata: Sequence[int]
    ) -> Any:
        """Return the statistic of each entry; a number that a trial does not have counts 0."""
        names = dict.fromkeys(name for part in parts for name in part)
        if not any(_numbers(part.values()) for part in parts):
            wholes = {name: [part[name] for part in parts] for name in names}
            return {name: self._field(name, row, strata) for name, row in wholes.items()}
        rows = {name: _numbers(part.get(name, 0) for part in parts) for name in sorted(names)}
        return {name: self.statistic(name, row, list(strata)) for name, row in rows.items()}


def _numbers(values: Iterable[float | DataclassInstance]) -> list[float]:
    return [float(value) for value in values if isinstance(value, int | float)]


def means(weighing: Weighing) -> Merging[float]:
    """Return a leaf that is the mean over the trials with a value, or a count for each status."""

    def statistic(_: str, values: list[float], strata: list[int]) -> float | None:
        return weighing.mean(values, strata) if values else None

    def statuses(names: list[str], strata: list[int]) -> Mapping[str, float]:
        return _statuses(names, strata, weighing)

    return Merging(statistic, statuses)


def _statuses(names: list[str], strata: list[int], weighing: Weighing) -> Mapping[str, float]:
    """Return in how many trials each status is the last; with strata, in how many it would be."""
    if weighing.is_plain:
        return dict(sorted(Counter(names).items()))
    total = sum(weighing.counts)
    by_status: dict[str, list[int]] = {status: [] for status in sorted(set(names))}
    for status, at in zip(names, strata, strict=True):
        by_status[status].append(at)
    return {status: total * weighing.share(found) for status, found in by_status.items()}


def intervals(weighing: Weighing) -> Merging[Interval | None]:
    """Return a leaf that is the 95 % interval of the mean over trials; None where there is none."""

    def statistic(name: str, values: list[float], strata: list[int]) -> Interval | None:
        interval = weighing.interval(values, strata)
        return None if interval is None else within(name, interval)

    return Merging(statistic, lambda _, __: None)


def within(name: str, interval: Interval) -> Interval:
    """Cut an interval to the range of the number: few are negative, a share is at most 1."""
    low = -math.inf if name in _SIGNED else 0.0
    top = 1.0 if name in _SHARES else math.inf
    return Interval(max(low, interval.low), min(top, interval.high))
