"""A buffer of completed syncs before the records: they wait for more of them, or for a reader.

Between two disturbances there are too few syncs for the cost of NumPy's calls that pass them on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from efssim.model.writes.change_sets import Floats, Ints, Work
from efssim.model.writes.journal import Journal
from efssim.records.pieces import PublishedPieces
from efssim.records.run_records import Publications, ReplicationRecords

_MANY = 16_384
"""Syncs that are worth the calls that record them; no result depends on it."""


class Completed:
    """A buffer of completed syncs, and of the writes that they published, before the records."""

    def __init__(self, journal: Journal, records: ReplicationRecords) -> None:
        self._journal, self._records = journal, records
        self._parts: list[tuple[NDArray[Any], ...]] = []
        self._waiting = self._streams = 0

    def add(self, work: Work, completed_s: Floats, attempts: Ints) -> None:
        """Take in consecutive syncs, at least one; later, nobody changes the arrays."""
        syncs, streams = work.ends.shape
        if streams != self._streams:
            self.flush()
            self._streams = streams
        self._journal.take_as_published(work.ends[-1:])
        self._parts.append((*work, completed_s, attempts))
        self._waiting += syncs
        if self._waiting >= _MANY:
            self.flush()

    def flush(self) -> None:
        """Record all that wait."""
        if not self._parts:
            return
        parts, self._parts, self._waiting = self._parts, [], 0
        joined = parts[0] if len(parts) == 1 else map(np.concatenate, zip(*parts, strict=True))
        *columns, completed_s, attempts = joined
        work = Work._make(columns)
        written = self._written(work, completed_s)
        published = self._journal.publish(work.ends, completed_s)
        self._records.syncs.extend(
            (
                work.cut_s,
                completed_s,
                work.bytes,
                work.written_bytes,
                work.files,
                work.writes,
                attempts,
                _first_s(work, published),
                written,
                work.source_bytes,
                work.source_files,
            )
        )
        self._records.compared.extend((work.large_file_bytes,))
        for writes in published:
            self._records.record_published(writes)

    def _written(self, work: Work, completed_s: Floats) -> Ints:
        """Return the bytes written by each completion, shape (syncs,); 0 if nobody reads them."""
        if not self._records.counts_written:
            return np.zeros(len(completed_s), dtype=np.int64)
        return self._journal.written_at(completed_s, work.cut_s, work.ends)


def _first_s(work: Work, published: list[Publications | PublishedPieces]) -> Floats:
    """Return the time of the first write of each sync; NaN for those without."""
    first_s = work.first_write_s  # of the streams whose writes are drawn
    for writes in published:
        if isinstance(writes, PublishedPieces):
            first_s = np.fmin(first_s, writes.sync_first_s)
    return first_s
