"""The work of syncs: one change set, or the columns of many."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class ChangeSet(NamedTuple):
    """The content of a sync: all writes after the last replicated cut and up to `cut_s`."""

    cut_s: float
    bytes: int
    """Bytes as sent: blocks that were overwritten count once."""
    written_bytes: int
    """Bytes as written."""
    files: int
    """Files changed."""
    large_file_bytes: int
    """Sizes of the large files touched."""
    writes: int
    first_write_s: float
    """Time of its first write; NaN where none is drawn one by one."""
    ends: tuple[int, ...]
    """Where it ends, for each stream: one ordinal of a write, or the three columns of a cell."""
    source_bytes: int = 0
    """Size of the source at the cut."""
    source_files: int = 0
    """Files of the source at the cut: the inventory."""


class Work(NamedTuple):
    """The change sets of consecutive syncs, a column each, which nobody changes; see ChangeSet."""

    cut_s: Floats
    bytes: Ints
    written_bytes: Ints
    files: Ints
    large_file_bytes: Ints
    writes: Ints
    first_write_s: Floats
    ends: Ints
    """Shape (syncs, columns); a stream of drawn writes has one column, one of cells three."""
    source_bytes: Ints
    source_files: Ints

    def part(self, part: slice) -> Work:
        """Return some of them."""
        return Work._make([column[part] for column in self])

    def with_stream(self, other: Work) -> Work:
        """Return the work of the same syncs when they send another stream's writes, too."""
        return Work(
            self.cut_s,
            self.bytes + other.bytes,
            self.written_bytes + other.written_bytes,
            self.files + other.files,
            self.large_file_bytes + other.large_file_bytes,
            self.writes + other.writes,
            np.fmin(self.first_write_s, other.first_write_s),  # a NaN, no write, gives way
            np.concatenate((self.ends, other.ends), axis=1),
            self.source_bytes + other.source_bytes,
            self.source_files + other.source_files,
        )

    def on_top_of(self, size_bytes: int, files: int) -> Work:
        """Return the work on a source that had a size and a number of files before all writes."""
        if not (size_bytes or files):
            return self
        return self._replace(
            source_bytes=self.source_bytes + size_bytes, source_files=self.source_files + files
        )

    def change_set(self, index: int) -> ChangeSet:
        """Return one of them."""
        return ChangeSet(
            cut_s=self.cut_s.item(index),
            bytes=self.bytes.item(index),
            written_bytes=self.written_bytes.item(index),
            files=self.files.item(index),
            large_file_bytes=self.large_file_bytes.item(index),
            writes=self.writes.item(index),
            first_write_s=self.first_write_s.item(index),
            ends=tuple(self.ends[index].tolist()),
            source_bytes=self.source_bytes.item(index),
            source_files=self.source_files.item(index),
        )

    @staticmethod
    def of(change_set: ChangeSet) -> Work:
        """Return the work of a single sync."""
        return Work._make([np.array([value]) for value in change_set])


def no_work(cuts_s: Floats) -> Work:
    """Return the work of syncs where there is no stream."""
    none = np.zeros(len(cuts_s), dtype=np.int64)
    never = np.full(len(cuts_s), math.nan)
    ends = np.zeros((len(cuts_s), 0), dtype=np.int64)
    return Work(cuts_s, none, none, none, none, none, never, ends, none, none)
