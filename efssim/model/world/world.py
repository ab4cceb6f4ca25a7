"""The composition root: from a scenario and a seed to SimPy processes and their records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from efssim.collector import uncollected
from efssim.json_values import WireObject, WireValue
from efssim.model.account import Account, Keeper, Recorder
from efssim.model.efs.calls import Calls, looks
from efssim.model.efs.control_plane import ControlPlane
from efssim.model.entities.errors import EfsError, RunError
from efssim.model.entities.file_system import FileSystemState, OverwriteProtection
from efssim.model.entities.identifiers import hex_of
from efssim.model.entities.requests import DeclaredFileSystem, ReplicationSettings
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.kernel.draws import Draws
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.kernel.strata import placed
from efssim.model.sync.lone_loop import LoneLoop
from efssim.model.sync.stretch import LONG
from efssim.model.world.backups import Backups
from efssim.model.world.calendars import RateCalendars
from efssim.model.world.disturbances import Disturbances
from efssim.model.world.schedule import Schedule
from efssim.model.world.services.calls import ServiceCalls, only_looks
from efssim.records.run_records import OpenSync, ReplicationRecords, Snapshot
from efssim.records.stored import FileSystemRecords
from efssim.records.timeline import Entry
from efssim.scenario import Scenario, schema
from efssim.scenario.grammar.disturbances.effects import Fence
from efssim.scenario.grammar.disturbances.kinds import FENCE, MOVE_WRITES
from efssim.scenario.workload.throttling import throttling_of

_TOKEN_MAX = 64
"""Longest creation token; documented (EFS API reference)."""


class World:
    """One run of a scenario. It stands at `now_s`; everything at that instant has happened."""

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        record: Recorder | None = None,
        trial: int = 0,
        longest: int = LONG,
        keep: Keeper | None = None,
        shared: SharedDraws | None = None,
        until_s: float | None = None,
        *,
        is_calm: bool = False,
    ) -> None:
        """Build the world; `record` returns the records of a replication by name, by default fresh.

        `keep` returns those of a file system. `shared` has the draws of other worlds, which this
        one reads instead of making them once more: no result depends on it.

        At most `longest` syncs of a replication are planned at once, which changes no result.

        With `until_s` it goes on past the scenario's end, up to which all of its streams write
        (`to`). It is of no stratum then: its faults come as they are drawn.

        `is_calm`: nothing but writes and syncs will happen, so as much of them as memory allows is
        drawn and planned at the start. No result depends on it.

        RunError if EFS refuses a part of the scenario.
        """
        self.scenario, self.seed = scenario, seed
        self._clock = Clock()
        self._draws = Draws(seed, trial, shared)
        record, keep = record or _own_records, keep or _own_stored
        self.account = Account(
            scenario, self._clock, self._draws, record, longest, keep, until_s, is_calm=is_calm
        )
        self._control_plane = ControlPlane(self.account)
        self._calls = Calls(self.account, self._control_plane)
        self._disturbances = Disturbances(self.account, self._control_plane)
        self.backups = Backups(self.account)
        self.services = ServiceCalls(self.account, self._disturbances, self.backups, self._calls)
        RateCalendars(self.account)
        self._schedule = Schedule(self.account, self._disturbances, self._calls)
        with uncollected():
            self._build()
            self.advance_to(0.0)

    @property
    def now_s(self) -> float:
        """Seconds since the scenario's start."""
        return self._clock.now

    @property
    def clock(self) -> Clock:
        """The SimPy environment of the run."""
        return self._clock

    @property
    def calls_made(self) -> int:
        """How many API calls were made, the failed and the recorded ones included."""
        return self._calls.made

    @property
    def timeline(self) -> list[Entry]:
        """Disturbances and calls so far, in the order in which they began."""
        return self.account.timeline.entries

    def _build(self) -> None:
        for name, spec in self.scenario.file_systems.items():
            self._make_file_system(name, spec)
        for name, replication in self.scenario.replications.items():
            self._replicate(name, replication)
            if replication.blackouts is not None:
                self._schedule.black_out(name, replication.blackouts)
        for ordinal, event in enumerate(self.scenario.events):
            self._schedule.schedule(event, ordinal)
        is_longer = self.account.until_s != self.scenario.duration
        first_s = {} if is_longer else placed(self.scenario, self._draws).first_s
        for name, fault in self.scenario.faults.items():
            self._schedule.repeat(name, fault, first_s.get(name))
        if is_longer:
            end_s = self.scenario.duration
            self._clock.call_at(end_s, Turn.DISTURBANCE_BEGIN, self._finish_writes)

    def _finish_writes(self) -> None:
        """Let nothing be written after the end of the scenario, where the world goes on."""
        for made in self.account.ever:
            made.journal.finish()

    def _make_file_system(self, name: str, spec: schema.FileSystem) -> None:
        token = name if len(name) <= _TOKEN_MAX else hex_of(name, _TOKEN_MAX)
        amount = spec.provisioned_throughput
        parameters: WireObject = {
            "CreationToken": token,
            "Encrypted": spec.encrypted,
            "ThroughputMode": spec.throughput_mode,
            "ProvisionedThroughputInMibps": None if amount is None else amount / 2**20,
            "AvailabilityZoneName": spec.availability_zone,
        }
        throttling = throttling_of(spec) if spec.throttle else None
        declared = DeclaredFileSystem(name, spec.id, spec.size, spec.files, throttling)
        with _placing_refusals("file_systems", name):
            answer = self._control_plane.declare_file_system(
                _without_none(parameters), spec.home, declared
            )
        made = self.account.file_systems[answer["FileSystemId"]]
        for stream, written in spec.writes.items():
            self.account.write(made, stream, written)
        if spec.backups is not None:
            self.backups.plan(made, spec.backups)

    def _replicate(self, name: str, spec: schema.Replication) -> None:
        source = self.account.file_systems[self.account.id_of(spec.source)]
        where = spec.destination
        wanted = {
            "Region": where.region,
            "AvailabilityZoneName": where.availability_zone,
            "KmsKeyId": where.kms_key_id,
            "FileSystemId": where.file_system and self._unprotected(where.file_system).id,
        }
        parameters: WireObject = {
            "SourceFileSystemId": source.id,
            "Destinations": [_without_none(wanted)],
        }
        declared = ReplicationSettings.of(name, spec)
        with _placing_refusals("replications", name):
            self._control_plane.declare_replication(parameters, source.region, declared)

    def _unprotected(self, name: str) -> FileSystemState:
        """Return a file system that the scenario offers as a destination."""
        found = self.account.file_systems[self.account.id_of(name)]
        self.account.protect(found, OverwriteProtection.DISABLED)
        return found

    # --- time ---------------------------------------------------------------------------------

    def advance_to(self, time_s: float) -> None:
        """Run up to and including a time, at most that of the end."""
        self.pass_to(time_s)
        for process in self.account.syncs.values():
            process.whole_instant()

    def advancing_to(self, time_s: float) -> Iterator[None]:
        """Run as `advance_to`, and yield at each pause of the clock, which the caller ends."""
        yield from self.passing_to(time_s)
        for process in self.account.syncs.values():
            process.whole_instant()

    def prepared(self) -> list[LoneLoop]:
        """Return the loops of syncs that a pause waits for."""
        found = [process.prepared for process in self.account.syncs.values()]
        return [loop for loop in found if loop is not None and not loop.is_over]

    def pass_to(self, time_s: float) -> None:
        """Run up to a time as `advance_to`, but leave completed syncs unrecorded: it is cheap."""
        for _ in self.passing_to(time_s):
            raise AssertionError("a world that nobody waits for does not pause")

    def passing_to(self, time_s: float) -> Iterator[None]:
        """Run as `pass_to`, and yield at each pause of the clock, which the caller ends."""
        self._clock.require_idle()
        assert self.now_s <= time_s <= self.account.until_s
        arrival = self._clock.at(time_s, Turn.CUT)
        # Events that an instant's own events bring about in it belong to it, too.
        while not arrival.processed or self._clock.peek() <= time_s:
            self._clock.step_until(time_s)
            if self._clock.paused is not None:
                yield

    # --- acting -------------------------------------------------------------------------------

    def apply(self, event: schema.Event) -> None:
        """Let an event happen now."""
        self._schedule.begin(event, ())
        self._complete_instant()

    def fence(self, file_system: str) -> None:
        """Write nothing to a file system from now on."""
        self._begin({FENCE: file_system})

    def unfence(self, file_system: str) -> None:
        """End every fence of a file system, those with a later end, too."""
        found = self.account.find(file_system)
        names = (file_system,) if found is None else (found.name, found.id, found.arn)
        self._disturbances.end_all(Fence, *names)
        self._complete_instant()

    def move_writes(self, file_system: str, to: str, *, following: bool = False) -> None:
        """Make the writes of the streams of a file system on another from now on.

        With `following` only of those that follow a failover. To the file system itself: back.
        """
        self._begin({MOVE_WRITES: file_system, "to": to, "following": following})

    def _begin(self, event: Mapping[str, WireValue]) -> None:
        self.apply(schema.Event.model_validate({**event, "at": 0.0}))

    def call(
        self, operation: str, parameters: Mapping[str, WireValue], region: str, service: str = "efs"
    ) -> WireObject:
        """Call an operation of EFS, or of another service; raise EfsError as that would."""
        if self.services.is_answered(service, operation):
            answer, is_look = self.services.answer(service, operation, parameters, region), False
        elif service == "efs":
            answer, is_look = self._calls.call(operation, parameters, region), looks(operation)
        else:
            answer = self.services.call(service, operation, parameters, region)
            is_look = only_looks(service, operation)
        if not is_look:
            self._complete_instant()
        return answer

    def _complete_instant(self) -> None:
        """Let everything happen that belongs to now, unless that is going on already."""
        if not self._clock.busy:
            self.advance_to(self.now_s)

    # --- looking ------------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all replications, in the order of their creation."""
        return tuple(self.account.replications)

    def records(self, name: str) -> ReplicationRecords:
        """Return the records of a replication."""
        return self.account.replications[name].records

    def snapshot(self, name: str) -> Snapshot:
        """Return the state of a replication now, or when it was gone."""
        return self.account.snapshot(name)

    def open_syncs(self) -> Iterator[tuple[str, OpenSync]]:
        """Yield name and sync in flight of every replication that has one, by their names."""
        for name in sorted(self.names):
            if self.records(name).gone is None:
                process = self.account.syncs[name]
                process.whole_instant()
                flying = process.open_sync()
                if flying is not None:
                    yield name, flying

    def snapshots(self) -> Iterator[tuple[str, ReplicationRecords, Snapshot]]:
        """Yield name, records and present state of every replication, in order of their names."""
        for name in sorted(self.names):
            yield name, self.records(name), self.snapshot(name)


def _without_none(parameters: Mapping[str, WireValue]) -> WireObject:
    return {key: value for key, value in parameters.items() if value is not None}


@contextmanager
def _placing_refusals(section: str, name: str) -> Iterator[None]:
    """Raise RunError in EFS's words if it refuses a part of the scenario."""
    try:
        yield
    except EfsError as error:
        raise RunError((section, name), str(error)) from None


def _own_records(_name: str) -> ReplicationRecords:
    return ReplicationRecords()


def _own_stored(_name: str) -> FileSystemRecords:
    return FileSystemRecords()
