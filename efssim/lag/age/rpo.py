"""Attainment of the recovery point objective, and the intervals that violate it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.lag.age.sawtooth import Teeth
from efssim.lag.weighted.block_sums import BlockSums
from efssim.records.columns import Columns
from efssim.records.timeline import Occurrence

Floats = NDArray[np.float64]

_COLUMNS = {"begin_s": "d", "end_s": "d", "peak_s": "d"}


@dataclass(frozen=True, slots=True)
class Violation:
    """A maximal interval in which time since last sync is above the target."""

    begin_s: float
    end_s: float
    peak_s: float
    cause_ordinal: int | None = None
    """Ordinal of the disturbance that overlaps it longest, in the timeline; None: of none."""
    after_ordinal: int | None = None
    """Of the one that overlaps it longest if it had begun a target earlier; None: of none."""


class Violations:
    """Violations in a sawtooth that comes in pieces, in order of time and cut to the window."""

    def __init__(self, target_s: float) -> None:
        self.target_s = target_s
        self.disturbances: tuple[Occurrence, ...] = ()
        """Those that reached the replication, in order of their begins: the possible causes."""
        self._ended = Columns(_COLUMNS)
        self._last: Violation | None = None  # the next piece may go on with it
        self._lengths = BlockSums()
        self._longest_s = 0.0

    def __len__(self) -> int:
        return len(self._ended) + (self._last is not None)

    def spans(self) -> tuple[Floats, Floats]:
        """Return their begins and ends, in order."""
        begin_s, end_s = self._ended.floats("begin_s"), self._ended.floats("end_s")
        last = self._last
        if last is None:
            return begin_s, end_s
        return np.append(begin_s, last.begin_s), np.append(end_s, last.end_s)

    def peaks(self) -> Floats:
        """Return the largest age in each, in order."""
        peak_s, last = self._ended.floats("peak_s"), self._last
        return peak_s if last is None else np.append(peak_s, last.peak_s)

    def __iter__(self) -> Iterator[Violation]:
        (begin_s, end_s), peak_s = self.spans(), self.peaks()
        during = longest_overlaps(begin_s, end_s, self.disturbances)
        after = longest_overlaps(begin_s - self.target_s, end_s, self.disturbances)
        columns = begin_s.tolist(), end_s.tolist(), peak_s.tolist(), during, after
        yield from (Violation(*row) for row in zip(*columns, strict=True))

    def add(self, teeth: Teeth) -> None:
        """Add the next teeth of the sawtooth."""
        since = np.maximum(teeth.begin_s, teeth.origin_s + self.target_s)
        above = since < teeth.end_s  # an age that rounding alone puts above it has no length
        begin, end, origin = teeth.begin_s[above], teeth.end_s[above], teeth.origin_s[above]
        if not len(begin):
            return
        last = self._last
        since, peak = since[above], end - origin
        before = np.append(np.nan if last is None else last.end_s, end[:-1])
        # A completion that leaves the age above the target does not end a violation.
        first = ~((begin == before) & (begin - origin > self.target_s))
        if last is not None:
            since, end = np.append(last.begin_s, since), np.append(last.end_s, end)
            peak, first = np.append(last.peak_s, peak), np.append(True, first)
        self._take(since, end, peak, np.flatnonzero(first))

    def _take(self, since: Floats, end: Floats, peak: Floats, first: NDArray[np.intp]) -> None:
        """Take in parts of violations, given where each violation has its first part."""
        last = np.append(first[1:] - 1, len(since) - 1)
        begin_s, end_s, peak_s = since[first], end[last], np.maximum.reduceat(peak, first)
        self._last = Violation(begin_s.item(-1), end_s.item(-1), peak_s.item(-1))
        if len(first) > 1:
            begin_s, end_s, peak_s = begin_s[:-1], end_s[:-1], peak_s[:-1]
            self._ended.extend((begin_s, end_s, peak_s))
            self._lengths.add(end_s - begin_s)
            self._longest_s = max(self._longest_s, float((end_s - begin_s).max()))

    def total_s(self) -> float:
        """Return the time in violation."""
        return self._lengths.total() + self._last_s

    def longest_s(self) -> float:
        """Return the length of the longest, 0 without any."""
        return max(self._longest_s, self._last_s)

    @property
    def _last_s(self) -> float:
        return 0.0 if self._last is None else self._last.end_s - self._last.begin_s

    def copy(self) -> Violations:
        """Return an independent copy of the violations so far."""
        other = Violations(self.target_s)
        other._ended, other._lengths = self._ended.copy(), self._lengths.copy()
        other._last, other._longest_s = self._last, self._longest_s
        other.disturbances = self.disturbances
        return other


def longest_overlaps(
    begin_s: Floats, end_s: Floats, disturbances: Sequence[Occurrence]
) -> list[int | None]:
    """Return, for each interval, the ordinal of the disturbance that overlaps it longest.

    Of two that overlap it equally long, the first; None where none does.
    """
    longest_s = np.zeros(len(begin_s))
    longest: list[int | None] = [None] * len(begin_s)
    for each in disturbances:
        over_s = np.inf if each.end_s is None else each.end_s
        overlap_s = np.minimum(end_s, over_s) - np.maximum(begin_s, each.begin_s)
        for index in np.flatnonzero(overlap_s > longest_s):
            longest[index] = each.ordinal
        longest_s = np.maximum(longest_s, overlap_s)
    return longest
