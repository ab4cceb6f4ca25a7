"""Metric math: the tables of the CloudWatch User Guide, and what GetMetricData makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.worlds import constant, scenario

import efssim
from efssim.cloudwatch.api import CloudWatchError
from efssim.cloudwatch.math.evaluation import MathScope
from efssim.cloudwatch.math.expression import ExpressionError, expression
from efssim.cloudwatch.math.values import MathValue, TimedValues, ValuesList

GAP = None
Row = list[float | None]
END_S = 300.0
SYNC = {"interval": "1 min", "setup": "5 s"}


def series(values: Row, label: str = "m") -> TimedValues:
    """Return a metric of periods of a minute."""
    points = {60.0 * k: float(value) for k, value in enumerate(values) if value is not None}
    return TimedValues(points, 60.0, label, is_metric=True)


def value(text: str, **metrics: Row) -> MathValue:
    known = {name: series(values, name) for name, values in metrics.items()}

    def value_of(name: str) -> MathValue:
        if name not in known:
            raise ExpressionError(f"no query has the id '{name}'")
        return known[name]

    return MathScope(value_of, known, 0.0, END_S).value(expression(text))


def row(found: MathValue) -> Row:
    assert isinstance(found, TimedValues)
    return [found.points.get(60.0 * k) for k in range(5)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("metric1 < metric2", [0, 0, 1, 0, GAP]),
        ("metric1 >= 30", [1, 0, 0, 0, GAP]),
        ("metric1 > 15 AND metric2 > 15", [1, 0, 0, 0, GAP]),
    ],
)
def test_the_table_of_comparisons(text: str, expected: Row):
    assert row(value(text, metric1=[30, 20, 0, 0], metric2=[20, GAP, 20, GAP])) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IF(metric1, metric2, metric3)", [30, 0, 20, GAP, GAP]),
        ("IF(metric1, 5, metric3)", [5, 5, 20, GAP, GAP]),
        ("IF(metric1, metric2, 5)", [30, 0, 5, 5, GAP]),
        ("IF(metric1, metric2)", [30, 0, GAP, GAP, GAP]),
        ("IF(1, metric2, metric3)", [30, GAP, 0, 0, 30]),
        ("IF(0, metric2, metric3)", [0, 0, 20, GAP, 20]),
        ("IF(0, metric2)", [GAP] * 5),
        ("IF(metric3 > 10, 10, 2)", [2, 2, 10, GAP, 10]),
    ],
)
def test_the_tables_of_if(text: str, expected: Row):
    found = value(
        text, metric1=[1, 1, 0, 0, GAP], metric2=[30, GAP, 0, 0, 30], metric3=[0, 0, 20, GAP, 20]
    )
    assert row(found) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m1 + m2", [11, 2, 30, GAP, 5]),
        ("m1 - 2 * m2", [-19, 2, -60, GAP, 5]),
        ("m1 / m2", [0.1, GAP, 0, GAP, GAP]),  # by zero: dropped
        ("-m1", [-1, -2, GAP, GAP, -5]),
        ("m1 ^ 2 / 2", [0.5, 2, GAP, GAP, 12.5]),
        ("(m1 + 1) * 2", [4, 6, GAP, GAP, 12]),
        ("m1 * 1e2", [100, 200, GAP, GAP, 500]),
        ("SUM([m1, m2])", [11, 2, 30, GAP, 5]),
        ("SUM(METRICS())", [11, 2, 30, GAP, 5]),
        ('SUM(METRICS("m2"))', [10, GAP, 30, GAP, GAP]),
        ("AVG(METRICS())", [5.5, 1, 15, GAP, 2.5]),  # missing values are 0
        ("MAX([m1, m2])", [10, 2, 30, GAP, 5]),
        ("MIN([m1, m2])", [1, 2, 30, GAP, 5]),
        ("m1 - SUM(m1)", [-7, -6, GAP, GAP, -3]),
        ("m1 / PERIOD(m1)", [1 / 60, 2 / 60, GAP, GAP, 5 / 60]),
        ("FILL(m1, 0)", [1, 2, 0, 0, 5]),
        ("FILL(m1, MIN(m1))", [1, 2, 1, 1, 5]),
        ("FILL(m1, m2)", [1, 2, 30, GAP, 5]),
        ("FILL(m1, REPEAT)", [1, 2, 2, 2, 5]),
        ("FILL(m1, LINEAR)", [1, 2, 3, 4, 5]),
        ("FILL(m2, REPEAT)", [10, 10, 30, 30, 30]),
        ("FILL(m2, LINEAR)", [10, 20, 30, GAP, GAP]),
        ("RATE(m1)", [GAP, 1 / 60, GAP, GAP, 3 / 180]),
        ("DIFF(m1)", [GAP, 1, GAP, GAP, 3]),
        ("ABS(m1 - 3)", [2, 1, GAP, GAP, 2]),
        ("CEIL(m1 / 2)", [1, 1, GAP, GAP, 3]),
        ("FLOOR(m1 / 2)", [0, 1, GAP, GAP, 2]),
        ("m1 > 1 || m2 > 20", [0, 1, 1, GAP, 1]),
        ("1 - 2 - 3 + m1 * 0", [-4, -4, GAP, GAP, -4]),
    ],
)
def test_functions_by_hand(text: str, expected: Row):
    found = row(value(text, m1=[1, 2, GAP, GAP, 5], m2=[10, GAP, 30]))
    assert [at is GAP for at in found] == [at is GAP for at in expected]
    for a, b in zip(found, expected, strict=True):
        assert a == pytest.approx(b, rel=1e-15) if b is not None else a is None


def test_an_array_stays_an_array():
    found = value("FILL(METRICS(), 0) * 2", m1=[1], m2=[GAP, 3])
    assert isinstance(found, ValuesList)
    assert [row(part) for part in found.parts] == [[2, 0, 0, 0, 0], [0, 6, 0, 0, 0]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("m1 +", "ends too early"),
        ("m1 m1", "has no place there"),
        ("m1 $ 2", "is not understood"),
        ("FILL(m1)", "FILL takes 2 arguments, not 1"),
        ("ANOMALY_DETECTION_BAND(m1)", "ANOMALY_DETECTION_BAND is not simulated: only ABS"),
        ("m9", "no query has the id 'm9'"),
        ("1 / 0", "divides a number by zero"),
        ("[m1] + [m1]", "between two arrays"),
        ("IF([m1], 1)", "single time series"),
        ("M1", "is no id"),
        ("PERIOD(m1 + 1)", "PERIOD takes a metric"),
        ("SUM(3)", "not a number"),
        ("'m1'", "has no place there"),
        ("(" * 1000 + "m1" + ")" * 1000, "more than 40 levels"),
        ("m1" + " " * 2050, "longer than 2,048"),
    ],
)
def test_what_is_no_expression_is_said(text: str, problem: str):
    with pytest.raises(ExpressionError, match=problem):
        value(text, m1=[1])


@pytest.fixture(scope="module")
def simulation() -> efssim.Simulation:
    """A run of an hour, with a write of 1 MiB every 10 s."""
    made = efssim.Simulation(scenario({"app": constant("1 per 10 s", "1 MiB")}, SYNC, "1 h"))
    made.advance("1 h")
    return made


def asked(simulation: efssim.Simulation, *queries: dict[str, Any]) -> Any:
    start = simulation.scenario.start
    return simulation.cloudwatch.call(
        "GetMetricData",
        {
            "MetricDataQueries": queries,
            "StartTime": start,
            "EndTime": start.replace(hour=1),
            "ScanBy": "TimestampAscending",
        },
        "us-east-1",
    )


def written(simulation: efssim.Simulation, **more: Any) -> dict[str, Any]:
    (source,) = simulation.call("DescribeFileSystems", region="us-east-1")["FileSystems"]
    dimensions = [{"Name": "FileSystemId", "Value": source["FileSystemId"]}]
    metric = {"Namespace": "AWS/EFS", "MetricName": "DataWriteIOBytes", "Dimensions": dimensions}
    return {"MetricStat": {"Metric": metric, "Period": 300, "Stat": "Sum"}, **more}


def test_get_metric_data_evaluates_expressions_on_other_queries(simulation: efssim.Simulation):
    found = asked(
        simulation,
        {"Id": "e2", "Expression": "e1 * 8", "Label": "bits per second"},
        {"Id": "e1", "Expression": "m1 / PERIOD(m1)", "ReturnData": False},
        written(simulation, Id="m1", ReturnData=False),
    )
    (result,) = found["MetricDataResults"]
    assert (result["Id"], result["Label"]) == ("e2", "bits per second")
    assert result["Values"][1:] == [30 * 2**20 / 300 * 8] * 11


def test_an_array_has_a_result_for_each_series(simulation: efssim.Simulation):
    found = asked(
        simulation,
        written(simulation, Id="m1", Label="a", ReturnData=False),
        written(simulation, Id="m2", Label="b", ReturnData=False),
        {"Id": "all", "Expression": "METRICS()", "Label": "of"},
    )["MetricDataResults"]
    assert [(part["Id"], part["Label"]) for part in found] == [("all", "of a"), ("all", "of b")]


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("e1", "'e1' is about itself"),
        ("SUM(m1)", "its result is a number"),
        ("SEARCH('x')", "SEARCH is not simulated"),
    ],
)
def test_cloudwatch_refuses_what_has_no_series(
    simulation: efssim.Simulation, expression: str, problem: str
):
    queries = written(simulation, Id="m1"), {"Id": "e1", "Expression": expression}
    with pytest.raises(CloudWatchError, match=problem) as caught:
        asked(simulation, *queries)
    assert caught.value.code == "ValidationError"
