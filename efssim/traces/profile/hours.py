"""Writes by the hour of the day and of the week, by the clock of a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from efssim.text.zones import time_zone
from efssim.traces.calendar.local_days import DAY_S, HOUR_S, day_parts, weekday
from efssim.traces.profile.grid import WriteGrid

WEEK_S = 7 * DAY_S
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClockProfile:
    """Mean rates by local hour; None where an hour was never measured."""

    timezone: str
    daily_bytes_per_s: tuple[float | None, ...]
    """24 means from midnight on; empty with the reason."""
    weekly_bytes_per_s: tuple[tuple[float | None, ...], ...]
    """7 days from Monday on of 24 means each; empty with the reason."""
    daily_reason: str | None = None
    weekly_reason: str | None = None


def clock_profile(grid: WriteGrid, timezone: str) -> ClockProfile:
    """Return the profiles of the periods that were measured, by the hour in which each begins.

    Raise ValueError for an unknown time zone.
    """
    zone = time_zone(timezone)
    reason = _no_daily(grid)
    if reason is not None:
        return ClockProfile(zone.key, (), (), reason, reason)
    span_s = len(grid.bytes) * grid.period_s
    parts = day_parts(_UNIX_EPOCH, grid.begin_s, grid.begin_s + span_s, zone)
    begins = grid.begin_s + np.arange(len(grid.bytes)) * grid.period_s
    at = parts.begin_s.searchsorted(begins, "right") - 1
    clock_s = parts.clock_s[at] + begins - parts.begin_s[at]
    hour = np.clip(clock_s // HOUR_S, 0, 23).astype(np.int64)
    cell = weekday(parts.day[at]) * 24 + hour
    daily = _means(grid, hour, 24)
    if span_s < WEEK_S:
        return ClockProfile(zone.key, daily, (), None, "less than 7 days are covered")
    weekly = _means(grid, cell, 7 * 24)
    return ClockProfile(zone.key, daily, tuple(weekly[k : k + 24] for k in range(0, 7 * 24, 24)))


def _no_daily(grid: WriteGrid) -> str | None:
    if not grid.has_dates:
        return "times are no dates"
    if grid.period_s > HOUR_S:
        return f"periods are longer than an hour ({grid.period_s:g} s)"
    if len(grid.bytes) * grid.period_s < DAY_S:
        return "less than a day is covered"
    return None


def _means(
    grid: WriteGrid, cell: np.ndarray[tuple[int], np.dtype[np.int64]], cells: int
) -> tuple[float | None, ...]:
    """Return bytes per second of each cell over its periods that were measured."""
    kept = cell[grid.present]
    sizes = np.bincount(kept, weights=grid.bytes[grid.present], minlength=cells)
    seconds = np.bincount(kept, minlength=cells) * grid.period_s
    return tuple(
        float(size / length) if length else None
        for size, length in zip(sizes.tolist(), seconds.tolist(), strict=True)
    )
