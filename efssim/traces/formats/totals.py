"""The bytes written in each period, out of all that exports hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np

from efssim.text.quoting import cut, listed, quoted
from efssim.traces.formats.joining import moment_of, name_of
from efssim.traces.formats.names import LAG_METRIC, NO_WRITES, WRITE_METRIC, is_unit_of_rate
from efssim.traces.metric import Exports, MetricSeries
from efssim.traces.problems import refuse

SUM = "Sum"
FROM_AVERAGE = "Average x SampleCount"
FROM_RATE = "rate per second"

_NO_BYTES = ("seconds", "count", "percent", "milliseconds", "microseconds", "s", "ms")
"""Units of values that are no bytes, in lower case."""


@dataclass(frozen=True, slots=True)
class WrittenTotals:
    """Bytes written in each period, as a series with the statistic Sum."""

    series: MetricSeries
    statistic: str
    """Statistic that they are from: Sum, Average x SampleCount, or rate per second."""
    count: MetricSeries | None
    """Number of writes in each period; None: the exports do not have it."""


def written_totals(exports: Exports, file: str) -> WrittenTotals:
    """Return the bytes that the one file system of exports wrote; `file` names them in errors.

    Raise TraceErrors where they hold no bytes of writes, or those of several.
    """
    chosen = _of_one(exports.series, file)
    by_statistic: dict[str | None, list[MetricSeries]] = {}
    for series in chosen:
        by_statistic.setdefault(series.statistic, []).append(series)
    for same in by_statistic.values():
        if len(same) > 1:
            _refuse_several(file, [name_of(series) for series in same], same)
    one = {statistic: same[0] for statistic, same in by_statistic.items()}
    count = one.get("SampleCount")
    rate = next((series for series in chosen if is_rate(series)), None)
    if "Sum" in one and not is_rate(one["Sum"]):
        return WrittenTotals(_checked(one["Sum"], file), SUM, count)
    if rate is not None:
        return WrittenTotals(_checked(_of_rate(rate, file), file), FROM_RATE, None)
    if "Average" not in one or count is None:
        _refuse_statistic(file, chosen[0], set(one))
    product = _product(one["Average"], count, file)
    return WrittenTotals(_checked(product, file), FROM_AVERAGE, count)


def is_rate(series: MetricSeries) -> bool:
    """Return whether values are bytes per second."""
    return is_unit_of_rate(series.unit)


def _of_one(series: Sequence[MetricSeries], file: str) -> list[MetricSeries]:
    """Return the series of the one metric of writes that there is; raise TraceErrors."""
    named = [one for one in series if one.metric == WRITE_METRIC]
    found = named or [one for one in series if one.metric not in NO_WRITES]
    if not found:
        names = dict.fromkeys(one.metric for one in series)
        if list(names) == [LAG_METRIC]:
            text = f"holds {LAG_METRIC}, the age of a destination, and no bytes of writes"
        else:
            text = f"holds {listed(names)}, and no bytes of writes alone"
        refuse(file, None, f"{text}; export {WRITE_METRIC} with the statistic Sum")
    groups = dict.fromkeys((one.metric, _without_id(one)) for one in found)
    if len(groups) > 1:
        _refuse_several(file, [_name_of_group(*group) for group in groups], found)
    return found


def _without_id(series: MetricSeries) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in series.dimensions if pair[0] != "Id")


def _name_of_group(metric: str | None, dimensions: tuple[tuple[str, str], ...]) -> str:
    where = ", ".join(f"{name}={value}" for name, value in dimensions)
    return f"{metric or 'a series without a name'}{f' ({where})' if where else ''}"


def _refuse_several(file: str, names: Sequence[str], series: Sequence[MetricSeries]) -> NoReturn:
    """Raise TraceErrors with the list, and with the key and a value that choose one."""
    differ = [
        (name, value)
        for name, value in series[0].dimensions
        if {dict(one.dimensions).get(name) for one in series} != {value}
    ]
    metrics = dict.fromkeys(one.metric for one in series)
    if len(metrics) > 1 and None not in metrics:
        hint = f"choose one, such as `metric: {cut(next(iter(metrics)))}`"
    elif differ:
        hint = f"choose one, such as `where: {{{differ[0][0]}: {cut(differ[0][1])}}}`"
    else:
        hint = "read their files one by one"
    shown = listed(dict.fromkeys(names))
    refuse(file, None, f"holds {len(dict.fromkeys(names))} series of writes: {shown}; {hint}")


def _refuse_statistic(file: str, series: MetricSeries, statistics: set[str | None]) -> NoReturn:
    if "Average" in statistics:
        text = "is the mean of an operation: bytes are Average x SampleCount, and SampleCount is"
        refuse(file, None, f"Average of {series.metric} {text} not there; export it, or Sum")
    has = listed(sorted(str(statistic) for statistic in statistics))
    text = f"{series.metric or 'the series'} has {has}, from which no bytes follow; export Sum"
    refuse(file, None, text)


def _of_rate(series: MetricSeries, file: str) -> MetricSeries:
    if series.statistic not in (None, "Average", "Sum"):
        text = f"{name_of(series)} is a rate of some moments, from which no bytes follow"
        refuse(file, None, text)
    period = _period(series, file)
    return replace(series, statistic="Sum", value=series.value * period)


def _product(average: MetricSeries, count: MetricSeries, file: str) -> MetricSeries:
    """Return Average x SampleCount; raise TraceErrors for a time that has one of them only."""
    if not np.array_equal(average.time_s, count.time_s):
        alone = np.setxor1d(average.time_s, count.time_s)
        text = f"{len(alone):,} times have only one of Average and SampleCount, the first is"
        refuse(file, None, f"{text} {moment_of(float(alone[0]))}; export both for the same span")
    return replace(average, statistic="Sum", value=average.value * count.value)


def _checked(series: MetricSeries, file: str) -> MetricSeries:
    """Return a series of bytes; raise TraceErrors where its values are none."""
    if series.unit is not None and series.unit.lower() in _NO_BYTES:
        refuse(file, None, f"{name_of(series)} is in {quoted(series.unit)}, which are no bytes")
    if (series.value < 0).any():
        at = int((series.value < 0).argmax())
        value, moment = series.value[at], moment_of(float(series.time_s[at]))
        refuse(file, None, f"{name_of(series)} is {value:.15g} at {moment}, below 0")
    _period(series, file)
    return series


def _period(series: MetricSeries, file: str) -> float:
    if series.period_s is None:
        text = f"{name_of(series)} has one sample, so its period is not known"
        refuse(file, None, f"{text}; write `period: 1 min`")
    return series.period_s
