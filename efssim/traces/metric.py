"""Measurements as exports of monitoring tools have them: samples of a metric, and single writes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MetricSeries:
    """Samples of one statistic of one metric, in order of time, each time once.

    `time_s` and `value` have the shape (samples,). Periods without a sample are absent, not 0.
    """

    metric: str | None
    """Name, such as `TimeSinceLastSync`; None where the file does not say it."""
    statistic: str | None
    """`Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`; None where the file does not say."""
    time_s: Floats
    """Begin of each period, seconds since 1970 (UTC)."""
    value: Floats
    """In bytes, seconds or a plain count, whatever unit the file has; `Sum` is of the period."""
    period_s: float | None
    """Length of a period: as the file says it, or the most frequent distance; None: one sample."""
    unit: str | None = None
    """Unit as the file has it, such as `Bytes` or `KiB/s`; None where it has none."""
    dimensions: tuple[tuple[str, str], ...] = ()
    """Names and values, sorted by name."""


@dataclass(frozen=True, slots=True)
class WriteRecords:
    """Single writes of a block trace, in order of time. Columns have the shape (writes,)."""

    time_s: Floats
    """Seconds since 1970 (UTC), or since the trace's own zero where `is_relative`."""
    bytes: Integers
    offset: Integers | None
    """First byte on its volume; None where the trace has no offsets."""
    volume: Integers | None
    """Number of the volume, an index into `volumes`; None where there is one only."""
    volumes: tuple[str, ...] = ()
    is_relative: bool = False


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file that was read: its format, and what a user has to know about it."""

    file: str
    """Without its folder."""
    format: str
    """Name of the format, as `FORMATS` has it."""
    notes: tuple[str, ...] = ()
    """Sentences: partial data, messages of the service, duplicates, assumed statistics."""
    assumed: tuple[str, ...] = ()
    """Keys that the file does not say, as they were assumed: `statistic: Sum`."""
    times: str = "dates"
    """Interpretation of its times."""


@dataclass(frozen=True, slots=True)
class Exports:
    """Series, writes and notes of all files that were read together."""

    series: tuple[MetricSeries, ...] = ()
    records: tuple[WriteRecords, ...] = ()
    files: tuple[FileRead, ...] = field(default=())
