"""The summary of a run: every number of its reports, under the names that JSON has.

Durations in seconds, sizes in bytes, times in seconds since the scenario's start. A value that does
not exist is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from efssim.json_values import FIRST, IF_ANY, SPREAD, moment
from efssim.lag.compliance.summary import ComplianceSummary
from efssim.lag.cost.summary import CostSummary
from efssim.lag.detection.summary import AlarmSummary
from efssim.lag.fleets.summary import FleetSummary
from efssim.lag.limits.source_limit import SourceLimit
from efssim.lag.limits.throttled import ThrottledSummary
from efssim.lag.loss import LeftBehind, Loss
from efssim.lag.objectives.summary import ObjectiveSummary
from efssim.lag.objectives.thresholds import ThresholdSummary
from efssim.scenario.shown.cells_use import CellsUse
from efssim.traces.quality import TraceQuality

AGE: Literal["time_since_last_sync_s"] = "time_since_last_sync_s"
WRITE_LAG: Literal["write_lag_s"] = "write_lag_s"
WRITE_LAG_BY_BYTE: Literal["write_lag_by_byte_s"] = "write_lag_by_byte_s"
OLDEST_PENDING: Literal["oldest_pending_s"] = "oldest_pending_s"

LagColumn: TypeAlias = Literal["mean", "p50", "p90", "p95", "p99", "p99_9", "p99_99", "max"]
LAG_COLUMNS: tuple[LagColumn, ...] = ("mean", "p50", "p90", "p95", "p99", "p99_9", "p99_99", "max")
"""The numbers that every lag has."""


@dataclass(frozen=True, slots=True)
class LagSummary:
    """A lag in seconds, weighted by time, writes or bytes."""

    mean: float | None
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    p99_9: float | None
    p99_99: float | None
    """None for writes or bytes of which there are fewer than 10,000."""
    max: float | None

    def column(self, name: LagColumn) -> float | None:
        """Return one of the numbers that every lag has."""
        value: float | None = getattr(self, name)
        return value


@dataclass(frozen=True, slots=True)
class AgeSummary(LagSummary):
    """Time since last sync, over the time in which it is defined."""

    peak_mean: float | None
    """Mean of the age just before a completion."""
    undefined_s: float
    """Time of the window in which it is not defined."""


@dataclass(frozen=True, slots=True)
class WriteLagSummary(LagSummary):
    """A lag over published writes, or over their bytes."""

    count: int = field(metadata=FIRST)
    """How many there are."""


@dataclass(frozen=True, slots=True)
class PendingSummary:
    """Bytes that no completed sync had published."""

    mean: float | None
    max: float | None
    open_at_end: int
    """Of the writes made in the window, those pending at its end."""
    open_at_end_writes: int
    lost_at_deletion: int | None
    """Pending when the configuration was gone; None: it was not."""


@dataclass(frozen=True, slots=True)
class WritesSummary:
    """Writes made to the source in the window."""

    count: int
    bytes: int
    coalesced_bytes: int
    """Overwritten before a cut, so that they needed no sending."""
    dropped_bytes: Mapping[str, int]
    """Those that could not be made, by cause."""


@dataclass(frozen=True, slots=True)
class DiscardedSummary:
    """Writes made on the destination, never replicated, and overwritten when it became one."""

    bytes: int
    writes: int
    first_s: float | None = field(metadata=moment("first"))
    last_s: float | None = field(metadata=moment("last"))


@dataclass(frozen=True, slots=True)
class RpoSummary:
    """How far the recovery point objective held."""

    target_s: float
    attainment: float | None
    attainment_while_writable: float | None
    unwritable_s: float
    """Time with a defined age in which the source could not be written."""
    objective: float
    met: bool | None
    met_throughout: bool | None
    """Whether it is met, and there always was a recovery point within the target."""
    excluded_s: float
    """Time without a recovery point that the scenario leaves out."""
    violations: int
    violation_s: float
    longest_s: float


@dataclass(frozen=True, slots=True)
class SyncsSummary:
    """Syncs that completed in the window."""

    completed: int
    failed_attempts: int
    abandoned: int
    bytes: int
    duration_mean_s: float | None
    utilisation: float | None
    diverging: bool


@dataclass(frozen=True, slots=True)
class ReplicationSummary:
    """Everything that is measured of one replication."""

    lags: Mapping[str, LagSummary] = field(metadata=SPREAD)
    """By the names that JSON has, in their order."""
    pending_bytes: PendingSummary
    writes: WritesSummary
    discarded: DiscardedSummary
    rpo: RpoSummary
    objectives: Mapping[str, ObjectiveSummary] = field(metadata=IF_ANY)
    """Objectives besides the RPO, by name."""
    compliance: ComplianceSummary | None = field(metadata=IF_ANY)
    """By calendar month; None where it is not asked for."""
    unprotected_s: float
    """Time without any recovery point that the scenario does not leave out."""
    recovery_point: Loss | None
    """None where no disaster of the source is judged."""
    not_replicated: LeftBehind | None
    syncs: SyncsSummary
    initial_sync_s: float | None
    initial_bytes: int | None
    status_s: Mapping[str, float]
    """Time in each status."""
    final_status: str | None
    """None once the configuration is gone."""
    source_throughput: SourceLimit
    throttled: ThrottledSummary | None = field(metadata=IF_ANY)
    """None where writes to the source do not wait."""
    last_replicated_s: float | None = field(metadata=moment("last_replicated_timestamp"))
    """Cut of the last completed sync."""
    last_completed_s: float | None = field(metadata=moment("last_sync_completed"))

    @property
    def age(self) -> AgeSummary:
        """Time since last sync."""
        found = self.lags[AGE]
        assert isinstance(found, AgeSummary)
        return found

    @property
    def write_lag(self) -> WriteLagSummary:
        """The lag of writes."""
        found = self.lags[WRITE_LAG]
        assert isinstance(found, WriteLagSummary)
        return found

    @property
    def oldest_pending(self) -> LagSummary:
        """The age of the oldest pending write."""
        return self.lags[OLDEST_PENDING]


@dataclass(frozen=True, slots=True)
class WindowSummary:
    """The window in which everything is measured."""

    begin_s: float = field(metadata=moment("start"))
    end_s: float = field(metadata=moment("end"))
    seconds: float


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The content of summary.json of one run."""

    scenario: str
    seed: int
    trials: int
    window: WindowSummary
    replications: Mapping[str, ReplicationSummary]
    traces: Mapping[str, TraceQuality]
    """By the path of the stream."""
    alarms: Mapping[str, AlarmSummary]
    """By name."""
    digest: str
    uncertain: tuple[str, ...] = field(default=(), metadata=IF_ANY)
    """Paths of parameters that are not known, of which this run has one value each."""
    thresholds: tuple[ThresholdSummary, ...] = field(default=(), metadata=IF_ANY)
    """Those of the scenario, in their order."""
    cost: CostSummary | None = field(default=None, metadata=IF_ANY)
    """Where the scenario has prices."""
    cells: Mapping[str, CellsUse] = field(default_factory=dict, metadata=IF_ANY)
    """Streams that are drawn in cells, by their paths, and by how much that may be off."""
    fleets: Mapping[str, FleetSummary] = field(default_factory=dict, metadata=IF_ANY)
    """Fleets of replications, by name."""
