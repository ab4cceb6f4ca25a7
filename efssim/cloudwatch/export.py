"""Every metric of AWS/EFS in a run, as answers of GetMetricData that cover the whole run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from efssim.cloudwatch.api import CloudWatchApi
from efssim.cloudwatch.efs_metrics import NAMESPACE, Dimensions
from efssim.cloudwatch.shapes import DataAnswer, DataQuery, DataResult

STATISTICS = {
    "TimeSinceLastSync": ("Minimum", "Maximum", "Average"),
    "DataWriteIOBytes": ("Sum", "SampleCount"),
    "StorageBytes": ("Average",),
}
"""Metrics that are exported, each with its statistics."""
_ALL_CLASSES = ("StorageClass", "Total")
"""Dimension of the StorageBytes that are exported: of all storage classes together."""


@dataclass(frozen=True, slots=True)
class ExportedSeries:
    """One statistic of one metric over a whole run."""

    statistic: str
    dimensions: Dimensions
    result: DataResult


@dataclass(frozen=True, slots=True)
class ExportedMetric:
    """All series of one metric; none where the run has no sample of it."""

    metric: str
    series: tuple[ExportedSeries, ...]

    @property
    def answer(self) -> DataAnswer:
        """The answer of GetMetricData to a query of each series."""
        return {"MetricDataResults": [one.result for one in self.series], "Messages": []}


@dataclass(frozen=True, slots=True)
class ExportedSpan:
    """The time that an export covers, and its resolution."""

    begin: datetime
    end: datetime
    period_s: int


def export_metrics(
    api: CloudWatchApi, regions: Iterable[str], span: ExportedSpan
) -> tuple[ExportedMetric, ...]:
    """Ask a CloudWatch for all metrics in some Regions; return each metric once.

    Raise CloudWatchError for a period that CloudWatch does not have.
    """
    homes = _homes(api, regions)
    return tuple(
        ExportedMetric(metric, tuple(_series(api, metric, homes, span))) for metric in STATISTICS
    )


def _homes(api: CloudWatchApi, regions: Iterable[str]) -> dict[tuple[str, Dimensions], str]:
    """Return a Region that has the metric, by name and dimensions."""
    found: dict[tuple[str, Dimensions], str] = {}
    for region in regions:
        for listed in api.list_metrics({"Namespace": NAMESPACE}, region)["Metrics"]:
            pairs = tuple((part["Name"], part["Value"]) for part in listed["Dimensions"])
            found.setdefault((listed["MetricName"], pairs), region)
    return found


def _series(
    api: CloudWatchApi,
    metric: str,
    homes: dict[tuple[str, Dimensions], str],
    span: ExportedSpan,
) -> Iterator[ExportedSeries]:
    ordinal = 0
    for (name, dimensions), region in homes.items():
        if name != metric or (name == "StorageBytes" and _ALL_CLASSES not in dimensions):
            continue
        ordinal += 1
        for statistic in STATISTICS[metric]:
            query = _query(metric, statistic, dimensions, ordinal, span.period_s)
            answer = api.get_metric_data(
                {
                    "MetricDataQueries": [query],
                    "StartTime": span.begin,
                    # The period that begins at the end is asked for, too: a sample may fall on it.
                    "EndTime": span.end + timedelta(seconds=span.period_s),
                },
                region,
            )
            (result,) = answer["MetricDataResults"]
            yield ExportedSeries(statistic, dimensions, result)


def _query(
    metric: str, statistic: str, dimensions: Dimensions, ordinal: int, period_s: int
) -> DataQuery:
    return {
        "Id": f"{statistic[0].lower()}{statistic[1:]}_{ordinal}",
        "Label": label(metric, statistic, dimensions),
        "MetricStat": {
            "Metric": {
                "Namespace": NAMESPACE,
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
            },
            "Period": period_s,
            "Stat": statistic,
        },
    }


def label(metric: str, statistic: str, dimensions: Dimensions) -> str:
    """Return the label of a series: its metric, statistic and dimensions, source first."""
    pairs = sorted(dimensions, key=lambda pair: pair[0] != "FileSystemId")
    return " ".join([metric, statistic, *(f"{name}={value}" for name, value in pairs)])
