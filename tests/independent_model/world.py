"""The world: file systems, replications, disturbances and the calls of a scenario."""

from __future__ import annotations

import math
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import Any

from efssim import Scenario
from efssim.scenario.grammar.calendars.windows import Blackouts
from efssim.scenario.schema import Control as ControlTimes
from efssim.scenario.schema import Destination, Event, Fault, Initial, Sync
from efssim.scenario.schema import FileSystem as FileSystemKeys
from independent_model.agenda import Agenda, Turn
from independent_model.calendars import Rate, blackouts, rate_at, steps
from independent_model.disturbances import Disturbance, is_named
from independent_model.file_system import READ_ONLY, FileSystem
from independent_model.given import Given
from independent_model.link import Link
from independent_model.replication import Replication, Timing
from independent_model.streams import Stream, Write, writes_of
from independent_model.throttle import LOCK_S, MIB, Terms, Throttle, limit

MOVING = (
    "CreateReplicationConfiguration",
    "DeleteReplicationConfiguration",
    "UpdateFileSystemProtection",
    "UpdateFileSystem",
)
"""Calls that move a number of a run, of those that this model knows."""


class RefusedError(Exception):
    """EFS refuses a call."""


class World:
    """A scenario from its start to its end."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.agenda = scenario, Agenda()
        self.given = Given(scenario)
        self.file_systems: dict[str, FileSystem] = {}
        self.replications: dict[str, Replication] = {}
        self.active: list[Disturbance] = []
        """Disturbances that hold, in the order in which they began."""
        self._places: dict[Stream, tuple[FileSystem, Disturbance]] = {}
        """Where the writes of streams that moved are made, and by which move."""
        self._homes: dict[Stream, str] = {}
        self._agreed: dict[frozenset[str], dict[str, float]] = {}
        """By the names of two file systems: the time of each up to which they agree."""
        self._links: dict[str, Link] = {}
        self._replications_of: Counter[str] = Counter()
        self._errors: list[dict[str, Any]] = []
        """Errors to inject: operation, Region, how often, until when."""
        self._build()

    def run(self) -> World:
        """Run to the end of the scenario."""
        self.agenda.run(self.scenario.duration)
        return self

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return self.agenda.now

    @property
    def is_exact(self) -> bool:
        """Whether all times are exact in floats, so that both models see what falls on one instant.

        Shares of a link may be thirds.
        """
        times = (done.completed_s for each in self.replications.values() for done in each.syncs)
        return not self.agenda.near_ties and all(time_s * 2**20 % 1 == 0 for time_s in times)

    def instant(self, time_s: float | None) -> str | None:
        """Return a time as a summary writes it."""
        if time_s is None:
            return None
        moment = self.scenario.start + timedelta(seconds=time_s)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    # --- building -------------------------------------------------------------------------------

    def _build(self) -> None:
        for name, spec in self.scenario.file_systems.items():
            in_zone = spec.availability_zone is not None
            found = FileSystem(name, spec.home, spec.size, spec.files, spec.encrypted, in_zone)
            self.file_systems[name] = found
            found.mode, found.provisioned = spec.throughput_mode, spec.provisioned_throughput or 0.0
            if spec.throttle:
                self._throttle(found, spec)
            for write in writes_of(spec, self.given, name):
                self._schedule_write(found, write)
        for name in self.scenario.replications:
            self._replicate(name)
        for event in self.scenario.events:
            self._schedule(event)
        self._schedule_rates()
        for name, replication in self.scenario.replications.items():
            if replication.blackouts is not None:
                self._schedule_blackouts(self.replications[name], replication.blackouts)
        for name, fault in self.scenario.faults.items():
            self._repeat(name, fault)

    def _schedule_write(self, file_system: FileSystem, write: Write) -> None:
        self._homes[write.stream] = file_system.name

        def make() -> None:
            place = self._places.get(write.stream)
            self._want(file_system if place is None else place[0], write)

        self.agenda.at(write.time_s, Turn.WRITE, make)

    def _replicate(self, name: str) -> None:
        spec = self.scenario.replications[name]
        source = self.file_systems[spec.source]
        destination = self._destination(name, spec.destination, source)
        timing = timing_of(self.given, name, spec.sync, spec.control, spec.initial)
        replication = Replication(self, name, timing, source, destination)
        self.replications[name] = replication
        if spec.established:
            destination.mirror(source, self.now, self.now)
            replication.establish()
        else:
            replication.create()

    def _destination(self, replication: str, spec: Destination, source: FileSystem) -> FileSystem:
        if spec.file_system is not None:
            return self.file_systems[spec.file_system]
        region = spec.region or (spec.availability_zone or "")[:-1]
        name, in_zone = f"{replication}.destination", spec.availability_zone is not None
        made = FileSystem(name, region, 0, 0, one_zone=in_zone, created_s=self.now)
        self.file_systems[name], made.mode = made, source.mode
        made.provisioned = min(source.provisioned, limit("provisioned", region, one_zone=in_zone))
        if source.throttle is not None if spec.throttle is None else spec.throttle:
            self._throttle(made, spec)
        return made

    def _throttle(self, file_system: FileSystem, spec: FileSystemKeys | Destination) -> None:
        terms = Terms(
            file_system.mode,
            file_system.region,
            file_system.one_zone,
            Fraction(file_system.provisioned),
            spec.burst_credits,
            Fraction(spec.other_load),
            Fraction(spec.standard_share),
        )

        def make(write: Write) -> None:
            self._write(file_system, write)

        file_system.throttle = Throttle(self, terms, file_system.size_at, make)

    # --- writes ---------------------------------------------------------------------------------

    def _want(self, file_system: FileSystem, write: Write) -> None:
        if file_system.stops:
            if file_system.replication is not None:
                file_system.replication.drop(self.now, write, file_system.stops[0][1])
        elif file_system.throttle is None:
            self._write(file_system, write)
        else:
            file_system.throttle.want(write)

    def _write(self, file_system: FileSystem, write: Write) -> None:
        replication = file_system.replication
        file_system.writes.append(write)
        if replication is not None and replication.source is file_system:
            replication.writes.append(write)

    def agree(self, replication: Replication, source_until_s: float) -> None:
        """Remember up to when the two sides of a replication hold the same."""
        source, destination = replication.source, replication.destination
        self._agreed[frozenset((source.name, destination.name))] = {
            source.name: source_until_s,
            destination.name: self.now,
        }

    def differing(self, replication: Replication) -> int | None:
        """Return the bytes written to either side since both last agreed; None: they never did."""
        sides = (replication.source, replication.destination)
        agreed = self._agreed.get(frozenset(side.name for side in sides))
        if agreed is None:
            return None
        return sum(
            write.bytes
            for side in sides
            for write in side.writes
            if write.time_s > agreed[side.name]
        )

    # --- links ----------------------------------------------------------------------------------

    def link(self, replication: Replication) -> Link:
        """Return the link of a replication."""
        name = self._link(replication)
        if name not in self._links:
            spec = self.scenario.links.get(name)
            self._links[name] = Link(self, None if spec is None else spec.concurrency)
        return self._links[name]

    def _link(self, replication: Replication) -> str:
        return f"{replication.source.region} -> {replication.destination.region}"

    def latency(self, replication: Replication) -> float:
        """Return the round-trip time of a replication's link."""
        link = self.scenario.links.get(self._link(replication))
        return 0.0 if link is None else link.latency

    def capacity(self, replication: Replication) -> float:
        """Return the bytes per second that a replication's link takes at present."""
        factors = [each.factor for each in self.active if each.degrades(replication)]
        return self.nominal_capacity(replication) * math.prod(factors)

    def nominal_capacity(self, replication: Replication) -> float:
        """Return the bytes per second that a replication's link takes undisturbed."""
        return self.now_of(self.scheduled_capacity(replication))

    def scheduled_capacity(self, replication: Replication) -> Rate:
        """Return what the scenario says of the capacity of a replication's link."""
        link = self.scenario.links.get(self._link(replication))
        return math.inf if link is None else link.capacity

    def now_of(self, rate: Rate) -> float:
        """Return what a rate is at present."""
        return rate_at(rate, self.scenario.start, self.now)

    def _schedule_rates(self) -> None:
        syncs = [self.scenario.defaults.sync]
        syncs += [replication.sync for replication in self.scenario.replications.values()]
        rates = [link.capacity for link in self.scenario.links.values()]
        rates += [sync.throughput for sync in syncs if sync.throughput is not None]
        for rate in rates:
            for time_s, _ in steps(rate, self.scenario.start, self.scenario.duration)[1:]:
                self.agenda.at(time_s, Turn.BEGIN, self._tell)

    def _schedule_blackouts(self, replication: Replication, spec: Blackouts) -> None:
        for time_s, holds in blackouts(spec, self.scenario.start, self.scenario.duration):

            def turn(mode: str | None = spec.in_flight if holds else None) -> None:
                replication.barred = mode
                replication.changed()

            self.agenda.at(time_s, Turn.BEGIN if holds else Turn.END, turn)

    # --- disturbances ---------------------------------------------------------------------------

    def _schedule(self, event: Event) -> None:
        if event.call is not None:
            self.agenda.at(event.at, Turn.CALL, lambda: self._call(event))
        else:
            self.agenda.at(event.at, Turn.BEGIN, lambda: self._ask_for(event))

    def _ask_for(self, event: Event) -> None:
        self._happen(event, event.lasts)

    def _happen(self, event: Event | Fault, lasts_s: float | None) -> float:
        """Let a disturbance be asked for now; return when it is over."""
        begin_s, end_s = self._span(event, lasts_s)
        if begin_s < end_s:
            disturbance = Disturbance.of(event)
            if begin_s == self.now:
                self._begin(event, disturbance)
            else:
                self.agenda.at(begin_s, Turn.BEGIN, lambda: self._begin(event, disturbance))
            if end_s < math.inf:
                self.agenda.at(end_s, Turn.END, lambda: self._end(disturbance))
        return end_s

    def _repeat(self, name: str, fault: Fault) -> None:
        """Let a fault come again and again: `every` is from the end of one to the next."""
        path = f"faults.{name}"
        every = self.given.numbers(f"{path}.every", fault.every)
        lasts = fault.lasts and self.given.numbers(f"{path}.for", fault.lasts)

        def await_(ordinal: int) -> None:
            def come() -> None:
                over_s = self._happen(fault, lasts(ordinal) if lasts else None)
                if over_s < math.inf:
                    self.agenda.at(over_s, Turn.END, lambda: await_(ordinal + 1))

            self.agenda.at(self.now + every(ordinal), Turn.BEGIN, come)

        await_(0)

    def _span(self, event: Event | Fault, lasts_s: float | None) -> tuple[float, float]:
        begin_s = self.now
        end_s = math.inf if lasts_s is None else begin_s + lasts_s
        if event.kind == "opt_out" and event.target in self.scenario.regions:
            region = self.scenario.regions[event.target]
            return begin_s + region.opting_out, end_s + region.opting_in
        return begin_s, end_s

    def _begin(self, event: Event | Fault, disturbance: Disturbance) -> None:
        self.active.append(disturbance)
        if disturbance.kind == "move_writes" and event.option("to") in self.file_systems:
            for stream, home in self._homes.items():
                if is_named(disturbance.target, home) and (
                    stream.follows or not event.option("following")
                ):
                    self._places[stream] = self.file_systems[event.option("to")], disturbance
        if disturbance.kind == "api_error":
            self._errors.append({"event": event, "left": event.option("times"), "of": disturbance})
        for file_system in self.file_systems.values():
            if disturbance.stops(file_system):
                file_system.stop(disturbance, disturbance.cause, self.now)
            if disturbance.fails(file_system) and not file_system.failed:
                file_system.failed_s = self.now
        self._tell()

    def _end(self, disturbance: Disturbance) -> None:
        self.active.remove(disturbance)
        self._errors = [error for error in self._errors if error["of"] is not disturbance]
        self._places = {
            stream: place for stream, place in self._places.items() if place[1] is not disturbance
        }
        for file_system in self.file_systems.values():
            file_system.go_on(disturbance, self.now)
        self._tell()

    def _tell(self) -> None:
        for replication in list(self.replications.values()):
            replication.changed()

    # --- calls ----------------------------------------------------------------------------------

    def _call(self, event: Event) -> None:
        try:
            self._answer(event)
        except RefusedError:
            return

    def _answer(self, event: Event) -> None:
        given = event.parameters
        named = given.get("SourceFileSystemId", given.get("FileSystemId", given.get("ResourceId")))
        region = event.option("region") or self._named(named).region
        self._check_region(region)
        self._check_errors(event, region)
        if event.call not in MOVING:
            return
        about = self._named(named)
        if event.call == "DeleteReplicationConfiguration":
            self._delete(about, region)
        elif event.call == "UpdateFileSystemProtection":
            self._protect(about, region, given["ReplicationOverwriteProtection"])
        elif event.call == "UpdateFileSystem":
            self._update(about, region, given)
        elif event.call == "CreateReplicationConfiguration":
            self._create(about, region, given["Destinations"][0])

    def _named(self, name: object) -> FileSystem:
        if name not in self.file_systems:
            raise RefusedError
        return self.file_systems[str(name)]

    def _check_region(self, region: str) -> None:
        """A call fails where its Region is down or the account is not opted in."""
        if any(each.kind == "region_outage" and each.target == region for each in self.active):
            raise RefusedError
        works = self._choice("call_in_region_not_opted_in") == "works"
        if not self._is_opted_in(region) and not works:
            raise RefusedError

    def _check_destination(self, region: str) -> None:
        if not self._is_opted_in(region):
            raise RefusedError
        self._check_region(region)

    def _is_opted_in(self, region: str) -> bool:
        spec = self.scenario.regions.get(region)
        if spec is not None and not spec.opted_in:
            return False
        return not any(each.kind == "opt_out" and each.target == region for each in self.active)

    def _choice(self, name: str) -> str:
        """Return what a scenario chooses where EFS is not documented; nothing: the usual."""
        return str(self.scenario.defaults.undocumented.get(name, ""))

    def _check_quota(self, region: str) -> None:
        spec = self.scenario.regions.get(region)
        most = 1000 if spec is None else spec.quotas.file_systems
        if sum(each.region == region for each in self.file_systems.values()) >= most:
            raise RefusedError

    def _check_errors(self, event: Event, region: str) -> None:
        for error in self._errors:
            injected: Event = error["event"]
            fits = injected.target == event.call and injected.option("region") in (None, region)
            if fits and error["left"]:
                error["left"] -= 1
                raise RefusedError

    def _delete(self, source: FileSystem, region: str) -> None:
        replication = source.replication
        if replication is None or replication.source is not source:
            raise RefusedError
        if region not in (source.region, replication.destination.region):
            raise RefusedError
        sides = {source.region, replication.destination.region}
        other = (sides - {region} or {region}).pop()
        is_down = any(e.kind == "region_outage" and e.target == other for e in self.active)
        if is_down and self._choice("delete_during_outage_of_other_region") == "fails":
            raise RefusedError
        replication.delete()

    def _protect(self, file_system: FileSystem, region: str, protection: str) -> None:
        if file_system.region != region or file_system.failed:
            raise RefusedError
        if file_system.protection == "REPLICATING":
            raise RefusedError
        file_system.protection = protection
        if self._choice("protection_disabled_is_read_only") == "yes":
            file_system.go_on(file_system, self.now)
            if protection == "DISABLED":
                file_system.stop(file_system, READ_ONLY, self.now)

    def _update(self, file_system: FileSystem, region: str, given: dict[str, Any]) -> None:
        """Change throughput mode or amount; for a day provisioned throughput only rises."""
        if file_system.region != region or file_system.failed:
            raise RefusedError
        mode = given.get("ThroughputMode", file_system.mode)
        amount = given.get("ProvisionedThroughputInMibps", 0.0) * MIB
        is_provisioned = mode == "provisioned"
        most = limit("provisioned", region, one_zone=file_system.one_zone)
        if is_provisioned != bool(amount) or amount > most:
            raise RefusedError
        since_s = file_system.provisioned_s
        is_locked = since_s is not None and self.now - since_s < LOCK_S
        if is_locked and amount < file_system.provisioned:
            raise RefusedError
        is_new = (mode, amount) != (file_system.mode, file_system.provisioned)
        if is_new and is_provisioned:
            file_system.provisioned_s = self.now
        file_system.mode, file_system.provisioned = mode, amount
        if file_system.throttle is not None:
            file_system.throttle.change(mode, amount)

    def _create(self, source: FileSystem, region: str, wanted: dict[str, str]) -> None:
        if source.region != region or source.failed or source.replication is not None:
            raise RefusedError
        name = self._next_name(source)
        destination = self._create_destination(source, name, wanted)
        self._replications_of[source.name] += 1
        defaults = self.scenario.defaults
        timing = timing_of(self.given, name, defaults.sync, defaults.control, Initial())
        self.replications[name] = Replication(self, name, timing, source, destination)
        self.replications[name].create()

    def _next_name(self, source: FileSystem) -> str:
        return f"{source.name}-replication-{self._replications_of[source.name] + 1}"

    def _create_destination(
        self, source: FileSystem, replication: str, wanted: dict[str, str]
    ) -> FileSystem:
        if "FileSystemId" not in wanted:
            zone = wanted.get("AvailabilityZoneName")
            region = wanted.get("Region") or wanted["AvailabilityZoneName"][:-1]
            self._check_destination(region)
            self._check_quota(region)
            place = Destination(availability_zone=zone) if zone else Destination(region=region)
            return self._destination(replication, place, source)
        found = self._named(wanted["FileSystemId"])
        self._check_destination(found.region)
        free = found.replication is None and found.protection == "DISABLED"
        if found is source or found.failed or not free or (source.encrypted > found.encrypted):
            raise RefusedError
        return found


def timing_of(
    given: Given, name: str, sync: Sync, control: ControlTimes, initial: Initial
) -> Timing:
    """Return the parameters of a replication."""
    path = f"replications.{name}"
    setup = given.attempts(f"{path}.sync.setup", sync.draw("setup"))
    file_rate = sync.number("file_rate")
    throughput = sync.number("throughput") if sync.throughput is None else sync.throughput
    first = initial.setup
    return Timing(
        interval_s=sync.number("interval"),
        gap_s=given.numbers(f"{path}.sync.gap", sync.draw("gap")),
        setup_s=setup,
        throughput=throughput,
        file_rate=file_rate,
        scan_rate=sync.number("scan_rate"),
        diff_rate=sync.number("diff_rate"),
        initial_setup_s=setup if first is None else given.attempts(f"{path}.initial.setup", first),
        initial_throughput=throughput if initial.throughput is None else initial.throughput,
        initial_file_rate=file_rate if initial.file_rate is None else initial.file_rate,
        differing=initial.differing,
        chance=given.attempts(f"{path}.sync.failure"),
        failure_probability=sync.number("failure_probability"),
        backoff_s=given.attempts(f"{path}.sync.backoff", sync.draw("backoff")),
        backoff_max_s=sync.number("backoff_max"),
        phase_s=sync.number("phase"),
        weight=sync.number("weight"),
        **{
            f"{key}_s": given.numbers(f"{path}.control.{key}", control.draw(key))
            for key in ("enabling", "pausing", "resuming", "deleting")
        },
    )
