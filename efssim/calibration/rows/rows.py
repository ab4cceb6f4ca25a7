"""Rows: syncs with bounds of their duration, their bytes, and the cut after them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from efssim.calibration.data import Floats
from efssim.calibration.rows.interval import LEAST_ERROR_S, CutInterval, spacings
from efssim.calibration.rows.written import Written
from efssim.calibration.samples.ages import MINUTE_S, Ages
from efssim.calibration.samples.syncs import SeenSyncs

Flags = NDArray[np.bool_]

PHASES = 13
"""Phases of the samples for which bytes are reckoned; between them they are linear."""
EDGE_SHARE = 0.05
"""Bytes that an edge of a burst leaves open, over a sync's bytes, that leave it out; assumed."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Syncs whose duration is bounded. Columns have the shape (rows,) unless said otherwise."""

    cut_s: Floats
    low_s: Floats
    """The duration is above it …"""
    high_s: Floats
    """… and at most this; infinite for syncs that are not seen."""
    previous_s: Floats
    """Cut after which the change set begins; NaN where it is not known."""
    spacing_s: Floats
    """Time to the next cut; NaN unless it is surely the next one."""
    is_paced: Flags
    """Whether the next cut came after the interval: duration and gap fit into it."""
    is_late: Flags
    """Whether the next cut came later: spacing = duration + gap, unless disturbed."""
    bytes: Floats
    """Of the change set, for each phase: shape (rows, phases); NaN where not known."""
    variance: Floats
    """Of the bytes, given the totals of the periods."""
    third: Floats
    """Third central moment of the bytes, given the same."""
    is_edge: Flags
    """Whether an edge of a burst leaves the bytes open."""

    def __len__(self) -> int:
        return len(self.cut_s)

    def only(self, which: Flags | NDArray[np.int64]) -> Rows:
        """Return some of the rows."""
        return Rows(*(getattr(self, name)[which] for name in self.__slots__))

    @property
    def is_known(self) -> Flags:
        """Return which rows have bytes."""
        known: Flags = np.asarray(np.isfinite(self.bytes).all(axis=1))
        return known

    @property
    def middle_bytes(self) -> Floats:
        """Return the bytes at the middle phase."""
        return self.bytes[:, self.bytes.shape[1] // 2]


def phases_of(ages: Ages) -> Floats:
    """Return the phases that the samples may have had, in seconds."""
    if not ages.is_truncated:
        return np.zeros(1)
    return np.linspace(0.0, min(MINUTE_S, ages.period_s), PHASES)


def rows_of(
    ages: Ages, seen: SeenSyncs, interval: CutInterval | None, written: Written | None
) -> Rows:
    """Return the rows of all syncs but those that follow nothing."""
    rows = _seen_rows(ages, seen, interval)
    if interval is not None:
        rows = _joined(rows, _unseen_rows(seen, interval))
    return _with_bytes(rows, written, phases_of(ages))


def _seen_rows(ages: Ages, seen: SeenSyncs, interval: CutInterval | None) -> Rows:
    spacing_s = spacings(seen)
    before_s = np.concatenate(([np.nan], spacing_s[:-1]))
    following_s = np.append(seen.cut_s[1:], np.nan)
    is_next = following_s <= seen.last_s
    previous_s = np.where(np.concatenate(([False], is_next[:-1])), seen.cut_s - before_s, np.nan)
    is_paced = np.zeros(len(seen), dtype=bool)
    if interval is not None:
        is_next |= spacing_s < 2 * interval.value_s - interval.tolerance_s
        previous_s = np.where(
            np.concatenate(([False], is_next[:-1])), seen.cut_s - before_s, previous_s
        )
        is_paced = on_time(seen, interval)
        paced_before = np.concatenate(([False], is_paced[:-1]))
        previous_s = np.where(paced_before, seen.cut_s - interval.value_s, previous_s)
    # A rounded age may be short of the true one by the resolution, in both ends of a spacing.
    late_from_s = -np.inf if interval is None else interval.value_s + interval.tolerance_s
    with np.errstate(invalid="ignore"):
        is_late = is_next & ~is_paced & (spacing_s > late_from_s)
    blank = np.full(len(seen), np.nan)
    rows = Rows(
        seen.cut_s,
        np.maximum(seen.before_s - seen.cut_s, 0.0),
        seen.first_s - seen.cut_s + ages.resolution_s,
        previous_s,
        np.where(is_paced | is_late, spacing_s, np.nan),
        is_paced,
        is_late,
        blank[:, None],
        blank,
        blank,
        np.zeros(len(seen), dtype=bool),
    )
    return rows.only(~seen.begins)


def _unseen_rows(seen: SeenSyncs, interval: CutInterval) -> Rows:
    """Return the syncs after the seen ones that were still running at their last sample."""
    spacing_s = spacings(seen)
    hidden = on_time(seen, interval) & (spacing_s > 1.5 * interval.value_s)
    cut_s = seen.cut_s + interval.value_s
    hidden &= seen.last_s > cut_s
    n = int(hidden.sum())
    blank = np.full(n, np.nan)
    return Rows(
        cut_s[hidden],
        (seen.last_s - cut_s)[hidden],
        np.full(n, np.inf),
        seen.cut_s[hidden],
        np.full(n, interval.value_s),
        np.ones(n, dtype=bool),
        np.zeros(n, dtype=bool),
        blank[:, None],
        blank,
        blank,
        np.zeros(n, dtype=bool),
    )


def on_time(seen: SeenSyncs, interval: CutInterval) -> Flags:
    """Return which syncs, and the unseen ones up to the next that is seen, were on time.

    Then the spacing is a whole multiple of the interval. One that is so by chance is no such if no
    sync can have been between.
    """
    spacing_s = spacings(seen)
    is_next = np.append(seen.cut_s[1:], np.nan) <= seen.last_s
    times = np.round(spacing_s / interval.value_s)
    most = np.inf if interval.is_lattice else 2.5  # one sync may stay unseen between two samples
    with np.errstate(invalid="ignore"):
        off_s = np.abs(spacing_s - times * interval.value_s)
        unsure_s = max(interval.high_s - interval.low_s - 2 * LEAST_ERROR_S, 0.0)
        slack_s = interval.tolerance_s + times * unsure_s
        near: Flags = (times >= 1) & (times <= most) & (off_s <= slack_s)
        near &= ~(is_next & (times > 1))
    return near


def _joined(first: Rows, second: Rows) -> Rows:
    names = Rows.__slots__
    joined = (np.concatenate((getattr(first, n), getattr(second, n))) for n in names)
    rows = Rows(*joined)
    return rows.only(rows.cut_s.argsort(kind="stable"))


def _with_bytes(rows: Rows, written: Written | None, phases_s: Floats) -> Rows:
    if written is None:
        nothing = np.zeros((len(rows), 1))
        zeros = np.zeros(len(rows))
        return replace(rows, bytes=nothing, variance=zeros, third=zeros)
    size = np.empty((len(rows), len(phases_s)))
    moments = np.zeros((2, len(rows)))
    edge = np.zeros(len(rows))
    for column, phase_s in enumerate(phases_s):
        begin_s, end_s = rows.previous_s + phase_s, rows.cut_s + phase_s
        known = np.isfinite(begin_s) & (begin_s >= written.begin_s) & (end_s <= written.end_s)
        ends = np.nan_to_num(begin_s), end_s
        size[:, column] = np.where(known, written.up_to(ends[1]) - written.up_to(ends[0]), np.nan)
        moments += np.stack(written.moments(*ends)) / len(phases_s)
        edge = np.maximum(edge, np.maximum(*(written.near_edge(one) for one in ends)))
    with np.errstate(invalid="ignore"):
        is_edge = edge > EDGE_SHARE * size[:, len(phases_s) // 2]
    return replace(rows, bytes=size, variance=moments[0], third=moments[1], is_edge=is_edge)
