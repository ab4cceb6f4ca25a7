"""Measurements on a grid of periods, with those that are missing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from efssim.errors import EfssimError
from efssim.json_values import HIDDEN, moment
from efssim.traces.metric import Floats, Integers, MetricSeries, WriteRecords

Flags = NDArray[np.bool_]

BINS_MAX = 2**22
"""Periods into which single writes are sorted at most, and those of a series; assumed: four million
one-minute periods are eight years."""
_BINS_LEAST = 2**12
"""Periods that a short trace of single writes is divided into at least, about."""
MIXED_LEAST, MIXED_SHARE = 20, 0.02
"""Samples with equal gaps on both sides, in number and as a share of all, from which periods look
mixed; assumed."""
_ON_GRID = 1e-6
"""Periods by which a time may be off by rounding."""


class ProfileError(EfssimError, ValueError):
    """Measurements of which no profile can be made, with the reason as a sentence."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The time that measurements cover, and the gaps in it."""

    begin_s: float | None = field(metadata=moment("begin"))
    """Seconds since 1970 (UTC); None where times count from a zero of the trace's own."""
    end_s: float | None = field(metadata=moment("end"))
    """End of the last period."""
    span_s: float
    period_s: float | None
    """Length of a period; None where each write is known by itself."""
    periods: int | None
    """Periods of the span; None without a period."""
    missing: int | None
    longest_gap_s: float
    longest_gap_begin_s: float | None = field(metadata=moment("longest_gap_begin"))
    off_grid: int = 0
    """Samples that begin a fraction of a period after the others."""
    mixed_period_s: float | None = None
    """Longer distance that most gaps have, as if samples of that period were among the others."""
    missing_is_zero: bool = False
    """Whether a missing period was said to be one without writes."""

    @property
    def missing_share(self) -> float:
        """Share of the periods that are missing; 0 without a period."""
        return (self.missing or 0) / self.periods if self.periods else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class WriteGrid:
    """Bytes, and where known writes, of consecutive periods; columns have the shape (periods,)."""

    begin_s: float
    """Begin of the first period, seconds since 1970 or since the trace's own zero."""
    period_s: float
    bytes: Floats
    writes: Floats | None
    """Number of writes; None where it is not known."""
    present: Flags
    """Which periods were measured."""
    coverage: Coverage = field(metadata=HIDDEN)
    has_dates: bool = True
    """Whether times are dates, and not seconds since the trace's own zero."""

    def moment(self, period: int) -> float | None:
        """Return when a period begins; None where times are no dates."""
        return self.begin_s + period * self.period_s if self.has_dates else None


def grid_of_series(
    total: MetricSeries, count: MetricSeries | None = None, *, missing_is_zero: bool = False
) -> WriteGrid:
    """Return the grid of a series of totals; `count` has the number of writes of each period.

    `missing_is_zero` takes a missing period for one that was measured, without writes. Raise
    ProfileError for a series without a period, or of far more periods than samples.
    """
    period_s = _period_of(total)
    begin_s = float(total.time_s[0])
    index, off_grid = _indices(total.time_s, begin_s, period_s)
    periods = int(index[-1]) + 1
    if periods > BINS_MAX:
        raise ProfileError(
            f"covers {periods:,} periods of {period_s:g} s, more than {BINS_MAX:,}: is its period "
            "the right one?"
        )
    present = np.zeros(periods, dtype=np.bool_)
    present[index] = True
    sizes = _sums(index, total.value, periods)
    coverage = coverage_of(total.time_s, period_s, present, off_grid)
    writes = None if count is None else _counts(count, begin_s, period_s, present)
    if missing_is_zero:
        coverage = replace(coverage, missing_is_zero=True)
        present = np.ones(periods, dtype=np.bool_)
    return WriteGrid(begin_s, period_s, sizes, writes, present, coverage)


def _counts(count: MetricSeries, begin_s: float, period_s: float, present: Flags) -> Floats | None:
    """Return the writes of each period; None where one that has bytes has no count."""
    index, _ = _indices(count.time_s, begin_s, period_s)
    inside = (index >= 0) & (index < len(present))
    known = np.zeros(len(present), dtype=np.bool_)
    known[index[inside]] = True
    if (present & ~known).any():
        return None
    return _sums(index[inside], count.value[inside], len(present))


def _sums(index: Integers, weights: Floats, periods: int) -> Floats:
    """Return the sum of the weights of each period."""
    return np.asarray(np.bincount(index, weights=weights, minlength=periods), dtype=np.float64)


def _indices(time_s: Floats, begin_s: float, period_s: float) -> tuple[Integers, int]:
    """Return in which period each sample begins, and how many are off the grid."""
    steps = (time_s - begin_s) / period_s
    off = np.abs(steps - np.rint(steps)) > max(_ON_GRID, 1e-6 / period_s)
    return np.floor(steps + 0.5 * ~off).astype(np.int64), int(np.count_nonzero(off))


def _period_of(series: MetricSeries) -> float:
    if series.period_s is None or not len(series.time_s):
        raise ProfileError("has a single sample, which has no period; name it by `--period`")
    return series.period_s


def coverage_of(time_s: Floats, period_s: float, present: Flags, off_grid: int) -> Coverage:
    """Return the coverage of samples, whose periods are `present` on their grid."""
    begin_s, periods = float(time_s[0]), len(present)
    edges = np.diff(np.concatenate(([True], present, [True])).astype(np.int8))
    begins, ends = np.flatnonzero(edges == -1), np.flatnonzero(edges == 1)
    lengths = ends - begins
    longest = int(lengths.argmax()) if len(lengths) else None
    return Coverage(
        begin_s,
        begin_s + periods * period_s,
        periods * period_s,
        period_s,
        periods,
        int(periods - np.count_nonzero(present)),
        0.0 if longest is None else float(lengths[longest]) * period_s,
        None if longest is None else begin_s + float(begins[longest]) * period_s,
        off_grid,
        _mixed_period(present, period_s),
    )


def _mixed_period(present: Flags, period_s: float) -> float | None:
    """Return a longer distance that many samples have from both neighbours; None: there is none."""
    apart = np.diff(np.flatnonzero(present))
    both = apart[:-1][(apart[:-1] == apart[1:]) & (apart[1:] > 1)]
    if len(both) < MIXED_LEAST or len(both) < MIXED_SHARE * len(apart):
        return None
    lengths, counts = np.unique(both, return_counts=True)
    most = int(counts.argmax())
    # Holes at random are seldom on both sides.
    is_run = 2 * counts[most] > np.count_nonzero(apart == lengths[most])
    return float(lengths[most]) * period_s if is_run else None


def coverage_of_series(series: MetricSeries) -> Coverage:
    """Return the coverage of any series; raise ProfileError for one without a period."""
    period_s = _period_of(series)
    index, off_grid = _indices(series.time_s, float(series.time_s[0]), period_s)
    if index[-1] >= BINS_MAX:
        raise ProfileError(f"covers more than {BINS_MAX:,} periods of {period_s:g} s")
    present = np.zeros(int(index[-1]) + 1, dtype=np.bool_)
    present[index] = True
    return coverage_of(series.time_s, period_s, present, off_grid)


def grid_of_records(records: WriteRecords) -> WriteGrid:
    """Return single writes on a grid of periods that are a power of two of seconds.

    Raise ProfileError for fewer than two writes.
    """
    if len(records.time_s) < 2:
        raise ProfileError("has fewer than two writes")
    begin_s, span_s = float(records.time_s[0]), float(records.time_s[-1] - records.time_s[0])
    if span_s <= 0:
        raise ProfileError("has all of its writes at one time")
    period_s = _bin_length(span_s)
    index = ((records.time_s - begin_s) / period_s).astype(np.int64)
    periods = int(index[-1]) + 1
    dated = None if records.is_relative else begin_s
    end_s = None if records.is_relative else begin_s + span_s
    return WriteGrid(
        begin_s,
        period_s,
        _sums(index, records.bytes.astype(np.float64), periods),
        np.bincount(index, minlength=periods).astype(np.float64),
        np.ones(periods, dtype=np.bool_),
        Coverage(dated, end_s, span_s, None, None, None, 0.0, None),
        has_dates=not records.is_relative,
    )


def _bin_length(span_s: float) -> float:
    """Return 1 s, or less for a short trace, or more for one that has too many seconds."""
    finer = min(0.0, math.floor(math.log2(span_s / _BINS_LEAST)))
    coarser = max(0.0, math.ceil(math.log2(span_s / (BINS_MAX - 1))))
    return float(2.0 ** (coarser or finer))
