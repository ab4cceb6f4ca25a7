"""Syncs as samples show them: equal cuts are one sync."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.calibration.data import DecodedSyncs, Floats, LeftOut, LeftOutKind
from efssim.calibration.samples.ages import Ages


@dataclass(frozen=True, slots=True)
class SeenSyncs:
    """Syncs that are seen, in order. Columns have the shape (syncs,), times as in `Ages`."""

    cut_s: Floats
    before_s: Floats
    """Last sample before the first that shows it; NaN where there is none."""
    first_s: Floats
    last_s: Floats
    """First and last sample that show it."""
    begins: NDArray[np.bool_]
    """Whether nothing is known of the sync before it."""

    def __len__(self) -> int:
        return len(self.cut_s)

    def decoded(self, origin_s: float) -> DecodedSyncs:
        """Return the syncs with absolute times."""
        columns = self.cut_s, self.before_s, self.first_s
        return DecodedSyncs(*(column + origin_s for column in columns))


def seen_syncs(ages: Ages, breaks: NDArray[np.bool_]) -> SeenSyncs:
    """Return the syncs that samples show; `breaks` is true where a sample follows no other.

    A cut that moves back begins anew as well.
    """
    cut_s = ages.cut_s
    step_s = np.diff(cut_s, prepend=cut_s[0])
    begins = breaks | (step_s < -ages.tolerance_s)
    begins[0] = True
    first = np.flatnonzero(begins | (step_s > ages.tolerance_s))
    last = np.append(first[1:] - 1, len(cut_s) - 1)
    before_s = np.where(begins[first], np.nan, ages.time_s[np.maximum(first - 1, 0)])
    return SeenSyncs(cut_s[first], before_s, ages.time_s[first], ages.time_s[last], begins[first])


def holes(ages: Ages, seen: SeenSyncs, breaks: NDArray[np.bool_]) -> list[LeftOut]:
    """Return the gaps among the samples, and the syncs that follow none."""
    found = []
    step_s = np.diff(ages.time_s)
    for at in np.flatnonzero(step_s > 1.5 * ages.period_s):
        begin_s, end_s = ages.time_s[at] + ages.period_s, ages.time_s[at + 1]
        missing = round((end_s - begin_s) / ages.period_s)
        kind, words = LeftOutKind.MISSING_LAG, f"{missing} samples of the lag are missing"
        if breaks[at + 1]:
            kind, words = LeftOutKind.UNDECODED, f"{missing} minutes follow from no statistics"
        found.append(_left_out(ages, begin_s, end_s, kind, words))
    cut_s = ages.cut_s
    for at in np.flatnonzero(np.diff(cut_s) < -ages.tolerance_s):
        words = "the last replicated time moves back, as it does where a replication is made anew"
        span = ages.time_s[at], ages.time_s[at + 1]
        found.append(_left_out(ages, *span, LeftOutKind.STEPPED_BACK, words))
    for cut, shown in zip(seen.cut_s[seen.begins], seen.first_s[seen.begins], strict=True):
        words = "after which cut the first sync was cut, and when it completed, is not seen"
        found.append(_left_out(ages, cut, shown, LeftOutKind.FIRST, words))
    return found


def _left_out(ages: Ages, begin_s: float, end_s: float, kind: LeftOutKind, words: str) -> LeftOut:
    return LeftOut(float(begin_s) + ages.origin_s, float(end_s) + ages.origin_s, kind, words)
