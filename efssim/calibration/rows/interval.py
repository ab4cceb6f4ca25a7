"""The interval between cuts, from their spacings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.calibration.data import Floats
from efssim.calibration.refusal import CannotFitError
from efssim.calibration.samples.ages import Ages
from efssim.calibration.samples.syncs import SeenSyncs

SHARE, MOST_BELOW = 0.03, 0.01
"""Spacings that have the interval at least, and that may lie below it at most; assumed."""
FEWEST = 5
"""Spacings that have the interval at least; assumed."""
SPAN = 0.55
"""Span of ages beside the interval that proves it no multiple of a shorter one: above a half."""
LEAST_ERROR_S = 1e-3
"""Error that is left however many intervals are counted: ages are printed in ms; assumed."""
SHORTEST_S = 2.0
"""A divisor of spacings below it is taken for none; assumed."""


@dataclass(frozen=True, slots=True)
class CutInterval:
    """The least time between cuts, and what it is known from."""

    value_s: float
    low_s: float
    high_s: float
    is_lattice: bool
    """Whether cuts between samples stay unseen: the interval is below the samples' period."""
    tolerance_s: float
    """Largest deviation of a spacing from a multiple of the interval."""


def spacings(seen: SeenSyncs) -> Floats:
    """Return the time to the next cut that is seen; NaN where none is. Shape (syncs,)."""
    following = np.append(seen.cut_s[1:], np.nan)
    following[np.append(seen.begins[1:], True)] = np.nan
    return following - seen.cut_s


def interval_of(ages: Ages, seen: SeenSyncs) -> CutInterval | None:
    """Return the interval, None where every sync is late.

    Raise CannotFitError where samples show too few of the cuts to tell.
    """
    spacing_s = spacings(seen)
    spacing_s = np.sort(spacing_s[np.isfinite(spacing_s)])
    if len(spacing_s) < FEWEST:
        raise CannotFitError(
            f"{len(seen)} syncs are too few: at least {FEWEST + 2} have to be seen; an age that "
            "only grows is that of a paused or failed replication"
        )
    tolerance_s = 2 * ages.resolution_s + 2 * 1e-3
    mode_s, share, below = _mode(spacing_s, tolerance_s)
    frequent = share >= max(SHARE, FEWEST / len(spacing_s)) and below < MOST_BELOW
    if frequent and mode_s > ages.period_s + tolerance_s:
        return _refined(spacings(seen), mode_s, False, ages)
    if float(np.median(spacing_s)) > 1.5 * ages.period_s:
        return None
    return _lattice(ages, seen, spacing_s)


def _mode(spacing_s: Floats, width_s: float) -> tuple[float, float, float]:
    """Return the most frequent of sorted spacings, and the shares at it and below it."""
    end = spacing_s.searchsorted(spacing_s + width_s, "right")
    counts = end - np.arange(len(spacing_s))
    first = int(counts.argmax())
    mode_s = float(np.median(spacing_s[first : end[first]]))
    return mode_s, counts[first] / len(spacing_s), first / len(spacing_s)


def _lattice(ages: Ages, seen: SeenSyncs, spacing_s: Floats) -> CutInterval:
    """Return the largest divisor of the frequent spacings, if it can be no multiple."""
    width_s = 2 * ages.resolution_s + 2 * 1e-3
    divisor_s = 0.0
    for cluster_s in _clusters(spacing_s, width_s):
        divisor_s = _common(divisor_s, cluster_s, width_s)
    unknown = CannotFitError(
        "cycles are no longer than the time between samples, and the cuts show no interval"
    )
    if divisor_s < max(SHORTEST_S, 3 * width_s):
        raise unknown
    found = _refined(spacings(seen), divisor_s, True, ages)
    on = _on_lattice(spacings(seen), found)
    if on.mean() < 0.5:
        raise unknown
    shown = ages.age_s[ages.time_s.searchsorted(seen.first_s)][on]
    low, high = np.quantile(shown, (0.05, 0.95))
    if high - low < SPAN * found.value_s:
        raise CannotFitError(
            f"the samples are locked to the syncs: their ages span {high - low:.1f} s, and an "
            f"interval of {found.value_s:.1f} s or any whole part of it shows the same"
        )
    return found


def _clusters(spacing_s: Floats, width_s: float) -> list[float]:
    """Return the frequent values of sorted spacings, those of at least 2 %."""
    edges = np.flatnonzero(np.diff(spacing_s) > width_s) + 1
    groups = np.split(spacing_s, edges)
    least = max(3, len(spacing_s) // 50)
    return [
        float(np.median(one)) for one in groups if len(one) >= least and np.ptp(one) < 1.0 + width_s
    ]


def _common(a_s: float, b_s: float, width_s: float) -> float:
    """Return the largest common divisor of two durations, up to a tolerance."""
    while b_s > 2 * width_s:
        rest_s = abs(a_s - b_s * round(a_s / b_s))
        a_s, b_s = b_s, rest_s
    return a_s


def _on_lattice(spacing_s: Floats, interval: CutInterval) -> np.ndarray:
    times = np.round(spacing_s / interval.value_s)
    with np.errstate(invalid="ignore"):
        off_s = np.abs(spacing_s - times * interval.value_s)
        result: np.ndarray = (times >= 1) & (off_s <= interval.tolerance_s)
    return result


def _refined(spacing_s: Floats, rough_s: float, is_lattice: bool, ages: Ages) -> CutInterval:
    """Return the interval from runs of spacings that are multiples of it."""
    tolerance_s = 2 * ages.resolution_s + 2 * 1e-3
    value_s = rough_s
    low_s, high_s = rough_s - tolerance_s, rough_s + tolerance_s
    for _ in range(3):
        times = np.round(spacing_s / value_s)
        with np.errstate(invalid="ignore"):
            on = (times >= 1) & (np.abs(spacing_s - times * value_s) <= tolerance_s)
            on &= (times <= 20) if is_lattice else (times == 1)
        total_s, counts = _runs(spacing_s, times, on)
        if not len(counts):
            break
        error_s = (ages.resolution_s + 1e-3) / counts
        best = int(counts.argmax())
        value_s = float(total_s[best] / counts[best])
        low_s = float((total_s / counts - error_s).max())
        high_s = float((total_s / counts + error_s).min())
    if low_s > high_s:  # runs that disagree by rounding
        low_s, high_s = value_s - tolerance_s, value_s + tolerance_s
    value_s = min(max(value_s, low_s), high_s)
    low_s, high_s = min(low_s, value_s - LEAST_ERROR_S), max(high_s, value_s + LEAST_ERROR_S)
    return CutInterval(value_s, low_s, high_s, is_lattice, tolerance_s)


def _runs(spacing_s: Floats, times: Floats, on: np.ndarray) -> tuple[Floats, Floats]:
    """Return total time and number of intervals of each run of spacings on time."""
    starts = np.flatnonzero(on & ~np.concatenate(([False], on[:-1])))
    if not len(starts):
        return np.zeros(0), np.zeros(0)
    kept_s, kept = np.where(on, spacing_s, 0.0), np.where(on, times, 0.0)
    return np.add.reduceat(kept_s, starts), np.add.reduceat(kept, starts)
