"""Alarms on the simulated metric: by hand, beside GetMetricStatistics, and without a chance."""

from __future__ import annotations

import pytest
from helpers.alarming import END_S, IN_THE_WILD, MINUTE, PASSED_S, alarming, changed
from helpers.monitoring import age
from helpers.worlds import constant

import efssim
from efssim import Simulation
from efssim.cloudwatch.alarms.periods import values_by_minute
from efssim.cloudwatch.efs_metrics import EfsMetrics
from efssim.report.facts.alarms import word_of_alarm

BOTH = {"FileSystemId": "fs", "DestinationFileSystemId": "dr.destination"}


def of(alarm, **top):
    """Return how one alarm did."""
    return efssim.run(alarming({"a": alarm}, **top)).alarms["a"]


def changes(alarm, **top):
    return [(one.time_s, one.after) for one in of(alarm, **top).transitions]


# By hand


def test_it_fires_at_the_end_of_the_minute_of_the_first_sample_beyond():
    found = of(MINUTE)
    assert [(one.time_s, one.after) for one in found.transitions] == [
        (60, "OK"),
        (6900, "ALARM"),
        (9660, "OK"),
    ]
    assert (found.fired, found.violations, found.detected, found.missed) == (1, 1, 1, 0)
    assert found.delays_s == (6900 - PASSED_S,)
    assert found.detection_delay_s.mean == found.detection_delay_s.max == 60
    assert (found.false_alarms, found.false_alarms_per_month) == (0, 0)
    assert found.state_s == {
        "OK": 6900 - 60 + 14_400 - 9660,
        "ALARM": 2760,
        "INSUFFICIENT_DATA": 60,
    }
    assert (found.replication, found.never, found.cautions) == ("dr", (), ())


def test_the_alarms_of_public_configurations():
    found = efssim.run(alarming(IN_THE_WILD)).alarms
    # Two periods of 5 minutes that slide: the age is beyond 20 minutes from 7,140 s on.
    twice = found["twice"]
    assert [one.time_s for one in twice.transitions] == [600, 7500, 9900]
    assert twice.delays_s == (660,)
    assert "5 min above the RPO target" in twice.cautions[0]
    one = found["one-dimension"]
    assert one.never == (
        "TimeSinceLastSync has two dimensions, FileSystemId and DestinationFileSystemId, and the "
        "alarm has FileSystemId",
    )
    assert (one.fired, one.missed, one.violations) == (0, 1, 1)
    # Beyond 5 minutes at 6,270 s (330 s): the third such sample is evaluated at 6,420 s.
    early = found["three-of-five"]
    assert [(one.time_s, one.after) for one in early.transitions[1:2]] == [(6420, "ALARM")]
    assert (early.detected, early.delays_s, early.false_alarms) == (1, (0.0,), 0)


def test_an_alarm_before_the_violation_that_ends_without_one_is_false():
    found = of(
        changed(threshold=60), events=[{"at": 6000, "region_outage": "us-west-2", "for": 300}]
    )
    assert (found.violations, found.fired, found.false_alarms) == (0, 1, 1)
    assert found.false_alarms_per_month == pytest.approx(30 * 6)


def test_a_short_violation_is_missed_and_its_late_alarm_is_not_false():
    """It ends at 6,850 s, 10 s after its begin; at 6,870 s the age is small again."""
    found = of(
        changed(statistic="Maximum", threshold=800),
        events=[{"at": 6000, "link_outage": "us-east-1 -> us-west-2", "for": 850}],
    )
    # The age is beyond 800 s in the sample of 6,810 s (870 s), evaluated at 6,840 s.
    assert (found.violations, found.detected, found.delays_s) == (1, 1, (0.0,))
    # Two periods of 2 minutes with the samples of 6,750 s and 6,810 s end at 6,900 s.
    late = of(
        changed(threshold=760, period=120, evaluation_periods=2, datapoints_to_alarm=2),
        events=[{"at": 6000, "link_outage": "us-east-1 -> us-west-2", "for": 850}],
    )
    assert (late.violations, late.detected, late.missed, late.late) == (1, 0, 1, 1)
    assert (late.fired, late.false_alarms) == (1, 0)


def test_a_violation_that_the_end_of_the_run_cuts_is_not_decided():
    found = of(MINUTE, duration=f"{PASSED_S + 30:g} s")
    assert (found.violations, found.detected, found.missed, found.open_at_end) == (1, 0, 0, 1)


def test_a_warm_up_leaves_out_what_fired_in_it():
    found = of(MINUTE, warm_up="3 h")
    assert (found.fired, found.violations, found.final_state) == (0, 0, "OK")
    assert len(found.transitions) == 3


def test_missing_data_are_breaching_during_an_initial_sync():
    """ENABLING lasts 5 minutes; the first sample comes in the minute after it."""
    top = {"replication": {"established": False, "control": {"enabling": 300}}, "events": []}
    assert changes(changed(treat_missing_data="breaching"), **top)[0] == (60, "ALARM")
    ok = of(changed(treat_missing_data="notBreaching"), **top)
    assert ok.transitions[0].time_s == 60
    assert ok.transitions[0].after == "OK"
    assert "notBreaching says OK then" in ok.cautions[0]
    plain = of(MINUTE, **top)
    assert plain.transitions[0].time_s > 300
    assert "it cannot alarm then" in plain.cautions[0]
    # No recovery point: to be in ALARM is right, and no false alarm.
    assert of(changed(treat_missing_data="breaching"), **top).false_alarms == 0


def test_a_result_on_the_way_has_the_alarms_so_far():
    world = Simulation(alarming({"a": MINUTE}))
    world.advance(6899)
    assert world.result().alarms["a"].final_state == "OK"
    world.advance(1)
    assert world.result().alarms["a"].final_state == "ALARM"


def test_the_table_of_changes():
    result = efssim.run(alarming({"a": MINUTE, "b": IN_THE_WILD["one-dimension"]}))
    table = result.alarm_changes
    assert list(table.columns) == ["alarm", "trial", "time", "from", "to", "reason"]
    assert table["to"].tolist() == ["OK", "ALARM", "OK", "OK"]
    assert table["alarm"].tolist() == ["a", "a", "a", "b"]
    assert str(table["time"].iloc[1]) == "2026-01-01 01:55:00+00:00"
    assert list(table["alarm"].cat.categories) == ["a", "b"]


# The same numbers as GetMetricStatistics


@pytest.mark.parametrize("statistic", ["Maximum", "Minimum", "Average", "SampleCount"])
def test_periods_have_the_numbers_of_get_metric_statistics(statistic):
    world = Simulation(alarming({}, cloudwatch={}))
    world.advance_to_end()
    points = age(world, 0, 14_400, period=300, Statistics=[statistic])["Datapoints"]
    (pair,) = (
        dimensions
        for name, dimensions in world.cloudwatch._metrics.listed("us-east-1")
        if name == "TimeSinceLastSync"
    )
    series = EfsMetrics(world._world, {}, {}, None).series("TimeSinceLastSync", pair, "us-east-1")
    values = values_by_minute(series, 240, 300.0, statistic)
    assert values[4::5].tolist() == pytest.approx([point[statistic] for point in points])


def test_percentiles_are_those_of_get_metric_statistics():
    world = Simulation(alarming({}, cloudwatch={}))
    world.advance_to_end()
    given = {"Statistics": [], "ExtendedStatistics": ["p90"]}
    points = age(world, 0, 14_400, period=300, **given)["Datapoints"]
    (pair,) = (d for n, d in world.cloudwatch._metrics.listed("us-east-1") if n.startswith("Time"))
    series = EfsMetrics(world._world, {}, {}, None).series("TimeSinceLastSync", pair, "us-east-1")
    values = values_by_minute(series, 240, 300.0, "p90")
    assert values[4::5].tolist() == [point["ExtendedStatistics"]["p90"] for point in points]


def test_alarms_on_the_other_metrics():
    streams = {"w": constant("1 per s", "1 MB")}
    of_fs = {"dimensions": {"FileSystemId": "fs"}, "replication": None, "region": "us-east-1"}
    quiet = changed(
        **of_fs,
        metric="DataWriteIOBytes",
        statistic="Sum",
        threshold="10 MB",
        comparison="LessThanThreshold",
    )
    size = changed(
        metric="StorageBytes",
        replication=None,
        dimensions={"FileSystemId": "fs", "StorageClass": "Total"},
        region="us-east-1",
        period=900,
        threshold="30 GB",
    )
    scenario = alarming({"quiet": quiet, "size": size})
    found = efssim.run(scenario.with_({"file_systems.fs.writes": streams})).alarms
    assert (found["quiet"].fired, found["quiet"].never) == (0, ())
    assert found["quiet"].state_s["OK"] > 14_000
    # 14.4 GB are written, from nothing on.
    assert found["size"].final_state == "OK"


# Never


NEVER = {
    "a wrong name": (changed(metric="ReplicationLag"), "there is no metric ReplicationLag"),
    "a typo": (changed(metric="TimeSinceLastSynch"), "TimeSinceLastSync is the one"),
    "a wrong namespace": (changed(namespace="EFS"), "is in the namespace AWS/EFS, not in EFS"),
    "a wrong Region": (changed(region="eu-west-1"), "is in us-east-1 and us-west-2"),
    "a wrong unit": (changed(unit="Milliseconds"), "the unit of TimeSinceLastSync is Seconds"),
    "no dimension": (changed(replication=None), "and the alarm has none"),
    "the other one alone": (
        changed(replication=None, dimensions={"DestinationFileSystemId": "dr.destination"}),
        "has two dimensions",
    ),
    "one too many": (
        changed(replication=None, dimensions={**BOTH, "StorageClass": "Total"}),
        "has two dimensions",
    ),
    "source and destination swapped": (
        changed(
            replication=None,
            dimensions={"FileSystemId": "dr.destination", "DestinationFileSystemId": "fs"},
        ),
        "its FileSystemId is the destination",
    ),
    "milliseconds": (changed(threshold=900_000), "beyond the whole run; the metric is in seconds"),
    "below nothing": (changed(comparison="LessThanThreshold", threshold=0), "never below 0"),
    "more samples than there are": (
        changed(statistic="SampleCount", threshold=900),
        "SampleCount is at most 1",
    ),
    "more periods than the run has": (
        changed(period=3600, evaluation_periods=5),
        "it needs 5 h of data",
    ),
}


@pytest.mark.parametrize("why", NEVER)
def test_an_alarm_that_can_never_fire_says_so(why):
    alarm, sentence = NEVER[why]
    found = of(alarm)
    assert sentence in "; ".join(found.never)
    assert (found.fired, found.detected, found.missed) == (0, 0, 1)
    assert not found.watches


def test_without_data_it_is_in_alarm_all_the_time_if_missing_is_breaching():
    """And detects nothing by that."""
    found = of(changed(metric="ReplicationLag", treat_missing_data="breaching"))
    assert found.never == ()
    assert found.blind == ("there is no metric ReplicationLag: TimeSinceLastSync is the one",)
    assert found.state_s["ALARM"] == 14_400 - 60
    assert (found.detected, found.missed, found.watches) == (0, 1, False)
    assert word_of_alarm(found) == "IN ALARM WITHOUT DATA"


def test_who_is_in_alarm_all_the_time_tells_nothing():
    found = of(changed(threshold=10))
    assert (found.detected, found.missed, found.false_alarms) == (1, 0, 0)
    # ALARM from 60 s on; the violation and the 3 periods of the range explain some of it.
    assert found.unwarranted_s == 14_400 - 60 - (END_S - PASSED_S + 3 * 60)
    assert found.is_noisy
    assert word_of_alarm(found) == "IN ALARM TOO OFTEN TO TELL ANYTHING"


@pytest.mark.parametrize(
    ("alarm", "sentence"),
    [
        (changed(metric="BurstCreditBalance"), "BurstCreditBalance is not simulated"),
        (changed(namespace="Custom", metric="Lag"), "no metric of the namespace Custom"),
        (changed(period=10), "for high-resolution metrics"),
        (changed(statistic="tm90"), "the statistic tm90 is not simulated"),
        (
            changed(
                replication=None,
                dimensions={**BOTH, "FileSystemId": "fs-0123456789abcdef0"},
            ),
            "no file system of the scenario has the id fs-0123456789abcdef0",
        ),
    ],
)
def test_an_alarm_that_is_not_simulated_is_listed(alarm, sentence):
    found = of(alarm)
    assert found.not_evaluated is not None
    assert sentence in found.not_evaluated
    assert (found.transitions, found.detected, found.watches) == ((), 0, False)


def test_cautions():
    assert "notifies nobody" in of(changed(actions_enabled=False)).cautions[0]
    assert "is no age" in of(changed(statistic="Sum", period=300)).cautions[0]
    assert "when the age is low" in of(changed(comparison="LessThanThreshold")).cautions[0]


# Many trials


def test_trials_have_means_and_bounds_of_the_share():
    trials = efssim.run_trials(alarming({"a": MINUTE}), 4, workers=1)
    found = trials.summary["alarms"]["a"]
    assert (found["detected"], found["missed"], found["detection_delay_s"]["mean"]) == (1, 0, 60)
    assert found["ci95"]["detected"] == [1, 1]
    assert found["pooled"]["share"] == 1
    # Four trials show little.
    low, high = found["pooled"]["share_ci95"]
    assert low < 0.5
    assert high == 1
    # And 16 hours without a false alarm little about a month: the exact bound of a count of 0.
    _, most = found["pooled"]["false_per_month_ci95"]
    assert most == pytest.approx(3.6889 / (4 * 14_400 / 2_592_000), rel=1e-4)


def test_trials_of_an_alarm_that_never_fires():
    trials = efssim.run_trials(alarming({"a": NEVER["a typo"][0]}), 2, workers=1)
    found = trials.summary["alarms"]["a"]
    assert found["never"]
    assert found["pooled"]["share"] == 0


def test_a_kept_study_has_its_alarms_again(tmp_path):
    first = efssim.run_trials(alarming(IN_THE_WILD), 2, workers=1, resume=tmp_path / "kept")
    again = efssim.run_trials(alarming(IN_THE_WILD), 2, workers=1, resume=tmp_path / "kept")
    assert first.summary == again.summary
    assert first.trials[0].summary.alarms == again.trials[0].summary.alarms


def test_a_scenario_without_alarms_has_an_empty_field():
    assert efssim.run(alarming({})).summary["alarms"] == {}
    assert END_S > PASSED_S
