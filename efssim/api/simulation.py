"""Running a scenario: a Simulation to step through, a Result to read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from efssim.api.result import Outcome, Result
from efssim.cloudwatch.api import CloudWatch
from efssim.cloudwatch.efs_metrics import EfsMetrics
from efssim.cloudwatch.storage import StorageSamples
from efssim.cloudwatch.write_minutes import WriteMinutes
from efssim.errors import ArgumentError, UnknownNameError
from efssim.lag.protection import Exclusions
from efssim.lag.source_limit import source_limit
from efssim.lag.summary import Measures, Objective, Running
from efssim.model.entities.identifiers import request_id
from efssim.model.entities.replication import Replication
from efssim.model.kernel.clock import Clock
from efssim.model.world.world import World
from efssim.progress import Progress, bar, told
from efssim.records import laws
from efssim.records.columns import Block, Columns
from efssim.records.conservation import Pair, System, UnpublishedLog, check_conservation
from efssim.records.run_records import (
    COMPARED_COLUMNS,
    SYNC_COLUMNS,
    ReplicationRecords,
    Snapshot,
    digest,
)
from efssim.records.stored import FileSystemRecords
from efssim.runs.acting import event_now, stream_now
from efssim.runs.sync_phases import PhaseRecords
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked, duration_of
from efssim.scenario.shown.trace_use import stream_path, trace_qualities
from efssim.text.yaml.document import Problem, ScenarioError, suggest

if TYPE_CHECKING:
    from efssim.aws.clients.client import Clients

_STEPS = 1000
"""How often progress is told: often enough for a smooth bar, too seldom to cost time."""


class Simulation:
    """A scenario that runs on its own clock and can be stopped at any time to look around.

    `seed` replaces the scenario's seed; `trial` counts runs of one seed with independent draws.
    With `verify` every write is kept (24 bytes each) and
    `result()` checks the laws that every run must satisfy; it raises LawViolation, an
    AssertionError, if the simulator broke one. Without `metrics` writes are not counted by minute,
    and `cloudwatch` raises ValueError.
    """

    @checked("Simulation")
    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        *,
        verify: bool = False,
        trial: int = 0,
        metrics: bool = True,
    ) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self.trial = trial
        self._verify = verify
        self._running: dict[str, Running] = {}
        self._logs: dict[str, laws.WriteLog] = {}
        self._minutes: dict[str, WriteMinutes] | None = {} if metrics else None
        self._unreplicated: dict[str, WriteMinutes] = {}
        self._streams = 0
        self._clients: Clients | None = None
        self._traces = trace_qualities(scenario)
        self._stored: dict[str, FileSystemRecords] = {}
        self._unpublished: dict[str, UnpublishedLog] = {}
        self._world = World(scenario, self.seed, self._record, trial, keep=self._keep)
        self._storage = StorageSamples(self._world) if metrics else None

    def _keep(self, name: str) -> FileSystemRecords:
        """Return the records of a new file system."""
        kept = self._stored[name] = FileSystemRecords()
        if self._verify:
            self._unpublished[name] = UnpublishedLog()
            kept.sinks.append(self._unpublished[name].add)
        if self._minutes is not None:
            self._unreplicated[name] = WriteMinutes()
            kept.sinks.append(self._unreplicated[name].add)
        return kept

    def _record(self, name: str) -> ReplicationRecords:
        """Return the records of a new replication, which stream into its measures."""
        # The laws are checked on the syncs.
        keep = self.scenario.records == "on" or self._verify
        records = ReplicationRecords(
            syncs=Columns(SYNC_COLUMNS, keep=keep), compared=Columns(COMPARED_COLUMNS, keep=keep)
        )
        target_s = self.scenario.rpo.target
        self._running[name] = Running(self.scenario.warm_up, target_s, records)
        if self._verify:
            self._logs[name] = laws.WriteLog()
            records.sinks.append(self._logs[name].add)
        if self._minutes is not None:
            self._minutes[name] = WriteMinutes()
            records.sinks.append(self._minutes[name].add)
        return records

    @cached_property
    def cloudwatch(self) -> CloudWatch:
        """CloudWatch's view of the file systems; it keeps what PutMetricData sends.

        Raise ValueError where there is nothing to see: without `metrics`, or where the scenario
        says `records: off`.
        """
        if self._minutes is None or self._storage is None or self.scenario.records == "off":
            raise ArgumentError("CloudWatch needs the syncs: `metrics` and `records: on`")
        metrics = EfsMetrics(self._world, self._minutes, self._unreplicated, self._storage)
        return CloudWatch(metrics, self.scenario.start, lambda: self._world.now_s)

    @property
    def now(self) -> datetime:
        """The simulated time, in UTC."""
        return self.scenario.start + timedelta(seconds=self._world.now_s)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the scenario's start."""
        return self._world.now_s

    @checked("Simulation.advance")
    def advance(self, duration: float | str) -> None:
        """Let time pass: `"5 min"` or seconds. Raise ValueError beyond the scenario's end."""
        until = self._world.now_s + duration_of(duration)
        # Steps that add up to the duration may miss it by a rounding error.
        if until > self.scenario.duration + 1e-6:
            raise ArgumentError(f"the scenario ends {self.scenario.duration:g} s after its start")
        self._world.advance_to(min(until, self.scenario.duration))

    def advance_to_end(self, on_progress: Progress | None = None) -> None:
        """Run to the scenario's end.

        `on_progress(elapsed_s, duration_s)` is called with the seconds since the scenario's start
        and those up to its end: now, after each of 1000 equal steps, and so at the end. It changes
        no result; what it raises comes out of here, and the simulation can go on afterwards.
        """
        begin_s, end_s = self._world.now_s, self.scenario.duration
        if on_progress is not None:
            for step in range(_STEPS):
                self._world.pass_to(begin_s + (end_s - begin_s) * (step / _STEPS))
                on_progress(self._world.now_s, end_s)
        self._world.advance_to(end_s)
        if on_progress is not None:
            on_progress(end_s, end_s)

    @checked("Simulation.apply")
    def apply(self, event: Mapping[str, Any]) -> None:
        """Let a disturbance begin now: an entry of `events` without `at`.

        It is checked by the rules of a scenario's file, with what there is by now. Raise
        ScenarioError, which lists every problem, and RunError where replications would have to
        share a link, which is not modelled.
        """
        self._world.apply(event_now(event, self._world.fleet))

    @checked("Simulation.call")
    def call(
        self, operation: str, parameters: Mapping[str, Any] | None = None, *, region: str
    ) -> dict[str, Any]:
        """Call an operation of the EFS API in a Region, now; return the answer as boto3 would.

        Raise EfsError as EFS would, ValueError for an operation that it does not have, and RunError
        where replications would have to share a link, which is not modelled. A name of a file
        system stands for its id.
        """
        return self._world.call(operation, parameters or {}, region)

    @property
    def request_id(self) -> str:
        """Id of the latest API call: AWS gives one to each, here the same in every run."""
        return request_id(self._world.calls_made)

    def client(self, service: str, region_name: str | None = None, **options: Any) -> Any:
        """Return a boto3 client of a simulated service, on the simulated clock.

        `options` are those of `boto3.Session.client`. Its calls act on this simulation now, and
        never reach the network; retries wait in simulated time. ImportError without the extra
        `aws`, ValueError for a service that is not simulated.
        """
        if self._clients is None:
            from efssim.aws.clients.client import Clients  # late: needs boto3, an extra

            self._clients = Clients(self)
        return self._clients.client(service, region_name, **options)

    @property
    def env(self) -> Clock:
        """The SimPy environment, for processes of your own: `world.env.process(...)`.

        Time passes only by `advance`. A process acts after everything else of an instant, and
        waits with `yield world.env.timeout(seconds)`; in it, `advance` raises RuntimeError.
        """
        return self._world.clock

    def file_system_id(self, name: str) -> str:
        """Return the id of a file system; raise UnknownNameError, a KeyError, if there is none."""
        try:
            return self._world.fleet.id_of(name)
        except KeyError:
            raise UnknownNameError(f"no file system is named '{name}'") from None

    @checked("Simulation.write")
    def write(self, file_system: str, stream: Mapping[str, Any]) -> None:
        """Add a write stream to a file system, by name or id; it begins to write after now.

        `stream` is an entry of `writes` in a scenario, and is checked as one in a file. Raise
        ScenarioError, which lists every problem, also for a file system that does not exist.
        """
        found = self._world.fleet.find(file_system)
        if found is None:
            known = [part.name for part in self._world.fleet.file_systems.values()]
            message = f"no file system is named '{file_system}'{suggest(file_system, known)}"
            raise ScenarioError([Problem(None, (), message)])
        spec = stream_now(stream, self.scenario)
        self._streams += 1
        name = f"added-{self._streams}"
        if spec.trace is not None:
            quality = spec.trace.read(self.scenario).quality
            self._traces[stream_path(found.name, name)] = quality
        self._world.fleet.write(found, name, spec)

    def result(self) -> Result:
        """Return the results so far; the simulation can go on afterwards."""
        snapshots = list(self._world.snapshots())
        for name, records, snapshot in snapshots:
            if name in self._logs:
                laws.check(records, snapshot, self._logs[name])
        if self._verify:
            self._check_conservation()
        outcomes = {name: self._outcome(name, rec, now) for name, rec, now in snapshots}
        return Result(
            scenario=self.scenario,
            seed=self.seed,
            now_s=self._world.now_s,
            outcomes={name: outcomes[name] for name in self._world.names},
            happened=tuple(copy(event) for event in self._world.events),
            digest=digest(self.seed, snapshots, self._world.events),
            trial=self.trial,
            traces=dict(self._traces),
        )

    def _check_conservation(self) -> None:
        fleet = self._world.fleet
        pairs = {
            name: Pair(part.records, self._logs[name], part.source.name, part.destination.name)
            for name, part in fleet.replications.items()
        }
        systems = {
            part.name: System(
                self._stored[part.name], fleet.stored(part), self._unpublished[part.name]
            )
            for part in fleet.ever
        }
        check_conservation(systems, pairs)

    def lag_states(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return the lags' distributions so far in bins, as plain data, by replication and lag."""
        return {
            name: self._measures(name, records, snapshot).states()
            for name, records, snapshot in self._world.snapshots()
        }

    def on_syncs(self, replication: str, sink: Callable[[Block], None]) -> None:
        """Hand the completed syncs of a replication to `sink`, a block of rows at a time.

        Those that are in a block already are not handed on. Raise KeyError for an unknown one.
        """
        by_name = {name: records for name, records, _ in self._world.snapshots()}
        by_name[replication].syncs.sinks.append(sink)

    def lifetimes(self, replication: str) -> laws.Lifetimes:
        """Return every write up to now and when it was published; needs `verify`."""
        snapshot = self._world.snapshot(replication)
        return self._logs[replication].lifetimes(snapshot)

    def _outcome(self, name: str, records: ReplicationRecords, snapshot: Snapshot) -> Outcome:
        replication = self._world.fleet.replications[name]
        measures = self._measures(name, records, snapshot)
        return Outcome(
            source=replication.source.name,
            sync=replication.terms.sync,
            control=replication.terms.control,
            syncs=records.syncs.copy(),
            statuses=tuple(records.statuses),
            abandoned=tuple(records.abandoned),
            open_sync=snapshot.open_sync,
            violations=measures.violations,
            exceedance=measures.exceedance(),
            summary=measures.summary() | {"source_throughput": self._throughput(replication)},
            last_replicated_s=records.last_replicated_s,
            defined_s=records.defined_s,
            last_sync_s=measures.last_sync_s,
            window_s=(self.scenario.warm_up, self._world.now_s),
            end_s=snapshot.now_s,
            phases=self._phases(replication),
            pending_bytes=measures.pending_now(),
            pending_growth_bytes=measures.pending_growth(),
        )

    def _phases(self, replication: Replication) -> PhaseRecords:
        ends = replication.source.region, replication.destination.region
        return PhaseRecords(
            name=replication.terms.name,
            seed=self.seed,
            trial=self.trial,
            latency_s=self._world.fleet.link(*ends).latency_s,
            compared=replication.records.compared.copy(),
            disturbed=dict(replication.records.disturbed),
        )

    def _throughput(self, replication: Replication) -> dict[str, Any]:
        """Return what the source was to take beside what it could, for the summary."""
        journal, now_s = replication.source.journal, self._world.now_s
        found = source_limit(journal.hours(), now_s, journal.kept.throughput)
        return {
            "mean_bytes_per_s": found.mean,
            "busiest_hour_bytes_per_s": found.busiest,
            "hours_above": found.hours_above,
            "limit_bytes_per_s": found.limit,
            "first_above": found.first_s,
        }

    def _measures(self, name: str, records: ReplicationRecords, snapshot: Snapshot) -> Measures:
        return Measures(records, snapshot, self._running[name], self._objective(name))

    def _objective(self, name: str) -> Objective:
        replication, rpo = self._world.fleet.replications[name], self.scenario.rpo
        sync, ends = replication.terms.sync, (replication.source, replication.destination)
        link = self._world.fleet.link(*(end.region for end in ends))
        return Objective(
            begin_s=self.scenario.warm_up,
            end_s=self._world.now_s,
            target_s=rpo.target,
            attainment=rpo.attainment,
            throughput=min(sync.number("throughput"), link.undisturbed_capacity),
            file_rate=sync.number("file_rate"),
            exclusions=Exclusions(
                initial_sync=rpo.initial_sync == "excluded",
                after_deletion=rpo.after_deletion == "excluded",
            ),
        )


@checked("run")
def run(
    scenario: Scenario,
    seed: int | None = None,
    *,
    verify: bool = False,
    trial: int = 0,
    on_progress: Progress | None = None,
    progress: bool = False,
) -> Result:
    """Simulate a scenario from its start to its end.

    `seed` replaces the scenario's seed; `trial` counts runs of one seed with independent draws;
    `verify` checks the laws (see Simulation); `on_progress` is told how far the run is (see
    Simulation.advance_to_end); `progress` shows a bar, in a notebook or on standard error.
    """
    simulation = Simulation(scenario, seed, verify=verify, trial=trial, metrics=False)
    with told(on_progress, bar(sys.stderr, scenario.duration) if progress else None) as tell:
        simulation.advance_to_end(tell)
    return simulation.result()
