"""The busiest minute, quarter of an hour, hour and day of measured writes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from efssim.json_values import moment
from efssim.traces.metric import Floats, WriteRecords
from efssim.traces.profile.grid import WriteGrid

WINDOWS = (("minute", 60.0), ("15 minutes", 900.0), ("hour", 3_600.0), ("day", 86_400.0))
"""Names and seconds; 15 minutes are the recovery point objective that EFS documents."""


@dataclass(frozen=True, slots=True)
class BusiestWindow:
    """The window of a length in which most was written, wherever it begins."""

    window: str
    window_s: float
    bytes: float | None
    """Of the busiest window of whole periods; None where there is none, with the reason."""
    at_most_bytes: float | None
    """Upper bound of any window of this length: of one that begins within a period, as nobody knows
    when in it the writes came; the same where each write is known."""
    begin_s: float | None = field(metadata=moment("begin"))
    """None where times are no dates."""
    after_s: float | None
    """Begin, in seconds after that of the trace."""
    reason: str | None = None


def busiest_of_grid(grid: WriteGrid) -> tuple[BusiestWindow, ...]:
    """Return the busiest windows of totals of periods; missing periods count as 0."""
    running = np.concatenate(([0.0], grid.bytes.cumsum()))
    return tuple(_of_periods(name, window_s, grid, running) for name, window_s in WINDOWS)


def _of_periods(name: str, window_s: float, grid: WriteGrid, running: Floats) -> BusiestWindow:
    count = round(window_s / grid.period_s)
    reason = None
    if window_s < grid.period_s:
        reason = f"periods are longer ({grid.period_s:g} s)"
    elif abs(count * grid.period_s - window_s) > 1e-6 * window_s:
        reason = f"is no whole number of periods of {grid.period_s:g} s"
    elif count >= len(running):
        reason = "the trace is shorter"
    if reason is not None:
        return BusiestWindow(name, window_s, None, None, None, None, reason)
    sums = running[count:] - running[:-count]
    first = int(sums.argmax())
    # A window touches at most one period more than it has whole ones.
    wider = running[count + 1 :] - running[: -count - 1]
    most = float(max(wider.max(initial=0.0), sums[first]))
    begin_s = grid.moment(first)
    return BusiestWindow(name, window_s, float(sums[first]), most, begin_s, first * grid.period_s)


def busiest_of_records(records: WriteRecords) -> tuple[BusiestWindow, ...]:
    """Return the busiest windows of single writes, exactly: each begins with a write."""
    running = np.concatenate(([0], records.bytes.cumsum()))
    return tuple(_of_writes(name, window_s, records, running) for name, window_s in WINDOWS)


def _of_writes(
    name: str,
    window_s: float,
    records: WriteRecords,
    running: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> BusiestWindow:
    time_s = records.time_s
    if time_s[-1] - time_s[0] < window_s:
        return BusiestWindow(name, window_s, None, None, None, None, "the trace is shorter")
    ends = time_s.searchsorted(time_s + window_s)
    sums = running[ends] - running[:-1]
    first = int(sums.argmax())
    total, at_s = float(sums[first]), float(time_s[first])
    begin_s = None if records.is_relative else at_s
    return BusiestWindow(name, window_s, total, total, begin_s, at_s - float(time_s[0]))
