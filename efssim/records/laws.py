"""Laws that every run must satisfy, checked on its records and independently of the model.

1. Every write at or before LastReplicatedTimestamp was published by a sync that completed no later
   than the moment that timestamp was visible.
2. LastReplicatedTimestamp never decreases and is never later than now.
3. Statuses follow the table of legal changes, and a sync is cut and completes in one ENABLED span.
4. Bytes written = bytes published + bytes pending, at every completion.
5. Little's law: the integral of pending bytes = the sum over writes of bytes times time pending.
7. More throughput never makes any write later (one replication, gap 0, no failed attempt, every
   sync shorter than the interval, common random numbers).
8. Conservation, of all file systems together: in `conservation`.
9. Loss: what a disaster lost is what was pending when the configuration was gone; there, too.

A broken law is a bug of the simulator and raises LawViolation.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from efssim.errors import EfssimError
from efssim.records.lifetimes import Lifetimes, PiecesOfRun, WriteLog
from efssim.records.run_records import ReplicationRecords, Snapshot

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_EDGES: dict[str | None, set[str | None]] = {
    None: {"ENABLING", "ENABLED"},
    "ENABLING": {"ENABLED", "ERROR", "DELETING"},
    "ENABLED": {"PAUSING", "ERROR", "DELETING"},
    "PAUSING": {"PAUSED", "ERROR", "DELETING"},
    "PAUSED": {"ENABLED", "ERROR", "DELETING"},
    "ERROR": {"DELETING"},
    "DELETING": {None},
}
"""The checkers' own copy of the legal changes of status; None: no configuration."""

_INTEGRAL_TOLERANCE = 1e-9
"""Relative: both sides of law 5 are sums of rounded products in different orders."""


_CELL_S = 60.0
"""The checkers' own copy of the length of a cell."""
_MOST = 2**62
"""Bytes that no run has."""


class LawViolation(EfssimError, AssertionError):  # noqa: N818 - the name of a broken law
    """A run broke a law; the message names it."""


def check(records: ReplicationRecords, snapshot: Snapshot, log: WriteLog) -> None:
    """Check laws 1 to 5 on one replication; raise LawViolation for the first broken one."""
    writes = log.pieces(snapshot)
    _last_replicated_is_ordered(records, snapshot)
    _statuses_follow_the_table(records)
    _replicated_means_published(records, writes)
    _bytes_are_conserved(records, snapshot, writes)
    _little(records, snapshot, writes)


def check_more_throughput(slow: Lifetimes, fast: Lifetimes) -> None:
    """Check law 7 on the writes of two runs that differ only in throughput."""
    require(7, np.array_equal(slow.time_s, fast.time_s), "the runs share their writes")
    require(7, bool((fast.published_s <= slow.published_s).all()), "no write is later")


def _last_replicated_is_ordered(records: ReplicationRecords, snapshot: Snapshot) -> None:
    cut, completed = records.syncs.floats("cut_s"), records.syncs.floats("completed_s")
    first = records.last_replicated_s
    seen = np.concatenate(([] if first is None else [first], cut))
    require(2, bool((np.diff(seen) >= 0).all()), "LastReplicatedTimestamp never decreases")
    require(2, bool((cut <= completed).all()), "LastReplicatedTimestamp is never later than now")
    require(2, bool((np.diff(completed) >= 0).all()), "completions are in order")
    require(2, bool((completed <= snapshot.now_s).all()), "no completion is in the future")


def _statuses_follow_the_table(records: ReplicationRecords) -> None:
    status: str | None = None
    since_s = records.created_s
    for change in records.statuses:
        edge = f"{change.before} to {change.after} at {change.time_s!r} s"
        require(3, change.before == status, f"a status follows the one before: {edge}")
        require(3, change.after in _EDGES[status], f"the change is legal: {edge}")
        require(3, since_s <= change.time_s, f"statuses are in order: {edge}")
        status, since_s = change.after, change.time_s
    require(3, (status is None) == (records.gone is not None), "a deleted configuration is gone")
    cut, completed = records.syncs.floats("cut_s"), records.syncs.floats("completed_s")
    is_enabled = np.zeros(len(completed), dtype=bool)
    edges = [*(change.time_s for change in records.statuses), np.inf]
    for change, until_s in zip(records.statuses, edges[1:], strict=True):
        if change.after == "ENABLED":
            is_enabled |= (cut >= change.time_s) & (completed <= until_s)
    require(3, bool(is_enabled.all()), "a sync is cut and completes in one span of ENABLED")


def _replicated_means_published(records: ReplicationRecords, writes: PiecesOfRun) -> None:
    """Require that the first sync with a cut at or after a write is the one that published it."""
    cut, completed = records.syncs.floats("cut_s"), records.syncs.floats("completed_s")
    index = cut.searchsorted(writes.time_s, "left")
    due = np.append(completed, np.inf)[index]
    require(1, bool((writes.published_s == due).all()), "a write at or before LRT is published")
    before = np.append(-np.inf, cut)[index]
    require(1, bool((writes.begin_s >= before).all()), "writes of a piece are between two cuts")
    counts = np.zeros(len(cut) + 1, dtype=np.int64)
    np.add.at(counts, index, writes.writes)
    counted = np.array_equal(counts[:-1], records.syncs.ints("writes"))
    require(1, counted, "syncs count their writes")


def _bytes_are_conserved(
    records: ReplicationRecords, snapshot: Snapshot, writes: PiecesOfRun
) -> None:
    completed = records.syncs.floats("completed_s")
    published = records.syncs.ints("published_bytes").cumsum()
    by_publication = writes.published_s.argsort(kind="stable")
    visible = _totals(writes.bytes[by_publication])[
        writes.published_s[by_publication].searchsorted(completed, "right")
    ]
    totals = _totals(writes.bytes)
    written = records.syncs.ints("written_bytes")
    low, high = _bytes_written(records, snapshot.now_s, writes)
    # Syncs of one instant count together: only the last of them is compared.
    ordered = np.diff(completed, append=np.inf) > 0
    require(4, np.array_equal(published[ordered], visible[ordered]), "published = visible bytes")
    require(4, bool(((low <= written) & (written <= high)).all()), "bytes written")
    require(4, bool((published <= written).all()), "published is at most written")
    pending = sum(part.amount.bytes for part in snapshot.open_writes)
    sent = int(published[-1]) if len(published) else 0
    require(4, snapshot.written_bytes == sent + pending, "written = published + pending")
    require(4, snapshot.written_bytes == int(totals[-1]), "every byte has its write")


def _bytes_written(
    records: ReplicationRecords, now_s: float, writes: PiecesOfRun
) -> tuple[Ints, Ints]:
    """Return bounds of the bytes written by each completion; equal where single writes are known.

    In a cell they are on the straight line from the cut, or what came last of the begin of the cell
    and the end of a stop, to the end of the cell, to a byte for each stream. Where the records do
    not have the end of that line (the cell is not over, a stop begins in it, a stream begins or
    ends in it, or cells do not end at whole minutes), they are at least those at its begin.
    """
    cut, completed = records.syncs.floats("cut_s"), records.syncs.floats("completed_s")
    is_piece = writes.is_piece
    drawn = writes.bytes_by(completed, ~is_piece)
    if not writes.is_in_cells:
        return drawn, drawn
    minutes, others = is_piece & writes.is_by_minutes, is_piece & ~writes.is_by_minutes
    begins = np.array([-np.inf, *records.source.unwritable.begins_s, np.inf])
    stop = begins.searchsorted(completed, "left") - 1
    over_s = np.array([-np.inf, *records.source.unwritable.ends_s])[stop]
    is_stopped = completed <= over_s
    cell_s = np.floor(completed / _CELL_S) * _CELL_S
    edge_s = cell_s + _CELL_S
    since_s = np.where(is_stopped, begins[stop], np.maximum(cut, over_s))
    low_s = np.where(is_stopped, since_s, np.maximum(since_s, cell_s))
    least = drawn + writes.bytes_by(since_s, others)
    low = writes.bytes_by(low_s, minutes)
    rise = np.where(is_stopped, 0.0, (completed - low_s) / (edge_s - low_s))
    line = low + np.rint(rise * (writes.bytes_by(edge_s, minutes) - low)).astype(np.int64)
    streams = np.unique(writes.stream[minutes & (writes.writes > 0)])
    first_s = [writes.begin_s[minutes & (writes.stream == stream)].min() for stream in streams]
    switches = np.array(records.source.switches_s)
    is_whole = switches.searchsorted(cell_s, "right") == switches.searchsorted(edge_s, "left")
    has_end = (edge_s <= now_s) & (begins[stop + 1] >= edge_s) & (cut >= max(first_s, default=0.0))
    has_end &= is_whole
    off = np.where(is_stopped, 0, len(streams))
    is_known = is_stopped | (has_end & (not others.any()))
    low = np.where(is_stopped | has_end, line - off, low)
    return least + low, least + np.where(is_known, line + off, _MOST)


def _little(records: ReplicationRecords, snapshot: Snapshot, writes: PiecesOfRun) -> None:
    """Require Little's law: curves from times and sync columns, the sum from publications.

    In a piece bytes are evenly spread: pending bytes rise in a straight line.
    """
    now = snapshot.now_s
    # From the creation on, when nothing was pending.
    times = np.concatenate((writes.time_s, records.syncs.floats("completed_s"), [now]))
    steps = np.concatenate((writes.bytes, -records.syncs.ints("published_bytes"), [0]))
    order = times.argsort(kind="stable")
    pending = steps[order].cumsum()[:-1]
    rising = (writes.time_s - writes.begin_s) / 2 * writes.bytes
    integral = math.fsum(np.concatenate((np.diff(times[order]) * pending, rising)))
    middle = (writes.begin_s + writes.time_s) / 2
    lags = (np.minimum(writes.published_s, now) - middle) * writes.bytes
    by_write = math.fsum(lags)
    close = math.isclose(integral, by_write, rel_tol=_INTEGRAL_TOLERANCE, abs_tol=1e-3)
    require(5, close, f"integral {integral!r} = sum over writes {by_write!r}")


def _totals(sizes: Ints) -> Ints:
    """Return the bytes before each write and after the last, shape (n + 1,)."""
    totals = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=totals[1:])
    return totals


def require(law: int, holds: bool, sentence: str) -> None:
    """Raise LawViolation unless a sentence of a law holds."""
    if not holds:
        raise LawViolation(f"law {law} is broken: {sentence}")
