"""Alarms by calls: their states by the minute, and what CloudWatch refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from helpers.worlds import constant, scenario

import efssim
from efssim.cloudwatch.api import CloudWatchError

REGION = "us-east-1"
OUTAGE = {"at": "20 min", "link_outage": "us-east-1 -> us-west-2", "for": "30 min"}


def world(**top: Any) -> efssim.Simulation:
    """Return a replication with syncs of 5 s each minute, and an outage from 20 to 50 min."""
    made = scenario(
        {"app": constant("1 per 10 s", "1 MiB")},
        {"interval": "1 min", "setup": "5 s"},
        "3 h",
        events=[OUTAGE],
        cloudwatch={"phase": "30 s"},
        **top,
    )
    return efssim.Simulation(made)


def call(simulation: efssim.Simulation, operation: str, **given: Any) -> Any:
    return simulation.cloudwatch.call(operation, given, REGION)


def age(simulation: efssim.Simulation, **changes: Any) -> dict[str, Any]:
    """Return the parameters of an alarm on an age above 5 min, 2 of 2 minutes."""
    (found,) = simulation.call("DescribeReplicationConfigurations", region=REGION)["Replications"]
    (destination,) = found["Destinations"]
    return {
        "AlarmName": "late",
        "Namespace": "AWS/EFS",
        "MetricName": "TimeSinceLastSync",
        "Dimensions": [
            {"Name": "FileSystemId", "Value": found["SourceFileSystemId"]},
            {"Name": "DestinationFileSystemId", "Value": destination["FileSystemId"]},
        ],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 2,
        "Threshold": 300.0,
        "ComparisonOperator": "GreaterThanThreshold",
    } | changes


def shown(simulation: efssim.Simulation, name: str = "late") -> Any:
    (found,) = call(simulation, "DescribeAlarms", AlarmNames=[name])["MetricAlarms"]
    return found


def minutes(simulation: efssim.Simulation, at: Any) -> float:
    since: timedelta = at - simulation.scenario.start
    return since.total_seconds() / 60


def test_an_alarm_by_the_minute():
    """Cuts are at whole minutes; the age at 30 s of a minute is 30 s, from 20 min on it grows.

    The last cut before the outage was at 19 min, so that of minute 24 is 5.5 min. Two of two breach
    once minute 25 is over, at 26 min. The outage ends at 50 min, and at 30 s of that minute
    all is there: minutes 49 and 50 are the first two that do not both breach.
    """
    simulation = world()
    simulation.advance("10 min")
    call(simulation, "PutMetricAlarm", **age(simulation))
    first = shown(simulation)
    assert (first["StateValue"], minutes(simulation, first["StateUpdatedTimestamp"])) == (
        "INSUFFICIENT_DATA",
        10,
    )
    assert first["StateReason"].startswith("Unchecked")
    simulation.advance("1 min")
    assert shown(simulation)["StateValue"] == "OK"
    states = []
    for _ in range(50):
        simulation.advance("1 min")
        found = shown(simulation)
        states.append((simulation.elapsed_s / 60, found["StateValue"]))
    alarmed = [at for at, state in states if state == "ALARM"]
    assert (alarmed[0], alarmed[-1]) == (26, 50)
    assert minutes(simulation, shown(simulation)["StateUpdatedTimestamp"]) == 51


def test_it_is_the_alarm_of_a_scenario():
    declared = {
        "same": {
            "metric": "TimeSinceLastSync",
            "statistic": "Maximum",
            "replication": "dr",
            "period": "1 min",
            "evaluation_periods": 2,
            "threshold": "5 min",
            "comparison": "GreaterThanThreshold",
            "region": REGION,
        }
    }
    simulation = world(alarms=declared)
    call(simulation, "PutMetricAlarm", **age(simulation))
    changes = []
    for _ in range(70):
        simulation.advance("1 min")
        called, same = shown(simulation), shown(simulation, "same")
        assert called["StateValue"] == same["StateValue"]
        changes.append(called["StateUpdatedTimestamp"])
    summary = simulation.result().alarms["same"]
    found = [change.time_s / 60 for change in summary.transitions]
    assert [minutes(simulation, at) for at in dict.fromkeys(changes)] == [0, *found]


def test_looking_often_or_once_gives_one_state():
    often, once = world(), world()
    for each in (often, once):
        call(each, "PutMetricAlarm", **age(each))
    for _ in range(60):
        often.advance("1 min")
        shown(often)
    once.advance("1 h")
    assert shown(often) == shown(once)
    assert often.result().digest == once.result().digest


def test_a_state_that_was_set_holds_until_the_next_evaluation():
    simulation = world()
    call(simulation, "PutMetricAlarm", **age(simulation))
    simulation.advance("10 min 10 s")
    state = {"StateValue": "ALARM", "StateReason": "a drill", "StateReasonData": "{}"}
    call(simulation, "SetAlarmState", AlarmName="late", **state)
    found = shown(simulation)
    assert {key: found[key] for key in state} == state
    simulation.advance("40 s")
    assert shown(simulation)["StateValue"] == "ALARM"
    simulation.advance("10 s")
    found = shown(simulation)
    assert (found["StateValue"], minutes(simulation, found["StateUpdatedTimestamp"])) == ("OK", 11)
    assert "StateReasonData" not in found


def test_an_update_replaces_the_settings_and_keeps_the_state():
    simulation = world()
    call(simulation, "PutMetricAlarm", **age(simulation, AlarmDescription="old"))
    simulation.advance("30 min")
    before = shown(simulation)
    assert before["StateValue"] == "ALARM"
    call(simulation, "PutMetricAlarm", **age(simulation, Threshold=3600.0))
    after = shown(simulation)
    assert (after["StateValue"], after["Threshold"]) == ("ALARM", 3600.0)
    assert after["StateUpdatedTimestamp"] == before["StateUpdatedTimestamp"]
    assert "AlarmDescription" not in after
    simulation.advance("1 min")
    assert shown(simulation)["StateValue"] == "OK"


def test_an_alarm_on_a_metric_that_was_sent():
    simulation = world()
    settings = {
        "AlarmName": "queue",
        "Namespace": "app",
        "MetricName": "Backlog",
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 10.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    call(simulation, "PutMetricAlarm", **settings)
    simulation.advance("5 min")
    assert shown(simulation, "queue")["StateValue"] == "OK"
    data = [{"MetricName": "Backlog", "Value": 12.0}]
    call(simulation, "PutMetricData", Namespace="app", MetricData=data)
    simulation.advance("1 min")
    assert shown(simulation, "queue")["StateValue"] == "ALARM"
    simulation.advance("5 min")
    assert shown(simulation, "queue")["StateValue"] == "OK"


def test_pages_filters_and_deletion():
    simulation = world()
    for k in range(5):
        actions = [f"arn:aws:sns:us-east-1:123456789012:topic-{k}"]
        call(
            simulation,
            "PutMetricAlarm",
            **age(simulation, AlarmName=f"late-{k}", AlarmActions=actions),
        )
    first = call(simulation, "DescribeAlarms", MaxRecords=2)
    rest = call(simulation, "DescribeAlarms", MaxRecords=100, NextToken=first["NextToken"])
    names = [part["AlarmName"] for page in (first, rest) for part in page["MetricAlarms"]]
    assert names == [f"late-{k}" for k in range(5)]
    assert "NextToken" not in rest
    asked = {"ActionPrefix": "arn:aws:sns:us-east-1:123456789012:topic-3"}
    (one,) = call(simulation, "DescribeAlarms", **asked)["MetricAlarms"]
    assert one["AlarmArn"].endswith(":alarm:late-3")
    assert call(simulation, "DescribeAlarms", StateValue="ALARM")["MetricAlarms"] == []
    assert call(simulation, "DescribeAlarms", AlarmTypes=["CompositeAlarm"])["MetricAlarms"] == []
    with pytest.raises(CloudWatchError, match="no alarm gone") as caught:
        call(simulation, "DeleteAlarms", AlarmNames=["late-0", "gone"])
    assert (caught.value.code, caught.value.http_status) == ("ResourceNotFound", 404)
    call(simulation, "DeleteAlarms", AlarmNames=["late-0", "late-1", "late-2", "late-3"])
    (left,) = call(simulation, "DescribeAlarms")["MetricAlarms"]
    assert left["AlarmName"] == "late-4"
    other = simulation.cloudwatch.call("DescribeAlarms", {}, "eu-west-1")
    assert other == {"MetricAlarms": [], "CompositeAlarms": []}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"Metrics": []}, "metric math are not simulated"),
        ({"ExtendedStatistic": "p90"}, "do not go together"),
        ({"Period": 30}, "high-resolution"),
        ({"Period": 90}, "multiples of 60 s"),
        ({"EvaluationPeriods": 0}, "EvaluationPeriods"),
        ({"DatapointsToAlarm": 3}, "more than evaluation_periods"),
        ({"ComparisonOperator": "LessThanLowerThreshold"}, "anomaly detection"),
        ({"TreatMissingData": "zero"}, "TreatMissingData"),
        ({"OKActions": ["a"] * 6}, "more than 5 actions for a state"),
        ({"EvaluationPeriods": 2000}, "at most 1 day"),
    ],
)
def test_settings_that_cloudwatch_refuses(changes: dict[str, Any], problem: str):
    simulation = world()
    with pytest.raises(CloudWatchError, match=problem) as caught:
        call(simulation, "PutMetricAlarm", **age(simulation, **changes))
    assert caught.value.code == "ValidationError"
    assert call(simulation, "DescribeAlarms")["MetricAlarms"] == []


def test_states_and_tokens_that_there_are_not():
    simulation = world()
    with pytest.raises(CloudWatchError, match="no alarm 'x'") as caught:
        call(simulation, "SetAlarmState", AlarmName="x", StateValue="OK", StateReason="")
    assert caught.value.code == "ResourceNotFound"
    call(simulation, "PutMetricAlarm", **age(simulation))
    with pytest.raises(CloudWatchError, match="is not one of OK"):
        call(simulation, "SetAlarmState", AlarmName="late", StateValue="BAD", StateReason="")
    with pytest.raises(CloudWatchError, match="pagination token") as caught:
        call(simulation, "DescribeAlarms", NextToken="bad")
    assert caught.value.code == "InvalidNextToken"
    with pytest.raises(CloudWatchError, match="do not go together"):
        call(simulation, "DescribeAlarms", AlarmNames=["late"], AlarmNamePrefix="l")


def test_a_boto3_client_puts_and_describes():
    simulation = world()
    client = simulation.client("cloudwatch", region_name=REGION)
    client.put_metric_alarm(**age(simulation))
    simulation.advance("30 min")
    pages = client.get_paginator("describe_alarms").paginate()
    (found,) = [part for page in pages for part in page["MetricAlarms"]]
    assert (found["AlarmName"], found["StateValue"]) == ("late", "ALARM")
    client.delete_alarms(AlarmNames=["late"])
    assert client.describe_alarms()["MetricAlarms"] == []
    with pytest.raises(client.exceptions.ClientError, match="no alarm"):
        client.delete_alarms(AlarmNames=["late"])
