"""The account: its Regions, links, file systems and replications, and how each comes to be.

It knows no rule of the API: the control plane decides what may be made, the fleet makes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from efssim.model.entities.divergence import differing_bytes, original_source_arn, remember
from efssim.model.entities.file_system import FileSystem, LifeCycleState, Protection, Settings
from efssim.model.entities.identifiers import file_system_id
from efssim.model.entities.network import Link, RegionState
from efssim.model.entities.replication import Replication, Terms
from efssim.model.kernel.causes import Cause
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.kernel.draws import Draws
from efssim.model.sync.process import SyncProcess
from efssim.model.sync.stretch import LONG
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.writes.journal import Journal
from efssim.model.writes.streams import build_stream
from efssim.records.run_records import OpenSync, ReplicationRecords, Snapshot
from efssim.records.stored import FileSystemRecords, Role, Stored
from efssim.scenario import Scenario, schema
from efssim.scenario.grammar.network import link_regions
from efssim.scenario.grammar.presets import overhead_of
from efssim.scenario.grammar.undocumented import CHOICES
from efssim.scenario.regions import names as known_regions
from efssim.scenario.regions.facts import zones_of

Recorder = Callable[[str], ReplicationRecords]
Keeper = Callable[[str], FileSystemRecords]


@dataclass(frozen=True)
class Plan:
    """What a scenario says about a replication that is about to be made."""

    name: str
    sync: schema.Sync
    control: schema.Control
    initial: schema.Initial = field(default_factory=schema.Initial.model_construct)
    established: bool = False
    overhead: int | None = None

    @property
    def overhead_bytes(self) -> int:
        """What EFS keeps for itself on the destination."""
        return overhead_of(self.sync.preset) if self.overhead is None else self.overhead

    @property
    def throughput_max(self) -> float:
        """Most bytes per second that it may send."""
        throughput = self.sync.number("throughput")
        initial = self.initial.throughput
        return throughput if initial is None or self.established else max(throughput, initial)


class Fleet:
    """Everything that exists in one run, and nothing that happens to it."""

    def __init__(
        self,
        scenario: Scenario,
        clock: Clock,
        draws: Draws,
        record: Recorder,
        longest: int = LONG,
        keep: Keeper | None = None,
    ) -> None:
        """`record` and `keep` return the records of a new replication and file system, by name.

        At most `longest` syncs of a replication are planned at once, which changes no result.
        """
        self.scenario, self.clock, self.draws = scenario, clock, draws
        self.regions = _regions(scenario)
        self.declaring = False
        """Whether what is made now is what the scenario declares."""
        self.file_systems: dict[str, FileSystem] = {}
        """By id; those that are deleted are gone."""
        self.ever: list[FileSystem] = []
        """All that were ever made, in that order."""
        self.file_systems_in: Counter[str] = Counter()
        """How many there are, by Region."""
        self.replications: dict[str, Replication] = {}
        """By name in the results; those that are deleted are kept."""
        self.appeared: list[Callable[[FileSystem | Replication], None]] = []
        """Called with whatever is made, so that what goes on at that time reaches it."""
        self.syncs: dict[str, SyncProcess] = {}
        self._longest = longest
        self._record, self._keep = record, keep or (lambda _: FileSystemRecords())
        self._links = {
            link_regions(name): Link(name, spec.capacity, spec.latency)
            for name, spec in scenario.links.items()
        }
        self._declared: dict[str, tuple[str, schema.FileSystem]] = {}  # by creation token
        self._plans: dict[str, Plan] = {}  # by id of the source
        self._ids: dict[str, str] = {}
        self._causes = 0

    # --- looking ------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The simulated time, in UTC."""
        return self.moment(self.clock.now)

    def moment(self, time_s: float) -> datetime:
        """Return a simulated time as a datetime in UTC."""
        return self.scenario.start + timedelta(seconds=time_s)

    def choice(self, row: str) -> str:
        """Return what the run does where EFS's behaviour is not documented."""
        return self.scenario.defaults.undocumented.get(row, CHOICES[row].default)

    def cause(self, kind: str, target: str) -> Cause:
        """Return a new cause of the run."""
        self._causes += 1
        return Cause(self._causes, kind, target)

    def link(self, source: str, destination: str) -> Link:
        """Return the link from one Region to another; without limits if none was declared."""
        name = f"{source} -> {destination}"
        return self._links.setdefault((source, destination), Link(name))

    def region(self, name: str) -> RegionState:
        """Return a Region; KeyError for one that EFS does not have."""
        return self.regions[name]

    def id_of(self, name: str) -> str:
        """Return the id of the file system that has or had a name; KeyError without one."""
        return self._ids[name]

    def named(self, text: str) -> str:
        """Return the id for a name that a file system has or had, anything else as it is."""
        return self._ids.get(text, text)

    def unused_name(self, wanted: str) -> str:
        """Return a name that no file system of the run has or had: `wanted`, or it and a number."""
        name, ordinal = wanted, 1
        while name in self._ids:
            ordinal += 1
            name = f"{wanted}-{ordinal}"
        return name

    def find(self, text: str) -> FileSystem | None:
        """Return the file system with a name, id or ARN; None without one."""
        return self.file_systems.get(self.named(text).rpartition("/")[2])

    def current(self) -> Iterator[Replication]:
        """Yield the replications that are not gone, in the order of their creation."""
        return (part for part in self.replications.values() if part.status is not None)

    # --- file systems -------------------------------------------------------------------------

    def declare(self, token: str, name: str, spec: schema.FileSystem) -> None:
        """Say what the file system with a creation token, about to be made, is in the scenario."""
        self._declared[token] = name, spec

    def make_file_system(
        self,
        name: str,
        region: str,
        settings: Settings,
        *,
        zone: str | None = None,
        token: str = "",
        creating_s: float = 0.0,
    ) -> FileSystem:
        """Make a file system, which is available after `creating_s` seconds."""
        name, spec = self._declared.pop(token, (name, None))
        identifier = (spec and spec.id) or file_system_id(name)
        kept = self._keep(name)
        if spec is not None:
            kept.size_bytes, kept.files = spec.size, spec.files
        made = FileSystem(
            id=identifier,
            name=name,
            region=region,
            zone=zone,
            zone_id=None if zone is None else self.regions[region].zones.get(zone),
            created_s=self.clock.now,
            creation_token=token or name,
            settings=settings,
            journal=Journal(self.clock, self.scenario.duration, kept),
        )
        self.file_systems[identifier] = made
        self.ever.append(made)
        self.file_systems_in[region] += 1
        self._ids[name] = identifier
        made.note_throughput(self.clock.now)
        self._become_available(made, creating_s)
        for tell in self.appeared:
            tell(made)
        return made

    def _become_available(self, made: FileSystem, creating_s: float) -> None:
        def available() -> None:
            if made.state is LifeCycleState.CREATING:
                made.state = LifeCycleState.AVAILABLE

        if creating_s:
            made.state = LifeCycleState.CREATING
            self.clock.call_at(self.clock.now + creating_s, Turn.STATUS, available)

    def delete_file_system(self, file_system: FileSystem) -> None:
        """Begin to delete a file system that is in no configuration."""
        assert file_system.replication is None
        file_system.state = LifeCycleState.DELETING
        file_system.stop_writes(self.cause("deleted", file_system.name))
        gone_s = self.clock.now + self.scenario.defaults.file_system.deleting
        self.clock.call_at(gone_s, Turn.STATUS, lambda: self._forget(file_system))

    def _forget(self, file_system: FileSystem) -> None:
        # Its name stays known: ids and draws hang on names, so none is used twice in a run.
        file_system.life.gone_s = self.clock.now
        del self.file_systems[file_system.id]
        self.file_systems_in[file_system.region] -= 1

    def protect(self, file_system: FileSystem, protection: Protection) -> None:
        """Change the overwrite protection, and with it whether the file system can be written."""
        was, is_now = (self._read_only(p) for p in (file_system.protection, protection))
        file_system.protection = protection
        cause = Cause(0, "read_only", "")
        if is_now and not was:
            file_system.stop_writes(cause)
        elif was and not is_now:
            file_system.allow_writes(cause)

    def _read_only(self, protection: Protection) -> bool:
        if protection is Protection.DISABLED:
            return self.choice("protection_disabled_is_read_only") == "yes"
        return protection is Protection.REPLICATING

    def write(self, file_system: FileSystem, name: str, spec: schema.WriteStream) -> None:
        """Add a write stream to a file system; its writes begin after now."""
        source = self.scenario.file_systems.get(file_system.name)
        growth = 1.0 if source is None else source.growth
        path = f"file_systems.{file_system.name}.writes.{name}"
        after_s = self.clock.now
        stream = build_stream(spec, growth, self.scenario, self.draws, path, after_s)
        file_system.journal.add(stream)

    # --- replications -------------------------------------------------------------------------

    def plan(self, name: str, source: FileSystem, spec: schema.Replication) -> None:
        """Say under which name and terms the next replication of a source is made."""
        self._plans[source.id] = Plan(
            name, spec.sync, spec.control, spec.initial, spec.established, spec.overhead
        )

    def replication_name(self, source: FileSystem) -> str:
        """Return the name in the results of the next replication of a source."""
        if source.id in self._plans:
            return self._plans[source.id].name
        base, ordinal = f"{source.name}-replication", 1
        while f"{base}-{ordinal}" in self.replications:
            ordinal += 1
        return f"{base}-{ordinal}"

    def replicate(
        self, source: FileSystem, destination: FileSystem, role_arn: str | None = None
    ) -> Replication:
        """Make the replication of a source to a destination that has just passed all rules."""
        name, plan = self.replication_name(source), self._plan_of(source)
        self.link(source.region, destination.region).admit(name, plan.throughput_max)
        self._plans.pop(source.id, None)
        arn = original_source_arn(source, destination)
        terms = Terms(
            name, plan.sync, plan.control, plan.initial, arn, plan.overhead_bytes, role_arn
        )
        records = self._record(name)
        records.source, records.destination = source.life, destination.life
        records.discarded = destination.journal.discard()
        made = Replication(self.clock, terms, source, destination, self.draws, records)
        made.differed_bytes = differing_bytes(source, destination, plan.initial.differing)
        for part in (source, destination):
            role = Role(name, part is source, self.clock.now)
            part.journal.kept.roles.append(role)
        self.replications[name] = made
        source.replication = destination.replication = made
        self.protect(destination, Protection.REPLICATING)
        destination.journal.witness(records)
        source.journal.witness(records)
        source.journal.feed(records)
        made.ended = lambda: self._end(made)
        made.establish() if plan.established else made.enable()
        self._sync(made)
        for tell in self.appeared:
            tell(made)
        return made

    def _plan_of(self, source: FileSystem) -> Plan:
        defaults = self.scenario.defaults
        return self._plans.get(source.id, Plan("", defaults.sync, defaults.control))

    def require_link(self, source: FileSystem, region: str) -> None:
        """Raise RunError if a replication of a source to a Region would have to share its link."""
        name, plan = self.replication_name(source), self._plan_of(source)
        self.link(source.region, region).require_room(name, plan.throughput_max)

    def _sync(self, made: Replication) -> None:
        terms, source = made.terms, made.source
        link = self.link(source.region, made.destination.region)
        times = SyncTimes(
            terms.sync,
            terms.initial,
            link,
            self.draws,
            f"replications.{terms.name}",
        )
        self.syncs[terms.name] = process = SyncProcess(
            self.clock, made, times, self.scenario.duration, self._longest
        )
        link.join(terms.name, process.rate_changes, process.rate_changed)

    def _end(self, made: Replication) -> None:
        """Keep the last state of a replication and let its file systems go."""
        source, destination = made.source, made.destination
        made.records.gone = snapshot = self.snapshot(made.terms.name)
        remember(made, sum(int(part.bytes.sum()) for part in snapshot.open_writes))
        destination.journal.restore(*made.replica())
        for part in (source, destination):
            part.journal.witness(None)
            part.journal.kept.roles[-1].end_s = self.clock.now
            part.replication = None
        made.records.lost = source.journal.stop_feeding()
        self.link(source.region, destination.region).leave(made.terms.name)
        self.protect(destination, Protection.ENABLED)

    # --- records ------------------------------------------------------------------------------

    def snapshot(self, name: str) -> Snapshot:
        """Return the state of a replication now; hand its published writes to the records."""
        replication = self.replications[name]
        if replication.records.gone is not None:
            return replication.records.gone
        journal = replication.source.journal
        self.syncs[name].settle_instant()
        journal.account_for_drops()
        replication.destination.journal.account_for_drops()
        open_writes = journal.open_writes()
        count, size = journal.written()
        open_sync: OpenSync | None = self.syncs[name].open_sync()
        source = replication.source
        stored, disaster_s = source.stored()[0], source.life.disasters.since_s
        carried = journal.carried()
        return Snapshot(
            self.clock.now, open_writes, open_sync, size, count, stored, disaster_s, carried
        )

    def stored(self, file_system: FileSystem) -> Stored:
        """Return what a file system stores now and what became of the writes made to it."""
        journal, replication = file_system.journal, file_system.replication
        if replication is not None and replication.source is file_system:
            self.syncs[replication.terms.name].settle_instant()
        journal.account_for_drops()
        size, files = file_system.stored()
        still = journal.still_open()
        return Stored(self.clock.now, size, files, journal.states(), still)


def _regions(scenario: Scenario) -> dict[str, RegionState]:
    """Return every Region that EFS is in and every custom one, as the account sees it."""
    states = {name: RegionState(name, zones=zones_of(name)) for name in known_regions.KNOWN}
    for name, spec in scenario.regions.items():
        zones = zones_of(name) | spec.availability_zones
        states[name] = RegionState(
            name, spec.opted_in, spec.opting_in, spec.opting_out, zones=zones
        )
    return states
