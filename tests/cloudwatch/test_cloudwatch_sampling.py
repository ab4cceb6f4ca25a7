"""When TimeSinceLastSync is sampled, and what the README reads off it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from helpers.monitoring import age, at, dimensions, ids
from helpers.worlds import constant, scenario
from hypothesis import given
from hypothesis import strategies as st

import efssim
from efssim import Scenario, Simulation

DEFAULT = {"preset": "efs"}


def world(sync, duration="1 day", **top):
    return Simulation(scenario({"w": constant("2 per s", "500 B")}, sync, duration, **top))


def maxima(simulation, begin, end, **options):
    points = age(simulation, begin, end, Statistics=["Maximum"], **options)["Datapoints"]
    return [point["Maximum"] for point in points]


@pytest.mark.parametrize("phase_s", [0, 4.9, 5, 20, 59.9])
def test_a_phase_that_is_set_holds_in_every_minute(phase_s):
    """A sync of nothing is cut each minute and complete 5 s later: at 60 k + p the age is p."""
    simulation = Simulation(scenario({}, DEFAULT, "2 h", cloudwatch={"phase": phase_s}))
    simulation.advance("1 h")
    seen = maxima(simulation, 120, 3600)
    assert len(seen) == 58
    assert seen == pytest.approx([phase_s + 60 if phase_s < 5 else phase_s] * 58)


def test_by_default_a_sample_falls_anywhere_in_its_minute():
    simulation = Simulation(scenario({}, DEFAULT, "1 day"))
    simulation.advance("1 day")
    points = age(simulation, 0, 86_400)["Datapoints"]
    assert [point["Timestamp"] for point in points] == [at(60 * k) for k in range(1440)]
    assert {point["SampleCount"] for point in points} == {1}
    seen = np.array([point["Maximum"] for point in points[2:]])
    assert 5 <= seen.min() < 5.5 < 64.5 < seen.max() < 65
    # Uniform on [5, 65): the standard error of the mean is 60 / sqrt(12 * 1438).
    assert abs(seen.mean() - 35) < 4 * 60 / (12 * 1438) ** 0.5


def test_the_samples_are_those_of_the_exact_age():
    simulation = world({"interval": 300, "setup": 30})
    simulation.advance("6 h")
    exact = simulation.result().outcomes["dr"].age
    series = samples(simulation, pair(simulation))
    assert len(series) == 360
    for time_s, value in zip(series.time_s, series.total, strict=True):
        tooth = int(exact.begin_s.searchsorted(time_s, "right")) - 1
        assert value == pytest.approx(time_s - exact.origin_s[tooth])


def samples(simulation, identifiers):
    return simulation.cloudwatch._metrics.series("TimeSinceLastSync", identifiers, "us-east-1")


def pair(simulation):
    source, destination = ids(simulation)
    return (("DestinationFileSystemId", destination), ("FileSystemId", source))


def test_samples_are_drawn_by_seed_and_trial_and_by_the_replications_name():
    def seen(**options):
        simulation = Simulation(scenario({}, DEFAULT, "2 h"), **options)
        simulation.advance("1 h")
        return maxima(simulation, 0, 3600)

    assert seen() == seen()
    assert seen() != seen(seed=2)
    assert seen() != seen(trial=1)


@given(st.lists(st.integers(1, 1800), min_size=1, max_size=6))
def test_when_one_looks_changes_no_sample(steps):
    watched, alone = (Simulation(scenario({}, DEFAULT, "4 h")) for _ in range(2))
    seen = []
    for before, after in pairwise([0, *np.cumsum(steps).tolist()]):
        watched.advance(after - before)
        seen = maxima(watched, 0, 4 * 3600)
    alone.advance(float(sum(steps)))
    assert maxima(alone, 0, 4 * 3600) == seen


def test_no_sample_before_the_first_sync_or_after_the_deletion():
    new = {"established": False, "control": {"preset": "none", "deleting": 90}}
    simulation = world({"interval": 60, "setup": 70}, replication=new)
    simulation.advance("30 min")
    defined_s = simulation.result().outcomes["dr"].defined_s
    source, _ = ids(simulation)
    identifiers = pair(simulation)
    delete = {"SourceFileSystemId": source}
    simulation.call("DeleteReplicationConfiguration", delete, region="us-east-1")
    simulation.advance("1 h")
    series = samples(simulation, identifiers)
    assert defined_s <= series.time_s[0] < defined_s + 120
    assert 1890 - 120 < series.time_s[-1] <= 1890


@pytest.mark.parametrize(("phase_s", "last_s"), [(29, 1889), (30, 1830), (31, 1831)])
def test_a_sample_at_the_instant_of_the_deletion_is_none(phase_s, last_s):
    """It is gone 90 s after half an hour, at 1890 s: statuses come before what looks at them."""
    control = {"preset": "none", "deleting": 90}
    simulation = world(
        {"interval": 60}, replication={"control": control}, cloudwatch={"phase": phase_s}
    )
    simulation.advance("30 min")
    delete = {"SourceFileSystemId": ids(simulation)[0]}
    identifiers = pair(simulation)
    simulation.call("DeleteReplicationConfiguration", delete, region="us-east-1")
    simulation.advance("1 h")
    assert samples(simulation, identifiers).time_s[-1] == last_s


@pytest.mark.parametrize("phase", ["60 s", "-1 s", "1 min"])
def test_a_phase_lies_within_its_minute(phase):
    with pytest.raises(ValueError, match="phase"):
        scenario({}, DEFAULT, cloudwatch={"phase": phase})


def test_the_phase_moves_no_digest():
    plain = efssim.run(scenario({"w": constant()}, DEFAULT))
    assert efssim.run(scenario({"w": constant()}, DEFAULT, cloudwatch={"phase": 7})).digest == (
        plain.digest
    )


# The README's recipe, through boto3


def extremes_by_statistics(simulation, source, destination):
    client = simulation.client("cloudwatch", region_name="us-east-1")
    found = client.get_metric_statistics(
        Namespace="AWS/EFS",
        MetricName="TimeSinceLastSync",
        Dimensions=dimensions(FileSystemId=source, DestinationFileSystemId=destination),
        StartTime=simulation.now - timedelta(hours=23),
        EndTime=simulation.now,
        Period=3600,
        Statistics=["Minimum", "Maximum"],
    )["Datapoints"]
    return min(point["Minimum"] for point in found), max(point["Maximum"] for point in found)


def extremes_by_data(simulation, source, destination):
    client = simulation.client("cloudwatch", region_name="us-east-1")
    metric = {
        "Namespace": "AWS/EFS",
        "MetricName": "TimeSinceLastSync",
        "Dimensions": dimensions(FileSystemId=source, DestinationFileSystemId=destination),
    }
    queries = [
        {"Id": name.lower(), "MetricStat": {"Metric": metric, "Period": 60, "Stat": name}}
        for name in ("Minimum", "Maximum")
    ]
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries,
        StartTime=simulation.now - timedelta(hours=23),
        EndTime=simulation.now,
    )
    least, largest = [result["Values"] for page in pages for result in page["MetricDataResults"]]
    return min(least), max(largest)


@pytest.mark.parametrize("extremes", [extremes_by_statistics, extremes_by_data])
@pytest.mark.parametrize(
    ("sync", "interval_s", "setup_s"),
    [
        (DEFAULT, 60, 5),
        ({"interval": "5 min", "setup": "20 s"}, 300, 20),
        ({"interval": 300, "setup": 200}, 300, 200),
        ({"interval": 90, "setup": 7}, 90, 7),
    ],
)
def test_maximum_minus_minimum_is_the_interval(extremes, sync, interval_s, setup_s):
    pytest.importorskip("boto3")
    simulation = Simulation(scenario({}, sync, "1 day"))
    simulation.advance_to_end()
    least, largest = extremes(simulation, *ids(simulation))
    # Of 1,380 samples, the nearest to either end is within 1 % of the interval but for e^-13.8.
    assert largest - least == pytest.approx(interval_s, rel=0.02)
    assert largest - least <= interval_s
    assert least == pytest.approx(setup_s, abs=0.01 * interval_s)


def test_an_alarm_on_it_fires_while_syncs_fail():
    """A threshold of 15 min, three data points of a minute, as scripts evaluate it."""
    events = [{"at": "2 h", "link_outage": "us-east-1 -> us-west-2", "for": "30 min"}]
    simulation = world(DEFAULT, "6 h", events=events, links={"us-east-1 -> us-west-2": {}})
    simulation.advance_to_end()
    above = [value > 900 for value in maxima(simulation, 0, 21_600)]
    fires = [k >= 2 and all(above[k - 2 : k + 1]) for k in range(len(above))]
    assert any(fires)
    assert 135 <= fires.index(True) <= 140  # 15 min after the link fails, and three minutes
    assert not any(fires[:130] + fires[155:])


def test_every_scenario_has_a_phase_by_default():
    assert Scenario.model_validate({"name": "t", "duration": 1}).cloudwatch.phase is None
