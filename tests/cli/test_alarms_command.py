"""`efssim alarms` as a user has it: a process of its own, its report, its JSON and its files."""

from __future__ import annotations

import json

import pytest
from helpers.installed import efs

SCENARIO = """\
name: watched
duration: 4 h
cloudwatch: {phase: 30 s}
file_systems: {orders: {region: us-east-1}}
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
    sync: {preset: none, interval: 60 s}
events: [{at: 6000 s, link_outage: us-east-1 -> us-west-2, for: 1 h}]
alarms:
  late:
    metric: TimeSinceLastSync
    statistic: Maximum
    replication: dr
    period: 60 s
    evaluation_periods: 1
    threshold: 15 min
    comparison: GreaterThanThreshold
  lag:
    metric: ReplicationLag
    statistic: Maximum
    replication: dr
    period: 60 s
    evaluation_periods: 1
    threshold: 15 min
    comparison: GreaterThanThreshold
"""
DESCRIBED = {
    "MetricAlarms": [
        {
            "AlarmName": "theirs",
            "MetricName": "TimeSinceLastSync",
            "Namespace": "AWS/EFS",
            "Statistic": "Maximum",
            "Dimensions": [{"Name": "FileSystemId", "Value": "fs-0aaaaaaaaaaaaaaaa"}],
            "Period": 300,
            "EvaluationPeriods": 3,
            "Threshold": 900.0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        },
        {"AlarmName": "math", "Metrics": [{"Id": "e", "Expression": "m1 / 60"}]},
    ]
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_the_report(file):
    done = efs("alarms", file)
    assert done.returncode == 0
    assert "alarm late: DETECTED 1 OF 1. It fired 1 time: 2026-01-01 01:55." in done.stdout
    assert "OK -> ALARM: 1 of 1 data points breach" in done.stdout
    assert "alarm lag: CAN NEVER FIRE: there is no metric ReplicationLag" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_the_json_is_that_of_a_run(file):
    found = json.loads(efs("alarms", file, "--format", "json").stdout)
    run = json.loads(efs("run", file, "--format", "json").stdout)
    assert found["alarms"] == run["alarms"]
    assert (found["digest"], found["trials"]) == (run["digest"], 1)
    assert found["alarms"]["late"]["transitions"][1]["time"] == "2026-01-01T01:55:00.000000Z"


def test_the_report_of_a_run_has_the_alarms(file, tmp_path):
    done = efs("run", file, "--out", tmp_path / "out")
    assert "alarm late: DETECTED 1 OF 1." in done.stdout
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "CAN NEVER FIRE" in page
    assert "OK</td>" in page
    assert len((tmp_path / "out" / "alarms.csv").read_text(encoding="utf-8").splitlines()) == 4


def test_alarms_of_a_file(file, tmp_path):
    alarms = tmp_path / "alarms.json"
    alarms.write_text(json.dumps(DESCRIBED), encoding="utf-8")
    given = ("--alarms", alarms, "--set", 'alarms.ids={"fs-0aaaaaaaaaaaaaaaa": orders}')
    done = efs("alarms", file, *given)
    assert done.returncode == 0, done.stderr
    assert "alarm theirs: CAN NEVER FIRE: TimeSinceLastSync has two dimensions" in done.stdout
    assert "alarm math: NOT EVALUATED: metric math, which is not simulated." in done.stdout
    assert "alarm late: DETECTED" in done.stdout


def test_trials_and_files(file, tmp_path):
    done = efs("alarms", file, "-n", "2", "-w", "1", "--out", tmp_path / "out")
    assert "Detected 2 of 2 violations in 2 trials" in done.stdout
    names = {path.name for path in (tmp_path / "out").iterdir()}
    wanted = {"alarms.json", "alarms.csv", "report.html", "manifest.json", "study.md"}
    assert names == wanted
    again = efs("alarms", file, "--out", tmp_path / "out")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "out" / "figures" / "alarms.svg").exists()


def test_tuning(file, tmp_path):
    given = ("--tune", "-n", "2", "-w", "1", "--alarm", "late")
    done = efs("alarms", file, *given, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "NO RECOMMENDATION: nothing is drawn in this scenario" in done.stdout
    assert (tmp_path / "out" / "figures" / "tuning.svg").exists()
    found = json.loads((tmp_path / "out" / "alarms.json").read_text(encoding="utf-8"))
    assert found["tuning"]["advice"]["outcome"] == "not_enough"
    printed = json.loads(efs("alarms", file, *given, "--format", "json").stdout)
    assert printed == found
    rows = (tmp_path / "out" / "tuning.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + len(found["tuning"]["settings"])
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--alarm", "late"), "--alarm needs --tune"),
        (("--detect", "90%"), "--detect needs --tune"),
        (("--workers", "2"), "--workers needs --trials or --tune"),
        (("--tune", "--alarm", "none"), "no alarm is named 'none'; there are: late, lag"),
        (("--tune", "--alarm", "lag"), "is not one that fires when TimeSinceLastSync is high"),
        (("--set", "alarms.late.period=61"), "multiples of 60 s"),
        (("--alarms", "nowhere.json"), "nowhere.json"),
    ],
)
def test_mistakes_are_sentences(file, options, message):
    done = efs("alarms", file, *options)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_a_scenario_without_alarms_says_where_they_come_from(file):
    file.write_text(SCENARIO.partition("alarms:")[0], encoding="utf-8")
    assert "This scenario has no alarm" in efs("alarms", file).stdout


def test_the_command_of_the_report_gives_it_again(file):
    first = efs("alarms", file, "--seed", "3")
    command = first.stdout.partition("reproduce: ")[2].partition("digest")[0]
    words = command.replace("\\\n", " ").split()[1:]
    assert efs(*words).stdout == first.stdout


def test_a_key_that_an_alarm_of_a_file_lacks_is_named(tmp_path, file):
    alarm = {key: value for key, value in DESCRIBED["MetricAlarms"][0].items() if key != "Period"}
    (tmp_path / "a.json").write_text(json.dumps({"MetricAlarms": [alarm]}))
    done = efs("alarms", file, "--alarms", tmp_path / "a.json")
    assert done.returncode == 2
    assert "alarms.theirs.period: is required" in done.stderr
