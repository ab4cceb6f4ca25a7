"""Bytes written in each minute, as exports have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from efssim.calibration.data import Floats, WriteTotals
from efssim.calibration.given.series import ChosenSeries, Pairs, chosen, named, read_files
from efssim.traces.exports import ReadOptions
from efssim.traces.formats.names import WRITE_METRIC
from efssim.traces.metric import MetricSeries, WriteRecords
from efssim.traces.problems import refuse

_MINUTE_S = 60.0
_RISING = 0.4
"""Share of steps that rise by their own seconds from which on values are ages; assumed."""
_STEP = 0.02
"""Relative distance of such a step; assumed."""


def read_writes(
    files: Sequence[str | Path], options: ReadOptions, where: Pairs = ()
) -> tuple[WriteTotals, ChosenSeries]:
    """Return the bytes written in each period; raise TraceErrors where files hold no writes."""
    exports = read_files(files, options)
    if exports.records and not exports.series:
        name = named(files)
        return _by_minute(name, exports.records), ChosenSeries(name, exports, (), ())
    found = chosen(named(files), exports, WRITE_METRIC, where)
    return _totals(found), found


def _totals(found: ChosenSeries) -> WriteTotals:
    sums, counts = found.statistic("Sum"), found.statistic("SampleCount")
    if sums is None and counts is not None:
        sums = _from_means(found, counts)
    if sums is None:
        refuse(found.name, None, f"{WRITE_METRIC} needs Sum, or Average with SampleCount")
    if sums.period_s is None:
        refuse(found.name, None, f"{WRITE_METRIC} has one sample")
    if (sums.value < 0).any():
        refuse(found.name, None, f"{WRITE_METRIC} is below 0, which no bytes are")
    _refuse_ages(found, sums)
    return WriteTotals(sums.time_s, sums.value, _counts(sums, counts), sums.period_s)


def _from_means(found: ChosenSeries, counts: MetricSeries) -> MetricSeries | None:
    """Return Sum as Average times SampleCount; None without both at the same times."""
    means = found.statistic("Average")
    if means is None or not np.array_equal(means.time_s, counts.time_s):
        return None
    return replace(means, statistic="Sum", value=means.value * counts.value)


def _counts(sums: MetricSeries, counts: MetricSeries | None) -> Floats | None:
    """Return the number of writes of each period of Sum; None where it misses in any."""
    if counts is None or not np.isin(sums.time_s, counts.time_s).all():
        return None
    at = counts.time_s.searchsorted(sums.time_s)
    return counts.value[at]


def _refuse_ages(found: ChosenSeries, sums: MetricSeries) -> None:
    """Raise TraceErrors for values that rise with the clock, as ages do."""
    steps = np.diff(sums.value) / np.diff(sums.time_s)
    if len(steps) and float((np.abs(steps - 1) < _STEP).mean()) > _RISING:
        refuse(
            found.name,
            None,
            "rises with the clock, as TimeSinceLastSync does: does it belong to --lag?",
        )


def _by_minute(name: str, records: Sequence[WriteRecords]) -> WriteTotals:
    """Return single writes as totals of minutes."""
    if any(one.is_relative for one in records):
        refuse(name, None, "has times without a date, so that they fit to no lag")
    minute = np.concatenate([np.floor(one.time_s / _MINUTE_S) for one in records])
    size = np.concatenate([one.bytes for one in records])
    minutes, place = np.unique(minute, return_inverse=True)
    return WriteTotals(
        minutes * _MINUTE_S,
        np.bincount(place, size).astype(np.float64),
        np.bincount(place).astype(np.float64),
        _MINUTE_S,
        is_metric=False,
    )
