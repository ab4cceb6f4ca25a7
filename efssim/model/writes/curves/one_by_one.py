"""A stream of cells for one time after the other, as plain numbers, in a loop of syncs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.cuts import Cuts
from efssim.model.writes.cells.tree import LEAVES, CellTree
from efssim.model.writes.curves.cells import COLUMNS, CellCurve, Lists, bits_of
from efssim.scenario.workload.drawing import CELL_S

Ints = NDArray[np.int64]

_CELLS = 16
"""Cells whose leaves are drawn at once."""
_NEAR_S = 40.0
"""Times that are closer than this are looked up among all leaves, others in the tree."""


class OneByOne:
    """The unpublished writes of one stream; `take` is asked for rising times."""

    def __init__(self, curve: CellCurve, cuts: Cuts | None = None, length: int = 0) -> None:
        """Look `length` times ahead once two of them are cuts on time."""
        self._curve, self.spec = curve, curve.stream
        self._on_time, self._length = cuts, length
        self._ahead_s: list[float] = []
        self._ahead: Lists = [], []
        self._next = 0  # of those ahead
        self._has_stops = curve.has_stops
        self.adds_files = curve.stream.new_files > 0
        self._cuts_s: list[float] = []
        self._counts: list[int] = []
        self._sizes: list[int] = []
        self._begin, self._count, self._size = curve.published
        self._hot = curve.hot
        self._last_s = 0.0
        self._first = self._end = 0  # cells whose leaves are there
        self._leaves: tuple[list[int], list[int], list[float], list[float]] = [], [], [], []

    def take(self, cut_s: float) -> tuple[int, int]:
        """Return how many writes the next sync has, those up to its cut, and the bytes to send."""
        curve = self._curve
        until_s, left_out, left_size = cut_s, 0, 0
        if self._has_stops:
            until_s, (left_out, left_size) = curve.made(cut_s)
        by_cells_s = until_s if curve.clock is None else curve.clock.at(until_s)
        cell = int(by_cells_s / CELL_S)
        if self._is_ahead(cut_s) and until_s == cut_s:
            count, size = self._ahead[0][self._next], self._ahead[1][self._next]
            self._next += 1
        elif self._first <= cell < self._end or cut_s - self._last_s < _NEAR_S:
            count, size = self._among_leaves(cell, by_cells_s)
        else:
            count, size = curve.all_at(until_s)
        self._last_s = cut_s
        count, size = count - left_out, size - left_size
        new, more = count - self._count, size - self._size
        self._count, self._size = count, size
        self._cuts_s.append(cut_s)
        self._counts.append(count)
        self._sizes.append(size)
        if self._hot is not None:
            end = bits_of(cut_s)
            more = self._hot.sent(self._begin, end, new, more)
            self._begin = end
        return new, more

    def _is_ahead(self, cut_s: float) -> bool:
        """Return whether a time is the next one that was looked up ahead; look ahead if it pays."""
        if self._next < len(self._ahead_s) and self._ahead_s[self._next] == cut_s:
            return True
        on_time = self._on_time
        if not on_time or not on_time.interval_s or not on_time.may_follow(self._last_s, cut_s):
            return False
        self._ahead_s, self._ahead = self._curve.look_ahead(on_time.row(cut_s, self._length))
        self._next = 0
        return True

    def _among_leaves(self, cell: int, time_s: float) -> tuple[int, int]:
        """Return count and bytes up to a time in a cell, made or not."""
        if not self._first <= cell < self._end:
            self._grow(cell)
        share = (time_s - cell * CELL_S) / CELL_S
        place = (share if share > 0.0 else 0.0) * LEAVES
        leaf = int(place)
        index = (cell - self._first) * LEAVES + leaf
        before, sizes_before, counts, sizes = self._leaves
        count, size = CellTree.in_leaf(place - leaf, 0.0, 0.0, counts[index], sizes[index])
        # The totals are integers: floats of a year's bytes may lose the last ones.
        return before[index] + int(count), sizes_before[index] + int(size)

    def _grow(self, cell: int) -> None:
        self._first, self._end = cell, cell + _CELLS
        counts, sizes, before, sizes_before = self._curve.leaves(cell, _CELLS)
        self._leaves = before.tolist(), sizes_before.tolist(), counts.tolist(), sizes.tolist()

    def added_files(self) -> int:
        """Return the files that the stream has added by the cut of the last sync."""
        return self.spec.added_files(self._count)

    def column(self) -> Ints:
        """Return where the syncs end, shape (syncs, 3)."""
        ends = np.empty((len(self._cuts_s), COLUMNS), dtype=np.int64)
        ends[:, 0] = np.array(self._cuts_s).view(np.int64)
        ends[:, 1], ends[:, 2] = self._counts, self._sizes
        return ends
