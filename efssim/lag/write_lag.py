"""Write lag: from the time of a write to the completion of the sync that published it.

Published writes stream through here a block at a time and are not kept. Sums are taken for each
sync and added exactly at the end, so that no figure depends on where the blocks end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from efssim.lag.histogram import LogHistogram
from efssim.records import OpenWrites, Publications

Floats = NDArray[np.float64]


class WriteLags:
    """Write lags of the writes made at or after `begin_s`, by write and by byte; pending bytes."""

    def __init__(self, begin_s: float) -> None:
        self.by_write, self.by_byte = LogHistogram(), LogHistogram()
        self.bytes_before = 0
        """Bytes published that were written before `begin_s`."""
        self.files = 0
        """Files changed by the writes that count."""
        self._begin_s = begin_s
        self._lag_sums: list[Floats] = []  # seconds, one per sync and stream
        self._byte_sums: list[Floats] = []  # byte-seconds
        self._early_sums: list[float] = []  # byte-seconds in the window of earlier writes

    def add(self, publications: Publications) -> None:
        """Take in a block of published writes."""
        times, sizes = publications.time_s, publications.bytes
        completed = np.repeat(publications.completed_s, publications.writes)
        lags = completed - times
        starts = _starts(publications.writes)
        early = int(times.searchsorted(self._begin_s, "left"))
        if early:
            self._add_early(completed[:early], sizes[:early])
            lags[:early] = 0.0
        weighted = lags * sizes
        self._lag_sums.append(np.add.reduceat(lags, starts) if len(starts) else lags)
        self._byte_sums.append(np.add.reduceat(weighted, starts) if len(starts) else lags)
        self.files += (len(times) - early) * publications.files_per_write
        self.by_write.add(lags[early:])
        self.by_byte.add(lags[early:], sizes[early:])

    def _add_early(self, completed: Floats, sizes: NDArray[np.int64]) -> None:
        self.bytes_before += int(sizes.sum())
        self._early_sums.extend(((completed - self._begin_s).clip(min=0.0) * sizes).tolist())

    def mean(self) -> float | None:
        """Return the mean write lag per write, in seconds."""
        return _ratio(_exact_sum(self._lag_sums), self.by_write.count)

    def mean_by_byte(self) -> float | None:
        """Return the mean write lag per byte, in seconds."""
        return _ratio(_exact_sum(self._byte_sums), self.by_byte.count)

    def pending_byte_seconds(self, open_writes: Iterable[OpenWrites], end_s: float) -> float:
        """Return the integral of pending bytes over [begin, end], in byte-seconds.

        Every byte is pending from its write to its completion, or to the end.
        """
        still: list[Floats] = [
            np.asarray((end_s - part.time_s.clip(min=self._begin_s)).clip(min=0.0) * part.bytes)
            for part in open_writes
        ]
        return _exact_sum([*self._byte_sums, np.array(self._early_sums), *still])


def _starts(writes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each sync's writes begin; syncs without writes are left out."""
    ends = writes.cumsum()
    starts: NDArray[np.int64] = (ends - writes)[writes > 0]
    return starts


def _exact_sum(parts: Iterable[Floats]) -> float:
    return math.fsum(value for part in parts for value in part.tolist())


def _ratio(total: float, count: int) -> float | None:
    return total / count if count else None
