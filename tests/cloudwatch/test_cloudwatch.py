"""Tests of CloudWatch's view: what a lag monitor sees of a world, by hand."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from helpers.monitoring import START, age, at, dimensions, ids
from helpers.worlds import constant, poisson, scenario

import efssim
from efssim import Simulation
from efssim.cloudwatch.api import CloudWatchError
from efssim.cloudwatch.series import Series
from efssim.cloudwatch.write_minutes import WriteMinutes
from efssim.records.run_records import Publications

SYNC = {"interval": 300, "setup": 30, "throughput": 1_000_000}


def world(**options):
    """Return a world whose metric is sampled at whole minutes, unless `options` say otherwise."""
    options.setdefault("cloudwatch", {"phase": 0})
    return Simulation(scenario({"w": constant("2 per s", "500 B")}, SYNC, "6 h", **options))


def test_time_since_last_sync_is_the_age_at_each_minute():
    simulation = world()
    simulation.advance("20 min")
    points = age(simulation, 0, 1200)["Datapoints"]
    assert [point["Timestamp"] for point in points] == [at(60 * k) for k in range(20)]
    exact = simulation.result().outcomes["dr"].age
    for point in points:
        now_s = (point["Timestamp"] - START).total_seconds()
        tooth = int(exact.begin_s.searchsorted(now_s, "right")) - 1
        assert point["Maximum"] == pytest.approx(now_s - exact.origin_s[tooth])
        assert point["SampleCount"] == 1
        assert point["Unit"] == "Seconds"
    assert [point["Maximum"] for point in points[:8]] == [0, 60, 120, 180, 240, 300, 60, 120]


def test_periods_are_aligned_and_aggregated():
    simulation = world()
    simulation.advance("20 min")
    points = age(simulation, 330, 1200, period=300)["Datapoints"]
    assert [point["Timestamp"] for point in points] == [at(300), at(600), at(900)]
    assert (points[0]["Minimum"], points[0]["Maximum"]) == (60, 300)
    assert points[0]["Average"] == pytest.approx((300 + 60 + 120 + 180 + 240) / 5)
    assert points[0]["SampleCount"] == 5


def test_both_dimensions_are_needed_and_both_regions_have_it():
    simulation = world()
    simulation.advance("5 min")
    source, destination = ids(simulation)
    assert age(simulation, 0, 300, region="us-west-2") == age(simulation, 0, 300)
    assert age(simulation, 0, 300, region="eu-west-1")["Datapoints"] == []
    for wrong in ({"FileSystemId": source}, {"FileSystemId": destination}):
        found = age(simulation, 0, 300, Dimensions=dimensions(**wrong))
        assert found["Datapoints"] == []


def test_it_is_absent_before_the_first_sync_and_after_the_deletion():
    simulation = Simulation(
        scenario(
            {"w": constant()},
            {**SYNC, "setup": 90},
            "6 h",
            replication={"established": False},
            cloudwatch={"phase": 0},
        )
    )
    simulation.advance("6 min")
    assert age(simulation, 0, 360)["Datapoints"] == []
    simulation.advance("4 min")
    points = age(simulation, 0, 600)["Datapoints"]
    assert points
    defined_s = simulation.result().outcomes["dr"].defined_s
    assert points[0]["Timestamp"] == at(60 * np.ceil(defined_s / 60))
    source, destination = ids(simulation)
    simulation.call(
        "DeleteReplicationConfiguration", {"SourceFileSystemId": source}, region="us-east-1"
    )
    simulation.advance("1 h")
    both = dimensions(FileSystemId=source, DestinationFileSystemId=destination)
    query = {
        "Namespace": "AWS/EFS",
        "MetricName": "TimeSinceLastSync",
        "Dimensions": both,
        "StartTime": at(0),
        "EndTime": at(4200),
        "Period": 60,
        "Statistics": ["Maximum"],
    }
    points = simulation.cloudwatch.call("GetMetricStatistics", query, "us-east-1")["Datapoints"]
    # Gone at 900 s, by then: statuses come before what looks at them.
    assert points[-1]["Timestamp"] == at(600 + 300 - 60)
    assert points[-1]["Maximum"] > 300


def query(simulation, name, stat, period=60, **extra):
    source, _ = ids(simulation)
    metric = {
        "Namespace": "AWS/EFS",
        "MetricName": name,
        "Dimensions": dimensions(FileSystemId=source, **extra),
    }
    return {"Id": "q", "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}}


def data(simulation, *queries, begin=0, end=1200, **options):
    given = {"MetricDataQueries": list(queries), "StartTime": at(begin), "EndTime": at(end)}
    answer = simulation.cloudwatch.call("GetMetricData", {**given, **options}, "us-east-1")
    return answer["MetricDataResults"]


def test_written_bytes_are_sums_and_operations_counts():
    simulation = world()
    simulation.advance("20 min")
    (total,) = data(
        simulation, query(simulation, "DataWriteIOBytes", "Sum"), ScanBy="TimestampAscending"
    )
    (count,) = data(
        simulation,
        query(simulation, "DataWriteIOBytes", "SampleCount"),
        ScanBy="TimestampAscending",
    )
    # Two writes a second; the one at the very start is not made, the last minute is whole.
    assert total["Values"] == [59_500, *[60_000] * 19]
    assert count["Values"] == [119, *[120] * 19]
    assert total["Timestamps"][0] == at(0)
    (down,) = data(simulation, query(simulation, "DataWriteIOBytes", "Sum"))
    assert down["Values"] == total["Values"][::-1]
    (hour,) = data(simulation, query(simulation, "DataWriteIOBytes", "Maximum", 300))
    assert hour["Values"] == [500] * 4
    assert (hour["Id"], hour["Label"], hour["StatusCode"]) == ("q", "DataWriteIOBytes", "Complete")


def test_all_writes_are_there_whenever_one_looks():
    simulation = Simulation(scenario({"w": poisson("3 per s", 1000)}, SYNC, "2 h"))
    totals = []
    for _ in range(12):
        simulation.advance("10 min")
        (found,) = data(simulation, query(simulation, "DataWriteIOBytes", "Sum"), end=7200)
        totals.append(sum(found["Values"]))
    assert totals == sorted(totals)
    assert totals[-1] == simulation.result().summary["replications"]["dr"]["writes"]["bytes"]


def test_stored_bytes():
    simulation = world(file_system={"size": "3 TiB"})
    simulation.advance("1 h")
    (found,) = data(
        simulation,
        query(simulation, "StorageBytes", "Average", 900, StorageClass="Total"),
        end=3600,
    )
    # Every 15 minutes, the latest first: 500 B twice a second.
    assert found["Values"] == [3 * 2**40 + 1000 * second for second in (2700, 1800, 900, 0)]


def test_a_destination_stores_what_it_has_received():
    """The initial sync is cut at 300 s with 2.7 MB, sets up for 5 s and sends 1,000 B/s.

    It is complete at 3,005 s; later ones are cut every 300 s from there and take half a minute.
    """
    simulation = world(
        file_system={"size": "2.4 MB"},
        replication={
            "established": False,
            "overhead": "1 kB",
            "initial": {"throughput": 1000, "setup": 5},
            "control": {"preset": "none", "enabling": 300},
        },
    )
    simulation.advance("80 min")
    metric = query(simulation, "StorageBytes", "Average", 900, StorageClass="Total")
    metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"] = ids(simulation)[1]
    given = {"MetricDataQueries": [metric], "StartTime": at(0), "EndTime": at(4800)}
    answer = simulation.cloudwatch.call("GetMetricData", given, "us-west-2")
    sent = [0, 595_000, 1_495_000, 2_395_000]
    replicated = [2_400_000 + 1000 * cut for cut in (3305, 4205)]
    expected = [1000 + stored for stored in [*sent, *replicated]]
    assert answer["MetricDataResults"][0]["Values"][::-1] == expected


def test_what_is_sent_is_kept():
    simulation = world()
    simulation.advance("10 min")
    sent = {
        "Namespace": "Mine",
        "MetricData": [
            {"MetricName": "lag", "Value": 7.0, "Unit": "Seconds"},
            {"MetricName": "lag", "Values": [1.0, 3.0], "Counts": [2.0, 1.0], "Timestamp": at(540)},
            {
                "MetricName": "lag",
                "StatisticValues": {"SampleCount": 4, "Sum": 20, "Minimum": 2, "Maximum": 9},
                "Timestamp": at(541),
            },
        ],
    }
    assert simulation.cloudwatch.call("PutMetricData", sent, "us-east-1") == {}
    simulation.advance("2 min")
    given = {
        "Namespace": "Mine",
        "MetricName": "lag",
        "StartTime": at(0),
        "EndTime": at(720),
        "Period": 60,
        "Statistics": ["Sum", "SampleCount", "Minimum", "Maximum"],
    }
    first, second = simulation.cloudwatch.call("GetMetricStatistics", given, "us-east-1")[
        "Datapoints"
    ]
    assert (first["Sum"], first["SampleCount"]) == (25, 7)
    assert (first["Minimum"], first["Maximum"]) == (1, 9)
    assert (second["Timestamp"], second["Sum"], second["Unit"]) == (at(600), 7, "Seconds")
    other = simulation.cloudwatch.call("GetMetricStatistics", given, "us-west-2")
    assert other["Datapoints"] == []
    assert simulation.cloudwatch.call("ListMetrics", {"Namespace": "Mine"}, "us-east-1") == {
        "Metrics": [{"Namespace": "Mine", "MetricName": "lag", "Dimensions": []}]
    }


def test_metrics_are_listed():
    simulation = world()
    simulation.advance("20 min")
    source, destination = ids(simulation)
    found = simulation.cloudwatch.call("ListMetrics", {}, "us-east-1")["Metrics"]
    names = [metric["MetricName"] for metric in found]
    assert names == ["TimeSinceLastSync", "DataWriteIOBytes", "StorageBytes", "StorageBytes"]
    there = simulation.cloudwatch.call(
        "ListMetrics", {"Dimensions": [{"Name": "FileSystemId", "Value": destination}]}, "us-west-2"
    )
    assert {metric["MetricName"] for metric in there["Metrics"]} == {"StorageBytes"}
    assert source != destination


def test_percentiles():
    simulation = world()
    simulation.advance("20 min")
    found = age(simulation, 300, 1200, period=300, Statistics=[], ExtendedStatistics=["p50", "p90"])
    assert [point["ExtendedStatistics"]["p50"] for point in found["Datapoints"]] == [180] * 3
    assert [point["ExtendedStatistics"]["p90"] for point in found["Datapoints"]] == [300] * 3


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Period": 30}, "InvalidParameterValue"),
        ({"Period": 90}, "InvalidParameterValue"),
        ({"Statistics": []}, "InvalidParameterCombination"),
        ({"Statistics": ["Median"]}, "InvalidParameterValue"),
        ({"EndTime": at(0)}, "InvalidParameterValue"),
        ({"EndTime": at(60 * 2000)}, "InvalidParameterCombination"),
    ],
)
def test_what_is_refused(changed, code):
    simulation = world()
    simulation.advance("5 min")
    with pytest.raises(CloudWatchError) as raised:
        age(simulation, 0, 300, **changed)
    assert raised.value.code == code


def test_what_is_not_simulated_says_so():
    simulation = world()
    with pytest.raises(ValueError, match="PutDashboard is not simulated"):
        simulation.cloudwatch.call("PutDashboard", {}, "us-east-1")
    with pytest.raises(CloudWatchError, match="SEARCH is not simulated"):
        data(simulation, {"Id": "e", "Expression": "SEARCH('age')"})
    with pytest.raises(CloudWatchError, match="reserved"):
        simulation.cloudwatch.call("PutMetricData", {"Namespace": "AWS/EFS"}, "us-east-1")
    with pytest.raises(ValueError, match="needs the syncs"):
        _ = world(records="off").cloudwatch
    with pytest.raises(ValueError, match="needs the syncs"):
        _ = Simulation(scenario({}, SYNC), metrics=False).cloudwatch


def test_looking_changes_nothing():
    watched, alone = world(), world()
    for _ in range(36):
        watched.advance("10 min")
        age(watched, 0, 600)
        data(watched, query(watched, "DataWriteIOBytes", "Sum"))
    alone.advance_to_end()
    assert watched.result().digest == alone.result().digest
    assert efssim.run(alone.scenario).digest == alone.result().digest


def test_writes_by_minute_by_hand():
    minutes = WriteMinutes()
    time_s, size = np.array([1.0, 59.0, 60.0]), np.array([5, 7, 9])
    block = Publications(time_s, size, np.array([3]), np.array([70.0]), 1)
    minutes.add(block)
    minutes.add(Publications(np.array([61.0]), np.array([1]), np.array([1]), np.array([130.0]), 1))
    series = minutes.series()
    assert series.time_s.tolist() == [0, 60]
    assert series.count.tolist() == [2, 2]
    assert series.total.tolist() == [12, 10]
    assert (series.least.tolist(), series.largest.tolist()) == ([5, 1], [7, 9])


def test_a_percentile_is_unknown_where_samples_are_sets():
    mixed = Series(*(np.array(x, dtype=float) for x in ([0, 60], [1, 2], [3, 9], [3, 4], [3, 5])))
    begins, values = mixed.percentiles(0.0, 60.0, 0.5)
    assert (begins.tolist(), values.tolist()) == ([0], [3])


# Through boto3


def test_a_lag_monitor_with_boto3():
    pytest.importorskip("boto3")
    from botocore.exceptions import ClientError
    from botocore.validate import ParamValidator

    simulation = world()
    client = simulation.client("cloudwatch", region_name="us-east-1")
    source, destination = ids(simulation)
    seen = []
    for _ in range(12):
        simulation.advance("5 min")
        found = client.get_metric_statistics(
            Namespace="AWS/EFS",
            MetricName="TimeSinceLastSync",
            Dimensions=dimensions(FileSystemId=source, DestinationFileSystemId=destination),
            StartTime=simulation.now - timedelta(minutes=5),
            EndTime=simulation.now,
            Period=300,
            Statistics=["Maximum"],
        )
        assert found.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        shape = client.meta.service_model.operation_model("GetMetricStatistics").output_shape
        assert not ParamValidator().validate(found, shape).has_errors()
        (point,) = found["Datapoints"]
        seen.append(point["Maximum"])
        sent = {"MetricName": "worst", "Value": max(seen), "Unit": "Seconds"}
        client.put_metric_data(Namespace="Mine", MetricData=[sent])
    assert seen == [240, *[300] * 11]
    paginator = client.get_paginator("get_metric_data")
    metric = {"Namespace": "Mine", "MetricName": "worst"}
    stat = {"Metric": metric, "Period": 3600, "Stat": "Maximum"}
    pages = paginator.paginate(
        MetricDataQueries=[{"Id": "w", "MetricStat": stat}], StartTime=START, EndTime=at(3601)
    )
    (result,) = [found for page in pages for found in page["MetricDataResults"]]
    assert result["Values"] == [300, 300]
    assert client.list_metrics(Namespace="Mine")["Metrics"][0]["MetricName"] == "worst"
    with pytest.raises(ClientError, match=r"NotImplemented.*PutDashboard"):
        client.put_dashboard(DashboardName="a", DashboardBody="{}")
    with pytest.raises(client.exceptions.InvalidParameterValueException):
        client.put_metric_data(Namespace="AWS/EFS", MetricData=[sent])
