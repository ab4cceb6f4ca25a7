"""Fleets over trials: means and intervals of their numbers, sweeps and plans."""

from __future__ import annotations

import pytest
from helpers.fleets import DRAWN, THREE

import efssim
from efssim.report.text.sweep import sweep_report

COUNT = 4


@pytest.fixture(scope="module")
def trials() -> efssim.Trials:
    scenario = efssim.load(DRAWN, ["rpo.target=8 min", "duration=2 h"])
    return efssim.run_trials(scenario, COUNT, executor="serial")


def singles(trials: efssim.Trials) -> list[dict]:
    scenario = trials.scenario
    return [efssim.run(scenario, trial=number).summary["fleets"]["dr"] for number in range(COUNT)]


def test_all_trials_have_the_same_items(trials):
    sizes = [efssim.Simulation(trials.scenario, trial=k).scenario for k in (0, 3)]
    assert sizes[0].file_systems == sizes[1].file_systems


def test_numbers_are_means_over_trials(trials):
    found, each = trials.summary["fleets"]["dr"], singles(trials)
    assert found["count"] == 4
    together = [one["attainment_all"] for one in each]
    assert found["attainment_all"] == pytest.approx(sum(together) / COUNT)
    for path in (("rpo", "attainment"), ("write_lag_s", "p99"), ("syncs", "completed")):
        for key in ("min", "p50", "p95", "max"):
            values = [one[path[0]][path[1]][key] for one in each]
            assert found[path[0]][path[1]][key] == pytest.approx(sum(values) / COUNT)


def test_intervals_hold_the_means_and_are_bounds_where_trials_are_equal(trials):
    found = trials.summary["fleets"]["dr"]
    low, high = found["ci95"]["attainment_all"]
    assert low < found["attainment_all"] < high
    most = found["ci95"]["rpo"]["attainment"]["max"]
    assert found["rpo"]["attainment"]["max"] == 1.0
    assert most[0] < 0.6  # four trials without a violation show little
    assert most[1] == 1.0
    lag = found["ci95"]["write_lag_s"]["p99"]["p50"]
    assert lag[0] <= found["write_lag_s"]["p99"]["p50"] <= lag[1]


def test_few_trials_do_not_show_that_a_threshold_holds(trials):
    scenario = efssim.load(DRAWN, ["rpo.target=1 h", "duration=2 h"])
    scenario = scenario.with_(thresholds=["fleets.dr.attainment_all >= 99.9 %"])
    found = efssim.run_trials(scenario, 3, executor="serial").summary
    assert found["fleets"]["dr"]["attainment_all"] == 1.0
    assert found["fleets"]["dr"]["met"] is None
    assert found["thresholds"][0]["outcome"] == "undecided"


def test_a_fleet_in_which_nothing_is_drawn_is_exact():
    found = efssim.run_trials(efssim.load(THREE), 2, executor="serial").summary["fleets"]["dr"]
    assert found["met"] is True
    assert found["attainment_all"] == pytest.approx(1 - 1600 / 3600)
    assert found["ci95"]["attainment_all"] == pytest.approx([1 - 1600 / 3600] * 2)


def test_the_table_has_a_column(trials):
    column = trials.table["fleets.dr.attainment_all"]
    assert len(column) == COUNT * 4
    mean = trials.estimate("dr[1]", "fleets.dr.attainment_all")
    assert mean.value == trials.summary["fleets"]["dr"]["attainment_all"]


def test_kept_trials_are_taken_up_again(tmp_path):
    scenario = efssim.load(DRAWN, ["duration=1 h"])
    first = efssim.run_trials(scenario, 2, executor="serial", resume=tmp_path)
    again = efssim.run_trials(scenario, 2, executor="serial", resume=tmp_path)
    assert again.summary == first.summary
    assert again.summary == efssim.run_trials(scenario, 2, executor="serial").summary


def test_a_sweep_over_all_items():
    scenario = efssim.load(THREE, ["rpo.target=9 min"])
    values = {"replications.dr[*].sync.interval": ["8 min", "10 min"]}
    sweep = efssim.sweep(scenario, values, executor="serial")
    points = [point["fleets"]["dr"] for point in sweep.summary["points"]]
    assert [point["attainment_all"] for point in points] == pytest.approx([1.0, 1 - 16 / 60])
    means = sweep.means("fleets.dr.attainment_all", "dr[1]")
    assert means["mean"].tolist() == pytest.approx([1.0, 1 - 16 / 60])
    one = efssim.sweep(scenario, {"replications.dr[2].sync.interval": ["8 min", "10 min"]})
    column = one.table["rpo.attainment"].tolist()
    assert column[1] == 1.0
    assert column[4] < 1.0
    assert column[0] == column[3] < 1.0


def test_a_plan_over_a_fleet_is_for_each_of_its_items():
    scenario = efssim.load(THREE, ["rpo.attainment=100 %"])
    between = ("7 min", "1 h")
    for path in ("replications.dr[*].sync.interval", "replications.dr.sync.interval"):
        found = efssim.plan(scenario, path, between, executor="serial", trials=10)
        assert found.answer.holds_at <= 500.0 < found.answer.fails_at
    one = efssim.plan(
        scenario, "replications.dr[2].sync.phase", ("1 s", "9 min"), executor="serial", trials=10
    )
    assert one.answer is None  # no phase helps an interval of 10 min
    single = efssim.plan(
        scenario,
        "replications.dr.sync.interval",
        between,
        replication="dr[2]",
        executor="serial",
        trials=10,
    )
    assert single.answer.holds_at <= 500.0 < single.answer.fails_at
    with pytest.raises(efssim.StudyError, match=r"`dr\[\*\]` names all"):
        efssim.plan(scenario, "replications.dr.sync.interval", between, replication="dr")


def test_a_sweep_over_the_number_of_items():
    scenario = efssim.load(THREE).with_({"replications.dr.items": {}})
    sweep = efssim.sweep(scenario, {"file_systems.orders.count": [3, 1]}, executor="serial")
    counts = [point["fleets"]["dr"]["count"] for point in sweep.summary["points"]]
    assert counts == [3, 1]
    text = sweep_report(sweep, "rpo.attainment", "")
    assert "Fleet dr, over 1 to 3 items:" in text
    assert "dr[1]:" in text
    assert "dr[2]:" not in text  # which there is not at each value
    with pytest.raises(efssim.ScenarioError, match="changes which replications there are"):
        efssim.plan(scenario, "file_systems.orders.count", (1, 20))
