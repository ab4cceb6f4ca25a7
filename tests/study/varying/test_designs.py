"""Tests of Latin hypercubes and Morris's screening: points, and which parameters matter."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.commands import command
from helpers.worlds import constant, poisson, scenario
from SALib.sample import morris as salib_morris
from scipy.stats import spearmanr

import efssim
from efssim import ScenarioError, StudyError
from efssim.study.varying.designs import (
    design_range,
    latin_hypercube,
    morris_shares,
    morris_trajectories,
)
from efssim.study.varying.screening import correlation_interval, rank_correlation
from efssim.study.varying.space import parameter

INTERVAL = "replications.dr.sync.interval"
SETUP = "replications.dr.sync.setup"
MEAN = "time_since_last_sync_s.mean"


def ranges() -> list[Any]:
    return [
        design_range(parameter(INTERVAL), "1 min..16 min:log"),
        design_range(parameter(SETUP), ("1 s", "9 s")),
    ]


def test_a_latin_hypercube_has_a_value_in_each_part_of_each_range():
    points = 16
    (_, intervals), (_, setups) = latin_hypercube(ranges(), points, seed=7)
    by_factors = sorted(math.log(value / 60) / math.log(16) for value in intervals)
    evenly = sorted((value - 1) / 8 for value in setups)
    for shares in (by_factors, evenly):
        # Values are rounded so that they can be typed.
        assert [round(share * points - 0.5) for share in shares] == list(range(points))
    assert latin_hypercube(ranges(), points, seed=7) == latin_hypercube(ranges(), points, seed=7)
    assert latin_hypercube(ranges(), points, seed=8) != latin_hypercube(ranges(), points, seed=7)


def test_morris_changes_one_parameter_at_a_time():
    (_, intervals), (_, setups) = morris_trajectories(ranges(), 4, seed=7)
    rows = list(zip(intervals, setups, strict=True))
    assert len(rows) == 4 * 3
    for begin in range(0, 12, 3):
        steps = zip(rows[begin : begin + 2], rows[begin + 1 : begin + 3], strict=True)
        changed = [[a != b for a, b in zip(*pair, strict=True)] for pair in steps]
        assert sorted(changed) == [[False, True], [True, False]]
    # Four levels, by factors: 1, 2.5198, 6.3496 and 16 min.
    assert sorted(set(intervals)) == pytest.approx([60, 151.19, 380.98, 960], rel=1e-4)


def test_effects_of_a_linear_measure_by_hand():
    # Mean age with constant writes and no throughput: interval / 2 + setup. Over the whole ranges
    # it changes by 270 s and by 40 s, wherever the others are: no deviation.
    world = scenario({"w": constant()}, {"interval": 60}, "20 h", warm_up="4 h")
    vary = {INTERVAL: ("1 min", "10 min"), SETUP: ("10 s", "50 s")}
    found = efssim.sweep(world, vary, morris=3, workers=1).effects(MEAN)
    assert found["path"].tolist() == [INTERVAL, SETUP]
    # The run ends amid an interval, which moves a mean by 0.2 % at most.
    assert found["effect"].tolist() == pytest.approx([270, 40], rel=0.01)
    assert found["mean"].tolist() == pytest.approx([270, 40], rel=0.01)
    assert (found["deviation"] < 3).all()


def test_rank_correlations_as_scipy_has_them():
    world = scenario({"w": poisson("1 per min", "1 MiB")}, {"interval": 60}, "2 h")
    vary = {INTERVAL: "1 min..10 min", SETUP: ("1 s", "59 s")}
    sweep = efssim.sweep(world, vary, latin=12, workers=1)
    means = sweep.means(MEAN)["mean"].to_numpy()
    found = sweep.effects(MEAN).set_index("path")["effect"]
    for path in vary:
        values = np.array([point.values[path] for point in sweep.points], dtype=np.float64)
        assert found[path] == pytest.approx(spearmanr(values, means).statistic, abs=1e-12)
    assert found[INTERVAL] > 0.9


def test_a_correlation_interval_by_hand():
    # n = 28: z = atanh(0.5) = 0.549306, half = 1.96 sqrt(1.06 / 25) = 0.403589;
    # tanh of 0.145717 and of 0.952895.
    assert correlation_interval(0.5, 28) == pytest.approx((0.144695, 0.741091), abs=1e-5)
    assert correlation_interval(0.5, 3) == (None, None)
    assert rank_correlation(np.array([1.0, 1.0]), np.array([1.0, 2.0])) == 0


@pytest.mark.slow
def test_a_correlation_interval_covers():
    """Of normal pairs with a known rank correlation: (6 / pi) asin(r / 2)."""
    generator, r, points, runs = np.random.default_rng(3), 0.6, 40, 4_000
    truth, inside = 6 / math.pi * math.asin(r / 2), 0
    for _ in range(runs):
        first, other = generator.normal(size=(2, points))
        second = r * first + math.sqrt(1 - r**2) * other
        low, high = correlation_interval(rank_correlation(first, second), points)
        assert low is not None
        assert high is not None
        inside += low <= truth <= high
    assert inside / runs == pytest.approx(0.95, abs=0.015)  # a rule for large samples


def test_the_shares_are_those_of_salib():
    # The effects are analysed with these shares, so they must be those that made the values.
    shares = morris_shares(2, 4, seed=7)
    (_, setups) = morris_trajectories(ranges(), 4, seed=7)[1]
    assert [1 + 8 * share for share in shares[:, 1]] == pytest.approx(setups, abs=1e-3)
    assert {round(3 * share, 9) for share in shares.ravel()} <= {0, 1, 2, 3}
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1]] * 2}
    assert salib_morris.sample(problem, 4, seed=1).shape == shares.shape


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"latin": 4, "morris": 4}, StudyError, "one of them"),
        ({"latin": 4, "one_at_a_time": True}, StudyError, "one of them"),
        ({"latin": 1}, StudyError, "2 to 10,000 points, not 1"),
        ({"morris": 20_000}, StudyError, "2 to 10,000 trajectories"),
        ({"latin": 4, "vary": {INTERVAL: [60, 120, 180]}}, ScenarioError, "takes a range"),
        ({"latin": 4, "vary": {INTERVAL: "0..60s:log"}}, ScenarioError, "low end above 0"),
        ({"latin": 4, "vary": {"name": "a..b"}}, ScenarioError, "no number here"),
        ({"morris": 4, "vary": {}}, StudyError, "at least one parameter"),
    ],
)
def test_designs_of_no_sense_are_refused(options, error, message):
    world = scenario({"w": constant()}, {"interval": 60}, "1 h")
    vary = options.pop("vary", {INTERVAL: (60, 120)})
    with pytest.raises(error, match=message):
        efssim.sweep(world, vary, workers=1, **options)


def test_effects_take_a_design():
    world = scenario({"w": constant()}, {"interval": 60}, "1 h")
    with pytest.raises(StudyError, match="take a Latin hypercube"):
        efssim.sweep(world, {INTERVAL: [60, 120]}, workers=1).effects(MEAN)


@pytest.mark.parametrize("design", [("--latin", "6"), ("--morris", "2")])
def test_the_command(tmp_path: Path, design: tuple[str, str]) -> None:
    world = tmp_path / "s.yaml"
    world.write_text(
        """\
name: s
duration: 1 h
file_systems: {fs: {region: us-east-1, writes: {w: {arrivals: {poisson: {rate: 1}}, size: 1}}}}
replications: {dr: {source: fs, destination: {region: us-west-2}, established: true}}
"""
    )
    vary = ("--vary", f"{INTERVAL}=1min..5min:log", "--vary", f"{SETUP}=1s..9s")
    out = tmp_path / "out"
    done = command("sweep", world, *design, *vary, "--workers", "1", "--out", out)
    assert (done.code, done.err) == (0, f"wrote {out}/\n")
    assert "combinations" in done.out
    rows = [line.split()[0] for line in done.out.splitlines() if line.startswith("  ")]
    assert rows.index("interval") < rows.index("setup")
    found = json.loads((out / "sweep.json").read_text())
    assert found["design"] == design[0].removeprefix("--")
    assert len(found["points"]) == 6
    page = (out / "report.html").read_text()
    assert page.index("Which parameters matter") < page.index(">Points<")
    assert (out / "figures" / "dr-sweep.svg").exists()
