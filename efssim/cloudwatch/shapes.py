"""Requests and answers of CloudWatch, in the shapes of botocore's service model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, Required, TypeAlias, TypedDict

GivenTime: TypeAlias = datetime | str | float
"""A time as a caller may give it: without a zone it is UTC, a number is seconds since 1970."""


class Dimension(TypedDict):
    """A name and value that tell metrics of one name apart."""

    Name: str
    Value: str


class DimensionFilter(TypedDict):
    """A dimension that metrics have to have."""

    Name: str
    Value: NotRequired[str]


class MetricGiven(TypedDict, total=False):
    """The metric of a request."""

    Namespace: str
    MetricName: str
    Dimensions: Sequence[Dimension]
    Unit: str


class StatisticsRequest(MetricGiven):
    """Parameters of GetMetricStatistics."""

    StartTime: GivenTime
    EndTime: GivenTime
    Period: int
    Statistics: NotRequired[list[str]]
    ExtendedStatistics: NotRequired[list[str]]


class MetricStat(TypedDict):
    """A metric with its statistic, in a query of GetMetricData."""

    Metric: MetricGiven
    Period: int
    Stat: str
    Unit: NotRequired[str]


class DataQuery(TypedDict):
    """A query of GetMetricData."""

    Id: str
    MetricStat: NotRequired[MetricStat]
    Expression: NotRequired[str]
    Label: NotRequired[str]
    ReturnData: NotRequired[bool]


class DataRequest(TypedDict):
    """Parameters of GetMetricData."""

    MetricDataQueries: Sequence[DataQuery]
    StartTime: GivenTime
    EndTime: GivenTime
    ScanBy: NotRequired[str]


class ListRequest(TypedDict, total=False):
    """Parameters of ListMetrics."""

    Namespace: str
    MetricName: str
    Dimensions: Sequence[DimensionFilter]


class StatisticSet(TypedDict):
    """Values of a datum that are summed up."""

    SampleCount: float
    Sum: float
    Minimum: float
    Maximum: float


class Datum(TypedDict):
    """A datum of PutMetricData."""

    MetricName: str
    Dimensions: NotRequired[Sequence[Dimension]]
    Timestamp: NotRequired[GivenTime]
    Unit: NotRequired[str]
    Value: NotRequired[float]
    Values: NotRequired[Sequence[float]]
    Counts: NotRequired[Sequence[float]]
    StatisticValues: NotRequired[StatisticSet]


class PutRequest(TypedDict):
    """Parameters of PutMetricData."""

    Namespace: str
    MetricData: NotRequired[Sequence[Datum]]


class Datapoint(TypedDict, total=False):
    """A data point of GetMetricStatistics, with the statistics that were asked for."""

    Timestamp: datetime
    SampleCount: float
    Average: float
    Sum: float
    Minimum: float
    Maximum: float
    ExtendedStatistics: dict[str, float]
    Unit: str


class StatisticsAnswer(TypedDict):
    """Answer of GetMetricStatistics."""

    Label: str
    Datapoints: list[Datapoint]


class DataResult(TypedDict):
    """The answer to one query of GetMetricData."""

    Id: str
    Label: str
    Timestamps: list[datetime]
    Values: list[float]
    StatusCode: str


class DataAnswer(TypedDict):
    """Answer of GetMetricData."""

    MetricDataResults: list[DataResult]
    Messages: list[str]


class ListedMetric(TypedDict):
    """A metric in the answer of ListMetrics."""

    Namespace: str
    MetricName: str
    Dimensions: list[Dimension]


class ListAnswer(TypedDict):
    """Answer of ListMetrics."""

    Metrics: list[ListedMetric]


class PutAnswer(TypedDict):
    """Answer of PutMetricData: nothing."""


class AlarmRequest(TypedDict, total=False):
    """Parameters of PutMetricAlarm that are not settings of an alarm in a scenario."""

    AlarmName: Required[str]
    AlarmDescription: str
    Dimensions: Sequence[Dimension]
    Statistic: str
    ExtendedStatistic: str
    OKActions: Sequence[str]
    AlarmActions: Sequence[str]
    InsufficientDataActions: Sequence[str]


class AlarmsAsked(TypedDict, total=False):
    """Parameters of DescribeAlarms, and of DeleteAlarms, which has names alone."""

    AlarmNames: Sequence[str]
    AlarmNamePrefix: str
    AlarmTypes: Sequence[str]
    StateValue: str
    ActionPrefix: str
    MaxRecords: int
    NextToken: str


class StateRequest(TypedDict):
    """Parameters of SetAlarmState."""

    AlarmName: str
    StateValue: str
    StateReason: str
    StateReasonData: NotRequired[str]


class AlarmShown(TypedDict):
    """A metric alarm in the answer of DescribeAlarms."""

    AlarmName: str
    AlarmArn: str
    AlarmDescription: NotRequired[str]
    AlarmConfigurationUpdatedTimestamp: datetime
    ActionsEnabled: bool
    OKActions: list[str]
    AlarmActions: list[str]
    InsufficientDataActions: list[str]
    StateValue: str
    StateReason: str
    StateReasonData: NotRequired[str]
    StateUpdatedTimestamp: datetime
    StateTransitionedTimestamp: datetime
    MetricName: str
    Namespace: str
    Statistic: NotRequired[str]
    ExtendedStatistic: NotRequired[str]
    Dimensions: list[Dimension]
    Period: int
    Unit: NotRequired[str]
    EvaluationPeriods: int
    DatapointsToAlarm: NotRequired[int]
    Threshold: float
    ComparisonOperator: str
    TreatMissingData: str


class AlarmsShown(TypedDict):
    """Answer of DescribeAlarms."""

    MetricAlarms: list[AlarmShown]
    CompositeAlarms: list[AlarmShown]
    NextToken: NotRequired[str]
