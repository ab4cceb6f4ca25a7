"""Whether the writes explain how long syncs took, and whether they would at other times.

Writes of another file system explain nothing; those of another time zone explain it once they are
moved by whole quarters of an hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.calibration.backtest.parts import covered, written_by
from efssim.calibration.data import Fitted, Floats, LeftOutKind, WriteTotals

_QUARTER_S = 900.0
"""Zones differ by multiples of it."""
_FURTHEST = 56
"""Quarters of an hour that two zones differ by at most: 14 hours."""
_ROWS = 100
"""Syncs that a statement takes; assumed."""
_CLEAR, _BETTER = 0.3, 0.2
"""Share of the variance that moved writes explain, and by how much more than as they are; assumed.
"""
_NOTHING = 0.1
"""Share of the variance below which writes explain next to nothing; assumed."""
_SPREAD = 2.0
"""Standard deviations of the sampling that durations vary by, if that is not sampling; assumed."""
_EVEN = 0.3
"""Relative standard deviation of the bytes of a sync below which writes are even; assumed."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How much of the variance of the durations the writes explain."""

    explained: float
    """As they are."""
    shift_s: float
    """Shift of the writes by which they explain the most; 0: as they are."""
    explained_shifted: float
    is_telling: bool
    """Whether durations and bytes vary enough that the writes ought to explain something."""

    @property
    def is_shifted(self) -> bool:
        """Whether the writes plainly belong to other times."""
        better = self.explained_shifted - self.explained
        return self.shift_s != 0 and better >= _BETTER and self.explained_shifted >= _CLEAR

    @property
    def explains_nothing(self) -> bool:
        """Whether the writes ought to explain something, and do not."""
        return self.is_telling and self.explained < _NOTHING


def alignment(fitted: Fitted, writes: WriteTotals) -> Alignment | None:
    """Return how the durations of syncs go with the writes; None if that cannot be told."""
    rows = _rows(fitted)
    if rows is None:
        return None
    begin_s, end_s, duration_s, sampling_s = rows
    shifts_s = np.arange(-_FURTHEST, _FURTHEST + 1) * _QUARTER_S
    shares = [_explained(writes, begin_s + s, end_s + s, duration_s) for s in shifts_s.tolist()]
    here = shares[_FURTHEST]
    if np.isnan(here):
        return None
    best = int(np.nanargmax(shares))
    sizes = np.diff(written_by(writes, np.stack((begin_s, end_s))), axis=0)[0]
    varies = float(duration_s.std()) > _SPREAD * sampling_s
    uneven = sizes.mean() > 0 and float(sizes.std()) > _EVEN * float(sizes.mean())
    return Alignment(here, float(shifts_s[best]), shares[best], bool(varies and uneven))


def _rows(fitted: Fitted) -> tuple[Floats, Floats, Floats, float] | None:
    """Return previous cut, cut, duration of undisturbed syncs, and the sampling's deviation."""
    syncs, phase_s = fitted.syncs, fitted.phase.value_s
    if len(syncs) <= _ROWS:
        return None
    cut_s, by_s = syncs.cut_s, syncs.completed_by_s
    middle_s = (syncs.completed_after_s + by_s) / 2 - cut_s
    calm = ~np.isnan(middle_s)
    calm[0] = False
    for left in fitted.left_out:
        if left.kind == LeftOutKind.DISTURBED:
            overlaps = (np.roll(cut_s, 1) < left.end_s) & (by_s > left.begin_s)
            calm &= ~overlaps
    if calm.sum() < _ROWS:
        return None
    window_s = (by_s - syncs.completed_after_s)[calm]
    previous_s = np.roll(cut_s, 1)[calm]
    sampling_s = float(np.sqrt((window_s**2).mean() / 12))
    return previous_s + phase_s, cut_s[calm] + phase_s, middle_s[calm], sampling_s


def _explained(writes: WriteTotals, begin_s: Floats, end_s: Floats, duration_s: Floats) -> float:
    """Return the share of the variance of durations that bytes explain; NaN for too few rows."""
    first_s, last_s = covered(writes)
    inside = (begin_s >= first_s) & (end_s <= last_s)
    if inside.sum() < _ROWS:
        return float("nan")
    sizes = written_by(writes, end_s[inside]) - written_by(writes, begin_s[inside])
    durations = duration_s[inside]
    if not sizes.std() or not durations.std():
        return 0.0
    related = float(np.corrcoef(sizes, durations)[0, 1])
    return max(related, 0.0) ** 2
