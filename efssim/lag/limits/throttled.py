"""The writes to a source that were made later than wanted, as its throughput was not enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efssim.records.stored import Throttled


@dataclass(frozen=True, slots=True)
class ThrottledSummary:
    """The writes of the window that a throttled source made later than they were wanted."""

    writes: int
    """Made in the window, at least a microsecond late."""
    bytes: int
    """Those of these writes."""
    delay_s: float
    """Sum of their delays, in seconds."""
    waiting_bytes: int
    """Of writes that are wanted and not made, at the end: no lag knows of them."""
    credits_min_bytes: int | None
    """The fewest burst credits of the window; None: its throughput was never bursting."""


def throttled_summary(rows: Sequence[Throttled], begin_s: float) -> ThrottledSummary:
    """Return the summary of a window that ends with the last row."""
    # There is a row at the begin, and one more where the mode changes at that instant.
    inside = [row for row in rows if row.time_s >= begin_s]
    first, now = inside[0], inside[-1]
    bursts = any(row.mode == "bursting" for row in inside)
    fewest = min([first.credits, *(row.credits_min for row in inside[1:])])
    return ThrottledSummary(
        writes=now.writes - first.writes,
        bytes=now.bytes - first.bytes,
        delay_s=max(0.0, now.delay_s - first.delay_s),
        waiting_bytes=now.waiting_bytes,
        credits_min_bytes=round(fewest) if bursts else None,
    )
