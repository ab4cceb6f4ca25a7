"""The section `alarms`: CloudWatch's names, files of describe-alarms, and mistakes."""

from __future__ import annotations

import json
import pickle

import pytest
from helpers.alarming import MINUTE, alarming, changed

import efssim
from efssim import ScenarioError

DESCRIBED = {
    "AlarmName": "late",
    "AlarmArn": "arn:aws:cloudwatch:us-west-2:111122223333:alarm:late",
    "AlarmDescription": "RPO",
    "ActionsEnabled": False,
    "OKActions": [],
    "AlarmActions": ["arn:aws:sns:us-west-2:111122223333:ops"],
    "StateValue": "OK",
    "StateReason": "Threshold Crossed",
    "StateUpdatedTimestamp": "2026-01-01T00:00:00+00:00",
    "MetricName": "TimeSinceLastSync",
    "Namespace": "AWS/EFS",
    "Statistic": "Maximum",
    "Dimensions": [
        {"Name": "FileSystemId", "Value": "fs-0aaaaaaaaaaaaaaaa"},
        {"Name": "DestinationFileSystemId", "Value": "fs-0bbbbbbbbbbbbbbbb"},
    ],
    "Period": 60,
    "EvaluationPeriods": 5,
    "DatapointsToAlarm": 3,
    "Threshold": 300.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "breaching",
}
IDS = {"fs-0aaaaaaaaaaaaaaaa": "fs", "fs-0bbbbbbbbbbbbbbbb": "dr.destination"}


def without(*keys):
    return {key: value for key, value in DESCRIBED.items() if key not in keys}


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a file of describe-alarms."""

    def write(*alarms, **others):
        path = tmp_path / "alarms.json"
        path.write_text(json.dumps({"MetricAlarms": alarms, **others}), encoding="utf-8")
        return path

    return write


def problems(alarms):
    with pytest.raises(ScenarioError) as raised:
        efssim.load(
            {**json.loads(alarming({}).model_dump_json(exclude_unset=True)), "alarms": alarms}
        )
    return str(raised.value)


def test_names_of_cloudwatch_stand_for_the_keys():
    theirs = {
        "MetricName": "TimeSinceLastSync",
        "Statistic": "Maximum",
        "Dimensions": [
            {"Name": "FileSystemId", "Value": "fs"},
            {"Name": "DestinationFileSystemId", "Value": "dr.destination"},
        ],
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 900,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    found = efssim.run(alarming({"ours": MINUTE, "theirs": theirs})).alarms
    assert found["ours"] == found["theirs"]


def test_an_extended_statistic_is_a_statistic():
    alarm = {**changed(statistic=None), "ExtendedStatistic": "p99.9"}
    assert alarming({"a": alarm}).alarms["a"].statistic == "p99.9"


@pytest.mark.parametrize(
    ("text", "value"), [("15 min", 900), (900, 900), ("1 KiB", 1024), (-1, -1)]
)
def test_a_threshold_is_a_number_a_duration_or_a_size(text, value):
    assert alarming({"a": changed(threshold=text)}).alarms["a"].threshold == value


def test_alarms_of_a_file_are_read_as_they_are(file):
    scenario = alarming({"file": str(file(DESCRIBED)), "ids": IDS})
    late = scenario.alarms["late"]
    assert (late.evaluation_periods, late.datapoints_to_alarm, late.threshold) == (5, 3, 300)
    assert (late.treat_missing_data, late.region, late.actions_enabled) == (
        "breaching",
        "us-west-2",
        False,
    )
    found = efssim.run(scenario).alarms["late"]
    assert (found.fired, found.muted, found.detected, found.never) == (0, 1, 0, ())
    assert found.cautions == ("its actions are disabled, so that it notifies nobody",)


def test_ids_that_the_scenario_does_not_have_are_named(file):
    found = efssim.run(alarming({"file": str(file(DESCRIBED))})).alarms["late"]
    assert "fs-0aaaaaaaaaaaaaaaa and fs-0bbbbbbbbbbbbbbbb" in found.not_evaluated


def test_an_alarm_beside_a_file_changes_the_one_of_its_name(file):
    given = {"file": str(file(DESCRIBED)), "ids": IDS, "late": {"threshold": "10 min"}, "b": MINUTE}
    scenario = alarming(given)
    assert (scenario.alarms["late"].threshold, scenario.alarms["late"].period) == (600, 60)
    assert list(scenario.alarms) == ["late", "b"]


@pytest.mark.parametrize(
    ("alarm", "reason"),
    [
        ({"AlarmName": "m", "Metrics": [{"Id": "e", "Expression": "m1*2"}]}, "metric math"),
        (
            {
                "AlarmName": "m",
                "Metrics": [{"Id": "t1", "Expression": "ANOMALY_DETECTION_BAND(m1, 3)"}],
                "ThresholdMetricId": "t1",
                "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
                "EvaluationPeriods": 2,
            },
            "anomaly detection",
        ),
        ({"AlarmName": "m", "EvaluationCriteria": {"PromQLCriteria": {}}}, "a PromQL query"),
        (
            {**without("AlarmName"), "AlarmName": "m", "EvaluationWindow": {"WallClockWindow": {}}},
            "a wall clock evaluation window",
        ),
        (
            {**DESCRIBED, "AlarmName": "m", "EvaluateLowSampleCountPercentile": "ignore"},
            "EvaluateLowSampleCountPercentile: ignore",
        ),
    ],
)
def test_features_that_are_not_simulated_are_listed(file, alarm, reason):
    scenario = alarming({"file": str(file(alarm, DESCRIBED)), "ids": IDS})
    assert list(scenario.alarms) == ["m", "late"]
    found = efssim.run(scenario).alarms
    assert found["m"].not_evaluated == f"{reason}, which is not simulated"
    assert found["late"].not_evaluated is None


def test_composite_alarms_are_listed(file):
    path = file(CompositeAlarms=[{"AlarmName": "both", "AlarmRule": "ALARM(a) AND ALARM(b)"}])
    found = efssim.run(alarming({"file": str(path)})).alarms["both"]
    assert found.not_evaluated == "a composite alarm, which is not simulated"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "has no MetricAlarms"),
        ('{"Datapoints": []}', "has no MetricAlarms"),
        ('{"MetricAlarms": [{}]}', "has no AlarmName"),
        ('{"MetricAlarms": [{"AlarmName": "a"}, {"AlarmName": "a"}]}', "two alarms are named 'a'"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, text, message):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    assert message in problems({"file": str(path)})


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "No such file" in problems({"file": str(tmp_path / "none.json")})


def test_a_file_is_relative_to_the_scenario(file, tmp_path):
    file(DESCRIBED)
    text = "name: a\nduration: 1 h\nalarms: {file: alarms.json}\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    assert list(efssim.load(tmp_path / "s.yaml").alarms) == ["late"]


WRONG = {
    "metrc": (changed(metric=None) | {"metrc": "x"}, "alarms.a.metrc: unknown key (did you mean"),
    "missing": ({"metric": "TimeSinceLastSync"}, "alarms.a.threshold: is required"),
    "statistic": (changed(statistic="Max"), "'Max' is not one of SampleCount"),
    "comparison": (changed(comparison=">"), "is not one of GreaterThanOrEqualToThreshold"),
    "anomaly": (
        changed(comparison="GreaterThanUpperThreshold"),
        "is of anomaly detection, which is not simulated",
    ),
    "period": (changed(period=90), "multiples of 60 s"),
    "m of n": (changed(datapoints_to_alarm=2), "is more than evaluation_periods, 1"),
    "a day": (changed(period=300, evaluation_periods=300), "at most 1 day"),
    "a week": (changed(period=86_400, evaluation_periods=8), "at most 7 days"),
    "replication": (
        changed(replication="drr"),
        "no replication is named 'drr' (did you mean 'dr'?)",
    ),
    "system": (
        changed(replication=None, dimensions={"FileSystemId": "fss"}),
        "no file system is named 'fss' (did you mean 'fs'?)",
    ),
    "region": (changed(region="us-west-9"), "unknown Region 'us-west-9'"),
    "both": (changed(dimensions={"FileSystemId": "fs"}), "stands beside `replication`"),
    "threshold": (changed(threshold="soon"), "is no threshold such as"),
    "a threshold beyond floats": (changed(threshold=10**400), "a number that a float can hold"),
}


@pytest.mark.parametrize("what", WRONG)
def test_mistakes_are_problems_with_their_place(what):
    alarm, message = WRONG[what]
    assert message in problems({"a": alarm})


def test_a_mistake_in_a_name_of_cloudwatch_stands_at_that_name(tmp_path):
    file = tmp_path / "s.yaml"
    text = """\
name: s
duration: 1 h
alarms:
  a:
    MetricName: TimeSinceLastSync
    Statistic: Maximum
    Period: 90
    EvaluationPeriods: 1
    Threshold: 900
    ComparisonOperator: GreaterThan
"""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        efssim.load(file)
    lines = str(raised.value).splitlines()
    assert lines[0].startswith(f"{file}:7:13: alarms.a.Period: CloudWatch takes")
    assert lines[1].startswith(f"{file}:10:25: alarms.a.ComparisonOperator: 'GreaterThan' is not")


def test_alarms_need_the_syncs():
    with pytest.raises(ScenarioError, match="alarms need the syncs"):
        efssim.load({"name": "a", "duration": "1 h", "records": "off", "alarms": {"a": MINUTE}})


def test_a_scenario_with_alarms_goes_to_workers_and_back(file):
    scenario = alarming({"file": str(file(DESCRIBED)), "ids": IDS, "b": MINUTE})
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    assert again.alarms.keys() == {"late", "b"}
    changed_one = scenario.with_({"alarms.b.threshold": "5 min"})
    assert (changed_one.alarms["b"].threshold, changed_one.alarms["late"].threshold) == (300, 300)
