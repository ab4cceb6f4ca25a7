"""Sizing of a constant flow: the throughput or write rate that keeps the peak age at a target."""

from __future__ import annotations

import math
from dataclasses import replace

from efssim.closed_forms.cycles.steady import least, steady
from efssim.closed_forms.cycles.syncs import Syncs


def peak_s(syncs: Syncs) -> float:
    """Return the peak age of a sync process, in seconds; infinite if it diverges."""
    found = steady(syncs)
    return math.inf if found is None else found.age_peak_s


def smallest_throughput(syncs: Syncs, target_s: float) -> float | None:
    """Return the bytes per second from which on the peak is at most `target_s`.

    0 if nothing is sent; None if no throughput is enough. Back to back it solves
    S + (1 + ρ)(V + S)/(1 - ρ) <= target, which for S = 0 gives b = w (target + V)/(target - V).
    """

    def holds(throughput: float) -> bool:
        return peak_s(replace(syncs, throughput=throughput)) <= target_s

    if not syncs.bytes_per_s:
        return 0.0 if holds(math.inf) else None
    return least(holds, syncs.bytes_per_s) if holds(math.inf) else None


def largest_write_rate(syncs: Syncs, target_s: float) -> float | None:
    """Return the bytes written per second up to which the peak is at most `target_s`.

    Every stream writes the same multiple of its writes. Infinite if the rate does not matter; None
    if the peak is above the target even without writes, or if nothing is written.
    """
    if not syncs.bytes_per_s or peak_s(syncs.times(0.0)) > target_s:
        return None
    factor = least(lambda factor: peak_s(syncs.times(factor)) > target_s, 1.0)
    return factor * syncs.bytes_per_s
