"""A study draws its streams one way, that of its first scenario, and says which and how well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.commands import command

import efssim
from efssim.report.figures.files import FigureSvg
from efssim.report.html.studies.plan import plan_page
from efssim.report.text.plan import plan_report
from efssim.scenario.shown.cells_use import streams_in_cells
from efssim.study.run.executors import Workers
from efssim.study.uncertain.batch import SetJob
from efssim.study.uncertain.design import parameter_sets, with_values
from efssim.study.uncertain.plan_summary import set_plan_to_json
from efssim.study.uncertain.planning import SetPlanFindings
from efssim.study.uncertain.running import parameters_of
from efssim.study.varying.drawn_as import drawn_as
from efssim.study.varying.space import parameter
from efssim.study.varying.space import with_values as with_all

PATH = "file_systems.src.writes.w"
GROWTH, SIGMA = f"{PATH}.growth", f"{PATH}.size.lognormal.sigma"
WORLD = """
name: busy
start: 2026-01-01T00:00:00Z
duration: 30 min
file_systems:
  src:
    region: eu-west-1
    writes:
      w:
        arrivals: {poisson: {rate: 100 per s}}
        size: {lognormal: {median: 4 KiB, sigma: 1.5}}
        growth: 0.3
replications:
  dr:
    source: src
    destination: {region: eu-central-1}
    established: true
    sync: {preset: none, interval: 60 s, gap: 0 s, setup: 3 s, throughput: 20 MB/s}
rpo: {target: 2 min}
defaults: {drawn: auto}
"""
ONE = ("--trials", "1", "--workers", "1", "--quiet")
IN_CELLS = "src.w: drawn in cells of 60 s (bytes: within 0.001 of the exact distribution"
NOT_KNOWN = "src.w: drawn in cells of 60 s (bytes: how far is not known of these sizes"


def world(**changes: Any) -> efssim.Scenario:
    return efssim.load(WORLD).with_(changes)


def unknown(path: str, low: object, high: object) -> efssim.Scenario:
    return world(uncertain={path: {"uniform": {"low": low, "high": high}}})


def is_in_cells(scenario: efssim.Scenario) -> bool:
    return PATH in streams_in_cells(scenario)


@pytest.mark.parametrize(("growth", "others"), [(0.3, [0.1, 0.2]), (0.1, [0.3, 100])])
def test_every_point_of_a_sweep_is_drawn_as_its_scenario(growth: float, others: list[Any]) -> None:
    base = efssim.load(WORLD).with_({GROWTH: growth, "duration": "1 min"})
    assert all(is_in_cells(base.with_({GROWTH: o})) is not is_in_cells(base) for o in others)
    swept = efssim.sweep(base, {GROWTH: others}, workers=1)
    assert [is_in_cells(point.trials.scenario) for point in swept.points] == [
        is_in_cells(base)
    ] * len(others)


def test_a_point_with_too_many_single_writes_is_refused() -> None:
    """Ten writes a second in the file are single ones; a tenth of a million, for half an hour."""
    slow = world(**{GROWTH: 0.1})
    assert not is_in_cells(with_all(slow, [(GROWTH, 100)]))
    with pytest.raises(efssim.ScenarioError, match=r"about 180,000,000 writes of .* one by one"):
        with_all(slow, [(GROWTH, 1000)])
    assert is_in_cells(with_all(slow.with_({f"{PATH}.drawn": "cells"}), [(GROWTH, 1000)]))


def test_a_sweep_over_how_streams_are_drawn_draws_them_so_at_any_rate() -> None:
    base = world()
    for vary in ("defaults.drawn", f"{PATH}.drawn"):
        for point in ([(GROWTH, 0.1), (vary, "cells")], [(vary, "cells"), (GROWTH, 0.1)]):
            assert is_in_cells(with_all(base, point))
            assert not is_in_cells(with_all(base, [*point, (vary, "each")]))
    each = world(defaults={"drawn": "each"})
    assert is_in_cells(with_all(each, [("defaults.drawn", "auto")]))


def test_parameter_sets_are_drawn_as_the_scenario_and_say_how_to_repeat_them() -> None:
    scenario = unknown(GROWTH, 0.05, 0.25)
    parameters = parameters_of(scenario)
    sets = parameter_sets(parameters, 1, 4)
    assert all(is_in_cells(with_values(scenario, parameters, each.values)) for each in sets)
    job = SetJob.of(scenario, parameters, sets, 1, Workers(workers=1))
    slow = min(range(4), key=lambda number: sets[number].values)
    assert f" --set {PATH}.drawn=cells" in job.alone(slow)


def set_plan(scenario: efssim.Scenario) -> SetPlanFindings:
    """Return a plan over parameter sets that nobody evaluated."""
    throughput = parameter("replications.dr.sync.throughput")
    given = (scenario, throughput, (1e8, 2e8), 60.0, 0.99, 0.95, 0.95, ("dr",))
    unknown_ones = parameters_of(scenario)
    return SetPlanFindings(
        *given, unknown_ones, False, 10, 10, None, "never", None, (), None, False, False
    )


def test_a_plan_over_parameter_sets_says_what_is_in_cells_over_the_whole_range() -> None:
    scenario = unknown(SIGMA, 1.0, 2.0).with_(duration="2 min")
    plan = set_plan(scenario)
    summary: Any = set_plan_to_json(plan)
    assert summary["cells"][PATH]["distance_at_most"] == 0.001
    heavy = unknown(SIGMA, 1.0, 3.0).with_(duration="2 min")
    found = efssim.run_sets(heavy, 2, 1, workers=1)
    assert found.summary["cells"][PATH]["distance_at_most"] is None


def test_streams_that_a_file_says_how_to_draw_are_left_alone() -> None:
    fast, slow = world(), efssim.load(WORLD).with_({GROWTH: 0.1})
    assert is_in_cells(drawn_as(fast, slow))
    assert not is_in_cells(drawn_as(slow, fast))
    said = slow.with_({f"{PATH}.drawn": "each"})
    assert drawn_as(fast, said) == said
    assert drawn_as(said, fast) == fast
    other = fast.with_(
        {
            "file_systems.src.writes": {
                "v": {"arrivals": {"poisson": {"rate": "1 per s"}}, "size": "1 kB"}
            }
        }
    )
    assert drawn_as(fast, other) == other


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return a scenario above the rate of `auto`, and one below it."""
    fast, slow = tmp_path / "fast.yaml", tmp_path / "slow.yaml"
    fast.write_text(WORLD)
    slow.write_text(WORLD.replace("growth: 0.3", "growth: 0.1").replace("name: busy", "name: calm"))
    return fast, slow


def test_compared_files_are_drawn_as_the_first(files: Any) -> None:
    fast, slow = files
    for first, second, is_expected in ((fast, slow, True), (slow, fast, False)):
        found = command("run", first, second, *ONE, "--format", "json")
        cells = json.loads(found.out)["comparisons"][0].get("cells", {})
        assert list(cells) == (["busy", "calm"] if first is fast else [])
        assert bool(cells) is is_expected
    text = command("run", fast, slow, *ONE, "--out", fast.parent / "out").out
    assert text.count(IN_CELLS) == 2
    assert (fast.parent / "out" / "report.html").read_text().count(IN_CELLS) >= 2


def test_every_study_says_what_is_in_cells_and_whether_that_is_known(files: Any) -> None:
    fast, _ = files
    for vary, words in ("1,2", IN_CELLS), ("1,3", NOT_KNOWN):
        out = fast.parent / vary
        text = command("sweep", fast, "--vary", f"{SIGMA}={vary}", "--out", out, *ONE).out
        assert words in " ".join(text.split())
        assert words in (out / "report.html").read_text()
    sets = fast.parent / "sets.yaml"
    sets.write_text(f"{WORLD}uncertain: {{{SIGMA}: {{uniform: {{low: 1, high: 3}}}}}}\n")
    text = command("run", sets, "--sets", "2", *ONE).out
    assert NOT_KNOWN in " ".join(text.split())


@pytest.mark.parametrize(("high", "words"), [(2, IN_CELLS), (3, NOT_KNOWN)])
def test_plans_say_what_is_in_cells_and_whether_that_is_known(high: float, words: str) -> None:
    given: dict[str, Any] = {"attainment": "50 %", "shares": (), "trials": 10, "workers": 1}
    plan = efssim.plan(world(duration="2 min"), SIGMA, (1, high), **given)
    assert words in " ".join(plan_report(plan, "").split())
    assert (plan.summary["cells"][PATH]["distance_at_most"] is None) is (words is NOT_KNOWN)
    drawn = FigureSvg(*["<svg viewBox='0 0 1 1'></svg>"] * 2)
    assert words in plan_page(plan, {"attainment": drawn}, "")
