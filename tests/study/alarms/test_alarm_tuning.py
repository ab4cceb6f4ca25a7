"""Settings of an alarm side by side: the grid, the front, and when there is advice."""

from __future__ import annotations

import pytest
from helpers.alarming import MINUTE, alarming, changed

import efssim
from efssim.api.trials import trials_on
from efssim.errors import ArgumentError, UnknownNameError
from efssim.study.alarms.grid import (
    OUT_OF,
    SHARES,
    alarm_to_tune,
    settings_of,
    with_settings,
)
from efssim.study.alarms.tuning import READS, TuningGoal, _meets, tuning
from efssim.study.run.executors import Workers

RANDOM = {
    "events": [],
    "cloudwatch": {},
    "faults": {
        "wan": {
            "link_outage": "us-east-1 -> us-west-2",
            "every": {"exponential": {"mean": "3 h"}},
            "for": {"uniform": {"low": "5 min", "high": "40 min"}},
        }
    },
}


def studied(scenario, trials, name="a"):
    """Return all but the goal of a tuning, the trials last."""
    _, alarm = alarm_to_tune(scenario, name)
    tried = settings_of(alarm, scenario.rpo.target)
    study = efssim.run_trials(with_settings(scenario, alarm, tried), trials, workers=1)
    return (name, alarm.period, alarm.statistic, tried), study


def tuned(scenario, trials, goal, name="a"):
    asked, study = studied(scenario, trials, name)
    return tuning(*asked, study, goal)


@pytest.fixture(scope="module")
def study():
    """Return settings and trials in which outages come at random."""
    return studied(alarming({"a": MINUTE}, "6 h", **RANDOM), 40)


@pytest.fixture(scope="module")
def found(study):
    asked, trials = study
    return tuning(*asked, trials, TuningGoal(0.4, 200.0))


def test_the_grid_has_every_combination_and_the_alarm_itself():
    tried = settings_of(alarming({"a": changed(threshold=1000)}).alarms["a"], 900.0)
    assert len(tried) == (len(SHARES) + 1) * len(OUT_OF)
    assert [one.name for one in tried if one.is_current] == ["1 of 1 above 1000 s"]
    assert len({one.name for one in tried}) == len(tried)


def test_a_threshold_of_zero_is_one():
    tried = settings_of(alarming({"a": changed(threshold=0)}).alarms["a"], 900.0)
    assert [one.name for one in tried if one.is_current] == ["1 of 1 above 0 s"]


@pytest.mark.parametrize(("beyond", "expected"), [(2, [3, 4, 5, 7]), (-2, [1, 1, 1, 3])])
def test_every_setting_retrieves_as_many_points_beyond_its_periods(beyond, expected):
    one = changed(evaluation_periods=3, evaluation_range=3 + beyond)
    world = alarming({"a": one})
    _, alarm = alarm_to_tune(world, "a")
    alarms = with_settings(world, alarm, settings_of(alarm, 900.0)).alarms
    ranges = {each.evaluation_periods: each.evaluation_range for each in alarms.values()}
    assert [ranges[n] for n in (1, 2, 3, 5)] == expected


def test_an_alarm_meets_a_goal_that_it_just_reaches(study):
    _, trials = study
    share, false = max(
        (one.pooled.share or 0.0, one.means.false_alarms_per_month)
        for one in trials.alarms.values()
        if one.means.false_alarms_per_month > 0 and not one.is_noisy
    )
    (alarm, *_) = [
        one
        for one in trials.alarms.values()
        if (one.pooled.share, one.means.false_alarms_per_month) == (share, false)
    ]
    assert _meets(alarm, TuningGoal(share, false))
    assert not _meets(alarm, TuningGoal(share, 0.999 * false))
    assert not _meets(alarm, TuningGoal(share + 0.001, false))


def test_each_setting_is_the_alarm_with_it(found):
    """The alarm itself has the numbers that it has alone, over the same trials."""
    alone = efssim.run_trials(alarming({"a": MINUTE}, "6 h", **RANDOM), 40, workers=1)
    of_alone = alone.alarms["a"]
    (mine,) = [one for one in found.settings if one.is_current]
    assert (mine.detected, mine.share) == (of_alone.pooled.detected, of_alone.pooled.share)
    assert mine.delay_s == of_alone.pooled.delay_s.mean
    assert mine.false_per_month == of_alone.means.false_alarms_per_month
    assert found.violations == of_alone.pooled.violations > 10


OBJECTIVES = {"writes": {"of": "writes", "target": "10 min", "attainment": "99 %"}}


@pytest.mark.parametrize("statistic", ["Maximum", "Average", "p90"])
def test_the_measures_that_are_read_are_those_of_whole_trials(statistic):
    one = changed(statistic=statistic)
    base = alarming({"a": one}, "6 h", objectives=OBJECTIVES, **RANDOM)
    name, alarm = alarm_to_tune(base, "a")
    tried = settings_of(alarm, base.rpo.target)
    world = with_settings(base, alarm, tried)
    whole = efssim.run_trials(world, 6, workers=1)
    few = trials_on(
        Workers(None, 1), world, 6, world.seed, None, verify=False, on_progress=None, asked=READS
    )
    goal, of = TuningGoal(0.4, 200.0), (name, alarm.period, alarm.statistic, tried)
    assert tuning(*of, few, goal) == tuning(*of, whole, goal)
    assert few.digest == whole.digest
    assert not few.pool.numbers()["dr"]
    assert whole.pool.numbers()["dr"]


def test_a_higher_threshold_never_has_more_detected(found):
    for pair in OUT_OF:
        rows = [
            one
            for one in found.settings
            if (one.datapoints_to_alarm, one.evaluation_periods) == pair
        ]
        detected = [one.detected for one in rows]
        assert detected == sorted(detected, reverse=True)


def test_no_setting_of_the_front_is_worse_in_all(found):
    def costs(one):
        return 1 - one.share, one.delay_s, one.false_per_month

    detecting = [one for one in found.settings if one.detected and one.unwarranted_share <= 0.05]
    front = [one for one in detecting if one.on_front]
    assert front
    for one in detecting:
        better = [
            other
            for other in detecting
            if costs(other) != costs(one)
            and all(a <= b for a, b in zip(costs(other), costs(one), strict=True))
        ]
        assert one.on_front == (not better)


def test_advice_takes_evidence_of_trials_that_did_not_choose(found):
    advice = found.advice
    assert advice.outcome == "recommended"
    assert "the other half has" in advice.reason
    (chosen,) = [
        one
        for one in found.settings
        if (one.threshold_s, one.datapoints_to_alarm, one.evaluation_periods)
        == (advice.threshold_s, advice.datapoints_to_alarm, advice.evaluation_periods)
    ]
    assert chosen.share >= 0.4


def test_a_few_trials_are_not_enough():
    scenario = alarming({"a": MINUTE}, "6 h", **RANDOM)
    advice = tuned(scenario, 6, TuningGoal()).advice
    assert advice.outcome == "not_enough"
    assert "it takes about 154 trials" in advice.reason


def test_rare_false_alarms_take_long_trials():
    """Three days without one may hide 37 in 30 days."""
    scenario = alarming({"a": MINUTE}, "6 h", **RANDOM)
    advice = tuned(scenario, 40, TuningGoal(0.4, 10.0)).advice
    assert advice.outcome == "not_enough"
    assert "the false alarms in 30 days are up to" in advice.reason


def test_trials_that_are_all_the_same_are_no_evidence():
    advice = tuned(alarming({"a": MINUTE}), 4, TuningGoal(0.1, 1e6)).advice
    assert advice.outcome == "not_enough"
    assert "nothing is drawn" in advice.reason


def test_nothing_is_recommended_without_a_violation():
    quiet = {**RANDOM, "faults": {"wan": {**RANDOM["faults"]["wan"], "for": "1 min"}}}
    found = tuned(alarming({"a": MINUTE}, "6 h", **quiet), 4, TuningGoal(0.1, 1e6))
    assert (found.advice.outcome, found.violations) == ("not_enough", 0)
    assert not any(one.on_front for one in found.settings)


def test_who_is_in_alarm_all_the_time_is_no_choice():
    """With a sync every 10 minutes the age is above 225 s most of the time."""
    changes = {"replications.dr.sync.interval": "10 min"}
    slow = alarming({"a": MINUTE}, "6 h", **RANDOM).with_(changes)
    found = tuned(slow, 8, TuningGoal(0.01, 1e6))
    noisy = [one for one in found.settings if one.threshold_s == 225]
    assert {one.share for one in noisy} == {1.0}
    assert all(one.unwarranted_share > 0.2 for one in noisy)
    assert not any(one.on_front for one in noisy)
    assert found.advice.threshold_s != 225


def test_which_alarm_is_tuned():
    both = alarming({"a": MINUTE, "b": MINUTE})
    assert alarm_to_tune(both, "b")[0] == "b"
    assert alarm_to_tune(alarming({"a": MINUTE}), None)[0] == "a"
    name, alarm = alarm_to_tune(alarming({}), None)
    assert (name, alarm.replication, alarm.treat_missing_data) == ("default", "dr", "breaching")
    with pytest.raises(ArgumentError, match="name the alarm to tune: a, b"):
        alarm_to_tune(both, None)
    with pytest.raises(UnknownNameError, match="no alarm is named 'c'"):
        alarm_to_tune(both, "c")
    with pytest.raises(ArgumentError, match="fires when TimeSinceLastSync is high"):
        alarm_to_tune(alarming({"a": changed(comparison="LessThanThreshold")}), "a")
