"""Tests of what trials of a scenario tell: means, intervals, pooled distributions, evidence."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from helpers.studies import chancy
from helpers.worlds import constant, poisson, scenario
from hypothesis import given
from hypothesis import strategies as st

import efssim
from efssim.json_values import restored
from efssim.lag.pool import Pool
from efssim.lag.weighted import binned as binned_ramps
from efssim.lag.weighted.binned import BinnedEnds, state_of_ends
from efssim.lag.weighted.histogram import LogHistogram
from efssim.runs.measured import MeasuredWorld
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.bounds import Units
from efssim.study.statistics.intervals import mean_interval, t_interval
from efssim.study.statistics.precision import Precision
from efssim.study.trial import outcome as trial
from efssim.study.trial.facts import is_random
from efssim.study.trial.outcome import States

COUNT = 12
AGE, LAG = "time_since_last_sync_s", "write_lag_s"


@pytest.fixture(scope="module")
def world():
    return chancy("2 h")


@pytest.fixture(scope="module")
def found(world):
    return efssim.run_trials(world, COUNT, workers=1, verify=True)


@pytest.fixture(scope="module")
def runs(world):
    """The same trials, each run alone."""
    return [efssim.run(world, trial=number) for number in range(COUNT)]


def dr(result):
    return result.summary["replications"]["dr"]


def flat(tree, prefix=""):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


# Trials


def test_a_trial_can_be_repeated_alone(found, runs):
    assert [one.summary for one in found.trials] == [run.run_summary for run in runs]
    assert [one.number for one in found.trials] == list(range(COUNT))


def test_trials_are_independent_and_the_first_is_the_run_without_trials(world, found):
    assert len({one.summary.digest for one in found.trials}) == COUNT
    assert found.trials[0].summary == efssim.run(world).run_summary


def test_the_tables_of_a_repeated_trial_name_it(world):
    result = efssim.run(world, trial=3)
    for table in (result.syncs, result.statuses, result.events, result.violations):
        assert len(table)
        assert set(table["trial"]) == {3}


def test_what_a_study_says_of_itself(world, found):
    assert repr(found) == "<efssim.Trials of 'test', seed 1, 12 trials>"
    assert (len(found), found.wanted, found.partial, found.precision) == (COUNT, COUNT, False, None)
    assert found.digest != efssim.run_trials(world, COUNT - 1, workers=1).digest


@pytest.mark.parametrize(
    "wrong", [{"trials": 0}, {"workers": 0}, {"precision": 0.0}, {"precision": 1e-3, "budget": 9}]
)
def test_numbers_that_make_no_sense(world, wrong):
    with pytest.raises(ValueError, match=r"at least|above 0"):
        efssim.run_trials(world, **wrong)


def test_verify_checks_the_laws_of_each_trial(world, monkeypatch):
    asked = []

    class Watched(MeasuredWorld):
        def __init__(self, *arguments, **how):
            asked.append(how["verify"])
            super().__init__(*arguments, **how)

    monkeypatch.setattr(trial, "MeasuredWorld", Watched)
    efssim.run_trials(world, 2, workers=1, verify=True)
    efssim.run_trials(world, 2, workers=1)
    assert asked == [True, True, False, False]


# Means and intervals

MET = ("rpo.met", "rpo.met_throughout")


def test_each_number_is_the_mean_over_trials(found, runs):
    means = dict(flat(dr(found)))
    for name, value in flat(dr(runs[0])):
        values = [dict(flat(dr(run)))[name] for run in runs]
        if name in (*MET, "final_status") or "last_" in name:
            continue
        present = [float(value) for value in values if value is not None]
        assert means[name] == (pytest.approx(np.mean(present)) if present else None), (name, value)


def test_ci95_is_a_parallel_tree_of_intervals(found, runs):
    means, intervals = dict(flat(dr(found))), dict(flat(found.summary["ci95"]["dr"]))
    counts = {name for name in means if name.startswith("final_status.")}
    assert set(means) - counts == set(intervals) - {"final_status"}
    for name, bounds in intervals.items():
        if bounds is None:
            assert means.get(name) is None or name in MET
            continue
        assert bounds[0] <= means[name] <= bounds[1], name
    values = [dr(run)[AGE]["p99"] for run in runs]
    assert intervals[f"{AGE}.p99"] == list(mean_interval(values))


def test_an_interval_stays_where_the_number_can_be(found):
    low, high = found.summary["ci95"]["dr"]["rpo"]["attainment"]
    assert 0 <= low < high <= 1
    assert dr(found)["rpo"]["objective"] == 0.999  # no rounding of a mean
    assert found.summary["ci95"]["dr"]["rpo"]["objective"] == [0.999, 0.999]


def test_a_value_that_no_trial_has_is_null(found):
    assert dr(found)["initial_sync_s"] is None
    assert dr(found)["last_sync_completed"] is None
    assert found.summary["ci95"]["dr"]["initial_sync_s"] is None


def test_final_status_is_a_count():
    fault = {"fail": "fs", "every": {"exponential": {"mean": "1 h"}}}
    ends = dr(efssim.run_trials(chancy("1 h", faults={"f": fault}), 8, workers=1))["final_status"]
    assert set(ends) == {"ENABLED", "ERROR"}
    assert sum(ends.values()) == 8


def test_a_configuration_that_is_gone():
    call = {"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}}
    found = efssim.run_trials(chancy("1 h", events=[{**call, "at": "30 min"}]), 3, workers=1)
    assert dr(found)["final_status"] == {"gone": 3}
    assert dr(found)["pending_bytes"]["lost_at_deletion"] > 0


def test_means_over_the_trials_that_have_a_value():
    """The initial sync is complete in some trials only."""
    new = {"established": False, "control": {"enabling": {"exponential": {"mean": "2 h"}}}}
    world = scenario({"w": constant()}, {"interval": 60, "setup": 5}, "1 h", replication=new)
    found = efssim.run_trials(world, 12, workers=1)
    values = [one.summary.replications["dr"].age.mean for one in found.trials]
    present = [value for value in values if value is not None]
    assert 2 <= len(present) < 12
    assert dr(found)[AGE]["mean"] == pytest.approx(np.mean(present))
    assert found.summary["ci95"]["dr"][AGE]["mean"] == list(mean_interval(present))
    assert found.evidence["dr"].windows == len(present)


def test_a_cause_that_a_trial_does_not_have_counts_as_0():
    fault = {"region_outage": "us-east-1", "every": {"exponential": {"mean": "1 h"}}, "for": 60}
    found = efssim.run_trials(chancy("1 h", faults={"f": fault}), 8, workers=1)
    values = [
        one.summary.replications["dr"].writes.dropped_bytes.get("region_outage", 0)
        for one in found.trials
    ]
    assert 0 in values
    assert dr(found)["writes"]["dropped_bytes"]["region_outage"] == pytest.approx(np.mean(values))


# The pooled distribution


def test_pooled_quantiles_are_those_of_all_trials_together(found, runs):
    pooled = found.summary["pooled"]["dr"]
    teeth = [run.outcomes["dr"].age for run in runs]
    low = np.concatenate([tooth.begin_s - tooth.origin_s for tooth in teeth])
    high = np.concatenate([tooth.end_s - tooth.origin_s for tooth in teeth])
    lengths = high - low
    for key, p in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99_9", 0.999)]:
        below = (pooled[AGE][key] - low).clip(min=0, max=lengths).sum() / lengths.sum()
        near = 0.008 * pooled[AGE][key]  # a bin
        less = (pooled[AGE][key] - near - low).clip(min=0, max=lengths).sum() / lengths.sum()
        more = (pooled[AGE][key] + near - low).clip(min=0, max=lengths).sum() / lengths.sum()
        assert less <= p <= more, (key, below)
    assert pooled[AGE]["mean"] == pytest.approx((lengths * (low + high) / 2).sum() / lengths.sum())
    assert pooled[AGE]["max"] == high.max()
    assert pooled[LAG]["count"] == sum(dr(run)[LAG]["count"] for run in runs)
    assert pooled[LAG]["max"] == max(dr(run)[LAG]["max"] for run in runs)


def test_a_pool_does_not_mind_the_order(world):
    states = []
    for number in range(6):
        simulation = efssim.Simulation(world, trial=number)
        simulation.advance_to_end()
        states.append(simulation.lag_states())
    forth, back = Pool(), Pool()
    for state in states:
        forth.add(state)
    for state in reversed(states):
        content = {
            name: {lag: asdict(part) for lag, part in lags.items()} for name, lags in state.items()
        }
        back.add(restored(States, json.loads(json.dumps(content))))
    assert forth.numbers() == back.numbers()


@given(st.lists(st.floats(0, 1e9), max_size=50), st.sampled_from([0, 1000]))
def test_ends_in_bins_whichever_way_they_are_counted(values, few):
    ends = BinnedEnds()
    ends.add(np.array(values))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binned_ramps, "_FEW", few)
        assert state_of_ends(np.array(values)) == ends.state()


@given(st.lists(st.tuples(st.floats(0, 1e9), st.integers(1, 10**12)), max_size=50))
def test_values_in_bins_whichever_way_they_are_counted(pairs):
    kept, binned = LogHistogram(), LogHistogram(exact_limit=0)
    values = np.array([value for value, _ in pairs])
    weights = np.array([weight for _, weight in pairs], dtype=np.int64)
    for histogram in (kept, binned):
        histogram.add(values, weights)
    assert kept.state(0.0) == binned.state(0.0)


# The objective


def test_not_enough_data_says_how_many_more():
    world = chancy(rpo={"target": "1 h"}, faults={})
    found = efssim.run_trials(world, COUNT, workers=1)
    assert dr(found)["rpo"]["attainment"] == 1
    assert dr(found)["rpo"]["met"] is None
    low = 1 - Units([0.0] * COUNT).high(0.05)
    assert found.summary["evidence"]["dr"] == {
        "met": None,
        "windows": COUNT,
        "windows_needed": 3203,
        "more_trials": 3203 - COUNT,
        "unit": "trial",
        "low": pytest.approx(low),
        "high": 1.0,
    }
    low = 1 - Units([0.0] * COUNT).high(0.025)
    assert found.summary["ci95"]["dr"]["rpo"]["attainment"] == [pytest.approx(low), 1.0]


def test_an_objective_that_is_met_and_one_that_is_missed():
    easy = chancy(rpo={"target": "1 h", "attainment": 0.5}, faults={})
    assert dr(efssim.run_trials(easy, COUNT, workers=1))["rpo"]["met"] is True
    hard = chancy(rpo={"target": "30 s"})
    assert dr(efssim.run_trials(hard, COUNT, workers=1))["rpo"]["met"] is False


SYNC = {"interval": 60, "setup": 5}


@pytest.mark.parametrize(("target", "met"), [("70 s", True), ("60 s", False)])
def test_without_chance_a_single_trial_decides(target, met):
    world = scenario({"w": constant()}, SYNC, rpo={"target": target})
    for count in (1, 3):
        found = efssim.run_trials(world, count, workers=1)
        assert dr(found)["rpo"]["met"] is met
    mean = dr(found)[AGE]["mean"]
    assert mean == efssim.run(world).summary["replications"]["dr"][AGE]["mean"]
    assert found.summary["ci95"]["dr"][AGE]["mean"] == [mean, mean]


EXPONENTIAL = {"exponential": {"mean": 5}}
HOT = {"size": "1 MiB", "block": "64 KiB"}


@pytest.mark.parametrize(
    ("world", "chance"),
    [
        (scenario({"w": constant()}, SYNC), False),
        (scenario({"w": poisson("1 per s", 1000)}, SYNC), True),
        (scenario({"w": constant(size=EXPONENTIAL)}, SYNC), True),
        (scenario({"w": {**constant(), "hot_set": HOT}}, SYNC), False),
        (scenario({"w": {**constant(), "hot_set": {**HOT, "share": 0.5}}}, SYNC), True),
        (scenario({}, {**SYNC, "setup": EXPONENTIAL}), True),
        (scenario({}, {**SYNC, "failure_probability": 0.1}), True),
        (scenario({}, SYNC, replication={"control": {"pausing": EXPONENTIAL}}), True),
        (scenario({}, SYNC, faults={"f": {"fail": "fs", "every": EXPONENTIAL}}), True),
        (scenario({}, SYNC, faults={"f": {"fail": "fs", "every": 60}}), False),
    ],
)
def test_whether_chance_plays_a_part(world, chance):
    assert is_random(world) is chance
    if not chance:
        digests = {efssim.run(world, trial=number).digest for number in range(3)}
        assert len(digests) == 1


# Precision


def test_a_precision_takes_as_many_trials_as_it_needs(world):
    found = efssim.run_trials(world, precision=0.005, workers=1)
    assert 10 < len(found) < 1000
    assert len(found) == found.trials_needed == found.wanted
    low, high = found.summary["ci95"]["dr"][AGE]["mean"]
    first = np.mean([one.summary.replications["dr"].age.mean for one in found.trials[:10]])
    assert (high - low) / 2 <= 0.005 * first
    assert found.summary["precision"] == {"share": 0.005, "budget": 1000, "needed": len(found)}
    assert efssim.run_trials(world, len(found), workers=1).trials == found.trials


def test_the_first_trials_give_the_spread_where_a_precision_decided_how_many_there_are(found):
    ages = [one.summary.replications["dr"].age.mean for one in found.trials]
    assert len(ages) > 10
    given = found.scenario, found.seed, found.trials, len(found), found.pool
    for precision, spread in ((None, ages), (Precision(0.01, 1000), ages[:10])):
        made = TrialSet(*given, precision=precision).intervals["dr"].age.mean
        # But for the order of sums.
        assert made == pytest.approx(t_interval(spread, ages), rel=1e-12)


def test_a_budget_limits_a_precision(world):
    found = efssim.run_trials(world, precision=1e-4, budget=11, workers=1)
    assert len(found) == 11
    assert found.trials_needed > 1000
    assert found.summary["precision"]["needed"] == found.trials_needed
    assert not found.partial


# Worlds with little in them


def test_a_study_without_replications():
    world = efssim.Scenario.model_validate({"name": "empty", "duration": "1 h"})
    for how in ({"trials": 2}, {"precision": 0.02}):
        found = efssim.run_trials(world, workers=1, **how)
        assert found.summary["replications"] == found.summary["ci95"] == {}
        assert found.summary["pooled"] == found.summary["evidence"] == {}
        assert list(found.table.columns) == ["trial", "replication"]
        json.dumps(found.summary, allow_nan=False)


def test_a_study_in_which_nothing_is_defined():
    new = {"established": False, "control": {"enabling": "2 h"}}
    world = scenario({"w": constant()}, SYNC, replication=new)
    found = efssim.run_trials(world, precision=0.02, workers=1)
    assert len(found) == 10
    assert dr(found)[AGE]["mean"] is None
    assert found.summary["ci95"]["dr"][AGE]["mean"] is None
    assert found.summary["pooled"]["dr"][AGE]["p99"] is None
    assert found.evidence["dr"].met is None
    json.dumps(found.summary, allow_nan=False)


# The table


def test_the_table_has_typed_columns(found, runs):
    table = found.table
    assert list(table["trial"]) == list(range(COUNT))
    types = table.dtypes.astype(str)
    assert not [name for name in table.columns if types[name] == "object"]
    assert types["last_replicated_timestamp"] == "datetime64[us, UTC]"
    assert types["rpo.met"] == "boolean"
    assert types[f"{LAG}.count"] == "Int64"
    assert list(table[f"{AGE}.p99"]) == [dr(run)[AGE]["p99"] for run in runs]
    # Bytes are whole and stay exact.
    assert list(table["writes.bytes"]) == [dr(run)["writes"]["bytes"] for run in runs]
    assert types["initial_sync_s"] == "float64"
    assert pd.isna(table["initial_sync_s"]).all()


def test_a_quantile_over_trials_has_an_interval(found, runs):
    longest = sorted(dr(run)["rpo"]["longest_s"] for run in runs)
    estimate = found.quantile("dr", "rpo.longest_s", 0.5)
    assert estimate.value == longest[5]
    # Of 12 values the third and the tenth: P(at most 2 below) = 0.0193, of at most 3 0.073.
    assert estimate.interval == (longest[2], longest[9])
    assert found.quantile("dr", "rpo.longest_s", 0.99).interval is None
    assert found.quantile("dr", "initial_sync_s", 0.5) == (None, None)


def test_no_quantile_of_what_there_is_not(found):
    with pytest.raises(KeyError, match="nobody"):
        found.quantile("nobody", "rpo.longest_s", 0.5)
    with pytest.raises(KeyError, match=r"rpo\.nothing"):
        found.quantile("dr", "rpo.nothing", 0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        found.quantile("dr", "rpo.longest_s", 1.5)
    assert math.isfinite(found.quantile("dr", "rpo.longest_s", 0.9).value)
