"""The change sets of a journal as plain numbers: each sync takes the writes up to its cut."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from typing import Protocol

import numpy as np

from efssim.model.sync.lone_loop import LoneTimes
from efssim.model.sync.sync_loop import Sources
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.writes.change_sets import Ints
from efssim.model.writes.curves.each import Curve
from efssim.model.writes.journal import Journal
from efssim.model.writes.stream import BYTES

_COPIED = 8192
"""Writes that are copied at once."""
_NEAR = 64
"""Writes among which the end of a sync is looked for first."""
_AHEAD = 32
"""Syncs for which streams in cells look ahead."""

Sent = tuple[float, float, float]
"""Seconds before the transfer, seconds of the transfer at full speed, and that in bytes/s."""


class Takes(Protocol):
    """The next change sets of a journal, for rising cuts."""

    reach_s: float
    """Only cuts before this time can be asked for."""

    def take(self, cut_s: float, setup_s: float) -> Sent:
        """Return how long the next sync takes, alone on its link."""

    def ends(self, count: int) -> list[Ints]:
        """Return where the next change sets that were taken end, for each stream a column."""


class LoneTakes:
    """Those of one stream that is drawn one by one; compare `lone_loop`."""

    def __init__(self, curve: Curve, terms: LoneTimes, cut_s: float) -> None:
        """Begin with what is not published; the first sync is cut at `cut_s`."""
        self._terms = terms
        times, totals = curve.unpublished()
        count = max(_COPIED, 2 * int(times.searchsorted(cut_s, "right")))
        self.reach_s = times.item(count) if count < len(times) else curve.horizon_s
        """Only cuts before this time can be asked for."""
        # `bisect` on them is several times faster than `searchsorted` for one value.
        self._times = array("d", times[:count].tobytes())
        self._totals = array("q", totals[BYTES, : count + 1].tobytes())
        self._first, self._begin = curve.published, 0
        self._ends: list[int] = []

    def take(self, cut_s: float, setup_s: float) -> Sent:
        """Return how long the next sync takes, alone on its link."""
        terms, begin, times = self._terms, self._begin, self._times
        near, known = begin + _NEAR, len(times)
        end = bisect_right(times, cut_s, begin, near if near < known else known)
        if end == near:
            end = bisect_right(times, cut_s, end)
        sent = self._totals[end] - self._totals[begin]
        self._begin = end
        self._ends.append(end)
        fixed_s, transfer_s = setup_s + terms.latency_s, sent / terms.throughput
        cap = terms.throughput if sent else 0.0
        if end > begin:
            fixed_s = fixed_s + terms.scan_s + terms.diff_s
            if terms.file_rate < math.inf:
                files_s = terms.files(end - begin) / terms.file_rate
                if files_s > transfer_s:
                    transfer_s, cap = files_s, sent / files_s
        return fixed_s, transfer_s, cap

    def ends(self, count: int) -> list[Ints]:
        """Return where the next change sets that were taken end, for each stream a column."""
        ends = np.array(self._ends[:count], dtype=np.int64)
        del self._ends[:count]
        return [(ends + self._first)[:, None]]


class AllTakes:
    """Those of any streams."""

    def __init__(self, journal: Journal, times: SyncTimes) -> None:
        """Begin with what is not published."""
        self._sources = Sources(journal, times.interval_s, _AHEAD)
        self.reach_s = journal.horizon_s
        """Only cuts before this time can be asked for."""
        self._formula = times.formula()
        self._given = 0

    def take(self, cut_s: float, setup_s: float) -> Sent:
        """Return how long the next sync takes, alone on its link."""
        formula = self._formula
        writes, sent, files, large, stored = self._sources.take(cut_s)
        setup_s, scan_s, diff_s, transfer_s = formula.phases(
            setup_s, writes > 0, stored, large, sent, files, max
        )
        return setup_s + scan_s + diff_s, transfer_s, formula.transfer_rate(sent, files)

    def ends(self, count: int) -> list[Ints]:
        """Return where the next change sets that were taken end, for each stream a column."""
        begin, self._given = self._given, self._given + count
        return [column[begin : self._given] for column in self._sources.columns()]


def takes_of(journal: Journal, times: SyncTimes, cut_s: float) -> Takes:
    """Return the change sets of a journal from the first unpublished write on."""
    formula = times.formula()
    curve = journal.curves[0] if len(journal.curves) == 1 else None
    if not isinstance(curve, Curve) or curve.stream.hot is not None:
        return AllTakes(journal, times)
    if formula.looks and curve.stream.new_files > 0:
        return AllTakes(journal, times)
    return LoneTakes(curve, LoneTimes.of(formula, curve.stream, journal.files_at_start), cut_s)
