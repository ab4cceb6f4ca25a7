"""Syncs one after the other in a tight loop, where each cut waits for the completion before it.

On plain numbers; `Stretch` has the same for arrays where all cuts are known beforehand.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import islice

import numpy as np

from efssim.model.kernel.cuts import Cuts
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.writes.change_sets import ChangeSet, Ints
from efssim.model.writes.curves.cells import CellCurve
from efssim.model.writes.curves.each import Curve
from efssim.model.writes.curves.one_by_one import OneByOne
from efssim.model.writes.joint import by_stream
from efssim.model.writes.journal import Journal
from efssim.model.writes.stream import BLOCKS, BYTES, HOT_BYTES, Stream, WholeStream

ON_TIME = 32
"""On-time syncs in a row after which arrays can take over."""


_NEAR = 64
"""Writes among which the end of a sync is looked for first."""
_COPIED = 8192
"""Writes that are copied at once: not a backlog of a day, for a loop that is soon disturbed."""


class _Stream:
    """The unpublished writes of one stream, in arrays of plain numbers, some at a time.

    `bisect` on them is several times faster than `searchsorted` for one value, and to make them is
    to copy memory, unlike lists.
    """

    def __init__(self, curve: Curve) -> None:
        self.spec, self._hot, self._first = curve.stream, curve.stream.hot, curve.published
        self._all_times, self._all_totals = curve.unpublished()
        self.adds_files = curve.stream.new_files > 0
        self._done: list[Ints] = []  # ends of the syncs in writes that are no longer copied
        self._load(0)

    def _load(self, begin: int) -> None:
        """Copy the next writes, those before `begin` left out: they have their syncs."""
        self._all_times, self._all_totals = self._all_times[begin:], self._all_totals[:, begin:]
        self._first += begin
        times, totals = self._all_times[:_COPIED], self._all_totals[:, : _COPIED + 1]
        self._times = array("d", times.tobytes())
        self._rows = [array("q", row.tobytes()) for row in totals]
        self._bytes, self._count, self._begin = self._rows[BYTES], len(times), 0
        self._ends: list[int] = []  # where each sync ends, counted from `_first`

    def take(self, cut_s: float) -> tuple[int, int]:
        """Return how many writes the next sync has, those up to its cut, and the bytes to send."""
        begin, times = self._begin, self._times
        near, count = begin + _NEAR, self._count
        end = bisect_right(times, cut_s, begin, near if near < count else count)  # min is a call
        if end == near:
            end = bisect_right(times, cut_s, end)
        if end == count and end < len(self._all_times):
            return self._beyond(cut_s)
        self._begin = end
        self._ends.append(end)
        sent = self._bytes[end] - self._bytes[begin]
        if self._hot is not None:
            _, hot, blocks = self._rows
            sent -= hot[end] - hot[begin] - self._hot.sent_bytes(blocks[end] - blocks[begin])
        return end - begin, sent

    def _beyond(self, cut_s: float) -> tuple[int, int]:
        """Do as `take` for a sync that may end beyond the writes that are copied."""
        begin = self._begin
        end = int(self._all_times.searchsorted(cut_s, "right"))
        amounts = (self._all_totals[:, end] - self._all_totals[:, begin]).tolist()
        self._ends.append(end)
        self._done.append(self._ordinals())
        self._load(end)
        sent = int(amounts[BYTES])
        if self._hot is not None:
            sent -= amounts[HOT_BYTES] - self._hot.sent_bytes(amounts[BLOCKS])
        return end - begin, sent

    def added_files(self) -> int:
        """Return the files that the stream has added by the cut of the last sync."""
        return self.spec.added_files(self._first + self._begin)

    def _ordinals(self) -> Ints:
        return np.array(self._ends, dtype=np.int64) + self._first

    def column(self) -> Ints:
        """Return where the syncs end, shape (syncs, 1)."""
        return np.concatenate([*self._done, self._ordinals()])[:, None]


class Sources:
    """The unpublished writes of all streams of a journal, for one cut after the other."""

    def __init__(self, journal: Journal, cuts: Cuts, length: int) -> None:
        """Take about `length` syncs, which have such cuts while they are on time."""
        self._streams = [_stream(curve, cuts, length) for curve in journal.curves]
        self._wholes = [_together(parts) for parts in by_stream(self._streams, _spec)]
        # Files that stay as they are, and the streams that add to them.
        self._adding = [stream for stream in self._streams if stream.adds_files]
        self._files = journal.files_at_start

    def take(self, cut_s: float) -> tuple[int, int, int, int, int]:
        """Return the content of the sync of a cut.

        Writes, bytes to send, files, bytes of large files, and the files of the source.
        """
        writes = sent = files = large = 0
        for stream in self._wholes:
            count, size = stream.take(cut_s)
            if count:
                sent += size
                files += stream.spec.files(count)
                large += stream.spec.large_file_bytes
                writes += count
        stored = self._files
        for stream in self._adding:
            stored += stream.added_files()
        return writes, sent, files, large, stored

    def columns(self) -> list[Ints]:
        """Return the ends of the change sets, for each stream of shape (syncs, columns)."""
        return [stream.column() for stream in self._streams]


class Loop:
    """One run of the loop and the columns that it leaves."""

    def __init__(
        self, journal: Journal, times: SyncTimes, ordinal: int, length: int, end_s: float
    ) -> None:
        """Plan at most `length` syncs; `end_s` is the end of the run."""
        self.cuts_s: list[float] = []
        self.completed_s: list[float] = []
        self.on_time = 0
        """On-time syncs in a row at the end of the run."""
        self._times, self._ordinal, self._end_s = times, ordinal, end_s
        self._retries: dict[int, int] = {}  # attempts of the syncs that took more than one
        self.repeated_bytes: dict[int, int] = {}
        """Bytes that failed attempts sent, by the index of the sync."""
        self._sources, self._reach_s = Sources(journal, times.cuts, length), journal.horizon_s
        setups, gaps = times.setup.onwards(ordinal), times.gap.onwards(ordinal + 1)
        self._draws = islice(zip(setups, gaps, times.fails_onwards(ordinal), strict=True), length)

    def run(self, cut_s: float, until_s: float, enough: int) -> float:
        """Plan syncs until the journal ends, a time is over, or so many are on time in a row.

        Return the next cut.
        """
        interval_s, reach_s, on_time = self._times.interval_s, self._reach_s, 0
        duration = self._times.formula().duration  # nothing changes while syncs are planned
        adds, after = self._times.cuts.adds, self._times.cuts.after
        take, cuts_s, completions_s = self._sources.take, self.cuts_s, self.completed_s
        for setup_s, gap_s, fails in self._draws:
            writes, sent, files, large, stored = take(cut_s)
            if fails:
                change_set = ChangeSet(
                    cut_s, sent, 0, files, large, writes, cut_s, (), source_files=stored
                )
                completed_s = self._retried(change_set)
            else:
                is_busy = writes > 0
                completed_s = cut_s + duration(setup_s, is_busy, stored, large, sent, files, max)
            cuts_s.append(cut_s)
            completions_s.append(completed_s)
            ready_s = completed_s + gap_s
            planned_s = cut_s + interval_s if adds else after(cut_s)
            on_time = on_time + 1 if ready_s <= planned_s else 0
            cut_s = planned_s if planned_s > ready_s else ready_s  # max costs a call
            if cut_s >= reach_s or completed_s > until_s or (interval_s and on_time >= enough):
                break
        self.on_time = on_time
        return cut_s

    def _retried(self, change_set: ChangeSet) -> float:
        """Return when the next sync, whose first attempt fails, completes; or a time after the run.

        Attempts after the end of the run are not drawn: there may be thousands.
        """
        index = len(self.completed_s)
        flying = self._times.at(change_set, self._ordinal + index, self._end_s)
        self._retries[index] = flying.failed + 1
        self.repeated_bytes[index] = flying.repeated_bytes
        return flying.ends_s

    def attempts(self) -> Ints:
        """Return the attempts of each sync, shape (syncs,)."""
        attempts = np.ones(len(self.completed_s), dtype=np.int64)
        for index, count in self._retries.items():
            attempts[index] = count
        return attempts

    def columns(self) -> list[Ints]:
        """Return the ends of the change sets, for each stream of shape (syncs, columns)."""
        return self._sources.columns()


class _Together:
    """The parts of one stream, of which a sync sends some bytes once."""

    def __init__(self, parts: list[_Stream | OneByOne], whole: WholeStream) -> None:
        self.spec, self._parts, self._whole = parts[0].spec, parts, whole

    def take(self, cut_s: float) -> tuple[int, int]:
        """Return how many writes the next sync has, and the bytes to send."""
        writes = sent = dirtied = 0
        for part in self._parts:
            count, size = part.take(cut_s)
            writes += count
            if part.spec.hot is None:
                sent += size
            else:
                dirtied += size
        return writes, sent + self._whole.sent_bytes(dirtied)


def _together(parts: list[_Stream | OneByOne]) -> _Stream | OneByOne | _Together:
    whole = parts[0].spec.part_of
    return parts[0] if whole is None else _Together(parts, whole)


def _spec(stream: _Stream | OneByOne) -> Stream:
    return stream.spec


def _stream(curve: Curve | CellCurve, cuts: Cuts, length: int) -> _Stream | OneByOne:
    ahead = length + ON_TIME
    return OneByOne(curve, cuts, ahead) if isinstance(curve, CellCurve) else _Stream(curve)
