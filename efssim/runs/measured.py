"""A simulated world with the measures that its records stream into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from efssim.cloudwatch.alarms.findings import AGE_METRIC
from efssim.cloudwatch.alarms.watching import AlarmsOfWorld, WatchedReplication
from efssim.cloudwatch.efs_metrics import EfsMetrics
from efssim.cloudwatch.storage import StorageSamples
from efssim.cloudwatch.write_minutes import WriteMinutes
from efssim.collector import uncollected
from efssim.lag.cost.summary import CostSummary
from efssim.lag.cost.wire_bytes import Sent
from efssim.lag.detection.judging import Watched
from efssim.lag.detection.summary import AlarmSummary
from efssim.lag.kinds.asked import EVERYTHING, Asked
from efssim.lag.limits.source_limit import source_limit
from efssim.lag.limits.throttled import ThrottledSummary, throttled_summary
from efssim.lag.loss import Loss
from efssim.lag.measures import Criteria, Measures, StreamedMeasures
from efssim.lag.protection import Exclusions
from efssim.lag.weighted.states import LagState
from efssim.model.entities.replication import ReplicationState
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.world.live import LiveState, live_state
from efssim.model.world.world import World
from efssim.model.writes.journal import Journal
from efssim.progress import Progress
from efssim.records import laws
from efssim.records.columns import Block, Columns
from efssim.records.conservation import (
    Pair,
    StatedLoss,
    System,
    UnpublishedLog,
    check_conservation,
)
from efssim.records.lifetimes import Lifetimes, WriteLog
from efssim.records.run_records import (
    COMPARED_COLUMNS,
    SYNC_COLUMNS,
    RecordsHash,
    ReplicationRecords,
    Snapshot,
)
from efssim.records.stored import FileSystemRecords, Throttled
from efssim.records.timeline import Entry, Occurrence
from efssim.runs.compliance import compliance_of, has_compliance
from efssim.runs.cost.meter import Meter
from efssim.runs.cost.pricing import Pricing
from efssim.runs.outcome import Outcome
from efssim.runs.reckoned.sendable import sendable
from efssim.runs.run import Run
from efssim.runs.sync_phases import PhaseRecords
from efssim.runs.thresholds.numbers import known_thresholds
from efssim.scenario import Scenario
from efssim.scenario.shown.trace_use import trace_qualities

_STEPS = 1000
"""How often progress is reported: often enough for a smooth bar, too seldom to cost time."""


class _Measured(NamedTuple):
    """The records of a replication up to now, and the measures of them."""

    name: str
    records: ReplicationRecords
    snapshot: Snapshot
    measures: Measures


class MeasuredWorld:
    """A world that runs a scenario, with the measures taken while it does.

    Arguments as of `efssim.Simulation`.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        *,
        verify: bool = False,
        trial: int = 0,
        metrics: bool = True,
        asked: Asked = EVERYTHING,
        shared: SharedDraws | None = None,
        until_s: float | None = None,
        part: Scenario | None = None,
    ) -> None:
        """Take the measures that are asked for, and all metrics unless alarms alone read them.

        `shared` has the draws of other worlds, and changes no result. `until_s`: as of `World`.
        `part` has the file systems and replications of the scenario that this world has, in which
        nothing but writes and syncs happens.
        """
        self.scenario, self._asked = scenario, asked
        self.seed = scenario.seed if seed is None else seed
        self.trial, self._verify = trial, verify
        known_thresholds(scenario)  # raises before anything runs
        metrics = metrics or _takes_metrics(scenario)
        self._streamed: dict[str, StreamedMeasures] = {}
        self._logs: dict[str, WriteLog] = {}
        self._minutes: dict[str, WriteMinutes] | None = {} if metrics else None
        self._unreplicated: dict[str, WriteMinutes] = {}
        self._traces = trace_qualities(part or scenario)
        self._stored: dict[str, FileSystemRecords] = {}
        self._unpublished: dict[str, UnpublishedLog] = {}
        self._followed: list[tuple[str, ReplicationRecords]] = []
        self._meter: Meter | None = None
        self._world = World(
            part or scenario,
            self.seed,
            self._record,
            trial,
            keep=self._keep,
            shared=shared,
            until_s=until_s,
            is_calm=part is not None,
        )
        self._open_meter()
        self._storage = StorageSamples(self._world) if metrics else None

    @property
    def world(self) -> World:
        """The world that is measured."""
        return self._world

    def _open_meter(self) -> None:
        """Begin to meter what is billed, if the scenario has prices."""
        if self.scenario.prices is not None:
            self._meter = Meter(self._world, self.scenario.warm_up)
            for name, records in self._followed:
                self._meter.follow(name, records)

    def _keep(self, name: str) -> FileSystemRecords:
        """Return the records of a new file system."""
        begin_s = np.array([self.scenario.warm_up])
        kept = self._stored[name] = FileSystemRecords(divided_at_s=begin_s)
        if self._verify:
            self._unpublished[name] = UnpublishedLog()
            kept.sinks.append(self._unpublished[name].add)
        if self._minutes is not None:
            self._unreplicated[name] = WriteMinutes()
            kept.throttled_minutes = []
            kept.sinks.append(self._unreplicated[name].add)
        return kept

    def _record(self, name: str) -> ReplicationRecords:
        """Return the records of a new replication, which stream into its measures."""
        # The laws are checked on the syncs.
        keep = (self.scenario.records == "on" and self._asked.rows) or self._verify
        records = ReplicationRecords(
            syncs=Columns(SYNC_COLUMNS, keep=keep, hashed=self._asked.digest),
            compared=Columns(COMPARED_COLUMNS, keep=keep, hashed=False),
            counts_written=keep or self._asked.digest or self._asked.pending_max,
        )
        criteria = self.scenario.warm_up, self.scenario.rpo.target
        objectives = {
            key: part for key, part in self.scenario.objectives.items() if part.concerns(name)
        }
        self._streamed[name] = StreamedMeasures(*criteria, records, self._asked, objectives)
        if self._meter is not None:
            self._meter.follow(name, records)
        elif self.scenario.prices is not None:  # the world is being built
            self._followed.append((name, records))
        if self._verify:
            self._logs[name] = WriteLog()
            records.sinks.append(self._logs[name].add)
        if self._minutes is not None:
            self._minutes[name] = WriteMinutes()
            records.sinks.append(self._minutes[name].add)
        return records

    def advance_to_end(self, on_progress: Progress | None = None) -> None:
        """Run to the scenario's end.

        `on_progress(elapsed_s, duration_s)` is called with the seconds since the scenario's start
        and those up to its end: now, after each of 1000 equal steps, and so at the end. It changes
        no result; its exceptions come out of here, and the simulation can go on afterwards.
        """
        begin_s, end_s = self._world.now_s, self.scenario.duration
        if on_progress is not None:
            for step in range(_STEPS):
                self._world.pass_to(begin_s + (end_s - begin_s) * (step / _STEPS))
                on_progress(self._world.now_s, end_s)
        self._world.advance_to(end_s)
        if on_progress is not None:
            on_progress(end_s, end_s)

    def advance_part(self, share: float) -> None:
        """Run up to a share of the scenario's duration, which changes no result."""
        self._world.pass_to(max(self._world.now_s, share * self.scenario.duration))

    def so_far(self) -> Run:
        """Return the run up to now; it can go on afterwards. Raise LawViolation with `verify`."""
        return self._run(self._measured())

    def live(self) -> LiveState:
        """Return the state now: status, age and pending bytes, and the latest events."""
        return live_state(self._world)

    def _measured(self) -> Iterator[_Measured]:
        """Yield the measures of every replication up to now, in the order of the names.

        Of many replications, those of one at a time are enough: all together are large.
        """
        for name, records, snapshot in self._world.snapshots():
            yield _Measured(name, records, snapshot, self._measures(name, records, snapshot))

    def _let_go(self) -> Iterator[_Measured]:
        """Yield the same for the last time: each replication streams into nothing afterwards."""
        for each in self._measured():
            yield each
            del self._streamed[each.name]
            each.records.let_go()

    def _run(self, measured: Iterable[_Measured]) -> Run:
        # What goes on still changes; the rest of the timeline is final.
        timeline = tuple(copy(e) if e.end_s is None else e for e in self._world.timeline)
        hashed, sent = RecordsHash(self.seed), dict[str, Sent]()
        outcomes = self._outcomes(measured, timeline, hashed, sent)
        return Run(
            scenario=self.scenario,
            seed=self.seed,
            now_s=self._world.now_s,
            outcomes={name: outcomes[name] for name in self._world.names},
            timeline=timeline,
            digest=hashed.digest(timeline) if self._asked.digest else "",
            trial=self.trial,
            traces=dict(self._traces),
            alarms=self._alarms(outcomes),
            cost=self._cost(sent),
            throttled=dict(self._throttled_rows()),
        )

    def _outcomes(
        self,
        measured: Iterable[_Measured],
        timeline: Iterable[Entry],
        hashed: RecordsHash,
        sent: dict[str, Sent],
    ) -> dict[str, Outcome]:
        """Return the outcomes of replications; add their records, and what they sent if metered."""
        reached, outcomes = _by_replication(timeline), dict[str, Outcome]()
        losses: dict[str, Loss | None] = {}
        for each in measured:
            if self._meter is not None:  # before the records are let go
                sent[each.name] = self._meter.sent[each.name].until(each.snapshot)
            if each.name in self._logs:
                laws.check(each.records, each.snapshot, self._logs[each.name])
                losses[each.name] = each.measures.recovery_point
            if self._asked.digest:
                hashed.add(each.name, each.records, each.snapshot)
            outcomes[each.name] = self._outcome(each, tuple(reached.get(each.name, ())))
        if self._verify:
            self._check_conservation(losses)
        return outcomes

    def _throttled_rows(self) -> Iterator[tuple[str, tuple[Throttled, ...]]]:
        """Yield name and rows up to now of each throttled file system that ever was."""
        for system in self._world.account.ever:
            rows, now = system.journal.kept.throttled, system.journal.throttled()
            if rows is not None and now is not None:
                yield system.name, (*rows, now)

    def _cost(self, sent: Mapping[str, Sent]) -> CostSummary | None:
        """Return the cost up to now, given what each replication sent; None without prices."""
        prices, account = self.scenario.prices, self._world.account
        if prices is None or self._meter is None:
            return None
        begin_s, now_s = min(self.scenario.warm_up, self._world.now_s), self._world.now_s
        pairs = [(account.replications[name], amount) for name, amount in sent.items()]
        return Pricing(prices, begin_s, now_s).summary(self._meter, account.ever, pairs)

    def _alarms(self, outcomes: dict[str, Outcome]) -> dict[str, AlarmSummary]:
        """Return how the alarms of the scenario did, given the outcomes up to now."""
        if not self.scenario.alarms:
            return {}
        metrics = EfsMetrics(self._world, self._minutes or {}, self._unreplicated, self._storage)
        watched = {
            name: WatchedReplication(
                Watched(
                    outcome.window_s,
                    [(one.begin_s, one.end_s) for one in outcome.violations],
                    outcome.undefined,
                ),
                outcome.last_replicated_s is not None,
            )
            for name, outcome in outcomes.items()
        }
        return AlarmsOfWorld(self._world, metrics, watched).summaries()

    def _check_conservation(self, losses: Mapping[str, Loss | None]) -> None:
        account = self._world.account
        pairs = {
            name: Pair(
                part.records,
                self._logs[name],
                part.source.name,
                part.destination.name,
                _stated(losses[name]),
            )
            for name, part in account.replications.items()
        }
        systems = {
            part.name: System(
                self._stored[part.name], account.stored(part), self._unpublished[part.name]
            )
            for part in account.ever
        }
        check_conservation(systems, pairs)

    def lag_states(self) -> dict[str, dict[str, LagState]]:
        """Return the lags' distributions so far in bins, by replication and lag."""
        return _states(self._measured())

    def on_syncs(self, replication: str, sink: Callable[[Block], None]) -> None:
        """Pass the completed syncs of a replication to `sink`, a block of rows at a time.

        Those that are in a block already are not handed on. Raise KeyError for an unknown one.
        """
        by_name = {name: records for name, records, _ in self._world.snapshots()}
        by_name[replication].syncs.sinks.append(sink)

    def lifetimes(self, replication: str) -> Lifetimes:
        """Return every write up to now and when it was published; needs `verify`."""
        snapshot = self._world.snapshot(replication)
        return self._logs[replication].lifetimes(snapshot)

    def _outcome(self, measured: _Measured, disturbances: tuple[Occurrence, ...]) -> Outcome:
        name, records, snapshot, measures = measured
        replication = self._world.account.replications[name]
        journal, now_s = replication.source.journal, self._world.now_s
        limit = source_limit(
            journal.hours(), now_s, journal.kept.throughput, is_throttled=journal.is_throttled
        )
        measures.violations.disturbances = disturbances
        outcome = Outcome(
            source=replication.source.name,
            sync=replication.terms.sync,
            control=replication.terms.control,
            syncs=records.syncs.copy(),
            statuses=tuple(records.statuses),
            abandoned=tuple(records.abandoned),
            open_sync=snapshot.open_sync,
            disturbances=disturbances,
            violations=measures.violations,
            exceedance=measures.exceedance(),
            summary=measures.summary(limit, self._throttled(journal)),
            last_replicated_s=records.last_replicated_s,
            defined_s=records.defined_s,
            last_sync_s=measures.last_sync_s,
            unprotected=measures.unprotected,
            window_s=(self.scenario.warm_up, self._world.now_s),
            end_s=snapshot.now_s,
            phases=self._phases(replication),
            waited_s=self._waited_s(replication),
            pending_bytes=measures.pending_now,
            pending_growth_bytes=measures.pending_growth(),
        )
        return self._with_compliance(outcome, records, measures)

    def _with_compliance(
        self, outcome: Outcome, records: ReplicationRecords, measures: Measures
    ) -> Outcome:
        """Return an outcome with its compliance by month, if that is wanted."""
        lists = self._asked.breaches
        if not has_compliance(self.scenario, outcome.window_s, unasked=lists):
            return outcome
        found = compliance_of(self.scenario, outcome, records, measures, lists=lists)
        return replace(outcome, summary=replace(outcome.summary, compliance=found))

    def _throttled(self, journal: Journal) -> ThrottledSummary | None:
        """Return how writes to a file system waited; None where they do not."""
        rows, now = journal.kept.throttled, journal.throttled()
        if rows is None or now is None:
            return None
        return throttled_summary((*rows, now), min(self.scenario.warm_up, now.time_s))

    def _waited_s(self, replication: ReplicationState) -> dict[float, float] | None:
        """Return the waits of syncs for a slot, by their cuts; None where the link has no slots."""
        ends = replication.source.region, replication.destination.region
        has_slots = self._world.account.link(*ends).has_slots
        return dict(replication.records.waited_s) if has_slots else None

    def _phases(self, replication: ReplicationState) -> PhaseRecords:
        ends = replication.source.region, replication.destination.region
        return PhaseRecords(
            name=replication.terms.name,
            seed=self.seed,
            trial=self.trial,
            latency_s=self._world.account.link(*ends).latency_s,
            compared=replication.records.compared.copy(),
            disturbed=dict(replication.records.disturbed),
        )

    def _measures(self, name: str, records: ReplicationRecords, snapshot: Snapshot) -> Measures:
        return Measures(records, snapshot, self._streamed[name], self._criteria(name))

    def _criteria(self, name: str) -> Criteria:
        replication, rpo = self._world.account.replications[name], self.scenario.rpo
        sync = replication.terms.sync
        return Criteria(
            begin_s=self.scenario.warm_up,
            end_s=self._world.now_s,
            target_s=rpo.target,
            attainment=rpo.attainment,
            throughput=sendable(self._world.account, replication),
            file_rate=sync.number("file_rate"),
            exclusions=Exclusions(
                initial_sync=rpo.initial_sync == "excluded",
                after_deletion=rpo.after_deletion == "excluded",
            ),
        )


def _stated(found: Loss | None) -> StatedLoss | None:
    if found is None:
        return None
    point_s, lost_s = found.point_s, found.lost_s
    return StatedLoss(found.disaster_s, point_s, found.lost_bytes, found.lost_writes, lost_s)


def run_with_states(world: MeasuredWorld) -> tuple[Run, dict[str, dict[str, LagState]]]:
    """Return a world's run up to now and its lags' distributions in bins; raise as `so_far`.

    Both are of the same measures, which are taken once.
    """
    measured = list(world._measured())
    return world._run(measured), _states(measured)


def last_run(world: MeasuredWorld) -> Run:
    """Return a world's run up to now as `so_far` does, in less memory: the world cannot go on."""
    with uncollected():
        return world._run(world._let_go())


def last_outcomes(world: MeasuredWorld, hashed: RecordsHash) -> dict[str, Outcome]:
    """Return the outcomes of a world in which nothing but syncs happens, which cannot go on.

    Its records are added to the hash, in order of the names.
    """
    assert not world._world.timeline
    return world._outcomes(world._let_go(), (), hashed, {})


def _takes_metrics(scenario: Scenario) -> bool:
    """Return whether an alarm reads a metric that cannot be read off the records of a run."""
    return any(
        alarm.is_evaluated and alarm.metric != AGE_METRIC for alarm in scenario.alarms.values()
    )


def _by_replication(timeline: Iterable[Entry]) -> dict[str, list[Occurrence]]:
    """Return the disturbances that reached each replication, in order of their begins."""
    found: dict[str, list[Occurrence]] = {}
    for entry in timeline:
        if isinstance(entry, Occurrence):
            for name in dict.fromkeys(entry.replications):
                found.setdefault(name, []).append(entry)
    return found


def _states(measured: Iterable[_Measured]) -> dict[str, dict[str, LagState]]:
    """Return the lags' distributions in bins, by replication and lag."""
    return {each.name: each.measures.states() for each in measured}
