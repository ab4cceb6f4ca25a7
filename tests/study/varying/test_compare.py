"""Tests of comparisons: pairs by trial number, their intervals, and what pairing saves."""

from __future__ import annotations

import json
from typing import Any

import matplotlib
import numpy as np
import pytest
from helpers.worlds import constant, poisson, scenario
from scipy import stats

import efssim
from efssim import Trials, run_trials
from efssim.report.files.comparison import comparisons_json
from efssim.report.text.comparison import comparison_report
from efssim.study.errors import StudyError
from efssim.study.statistics.pairs import difference

matplotlib.use("Agg")

AGE = "time_since_last_sync_s.mean"


def study(throughput: str = "3 MiB/s", trials: int = 12, **options: Any) -> Trials:
    seed = options.pop("seed", 7)
    world = scenario(
        {"app": poisson("0.1 per s", {"exponential": {"mean": "10 MiB"}})},
        {"gap": "30 s", "setup": {"exponential": {"mean": "2 s"}}, "throughput": throughput},
        "20 min",
        records="off",
        rpo={"target": "90 s"},
        **options,
    )
    return run_trials(world, trials, seed=seed, workers=1)


@pytest.fixture(scope="module")
def slow() -> Trials:
    return study()


@pytest.fixture(scope="module")
def comparison(slow: Trials) -> efssim.Comparison:
    return efssim.compare(slow, study("4 MiB/s"))


def row(comparison: efssim.Comparison, measure: str = AGE) -> dict[Any, Any]:
    (found,) = comparison.table[comparison.table["measure"] == measure].to_dict("records")
    return found


def test_the_interval_is_that_of_a_paired_t_test(comparison: efssim.Comparison) -> None:
    ages = [part.table[AGE].to_numpy() for part in (comparison.first, comparison.second)]
    exact = stats.ttest_rel(ages[1], ages[0]).confidence_interval(0.95)
    found = row(comparison)
    assert (found["low"], found["high"]) == pytest.approx((exact.low, exact.high))
    assert found["difference"] == pytest.approx(found["second"] - found["first"])
    assert found["pairs"] == 12


def test_pairing_saves_variance(comparison: efssim.Comparison) -> None:
    ages = [part.table[AGE].to_numpy() for part in (comparison.first, comparison.second)]
    alone = ages[0].var(ddof=1) + ages[1].var(ddof=1)
    found = row(comparison)
    assert found["variance_saved"] == pytest.approx(1 - np.var(ages[1] - ages[0], ddof=1) / alone)
    assert found["variance_saved"] > 0.5
    # The control: pairs of other trials share no draws, and save little or nothing.
    shuffled = difference(ages[0].tolist(), np.roll(ages[1], 1).tolist())
    assert shuffled.variance_saved is not None
    assert shuffled.variance_saved < 0.5 < found["variance_saved"]


def test_difference_by_hand() -> None:
    found = difference([1.0, 2.0, 3.0], [2.0, 3.0, 7.0])
    assert (found.first, found.second, found.difference) == (2, 4, 2)
    half = 4.302652729911275 * np.sqrt(3) / np.sqrt(3)
    assert (found.low, found.high) == pytest.approx((2 - half, 2 + half))
    assert found.variance_saved == pytest.approx(1 - 3 / (1 + 7))
    assert difference([1.0], [4.0]) == (1, 4, 3, None, None, None)
    assert difference([1.0, 1.0], [4.0, 4.0]).variance_saved is None


def test_only_trials_that_both_have_are_pairs(slow: Trials) -> None:
    fewer = efssim.compare(slow, study("4 MiB/s", trials=5))
    assert fewer.numbers == (0, 1, 2, 3, 4)
    assert row(fewer)["pairs"] == 5
    assert row(fewer)["first"] == pytest.approx(slow.table[AGE].iloc[:5].mean())


def test_a_study_and_itself_do_not_differ(slow: Trials) -> None:
    table = efssim.compare(slow, slow).table
    assert (table["difference"] == 0).all()
    assert (table["low"] == 0).all()
    assert "none" in comparison_report(efssim.compare(slow, slow))


def test_the_only_replications_belong_together_whatever_their_names(slow: Trials) -> None:
    data = slow.scenario.model_dump(by_alias=True, exclude_unset=True)
    data["replications"] = {"other": data["replications"]["dr"]}
    other = run_trials(efssim.Scenario.model_validate(data), 3, seed=7, workers=1)
    made = efssim.compare(slow, other)
    assert made.replications == (("dr", "other"),)
    assert set(made.table["replication"]) == {"dr, other"}


def test_what_cannot_be_compared(slow: Trials) -> None:
    with pytest.raises(StudyError, match="seeds 7 and 8 share no draws"):
        efssim.compare(slow, study(trials=2, seed=8))
    empty = efssim.Scenario.model_validate({"name": "empty", "duration": "1 h"})
    with pytest.raises(StudyError, match="no replication has the same name"):
        efssim.compare(slow, run_trials(empty, 2, seed=7, workers=1))


def test_a_comparison_shows_itself(comparison: efssim.Comparison) -> None:
    assert repr(comparison) == "<efssim.Comparison of 'test' and 'test': 12 pairs of trials>"
    assert "<table" in comparison._repr_html_()
    (content,) = json.loads(comparisons_json([comparison]))["comparisons"]
    assert content["pairs"] == 12
    assert {"measure", "difference", "low", "high", "variance_saved"} <= set(
        content["differences"][0]
    )
    axes = comparison.plot()
    assert axes.get_yticklabels()[0].get_text() == AGE


def test_the_report_says_what_changed(comparison: efssim.Comparison) -> None:
    lines = comparison_report(comparison).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "test compared with test: 12 pairs of trials with the same draws"
    (line,) = [line for line in lines if AGE in line]
    assert " -" in line
    assert line.endswith(" %")


def test_a_single_trial_has_no_interval() -> None:
    world = scenario({"w": constant()}, {"interval": 60, "throughput": 10_000}, "1 h")
    once = run_trials(world, 1, workers=1)
    found = row(efssim.compare(once, once))
    assert np.isnan(found["low"])
    assert efssim.compare(once, once).summary["differences"][0]["low"] is None
