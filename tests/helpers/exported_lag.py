"""A replication in a few lines, and samples of its lag: an independent source of exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from efssim.calibration.data import Floats, LagSamples, WriteTotals

START_S = 1_767_225_600.0
"""A whole number of hours."""


def minutes(bytes_per_minute: Sequence[float], begin_s: float = START_S) -> WriteTotals:
    """Return totals of minutes."""
    size = np.asarray(bytes_per_minute, dtype=np.float64)
    return WriteTotals(begin_s + 60.0 * np.arange(len(size), dtype=np.float64), size, None, 60.0)


def samples(time_s: Floats, age_s: Floats, period_s: float = 60.0) -> LagSamples:
    """Return samples that hold one value each."""
    age_s = np.asarray(age_s, dtype=np.float64)
    return LagSamples(np.asarray(time_s, dtype=np.float64), age_s, age_s, age_s, period_s)


def replicated(
    writes: WriteTotals,
    *,
    interval: float,
    setup: float,
    throughput: float,
    gap: float = 0.0,
    setup_of: Callable[[int], float] | None = None,
    stalls: Sequence[tuple[float, float]] = (),
) -> tuple[Floats, Floats]:
    """Return cuts and completions, in seconds since the first minute.

    Bytes are spread evenly over their minutes. A stall lets no sync begin, as a pause while idle.
    """
    total = np.concatenate(([0.0], np.cumsum(writes.bytes)))
    at = np.arange(len(total)) * 60.0
    cuts: list[float] = []
    completions: list[float] = []
    cut, last = interval, 0.0
    while cut < at[-1]:
        size = float(np.interp(cut, at, total) - np.interp(last, at, total))
        fixed = setup if setup_of is None else setup_of(len(cuts))
        completed = cut + fixed + size / throughput
        cuts.append(cut)
        completions.append(completed)
        last, cut = cut, max(cut + interval, completed + gap)
        for begin, end in stalls:
            cut = end if begin <= cut < end else cut
    return np.array(cuts), np.array(completions)


def sampled(
    cut_s: Floats,
    completed_s: Floats,
    *,
    phase: float,
    count: int,
    whole_seconds: bool = False,
) -> LagSamples:
    """Return the ages of each minute, at the same second of all of them, from the first sync on."""
    at_s = np.arange(count) * 60.0 + phase
    at_s = at_s[at_s >= completed_s[0]]
    age_s = at_s - cut_s[completed_s.searchsorted(at_s, "right") - 1]
    if whole_seconds:
        age_s = np.floor(age_s)
    return samples(START_S + np.floor(at_s / 60.0) * 60.0, age_s)


def by_five(lag: LagSamples) -> LagSamples:
    """Return the statistics of each five minutes that are whole."""
    period = np.floor(lag.time_s / 300.0)
    numbers, counts = np.unique(period, return_counts=True)
    whole = [lag.mean[period == number] for number in numbers[counts == 5]]
    return LagSamples(
        numbers[counts == 5] * 300.0,
        np.array([one.min() for one in whole]),
        np.array([one.mean() for one in whole]),
        np.array([one.max() for one in whole]),
        300.0,
    )
