"""The measures of one replication: taken in while it runs, summed up on a window."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from efssim.lag.age.curves import Age, OldestPending
from efssim.lag.age.rpo import Violations
from efssim.lag.enabled_time import mean_rate, running_s, status_spans
from efssim.lag.kinds.asked import Asked
from efssim.lag.kinds.distributions import (
    LagDistribution,
    LagOverTime,
    LagOverWeights,
    lag_over_time,
)
from efssim.lag.kinds.measure import LagCollector
from efssim.lag.kinds.table import LAG_MEASURES
from efssim.lag.limits.source_limit import SourceLimit
from efssim.lag.limits.throttled import ThrottledSummary
from efssim.lag.loss import Loss, loss, not_replicated, pending_bytes
from efssim.lag.objectives.measures import ObjectiveMeasures
from efssim.lag.protection import Exclusions, Protection, protection, unprotected_spans
from efssim.lag.summary import (
    AGE,
    OLDEST_PENDING,
    WRITE_LAG,
    WRITE_LAG_BY_BYTE,
    AgeSummary,
    DiscardedSummary,
    LagSummary,
    PendingSummary,
    ReplicationSummary,
    RpoSummary,
    SyncsSummary,
    WritesSummary,
)
from efssim.lag.sync_totals import SyncTotals
from efssim.lag.weighted.exceedance import Exceedance
from efssim.lag.weighted.states import LagState
from efssim.lag.weighted.time_weighted import TimeWeighted
from efssim.lag.write_lag import WriteLags
from efssim.records.life import Span
from efssim.records.run_records import ReplicationRecords, Snapshot
from efssim.scenario.grammar.calendars.rates import RateSpan
from efssim.scenario.objectives import Objective


@dataclass(frozen=True, slots=True)
class Criteria:
    """The window, the RPO and the sync limits by which the measures are taken."""

    begin_s: float
    end_s: float
    target_s: float
    attainment: float
    throughput: tuple[RateSpan, ...]
    """Bytes per second that could be sent from the start on; one span unless a calendar says."""
    file_rate: float
    exclusions: Exclusions
    """The spans without a recovery point that do not count against it."""


class StreamedMeasures:
    """The measures that a replication's records stream into while it runs."""

    def __init__(
        self,
        begin_s: float,
        target_s: float,
        records: ReplicationRecords,
        asked: Asked,
        objectives: Mapping[str, Objective],
    ) -> None:
        """Measure from `begin_s` on, against an RPO of `target_s`, as far as it is asked for."""
        self.asked = asked
        self.objectives = ObjectiveMeasures(begin_s, records, objectives)
        self.lags = WriteLags(
            begin_s,
            records,
            by_write=asked.reads(WRITE_LAG),
            by_byte=asked.reads(WRITE_LAG_BY_BYTE),
            pending=asked.pending_mean,
        )
        self.age = Age(begin_s, target_s, records)
        self.oldest = OldestPending(begin_s, records) if asked.reads(OLDEST_PENDING) else None
        self.syncs = SyncTotals(begin_s, records)
        records.sinks.append(self.lags.add)
        records.drop_sinks.append(self.lags.drop)
        records.syncs.sinks += [self.syncs.add, self.age.add]
        if self.oldest is not None:
            records.syncs.sinks.append(self.oldest.add)
        self.added = {
            each.name: each.collect(begin_s)
            for each in LAG_MEASURES
            if each.collect and asked.reads(each.name)
        }
        """The collectors of measures that were added, by their names."""
        for collector in self.added.values():
            if type(collector).add_writes is not LagCollector.add_writes:
                records.sinks.append(collector.take)
            records.syncs.sinks.append(collector.add_syncs)


class Measures:
    """The lag measures of one replication on a window that ends now.

    Time-weighted measures count the part of the window in which they are defined: from the first
    LastReplicatedTimestamp on, until the configuration is gone.
    """

    def __init__(
        self,
        records: ReplicationRecords,
        snapshot: Snapshot,
        streamed: StreamedMeasures,
        criteria: Criteria,
    ) -> None:
        records.syncs.flush()
        streamed.lags.flush()
        self._records, self._snapshot, self._lags = records, snapshot, streamed.lags
        self._criteria, self.syncs, self._added = criteria, streamed.syncs, streamed.added
        self._begin_s, self._end_s = criteria.begin_s, max(criteria.end_s, criteria.begin_s)
        self._asked, self._objectives = streamed.asked, streamed.objectives
        self._age_until_now = streamed.age.until(snapshot.now_s)
        self._oldest = None if streamed.oldest is None else streamed.oldest.until(snapshot)

    @property
    def seconds(self) -> float:
        """Length of the window."""
        return self._end_s - self._begin_s

    @property
    def last_sync_s(self) -> tuple[float, float] | None:
        """Cut and completion of the last sync; None without one."""
        return self.syncs.last_s

    @property
    def age_over_time(self) -> TimeWeighted:
        """The distribution of the age over the time of the window in which it is defined."""
        return self._age_over_time.over_time

    @property
    def violations(self) -> Violations:
        """The violations of the RPO in the window."""
        return self._age_until_now.violations

    def summary(
        self, source_throughput: SourceLimit, throttled: ThrottledSummary | None
    ) -> ReplicationSummary:
        """Return the summary of all measures, with the limit of the source and what waited."""
        last_cut_s, completed_s = self.last_sync_s or (self._records.last_replicated_s, None)
        return ReplicationSummary(
            lags=self._lag_summaries(),
            pending_bytes=self._pending(),
            writes=self._writes(),
            discarded=self._discarded(),
            rpo=self._rpo(),
            unprotected_s=self._protection.unprotected_s,
            recovery_point=self.recovery_point,
            not_replicated=not_replicated(self._records),
            objectives=self._objectives.until(self._snapshot),
            compliance=None,
            syncs=self._syncs(),
            initial_sync_s=self.syncs.initial_s,
            initial_bytes=self.syncs.initial_bytes,
            status_s=self._status_s(),
            final_status=self._records.statuses[-1].after,
            source_throughput=source_throughput,
            throttled=throttled,
            last_replicated_s=last_cut_s,
            last_completed_s=completed_s,
        )

    def _lag_summaries(self) -> dict[str, LagSummary]:
        return {
            name: self._lag_summary(name, lag)
            for name, lag in self._distributions.items()
            if self._asked.has_numbers(name)
        }

    def _lag_summary(self, name: str, lag: LagDistribution) -> LagSummary:
        if name == AGE:
            return self._age()
        if name in self._asked.without_quantiles and isinstance(lag, LagOverTime):
            return lag_over_time(lag.over_time, quantiles=False)
        return lag.summary()

    def states(self) -> dict[str, LagState]:
        """Return each lag's distribution in bins, which merge exactly."""
        return {
            name: lag.state()
            for name, lag in self._distributions.items()
            if self._asked.is_pooled(name)
        }

    def exceedance(self) -> dict[str, Exceedance]:
        """Return the exceedance curve of each lag, under the names of the summary."""
        if not self._asked.curves:
            return {}
        return {
            name: lag.exceedance()
            for name, lag in self._distributions.items()
            if self._asked.has_numbers(name)
        }

    @cached_property
    def _distributions(self) -> dict[str, LagDistribution]:
        """The lags by their names, in the order of their table; then those that were added."""
        lags, asked = self._lags, self._asked
        found: dict[str, LagDistribution] = {}
        if asked.reads(AGE):
            found[AGE] = self._age_over_time
        if asked.reads(WRITE_LAG):
            found[WRITE_LAG] = LagOverWeights(lags.of_writes(), lags.total_s())
        if asked.reads(WRITE_LAG_BY_BYTE):
            found[WRITE_LAG_BY_BYTE] = LagOverWeights(lags.of_bytes(), lags.byte_s())
        if self._oldest is not None:
            begin_s, end_s = self._defined
            zero_s = max(0.0, end_s - begin_s - self._oldest.ramps.total_s)
            found[OLDEST_PENDING] = LagOverTime.of(self._oldest.ramps, zero_s)
        return found | {name: added.distribution() for name, added in self._added.items()}

    @property
    def _defined(self) -> tuple[float, float]:
        """Begin and end of the part of the window in which age and pending bytes are defined."""
        defined_s = self._records.defined_s
        if defined_s is None:
            return self._end_s, self._end_s
        begin_s = max(self._begin_s, defined_s)
        return begin_s, max(begin_s, min(self._end_s, self._snapshot.now_s))

    @cached_property
    def _age_over_time(self) -> LagOverTime:
        return LagOverTime.of(self._age_until_now.ramps)

    def _age(self) -> AgeSummary:
        undefined_s = max(0.0, self.seconds - self._age_over_time.over_time.total_s)
        # Both are sums of the same window; a difference by rounding is no undefined time.
        undefined_s = 0.0 if undefined_s < 1e-9 * self.seconds else undefined_s
        over_time = self._age_over_time.over_time
        found = lag_over_time(over_time, quantiles=self._asked.quantiles)
        return AgeSummary(
            mean=found.mean,
            p50=found.p50,
            p90=found.p90,
            p95=found.p95,
            p99=found.p99,
            p99_9=found.p99_9,
            p99_99=found.p99_99,
            max=found.max,
            peak_mean=self._age_until_now.peak_mean_s(),
            undefined_s=undefined_s,
        )

    def _pending(self) -> PendingSummary:
        begin_s, end_s = self._defined
        count, size = self._open_at_end
        is_defined = end_s > begin_s
        return PendingSummary(
            mean=self._pending_mean() if is_defined and self._asked.pending_mean else None,
            max=self._pending_max() if is_defined and self._asked.pending_max else None,
            open_at_end=size,
            open_at_end_writes=count,
            lost_at_deletion=None if self._records.lost is None else self._records.lost.bytes,
        )

    def _pending_max(self) -> int:
        """Return the most pending bytes while they are defined."""
        return max(self.syncs.pending_max, self.pending_now)

    def _pending_mean(self) -> float:
        """Return mean pending bytes while they are defined."""
        begin_s, end_s = self._defined
        return self._lags.pending_byte_seconds(self._snapshot.open_writes, end_s) / (
            end_s - begin_s
        )

    @cached_property
    def _open_at_end(self) -> tuple[int, int]:
        """Count and bytes of the writes made in the window and not published by its end."""
        late = [part.since(self._begin_s) for part in self._snapshot.open_writes]
        return sum(part.writes for part in late), sum(part.bytes for part in late)

    @cached_property
    def pending_now(self) -> int:
        """Bytes that are pending now, or were when the configuration was gone."""
        return pending_bytes(self._snapshot)

    @cached_property
    def _written_bytes(self) -> int:
        """Bytes written in the window."""
        early = self.pending_now - self._open_at_end[1]
        return self._snapshot.written_bytes - self._lags.bytes_before - early

    def _written_files(self) -> int:
        """Return the files changed in the window."""
        still = [
            part.since(self._begin_s).writes * part.files_per_write
            for part in self._snapshot.open_writes
        ]
        return self._lags.files + sum(still)

    def _writes(self) -> WritesSummary:
        return WritesSummary(
            count=self._lags.count + self._open_at_end[0],
            bytes=self._written_bytes,
            coalesced_bytes=self.syncs.coalesced_bytes,
            dropped_bytes=dict(sorted(self._lags.dropped_bytes.items())),
        )

    def _discarded(self) -> DiscardedSummary:
        found = self._records.discarded
        return DiscardedSummary(
            found.amount.bytes, found.amount.writes, found.first_s, found.last_s
        )

    def _rpo(self) -> RpoSummary:
        criteria, age = self._criteria, self._age_until_now
        attained = age.attainment()
        met = None if attained is None else attained >= criteria.attainment
        return RpoSummary(
            target_s=criteria.target_s,
            attainment=attained,
            attainment_while_writable=age.attainment_while_writable(),
            unwritable_s=age.unwritable_s(),
            objective=criteria.attainment,
            met=met,
            met_throughout=None if met is None else met and self._is_held_throughout,
            excluded_s=self._protection.excluded_s,
            violations=len(self.violations),
            violation_s=self.violations.total_s(),
            longest_s=self.violations.longest_s(),
        )

    @property
    def unprotected(self) -> tuple[Span, ...]:
        """When in the window there is no recovery point although the RPO counts that."""
        exclusions = self._criteria.exclusions
        return unprotected_spans(self._records, self._begin_s, self._end_s, exclusions)

    @cached_property
    def _protection(self) -> Protection:
        exclusions = self._criteria.exclusions
        return protection(self._records, self._begin_s, self._end_s, exclusions)

    @cached_property
    def recovery_point(self) -> Loss | None:
        """The loss by a disaster of the source; None without one."""
        last = self.last_sync_s
        point_s = self._records.last_replicated_s if last is None else last[0]
        return loss(self._records, self._snapshot, point_s, self._end_s)

    @property
    def _is_held_throughout(self) -> bool:
        """Whether there always was a recovery point, and none was further back than the target."""
        lost = self.recovery_point
        is_lost = lost is not None and lost.is_above(self._criteria.target_s)
        return not is_lost and not self._protection.unprotected_s

    def _syncs(self) -> SyncsSummary:
        in_flight = self._snapshot.open_sync
        abandoned = [s for s in self._records.abandoned if s.abandoned_s >= self._begin_s]
        failed = self.syncs.failed_attempts + sum(sync.attempts - 1 for sync in abandoned)
        return SyncsSummary(
            completed=self.syncs.completed,
            failed_attempts=failed + (in_flight.failed_attempts if in_flight else 0),
            abandoned=len(abandoned),
            bytes=self.syncs.bytes,
            duration_mean_s=self.syncs.duration_mean_s(),
            utilisation=self._utilisation,
            diverging=self._diverging(),
        )

    @cached_property
    def _utilisation(self) -> float | None:
        """Work that arrived in the window over the time in which syncs could run."""
        limits = self._throughput(), self._criteria.file_rate
        could_run_s = running_s(self._records, self._begin_s, self._end_s)
        if limits == (math.inf, math.inf) or not could_run_s:
            return None
        to_send = self._written_bytes - self.syncs.coalesced_bytes
        return max(to_send / limits[0], self._written_files() / limits[1]) / could_run_s

    def _throughput(self) -> float:
        """Return the bytes per second that could be sent: the mean where they follow a calendar."""
        rates = self._criteria.throughput
        if len(rates) == 1:
            return rates[0].rate
        return mean_rate(self._records, self._begin_s, self._end_s, rates)

    def _diverging(self) -> bool:
        utilisation, syncs = self._utilisation, self.syncs
        one_sync = syncs.published_bytes / syncs.regular if syncs.regular else 0.0
        return utilisation is not None and utilisation >= 1 and self.pending_growth() > one_sync

    def pending_growth(self) -> int:
        """Return pending bytes at the end of the window minus those at its begin."""
        written_before = self._snapshot.written_bytes - self._written_bytes
        return self.pending_now - (written_before - self.syncs.published_before)

    def _status_s(self) -> dict[str, float]:
        spent: dict[str, float] = {}
        for status, begin_s, end_s in status_spans(self._records, self._end_s):
            inside = end_s - max(begin_s, self._begin_s)
            spent[status] = spent.get(status, 0.0) + max(0.0, inside)
        return spent
