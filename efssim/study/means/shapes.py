"""Statistics of trials in the shape of a run's summary: their means, or intervals of the means.

Each class here has the fields of the one of `efssim.lag.summary` whose name it begins with, with
the statistic in place of the number. A time has no mean, and is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from efssim.json_values import FIRST, IF_ANY, SPREAD, moment
from efssim.lag.summary import AGE, OLDEST_PENDING, LagColumn
from efssim.scenario.objectives import Of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LagStatistic(Generic[T]):
    """Of a lag in seconds."""

    mean: T | None
    p50: T | None
    p90: T | None
    p95: T | None
    p99: T | None
    p99_9: T | None
    p99_99: T | None
    max: T | None

    def column(self, name: LagColumn) -> T | None:
        """Return one of the numbers that every lag has."""
        value: T | None = getattr(self, name)
        return value


@dataclass(frozen=True, slots=True)
class AgeStatistic(LagStatistic[T]):
    """Of time since last sync."""

    peak_mean: T | None
    undefined_s: T


@dataclass(frozen=True, slots=True)
class WriteLagStatistic(LagStatistic[T]):
    """Of a lag over published writes, or over their bytes."""

    count: T = field(metadata=FIRST)


@dataclass(frozen=True, slots=True)
class PendingStatistic(Generic[T]):
    """Of bytes that no completed sync had published."""

    mean: T | None
    max: T | None
    open_at_end: T
    open_at_end_writes: T
    lost_at_deletion: T | None


@dataclass(frozen=True, slots=True)
class WritesStatistic(Generic[T]):
    """Of writes made to the source."""

    count: T
    bytes: T
    coalesced_bytes: T
    dropped_bytes: Mapping[str, T]
    """A cause that a trial does not have counts 0 there."""


@dataclass(frozen=True, slots=True)
class DiscardedStatistic(Generic[T]):
    """Of writes made on the destination and overwritten there."""

    bytes: T
    writes: T
    first_s: None = field(metadata=moment("first"))
    last_s: None = field(metadata=moment("last"))


@dataclass(frozen=True, slots=True)
class RpoStatistic(Generic[T]):
    """Of how far the recovery point objective held."""

    target_s: T
    attainment: T | None
    attainment_while_writable: T | None
    unwritable_s: T
    objective: T
    met: bool | None
    """Shown by all trials together, and no mean; so is the next."""
    met_throughout: bool | None
    excluded_s: T
    violations: T
    violation_s: T
    longest_s: T


@dataclass(frozen=True, slots=True)
class ObjectiveStatistic(Generic[T]):
    """Of how far an objective besides the RPO held."""

    of: Of | None
    """The same in each trial; None in intervals."""
    target_s: T
    objective: T
    attainment: T | None
    met: bool | None
    """Shown by all trials together, and no mean."""
    within: T
    missed: T
    left_out: T


@dataclass(frozen=True, slots=True)
class JudgedTimeStatistic(Generic[T]):
    """Of how far the RPO held in some time."""

    defined_s: T
    violation_s: T
    unprotected_s: T
    attainment: T | None
    met: bool | None
    """Always None: the evidence is on the whole window."""


@dataclass(frozen=True, slots=True)
class MonthStatistic(Generic[T]):
    """Of a calendar month."""

    partial: bool
    """The same in each trial."""
    seconds: T
    whole: JudgedTimeStatistic[T] = field(metadata=SPREAD)
    violations: T
    longest_s: T
    left_out_s: T
    counted: JudgedTimeStatistic[T]


@dataclass(frozen=True, slots=True)
class ComplianceStatistic(Generic[T]):
    """Of compliance by calendar month."""

    timezone: str
    """The same in each trial."""
    months: Mapping[str, MonthStatistic[T]]
    counted: JudgedTimeStatistic[T]


@dataclass(frozen=True, slots=True)
class LossStatistic(Generic[T]):
    """Of the loss with a source, over the trials that lost it."""

    point_s: None = field(metadata=moment("time"))
    lost_bytes: T
    lost_writes: T
    lost_s: T | None
    writable_s: T | None


@dataclass(frozen=True, slots=True)
class LeftBehindStatistic(Generic[T]):
    """Of writes pending when the configuration was gone, over the trials in which it was."""

    bytes: T
    writes: T


@dataclass(frozen=True, slots=True)
class SyncsStatistic(Generic[T]):
    """Of syncs that completed."""

    completed: T
    failed_attempts: T
    abandoned: T
    bytes: T
    duration_mean_s: T | None
    utilisation: T | None
    diverging: T
    """Of trials in which more is written than can be sent."""


@dataclass(frozen=True, slots=True)
class SourceLimitStatistic(Generic[T]):
    """Of the writes to a source, beside the limit of its throughput mode."""

    mean_bytes_per_s: T | None
    busiest_hour_bytes_per_s: T | None
    hours_above: T
    limit_bytes_per_s: T | None
    first_above_s: None = field(metadata=moment("first_above"))


@dataclass(frozen=True, slots=True)
class ThrottledStatistic(Generic[T]):
    """Of the writes that a throttled source made later than they were wanted."""

    writes: T
    bytes: T
    delay_s: T
    waiting_bytes: T
    credits_min_bytes: T | None


@dataclass(frozen=True, slots=True)
class DelayStatistic(Generic[T]):
    """Of the delays of detection in a trial; of the trials that have one."""

    mean: T | None
    p50: T | None
    max: T | None


@dataclass(frozen=True, slots=True)
class AlarmStatistic(Generic[T]):
    """Of the numbers of an alarm."""

    fired: T
    violations: T
    detected: T
    missed: T
    late: T
    open_at_end: T
    detection_delay_s: DelayStatistic[T]
    false_alarms: T
    false_alarms_per_month: T
    unwarranted_s: T
    unwarranted_share: T
    muted: T
    region_down: T
    state_s: Mapping[str, T]


@dataclass(frozen=True, slots=True)
class ReplicationStatistic(Generic[T]):
    """Of everything that is measured of one replication."""

    lags: Mapping[str, LagStatistic[T]] = field(metadata=SPREAD)
    pending_bytes: PendingStatistic[T]
    writes: WritesStatistic[T]
    discarded: DiscardedStatistic[T]
    rpo: RpoStatistic[T]
    objectives: Mapping[str, ObjectiveStatistic[T]] = field(metadata=IF_ANY)
    compliance: ComplianceStatistic[T] | None = field(metadata=IF_ANY)
    unprotected_s: T
    recovery_point: LossStatistic[T] | None
    not_replicated: LeftBehindStatistic[T] | None
    syncs: SyncsStatistic[T]
    initial_sync_s: T | None
    initial_bytes: T | None
    status_s: Mapping[str, T]
    """A status that a trial does not have counts 0 there."""
    final_status: Mapping[str, float] | None
    """In how many trials each is the last; of strata, in how many it would be."""
    source_throughput: SourceLimitStatistic[T]
    throttled: ThrottledStatistic[T] | None = field(metadata=IF_ANY)
    last_replicated_s: None = field(metadata=moment("last_replicated_timestamp"))
    last_completed_s: None = field(metadata=moment("last_sync_completed"))

    @property
    def age(self) -> AgeStatistic[T]:
        """Of time since last sync."""
        found = self.lags[AGE]
        assert isinstance(found, AgeStatistic)
        return found

    @property
    def oldest_pending(self) -> LagStatistic[T]:
        """Of the age of the oldest pending write."""
        return self.lags[OLDEST_PENDING]
