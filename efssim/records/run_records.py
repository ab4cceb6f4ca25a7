"""The records of a run: columns of facts. The model appends, the measures read.

Times are seconds since the scenario's start, sizes are bytes. Nothing here computes a statistic.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from efssim.errors import UsageError
from efssim.records.columns import Columns, Floats, Ints
from efssim.records.life import Life
from efssim.records.pieces import DroppedPieces, OpenPieces, PublishedPieces
from efssim.records.states import NOTHING, Amount, Discarded
from efssim.records.timeline import DECLARED, ApiCall, Entry

SYNC_COLUMNS = {
    "cut_s": "d",  # start of the sync; it publishes every write up to here
    "completed_s": "d",  # when the change set became visible on the destination
    "bytes": "q",  # bytes sent; blocks that were overwritten count once
    "published_bytes": "q",  # bytes of its writes, as written
    "files": "q",  # files changed
    "writes": "q",  # writes published
    "attempts": "q",  # attempts, the successful one included
    "first_write_s": "d",  # time of the first write of the change set, NaN where it is empty
    "written_bytes": "q",  # bytes written to the source up to the completion
    "source_bytes": "q",  # size of the source at the cut
    "source_files": "q",  # files of the source at the cut: the inventory
}
"""Columns of completed syncs, with their type codes."""


COMPARED_COLUMNS = {
    "large_file_bytes": "q",  # sizes of the large files that a sync compared
}
"""Further columns from which the phases of a completed sync follow; in no digest."""


REPEATED_COLUMNS = {
    "cut_s": "d",  # of the sync
    "completed_s": "d",  # when it completed
    "bytes": "q",  # bytes that its failed attempts had sent
}
"""Columns of the completed syncs of which attempts failed; in no digest."""


class Phases(NamedTuple):
    """How long a sync spent in each of its phases, in seconds; together its whole duration.

    Time frozen by an outage counts to the phase that it met.
    """

    setup_s: float = 0.0
    """Fixed time, with the latency of the link."""
    inventory_s: float = 0.0
    diff_s: float = 0.0
    transfer_s: float = 0.0
    repeated_s: float = 0.0
    """Failed attempts and the waits after them."""


NO_PHASES = Phases()
"""Of a sync that has just been cut."""


STATUSES = ("ENABLING", "ENABLED", "PAUSING", "PAUSED", "ERROR", "DELETING")
"""Values of EFS's ReplicationStatus of a destination, in the order of its life."""


@dataclass(frozen=True, slots=True)
class Publications:
    """Writes of one stream that consecutive syncs published, in order of time."""

    time_s: Floats
    """Times of the writes, shape (writes,), not decreasing."""
    bytes: Ints
    """Their bytes, shape (writes,)."""
    writes: Ints
    """How many of them each sync published, shape (syncs,); 0 is possible."""
    completed_s: Floats
    """When each sync completed, shape (syncs,)."""
    files_per_write: int
    """Files that each write changes."""
    stream: int = 0
    """Which stream of the file system they are of, counted from 0."""
    hot_bytes: Ints | None = None
    """Bytes that went into a hot set, shape (writes,); None: the stream has none."""


def _amount_since(times_s: Floats, sizes: Ints, time_s: float) -> Amount:
    late = sizes[times_s >= time_s]
    return Amount(len(late), int(late.sum()))


@dataclass(frozen=True, slots=True)
class DroppedWrites:
    """Writes of one stream that could not be made, in order of time, and why."""

    time_s: Floats
    bytes: Ints
    cause: str
    """Kind of the cause."""
    cause_ordinal: int = DECLARED
    """Ordinal of the cause in the timeline of the run."""

    @property
    def amount(self) -> Amount:
        """All of them."""
        return Amount(len(self.time_s), int(self.bytes.sum()))

    def since(self, time_s: float) -> Amount:
        """Return those that would have been made at or after a time."""
        return _amount_since(self.time_s, self.bytes, time_s)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """The status of the destination from `time_s` on; `before` is None for the first.

    `after` is None once the configuration is gone.
    """

    time_s: float
    before: str | None
    after: str | None
    cause: str
    """The cause in words."""
    cause_ordinal: int = DECLARED
    """Ordinal of the cause in the timeline of the run."""


@dataclass(frozen=True, slots=True)
class AbandonedSync:
    """A sync that a pause, an error or a deletion ended before it was complete."""

    cut_s: float
    abandoned_s: float
    bytes: int
    files: int
    attempts: int
    cause_ordinal: int = DECLARED
    """Ordinal of the cause in the timeline of the run."""
    wire_bytes: int = 0
    """Bytes that all of its attempts had sent."""


class DroppedBy(NamedTuple):
    """The cause that kept writes from being made: its kind and its ordinal."""

    kind: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class OpenWrites:
    """Writes of one stream that no completed sync has published."""

    time_s: Floats
    bytes: Ints
    files_per_write: int
    stream: int = 0
    """Which stream of the file system they are of, counted from 0."""
    hot_bytes: Ints | None = None
    """Bytes that went into a hot set, shape (writes,); None: the stream has none."""

    @property
    def amount(self) -> Amount:
        """All of them."""
        return Amount(len(self.time_s), int(self.bytes.sum()))

    @property
    def first_s(self) -> float:
        """Time of the first write; infinity without one."""
        return float(self.time_s[0]) if len(self.time_s) else math.inf

    def since(self, time_s: float) -> Amount:
        """Return the writes made at or after a time."""
        return _amount_since(self.time_s, self.bytes, time_s)

    def byte_seconds(self, begin_s: float, end_s: float) -> float:
        """Return the sum over bytes of the time since they were written, within two times."""
        since_s = (end_s - self.time_s.clip(min=begin_s)).clip(min=0.0)
        return float((since_s * self.bytes).sum())


@dataclass(frozen=True, slots=True)
class OpenSync:
    """A sync that is in flight: its cut, its change set, and its failed attempts so far."""

    cut_s: float
    bytes: int
    files: int
    writes: int
    failed_attempts: int
    wire_bytes: int = 0
    """Bytes that all of its attempts have sent."""
    is_initial: bool = False
    """Whether it is the initial sync."""
    bytes_done: int = 0
    """Bytes that the present attempt has sent."""
    left_s: float | None = None
    """Estimate of the time to its completion: that of an attempt without failure at the present
    rates, after the wait for it; None while it makes no progress, as nobody knows for how long."""


@dataclass
class ReplicationRecords:
    """The records of one replication."""

    syncs: Columns = field(default_factory=lambda: Columns(SYNC_COLUMNS))
    statuses: list[StatusChange] = field(default_factory=list)
    sinks: list[Callable[[Publications | PublishedPieces], None]] = field(default_factory=list)
    """Receive the published writes a block at a time, so that they need not be kept."""
    drop_sinks: list[Callable[[DroppedWrites | DroppedPieces], None]] = field(default_factory=list)
    """Receive the writes that could not be made."""
    last_replicated_s: float | None = None
    """LastReplicatedTimestamp before the first recorded sync; None: absent."""
    defined_s: float | None = None
    """When LastReplicatedTimestamp became visible; None: it has not."""
    counts_written: bool = True
    """Whether anybody reads the bytes written by each completion; 0 stands in their place."""
    created_s: float = 0.0
    """When the configuration was created; writes made later than this are the replication's."""
    dropped: dict[DroppedBy, Amount] = field(default_factory=dict)
    """The writes that could not be made, by cause."""
    abandoned: list[AbandonedSync] = field(default_factory=list)
    compared: Columns = field(default_factory=lambda: Columns(COMPARED_COLUMNS))
    """One row for each of `syncs`."""
    repeated: Columns = field(
        default_factory=lambda: Columns(REPEATED_COLUMNS, keep=False, hashed=False)
    )
    """Passes on the bytes that failed attempts sent, once their sync completed."""
    disturbed: dict[float, Phases] = field(default_factory=dict)
    """Phases of the completed syncs that do not follow from the other records, by their cuts."""
    waited_s: dict[float, float] = field(default_factory=dict)
    """Waits for a slot of the link of the completed syncs that needed one, by their cuts."""
    stalls: list[list[float]] = field(default_factory=list)
    """Begin and end of each time in which an outage kept syncs from making progress; the last has
    no end while it lasts."""
    discarded: Discarded = field(default_factory=Discarded)
    """Writes to the destination since the two last agreed, which were overwritten."""
    lost: Amount | None = None
    """Writes that were pending when the configuration was gone; None: it is not."""
    gone: Snapshot | None = None
    """The state when the configuration was gone, after its deletion."""
    source: Life = field(default_factory=Life)
    """The life of the source."""
    destination: Life = field(default_factory=Life)
    """The life of the destination."""

    @property
    def begins_with_initial_sync(self) -> bool:
        """Whether the first completed sync is the initial one."""
        return self.last_replicated_s is None

    def let_go(self) -> None:
        """Pass nothing on any more: what the records streamed into can be forgotten."""
        self.sinks, self.drop_sinks, self.syncs.sinks, self.repeated.sinks = [], [], [], []

    def drop(self, dropped: DroppedWrites | DroppedPieces) -> None:
        """Count writes that could not be made and pass them to every sink."""
        cause = DroppedBy(dropped.cause, dropped.cause_ordinal)
        self.dropped[cause] = self.dropped.get(cause, NOTHING).plus(dropped.amount)
        for sink in self.drop_sinks:
            sink(dropped)

    def dropped_by_kind(self) -> dict[str, Amount]:
        """Return the writes that could not be made, by the kind of their cause."""
        kinds: dict[str, Amount] = {}
        for cause, amount in self.dropped.items():
            kinds[cause.kind] = kinds.get(cause.kind, NOTHING).plus(amount)
        return kinds

    def record_published(self, publications: Publications | PublishedPieces) -> None:
        """Pass a block of published writes to every sink."""
        for sink in self.sinks:
            sink(publications)


def needs_each(reader: str) -> UsageError:
    """Return the error that a reader needs every write."""
    return UsageError(
        f"{reader} reads every write, and a stream is drawn in cells: set `drawn: each` on it"
    )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of one replication at the time `now_s`, completions at that instant included."""

    now_s: float
    open_writes: tuple[OpenWrites | OpenPieces, ...]
    open_sync: OpenSync | None
    written_bytes: int
    written_count: int
    source_bytes: int = 0
    """Size of the source."""
    disaster_s: float | None = None
    """Since when the source could not be written although nobody wanted that; None: it could."""
    carried: Amount = NOTHING
    """Written before the configuration was created, and replicated by no completed sync."""


class RecordsHash:
    """The SHA-256 over the records of a run: integers as they are, times rounded to 1 µs."""

    def __init__(self, seed: int) -> None:
        self._hasher = hashlib.sha256(f"seed {seed}\n".encode())

    def add(self, name: str, records: ReplicationRecords, snapshot: Snapshot) -> None:
        """Take in the records of the next replication, in order of the names."""
        self._hasher.update(f"replication {name!r}\n".encode())
        self._hasher.update(records.syncs.digest())
        for line in _lines(records, snapshot):
            self._hasher.update(f"{line}\n".encode())

    def digest(self, timeline: Iterable[Entry] = ()) -> str:
        """Return the hash, the timeline of the run included."""
        hasher = self._hasher.copy()
        for entry in timeline:
            affected = " ".join(entry.affected)
            times = f"{_microseconds(entry.begin_s)} {_microseconds(entry.end_s)}"
            error = entry.error if isinstance(entry, ApiCall) else ""
            hasher.update(f"{times} {entry} {affected} {error}\n".encode())
        return f"sha256:{hasher.hexdigest()}"


def _lines(records: ReplicationRecords, snapshot: Snapshot) -> Iterator[str]:
    for status in records.statuses:
        edge = f"{status.before} {status.after} {status.cause}"
        yield f"{_microseconds(status.time_s)} {edge}"
    for sync in records.abandoned:
        times = f"{_microseconds(sync.cut_s)} {_microseconds(sync.abandoned_s)}"
        yield f"abandoned {times} {sync.bytes} {sync.files} {sync.attempts}"
    # In the order of names: which journal is asked first depends on who looks.
    for kind, (count, size) in sorted(records.dropped_by_kind().items()):
        yield f"dropped {kind} {count} {size}"
    discarded = records.discarded
    if discarded.amount.writes:
        times = f"{_microseconds(discarded.first_s)} {_microseconds(discarded.last_s)}"
        yield f"discarded {discarded.amount.writes} {discarded.amount.bytes} {times}"
    yield f"{snapshot.written_count} {snapshot.written_bytes}"


def _microseconds(time_s: float | None) -> int | None:
    return None if time_s is None else round(time_s * 1e6)
