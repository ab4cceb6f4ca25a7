"""BurstCreditBalance and PermittedThroughput of a throttled file system, by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from helpers.worlds import overwriting, scenario

from efssim import Simulation

MIB = 2**20
REGION = "us-east-1"


def values(simulation: Simulation, metric: str) -> list[float]:
    """Return the samples of a metric of the source, a minute each."""
    start = simulation.scenario.start
    query: dict[str, Any] = {
        "Namespace": "AWS/EFS",
        "MetricName": metric,
        "Dimensions": [{"Name": "FileSystemId", "Value": simulation.file_system_id("fs")}],
        "StartTime": start,
        "EndTime": start + timedelta(hours=2),
        "Period": 60,
        "Statistics": ["Average"],
    }
    answer: Any = simulation.call("GetMetricStatistics", query, region=REGION, service="cloudwatch")
    points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
    return [point["Average"] for point in points]


def test_credits_fall_and_the_baseline_is_left() -> None:
    # At 1 MiB/s of baseline another load of 3 MiB/s spends 2 MiB/s: 600 MiB last for 300 s.
    keys = {"throttle": True, "size": "1 GiB", "burst_credits": "600 MiB", "other_load": "3 MiB/s"}
    spec = scenario({"w": overwriting("1 per h", 1)}, {"interval": 60}, "2 h", file_system=keys)
    simulation = Simulation(spec)
    simulation.advance(1000)
    left = [480 * MIB, 360 * MIB, 240 * MIB, 120 * MIB, 0, 0]
    assert values(simulation, "BurstCreditBalance")[:6] == pytest.approx(left, abs=1)
    permitted = values(simulation, "PermittedThroughput")
    assert len(permitted) == 16
    assert permitted[:4] == [100 * MIB] * 4
    assert permitted[5:] == [MIB] * 11
    simulation.advance_to_end()
    assert len(values(simulation, "BurstCreditBalance")) == 119  # the end is not asked for
    listed: Any = simulation.call("ListMetrics", {}, region=REGION, service="cloudwatch")
    names = {metric["MetricName"] for metric in listed["Metrics"]}
    assert {"BurstCreditBalance", "PermittedThroughput"} <= names


def test_a_file_system_that_does_not_throttle_has_none() -> None:
    spec = scenario({"w": overwriting()}, {"interval": 60}, "10 min")
    simulation = Simulation(spec)
    simulation.advance_to_end()
    assert values(simulation, "BurstCreditBalance") == []
