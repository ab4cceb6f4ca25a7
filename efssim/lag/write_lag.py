"""Write lag: from the time of a write to the completion of the sync that published it.

Published writes stream through here a block at a time and are not kept. Sums are taken for each
sync and these added in blocks of their own, so that no figure depends on where the writes' end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.block_sums import BlockSums
from efssim.lag.weighted.histogram import LogHistogram
from efssim.lag.weighted.spread_weights import SpreadWeights, ValueSpans, with_spread
from efssim.records.pieces import DroppedPieces, OpenPieces, PublishedPieces
from efssim.records.run_records import DroppedWrites, OpenWrites, Publications, ReplicationRecords

Floats = NDArray[np.float64]

_BATCH = 16_384
"""Writes and syncs that are worth the calls of NumPy that they take."""


class WriteLags:
    """Write lags of the writes made at or after `begin_s`, by write and by byte; pending bytes."""

    def __init__(
        self,
        begin_s: float,
        records: ReplicationRecords,
        *,
        by_write: bool = True,
        by_byte: bool = True,
        pending: bool = True,
    ) -> None:
        """Take the lags by write and by byte and pending bytes, or those of them that are read."""
        self._reads = by_write, by_byte, pending
        self._by_write, self._by_byte = LogHistogram(), LogHistogram()
        # By stream, of those that are drawn in cells.
        self._spread: dict[int, tuple[SpreadWeights, SpreadWeights]] = {}
        self.bytes_before = 0
        """Bytes published that were written before `begin_s`."""
        self.count = 0
        """Writes that count."""
        self.files = 0
        """Files changed by the writes that count."""
        self.dropped_bytes: dict[str, int] = {}
        """Bytes that could not be written at or after `begin_s`, by cause."""
        self._begin_s, self._records = begin_s, records
        self._waiting: dict[int, list[Publications]] = {}  # by stream
        self._size = 0  # writes and syncs that wait
        # By stream: seconds, byte-seconds, byte-seconds while pending bytes are defined.
        self._sums: tuple[dict[int, BlockSums], ...] = {}, {}, {}

    def add(self, publications: Publications | PublishedPieces) -> None:
        """Take in a block of published writes; small ones wait for more."""
        if isinstance(publications, PublishedPieces):
            self._take_pieces(publications)
            return
        self._waiting.setdefault(publications.stream, []).append(publications)
        self._size += len(publications.time_s) + len(publications.writes)
        if self._size >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Count the publications that still wait for more."""
        for parts in self._waiting.values():
            self._take(parts)
        self._waiting.clear()
        self._size = 0

    def _take(self, parts: list[Publications]) -> None:
        early = 0
        for part in parts:
            before = int(part.time_s.searchsorted(self._begin_s, "left"))
            self.bytes_before += int(part.bytes[:before].sum()) if before else 0
            counted = len(part.time_s) - before
            self.count += counted
            self.files += counted * part.files_per_write
            early += before
        if any(self._reads):
            self._take_lags(_joined(parts), early)

    def _take_lags(self, publications: Publications, early: int) -> None:
        """Take in the lags of writes, of which the first `early` do not count."""
        times, sizes = publications.time_s, publications.bytes
        lags = np.repeat(publications.completed_s, publications.writes)
        lags -= times
        lags[:early] = 0.0
        starts = _starts(publications.writes)
        reads_writes, reads_bytes, reads_pending = self._reads
        is_shared = reads_pending and self._all_defined(times)
        by_byte = _by_sync(lags * sizes, starts) if reads_bytes or is_shared else None
        if reads_writes:
            self._sum(0, publications.stream, _by_sync(lags, starts))
            self._by_write.add(lags[early:])
        if reads_bytes:
            self._sum(1, publications.stream, by_byte)
            self._by_byte.add(lags[early:], sizes[early:])
        if reads_pending:
            pending = by_byte if is_shared else self._pending(publications)
            self._sum(2, publications.stream, pending)

    def _sum(self, kind: int, stream: int, terms: Floats | None) -> None:
        """Add terms, in order, to one of the sums of a stream."""
        assert terms is not None
        self._sums[kind].setdefault(stream, BlockSums()).add(terms)

    def _take_pieces(self, published: PublishedPieces) -> None:
        """Take in writes of which only how many there are in a span is known.

        Their lags are evenly spread between those of the span's ends.
        """
        pieces, stream = published.pieces, published.stream
        completed_s = np.repeat(published.completed_s, published.each)
        counts, sizes = pieces.writes, pieces.bytes
        is_early = pieces.begin_s < self._begin_s
        if is_early.any():
            self.bytes_before += int(sizes[is_early].sum())
            counts, sizes = (np.where(is_early, 0, amounts) for amounts in (counts, sizes))
        low, high = completed_s - pieces.end_s, completed_s - pieces.begin_s
        self.count += int(counts[high > low].sum())
        self.files += int(counts.sum()) * published.files_per_write
        if self._reads[2]:
            self._sum(2, stream, self._pending_pieces(published, completed_s))
        if not any(self._reads[:2]):
            return
        middle = (low + high) / 2
        if stream not in self._spread:
            self._spread[stream] = SpreadWeights(), SpreadWeights()
        spans = ValueSpans.of(low, high, completed_s - published.first_s)
        for kind, (each, weights) in enumerate(
            zip(self._spread[stream], (counts, sizes), strict=True)
        ):
            if self._reads[kind]:
                self._sum(kind, stream, middle * weights)
                each.add(spans, weights)

    def _pending_pieces(self, published: PublishedPieces, completed_s: Floats) -> Floats:
        """Return, for each piece, the byte-seconds that its writes were pending and counted."""
        begin_s = self._pending_from_s
        if begin_s == math.inf:
            return np.zeros(len(completed_s))
        return published.pieces.overlap_s(begin_s, completed_s) * published.pieces.bytes

    def of_writes(self) -> LogHistogram:
        """Return the lags so far, of each write one."""
        return with_spread(self._by_write, [spread for spread, _ in self._in_order()])

    def of_bytes(self) -> LogHistogram:
        """Return the lags so far, of each byte one."""
        return with_spread(self._by_byte, [spread for _, spread in self._in_order()])

    def _in_order(self) -> list[tuple[SpreadWeights, SpreadWeights]]:
        return [self._spread[stream] for stream in sorted(self._spread)]

    def drop(self, dropped: DroppedWrites | DroppedPieces) -> None:
        """Take in writes that could not be made."""
        size = dropped.since(self._begin_s).bytes
        self.dropped_bytes[dropped.cause] = self.dropped_bytes.get(dropped.cause, 0) + size

    @property
    def _pending_from_s(self) -> float:
        """From when on pending bytes count: in the window, once LastReplicatedTimestamp exists."""
        defined_s = self._records.defined_s
        return math.inf if defined_s is None else max(self._begin_s, defined_s)

    def _all_defined(self, times: Floats) -> bool:
        return not len(times) or times.item(0) >= self._pending_from_s

    def _pending(self, publications: Publications) -> Floats:
        """Return, for each sync, the byte-seconds that its writes were pending and counted."""
        completed = np.repeat(publications.completed_s, publications.writes)
        begin = publications.time_s.clip(min=self._pending_from_s)
        pending = (completed - begin).clip(min=0.0) * publications.bytes
        return _by_sync(pending, _starts(publications.writes))

    def total_s(self) -> float:
        """Return the sum of the lags of all writes, in seconds."""
        return _total(self._sums[0])

    def byte_s(self) -> float:
        """Return the sum of the lags of all bytes, in byte-seconds."""
        return _total(self._sums[1])

    def pending_byte_seconds(
        self, open_writes: Iterable[OpenWrites | OpenPieces], end_s: float
    ) -> float:
        """Return the integral of pending bytes up to `end_s`, in byte-seconds.

        Every byte is pending from its write to its completion, or to the end; time before
        the window or before the first LastReplicatedTimestamp does not count.
        """
        begin_s = self._pending_from_s
        still = [part.byte_seconds(begin_s, end_s) for part in open_writes]
        return math.fsum([_total(self._sums[2]), *still])


def _joined(parts: list[Publications]) -> Publications:
    """Return consecutive publications of one stream as one."""
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        time_s=np.concatenate([part.time_s for part in parts]),
        bytes=np.concatenate([part.bytes for part in parts]),
        writes=np.concatenate([part.writes for part in parts]),
        completed_s=np.concatenate([part.completed_s for part in parts]),
    )


def _total(sums: dict[int, BlockSums]) -> float:
    return math.fsum(part.total() for part in sums.values())


def _by_sync(values: Floats, starts: NDArray[np.int64]) -> Floats:
    """Return the sum for each sync that has writes."""
    return np.add.reduceat(values, starts) if len(starts) else values


def _starts(writes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each sync's writes begin; syncs without writes are left out."""
    ends = writes.cumsum()
    starts: NDArray[np.int64] = (ends - writes)[writes > 0]
    return starts
