"""Sobol indices against functions whose indices are known, and what is said of them."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from helpers.unknown import unknown

import efssim
from efssim.report.text.uncertain.sets import sets_text
from efssim.report.verdicts.sets import measure_first
from efssim.study.uncertain.importance import leaders
from efssim.study.uncertain.sensitivity import saltelli, sobol_indices, tornado_shares

pytest.importorskip("SALib")

TEXT = (
    unknown("two", setup="{uniform: {low: 0 s, high: 1 s}}")
    + "  replications.dr.control.pausing: {uniform: {low: 1 s, high: 1 min}}\n"
)


def by_path(indices):
    return {part.path: part for part in indices}


def test_indices_of_ishigami():
    """T. Ishigami and T. Homma, 1990, with a = 7, b = 0.1: known in closed form."""
    rows = -np.pi + 2 * np.pi * saltelli(3, 1024, 1)
    x, y, z = rows.T
    results = np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)
    found = by_path(sobol_indices(("x", "y", "z"), results, 1))
    first = {"x": 0.3139, "y": 0.4424, "z": 0.0}
    total = {"x": 0.5576, "y": 0.4424, "z": 0.2437}
    for path, part in found.items():
        assert part.first == pytest.approx(first[path], abs=0.04)
        assert part.total == pytest.approx(total[path], abs=0.04)
        assert part.first_low <= first[path] <= part.first_high
        assert part.total_low <= total[path] <= part.total_high


def test_indices_of_a_sum():
    """Of a x + b y the indices are a² and b² over their sum, and there is no interaction."""
    rows = saltelli(2, 512, 1)
    found = by_path(sobol_indices(("x", "y"), rows @ np.array([3.0, 1.0]), 1))
    assert found["x"].first == pytest.approx(0.9, abs=0.02)
    assert found["x"].total == pytest.approx(0.9, abs=0.02)
    assert found["y"].total == pytest.approx(0.1, abs=0.02)


def test_results_that_are_all_the_same_have_no_indices():
    assert sobol_indices(("x",), np.ones(3 * 8), 1) == ()


def test_a_design_has_so_many_evaluations_and_is_repeated():
    assert saltelli(3, 16, 1).shape == (16 * 5, 3)
    assert (saltelli(3, 16, 1) == saltelli(3, 16, 1)).all()
    assert (saltelli(3, 16, 1) != saltelli(3, 16, 2)).any()
    assert tornado_shares(2).tolist() == [
        [0.5, 0.5],
        [0.05, 0.5],
        [0.95, 0.5],
        [0.5, 0.05],
        [0.5, 0.95],
    ]


def test_each_seed_has_a_bootstrap_of_its_own():
    results = saltelli(1, 4, 1) @ np.array([1.0])
    lows = {sobol_indices(("x",), results, seed)[0].first_low for seed in range(40)}
    assert len(lows) == 40


def test_ctrl_c_in_the_indices_leaves_a_partial_study_without_them():
    def stop(_, wanted):
        if wanted != 20:  # sets, after which the evaluations of the indices come
            raise KeyboardInterrupt

    found = efssim.run_sets(efssim.load(TEXT), 20, 1, sobol=2, workers=1, on_progress=stop)
    assert found.partial
    assert found.sensitivity is None
    assert len(found) == 20


def test_the_largest_is_known_only_where_intervals_do_not_overlap():
    assert leaders([("a", 0.5, 0.9), ("b", 0.1, 0.4)]) == ("a",)
    assert leaders([("a", 0.3, 0.9), ("b", 0.1, 0.4), ("c", 0.0, 0.2)]) == ("a", "b")
    assert leaders([("a", -0.1, 0.2), ("b", -0.2, 0.1)]) == ()
    assert leaders([]) == ()


@pytest.fixture(scope="module")
def found():
    return efssim.run_sets(efssim.load(TEXT), 20, 2, sobol=16, workers=1)


def test_a_study_names_the_unknown_that_matters(found):
    part = found.sensitivity.replications["dr"]
    assert found.sensitivity.evaluations == 16 * 5
    assert part.leaders == ("replications.dr.sync.throughput",)
    assert "Measure replications.dr.sync.throughput first" in measure_first("dr", found)
    nothing = by_path(part.indices)["replications.dr.control.pausing"]
    assert (nothing.first, nothing.total) == (0.0, 0.0)
    summary = found.summary["replications"]["dr"]["sobol"]
    assert summary["measure_first"] == ["replications.dr.sync.throughput"]
    assert "Sobol index of" in sets_text(found, "x")


def test_a_tornado_has_each_unknown_low_and_high(found):
    part = found.sensitivity.replications["dr"]
    bar = part.tornado[0]
    assert bar.path == "replications.dr.sync.throughput"
    assert bar.low_value == pytest.approx(1.6 * 2**20)
    assert bar.high_value == pytest.approx(3.4 * 2**20)
    assert bar.at_low < 1.0
    assert bar.at_high == 1.0
    assert part.at_medians == 1.0
    assert {one.width for one in part.tornado[1:]} == {0.0}
    assert found.plot_tornado().patches


def test_a_verdict_that_never_changes_has_no_weights():
    scenario = efssim.load(TEXT).with_({"rpo.target": "1 h"})
    found = efssim.run_sets(scenario, 20, 1, sobol=2, workers=1)
    assert found.sensitivity.replications["dr"].indices == ()
    assert "The verdict is the same in all 10 evaluations" in measure_first("dr", found)


def test_without_salib_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(efssim.MissingExtraError, match=r"pip install 'efssim\[sensitivity\]'"):
        efssim.run_sets(efssim.load(TEXT), 20, 1, sobol=2, workers=1)
