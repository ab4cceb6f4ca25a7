"""Random scenarios whose times lie on a coarse grid, so that much happens at one instant.

Rates are powers of two and sizes multiples of 256 B: every time is exact in floats, and what should
fall on one instant does. Nothing that a scenario says is drawn when it runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

SOURCE, DESTINATION, THIRD = "us-east-1", "us-west-2", "eu-west-1"
LINK = f"{SOURCE} -> {DESTINATION}"
STARTS = ("2026-01-01T00:00:00Z", "2026-03-01T23:58:20Z")
CALLS = (
    "CreateReplicationConfiguration",
    "DeleteReplicationConfiguration",
    "UpdateFileSystemProtection",
)

Json = dict[str, Any]
T = TypeVar("T")


def random_scenario(seed: int, folder: Path) -> Json:
    """Return a scenario; a trace that it reads is written into the folder."""
    return _Maker(seed, folder).scenario()


def throttled_scenario(seed: int, folder: Path) -> Json:
    """Return a scenario whose file systems throttle their writes; otherwise as the others."""
    return _Throttled(seed, folder).scenario()


def crowded_scenario(seed: int, folder: Path) -> Json:
    """Return a scenario of replications that share a link, with blackouts and faults."""
    return _Crowded(seed, folder).scenario()


class _Clock(NamedTuple):
    """The clock of a place, since the start of a run."""

    start: datetime
    zone: ZoneInfo

    def local(self, time_s: float) -> datetime:
        """Return what it shows."""
        there = (self.start + timedelta(seconds=time_s)).astimezone(self.zone)
        return there.replace(tzinfo=None)


def _move_growth(made: Json) -> None:
    """Let a month of growth end a minute after the start, which has moved."""
    since = datetime.fromisoformat(made["start"]) - timedelta(days=30, minutes=-1)
    systems = made["file_systems"].values()
    for part in (*systems, *(stream for system in systems for stream in system["writes"].values())):
        if isinstance(part.get("growth"), dict):
            part["growth"]["since"] = since.isoformat()


class _Maker:
    """Draws one scenario."""

    steps: tuple[int, ...] = (1, 5, 5, 5, 10)
    """Seconds of the grid."""
    unit = 1
    """Bytes that stand for one."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed, self.folder = seed, folder
        self._random = np.random.default_rng(seed)
        self.step = self.one_of(self.steps)
        self.duration = self.step * self.between(40, 100)
        self.existing = self.chance(0.4)
        """Whether the destination is a file system of its own, with its own streams."""
        self.second = self.chance(0.2)
        """Whether another file system is replicated to the same Region."""
        self.place = self.one_of([DESTINATION] * 9 + [SOURCE])
        """Where the destination is."""

    # --- draws ----------------------------------------------------------------------------------

    def one_of(self, values: Sequence[T]) -> T:
        return values[int(self._random.integers(len(values)))]

    def between(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        return bool(self._random.random() < probability)

    def time(self, low: int, high: int) -> int:
        """Return seconds on the grid, from so many steps to so many."""
        return self.step * self.between(low, high)

    def maybe(self, probability: float, **keys: Any) -> Json:
        return keys if self.chance(probability) else {}

    # --- the scenario ---------------------------------------------------------------------------

    def scenario(self) -> Json:
        made = self.undated()
        if self.chance(0.4):
            self.date(made)
        return made

    def date(self, made: Json) -> None:
        """Let rates of a scenario follow the clock, in some around a change of summer time."""
        zone = self.one_of(["UTC", "Europe/Rome", "Asia/Kathmandu", "Europe/Rome"])
        if self.chance(0.5):
            made["start"] = self.one_of(["2026-03-29T00:55:00Z", "2026-10-25T00:55:00Z"])
            zone = "Europe/Rome"
            _move_growth(made)
        clock = _Clock(datetime.fromisoformat(made["start"]), ZoneInfo(zone))
        parts = [replication["sync"] for replication in made["replications"].values()]
        for sync in [*parts, made["defaults"]["sync"]]:
            if self.chance(0.6):
                sync["throughput"] = self.calendar(sync.get("throughput", "none"), clock)
        if not self.second and self.chance(0.6):
            link = made["links"].setdefault(LINK, {})
            link["capacity"] = self.calendar(link.get("capacity", "none"), clock)

    def calendar(self, base: object, clock: _Clock) -> Json:
        windows = [self.rate_window(clock) for _ in range(self.between(1, 3))]
        return {"base": base, "timezone": clock.zone.key, "windows": windows}

    def rate_window(self, clock: _Clock) -> Json:
        value = {"value": self.one_of([32, 64, 128, 256, 1024, "none"])}
        begin, last = self.time(-4, 60), self.time(1, 40)
        if self.chance(0.4):
            since, until = clock.local(begin), clock.local(begin + last)
            if until <= since:  # the clock was put back in between
                until = since + timedelta(hours=2)
            return {"begin": since.isoformat(), "end": until.isoformat(), **value}
        times = [f"{clock.local(at_s):%H:%M}" for at_s in (begin, begin + 60 + last)]
        today = f"{clock.local(begin):%a}"
        return {**dict(zip(("from", "to"), times, strict=True)), **value, **self.days(today)}

    def days(self, today: str) -> Json:
        return self.maybe(0.3, weekdays=["Tue", today] if today != "Tue" else ["Tue"])

    def undated(self) -> Json:
        regions = (SOURCE, DESTINATION)
        replications, events = self.replications(), self.events()
        return {
            "name": f"random-{self.seed}",
            "start": self.one_of(STARTS),
            "duration": self.duration,
            "warm_up": self.warm_up(events),
            "records": self.one_of(["on", "off"]),
            "rpo": {
                "target": self.target_s(replications["dr"]["sync"]),
                "attainment": self.one_of([0.5, 0.9, 0.999]),
                **self.maybe(0.2, initial_sync="excluded"),
                **self.maybe(0.2, after_deletion="excluded"),
            },
            "regions": {name: self.region() for name in regions},
            "links": {} if self.second else self.links(),
            "file_systems": self.file_systems(),
            "replications": replications,
            "events": events,
            "defaults": {"sync": self.sync(), "control": self.control()},
        }

    def warm_up(self, events: list[Json]) -> int:
        """Return none, some time, or that of an event."""
        times = [event["at"] for event in events if event["at"] < self.duration]
        found: int = self.one_of([0, 0, self.time(1, 10), self.time(5, 30), *times[:2]])
        return found

    def target_s(self, sync: Json) -> int:
        """Return some time, or the age at which a sync of little completes."""
        peak: int = sync["interval"] + sync["setup"] or self.step
        return self.one_of([peak, self.time(1, 30), self.time(1, 30)])

    def region(self) -> Json:
        late = {"opting_in": self.time(0, 4), "opting_out": self.time(0, 4)}
        return {"default": False, **self.maybe(0.3, **late)}

    def links(self) -> Json:
        capacity = self.unit * self.one_of([64, 128, 512])
        link = {**self.maybe(0.7, capacity=capacity), **self.maybe(0.2, latency=self.step)}
        return self.maybe(0.4, **{LINK: link})

    def file_systems(self) -> Json:
        found = {"a": self.file_system(SOURCE)}
        if self.existing:
            found["z"] = self.file_system(self.place)
        if self.second:
            found["b"] = self.file_system(self.one_of([SOURCE, THIRD]))
        return found

    def file_system(self, region: str) -> Json:
        names = ["w", "x", "y"][: self.one_of([0, 1, 1, 2, 3])]
        return {
            "region": region,
            "size": 256 * self.unit * self.one_of([0, *[self.between(0, 40) for _ in range(4)]]),
            "files": self.between(0, 16),
            **self.maybe(0.1, growth=self.growth()),
            "writes": {name: self.stream() for name in names},
        }

    def growth(self) -> Any:
        """Return a factor, or growth of which a month begins within the run; nothing is drawn."""
        since = (None, "2025-12-02T00:01", "2025-12-01T23:59:20")[self.seed % 3]
        # Of either start there is one of which a month ends a minute later.
        return {"per": "month", "factor": 2, "since": since} if since else 2

    # --- writes ---------------------------------------------------------------------------------

    def stream(self) -> Json:
        window = {**self.window(), **self.maybe(0.1, writes_follow="failover")}
        if self.chance(0.15):
            return {"trace": self.trace(), **self.target(), **window}
        size = 256 * self.unit * self.one_of([0, 1, 1, 2, 4, 8])
        return {"arrivals": self.arrivals(), "size": size, **self.target(), **window}

    def window(self) -> Json:
        """Return when a stream begins and ends, mostly with the run."""
        begin = self.time(0, self.duration // self.step - 1)
        end = begin + self.time(1, 40)
        return {**self.maybe(0.1, **{"from": begin}), **self.maybe(0.1, to=end)}

    def arrivals(self) -> Json:
        if self.chance(0.6):
            return {"constant": {"rate": f"1 per {self.time(1, 8)} s"}}
        writes = self.one_of([1, 2, 4])
        over = writes * self.time(0, 3)
        at = self.one_of(["00:00", "00:00:20", "00:01", "00:01:40"])
        every = over + self.time(2, 20)
        return {"batch": {"at": at, "every": every, "writes": writes, "over": over}}

    def target(self) -> Json:
        large = 256 * self.unit * self.between(8, 32)  # no smaller than the largest hot set
        in_file = self.maybe(0.15, in_file={"size": large})
        block = self.unit * self.one_of([128, 256, 512])
        hot = {"size": block * self.between(1, 4), "block": block, "share": self.one_of([0, 1, 1])}
        new_files = {} if in_file else self.maybe(0.2, new_files=self.one_of([0.25, 0.5, 1]))
        return {
            **self.maybe(0.1, growth=self.one_of([0.5, 2])),
            **self.maybe(0.3, files=self.between(1, 4)),
            **self.maybe(0.3, new_bytes=self.one_of([0, 0.25, 0.5])),
            **new_files,
            **in_file,
            **self.maybe(0.2, hot_set=hot),
        }

    def trace(self) -> Json:
        """Return a trace of equal rows; a short one is repeated, a late one moved to the start."""
        period = self.step * self.one_of([4, 8])
        rows = self.one_of([self.duration // period + 1, 3])
        repeat = {} if period * rows > self.duration else {"repeat": True, "length": period * rows}
        late = self.one_of([0, 0, self.time(1, 9)])
        name, size = f"trace-{self.seed}-{self.between(0, 10**9)}.csv", 1024 * self.between(1, 4)
        size *= self.unit
        lines = [f"{late + period * k},{size}" for k in range(rows)]
        (self.folder / name).write_text("\n".join(["timestamp,value", *lines]) + "\n")
        totals = {"period": period, "writes_per_row": self.one_of([1, 2, 4])}
        return {
            "file": str(self.folder / name),
            **({"align": "start"} if late else {}),
            **self.maybe(0.7, **totals),
            **repeat,
        }

    # --- replications ---------------------------------------------------------------------------

    def replications(self) -> Json:
        destination = {"file_system": "z"} if self.existing else {"region": self.place}
        found = {"dr": self.replication("a", destination)}
        if self.second:
            found["dr2"] = self.replication("b", {"region": DESTINATION})
        return found

    def replication(self, source: str, destination: Json) -> Json:
        return {
            "source": source,
            "destination": destination,
            "established": self.chance(0.6),
            "sync": self.sync(),
            "control": self.control(),
            "initial": self.initial("file_system" in destination),
        }

    def sync(self) -> Json:
        interval = self.one_of([0, *[self.time(1, 14) for _ in range(4)]])
        return {
            "preset": "none",
            "interval": interval,
            "gap": self.time(0, 4) if interval else self.time(1, 4),
            "setup": self.one_of([0, self.time(0, 3)]),
            **self.maybe(0.8, throughput=self.unit * self.one_of([32, 64, 128, 256, 1024])),
            **self.maybe(0.3, file_rate=self.one_of([0.25, 0.5, 1])),
            **self.maybe(0.3, scan_rate=self.one_of([1, 2, 8])),
            **self.maybe(0.3, diff_rate=self.unit * self.one_of([128, 512])),
        }

    def control(self) -> Json:
        names = ("enabling", "pausing", "resuming", "deleting")
        return {"preset": "none", **{name: self.time(0, 6) for name in names}}

    def initial(self, existing: bool) -> Json:
        return {
            **self.maybe(0.3, throughput=self.unit * self.one_of([64, 256])),
            **self.maybe(0.3, file_rate=self.one_of([0.5, 2])),
            **self.maybe(0.3, setup=self.time(0, 3)),
            **self.maybe(0.3 * existing, differing=256 * self.unit * self.between(0, 8)),
        }

    # --- events ---------------------------------------------------------------------------------

    def events(self) -> list[Json]:
        many = self.one_of([0, 0, 1, 2, 3, 5])
        found = [self.disturbance() for _ in range(many)]
        if self.chance(0.5):
            found += self.failover()
        return found

    def when(self) -> int:
        return self.time(0, self.duration // self.step)

    def disturbance(self) -> Json:
        region = self.one_of([SOURCE, DESTINATION])
        kinds: list[Json] = [
            {"opt_out": region},
            {"region_outage": self.one_of([SOURCE, SOURCE, DESTINATION, THIRD])},
            {"link_outage": LINK},
            {"link_degraded": LINK, "factor": self.one_of([0.25, 0.5])},
            {"kms_key_disabled": self.one_of(["dr", "dr2"][: 1 + self.second])},
            {"permission_lost": "dr"},
            {"api_error": self.one_of(CALLS), "code": "InternalServerError", **self.injected()},
        ]
        if self.chance(0.15):
            return {"at": self.when(), **self.moving(), **self.maybe(0.7, **self.lasting())}
        if self.chance(0.08):
            return {"at": self.when(), "fail": self.one_of(["a", self.replica()])}
        return {"at": self.when(), **self.one_of(kinds), **self.maybe(0.85, **self.lasting())}

    def moving(self) -> Json:
        """Return a fence, or a move of writes to another file system or home again."""
        names = ["a", self.replica(), *["b"] * self.second]
        if self.chance(0.4):
            return {"fence": self.one_of(names)}
        to = self.one_of([self.replica(), self.replica(), *names])
        return {"move_writes": self.one_of(names), "to": to, **self.maybe(0.2, following=True)}

    def injected(self) -> Json:
        return {**self.maybe(0.3, times=2), **self.maybe(0.3, region=SOURCE)}

    def lasting(self) -> Json:
        return {"for": self.time(1, 16)}

    def replica(self) -> str:
        return "z" if self.existing else "dr.destination"

    def failover(self) -> list[Json]:
        """Return a deletion, and perhaps the way back, or the same way once more."""
        at = self.time(2, self.duration // self.step // 2)
        found = [self.delete("a", at)]
        at += self.time(2, 12)
        back = self.chance(0.7)
        source, destination = (self.replica(), "a") if back else ("a", self.replica())
        if self.chance(0.8):
            found += [self.open(destination, at), self.create(source, destination, at)]
            if self.chance(0.3):
                found.append(self.delete(source, at + self.time(2, 30)))
        return [each for each in found if each["at"] <= self.duration]

    def delete(self, source: str, at: int) -> Json:
        region = self.maybe(0.3, region=self.one_of([SOURCE, DESTINATION]))
        call = "DeleteReplicationConfiguration"
        return {"at": at, "call": call, "with": {"SourceFileSystemId": source}, **region}

    def open(self, file_system: str, at: int) -> Json:
        given = {"FileSystemId": file_system, "ReplicationOverwriteProtection": "DISABLED"}
        return {"at": at, "call": "UpdateFileSystemProtection", "with": given}

    def create(self, source: str, destination: str, at: int) -> Json:
        wanted: Json = {"FileSystemId": destination}
        if self.chance(0.2):
            wanted = {"Region": THIRD}
        given = {"SourceFileSystemId": source, "Destinations": [wanted]}
        return {"at": at, "call": "CreateReplicationConfiguration", "with": given}


class _Throttled(_Maker):
    """Draws one scenario with writes that wait.

    Throughput is permitted in MiB/s, so a byte of the others is 512 KiB here, and a second minutes.
    """

    steps = (50, 100, 100, 200)
    unit = 2**19

    def __init__(self, seed: int, folder: Path) -> None:
        super().__init__(seed, folder)
        # What the others draw is drawn as theirs.
        self.own = np.random.default_rng((seed, 1))

    def scenario(self) -> Json:
        found = super().scenario()
        is_calm = found["replications"]["dr"]["established"] and not any(
            "Configuration" in event.get("call", "") for event in found["events"]
        )
        for name, file_system in found["file_systems"].items():
            if name != "b" or self.own.random() < 0.5:
                file_system |= self.throttle(is_calm)
        if not self.existing and self.own.random() < 0.4:
            destination = self.one_here([{"throttle": False}, self.terms() | {"throttle": True}])
            found["replications"]["dr"]["destination"] |= destination
        found["events"] += [self.update() for _ in range(self.one_here([0, 0, 1, 2, 3]))]
        return found

    def one_here(self, values: Sequence[T]) -> T:
        return values[int(self.own.integers(len(values)))]

    def throttle(self, is_calm: bool) -> Json:
        """Return the keys of a file system; a calm one may be as large as its baseline counts."""
        found = {"throttle": True, **self.terms()}
        mode = self.one_here(["bursting", "bursting", "provisioned", "elastic"])
        if mode == "provisioned":
            found["provisioned_throughput"] = f"{self.one_here([1, 2, 4])} MiB/s"
        if is_calm and self.own.random() < 0.5:
            found["size"] = 2**30 * int(self.own.integers(30, 4000))
        return {**found, "throughput_mode": mode}

    def terms(self) -> Json:
        # An odd number of bytes: what waits for credits is not made at times of the grid.
        odd = 12_345_677
        credits = self.one_here([None, odd, odd, odd, odd + 2**27, odd + 2**29, odd + 2**33])
        return {
            **({} if credits is None else {"burst_credits": credits}),
            **self.one_here([{}, {}, {"other_load": 2**19}, {"other_load": 2**21}]),
            **self.one_here([{}, {}, {"standard_share": 0.25}]),
        }

    def update(self) -> Json:
        """Return a call that changes the mode of a file system, or the amount."""
        given: Json = {"FileSystemId": self.one_here(["a", "a", self.replica()])}
        mode = self.one_here(["bursting", "elastic", "provisioned", "provisioned", None])
        if mode is not None:
            given["ThroughputMode"] = mode
        if mode in ("provisioned", None):
            given["ProvisionedThroughputInMibps"] = self.one_here([1, 2, 8])
        at = self.step * int(self.own.integers(0, self.duration // self.step))
        return {"at": at, "call": "UpdateFileSystem", "with": given}


class _Crowded(_Maker):
    """Draws one scenario with several replications on one link."""

    def __init__(self, seed: int, folder: Path) -> None:
        super().__init__(seed, folder)
        # What the others draw is drawn as theirs.
        self.own = np.random.default_rng((seed, 2))

    def scenario(self) -> Json:
        found = super().scenario()
        for name in ("c", "d")[: self.pick([0, 1, 1, 2])]:
            made = {name: self.file_system(SOURCE)}
            if found["start"] not in STARTS:
                _move_growth({"start": found["start"], "file_systems": made})
            found["file_systems"] |= made
            found["replications"][f"dr-{name}"] = self.replication(name, {"region": DESTINATION})
        self.narrow(found["links"].setdefault(LINK, {}))
        for replication in found["replications"].values():
            self.decorate(replication, found["start"])
        found["faults"] = {f"f{k}": self.fault() for k in range(self.pick([0, 0, 1, 2]))}
        found["objectives"] = {f"o{k}": self.objective() for k in range(self.pick([0, 1, 2]))}
        found["thresholds"] = [self.threshold() for _ in range(self.pick([0, 1, 2]))]
        return found

    def pick(self, values: Sequence[T]) -> T:
        return values[int(self.own.integers(len(values)))]

    def odds(self, probability: float) -> bool:
        return bool(self.own.random() < probability)

    def span(self, low: int, high: int) -> int:
        return self.step * int(self.own.integers(low, high + 1))

    def narrow(self, link: Json) -> None:
        """Give a link a capacity that binds, and slots, in some."""
        if "capacity" not in link and self.odds(0.6):
            link["capacity"] = self.pick([32, 64, 128, 256])
        if self.odds(0.4):
            link["concurrency"] = self.pick([1, 1, 2])

    def decorate(self, replication: Json, start: str) -> None:
        sync = replication["sync"]
        if sync["interval"] and self.odds(0.3):
            sync["phase"] = self.step * int(self.own.integers(0, sync["interval"] // self.step))
        if self.odds(0.3):
            sync["weight"] = self.pick([1, 2, 4])
        if self.odds(0.3):
            replication["blackouts"] = self.blackouts(start)

    def blackouts(self, start: str) -> Json:
        clock = _Clock(
            datetime.fromisoformat(start), ZoneInfo(self.pick(["UTC", "Asia/Kathmandu"]))
        )
        windows = []
        for _ in range(self.pick([1, 2])):
            begin = self.span(0, self.duration // self.step)
            span = clock.local(begin), clock.local(begin + self.span(1, 30))
            windows.append(dict(zip(("begin", "end"), map(str, span), strict=True)))
        mode = self.pick([{}, {"in_flight": "finish"}, {"in_flight": "stall"}])
        return {"windows": windows, "timezone": clock.zone.key, **mode}

    def fault(self) -> Json:
        kinds: list[Json] = [
            {"region_outage": self.pick([SOURCE, DESTINATION])},
            {"link_outage": LINK},
            {"link_degraded": LINK, "factor": self.pick([0.25, 0.5])},
            {"kms_key_disabled": "dr"},
            {"opt_out": self.pick([SOURCE, DESTINATION])},
            {"permission_lost": "dr"},
            {"fence": "a"},
        ]
        return {**self.pick(kinds), "every": self.span(5, 40), "for": self.span(1, 12)}

    def objective(self) -> Json:
        return {
            "target": self.span(1, 20),
            "attainment": self.pick([0.5, 0.9, 1]),
            "of": self.pick(["time", "writes", "bytes"]),
            **self.pick([{}, {"replications": ["dr"]}]),
        }

    def threshold(self) -> str:
        path, least, most = self.pick(
            [
                ("dr.write_lag_s.p90", 1, 40),
                ("dr.time_since_last_sync_s.max", 1, 60),
                ("dr.pending_bytes.max", 1, 4000),
                ("dr.syncs.completed", 0, 20),
                ("dr.writes.count", 0, 60),
            ]
        )
        value = int(self.own.integers(least, most + 1))
        return f"{path} {self.pick(['<', '<=', '>', '>='])} {value}"
