"""The curve of a stream that is drawn in cells: counts and bytes up to any time.

It answers what the curve of drawn writes does, but knows no single write. Where that one has
ordinals of writes, this one has ends: a time with the count and the bytes of all writes up to it.
The time stands in its bits, which are integers that rise with it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.causes import Cause
from efssim.model.writes.cells.chance import LOW_BITS, MASK, exponentials, hashed, hashes
from efssim.model.writes.cells.law import SmallWrites
from efssim.model.writes.cells.tree import CellTree
from efssim.model.writes.change_sets import Work
from efssim.model.writes.hot_set import CellBlocks
from efssim.model.writes.stream import HOUR_S, Stream
from efssim.records.pieces import DroppedPieces, OpenPieces, Pieces, PublishedPieces
from efssim.records.states import Amount
from efssim.scenario.workload.drawing import CELL_S

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK_FIRST, _BLOCK_MAX = 64, 8192
_FEW = 16
"""Times that are sooner looked up one by one."""
Lists = tuple[list[int], list[int]]

COLUMNS = 3
"""Columns of an end: the bits of its time, the count and the bytes up to it."""


class Cells:
    """Counts and bytes before each cell, drawn in order as far as they are asked for."""

    def __init__(self, writes: SmallWrites, needed: Callable[[], int]) -> None:
        """Forget cells before that which `needed` returns."""
        self._writes, self._needed = writes, needed
        self.tree = CellTree(writes.law, writes.key)
        self.first = 0
        """The oldest cell that is kept."""
        self.totals: Ints = np.zeros((2, 1), dtype=np.int64)
        """Writes and bytes before each kept cell, and before the next one."""
        self.amounts: Floats = np.zeros((2, 0))
        """Writes and bytes in each kept cell."""
        self._end, self._block = 0, _BLOCK_FIRST

    @property
    def counts(self) -> Ints:
        """Writes before each kept cell, and before the next one."""
        counts: Ints = self.totals[0]
        return counts

    @property
    def sizes(self) -> Ints:
        """Bytes before each."""
        sizes: Ints = self.totals[1]
        return sizes

    def reach(self, cell: int) -> None:
        """Draw on so that a cell is there."""
        if cell >= self._end:
            self._draw(max(cell + 1 - self._end, self._block))

    def _draw(self, cells: int) -> None:
        self._block = min(2 * self._block, _BLOCK_MAX)
        drawn = np.stack(self._writes.take(cells))
        gone = max(0, min(self._needed(), self._end) - self.first)
        totals = drawn.cumsum(axis=1)
        totals += self.totals[:, -1:]
        self.totals = np.concatenate((self.totals[:, gone:], totals), axis=1)
        self.amounts = np.concatenate((self.amounts[:, gone:], drawn), axis=1)
        assert self.totals.item(1, -1) >= 0, "more bytes than 64 bits count"
        self.first += gone
        self._end += cells


class CellCurve:
    """Counts and bytes of one stream up to any time from the oldest that is still needed on."""

    columns = COLUMNS
    horizon_s = math.inf
    """All times are within reach: cells are drawn as they are asked for."""
    backlog = 0

    def __init__(self, stream: Stream, marks_s: Floats | None = None) -> None:
        """Divide pieces at `marks_s`, rising times at which measures begin."""
        assert isinstance(stream.writes, SmallWrites)
        self.is_away = False
        """Whether its writes are not made here, and not counted, whatever else there is."""
        self.stream, self._marks_s = stream, np.zeros(0) if marks_s is None else marks_s
        self.cells = Cells(stream.writes, self._needed)
        self._key, self.clock = stream.writes.key, stream.writes.new_clock()
        """On a clock, cells are of its time; all other times are those of the run."""
        self.hot = stream.hot if isinstance(stream.hot, CellBlocks) else None
        self.published = (0, 0, 0)
        """The end of what completed syncs have published: bits of a time, count, bytes."""
        self._recorded = (0, 0, 0)
        # Spans in which nothing is made: begins, ends, count and bytes left out until then.
        self._begins: list[float] = []
        self._ends: list[float] = []
        self._left_out: list[tuple[int, int]] = [(0, 0)]
        self._held_s = self._dropped_s = math.inf
        self._ahead_s, self._ahead = np.zeros(0), (np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._hourly: list[tuple[Ints, Ints]] = []
        self._hours_noted = 0
        if stream.after_s > 0.0:
            self._leave_out(0.0, stream.after_s)
            # It was not there: what is published or left open of it begins then.
            self.published = self._recorded = (bits_of(stream.after_s), 0, 0)

    # --- all writes, made or not --------------------------------------------------------------

    @property
    def is_on_line(self) -> bool:
        """Whether bytes at completions stand on straight lines to the ends of cells."""
        return self.clock is None

    def all_at(self, time_s: float) -> tuple[int, int]:
        """Return count and bytes of all writes up to a time, also of those that are not made."""
        return self._all_by(time_s if self.clock is None else self.clock.at(time_s))

    def _all_by(self, time_s: float) -> tuple[int, int]:
        """Return `all_at` of a time of the cells."""
        cells, cell = self.cells, int(time_s / CELL_S)
        cells.reach(cell)
        index = cell - cells.first
        assert index >= 0, "the journal was asked before what it keeps"
        count, size = cells.totals.item(0, index), cells.totals.item(1, index)
        share = (time_s - cell * CELL_S) / CELL_S
        if share <= 0.0:
            return count, size
        amounts = cells.amounts
        more = cells.tree.at(cell, share, amounts.item(0, index), amounts.item(1, index))
        return count + int(more[0]), size + int(more[1])

    def _raw_many(self, times_s: Floats) -> tuple[Ints, Ints]:
        """Return `all_at` of many times."""
        known, ahead_s = self._ahead, self._ahead_s
        if len(ahead_s) and len(times_s) > _FEW:
            index = ahead_s.searchsorted(times_s)
            if int(index.max()) < len(ahead_s) and np.array_equal(ahead_s[index], times_s):
                return known[0][index], known[1][index]
        return self._looked_up(times_s)

    def look_ahead(self, times_s: Floats) -> tuple[list[float], Lists]:
        """Look up times that syncs on time will ask for.

        Return the times, with count and bytes of all writes, made or not, up to each.
        """
        self._ahead_s, self._ahead = times_s, self._looked_up(times_s)
        counts, sizes = self._ahead
        return times_s.tolist(), (counts.tolist(), sizes.tolist())

    def _by_cells(self, times_s: Floats) -> Floats:
        """Return the times of the cells at some times."""
        return times_s if self.clock is None else self.clock.many_at(times_s)

    def _looked_up(self, times_s: Floats) -> tuple[Ints, Ints]:
        return self._all_by_many(self._by_cells(times_s))

    def _all_by_many(self, times_s: Floats) -> tuple[Ints, Ints]:
        """Return `_all_by` of many times."""
        cells, at = self.cells, (times_s / CELL_S).astype(np.int64)
        cells.reach(int(at.max()))
        shares = (times_s - at * CELL_S) / CELL_S
        index = at - cells.first
        assert index.min() >= 0, "the journal was asked before what it keeps"
        found = cells.totals.take(index, axis=1)
        is_inside = shares > 0.0
        if len(at) > _FEW and is_inside.all():
            amounts = cells.amounts.take(index, axis=1)
            found += cells.tree.many_at(at, shares, amounts).astype(np.int64)
            return found[0], found[1]
        inside = np.flatnonzero(is_inside)
        if len(inside) > _FEW:
            amounts = cells.amounts.take(index[inside], axis=1)
            more = cells.tree.many_at(at[inside], shares[inside], amounts)
            found[:, inside] += more.astype(np.int64)
        else:
            for k in inside.tolist():
                found[:, k] = self._all_by(times_s.item(k))
        return found[0], found[1]

    def leaves(self, cell: int, count: int) -> tuple[Floats, Floats, Ints, Ints]:
        """Return count and bytes in each leaf of some cells, and of all writes before it."""
        cells = self.cells
        cells.reach(cell + count)
        part = slice(cell - cells.first, cell - cells.first + count)
        before, sizes_before = cells.totals[:, part]
        counts, sizes = cells.tree.leaves(cell, *cells.amounts[:, part])
        totals = [_before(part, first) for part, first in ((counts, before), (sizes, sizes_before))]
        return counts, sizes, totals[0], totals[1]

    def _needed(self) -> int:
        """The oldest cell that may still be asked for; in a stop, that of its begin."""
        time_s, _ = self.made(time_of(self._recorded[0]))
        if self.clock is None:
            return int(time_s / CELL_S)
        needed = int(self.clock.at(time_s) / CELL_S)
        self.clock.forget(needed * CELL_S)
        return needed

    # --- writes that are made -----------------------------------------------------------------

    def _leave_out(self, begin_s: float, end_s: float) -> None:
        """Make none of the writes of a span, after all those before."""
        first, last = self.all_at(begin_s), self.all_at(end_s)
        count, size = self._left_out[-1]
        self._begins.append(begin_s)
        self._ends.append(end_s)
        self._left_out.append((count + last[0] - first[0], size + last[1] - first[1]))

    @property
    def has_stops(self) -> bool:
        """Whether there is a time in which nothing is made, over or not."""
        return bool(self._begins) or self._held_s < math.inf

    def made(self, time_s: float) -> tuple[float, tuple[int, int]]:
        """Return up to which time, and less which writes, all writes up to a time are made."""
        time_s = min(time_s, self._held_s)
        spans = bisect_left(self._begins, time_s)
        if spans and time_s <= self._ends[spans - 1]:
            spans -= 1
            time_s = self._begins[spans]
        return time_s, self._left_out[spans]

    def at(self, time_s: float) -> tuple[int, int]:
        """Return count and bytes of the writes made up to a time."""
        until_s, (count, size) = self.made(time_s)
        all_of_it = self.all_at(until_s)
        return all_of_it[0] - count, all_of_it[1] - size

    def many_at(self, times_s: Floats) -> tuple[Ints, Ints]:
        """Return `at` of many times."""
        if not len(times_s):
            none = np.zeros(0, dtype=np.int64)
            return none, none
        if not self.has_stops:
            return self._raw_many(times_s)
        until_s, left_out = self._made_many(times_s)
        counts, sizes = self._raw_many(until_s)
        return counts - left_out[:, 0], sizes - left_out[:, 1]

    def _made_many(self, times_s: Floats) -> tuple[Floats, Ints]:
        until_s = np.minimum(times_s, self._held_s)
        left_out = np.array(self._left_out, dtype=np.int64)
        if not self._begins:
            return until_s, left_out[np.zeros(len(times_s), dtype=np.int64)]
        begins, ends = np.array(self._begins), np.array(self._ends)
        spans = begins.searchsorted(until_s, "left")
        last = np.maximum(spans - 1, 0)
        inside = (spans > 0) & (until_s <= ends[last])
        return np.where(inside, begins[last], until_s), left_out[spans - inside]

    def end(self, time_s: float) -> tuple[int, int, int]:
        """Return the end of the writes up to a time."""
        return (bits_of(time_s), *self.at(time_s))

    # --- stops --------------------------------------------------------------------------------

    def hold(self, time_s: float) -> None:
        """Make no write after a time."""
        self._held_s = self._dropped_s = time_s

    def drop(self, time_s: float, cause: Cause) -> DroppedPieces | None:
        """Drop the held writes at or before a time; return them, if there are any."""
        begin_s, self._dropped_s = self._dropped_s, time_s
        if begin_s == time_s:
            return None
        edges_s = np.union1d([begin_s, time_s], self._between(begin_s, time_s))
        pieces = _pieces_of(edges_s, *self._raw_many(edges_s))
        return DroppedPieces(pieces, cause.kind, cause.ordinal) if pieces.writes.any() else None

    def leave_out(self, time_s: float) -> None:
        """Forget the held writes at or before a time, which are not those of this file system."""
        self._dropped_s = time_s

    def release(self) -> None:
        """Make the writes after those that were dropped."""
        # Held until the span is known: cells since its begin are needed, also while more are drawn.
        if self._dropped_s > self._held_s:
            self._leave_out(self._held_s, self._dropped_s)
        self._held_s = self._dropped_s = math.inf

    # --- amounts ------------------------------------------------------------------------------

    def written(self, time_s: float) -> Amount:
        """Return the amount of all writes up to a time."""
        return Amount(*self.at(time_s))

    def published_amount(self) -> Amount:
        """Return the amount of all writes that completed syncs have published."""
        return Amount(*self.published[1:])

    def added(self, time_s: float) -> tuple[int, int]:
        """Return the bytes and files that the writes up to a time have added."""
        count, size = self.at(time_s)
        totals = np.array([[size]], dtype=np.int64)
        return self.stream.added_bytes(totals).item(0), self.stream.added_files(count)

    def note_hours(self, now_s: float) -> None:
        """Keep the totals at the whole hours up to now, before cells are forgotten."""
        first, last = self._hours_noted, math.floor(now_s / HOUR_S)
        if last >= first:
            hours_s = np.arange(first, last + 1).astype(np.float64) * HOUR_S
            sizes = self.many_at(hours_s)[1]
            self._hourly.append((sizes, self.stream.added_bytes(sizes[None, :])))
            self._hours_noted = last + 1

    def hourly(self, now_s: float) -> tuple[Ints, Ints]:
        """Return the bytes written and those added by each whole hour up to now, from 0 on."""
        self.note_hours(now_s)
        written, added = zip(*self._hourly, strict=True)
        return np.concatenate(written), np.concatenate(added)

    def totals(self, times_s: Floats, cuts_s: Floats, ends: Ints | None) -> Ints:
        """Return the bytes up to the completions of syncs with some cuts.

        Between the cut and the end of its cell by the straight line, the mean of what is drawn; on
        a clock by what is drawn, as a line would bend at the ends of periods.
        """
        if ends is None or not self.is_on_line:
            return self.many_at(times_s)[1]
        last = (times_s / CELL_S).astype(np.int64)
        begins_s = last.astype(np.float64) * CELL_S
        ends_s = (last + 1).astype(np.float64) * CELL_S
        self.cells.reach(int(last.max()))
        index = last - self.cells.first
        before, after = self.cells.sizes[index], self.cells.sizes[index + 1]
        if not self.has_stops:
            same = cuts_s >= begins_s
            low = np.where(same, ends[:, 2], before)
            risen = low + _rise(times_s, np.where(same, cuts_s, begins_s), ends_s, after - low)
            return np.asarray(risen)
        until_s, left_out = self._made_many(times_s)
        stopped_s = np.concatenate(([0.0], self._ends))[
            np.array(self._begins).searchsorted(times_s, "left")
        ]
        low_s = np.maximum(np.maximum(begins_s, cuts_s), stopped_s)
        held = until_s < times_s
        low_s[held] = until_s[held]  # a stop may end with the cell, where no line would be left
        low = self._raw_many(low_s)[1]
        risen = low + _rise(times_s, low_s, ends_s, after - low)
        risen[held] = low[held]
        return np.asarray(risen - left_out[:, 1])

    # --- syncs --------------------------------------------------------------------------------

    def ends(self, times_s: Floats) -> Ints:
        """Return the ends of the writes up to some rising times, shape (times, 3)."""
        ends = np.empty((len(times_s), COLUMNS), dtype=np.int64)
        ends[:, 0] = times_s.view(np.int64)
        ends[:, 1], ends[:, 2] = self.many_at(times_s)
        return ends

    def work(self, cuts_s: Floats, ends: Ints) -> Work:
        """Return the change sets of consecutive syncs with the given ends."""
        stream = self.stream
        counts, sizes = _steps(self.published[1:], ends[:, 1:])
        totals, sent = ends[:, 2], sizes
        if self.hot is not None:
            begins = np.append(self.published[0], ends[:-1, 0])
            sent = self.hot.sent_many(begins, ends[:, 0].copy(), counts, sizes)
        large, files = stream.large_file_bytes * (counts > 0), counts * stream.files_per_write
        if stream.large_file_bytes:
            files = (counts > 0).astype(np.int64)
        added = totals if stream.adds_all else stream.added_bytes(totals[None, :])
        return Work(
            cut_s=cuts_s,
            bytes=sent,
            written_bytes=sizes,
            files=files,
            large_file_bytes=large,
            writes=counts,
            first_write_s=np.full(len(cuts_s), math.nan),  # `publish` says it
            ends=ends,
            source_bytes=added,
            source_files=stream.added_files_many(ends[:, 1]),
        )

    def _first_times(self, begins: Ints, ends_s: Floats, counts: Ints) -> Floats:
        """Return the times of the first writes of spans from some ends on; NaN for empty ones.

        The least of as many evenly spread times as fall into the rest of the cell.
        """
        all_s = begins[:, 0].copy().view(np.float64)
        left_out: Ints | int = 0
        if self._begins:
            left_out = self._made_many(all_s)[1][:, 0]
        begins_s = self._by_cells(all_s)
        cell = (begins_s / CELL_S).astype(np.int64)
        edges_s = (cell + 1) * CELL_S
        self.cells.reach(int(cell.max()))
        rest = self.cells.counts[cell + 1 - self.cells.first] - (begins[:, 1] + left_out)
        words = all_s.view(np.uint64) + np.uint64(self._key)
        drawn = exponentials()[hashes(words).view(np.int64) & LOW_BITS]
        y = drawn / np.maximum(rest, 1)
        first_s = begins_s + (edges_s - begins_s) * (y / (1.0 + y * (0.5 + y / 12)))
        first_s = np.where(rest > 0, first_s, edges_s)
        if self.clock is not None:
            first_s = np.maximum(self._times_of(first_s, ends_s), all_s)
        first_s = np.minimum(first_s, ends_s)
        first_s[counts == 0] = math.nan
        for k in self._stopped_in(all_s, ends_s):
            if counts[k]:
                first_s[k] = self._first_between(all_s.item(k), ends_s.item(k))
        return first_s

    def _times_of(self, by_cells_s: Floats, until_s: Floats) -> Floats:
        """Return the times at some times of the cells; at most so many, but for rounding."""
        if self.clock is None:
            return by_cells_s
        # No periods are drawn beyond: a cell may take longer than any run.
        return self.clock.times(np.minimum(by_cells_s, self.clock.many_at(until_s)))

    def _stopped_in(self, begins_s: Floats, ends_s: Floats) -> list[int]:
        """Return in which of consecutive spans something is not made."""
        stops = [*zip(self._begins, self._ends, strict=True), (self._held_s, math.inf)]
        touched = np.zeros(len(begins_s), dtype=np.bool_)
        for begin_s, end_s in stops:
            if begin_s < ends_s.item(-1) and end_s > begins_s.item(0):
                touched |= (begin_s < ends_s) & (end_s > begins_s)
        return np.flatnonzero(touched).tolist()

    def _first_between(self, begin_s: float, end_s: float) -> float:
        """Return the time of the first write made between two times, of which there is one."""
        for stop_s, on_s in [*zip(self._begins, self._ends, strict=True), (self._held_s, math.inf)]:
            if on_s <= begin_s:
                continue
            until_s = min(stop_s, end_s)
            if begin_s < until_s and self.all_at(until_s)[0] > self.all_at(begin_s)[0]:
                return self._first_of_all(begin_s, until_s)
            begin_s = max(begin_s, on_s) if stop_s < end_s else begin_s
        return self._first_of_all(begin_s, end_s)

    def _first_of_all(self, all_s: float, end_s: float) -> float:
        """Return the time of the first write after a time, made or not, in its cell and its end."""
        begin_s = all_s if self.clock is None else self.clock.at(all_s)
        edge_s = (int(begin_s / CELL_S) + 1) * CELL_S
        rest = self._all_by(edge_s)[0] - self._all_by(begin_s)[0]
        first_s = edge_s
        if rest > 0:
            word = hashed((bits_of(all_s) + self._key) & MASK)
            y = exponentials().item(word & LOW_BITS) / rest
            first_s = begin_s + (edge_s - begin_s) * (y / (1.0 + y * (0.5 + y / 12)))
        if self.clock is not None:
            first_s = max(all_s, self._times_of(np.array([first_s]), np.array([end_s])).item())
        return min(first_s, end_s)

    def last_s(self, time_s: float) -> float:
        """Return the time of the last write up to a time."""
        all_s, _ = self.made(time_s)
        until_s = all_s if self.clock is None else self.clock.at(all_s)
        cell, count = int(until_s / CELL_S) + 1, 0
        while not count and cell > self.cells.first:  # cells of few writes may have none
            cell -= 1
            until_s, begin_s = min(until_s, (cell + 1) * CELL_S), cell * CELL_S
            count = self._all_by(until_s)[0] - self._all_by(begin_s)[0]
        drawn = exponentials().item(hashed(bits_of(all_s) ^ self._key) & LOW_BITS)
        y = drawn / max(count, 1)
        last_s = until_s - (until_s - begin_s) * (y / (1.0 + y * (0.5 + y / 12)))
        return self._times_of(np.array([last_s]), np.array([all_s])).item()

    def divide(self, time_s: float) -> None:
        """Divide pieces at a time, too: writes before and after it are of different states."""
        self._marks_s = np.union1d(self._marks_s, [time_s])

    # --- pieces -------------------------------------------------------------------------------

    def _between(self, begin_s: float, end_s: float) -> Floats:
        """Return where a piece may not go on between two times, in no order.

        Ends of cells and of periods of the clock, the marks and the stops.
        """
        first, last = self._marks_s.searchsorted([begin_s, end_s])
        stops = [*self._begins, *self._ends, self._held_s]
        return np.concatenate(
            (
                self._edges(begin_s, end_s),
                self._marks_s[first:last],
                [stop_s for stop_s in stops if begin_s < stop_s < end_s],
            )
        )

    def _edges(self, begin_s: float, end_s: float) -> Floats:
        """Return the ends of cells, and of periods of the clock, between two times."""
        clock = self.clock
        begin, end = (begin_s, end_s) if clock is None else (clock.at(begin_s), clock.at(end_s))
        first, last = int(begin / CELL_S) + 1, math.ceil(end / CELL_S)
        cells_s: Floats = np.arange(first, last, dtype=np.float64) * CELL_S
        if clock is None:
            return cells_s
        cells_s = clock.times(cells_s)
        inside = (begin_s < cells_s) & (cells_s < end_s)  # rounded, they may be just outside
        return np.concatenate((cells_s[inside], clock.between(begin_s, end_s)))

    def _pieces(self, edges: Ints) -> tuple[Pieces, Ints]:
        """Return the writes between consecutive ends in pieces, and the pieces of each.

        A piece has length, and lies in one cell and on one side of each mark and stop.
        """
        edges_s, counts, sizes = edges[:, 0].copy().view(np.float64), edges[:, 1], edges[:, 2]
        between_s = self._between(edges_s.item(0), edges_s.item(-1))
        have_length = edges_s.item(0) < edges_s.item(1)
        if have_length and np.array_equal(between_s, edges_s[1:-1]):
            each = np.ones(len(edges) - 1, dtype=np.int64)
            return _pieces_of(edges_s, counts, sizes), each
        divided_s = np.concatenate((edges_s, between_s))
        more = self.many_at(between_s)
        order = divided_s.argsort(kind="stable")
        divided_s = divided_s[order]
        order = order[np.diff(divided_s, prepend=-1.0) > 0.0]
        divided_s = np.concatenate((edges_s, between_s))[order]
        each = np.diff(divided_s.searchsorted(edges_s, "left"))
        counts, sizes = (
            np.concatenate(both)[order] for both in ((counts, more[0]), (sizes, more[1]))
        )
        return _pieces_of(divided_s, counts, sizes), each

    def publish(self, ends: Ints, completed_s: Floats, ordinal: int) -> PublishedPieces:
        """Take the writes up to some ends, all published, as recorded; return them."""
        edges = np.concatenate(([self._recorded], ends))
        pieces, each = self._pieces(edges)
        counts = np.diff(edges[:, 1])
        found_s = self._first_times(edges[:-1], edges[1:, 0].copy().view(np.float64), counts)
        some = each > 0  # a cut at the begin has no piece
        first_s, firsts = pieces.begin_s.copy(), (each.cumsum() - each)[some]
        counts, firsts_s = counts[some], found_s[some]
        firsts, firsts_s = _in_pieces(firsts_s, pieces, firsts)
        first_s[firsts] = np.where(counts > 0, firsts_s, first_s[firsts])
        found_s[some] = np.where(counts > 0, firsts_s, math.nan)
        self._recorded = self._tuple(ends[-1])
        self.note_hours(time_of(self._recorded[0]))
        facts = self.stream.publishes_files, ordinal, self.clock is None
        return PublishedPieces(pieces, first_s, each, found_s, completed_s, *facts)

    @staticmethod
    def _tuple(end: Ints) -> tuple[int, int, int]:
        bits, count, size = end.tolist()
        return bits, count, size

    def take_as_published(self, end: list[int]) -> None:
        """Mark the writes up to an end as published by completed syncs."""
        bits, count, size = end
        self.published = bits, count, size

    def skip(self, time_s: float, ordinal: int) -> OpenPieces | None:
        """Skip the writes up to a time, which no sync will send; return them, if there are any."""
        self.published = max(self.published, self.end(time_s))
        begin, self._recorded = self._recorded, self.published
        self.note_hours(time_s)
        return self._open(begin, self.published, ordinal)

    def open(self, time_s: float, ordinal: int) -> OpenPieces:
        """Return the writes up to a time that no completed sync has published."""
        none = np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        found = self._open(self.published, self.end(time_s), ordinal)
        files = self.stream.publishes_files
        return found or OpenPieces(Pieces(*none), math.inf, files, ordinal, self.is_on_line)

    def _open(
        self, begin: tuple[int, int, int], end: tuple[int, int, int], ordinal: int
    ) -> OpenPieces | None:
        if end[1] <= begin[1]:
            return None
        edges = np.array([begin, end], dtype=np.int64)
        pieces, _ = self._pieces(edges)
        ends_s = np.array([time_of(end[0])])
        first_s = self._first_times(edges[:-1], ends_s, np.diff(edges[:, 1]))
        # Where no more writes fall into the rest of the cell, the first is in a later piece.
        _, first_s = _in_pieces(first_s, pieces, np.zeros(1, dtype=np.int64))
        facts = self.stream.publishes_files, ordinal, self.clock is None
        return OpenPieces(pieces, first_s.item(0), *facts)


def _before(amounts: Floats, totals: Ints) -> Ints:
    """Return the totals before each amount, the first of which has `totals[0]` before it."""
    before = amounts.astype(np.int64).cumsum() - amounts.astype(np.int64)
    return np.asarray(before + totals[0])


def _steps(before: tuple[int, int], ends: Ints) -> Ints:
    """Return by how much each column rises from row to row, from `before` on, a row for each."""
    steps = np.empty(ends.shape[::-1], dtype=np.int64)
    steps[:, 0] = before
    steps[:, 1:] = ends[:-1].T
    return np.subtract(ends.T, steps, out=steps)


def _pieces_of(edges_s: Floats, counts: Ints, sizes: Ints) -> Pieces:
    return Pieces(edges_s[:-1], edges_s[1:], np.diff(counts), np.diff(sizes))


def _in_pieces(first_s: Floats, pieces: Pieces, firsts: Ints) -> tuple[Ints, Floats]:
    """Return the first pieces with writes, and the times of first writes moved into them.

    From each of some first pieces on; the last piece if there is none.
    """
    some = np.append(np.flatnonzero(pieces.writes), len(pieces.writes) - 1)
    found = some[some[:-1].searchsorted(firsts)]
    return found, np.clip(first_s, pieces.begin_s[found], pieces.end_s[found])


def _rise(times_s: Floats, low_s: Floats, high_s: Floats, sizes: Ints) -> Ints:
    """Return the bytes on the straight line to a time between two."""
    risen = (times_s - low_s) / (high_s - low_s) * sizes
    return np.asarray(np.rint(risen).astype(np.int64))


def bits_of(time_s: float) -> int:
    """Return the bits of a time, which is not negative; they rise with it."""
    return np.float64(time_s).view(np.int64).item()


def time_of(bits: int) -> float:
    """Return the time that has these bits."""
    return np.int64(bits).view(np.float64).item()
