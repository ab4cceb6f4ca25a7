"""DataWriteIOBytes: statistics of the writes of each minute."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.cloudwatch.series import EMPTY, MINUTE_S, Series
from efssim.records.pieces import OpenPieces, PublishedPieces
from efssim.records.run_records import OpenWrites, Publications

Floats = NDArray[np.float64]


class WriteMinutes:
    """Statistics of the writes of each minute: a sink of writes."""

    def __init__(self) -> None:
        self._minutes: dict[int, tuple[int, int, int, int]] = {}

    def add(self, writes: Publications | OpenWrites | PublishedPieces | OpenPieces) -> None:
        """Take in a block of writes that no longer change: a sink of the records."""
        _add_any(self._minutes, writes)

    def series(self, still_open: tuple[OpenWrites | OpenPieces, ...] = ()) -> Series:
        """Return a sample for each minute with writes, those that are still open included."""
        minutes = dict(self._minutes)
        for part in still_open:
            _add_any(minutes, part)
        if not minutes:
            return EMPTY
        ordered = sorted(minutes)
        columns = np.array([minutes[minute] for minute in ordered], dtype=np.float64).T
        return Series(np.array(ordered) * MINUTE_S, *columns)


def _add_any(
    minutes: dict[int, tuple[int, int, int, int]],
    writes: Publications | OpenWrites | PublishedPieces | OpenPieces,
) -> None:
    """Add writes; of those that are not drawn one by one, each has the mean size of its piece."""
    if isinstance(writes, Publications | OpenWrites):
        _add(minutes, writes.time_s, writes.bytes)
        return
    pieces = writes.pieces
    some = pieces.writes > 0
    found = zip(
        np.floor(pieces.begin_s[some] / MINUTE_S).astype(np.int64).tolist(),
        pieces.writes[some].tolist(),
        pieces.bytes[some].tolist(),
        strict=True,
    )
    for minute, count, size in found:
        mean = round(size / count)
        old_count, old_size, least, largest = minutes.get(minute, (0, 0, mean, mean))
        minutes[minute] = old_count + count, old_size + size, min(least, mean), max(largest, mean)


def _add(
    minutes: dict[int, tuple[int, int, int, int]], time_s: Floats, size: NDArray[np.int64]
) -> None:
    """Add writes, in order of time, to count, sum, least and largest of their minutes."""
    if not len(time_s):
        return
    minute = np.floor(time_s / MINUTE_S).astype(np.int64)
    first = np.flatnonzero(np.diff(minute, prepend=minute[0] - 1))
    counts = np.diff(first, append=len(minute))
    totals = np.add.reduceat(size, first)
    least, largest = np.minimum.reduceat(size, first), np.maximum.reduceat(size, first)
    found = zip(
        minute[first].tolist(),
        counts.tolist(),
        totals.tolist(),
        least.tolist(),
        largest.tolist(),
        strict=True,
    )
    for at, *new in found:
        old = minutes.get(at)
        count, total, low, high = new
        if old is not None:
            count, total = count + old[0], total + old[1]
            low, high = min(low, old[2]), max(high, old[3])
        minutes[at] = (count, total, low, high)
