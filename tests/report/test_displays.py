"""Tests of what Jupyter shows: verdicts, tables for people, escaped and the same every time."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from helpers.places import SCENARIOS
from helpers.worlds import constant, poisson, scenario

import efssim
from efssim.scenario import Scenario

ROUGH = '<script>alert("x")</script>&'
INTERVAL = "replications.dr.sync.interval"


class Page(HTMLParser):
    """The tags and the texts of a display; fails where tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._open: list[str] = []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._open.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.cells.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.cells)


def random_world(**top: Any) -> Scenario:
    sync = {"interval": "60 s", "setup": {"exponential": {"mean": "5 s"}}, "throughput": "20 MiB/s"}
    stream = poisson("1 per s", {"exponential": {"mean": "1 MiB"}})
    return scenario({"app": stream}, sync, "2 h", **top)


def rough() -> Scenario:
    """Return a scenario whose names are markup."""
    world = {
        "name": "rough",
        "description": ROUGH,
        "duration": "1 h",
        "file_systems": {ROUGH: {"region": "us-east-1", "writes": {ROUGH: constant()}}},
        "replications": {
            ROUGH: {
                "source": ROUGH,
                "destination": {"region": "us-west-2"},
                "established": True,
            }
        },
        "faults": {ROUGH: {"fail": ROUGH, "every": "1 day"}},
        "events": [{"at": "30 min", "kms_key_disabled": ROUGH, "for": "1 min"}],
    }
    return Scenario.model_validate(world)


MAKERS: dict[str, Callable[[Scenario], Any]] = {
    "scenario": lambda world: world,
    "result": efssim.run,
    "trials": lambda world: efssim.run_trials(world, 2, workers=1),
    "plan": lambda world: efssim.plan(
        world, f'replications."{next(iter(world.replications))}".sync.interval'.replace(
            f'"{ROUGH}"', '"' + ROUGH.replace('"', '\\"') + '"'
        ), ("1 min", "2 min"), workers=1, trials=10
    ),
    "sweep": lambda world: efssim.sweep(world, {"rpo.target": ["1 min", "2 min"]}, 2, workers=1),
    "comparison": lambda world: efssim.compare(
        efssim.run_trials(world, 2, workers=1), efssim.run_trials(world, 2, workers=1)
    ),
    "estimate": efssim.estimate,
}  # fmt: skip


@pytest.mark.parametrize("kind", MAKERS)
def test_displays_are_escaped_neutral_and_the_same_every_time(kind: str) -> None:
    found = [MAKERS[kind](rough()) for _ in range(2)]
    html = found[0]._repr_html_()
    assert html == found[1]._repr_html_()
    page = Page(html)
    assert "table" in page.tags
    assert set(page.tags) <= {
        "div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"
    }  # fmt: skip
    assert not re.search(r"colou?r|background|id=|<script", html.replace(ROUGH, ""))
    assert repr(found[0]).startswith("<efssim.")
    assert len(repr(found[0])) < 300


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_scenario_has_a_display(file: Path) -> None:
    world = efssim.load(file)
    page = Page(world._repr_html_())
    assert page.cells[0] == world.name
    once = world.once  # a fleet has one row, as `dr[1 to 12]`
    names = [*once.file_systems, *once.replications, *once.faults]
    assert set(names) <= {cell.removesuffix("[1 to 12]") for cell in page.cells}


def test_a_scenario_at_a_glance() -> None:
    page = Page(efssim.load(SCENARIOS / "region-opt-out.yaml")._repr_html_())
    assert page.cells[0] == "region-opt-out"
    assert (
        "2026-01-01 00:00 to 2026-01-05 00:00 UTC (4 days, 1 h of it warm-up), seed 1. "
        "RPO: age at most 15 min for 99 % of the time." in page.cells
    )
    for row in (
        ["orders", "us-east-1", "oltp", "poisson, 20 per s of 789 KiB on average (lognormal)"],
        ["dr", "orders", "eu-south-1", "established", "1 min", "214 MiB/s"],
        ["2026-01-03 00:00", "opt out: eu-south-1", "6 h"],
        ["replications.dr.sync.throughput", "214 MiB/s"],
    ):
        at = next(k for k in range(len(page.cells)) if page.cells[k : k + len(row)] == row)
        assert at > 1
    assert "14 parameters are assumed, as AWS does not publish them" in page.cells


def test_a_scenario_of_nothing_much() -> None:
    page = Page(Scenario(name="none", duration=60)._repr_html_())
    assert "table" not in page.tags
    world = Scenario.model_validate(
        {
            "name": "a",
            "duration": 60,
            "file_systems": {"fs": {"region": "us-east-1"}},
            "events": [{"at": k / 10, "fail": "fs"} for k in range(60)],
        }
    )
    page = Page(world._repr_html_())
    assert "nothing is written" in page.cells
    assert "and 10 more" in page.cells


def test_a_result_shows_verdict_lags_violations_and_digest() -> None:
    result = efssim.run(random_world(rpo={"target": "65 s"}))
    page, summary = Page(result._repr_html_()), result.summary["replications"]["dr"]
    assert page.cells[0] == "dr:"
    assert page.cells[1].startswith(" RPO MISSED (age at most 1 min 5 s for 99.9 %): held for")
    at = page.cells.index("write lag")
    assert page.cells[at + 1] == f"{summary['write_lag_s']['mean']:.1f} s"
    assert any(text.startswith(f"{summary['rpo']['violations']} violations") for text in page.cells)
    assert page.cells[-1] == f"test, seed 1, digest {result.digest}"
    assert "no replication" in efssim.run(Scenario(name="none", duration=60))._repr_html_()


def test_trials_show_verdict_and_intervals() -> None:
    trials = efssim.run_trials(random_world(), 4, workers=1)
    page = Page(trials._repr_html_())
    assert page.cells[0] == "dr:"
    assert page.cells[1].startswith(" RPO NOT DECIDED (age at most 15 min for 99.9 %)")
    assert "± (95 %)" in page.cells
    low, high = trials.summary["ci95"]["dr"]["time_since_last_sync_s"]["mean"]
    at = page.cells.index("time since last sync (age)")
    assert page.cells[at + 2] == f"{(high - low) / 2:.2g} s"
    assert page.cells[-1] == "test, seed 1, 4 trials; quantiles are of all together"


def test_a_plan_shows_its_answer_and_every_evaluation() -> None:
    # Of 90 %, which takes few trials.
    plan = efssim.plan(
        random_world(), INTERVAL, ("5 min", "1 h"), attainment=0.9, workers=1, trials=10
    )
    page = Page(plan._repr_html_())
    assert page.cells[0] == f"{plan.text}."
    assert page.tags.count("tr") == 1 + len(plan.evaluations)


def test_a_sweep_shows_a_row_for_each_combination_up_to_a_limit() -> None:
    world = scenario({"w": constant()}, {"interval": "60 s"}, "10 min")
    sweep = efssim.sweep(world, {INTERVAL: f"1min..5min:{65}"}, 1, workers=1)
    page = Page(sweep._repr_html_())
    assert page.tags.count("tr") == 1 + 60
    assert "… and 5 more" in page.cells
    # Nothing is drawn, so that one run shows it.
    assert page.cells[:2] == [
        "Each of 65 combinations is shown to meet the RPO objective of dr (age at most 15 min for "
        "99.9 %).",
        "dr: time_since_last_sync_s.mean",
    ]


def test_a_sweep_of_one_value_at_a_time_shows_which_is_varied() -> None:
    world = scenario({"w": constant()}, {"interval": "60 s"}, "10 min")
    varied = {INTERVAL: ["2 min"], "rpo.target": ["1 h"]}
    sweep = efssim.sweep(world, varied, 1, one_at_a_time=True, workers=1)
    cells = Page(sweep._repr_html_()).cells
    first = cells.index("-")
    assert cells[first : first + 2] == ["-", "-"]
    assert cells.index("2 min") + 1 == cells.index("-", cells.index("2 min"))


def test_a_comparison_shows_changes() -> None:
    first, second = (
        efssim.run_trials(random_world().with_(changes), 3, workers=1)
        for changes in ({}, {INTERVAL: "120 s"})
    )
    page = Page(efssim.compare(first, second)._repr_html_())
    at = page.cells.index("time_since_last_sync_s.mean")
    assert re.fullmatch(r"\+[0-9.]+ % \[\+[0-9.]+, \+[0-9.]+\]", page.cells[at + 3])
