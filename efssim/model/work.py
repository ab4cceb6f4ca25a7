"""What syncs have to do: one change set, or the columns of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class ChangeSet(NamedTuple):
    """What a sync sends: everything written after the last replicated cut and up to `cut_s`."""

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
    """Time of its first write; NaN where it is empty."""
    ends: tuple[int, ...]
    """Ordinal of the first write that is not in it, for each stream."""


@dataclass(frozen=True, slots=True)
class Work:
    """The change sets of consecutive syncs, a column each; see ChangeSet."""

    cut_s: Floats
    bytes: Ints
    written_bytes: Ints
    files: Ints
    large_file_bytes: Ints
    writes: Ints
    first_write_s: Floats
    ends: Ints
    """Shape (syncs, streams)."""

    def first(self, n: int) -> Work:
        """Return the first n of them."""
        return Work(*(getattr(self, name)[:n] for name in self.__slots__))

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
        )
