"""TimeSinceLastSync as exports have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path

import numpy as np

from efssim.calibration.data import Floats, LagSamples
from efssim.calibration.given.series import ChosenSeries, Pairs, chosen, named, read_files
from efssim.text.quantities import format_duration
from efssim.traces.exports import ReadOptions
from efssim.traces.formats.names import LAG_METRIC
from efssim.traces.metric import MetricSeries
from efssim.traces.problems import refuse
from efssim.traces.quality import spacing_s

_MINUTE_S = 60.0
_ALONE = ("Maximum", "Average", "Minimum", "Sum", None)
"""Statistics of a minute that are its one sample, and that of a file that does not say its own."""
_AGGREGATED = ("Minimum", "Average", "Maximum")
_OLDEST_S = 30 * 365 * 86_400.0
"""Seconds beyond which an age is a mistake of the file; assumed."""
_BACKWARD = 0.02
"""Share of samples in which the last replicated time may move back; assumed."""


def read_lag(
    files: Sequence[str | Path], options: ReadOptions, where: Pairs = ()
) -> tuple[LagSamples, ChosenSeries]:
    """Return the samples of the lag in some files; raise TraceErrors where they hold no lag."""
    exports = read_files(files, options)
    if exports.records and not exports.series:  # a table that says nothing of itself
        period_s = spacing_s(exports.records[0].time_s)
        exports = read_files(files, replace(options, metric=LAG_METRIC, period_s=period_s))
    found = chosen(named(files), exports, LAG_METRIC, where)
    lag = _samples(found)
    _refuse_implausible(found, lag)
    return lag, found


def _samples(found: ChosenSeries) -> LagSamples:
    """Return the statistics on the times that any of them has."""
    period_s = _period_s(found)
    wanted = _ALONE if period_s <= _MINUTE_S else _AGGREGATED
    known = [one for one in found.series if one.statistic in wanted]
    if not known:
        refuse(found.name, None, f"{LAG_METRIC} needs Minimum, Maximum or Average")
    time_s = reduce(np.union1d, [one.time_s for one in known])
    if period_s <= _MINUTE_S:
        order = [one for name in _ALONE for one in known if one.statistic == name]
        column = reduce(_or, [_on(time_s, one) for one in order])
        return LagSamples(time_s, column, column, column, period_s)
    columns = {one.statistic: _on(time_s, one) for one in known}
    absent = np.full(len(time_s), np.nan)
    least, mean, largest = (columns.get(name, absent) for name in _AGGREGATED)
    return LagSamples(time_s, least, mean, largest, period_s)


def _or(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first), second, first)


def _on(time_s: Floats, series: MetricSeries) -> Floats:
    """Return the values of a series at some times; NaN where it has none."""
    column = np.full(len(time_s), np.nan)
    column[time_s.searchsorted(series.time_s)] = series.value
    return column


def _period_s(found: ChosenSeries) -> float:
    """Return the period of all series; raise TraceErrors where there is none, or several."""
    periods = dict.fromkeys(one.period_s for one in found.series)
    if None in periods:
        refuse(found.name, None, f"{LAG_METRIC} has one sample, which shows no sync")
    if len(periods) > 1:
        lengths = " and ".join(format_duration(one) for one in periods if one is not None)
        refuse(found.name, None, f"{LAG_METRIC} has periods of {lengths}; export one of them")
    (period_s,) = periods
    assert period_s is not None
    if period_s % _MINUTE_S:
        refuse(found.name, None, f"{LAG_METRIC} has periods of {period_s:g} s, not whole minutes")
    return period_s


def _refuse_implausible(found: ChosenSeries, lag: LagSamples) -> None:
    """Raise TraceErrors for values that are no seconds since a sync."""
    ages_s = lag.largest[~np.isnan(lag.largest)]
    times_s = lag.time_s[~np.isnan(lag.largest)]
    if not len(ages_s):
        ages_s, times_s = _or(lag.mean, lag.least), lag.time_s
    if (ages_s < 0).any():
        refuse(found.name, None, f"{LAG_METRIC} is below 0, which no age is")
    if (ages_s > _OLDEST_S).any():
        first = datetime.fromtimestamp(float(times_s[np.argmax(ages_s > _OLDEST_S)]), UTC)
        text = f"{LAG_METRIC} at {first:%Y-%m-%d %H:%M}Z is more than 30 years, which none is"
        refuse(found.name, None, text)
    back = np.diff(times_s - ages_s) < -lag.period_s - 1.0
    if len(back) and float(back.mean()) > _BACKWARD:
        share = f"{100 * float(back.mean()):.0f} %"
        refuse(
            found.name,
            None,
            f"is no {LAG_METRIC} in seconds: the last sync that it shows moves back in {share} of "
            "the samples, as it never does",
        )
