"""The account: its Regions, links, file systems and replications, and how each comes to be.

It knows no rule of the API: the control plane decides what may be made, the account makes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from efssim.model.attachments import Attachments
from efssim.model.entities.divergence import differing_bytes, original_source_arn, remember
from efssim.model.entities.file_system import (
    FileSystemState,
    LifeCycleState,
    OverwriteProtection,
)
from efssim.model.entities.identifiers import file_system_id
from efssim.model.entities.network import LinkState, RegionState
from efssim.model.entities.replication import ReplicationState, Terms
from efssim.model.entities.requests import (
    DeclaredFileSystem,
    FileSystemRequest,
    ReplicationSettings,
)
from efssim.model.kernel.causes import Cause
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.kernel.draws import Draws
from efssim.model.kernel.listener import SyncListener
from efssim.model.placed_streams import PlacedStream
from efssim.model.sync.process import SyncProcess
from efssim.model.sync.stretch import LONG, SHORT
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.writes.journal import Journal
from efssim.model.writes.streams import build_streams
from efssim.records.run_records import OpenSync, ReplicationRecords, Snapshot
from efssim.records.stored import FileSystemRecords, Role, Stored
from efssim.records.timeline import Timeline
from efssim.scenario import Scenario, schema
from efssim.scenario.amounts.throttles import throttles
from efssim.scenario.grammar.calendars.rates import RateCalendar, rate_at
from efssim.scenario.grammar.network import link_regions
from efssim.scenario.grammar.undocumented import CHOICES
from efssim.scenario.regions import names as known_regions
from efssim.scenario.regions.facts import zones_of
from efssim.scenario.workload.streams import FAILOVER

Recorder = Callable[[str], ReplicationRecords]
Keeper = Callable[[str], FileSystemRecords]


class Account:
    """Everything that exists in one run, and its timeline."""

    def __init__(
        self,
        scenario: Scenario,
        clock: Clock,
        draws: Draws,
        record: Recorder,
        longest: int = LONG,
        keep: Keeper | None = None,
        until_s: float | None = None,
        *,
        is_calm: bool = False,
    ) -> None:
        """Take `record` and `keep`, which return records of new replications and file systems.

        At most `longest` syncs of a replication are planned at once, which changes no result.
        Things happen up to `until_s`, the end of the scenario unless it is given. `is_calm`: as of
        `World`.
        """
        self.until_s = scenario.duration if until_s is None else until_s
        self.scenario, self.clock, self.draws = scenario, clock, draws
        self.regions = _regions(scenario)
        self.timeline = Timeline()
        self.attached = Attachments(clock)
        self.file_systems: dict[str, FileSystemState] = {}
        """By id; those that are deleted are gone."""
        self.ever: list[FileSystemState] = []
        """All that were ever made, in that order."""
        self.streams: list[PlacedStream] = []
        """All write streams, in the order in which they came."""
        self.file_systems_in: Counter[str] = Counter()
        """How many there are, by Region."""
        self.replications: dict[str, ReplicationState] = {}
        """By name in the results; those that are deleted are kept."""
        self.appeared: list[Callable[[FileSystemState | ReplicationState], None]] = []
        """Called with each new part, so that disturbances that go on at that time reach it."""
        self.ended: list[Callable[[ReplicationState], None]] = []
        """Called with each replication whose configuration is gone."""
        self.syncs: dict[str, SyncProcess] = {}
        self._longest, self._throttles = longest, throttles(scenario)
        self._is_calm = is_calm
        self._record, self._keep = record, keep or (lambda _: FileSystemRecords())
        self._links = _links(scenario, clock, self.until_s)
        self._configurations: dict[str, ReplicationState] = {}  # by id of source and destination
        self._on_link: dict[tuple[str, str], tuple[float, int]] = {}  # when, bytes written by then
        self._ids: dict[str, str] = {}
        self._by_token: dict[tuple[str, str], FileSystemState] = {}  # Region and creation token

    # --- looking ------------------------------------------------------------------------------

    def moment(self, time_s: float) -> datetime:
        """Return a simulated time as a datetime in UTC."""
        return self.scenario.start + timedelta(seconds=time_s)

    def choice(self, row: str) -> str:
        """Return the alternative that the run takes for an undocumented behaviour."""
        return self.scenario.defaults.undocumented.get(row, CHOICES[row].default)

    def link(self, source: str, destination: str) -> LinkState:
        """Return the link from one Region to another; without limits if none was declared."""
        found = self._links.get((source, destination))
        if found is None:
            found = self._links[source, destination] = LinkState(
                self.clock, f"{source} -> {destination}"
            )
        return found

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

    def with_token(self, token: str, region: str) -> FileSystemState | None:
        """Return the file system of a Region with a creation token; None without one."""
        return self._by_token.get((region, token))

    def find(self, text: str) -> FileSystemState | None:
        """Return the file system with a name, id or ARN; None without one."""
        return self.file_systems.get(self.named(text).rpartition("/")[2])

    def current(self) -> Iterator[ReplicationState]:
        """Yield the replications that are not gone, in the order of their creation."""
        return (part for part in self.replications.values() if part.status is not None)

    def configuration_of(self, file_system: FileSystemState) -> ReplicationState | None:
        """Return the configuration that a file system is a part of; None without one."""
        return self._configurations.get(file_system.id)

    def configuration_to(self, file_system: FileSystemState) -> ReplicationState | None:
        """Return the configuration that replicates to a file system; None without one."""
        found = self.configuration_of(file_system)
        return found if found is not None and found.destination is file_system else None

    def size_of(self, file_system: FileSystemState) -> tuple[int, int]:
        """Return size and files now: those received while the file system is a destination."""
        receiving = self.configuration_to(file_system)
        return file_system.journal.stored() if receiving is None else receiving.replica()

    def metered_bytes(self, file_system: FileSystemState) -> int:
        """Return the size as EFS shows it: with EFS's own bytes on a destination."""
        receiving = self.configuration_to(file_system)
        overhead = 0 if receiving is None else receiving.terms.overhead_bytes
        return self.size_of(file_system)[0] + overhead

    def mount_target_s(self, file_system: FileSystemState) -> float:
        """Return how long its next mount target takes: as its latest replication has it."""
        roles = file_system.journal.kept.roles
        control = (
            self.replications[roles[-1].replication].terms.control
            if roles
            else self.scenario.defaults.control
        )
        path = f"file_systems.{file_system.name}.mount_target"
        ordinal = self.attached.made[file_system.id]
        return self.draws.of(path, control.draw("mount_target"))[ordinal]

    # --- file systems -------------------------------------------------------------------------

    def create_file_system(
        self, request: FileSystemRequest, declared: DeclaredFileSystem | None = None
    ) -> FileSystemState:
        """Create a file system; a declared one is available at once."""
        given = declared or DeclaredFileSystem(request.name)
        region, zone = request.region, request.zone
        kept = self._keep(given.name)
        kept.size_bytes, kept.files = given.size, given.files
        made = FileSystemState(
            id=given.id or file_system_id(given.name),
            name=given.name,
            region=region,
            zone=zone,
            zone_id=None if zone is None else self.regions[region].zones.get(zone),
            created_s=self.clock.now,
            creation_token=request.token or given.name,
            settings=request.settings,
            journal=Journal(self.clock, self.scenario.duration, kept, is_calm=self._is_calm),
        )
        self.file_systems[made.id] = made
        self.ever.append(made)
        self.file_systems_in[region] += 1
        self._ids[made.name] = made.id
        assert (region, made.creation_token) not in self._by_token, "a token is used once"
        self._by_token[region, made.creation_token] = made
        made.note_throughput(self.clock.now)
        if request.throttling is not None:
            made.journal.throttle(request.throttling, self.until_s, lambda: self.size_of(made)[0])
        if declared is None:
            self._become_available(made)
        for meet in self.appeared:
            meet(made)
        return made

    def _become_available(self, made: FileSystemState) -> None:
        def available() -> None:
            if made.state is LifeCycleState.CREATING:
                made.state = LifeCycleState.AVAILABLE

        creating_s = self.scenario.defaults.file_system.creating
        if creating_s:
            made.state = LifeCycleState.CREATING
            self.clock.call_at(self.clock.now + creating_s, Turn.STATUS, available)

    def delete_file_system(self, file_system: FileSystemState) -> None:
        """Begin to delete a file system that is in no configuration."""
        assert self.configuration_of(file_system) is None
        file_system.state = LifeCycleState.DELETING
        file_system.stop_writes(self._wanted("deleted", file_system.name))
        gone_s = self.clock.now + self.scenario.defaults.file_system.deleting
        self.clock.call_at(gone_s, Turn.STATUS, lambda: self._forget(file_system))

    def _forget(self, file_system: FileSystemState) -> None:
        # Its name stays known: ids and draws hang on names, so none is used twice in a run.
        file_system.life.gone_s = self.clock.now
        self.attached.forget(file_system)
        del self.file_systems[file_system.id]
        del self._by_token[file_system.region, file_system.creation_token]
        self.file_systems_in[file_system.region] -= 1

    def fail(self, file_system: FileSystemState, cause: Cause) -> ReplicationState | None:
        """Let a file system become unrecoverable; return its replication, which goes to ERROR."""
        file_system.fail(cause)
        replication = self.configuration_of(file_system)
        if replication is not None:
            replication.fail(cause)
        return replication

    def protect(self, file_system: FileSystemState, protection: OverwriteProtection) -> None:
        """Change the overwrite protection, and with it whether the file system can be written."""
        file_system.protection = protection
        cause, is_read_only = file_system.read_only_by, self._read_only(protection)
        if cause is None and is_read_only:
            file_system.read_only_by = self._wanted("read_only")
            file_system.stop_writes(file_system.read_only_by)
        elif cause is not None and not is_read_only:
            file_system.read_only_by = None
            file_system.allow_writes(cause)

    def _wanted(self, kind: str, target: str = "") -> Cause:
        """Return the cause of an effect that the call which is being answered asks for."""
        return Cause(self.timeline.acting, kind, target, is_wanted=True)

    def _read_only(self, protection: OverwriteProtection) -> bool:
        if protection is OverwriteProtection.DISABLED:
            return self.choice("protection_disabled_is_read_only") == "yes"
        return protection is OverwriteProtection.REPLICATING

    def write(self, file_system: FileSystemState, name: str, spec: schema.WriteStream) -> None:
        """Add a write stream to a file system; its writes begin after now."""
        source = self.scenario.file_systems.get(file_system.name)
        growth, follow = (1.0, None) if source is None else (source.growth, source.writes_follow)
        path = f"file_systems.{file_system.name}.writes.{name}"
        build = partial(
            build_streams, spec, growth, self.scenario, self.draws, path, throttles=self._throttles
        )
        follows = (spec.writes_follow or follow) == FAILOVER
        placed = PlacedStream(self.clock, file_system, spec, path, build, follows=follows)
        self.streams.append(placed)

    def move_writes(
        self, source: str, to: str, ordinal: int, *, following: bool
    ) -> list[FileSystemState]:
        """Make the writes after now of the streams of one file system on another.

        `following` leaves those that do not follow a failover where they are. `ordinal` is that of
        the cause. Return the two; nothing is moved if one of them does not exist, or is no more.
        """
        home, target = self.find(source), self.find(to)
        if home is None or target is None:
            return []
        for stream in self.streams:
            if stream.home is home and (stream.follows or not following):
                stream.move(target, ordinal)
        return [home, target]

    def moves(self, ordinal: int) -> bool:
        """Return whether a stream is elsewhere for a cause."""
        return any(stream.moved_by == ordinal for stream in self.streams)

    def move_home(self, ordinal: int) -> None:
        """Make the writes after now at home again of the streams that a cause moved last."""
        for stream in self.streams:
            if stream.moved_by == ordinal:
                stream.move(stream.home, ordinal)

    # --- replications -------------------------------------------------------------------------

    def default_settings(self, source: FileSystemState) -> ReplicationSettings:
        """Return the settings of the next replication of a source that no scenario declares."""
        defaults = self.scenario.defaults
        base, ordinal = f"{source.name}-replication", 1
        while f"{base}-{ordinal}" in self.replications:
            ordinal += 1
        return ReplicationSettings(f"{base}-{ordinal}", defaults.sync, defaults.control)

    def create_replication(
        self,
        source: FileSystemState,
        destination: FileSystemState,
        settings: ReplicationSettings,
        role_arn: str | None = None,
    ) -> ReplicationState:
        """Replicate a source to a destination that has just passed all rules."""
        name = settings.name
        most = max(self.throughput_of(settings.sync), settings.initial_throughput)
        self.link(source.region, destination.region).admit(name, most)
        made = self._replication(source, destination, settings, role_arn)
        for part in (source, destination):
            role = Role(name, part is source, self.clock.now)
            part.journal.kept.roles.append(role)
            self._configurations[part.id] = made
        self.replications[name] = made
        destination.journal.witness(made.records)  # before what waits there is dropped
        self.protect(destination, OverwriteProtection.REPLICATING)
        source.journal.witness(made.records)
        if settings.established:
            made.establish()
        else:
            made.enable(self.timeline.acting)
        for meet in self.appeared:
            meet(made)
        return made

    def _replication(
        self,
        source: FileSystemState,
        destination: FileSystemState,
        settings: ReplicationSettings,
        role_arn: str | None,
    ) -> ReplicationState:
        """Return a replication without a status; discard its destination's unreplicated writes."""
        terms = Terms(
            name=settings.name,
            sync=settings.sync,
            control=settings.control,
            initial=settings.initial,
            original_source_arn=original_source_arn(source, destination),
            overhead_bytes=settings.overhead_bytes,
            initial_throughput=settings.initial_throughput,
            role_arn=role_arn,
        )
        records = self._record(settings.name)
        records.source, records.destination = source.life, destination.life
        records.discarded = destination.journal.discard()
        made = ReplicationState(self.clock, terms, source, destination, self.draws, records, self)
        made.differed_bytes = differing_bytes(source, destination, settings.initial.differing)
        return made

    def start_syncs(self, replication: ReplicationState) -> SyncListener:
        """Start the syncs of a replication that has its first status; return them."""
        terms, source = replication.terms, replication.source
        link = self.link(source.region, replication.destination.region)
        path = f"replications.{terms.name}"
        throughput = self.throughput_of(terms.sync)
        times = SyncTimes(terms.sync, terms.initial, link, self.draws, path, throughput)
        shortest = LONG if self._is_calm else SHORT
        lengths = min(shortest, self._longest), self._longest
        process = SyncProcess(self.clock, replication, times, self.until_s, lengths)
        self.syncs[terms.name] = process
        source.journal.feed(replication.records, process)
        link.join(terms.name, process)
        return process

    def throughput_of(self, sync: schema.Sync) -> float:
        """Return the bytes per second that a replication may send now, but for an initial sync."""
        if not isinstance(sync.throughput, RateCalendar):
            return sync.number("throughput")
        return rate_at(sync.throughput, self.scenario.start, self.until_s, self.clock.now)

    def let_go(self, replication: ReplicationState) -> None:
        """Keep the last state of a replication and let its file systems go."""
        made, source, destination = replication, replication.source, replication.destination
        made.records.gone = snapshot = self.snapshot(made.terms.name)
        remember(made, sum(part.amount.bytes for part in snapshot.open_writes))
        destination.journal.restore(*made.replica())
        for part in (source, destination):
            part.journal.witness(None)
            part.journal.kept.roles[-1].end_s = self.clock.now
            del self._configurations[part.id]
        made.records.lost = source.journal.stop_feeding()
        self.link(source.region, destination.region).leave(made.terms.name)
        self.protect(destination, OverwriteProtection.ENABLED)
        for tell in self.ended:
            tell(replication)

    def share_of_link(self, replication: ReplicationState) -> float:
        """Return the share of a link that a replication has to live with.

        Of a link that was shared this is its part by the bytes that its source wrote, so that work
        over it is the same for all of them: the work that all of them have, over the capacity.
        """
        ends = replication.source.region, replication.destination.region
        link = self.link(*ends)
        if not link.was_shared:
            return 1.0
        written, now = replication.source.journal.written()[1], self.clock.now
        at_s, total = self._on_link.get(ends, (-1.0, 0))
        if at_s != now:
            users = [p for p in self.current() if (p.source.region, p.destination.region) == ends]
            total = sum(part.source.journal.written()[1] for part in users)
            self._on_link[ends] = now, total
        return min(1.0, written / total) if written and total else 1.0

    # --- records ------------------------------------------------------------------------------

    def snapshot(self, name: str) -> Snapshot:
        """Return the state of a replication now; hand its published writes to the records."""
        replication = self.replications[name]
        if replication.records.gone is not None:
            return replication.records.gone
        journal = replication.source.journal
        self.syncs[name].whole_instant()
        journal.account_for_drops()
        replication.destination.journal.account_for_drops()
        open_writes = journal.open_writes()
        count, size = journal.written()
        open_sync: OpenSync | None = self.syncs[name].open_sync()
        source = replication.source
        stored, disaster_s = self.size_of(source)[0], source.life.disasters.since_s
        carried = journal.carried()
        return Snapshot(
            self.clock.now, open_writes, open_sync, size, count, stored, disaster_s, carried
        )

    def stored(self, file_system: FileSystemState) -> Stored:
        """Return the content of a file system now and the states of the writes made to it."""
        journal, replication = file_system.journal, self.configuration_of(file_system)
        if replication is not None and replication.source is file_system:
            self.syncs[replication.terms.name].whole_instant()
        journal.account_for_drops()
        size, files = self.size_of(file_system)
        still = journal.still_open()
        return Stored(self.clock.now, size, files, journal.states(), still)


def _links(scenario: Scenario, clock: Clock, until_s: float) -> dict[tuple[str, str], LinkState]:
    return {
        link_regions(name): LinkState(
            clock,
            name,
            rate_at(spec.capacity, scenario.start, until_s, 0.0),
            spec.latency,
            spec.concurrency,
            spec.capacity.rates if isinstance(spec.capacity, RateCalendar) else (),
        )
        for name, spec in scenario.links.items()
    }


def _regions(scenario: Scenario) -> dict[str, RegionState]:
    """Return every Region that EFS is in and every custom one, as the account sees it."""
    states = {
        name: RegionState(name, by_default=known_regions.is_default(name), zones=zones_of(name))
        for name in known_regions.KNOWN
    }
    for name, spec in scenario.regions.items():
        zones = {**zones_of(name), **spec.availability_zones}
        states[name] = RegionState(
            name,
            known_regions.is_default(name) if spec.default is None else spec.default,
            spec.opted_in,
            spec.opting_in,
            spec.opting_out,
            zones=zones,
            most_file_systems=spec.quotas.file_systems,
        )
    return states
