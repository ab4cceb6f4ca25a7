"""TimeSinceLastSync as a monitor asks CloudWatch for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from efssim import Simulation

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return an instant by its seconds since the start."""
    return START + timedelta(seconds=seconds)


def ids(simulation: Simulation) -> tuple[str, str]:
    """Return the ids of source and destination of the only replication."""
    (described,) = simulation.call("DescribeReplicationConfigurations", region="us-east-1")[
        "Replications"
    ]
    return described["SourceFileSystemId"], described["Destinations"][0]["FileSystemId"]


def dimensions(**named: str) -> list[dict[str, str]]:
    """Return dimensions as CloudWatch takes them."""
    return [{"Name": name, "Value": value} for name, value in named.items()]


def age(
    simulation: Simulation,
    begin: float,
    end: float,
    period: int = 60,
    region: str = "us-east-1",
    **options: Any,
) -> dict[str, Any]:
    """Return statistics of TimeSinceLastSync between two instants, in seconds since the start."""
    source, destination = ids(simulation)
    given = {
        "Namespace": "AWS/EFS",
        "MetricName": "TimeSinceLastSync",
        "Dimensions": dimensions(FileSystemId=source, DestinationFileSystemId=destination),
        "StartTime": at(begin),
        "EndTime": at(end),
        "Period": period,
        "Statistics": ["Maximum", "Minimum", "Average", "SampleCount"],
    }
    return simulation.cloudwatch.call("GetMetricStatistics", {**given, **options}, region)
