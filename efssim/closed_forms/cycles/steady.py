"""The steady cycle of a sync process, and the distribution of time since last sync in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from efssim.closed_forms.cycles.syncs import Syncs

_HALVINGS = 200
"""Steps of a bisection: floats are found to the last bit in fewer."""
_DOUBLINGS = 128
"""Doublings after which a search gives up: a factor of 1e38, and no product of two overflows."""
_STEP = 1e-4
"""Relative step of a derivative: exact for linear functions, else off by its square. So its
square is also the least distance from slope 1 that can be seen."""


@dataclass(frozen=True)
class Steady:
    """A cycle that repeats: from one cut to the next, in seconds."""

    cycle_s: float
    sync_s: float
    """Mean duration of a sync."""
    on_time: bool
    """Whether cuts keep to the interval, or each waits for the sync before it."""
    age_mean_s: float
    age_peak_s: float
    """Mean age just before a completion."""
    write_lag_mean_s: float
    """Mean over writes."""

    def share_at_most(self, age_s: float) -> float:
        """Return the share of time with at most this age, which is uniform on [D, D + C]."""
        if not self.cycle_s:
            return float(age_s >= self.sync_s)
        return min(1.0, max(0.0, (age_s - self.sync_s) / self.cycle_s))


def steady(syncs: Syncs) -> Steady | None:
    """Return the steady state of a sync process; None if it diverges.

    On time, with D the mean duration of a sync of I seconds of writes and I the interval: the mean
    age is D + I/2 and the mean peak D + I, for any spread of D. Otherwise the cycle C is the
    root of C = V + D(C), V the gap, and with slope ρ = D'(C) the mean age is
    D + C/2 + (1/2 + ρ) Var(C)/C, where Var(C) = Var / (1 - ρ²) and Var is that of gap, setup and
    transfer: for Poisson writes E[S] + (1/2 + ρ) E[C²]/E[C], which is exact where D is linear.
    """
    if syncs.load() >= 1.0:
        return None
    interval_s = syncs.interval_s
    cycle_s = _gated_cycle(syncs, interval_s)
    if math.isinf(cycle_s):  # so near to 1 that no float holds it
        return None
    sync_s = syncs.sync_s(cycle_s)
    on_time = cycle_s <= interval_s
    mean_s = sync_s + cycle_s / 2 + (0.0 if on_time else _wobble(syncs, cycle_s))
    lag_s = mean_s + syncs.write_s(cycle_s)
    return Steady(cycle_s, sync_s, on_time, mean_s, sync_s + cycle_s, lag_s)


def shortest_interval(syncs: Syncs) -> float | None:
    """Return the shortest interval, in seconds, at which syncs are on time; None without one.

    It is the cycle of syncs that run back to back, (V + S) / (1 - ρ) where they are linear.
    """
    return None if syncs.load() >= 1.0 else _gated_cycle(syncs, 0.0)


def _gated_cycle(syncs: Syncs, least_s: float) -> float:
    """Return the least cycle from `least_s` on that a sync of it, and the gap, fit into."""

    def fits(cycle_s: float) -> bool:
        return syncs.gap.mean + syncs.sync_s(cycle_s) <= cycle_s

    return least_s if fits(least_s) else least(fits, max(least_s, 1e-3))


def least(holds: Callable[[float], bool], start: float) -> float:
    """Return the least x from which on a condition holds, above 0, by bisection; inf without one.

    `start` is where the search begins, above 0.
    """
    highs = (start * 2.0**doublings for doublings in range(_DOUBLINGS))
    high = next((high for high in highs if holds(high)), math.inf)
    if high == math.inf:
        return high
    low = 0.0 if high == start else high / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _wobble(syncs: Syncs, cycle_s: float) -> float:
    """Return the seconds that variance of cycles adds to the mean age: long ones weigh more."""
    step = cycle_s * _STEP
    slope = (syncs.sync_s(cycle_s + step) - syncs.sync_s(cycle_s - step)) / (2 * step)
    variance = syncs.variance(cycle_s) / max(_STEP**2, 1 - slope**2)
    return (0.5 + slope) * variance / cycle_s
