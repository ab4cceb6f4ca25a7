"""The write limit of a source by its throughput mode, and the hours written above it.

Nothing is throttled in the model, so this says where its writes are those of no real file system.
It looks at means over whole hours: an hour above the limit is too much for certain, and one below
may still hold minutes above it. Sources: EFS User Guide, "Performance": bursting, provisioned and
elastic throughput, burst credits; "Amazon EFS quotas" for the limits of a Region.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from efssim.json_values import moment
from efssim.records.stored import HourlyTotals, Throughput

Floats = NDArray[np.float64]

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


def source_limit(hours: HourlyTotals, end_s: float, modes: Sequence[Throughput]) -> SourceLimit:
    """Compare the bytes written by each hour, and up to `end_s`, with the limits of the modes.

    A last hour that is not whole counts with the length that it has, but for its last minute.
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
    above = list(_above(rates, sizes, spans, _modes_at(edges_s, modes)))
    mean = float(hours.written_bytes[-1]) / end_s
    if not above:
        return SourceLimit(mean, float(rates.max()), 0, None, None)
    hour, limit = above[0]
    return SourceLimit(mean, float(rates.max()), len(above), limit, float(edges_s[hour]))


def _modes_at(edges_s: NDArray[np.floating[Any]], modes: Sequence[Throughput]) -> list[Throughput]:
    """Return the mode in force at the begin of each hour: a change counts from the next one on."""
    since = np.array([mode.since_s for mode in modes])
    at = np.maximum(since.searchsorted(edges_s[:-1], "right") - 1, 0)
    return [modes[k] for k in at.tolist()]


def _above(
    rates: Floats, sizes: Floats, spans: Floats, modes: list[Throughput]
) -> Iterator[tuple[int, float]]:
    """Yield index and limit, in bytes per second, of each hour with a higher rate of writes."""
    baselines = np.maximum(BASELINE_LEAST, sizes * BASELINE_PER_BYTE)
    most = [mode.write_limit for mode in modes[: len(rates)]]
    if bool((rates <= np.minimum(baselines, most)).all()):
        return  # in any mode
    credits = _most_credits(sizes[0])
    columns = (part.tolist() for part in (rates, sizes, spans, baselines))
    # `modes` has one more where the last minute was left out.
    found = zip(*columns, modes, strict=False)
    for hour, (rate, size, span_s, baseline, mode) in enumerate(found):
        limit = mode.write_limit
        if mode.mode == "bursting":
            # Credits earned and spent within the hour, and those left from before it.
            limit = min(limit, max(BURST_LEAST, size * BURST_PER_BYTE), baseline + credits / span_s)
        elif mode.mode == "provisioned":
            limit = min(limit, max(mode.provisioned or 0.0, baseline))
        served = min(rate, limit)
        credits = min(max(credits + (baseline - served) * span_s, 0.0), _most_credits(size))
        if rate > limit:
            yield hour, limit


def _most_credits(size: float) -> float:
    return CREDITS_PER_TIB * max(1.0, size / TIB)
