"""Specification of a trace for its reader: file, columns, and the units of their values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from efssim.traces.calendar.whole_days import ResampledUnit

DEFAULT_TIME, DEFAULT_BYTES = "timestamp", "value"
"""Columns of a plain CSV where nothing else is said."""


@dataclass(frozen=True)
class TraceSpec:
    """Which file to read and how.

    `time` and `bytes` name columns. `period_s` (seconds, > 0) says that a row holds the total of
    the period starting at its time; None says that a row is one write. `writes_per_row` is for the
    model. `align_start` moves the first row to the scenario's start. `repeat` repeats the trace
    every `length_s` seconds (None: the covered span, only with a period).
    """

    file: Path
    time: str
    bytes: str
    period_s: float | None
    writes_per_row: int
    align_start: bool
    repeat: bool
    length_s: float | None
    unit: str | None = None
    """Unit of a value, such as `KiB`; None: bytes, as nothing else is said."""
    per: str | None = None
    """`second`: a value is a rate over its period; `period`: a total; None: not said, a total."""
    counter: bool | None = None
    """Whether values are readings of a cumulative counter; None: not said, they are not."""
    where: tuple[tuple[str, str], ...] = ()
    """Columns and the value that a row must have in them; other rows are passed over."""
    time_unit: str | None = None
    """A key of `trace_times.UNITS`; None: recognised by magnitude."""
    missing_zero: bool = False
    """Whether a period without a row is one without writes, and not one that was not measured."""
    resample: ResampledUnit | None = None
    """Unit in which the run draws from the trace; None: the trace is replayed as it is."""
    timezone: str | None = None
    """IANA name of the time zone whose days are drawn, and that local times of an export are of;
    None: UTC for days, and refused for local times."""
    statistic: str | None = None
    """Statistic of an export that does not say it; None: Sum, which is then assumed."""
    start: datetime | None = None
    """Time of the trace that falls on the start of the run (aware, UTC); None: that start."""
    metric: str | None = None
    """Metric or Id of the series of an export that holds several; None: there is one."""
