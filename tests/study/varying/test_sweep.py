"""Tests of sweeps: one row per combination and trial, paired tornados, figures, command line."""

from __future__ import annotations

import gc
import json
import subprocess
import tracemalloc
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from helpers.places import EFSSIM, SCENARIOS
from helpers.worlds import constant, poisson, scenario
from matplotlib.transforms import Bbox

import efssim
from efssim.report.text.sweep import shown, sweep_report
from efssim.study.errors import StudyError

matplotlib.use("Agg")

RESONANCE = str(SCENARIOS / "resonance.yaml")
INTERVAL = "replications.dr.sync.interval"
THROUGHPUT = "replications.dr.sync.throughput"
GROWTH = "file_systems.fs.growth"
AGE = "time_since_last_sync_s"


def fixed(**top: Any) -> efssim.Scenario:
    """Return constant writes with whole numbers in every interval: rho = 0.1, S = 5 s."""
    sync = {"interval": 60, "setup": 5, "throughput": 10_000}
    return scenario({"w": constant()}, sync, "1 h", warm_up="10 min", **top)


def busy() -> efssim.Scenario:
    return scenario(
        {"app": poisson("0.1 per s", {"exponential": {"mean": "10 MiB"}})},
        {"gap": "30 s", "setup": {"exponential": {"mean": "2 s"}}, "throughput": "3 MiB/s"},
        "20 min",
    )


@pytest.fixture(scope="module")
def grid() -> efssim.Sweep:
    vary = {THROUGHPUT: ["2 MiB/s", "4 MiB/s", "none"], GROWTH: [0.5, 1.0]}
    return efssim.sweep(busy(), vary, trials=4, workers=1)


@pytest.fixture(scope="module")
def alone() -> efssim.Sweep:
    vary = {THROUGHPUT: ["2 MiB/s", "4 MiB/s"], GROWTH: [0.5, 2.0]}
    return efssim.sweep(busy(), vary, trials=6, one_at_a_time=True, workers=1)


# --- the table ------------------------------------------------------------------------------------


def test_every_combination_gives_what_a_closed_form_says() -> None:
    vary = {INTERVAL: "60 s,5 min", THROUGHPUT: ["5000 B/s", 20_000]}
    table = efssim.sweep(fixed(), vary, workers=1).table
    assert table[INTERVAL].tolist() == [60, 60, 300, 300]
    assert table[THROUGHPUT].tolist() == [5000, 20_000, 5000, 20_000]
    for row in table.to_dict("records"):
        interval, rho = row[INTERVAL], 1000 / row[THROUGHPUT]
        assert row[f"{AGE}.max"] == pytest.approx(5 + (1 + rho) * interval, rel=1e-9)


def test_one_row_for_each_combination_and_trial(grid: efssim.Sweep) -> None:
    table = grid.table
    assert len(table) == 3 * 2 * 4
    assert table.columns[:4].tolist() == [THROUGHPUT, GROWTH, "trial", "replication"]
    assert not table.duplicated([THROUGHPUT, GROWTH, "trial"]).any()
    assert table[THROUGHPUT].dtype == table[GROWTH].dtype == np.float64
    assert np.isinf(table[THROUGHPUT].max())
    assert f"{AGE}.mean" in table.columns


def test_a_row_is_the_run_of_its_trial(grid: efssim.Sweep) -> None:
    row = grid.table[(grid.table[THROUGHPUT] == 4 * 2**20) & (grid.table[GROWTH] == 0.5)].iloc[2]
    data = busy().model_dump(exclude_unset=True, by_alias=True)
    data["replications"]["dr"]["sync"]["throughput"] = "4 MiB/s"
    data["file_systems"]["fs"]["growth"] = 0.5
    once = efssim.run(efssim.Scenario.model_validate(data), trial=2)
    summary = once.summary["replications"]["dr"]
    assert row["trial"] == 2
    assert row[f"{AGE}.mean"] == summary[AGE]["mean"]
    assert row["syncs.bytes"] == summary["syncs"]["bytes"]


def test_a_range_and_its_values_are_the_same() -> None:
    given = efssim.sweep(fixed(), {INTERVAL: [60, 180, 300]}, workers=1)
    ranged = efssim.sweep(fixed(), {INTERVAL: "1 min..5 min:3"}, workers=1)
    pd.testing.assert_frame_equal(given.table, ranged.table)


def test_the_same_sweep_comes_out_again_in_other_processes(grid: efssim.Sweep) -> None:
    vary = {THROUGHPUT: ["2 MiB/s", "4 MiB/s", "none"], GROWTH: [0.5, 1.0]}
    again = efssim.sweep(busy(), vary, trials=4, workers=2)
    assert again.summary == grid.summary


def test_several_replications_have_a_row_each() -> None:
    world = efssim.load(
        Path(RESONANCE).with_name("hot-files.yaml"), ["duration=10 min", "warm_up=0"]
    )
    found = efssim.sweep(world, {"replications.hot.sync.interval": [60, 120]}, workers=1)
    assert found.table["replication"].tolist() == ["hot", "fresh"] * 2
    with pytest.raises(KeyError, match="hot, fresh"):
        found.means()
    means = found.means(replication="fresh")
    assert means["mean"].iloc[0] == means["mean"].iloc[1]  # its interval was left alone


def test_means_have_their_intervals(grid: efssim.Sweep) -> None:
    means = grid.means("syncs.completed")
    assert (means["low"] <= means["mean"]).all()
    assert (means["mean"] <= means["high"]).all()
    assert efssim.sweep(fixed(), {GROWTH: [1]}, workers=1).means()["low"].isna().all()


def test_a_point_keeps_little_memory():
    # A sweep holds all its points, and some have thousands.
    busy_at = busy()
    efssim.sweep(busy_at, {GROWTH: [0.5]}, trials=2, workers=1)  # what is loaded is not a point's
    tracemalloc.start()
    try:
        kept = efssim.sweep(busy_at, {GROWTH: [0.5, 0.6, 0.7, 0.8]}, trials=2, workers=1)
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(kept.points) == 4
    assert size < 4 * 2**20


# --- one at a time --------------------------------------------------------------------------------


def test_a_tornado_of_closed_forms() -> None:
    vary = {INTERVAL: [30, 120], THROUGHPUT: [5000, 20_000], "replications.dr.sync.setup": [4, 7]}
    found = efssim.sweep(fixed(), vary, one_at_a_time=True, workers=1)
    table = found.tornado(f"{AGE}.max")
    assert table["path"].tolist()[::2] == [INTERVAL, THROUGHPUT, "replications.dr.sync.setup"]
    expected = [-33, 66, 6, -3, -1, 2]
    assert table["difference"].tolist() == pytest.approx(expected, abs=1e-6)
    assert table["base"].tolist() == pytest.approx([71] * 6)


def test_a_tornado_is_paired(alone: efssim.Sweep) -> None:
    table = alone.tornado()
    assert len(alone.points) == 5
    assert alone.points[0].values == {}
    assert table["variance_saved"].min() > 0.2
    inside = (table["low"] <= table["difference"]) & (table["difference"] <= table["high"])
    assert inside.all()
    first = alone.series(alone.points[0], f"{AGE}.mean")
    slow = alone.series(alone.points[1], f"{AGE}.mean")
    row = table[table["value"] == 2 * 2**20].iloc[0]
    assert row["difference"] == pytest.approx((slow - first).mean())


def test_what_was_left_alone_is_empty_in_the_table(alone: efssim.Sweep) -> None:
    rows = alone.table.drop_duplicates([THROUGHPUT, GROWTH])
    assert rows[[THROUGHPUT, GROWTH]].isna().sum(axis=1).tolist() == [2, 1, 1, 1, 1]


# --- how it is shown ------------------------------------------------------------------------------


def test_a_sweep_shows_itself(grid: efssim.Sweep) -> None:
    paths = f"{THROUGHPUT}, {GROWTH}"
    assert repr(grid) == f"<efssim.Sweep of {paths}: 6 combinations of 4 trials>"
    assert "<table" in grid._repr_html_()
    content = json.loads(json.dumps(grid.summary, allow_nan=False))
    assert content["points"][-1]["values"] == {THROUGHPUT: "none", GROWTH: 1.0}
    assert content["vary"][0] == {"path": THROUGHPUT, "unit": "bytes_per_s"}


def test_figures(grid: efssim.Sweep, alone: efssim.Sweep) -> None:
    heat = grid.plot()
    assert [label.get_text() for label in heat.get_xticklabels()] == ["2 MiB/s", "4 MiB/s", "none"]
    assert len(heat.texts) == 6
    bars = alone.plot(f"{AGE}.p99")
    assert len(bars.patches) == 4
    assert {text.get_text() for text in bars.texts} == {"2 MiB/s", "4 MiB/s", "0.5", "2"}
    several = efssim.sweep(fixed(), {INTERVAL: [90, 120, 600]}, one_at_a_time=True, workers=1)
    for tornado in (bars, several.plot()):
        boxes = [bar.get_bbox() for bar in tornado.patches]
        shared = [Bbox.intersection(a, b) for a, b in combinations(boxes, 2)]
        # Bars on both sides of 0 touch there.
        assert all(both is None or both.width * both.height < 1e-9 for both in shared)
    single = efssim.sweep(fixed(), {INTERVAL: [60, 120, 600]}, trials=2, workers=1).plot()
    assert single.get_ylabel() == f"{AGE}.mean"
    assert single.get_xscale() == "log"
    modes = {"file_systems.fs.throughput_mode": ["bursting", "elastic"]}
    words = efssim.sweep(fixed(), modes, workers=1).plot()
    assert [label.get_text() for label in words.get_xticklabels()] == ["bursting", "elastic"]


def test_the_report_has_a_line_for_each_combination(
    grid: efssim.Sweep, alone: efssim.Sweep
) -> None:
    report = sweep_report(grid, f"{AGE}.mean", "efssim sweep …")
    assert sum("MiB/s" in line for line in report.splitlines()) == 4
    assert "6 combinations of 4 trials each" in report
    report = sweep_report(alone, f"{AGE}.mean", "efssim sweep …")
    assert sum(GROWTH in line for line in report.splitlines()) == 2
    assert "as it is; each value alone changes it by" in report


@pytest.mark.parametrize(
    ("measure", "value", "text"),
    [
        (f"{AGE}.max", 90.0, "90.0 s"),
        (f"{AGE}.max", -90.0, "-90.0 s"),
        ("rpo.attainment", 0.9995, "99.95 %"),
        ("rpo.violations", 12.5, "12.5"),
        ("syncs.bytes", 2.0**20, "1 MiB"),
        ("write_lag_s.count", 1200.0, "1,200"),
        ("rpo.attainment", float("nan"), "-"),
    ],
)
def test_numbers_in_their_units(measure: str, value: float, text: str) -> None:
    assert shown(measure, value) == text


# --- mistakes and the command line ----------------------------------------------------------------


def test_mistakes_in_python(grid: efssim.Sweep) -> None:
    with pytest.raises(StudyError, match="at least one parameter"):
        efssim.sweep(fixed(), {})
    with pytest.raises(efssim.ScenarioError, match="unknown key"):
        efssim.sweep(fixed(), {INTERVAL: [60], "replications.dr.sync.gapp": [1]})
    with pytest.raises(StudyError, match=r"no measure 'rpo.attainmen' \(did you mean"):
        grid.means("rpo.attainmen")
    with pytest.raises(StudyError, match="one parameter at a time"):
        grid.tornado()
    three = {INTERVAL: [60], THROUGHPUT: [1e6], GROWTH: [1]}
    with pytest.raises(StudyError, match="no figure"):
        efssim.sweep(fixed(), three, workers=1).plot()


@pytest.mark.parametrize("one_at_a_time", [False, True])
@pytest.mark.parametrize("throttled", [[True, False], [False, True]])
def test_a_measure_that_only_some_combinations_have(
    throttled: list[bool], one_at_a_time: bool
) -> None:
    vary: Any = {"file_systems.fs.throttle": throttled}
    found = efssim.sweep(fixed(), vary, one_at_a_time=one_at_a_time, workers=1)
    shown = found.tornado if one_at_a_time else found.means
    with pytest.raises(StudyError, match=r"not every combination has a measure 'throttled\.bytes'"):
        shown("throttled.bytes")


def efssim_sweep(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [str(EFSSIM), "sweep", RESONANCE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_sweep_writes_files_and_repeats_itself(tmp_path: Path) -> None:
    arguments = ["--vary", f"{INTERVAL}=20min..40min:3", "--trials", "2", "--workers", "1"]
    done = efssim_sweep(*arguments, "--out", "out", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "wrote out/\n")
    found = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    names = ["figures/dr-sweep.svg", "manifest.json", "report.html", "study.md", "sweep.csv"]
    assert found == [f"out/{name}" for name in (*names, "sweep.json")]
    table = pd.read_csv(tmp_path / "out" / "sweep.csv")
    assert table[INTERVAL].tolist() == [1200, 1200, 1800, 1800, 2400, 2400]
    assert table["trial"].tolist() == [0, 1] * 3
    efssim_sweep(*arguments, "--out", "again", cwd=tmp_path)
    for name in found:
        other = tmp_path / name.replace("out/", "again/")
        assert (tmp_path / name).read_bytes() == other.read_bytes()


def test_sweep_as_json() -> None:
    done = efssim_sweep("--vary", f"{INTERVAL}=20min,30min", "--format", "json", "--workers", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert [p["values"][INTERVAL] for p in json.loads(done.stdout)["points"]] == [1200, 1800]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--vary", "x"], "--vary:1:1: expected path=values\n"),
        (
            ["--vary", f"{INTERVAL}=1min", "--vary", "seed=x"],
            "--vary:2:6: seed: 'x' is not a count",
        ),
        (["--vary", f"{INTERVAL}=1min,2min..3min"], "--vary:1:31: "),
        (["--vary", f"{INTERVAL}=1min", "--measure", "x"], f"{RESONANCE}: no measure 'x'\n"),
        (["--vary", "replications.dr.sync.gapp=1"], "--vary:1:27: replications.dr.sync.gapp: unk"),
    ],
)
def test_sweep_mistakes(options: list[str], message: str, tmp_path: Path) -> None:
    done = efssim_sweep(*options, "--out", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
