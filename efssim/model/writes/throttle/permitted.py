"""The throughput that a file system permits, by its mode and size.

EFS User Guide, "Amazon EFS performance": baseline, burst and the credits of bursting throughput.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

KIB, MIB, GIB, TIB = 2**10, 2**20, 2**30, 2**40

BASELINE_PER_BYTE = 50 * KIB / GIB
"""Baseline in bytes/s for each byte stored; documented."""
BASELINE_LEAST = 1.0 * MIB
"""Least baseline, in bytes/s; documented."""
BURST_PER_BYTE = 100 * MIB / TIB
"""Rate while there are credits, in bytes/s for each byte stored; documented."""
BURST_LEAST = 100.0 * MIB
"""Least rate while there are credits, in bytes/s; documented."""
CREDITS_PER_TIB = 2.1 * TIB
"""Most credits of a TiB stored, and of any smaller file system, in bytes; documented."""


@dataclass(frozen=True, slots=True)
class Permitted:
    """The rates of one file system until its size or its mode changes, in bytes/s."""

    rate: float
    """While there are credits, or always where none are needed."""
    baseline: float
    """Without credits."""
    credits_max: float
    """Most credits, in bytes."""
    needs_credits: bool
    """Whether more than the baseline takes credits; where not, they stand still."""
    other_load: float = 0.0
    """Is served before any write."""


def baseline_rate(standard_bytes: float) -> float:
    """Return the baseline of bursting throughput, in bytes/s, for some bytes in Standard."""
    return max(BASELINE_LEAST, BASELINE_PER_BYTE * standard_bytes)


def most_credits(standard_bytes: float) -> float:
    """Return the most burst credits, in bytes, for some bytes in Standard."""
    return CREDITS_PER_TIB * max(1.0, standard_bytes / TIB)


def permitted(
    mode: str,
    standard_bytes: float,
    limit: float,
    provisioned: float = 0.0,
    other_load: float = 0.0,
) -> Permitted:
    """Return the rates by throughput mode and bytes in Standard, at most the Region's limit."""
    baseline = min(limit, baseline_rate(standard_bytes))
    rates = {
        "elastic": limit,
        "provisioned": min(limit, max(provisioned, baseline)),
        "bursting": min(limit, max(BURST_LEAST, BURST_PER_BYTE * standard_bytes)),
    }
    most, needs_credits = most_credits(standard_bytes), mode == "bursting"
    assert not math.isnan(other_load)
    return Permitted(rates[mode], baseline, most, needs_credits, other_load)
