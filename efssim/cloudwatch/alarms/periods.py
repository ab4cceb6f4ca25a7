"""The statistic of a metric over the period that ends at each minute, as alarms read it.

CloudWatch evaluates an alarm each minute, on periods that end at that minute: they slide, and do
not lie on a grid. Documented in "Alarm evaluation" of the CloudWatch User Guide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.cloudwatch.series import MINUTE_S, Series

Floats = NDArray[np.float64]

_CELLS = 4_000_000
"""Values that are sorted at once: some 32 megabytes."""


@dataclass(frozen=True)
class Minutes:
    """Statistics of each minute of a run, shape (minutes,); of one without a sample the count is 0.

    A minute is [60 k, 60 (k + 1)) seconds after the start.
    """

    count: Floats
    total: Floats
    least: Floats
    largest: Floats

    @classmethod
    def of(cls, series: Series, minutes: int, before: int) -> Minutes:
        """Return the whole minutes that a run has, after some without a sample before it."""
        parts = series.within(0.0, minutes * MINUTE_S).by_period(0.0, MINUTE_S)
        at = before + np.rint(parts.time_s / MINUTE_S).astype(np.int64)

        def spread(values: Floats, empty: float) -> Floats:
            found = np.full(before + minutes, empty)
            found[at] = values
            return found

        return cls(
            spread(parts.count, 0.0),
            spread(parts.total, 0.0),
            spread(parts.least, np.inf),
            spread(parts.largest, -np.inf),
        )


def sliding(join: Callable[[Floats, Floats], Floats], values: Floats, width: int) -> Floats:
    """Return a sum, least or largest of each `width` neighbours, in order of their first.

    `join` joins those of two halves. Shape (values - width + 1,), empty if there are fewer.
    """
    count = len(values) - width + 1
    if count <= 0:
        return np.zeros(0)
    found, offset, size = None, 0, 1
    while True:
        if width & size:
            part = values[offset : offset + count]
            found = part.copy() if found is None else join(found, part)
            offset += size
        size *= 2
        if size > width:
            assert found is not None, "a width has at least one bit"
            return found
        values = join(values[: -size // 2], values[size // 2 :])


_SLIDING: dict[str, Callable[[Minutes, int], Floats]] = {
    "SampleCount": lambda minutes, width: sliding(np.add, minutes.count, width),
    "Sum": lambda minutes, width: sliding(np.add, minutes.total, width),
    "Minimum": lambda minutes, width: sliding(np.minimum, minutes.least, width),
    "Maximum": lambda minutes, width: sliding(np.maximum, minutes.largest, width),
}


def values_by_minute(series: Series, minutes: int, period_s: float, statistic: str) -> Floats:
    """Return the statistic over the period that ends at the end of each minute of a run.

    NaN where the period has no sample; one that begins before the run has those of the run.
    `statistic` is SampleCount, Sum, Average, Minimum, Maximum, or a percentile as `p90`.
    """
    width = int(period_s // MINUTE_S)
    if statistic.startswith("p"):
        return _percentiles(series, minutes, width, float(statistic[1:]) / 100)
    by_minute = Minutes.of(series, minutes, width - 1)
    counts = _SLIDING["SampleCount"](by_minute, width)
    some = counts > 0
    if statistic == "Average":
        sums = _SLIDING["Sum"](by_minute, width)
        means: Floats = np.full(len(sums), np.nan)
        return np.divide(sums, counts, out=means, where=some)
    return np.where(some, _SLIDING[statistic](by_minute, width), np.nan)


def _percentiles(series: Series, minutes: int, width: int, share: float) -> Floats:
    """Return the percentile of each period that has one, as GetMetricData has it."""
    by_minute = Minutes.of(series, minutes, width - 1)
    if (by_minute.count <= 1).all():
        return _of_single_values(by_minute, width, share)
    found = np.full(minutes, np.nan)
    for end in range(1, minutes + 1):
        begin_s = (end - width) * MINUTE_S
        inside = series.within(begin_s, end * MINUTE_S)
        if len(inside):
            _, values = inside.percentiles(begin_s, width * MINUTE_S, share)
            found[end - 1] = values[0] if len(values) else np.nan
    return found


def _of_single_values(by_minute: Minutes, width: int, share: float) -> Floats:
    """Return the percentiles where each minute has one value or none.

    It is the smallest value with at least that share of the values at or below it.
    """
    values = np.where(by_minute.count == 1, by_minute.least, np.nan)
    if len(values) < width:
        return np.zeros(0)  # a run of less than a minute has no period
    rows, parts = np.lib.stride_tricks.sliding_window_view(values, width), []
    step = max(1, _CELLS // width)
    for first in range(0, len(rows), step):
        ordered = np.sort(rows[first : first + step], axis=1)  # NaN comes last
        counts = (~np.isnan(ordered)).sum(axis=1)
        at = np.maximum(np.ceil(share * counts).astype(np.int64) - 1, 0)
        parts.append(np.take_along_axis(ordered, at[:, None], axis=1)[:, 0])
    return np.concatenate(parts) if parts else np.zeros(0)
