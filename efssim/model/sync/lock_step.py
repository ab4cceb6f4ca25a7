"""Loops of syncs that wait for one another, of many trials: one NumPy operation for each cycle.

A trial is a lane, a cycle a row. The operations are those of `lone_loop`, in the same order, so
that a trial alone has the same bits. To look up the cut of every lane among its own writes takes
one `searchsorted`: times are compared by their bits, which rise with them, below those of the lane.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.draws import DrawSeries, Same
from efssim.model.sync.lone_loop import LoneLoop
from efssim.model.writes.change_sets import Floats, Ints

Bools = NDArray[np.bool_]

LEAST = 12
"""Lanes from which a row costs less than each lane's loop does."""

_ROWS = 512
"""Cycles that are planned between two looks at the lanes."""
_CHECK = 32
"""Cycles between two looks whether lanes are over."""
_LARGEST = 2**63 - 1
_EXACT = 2**53
"""Whole numbers below it are exact as floats."""


def run_together(loops: Sequence[LoneLoop]) -> None:
    """Run loops to their ends: together as far as they are many, the rest of each alone."""
    lanes = [loop for loop in loops if not loop.interval_s and len(loop.times_s)]
    while len(lanes) >= LEAST:
        rows = LaneRows(lanes)
        if not rows.fit:
            break
        rows.run()
        lanes = [loop for loop, goes_on in zip(lanes, rows.hand_out(), strict=True) if goes_on]
    for loop in loops:
        loop.run()


class LaneWrites:
    """The next writes of all lanes, one lane after the other, and their lookup by time."""

    def __init__(self, lanes: Sequence[LoneLoop], rows: int) -> None:
        each = sum(lane.begin for lane in lanes) / max(1, sum(lane.count for lane in lanes))
        length = int(1.25 * rows * (each or 16.0)) + 64
        times = [lane.times_s[lane.begin : lane.begin + length].view(np.int64) for lane in lanes]
        cuts: Ints = np.array([lane.cut_s for lane in lanes]).view(np.int64)
        sizes = np.array([len(bits) + 1 for bits in times])
        self.starts: Ints = sizes.cumsum() - sizes
        """Where each lane begins; it has a place more than writes, for its last total."""
        low = min(int(cuts.min()), *(bits.item(0) for bits in times))
        high = max(int(cuts.max()), *(bits.item(-1) for bits in times))
        width = 64 - (len(lanes) - 1).bit_length()
        top = min(low + (1 << width) - 2, _LARGEST - 1)
        self.fit = low >= 0 and high < top and all(lane.totals.item(-1) < _EXACT for lane in lanes)
        """Whether the bits of all times leave room for those of the lane, and totals are exact."""
        # Sums of 64 bits wrap around, and back again: the keys themselves are in range.
        ordinals = np.arange(len(lanes), dtype=np.int64) - (1 << (63 - width))
        self.lane: Ints = (ordinals << width) - low
        """The addend of the bits of a time in each lane."""
        self.keys: Ints = np.empty(sizes.sum(), dtype=np.int64)
        # A place more, for cuts beyond all lanes.
        self.totals: Floats = np.zeros(sizes.sum() + 1)
        """Bytes before each write, and after the last one."""
        for lane, bits, key, start in zip(lanes, times, self.lane, self.starts, strict=True):
            end = start + len(bits)
            np.add(bits, key, out=self.keys[start:end])
            self.totals[start : end + 1] = lane.totals[lane.begin : lane.begin + len(bits) + 1]
        self.keys[self.starts + sizes - 1] = self.lane + (top + 1)
        # The first write that is not here: a cut from it on cannot be looked up.
        beyond = [
            lane.times_s.item(lane.begin + length)
            if lane.begin + length < len(lane.times_s)
            else math.inf
            for lane in lanes
        ]
        self.beyond: Ints = np.minimum(np.array(beyond).view(np.int64), top)


class LaneWork:
    """The durations of syncs of all lanes where more than their bytes matters."""

    def __init__(self, lanes: Sequence[LoneLoop], starts: Ints) -> None:
        terms = [lane.terms for lane in lanes]
        self._before = starts
        self._file_rate = np.array([each.file_rate for each in terms])
        self._files_per_write = np.array([each.files_per_write for each in terms])
        self._has_one_file = np.array([each.has_one_file for each in terms])
        self._counts_files = bool((self._file_rate < math.inf).any())
        self.matters = self._counts_files or any(each.scan_s or each.diff_s for each in terms)
        """Whether anything but bytes changes a duration."""

    def duration(self, ends: Ints, transfer_s: Floats, idle_s: Floats, busy_s: Floats) -> Floats:
        """Return the durations of syncs that have to send their bytes for so long, at least."""
        counts = ends - self._before
        is_busy, self._before = counts > 0, ends
        if self._counts_files:
            files = np.where(self._has_one_file, is_busy, counts * self._files_per_write)
            transfer_s = np.maximum(transfer_s, files / self._file_rate)
        duration_s: Floats = np.where(is_busy, busy_s, idle_s) + transfer_s
        return duration_s


class LaneRows:
    """So many cycles of each lane."""

    def __init__(self, lanes: Sequence[LoneLoop]) -> None:
        self._lanes = lanes
        self._most = min(_ROWS, *(lane.limits.most - lane.count for lane in lanes))
        self._writes = LaneWrites(lanes, self._most)
        self.fit = self._writes.fit
        """Whether the lanes can be planned together."""
        self._cuts_s = np.empty((self._most + 1, len(lanes)))
        self._cuts_s[0] = [lane.cut_s for lane in lanes]
        self._completed_s = np.empty((self._most, len(lanes)))
        self._ends: list[Ints] = []
        self._until_s = np.array([lane.limits.until_s for lane in lanes])
        self._reach_s = np.array([lane.reach_s for lane in lanes])

    def run(self) -> None:
        """Plan cycles until a quarter of the lanes are over."""
        idle_s, busy_s = self._fixed_s()
        gaps_s = self._drawn_s([(lane.gap, lane.ordinal + 1) for lane in self._lanes])
        writes, work = self._writes, LaneWork(self._lanes, self._writes.starts)
        throughput = np.array([lane.terms.throughput for lane in self._lanes])
        last, add, search = writes.totals[writes.starts], np.add, writes.keys.searchsorted
        cuts_s, completed_s = self._cuts_s, self._completed_s
        keys, duration_s = np.empty(len(last), dtype=np.int64), np.empty(len(last))
        for row in range(self._most):
            cut_s, done_s = cuts_s[row], completed_s[row]
            add(cut_s.view(np.int64), writes.lane, keys)
            ends = search(keys, "right")
            total = writes.totals.take(ends)
            np.subtract(total, last, last)
            np.divide(last, throughput, duration_s)
            if work.matters:
                duration_s = work.duration(ends, duration_s, idle_s[row], busy_s[row])
            else:
                add(duration_s, idle_s[row], duration_s)
            add(cut_s, duration_s, done_s)
            add(done_s, gaps_s[row], cuts_s[row + 1])
            self._ends.append(ends)
            last = total
            if row % _CHECK == _CHECK - 1 and self._is_enough(row):
                break

    def _is_enough(self, row: int) -> bool:
        rows = slice(row, row + 1)
        ended = int(np.count_nonzero(self._is_out(rows) | self._is_over(rows)))
        return 4 * ended >= len(self._lanes)

    def _fixed_s(self) -> tuple[Floats, Floats]:
        """Return all but the transfer of a sync without and with writes, shape (rows, lanes)."""
        terms = [lane.terms for lane in self._lanes]
        idle_s = self._drawn_s([(lane.setup, lane.ordinal) for lane in self._lanes])
        idle_s = idle_s + [each.latency_s for each in terms]
        busy_s = idle_s + [each.scan_s for each in terms]
        busy_s += [each.diff_s for each in terms]
        return idle_s, busy_s

    def _drawn_s(self, series: Sequence[tuple[DrawSeries | Same, int]]) -> Floats:
        """Return the next draws of each lane from an ordinal on, shape (rows, lanes)."""
        if all(isinstance(each, Same) for each, _ in series):
            row = np.array([each[ordinal] for each, ordinal in series])
            return np.broadcast_to(row, (self._most, len(row)))
        drawn = [each.take(ordinal, self._most) for each, ordinal in series]
        return np.ascontiguousarray(np.array(drawn).T)

    def _is_out(self, rows: slice) -> Bools:
        """Return whether a cut cannot be looked up in the writes that are here."""
        found: Bools = self._cuts_s[rows].view(np.int64) >= self._writes.beyond
        return found

    def _is_over(self, rows: slice) -> Bools:
        """Return whether the sync of a row is the last of its loop, shape (rows, lanes)."""
        next_s = self._cuts_s[rows.start + 1 : rows.stop + 1]
        found: Bools = next_s >= self._reach_s
        found |= self._completed_s[rows] > self._until_s
        return found

    def hand_out(self) -> list[bool]:
        """Give each lane its syncs; return whether it goes on with others."""
        done = len(self._ends)
        rows = slice(0, done)
        # What takes no time is left to the loop of the lane.
        is_out = self._is_out(rows) | (self._cuts_s[1 : done + 1] <= self._cuts_s[rows])
        valid, over = _first(is_out), _first(self._is_over(rows)) + 1
        columns = (
            np.ascontiguousarray(self._cuts_s[: done + 1].T),
            np.ascontiguousarray(self._completed_s[rows].T),
            np.array(self._ends).T - self._writes.starts[:, None],
        )
        goes_on = []
        for k, lane in enumerate(self._lanes):
            n = min(int(valid[k]), int(over[k]))
            if n:
                cuts_s, completed_s, ends = (column[k] for column in columns)
                is_over = int(over[k]) <= n or lane.count + n == lane.limits.most
                lane.take(
                    cuts_s[:n],
                    completed_s[:n],
                    ends[:n] + lane.begin,
                    cuts_s.item(n),
                    is_over=is_over,
                )
            goes_on.append(n > 0 and not lane.is_over)
        return goes_on


def _first(found: Bools) -> Ints:
    """Return the first row that is true in each lane; without one, how many rows there are."""
    rows: Ints = np.where(found.any(axis=0), found.argmax(axis=0), len(found))
    return rows
