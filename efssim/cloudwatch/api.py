"""The part of CloudWatch's API that a lag monitor uses: its answers and its errors.

Source: the CloudWatch API reference and botocore's service model. Dashboards are not simulated; a
call of them gets an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from efssim.cloudwatch.alarms.calls import AlarmCalls
from efssim.cloudwatch.alarms.findings import AlarmPlace
from efssim.cloudwatch.efs_metrics import (
    NAMESPACE,
    THROTTLED_UNITS,
    UNITS,
    Dimensions,
    EfsMetrics,
)
from efssim.cloudwatch.errors import CloudWatchError as CloudWatchError
from efssim.cloudwatch.math.expression import ExpressionError
from efssim.cloudwatch.math.queries import Queries
from efssim.cloudwatch.math.values import TimedValues
from efssim.cloudwatch.parameters import parameters_read
from efssim.cloudwatch.series import EMPTY, MINUTE_S, Series
from efssim.cloudwatch.shapes import (
    AlarmRequest,
    AlarmsAsked,
    AlarmsShown,
    DataAnswer,
    Datapoint,
    DataQuery,
    DataRequest,
    DataResult,
    Datum,
    Dimension,
    GivenTime,
    ListAnswer,
    ListedMetric,
    ListRequest,
    MetricGiven,
    PutAnswer,
    PutRequest,
    StateRequest,
    StatisticsAnswer,
    StatisticsRequest,
)
from efssim.errors import ArgumentError

_STATISTICS: dict[str, Callable[[Series], Floats]] = {
    "SampleCount": lambda series: series.count,
    "Average": lambda series: series.total / series.count,
    "Sum": lambda series: series.total,
    "Minimum": lambda series: series.least,
    "Maximum": lambda series: series.largest,
}
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
_DATAPOINTS = 1440
"""Most that GetMetricStatistics answers with; documented."""
_QUERIES = 500
"""Most queries of GetMetricData; documented."""
Floats: TypeAlias = NDArray[np.float64]
StatisticName: TypeAlias = Literal["SampleCount", "Average", "Sum", "Minimum", "Maximum"]


@dataclass
class _Custom:
    """The samples of one metric that PutMetricData sent."""

    unit: str
    samples: list[tuple[float, float, float, float, float]] = field(default_factory=list)

    def series(self) -> Series:
        ordered = sorted(self.samples, key=lambda sample: sample[0])
        return Series(*np.array(ordered, dtype=np.float64).T) if ordered else EMPTY


class CloudWatchApi:
    """CloudWatch of one world, in every Region."""

    def __init__(
        self,
        metrics: EfsMetrics,
        start: datetime,
        now_s: Callable[[], float],
        declared: Callable[[], Mapping[str, AlarmPlace]],
    ) -> None:
        """Take the metrics of the world, and the alarms of its scenario."""
        self._metrics, self._start, self._now_s = metrics, start, now_s
        self._custom: dict[tuple[str, str, str, Dimensions], _Custom] = {}
        self._alarms = AlarmCalls(
            self._of_alarm, start, now_s, declared, lambda pair: metrics.is_new(_sorted(pair))
        )

    def call(self, operation: str, parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
        """Call an operation in a Region; return its answer, shaped as boto3's.

        CloudWatchError if CloudWatch would refuse it; ValueError for one that is not simulated.
        """
        if operation not in OPERATIONS:
            known = ", ".join(OPERATIONS)
            raise ArgumentError(f"CloudWatch's {operation} is not simulated: only {known}")
        return dict(OPERATIONS[operation](self, parameters_read(operation, parameters), region))

    # --- looking ------------------------------------------------------------------------------

    def get_metric_statistics(self, given: StatisticsRequest, region: str) -> StatisticsAnswer:
        """Answer GetMetricStatistics."""
        begin_s, end_s = self._span(given)
        period_s = _period(given["Period"])
        wanted, extended = given.get("Statistics", []), given.get("ExtendedStatistics", [])
        if not wanted and not extended:
            raise CloudWatchError(
                "InvalidParameterCombination",
                "At least one of the parameters Statistics and ExtendedStatistics must be set.",
            )
        if (end_s - begin_s) / period_s > _DATAPOINTS:
            raise CloudWatchError(
                "InvalidParameterCombination",
                f"You have requested up to {(end_s - begin_s) / period_s:,.0f} datapoints, which "
                f"exceeds the limit of {_DATAPOINTS:,}. You may reduce the datapoints requested by "
                "increasing Period, or decreasing the time range.",
            )
        series, unit = self._find(given, region)
        inside = self._aligned(series, begin_s, end_s, period_s)
        points = self._points(inside, begin_s, period_s, wanted, extended, unit)
        return {"Label": given["MetricName"], "Datapoints": points}

    def _points(
        self,
        series: Series,
        begin_s: float,
        period_s: float,
        wanted: list[str],
        extended: list[str],
        unit: str,
    ) -> list[Datapoint]:
        """Return the data points in order of time, which CloudWatch does not promise."""
        found: dict[float, Datapoint] = {}
        for name in wanted:
            for at_s, value in self._values(series, begin_s, period_s, name):
                point = found.setdefault(at_s, {"Timestamp": self._time(at_s)})
                point[_statistic(name)] = value
        for name in extended:
            for at_s, value in self._values(series, begin_s, period_s, name):
                point = found.setdefault(at_s, {"Timestamp": self._time(at_s)})
                point.setdefault("ExtendedStatistics", {})[name] = value
        return [{**found[at_s], "Unit": unit} for at_s in sorted(found)]

    def _values(
        self, series: Series, begin_s: float, period_s: float, statistic: str
    ) -> Iterator[tuple[float, float]]:
        """Yield begin of the period and value of a statistic; CloudWatchError if unknown."""
        origin_s = _origin(begin_s, period_s)
        if statistic in _STATISTICS:
            parts = series.by_period(origin_s, period_s)
            if len(parts):
                values = _STATISTICS[statistic](parts)
                yield from zip(parts.time_s.tolist(), values.tolist(), strict=True)
            return
        share = _PERCENTILE.fullmatch(statistic)
        if share is None:
            known = ", ".join(_STATISTICS)
            raise CloudWatchError(
                "InvalidParameterValue",
                f"The statistic '{statistic}' is not simulated: use {known} or a percentile such "
                "as p99.",
            )
        begins, values = series.percentiles(origin_s, period_s, float(share[1]) / 100)
        yield from zip(begins.tolist(), values.tolist(), strict=True)

    def get_metric_data(self, given: DataRequest, region: str) -> DataAnswer:
        """Answer GetMetricData."""
        begin_s, end_s = self._span(given)
        queries = given["MetricDataQueries"]
        if len(queries) > _QUERIES:
            raise CloudWatchError(
                "ValidationError", f"There are more than {_QUERIES} MetricDataQueries."
            )
        down = given.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        found = Queries(
            queries, lambda query: self._timed(query, begin_s, end_s, region), begin_s, end_s
        )
        results = [
            self._result(query, part, down)
            for query in queries
            if query.get("ReturnData", True)
            for part in _checked(query["Id"], found.results)
        ]
        return {"MetricDataResults": results, "Messages": []}

    def _timed(self, query: DataQuery, begin_s: float, end_s: float, region: str) -> TimedValues:
        """Return the data points of the metric of a query."""
        stat = query["MetricStat"]
        period_s = _period(stat["Period"])
        wanted = stat["Metric"].copy()
        if "Unit" in stat:
            wanted["Unit"] = stat["Unit"]
        series, _ = self._find(wanted, region)
        inside = self._aligned(series, begin_s, end_s, period_s)
        points = dict(sorted(self._values(inside, begin_s, period_s, stat["Stat"])))
        label = query.get("Label", stat["Metric"].get("MetricName", ""))
        return TimedValues(points, period_s, label, is_metric=True)

    def _result(self, query: DataQuery, part: TimedValues, down: bool) -> DataResult:
        found = sorted(part.points.items(), reverse=down)
        return {
            "Id": query["Id"],
            "Label": part.label,
            "Timestamps": [self._time(at_s) for at_s, _ in found],
            "Values": [value for _, value in found],
            "StatusCode": "Complete",
        }

    def list_metrics(self, given: ListRequest, region: str) -> ListAnswer:
        """Answer ListMetrics."""
        wanted = {(part["Name"], part.get("Value")) for part in given.get("Dimensions", [])}
        metrics: list[ListedMetric] = [
            {
                "Namespace": space,
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
            }
            for space, name, dimensions in self._listed(region)
            if given.get("Namespace", space) == space
            and given.get("MetricName", name) == name
            and all(_has(dimensions, key, value) for key, value in wanted)
        ]
        return {"Metrics": metrics}

    def _listed(self, region: str) -> Iterator[tuple[str, str, Dimensions]]:
        for name, dimensions in self._metrics.listed(region):
            yield NAMESPACE, name, dimensions
        for home, space, name, dimensions in self._custom:
            if home == region:
                yield space, name, dimensions

    # --- sending ------------------------------------------------------------------------------

    def put_metric_data(self, given: PutRequest, region: str) -> PutAnswer:
        """Answer PutMetricData: keep the data of the call, all of them or none."""
        space = given["Namespace"]
        if space.startswith("AWS/"):
            raise CloudWatchError(
                "InvalidParameterValue",
                "The value AWS/ for parameter Namespace is invalid: names that begin with AWS/ are "
                "reserved.",
            )
        prepared = [(datum, list(self._samples(datum))) for datum in given.get("MetricData", [])]
        for datum, samples in prepared:
            key = (region, space, datum["MetricName"], _dimensions(datum))
            custom = self._custom.setdefault(key, _Custom(datum.get("Unit", "None")))
            custom.samples += samples
        return {}

    def _samples(self, datum: Datum) -> Iterator[tuple[float, float, float, float, float]]:
        """Yield time, count, sum, least and largest of each part of a datum."""
        at_s = self._seconds(datum["Timestamp"]) if "Timestamp" in datum else self._now_s()
        if "StatisticValues" in datum:
            stats = datum["StatisticValues"]
            count, total = float(stats["SampleCount"]), float(stats["Sum"])
            yield at_s, count, total, float(stats["Minimum"]), float(stats["Maximum"])
        elif "Values" in datum:
            values = datum["Values"]
            counts = datum.get("Counts", [1.0] * len(values))
            if len(counts) != len(values):
                raise CloudWatchError(
                    "InvalidParameterValue", "Values and Counts must be of the same length."
                )
            for value, count in zip(values, counts, strict=True):
                yield at_s, float(count), value * count, float(value), float(value)
        elif "Value" in datum:
            yield at_s, 1.0, *(float(datum["Value"]),) * 3
        else:
            raise CloudWatchError(
                "MissingParameter",
                "A datum needs one of the parameters Value, Values and StatisticValues.",
            )

    # --- alarms -------------------------------------------------------------------------------

    def put_metric_alarm(self, given: AlarmRequest, region: str) -> PutAnswer:
        """Answer PutMetricAlarm."""
        return self._alarms.put(given, region)

    def describe_alarms(self, given: AlarmsAsked, region: str) -> AlarmsShown:
        """Answer DescribeAlarms."""
        return self._alarms.describe(given, region)

    def set_alarm_state(self, given: StateRequest, region: str) -> PutAnswer:
        """Answer SetAlarmState."""
        return self._alarms.set_state(given, region)

    def delete_alarms(self, given: AlarmsAsked, region: str) -> PutAnswer:
        """Answer DeleteAlarms."""
        return self._alarms.delete(given, region)

    def _of_alarm(self, place: AlarmPlace) -> Series:
        """Return the samples of the metric of an alarm."""
        alarm = place.alarm
        wanted: MetricGiven = {"Namespace": alarm.namespace, "MetricName": alarm.metric or ""}
        if alarm.unit is not None:
            wanted["Unit"] = alarm.unit
        pairs = [Dimension(Name=key, Value=value) for key, value in place.dimensions.items()]
        return self._find({**wanted, "Dimensions": pairs}, place.region)[0]

    # --- finding ------------------------------------------------------------------------------

    def _find(self, given: MetricGiven, region: str) -> tuple[Series, str]:
        """Return the samples of a metric and their unit; none for a metric that there is not."""
        space, name = given.get("Namespace", ""), given.get("MetricName", "")
        dimensions = _dimensions(given)
        units = UNITS | THROTTLED_UNITS
        if space == NAMESPACE and name in units:
            series, unit = self._metrics.series(name, dimensions, region), units[name]
        else:
            custom = self._custom.get((region, space, name, dimensions), _Custom("None"))
            series, unit = custom.series(), custom.unit
        return (series if given.get("Unit", unit) == unit else EMPTY), unit

    def _aligned(self, series: Series, begin_s: float, end_s: float, period_s: float) -> Series:
        """Return the samples of the periods that begin before the end, the first one whole."""
        return series.within(_origin(begin_s, period_s), min(end_s, self._now_s() + 1e-6))

    def _span(self, given: StatisticsRequest | DataRequest) -> tuple[float, float]:
        begin_s, end_s = self._seconds(given["StartTime"]), self._seconds(given["EndTime"])
        if begin_s >= end_s:
            raise CloudWatchError(
                "InvalidParameterValue",
                "The parameter StartTime must be less than the parameter EndTime.",
            )
        return begin_s, end_s

    def _seconds(self, moment: GivenTime) -> float:
        """Return seconds since the scenario's start; a time without a zone is UTC."""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        elif not isinstance(moment, datetime):
            moment = datetime.fromtimestamp(moment, UTC)
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return (aware - self._start).total_seconds()

    def _time(self, at_s: float) -> datetime:
        return self._start + timedelta(seconds=at_s)


def _checked(
    query: str, results: Callable[[str], tuple[TimedValues, ...]]
) -> tuple[TimedValues, ...]:
    """Return the results of a query; CloudWatchError for an expression without any."""
    try:
        return results(query)
    except ExpressionError as error:
        message = f"Error in expression '{query}': {error}."
        raise CloudWatchError("ValidationError", message) from None


def _sorted(pair: Mapping[str, str]) -> Dimensions:
    return tuple(sorted(pair.items()))


def _has(dimensions: Dimensions, key: str, value: str | None) -> bool:
    return any(key == name and value in (None, other) for name, other in dimensions)


def _dimensions(given: MetricGiven | Datum) -> Dimensions:
    return tuple(sorted((part["Name"], part["Value"]) for part in given.get("Dimensions", [])))


def _period(period_s: int) -> float:
    if period_s < MINUTE_S or period_s % MINUTE_S:
        raise CloudWatchError(
            "InvalidParameterValue",
            f"The parameter Period must be a multiple of 60 seconds, and is {period_s}.",
        )
    return float(period_s)


def _origin(begin_s: float, period_s: float) -> float:
    """Return the begin of the first period: the start time rounded down to a whole period."""
    return begin_s - begin_s % period_s


def _statistic(name: str) -> StatisticName:
    """Return a name that `_values` has accepted."""
    return cast(StatisticName, name)


OPERATIONS: dict[str, Callable[[CloudWatchApi, Any, str], Mapping[str, object]]] = {
    "DeleteAlarms": CloudWatchApi.delete_alarms,
    "DescribeAlarms": CloudWatchApi.describe_alarms,
    "GetMetricData": CloudWatchApi.get_metric_data,
    "GetMetricStatistics": CloudWatchApi.get_metric_statistics,
    "ListMetrics": CloudWatchApi.list_metrics,
    "PutMetricAlarm": CloudWatchApi.put_metric_alarm,
    "PutMetricData": CloudWatchApi.put_metric_data,
    "SetAlarmState": CloudWatchApi.set_alarm_state,
}
"""The operations that are simulated, and the methods that answer them."""
