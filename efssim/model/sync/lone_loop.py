"""Gated syncs of one stream that is drawn one by one: the usual case of `sync_loop`, and its bits.

Nothing but the bytes, and the number, of its writes varies from sync to sync. So the arithmetic of
`formula` is written out here, without a call, and trials can be planned together (`lock_step`).
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import numpy as np

from efssim.model.kernel.draws import DrawSeries, Same
from efssim.model.sync.formula import Formula
from efssim.model.sync.sync_loop import ON_TIME
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.writes.change_sets import Floats, Ints
from efssim.model.writes.curves.each import Curve
from efssim.model.writes.journal import Journal
from efssim.model.writes.stream import BYTES, Stream

Times: TypeAlias = "array[float] | memoryview[Any]"
Totals: TypeAlias = "array[int] | memoryview[Any]"
Columns = tuple[list[float], list[float], list[int]]
"""Cuts, completions and ends of consecutive syncs."""

_NEAR = 64
"""Writes among which the end of a sync is looked for first."""


@dataclass(frozen=True, slots=True)
class LoneTimes:
    """The terms of the duration of a sync with one stream, in seconds but for rates a second."""

    latency_s: float
    scan_s: float
    """Of the inventory of a sync that has writes."""
    diff_s: float
    """Of the comparison of the large file, likewise."""
    throughput: float
    file_rate: float
    """Infinite: files do not count."""
    files_per_write: int
    has_one_file: bool
    """Whether all writes go into one file."""

    @classmethod
    def of(cls, formula: Formula, stream: Stream, stored: int) -> LoneTimes:
        """Return the terms for a stream that adds no files to those that are stored."""
        return cls(
            formula.latency_s,
            stored / formula.scan_rate if formula.looks else 0.0,
            stream.large_file_bytes / formula.diff_rate if formula.looks else 0.0,
            formula.throughput,
            formula.file_rate,
            stream.files_per_write,
            stream.large_file_bytes > 0,
        )

    @property
    def numbers(self) -> tuple[float, float, float, float, float]:
        """Latency, scan, comparison, throughput and rate of files."""
        return self.latency_s, self.scan_s, self.diff_s, self.throughput, self.file_rate

    def files(self, writes: int) -> int:
        """Return the files that a sync of some writes changes."""
        return int(writes > 0) if self.has_one_file else writes * self.files_per_write


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """The first sync of a loop, and its ends besides that of the journal."""

    cut_s: float
    ordinal: int
    until_s: float
    """A time that a completion is after."""
    enough: int
    """On-time syncs in a row, where cuts have an interval."""
    most: int
    """Syncs in all."""


class LoneLoop:
    """One run of the loop and the columns that it leaves."""

    def __init__(
        self, curve: Curve, terms: LoneTimes, times: SyncTimes, limits: LoopLimits
    ) -> None:
        """Begin with what is not published."""
        self.terms, self.limits = terms, limits
        self.setup: DrawSeries | Same = times.setup
        self.gap: DrawSeries | Same = times.gap
        self.interval_s, self.on_time_cuts = times.interval_s, times.cuts
        self.first, self.reach_s = curve.published, curve.horizon_s
        self.times_s, totals = curve.unpublished()
        self.totals: Ints = totals[BYTES]
        self.cut_s = limits.cut_s
        """Of the next sync."""
        self.begin = 0
        """Where the next sync begins, counted from `first`."""
        self.count = 0
        """Syncs so far."""
        self.on_time = 0
        """On-time syncs in a row at the end of the run."""
        self.is_over = False
        """Whether the journal or a limit was reached."""
        self._parts: list[tuple[Floats, Floats, Ints]] = []

    @property
    def ordinal(self) -> int:
        """Ordinal of the next sync."""
        return self.limits.ordinal + self.count

    def run(self) -> None:
        """Plan the syncs that are not planned yet."""
        if self.is_over:
            return
        draws = zip(
            self.setup.onwards(self.ordinal), self.gap.onwards(self.ordinal + 1), strict=True
        )
        columns: Columns = [], [], []
        # `bisect` on them is several times faster than `searchsorted` for one value. A copy is
        # faster than a view, but takes as long as all that is drawn: too long for a few syncs.
        times: Times = self.times_s[self.begin :].data
        totals: Totals = self.totals[self.begin :].data
        if self.limits.enough >= ON_TIME:
            times, totals = array("d", times.tobytes()), array("q", totals.tobytes())
        cut_s = self._plan(times, totals, islice(draws, self.limits.most - self.count), columns)
        cuts_s, completed_s, ends = (np.array(column) for column in columns)
        self.take(cuts_s, completed_s, ends + self.begin, cut_s, is_over=True)

    def _plan(
        self,
        times: Times,
        totals: Totals,
        draws: Iterable[tuple[float, float]],
        columns: Columns,
    ) -> float:
        """Add syncs to the columns and return the next cut; see `run`."""
        terms, cut_s, interval_s, reach_s = self.terms, self.cut_s, self.interval_s, self.reach_s
        until_s, enough = self.limits.until_s, self.limits.enough
        after, steps = self.on_time_cuts.after, not self.on_time_cuts.adds
        latency_s, scan_s, diff_s, throughput, file_rate = terms.numbers
        looks, counts_files = scan_s > 0.0 or diff_s > 0.0, file_rate < math.inf
        begin, last, known, on_time = 0, totals[0], len(times), self.on_time
        cuts_s, completions_s, ends = columns
        add_cut, add_completion, add_end = cuts_s.append, completions_s.append, ends.append
        for setup_s, gap_s in draws:
            near = begin + _NEAR
            end = bisect_right(times, cut_s, begin, near if near < known else known)
            if end == near:
                end = bisect_right(times, cut_s, end)
            total = totals[end]
            transfer_s = (total - last) / throughput
            if counts_files:
                files_s = terms.files(end - begin) / file_rate
                transfer_s = files_s if files_s > transfer_s else transfer_s
            fixed_s = setup_s + latency_s
            if looks and end > begin:
                fixed_s = fixed_s + scan_s + diff_s
            completed_s = cut_s + (fixed_s + transfer_s)
            add_cut(cut_s)
            add_completion(completed_s)
            add_end(end)
            begin, last = end, total
            ready_s, planned_s = completed_s + gap_s, after(cut_s) if steps else cut_s + interval_s
            on_time = on_time + 1 if ready_s <= planned_s else 0
            cut_s = planned_s if planned_s > ready_s else ready_s
            if cut_s >= reach_s or completed_s > until_s or (on_time >= enough and interval_s):
                break
        self.on_time = on_time
        return cut_s

    def take(
        self, cuts_s: Floats, completed_s: Floats, ends: Ints, next_cut_s: float, *, is_over: bool
    ) -> None:
        """Take the next syncs, at least one; their ends are counted from `first`."""
        self._parts.append((cuts_s, completed_s, ends))
        self.count += len(cuts_s)
        self.begin, self.cut_s, self.is_over = ends.item(-1), next_cut_s, is_over

    @property
    def cuts_s(self) -> Floats:
        """The cuts of the syncs, shape (syncs,)."""
        return np.concatenate([cuts_s for cuts_s, _, _ in self._parts])

    @property
    def completed_s(self) -> Floats:
        """Their completions, shape (syncs,)."""
        return np.concatenate([completed_s for _, completed_s, _ in self._parts])

    def columns(self) -> list[Ints]:
        """Return the ends of the change sets, of shape (syncs, 1)."""
        return [(np.concatenate([ends for _, _, ends in self._parts]) + self.first)[:, None]]

    def attempts(self) -> Ints:
        """Return the attempts of each sync, shape (syncs,): no attempt fails."""
        return np.ones(self.count, dtype=np.int64)

    @property
    def repeated_bytes(self) -> dict[int, int]:
        """Bytes that failed attempts sent, by the index of the sync: no attempt fails."""
        return {}


def lone_loop(journal: Journal, times: SyncTimes, limits: LoopLimits) -> LoneLoop | None:
    """Return a loop for what is in a journal; None where that is another case."""
    curve = journal.curves[0] if len(journal.curves) == 1 else None
    if not isinstance(curve, Curve) or curve.stream.hot is not None or times.may_fail:
        return None
    formula = times.formula()
    if formula.looks and curve.stream.new_files > 0:
        return None
    terms = LoneTimes.of(formula, curve.stream, journal.files_at_start)
    return LoneLoop(curve, terms, times, limits)
