"""Law 8, conservation, checked on the records of all file systems and independently of the model.

At every sync's cut the source's size = its size at the start + the new bytes made by then, and
every write made is exactly one of unreplicated, pending, published and discarded, as the creations,
syncs and deletions of configurations say. Law 9, loss: what a disaster lost, read write by write,
is what was pending when the configuration was gone, or is now. They compare the model's numbers
with sums of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from efssim.records.laws import require
from efssim.records.lifetimes import Part, WriteLog, WritesOfParts
from efssim.records.pieces import OpenPieces
from efssim.records.run_records import OpenWrites, ReplicationRecords
from efssim.records.states import Amount
from efssim.records.stored import FileSystemRecords, Role, Stored

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LAW, LAW_OF_LOSS = 8, 9
UNREPLICATED, PENDING, PUBLISHED, DISCARDED = range(4)


class UnpublishedLog:
    """A sink of a file system's writes that no sync published, for the checker."""

    def __init__(self) -> None:
        self.parts: list[OpenWrites | OpenPieces] = []

    def add(self, part: OpenWrites | OpenPieces) -> None:
        """Keep a block of writes."""
        self.parts.append(part)


@dataclass(frozen=True)
class System:
    """The records of one file system, for the checker."""

    records: FileSystemRecords
    now: Stored
    log: UnpublishedLog


@dataclass(frozen=True, slots=True)
class StatedLoss:
    """The loss by a disaster of a source, as a run states it."""

    disaster_s: float
    point_s: float | None
    """The recovery point; None: there is none, and all is lost."""
    bytes: int
    writes: int
    lost_s: float | None
    """From the oldest lost write to the disaster."""


@dataclass(frozen=True)
class Pair:
    """The records of one replication, for the checker."""

    records: ReplicationRecords
    log: WriteLog
    source: str
    destination: str
    loss: StatedLoss | None = None
    """None: no disaster is stated."""


def check_conservation(systems: Mapping[str, System], pairs: Mapping[str, Pair]) -> None:
    """Check laws 8 and 9 on all file systems, by name; raise LawViolation for the first broken."""
    checker = _Checker(systems, pairs)
    for name in systems:
        checker.sizes_are_conserved(name)
        checker.every_write_has_one_state(name)


class _Made:
    """All writes made to one file system, and the growth by them."""

    def __init__(self, system: System, logs: list[WriteLog]) -> None:
        parts: list[Part] = [*system.log.parts, *system.now.still_open]
        for log in logs:
            parts += log.parts
        self.all = WritesOfParts.of(parts)
        self.time_s = self.all.time_s
        self._streams = [
            _Growth([part for part in parts if part.stream == ordinal], *facts)
            for ordinal, facts in enumerate(
                (fact.new_bytes, fact.new_files, fact.files_per_write)
                for fact in system.records.streams
            )
        ]

    def added(self, times_s: Floats) -> tuple[Ints, Ints]:
        """Return the bytes and files that all streams have added by each of some times."""
        size = np.zeros(len(times_s), dtype=np.int64)
        files = size.copy()
        for stream in self._streams:
            size += stream.bytes_at(times_s)
            files += stream.files_at(times_s)
        return size, files


class _Growth:
    """The growth by one stream up to any time: shares of its cumulative totals, each rounded."""

    def __init__(self, parts: list[Part], share: float, files: float, per_write: int) -> None:
        self._share, self._files_share, self._per_write = share, files, per_write
        made = WritesOfParts.of(parts)
        order = made.time_s.argsort(kind="stable")
        self._times_s = made.time_s[order]
        self._totals = np.concatenate(([0], made.cold_bytes[order].cumsum()))
        self._counts = np.concatenate(([0], made.writes[order].cumsum()))

    def bytes_at(self, times_s: Floats) -> Ints:
        totals = self._totals[self._times_s.searchsorted(times_s, "right")]
        return totals if self._share == 1 else _rounded(totals * self._share)

    def files_at(self, times_s: Floats) -> Ints:
        changed = self._counts[self._times_s.searchsorted(times_s, "right")] * self._per_write
        return _rounded(changed * self._files_share)


class _Checker:
    def __init__(self, systems: Mapping[str, System], pairs: Mapping[str, Pair]) -> None:
        self._systems, self._pairs = systems, pairs
        self._made = {
            name: _Made(system, [pair.log for pair in pairs.values() if pair.source == name])
            for name, system in systems.items()
        }

    # --- sizes --------------------------------------------------------------------------------

    def sizes_are_conserved(self, name: str) -> None:
        """Check sizes and files at the cuts of all syncs from a file system, and now."""
        system = self._systems[name]
        for role in system.records.roles:
            if role.is_source:
                self._cuts_have_their_sizes(name, self._pairs[role.replication].records, role)
        now = system.now
        size, files = self._sizes(name, np.array([now.now_s]))
        current = system.records.roles[-1:]
        if current and not current[0].is_source and current[0].end_s is None:
            return  # a destination: it has the size of its source, checked there
        require(LAW, now.size_bytes == size[0], f"{name} has what was written, now")
        require(LAW, now.files == files[0], f"{name} has the files that were made, now")

    def _cuts_have_their_sizes(self, name: str, records: ReplicationRecords, role: Role) -> None:
        cuts = records.syncs.floats("cut_s")
        size, files = self._sizes(name, cuts)
        of = f"of {name} at the cuts of {role.replication}"
        require(LAW, np.array_equal(size, records.syncs.ints("source_bytes")), f"size {of}")
        require(LAW, np.array_equal(files, records.syncs.ints("source_files")), f"files {of}")
        if records.begins_with_initial_sync and len(cuts):
            sent = records.syncs.ints("bytes")[0]
            require(LAW, bool(sent <= size[0]), f"an initial sync of {name} sends what it has")

    def _sizes(self, name: str, times_s: Floats) -> tuple[Ints, Ints]:
        """Return size and files at some times in which it was nobody's destination.

        A destination that is let go has the content of its source at LastReplicatedTimestamp.
        """
        made, records = self._made[name], self._systems[name].records
        size, files = made.added(times_s)
        size, files = size + records.size_bytes, files + records.files
        for role in records.roles:
            # Those that end later are none of it, and would lead round in circles.
            if role.is_source or not (times_s >= _or(role.end_s, np.inf)).any():
                continue
            replica = self._replica(role)
            if replica is None:
                continue
            until = np.array([_or(role.end_s, np.inf)])
            then = made.added(until)
            later = times_s >= until
            now = made.added(times_s)
            size[later] = (replica[0] + now[0] - then[0])[later]
            files[later] = (replica[1] + now[1] - then[1])[later]
        return size, files

    def _replica(self, role: Role) -> tuple[int, int] | None:
        """Return size and files of the source at the last cut; None where there is none."""
        pair = self._pairs[role.replication]
        cut_s = _last_cut_s(pair.records)
        if cut_s is None:
            return None
        size, files = self._sizes(pair.source, np.array([cut_s]))
        return int(size[0]), int(files[0])

    # --- states -------------------------------------------------------------------------------

    def every_write_has_one_state(self, name: str) -> None:
        """Check by all configurations of a file system that each write is in one state."""
        made, system = self._made[name], self._systems[name]
        state = np.full(len(made.time_s), UNREPLICATED)
        for role in system.records.roles:
            records = self._pairs[role.replication].records
            if not role.is_source:
                self._discard(made, state, role, records)
                continue
            found = (state == UNREPLICATED) & (made.time_s <= _or(role.end_s, np.inf))
            cut_s = _last_cut_s(records)
            published = found & (made.time_s <= _or(cut_s, -np.inf))
            state[published] = PUBLISHED
            self._loss_was_pending(name, made, found & ~published, role)
            if role.end_s is None:
                state[found & ~published] = PENDING
            else:
                lost = _amount(made, found & ~published)
                require(LAW, lost == records.lost, f"what {role.replication} lost at deletion")
        stated = system.now.states
        for value, amount in enumerate(
            (stated.unreplicated, stated.pending, stated.published, stated.discarded)
        ):
            word = ("unreplicated", "pending", "published", "discarded")[value]
            require(LAW, amount == _amount(made, state == value), f"{word} writes of {name}")

    def _loss_was_pending(
        self, name: str, made: _Made, pending: NDArray[np.bool_], role: Role
    ) -> None:
        """Check a stated loss by the writes that were pending at the end of a role."""
        pair = self._pairs[role.replication]
        stated = pair.loss
        if stated is None:
            return
        of = f"of {name} by the disaster of {role.replication}"
        end_s = _or(role.end_s, self._systems[name].now.now_s)
        is_down = pair.records.source.unwritable.at(stated.disaster_s) is not None
        require(LAW_OF_LOSS, is_down and stated.disaster_s <= end_s, f"the begin {of}")
        size, count = _amount(made, pending).bytes, _amount(made, pending).writes
        require(LAW_OF_LOSS, stated.writes == count, f"writes lost {of}")
        if stated.point_s is None:
            stored = int(self._sizes(name, np.array([end_s]))[0][0])
            require(LAW_OF_LOSS, stated.bytes == stored, f"bytes lost with everything {of}")
            return
        require(LAW_OF_LOSS, stated.bytes == size, f"bytes lost {of}")
        require(LAW_OF_LOSS, stated.point_s == _last_cut_s(pair.records), f"recovery point {of}")
        some = pending & (made.all.writes > 0)
        begins, ends = made.all.begin_s[some], made.time_s[some]
        most, least = (
            max(0.0, stated.disaster_s - times.min(initial=np.inf)) for times in (begins, ends)
        )
        require(LAW_OF_LOSS, least <= _or(stated.lost_s, np.nan) <= most, f"seconds lost {of}")

    def _discard(self, made: _Made, state: Ints, role: Role, records: ReplicationRecords) -> None:
        found = (state == UNREPLICATED) & (made.time_s <= role.begin_s)
        state[found] = DISCARDED
        stated = records.discarded
        of = f"discarded by {role.replication}"
        require(LAW, stated.amount == _amount(made, found), f"writes {of}")
        some = found & (made.all.writes > 0)
        if not some.any():
            require(LAW, stated.first_s is None and stated.last_s is None, f"times {of}")
            return
        begins, ends = made.all.begin_s[some], made.time_s[some]
        first_s, last_s = _or(stated.first_s, np.nan), _or(stated.last_s, np.nan)
        require(LAW, bool(begins.min() <= first_s <= ends.min()), f"times {of}")
        require(LAW, bool(begins.max() <= last_s <= ends.max()), f"times {of}")


def _amount(made: _Made, chosen: NDArray[np.bool_]) -> Amount:
    return Amount(int(made.all.writes[chosen].sum()), int(made.all.bytes[chosen].sum()))


def _last_cut_s(records: ReplicationRecords) -> float | None:
    cuts = records.syncs.floats("cut_s")
    return float(cuts[-1]) if len(cuts) else records.last_replicated_s


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _rounded(shares: NDArray[np.floating[Any]]) -> Ints:
    whole: Ints = np.rint(shares).astype(np.int64)
    return whole
