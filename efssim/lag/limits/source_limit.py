"""The write limit of a source by its throughput mode, and the hours written above it.

Where writes do not wait (`throttle`), this says where they are those of no real file system.
It looks at means over whole hours: an hour above the limit is too much for certain, and one below
may still hold minutes above it. Sources: EFS User Guide, "Performance": bursting, provisioned and
elastic throughput, burst credits; "Amazon EFS quotas" for the limits of a Region.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from efssim.json_values import moment
from efssim.records.stored import HourlyTotals, Throughput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOUR_S = 3600.0
MIB, TIB = 2.0**20, 2.0**40
BASELINE_PER_BYTE = 50 * 2.0**10 / 2**30
"""Bytes per second of bursting throughput for each byte stored: 50 KiB/s per GiB; documented."""
BASELINE_LEAST = MIB
"""Bytes per second; documented."""
BURST_PER_BYTE = 100 * MIB / TIB
"""Bytes per second while there are credits, for each byte stored; documented."""
BURST_LEAST = 100 * MIB
"""Bytes per second; documented."""
CREDITS_PER_TIB = 2.1 * TIB
"""Most credits in bytes, for each TiB and at least one; documented. A source starts with so many:
documented of a new file system, assumed of one that a scenario begins with."""


@dataclass(frozen=True, slots=True)
class SourceLimit:
    """Write rates of a source, and the hours above its limit."""

    mean_bytes_per_s: float | None
    """Bytes written per second of the run; None where no time has passed."""
    busiest_hour_bytes_per_s: float | None
    """The same in the busiest hour."""
    hours_above: int
    """Hours in which more was written than the source could take."""
    limit_bytes_per_s: float | None
    """Its limit in the first of them, in bytes per second."""
    first_above_s: float | None = field(metadata=moment("first_above"))
    """When that hour began."""


def source_limit(
    hours: HourlyTotals, end_s: float, modes: Sequence[Throughput], *, is_throttled: bool = False
) -> SourceLimit:
    """Compare the bytes written by each hour, and up to `end_s`, with the limits of the modes.

    A last hour that is not whole counts with the length that it has, but for its last minute. A
    source that is throttled is never above them: of a write that is begun all bytes are counted.
    """
    edges_s = np.arange(len(hours.written_bytes)) * HOUR_S
    edges_s[-1] = end_s
    spans = np.diff(edges_s)
    if len(spans) > 1 and spans[-1] < 60.0:
        spans = spans[:-1]
    if not len(spans) or not spans[0]:
        return SourceLimit(None, None, 0, None, None)
    rates = np.diff(hours.written_bytes)[: len(spans)] / spans
    sizes = hours.size_bytes[: len(spans)].astype(np.float64)
    since = np.array([mode.since_s for mode in modes])
    # The mode in force at the begin of each hour: a change counts from the next one on.
    at = np.maximum(since.searchsorted(edges_s[: len(spans)], "right") - 1, 0)
    above = [] if is_throttled else list(_above(rates, sizes, spans, modes, at))
    mean = float(hours.written_bytes[-1]) / end_s
    if not above:
        return SourceLimit(mean, float(rates.max()), 0, None, None)
    hour, limit = above[0]
    return SourceLimit(mean, float(rates.max()), len(above), limit, float(edges_s[hour]))


def _above(
    rates: Floats, sizes: Floats, spans: Floats, modes: Sequence[Throughput], at: Ints
) -> Iterator[tuple[int, float]]:
    """Yield index and limit, in bytes per second, of each hour with a higher rate of writes.

    `at` says which of the modes is in force in each.
    """
    baselines = np.maximum(BASELINE_LEAST, sizes * BASELINE_PER_BYTE)
    most = np.array([mode.write_limit for mode in modes])[at]
    if bool((rates <= np.minimum(baselines, most)).all()):
        return  # in any mode
    for k in np.unique(at).tolist():
        own = at == k
        most[own] = _without_credits(modes[k], sizes[own], baselines[own])
    bursts = np.array([mode.mode == "bursting" for mode in modes])[at]
    most_credits = _most_credits(sizes)
    credits = most_credits.item(0)
    columns = (part.tolist() for part in (rates, spans, baselines, most_credits, most, bursts))
    for hour, (rate, span_s, baseline, full, limit, bursting) in enumerate(
        zip(*columns, strict=True)
    ):
        # Credits earned and spent within the hour, and those left from before it.
        burst = baseline + credits / span_s if bursting else limit
        served = allowed = burst if burst < limit else limit
        if rate > allowed:
            yield hour, allowed
        else:
            served = rate
        credits += (baseline - served) * span_s
        credits = 0.0 if credits < 0.0 else full if credits > full else credits


def _without_credits(mode: Throughput, sizes: Floats, baselines: Floats) -> Floats:
    """Return the limits of hours in a mode, but for what credits allow."""
    if mode.mode == "bursting":
        return np.minimum(mode.write_limit, np.maximum(BURST_LEAST, sizes * BURST_PER_BYTE))
    if mode.mode == "provisioned":
        return np.minimum(mode.write_limit, np.maximum(mode.provisioned or 0.0, baselines))
    return np.full(len(sizes), mode.write_limit)


def _most_credits(sizes: Floats) -> Floats:
    return CREDITS_PER_TIB * np.maximum(1.0, sizes / TIB)
