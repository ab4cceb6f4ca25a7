"""The change sets of a journal as plain numbers: each sync takes the writes up to its cut."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from typing import Protocol

import numpy as np

from efssim.model.kernel.cuts import Cuts
from efssim.model.sync.lone_loop import LoneTimes
from efssim.model.sync.sync_loop import Sources
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.writes.change_sets import Ints
from efssim.model.writes.curves.each import Curve
from efssim.model.writes.journal import Journal
from efssim.model.writes.stream import BYTES

_COPIED = 8192
"""Writes that are copied at once."""
_AHEAD = 32
"""Syncs for which streams in cells look ahead."""
_NEAR = 64
"""Writes among which the end of a sync is looked for first."""
_ROW = 4
"""Numbers of a sync ahead."""
_FEWEST, _MOST = 8, 256
"""Syncs that are looked up at once."""

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
    """Those of one stream that is drawn one by one; compare `lone_loop`.

    Syncs that are on time have cuts that are known beforehand, so these are looked up together.
    """

    __slots__ = (
        "_ahead",
        "_first",
        "_last_s",
        "_length",
        "_next",
        "_on_time",
        "_taken",
        "_terms",
        "_times",
        "_totals",
        "reach_s",
    )

    def __init__(self, curve: Curve, terms: LoneTimes, cuts: Cuts, cut_s: float) -> None:
        """Begin with what is not published; the first sync is cut at `cut_s`."""
        self._terms, self._on_time, self._last_s = terms, cuts, math.nan
        times, totals = curve.unpublished()
        count = max(_COPIED, 2 * int(times.searchsorted(cut_s, "right")))
        self.reach_s = times.item(count) if count < len(times) else curve.horizon_s
        """Only cuts before this time can be asked for."""
        self._times, self._totals = times[:count], totals[BYTES, : count + 1]
        self._first = curve.published
        # Where the change sets end that were not asked for. Packed, as are those ahead: with
        # hundreds of lanes, memory costs more than arithmetic.
        self._taken = array("q", (0,))
        self._length, self._next = _FEWEST, 0
        self._ahead = array("d")
        """Of each sync ahead its cut, its end, and time and speed of its transfer."""

    def take(self, cut_s: float, setup_s: float) -> Sent:
        """Return how long the next sync takes, alone on its link."""
        k, ahead, terms, last_s = self._next, self._ahead, self._terms, self._last_s
        self._last_s = cut_s
        if k == len(ahead) or ahead[k] != cut_s:
            if not self._on_time.may_follow(last_s, cut_s):
                return self._take_one(cut_s, setup_s)
            ahead = self._ahead = self._look_ahead(cut_s, is_longer=k == len(ahead))
            k = 0
        self._next = k + _ROW
        end, fixed_s = int(ahead[k + 1]), setup_s + terms.latency_s
        if end > self._taken[-1]:
            fixed_s = fixed_s + terms.scan_s + terms.diff_s
        self._taken.append(end)
        return fixed_s, ahead[k + 2], ahead[k + 3]

    def _take_one(self, cut_s: float, setup_s: float) -> Sent:
        """Do as `take` for a sync whose cut was not known beforehand."""
        terms, begin, times = self._terms, self._taken[-1], self._times.data
        near, known = begin + _NEAR, len(times)
        end = bisect_right(times, cut_s, begin, near if near < known else known)
        if end == near:
            end = bisect_right(times, cut_s, end)
        sent = self._totals.item(end) - self._totals.item(begin)
        self._taken.append(end)
        fixed_s, transfer_s = setup_s + terms.latency_s, sent / terms.throughput
        cap = terms.throughput if sent else 0.0
        if end > begin:
            fixed_s = fixed_s + terms.scan_s + terms.diff_s
            if terms.file_rate < math.inf:
                files_s = terms.files(end - begin) / terms.file_rate
                if files_s > transfer_s:
                    transfer_s, cap = files_s, sent / files_s
        return fixed_s, transfer_s, cap

    def _look_ahead(self, cut_s: float, *, is_longer: bool) -> array[float]:
        """Return the syncs from a cut on, as if they were on time: few if the last were not."""
        self._length = min(2 * self._length, _MOST) if is_longer else _FEWEST
        cuts_s = self._on_time.row(cut_s, self._length)
        cuts_s = cuts_s[: max(1, int(cuts_s.searchsorted(self.reach_s, "left")))]
        ends = self._times.searchsorted(cuts_s, "right")
        edges = np.concatenate(([self._taken[-1]], ends))
        writes, sent, terms = np.diff(edges), np.diff(self._totals[edges]), self._terms
        transfers_s, caps = sent / terms.throughput, np.where(sent > 0, terms.throughput, 0.0)
        if terms.file_rate < math.inf:
            files = (writes > 0) if terms.has_one_file else writes * terms.files_per_write
            files_s = files / terms.file_rate
            by_files = files_s > transfers_s
            transfers_s[by_files] = files_s[by_files]
            caps[by_files] = sent[by_files] / files_s[by_files]
        rows = np.column_stack((cuts_s, ends, transfers_s, caps))
        return array("d", rows.tobytes())

    def ends(self, count: int) -> list[Ints]:
        """Return where the next change sets that were taken end, for each stream a column."""
        ends = np.array(self._taken[1 : count + 1], dtype=np.int64)
        del self._taken[:count]
        return [(ends + self._first)[:, None]]


class AllTakes:
    """Those of any streams."""

    def __init__(self, journal: Journal, times: SyncTimes) -> None:
        """Begin with what is not published."""
        self._sources = Sources(journal, times.cuts, _AHEAD)
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
    terms = LoneTimes.of(formula, curve.stream, journal.files_at_start)
    return LoneTakes(curve, terms, times.cuts, cut_s)
