"""A stream as its curve sees it: the source of its writes, and their work for a sync."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.model.writes.blocks import Writes
from efssim.model.writes.cells.law import SmallWrites
from efssim.model.writes.hot_set import HotBlocks
from efssim.model.writes.tapes import TapeReader

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BYTES, HOT_BYTES, BLOCKS = 0, 1, 2
"""Rows of the amounts: bytes written, those of hot writes, and the blocks that these dirtied."""

HOUR_S = 3600.0


@dataclass(frozen=True, eq=False, slots=True)
class WholeStream:
    """A stream of a scenario that is drawn in parts, of which a sync sends some bytes once."""

    hot: HotBlocks | None = None

    def sent_bytes(self, dirtied: int) -> int:
        """Return the bytes of the distinct blocks among so many bytes of dirtied ones."""
        return 0 if self.hot is None else self.hot.sent_bytes(dirtied // self.hot.block_bytes)


@dataclass(frozen=True)
class Stream:
    """A stream: the source of its writes, and the work that they are for a sync."""

    writes: Writes | SmallWrites | TapeReader
    """Drawn one by one, in cells, or by another world already."""
    files_per_write: int = 1
    hot: HotBlocks | None = None
    large_file_bytes: int = 0
    """Size of the one large file that all writes go into; 0: each write has its own files."""
    after_s: float = 0.0
    """Writes at or before this time are not the stream's."""
    new_bytes: float = 1.0
    """Share of the bytes of its writes, the hot ones left out, that add to the size."""
    new_files: float = 0.0
    """Share of the files that its writes change that are new."""
    part_of: WholeStream | None = None
    """The stream that it is a part of, if a sync sends the parts together."""

    @property
    def adds_all(self) -> bool:
        """Whether every byte that it writes adds to the size."""
        return self.hot is None and self.new_bytes == 1

    @property
    def publishes_files(self) -> int:
        """Files that each write adds to a sync; 0 where all go into one."""
        return 0 if self.large_file_bytes else self.files_per_write

    def files(self, writes: int) -> int:
        """Return the files that a sync of some writes changes."""
        return 1 if self.large_file_bytes else writes * self.files_per_write

    def added_bytes(self, totals: Ints) -> Ints:
        """Return the growth of the size: a share of cumulative totals, rounded as a whole.

        `totals` are rows of amounts: bytes and, of a stream with a hot set, hot bytes.
        """
        if not self.new_bytes:
            return np.zeros(totals.shape[1], dtype=np.int64)
        fresh = totals[BYTES] if self.hot is None else totals[BYTES] - totals[HOT_BYTES]
        return fresh if self.new_bytes == 1 else _share(fresh, self.new_bytes)

    def added_files(self, writes: int) -> int:
        """Return how many new files some writes from the first one on have made."""
        return round(self.new_files * float(writes * self.files_per_write))

    def added_files_many(self, writes: Ints) -> Ints:
        """Return `added_files` of each of some numbers of writes."""
        if not self.new_files:
            return np.zeros(len(writes), dtype=np.int64)
        return _share(writes * self.files_per_write, self.new_files)


def _share(totals: Ints, share: float) -> Ints:
    """Return a share of cumulative totals, rounded; to the same bits as for a single number."""
    shares: Ints = np.rint(totals * share).astype(np.int64)
    return shares
