"""efssim against a second model: every number of the summary, on random scenarios.

The second model (tests/independent_model) was written from the documentation alone. Where the two
disagree one of them is wrong; which one, the documentation says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from helpers.instant_pairs import ROWS
from helpers.instants import Changes, world_with
from independent_model import World, differences, statuses, summarise, thresholds
from independent_model.calendars import steps
from independent_model.coverage import NOT_COVERED, is_listed, keys_of, keys_of_schema
from independent_model.scenarios import Json, crowded_scenario, random_scenario, throttled_scenario
from search.checks.models import unknown
from search.drawn import draw
from search.trial import try_out

import efssim
from efssim import Result, Scenario

COUNT, BATCH = 500, 50


Make = Callable[[int, Path], Json]


def disagreement(seed: int, folder: Path, make: Make = random_scenario) -> str:
    """Return what differs in a scenario, if anything."""
    scenario = Scenario.model_validate(make(seed, folder))
    world, result = World(scenario).run(), efssim.run(scenario)
    if make is crowded_scenario and not (world.is_exact and is_exact(result)):
        return ""
    assert not world.agenda.near_ties, "all times lie on the grid"
    found = compared(result, scenario, world)
    return "\n  ".join([f"{make.__name__}({seed}):", *found]) if found else ""


def is_exact(result: Result) -> bool:
    """Return whether no time in violation is beside the grid by rounding alone.

    A share of a fifth is no float: what falls on one instant may come a last bit apart. What is
    further from the grid than rounding can take it is compared.
    """
    parts = result.summary["replications"].values()
    beside = [part["rpo"]["violation_s"] * 2**20 % 1 for part in parts]
    return not any(0 < min(part, 1 - part) < 1e-3 for part in beside)


def compared(result: Result, scenario: Scenario, world: World) -> list[str]:
    """Return what differs between efssim and a world at its end."""
    ours = summarise(world)
    return [
        *differences(ours, result.summary["replications"]),
        *differences(by_ordinal(thresholds(world, ours)), judged(result), "thresholds"),
        *differences(by_ordinal(statuses(world)), changes(result, scenario), "statuses"),
    ]


def by_ordinal(rows: list[Any]) -> dict[str, Any]:
    return {str(ordinal): row for ordinal, row in enumerate(rows)}


def judged(result: Result) -> dict[str, Any]:
    """Return the outcomes of thresholds."""
    rows = result.summary.get("thresholds", [])
    return by_ordinal([{key: row[key] for key in ("threshold", "outcome")} for row in rows])


def changes(result: Result, scenario: Scenario) -> dict[str, Any]:
    """Return the table of statuses: name, time in seconds and status."""
    table = result.statuses
    times = [(time - scenario.start).total_seconds() for time in table["time"]]
    to = [None if text is None or text != text else text for text in table["to"]]
    return by_ordinal(list(zip(table["replication"], times, to, strict=True)))


def agree(seeds: range, folder: Path, make: Make = random_scenario) -> None:
    found = [text for seed in seeds if (text := disagreement(seed, folder, make))]
    assert not found, f"{len(found)} of {len(seeds)} differ\n" + "\n".join(found)


@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_both_models_give_every_number_alike(first: int, tmp_path: Path) -> None:
    agree(range(first, first + BATCH), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(10_000, 30_000, 1000))
def test_both_models_give_every_number_alike_in_many_scenarios(first: int, tmp_path: Path) -> None:
    agree(range(first, first + 1000), tmp_path)


@pytest.mark.parametrize("first", range(0, 200, BATCH))
def test_both_models_throttle_alike(first: int, tmp_path: Path) -> None:
    agree(range(first, first + BATCH), tmp_path, throttled_scenario)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(200, 5200, 500))
def test_both_models_throttle_alike_in_many_scenarios(first: int, tmp_path: Path) -> None:
    agree(range(first, first + 500), tmp_path, throttled_scenario)


def test_both_models_share_links_alike(tmp_path: Path) -> None:
    agree(range(25), tmp_path, crowded_scenario)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 21_000, 1000))
def test_both_models_share_links_alike_in_many_scenarios(first: int, tmp_path: Path) -> None:
    agree(range(first, first + 1000), tmp_path, crowded_scenario)


INSTANTS = [
    pytest.param(first, second, found.changes, id=f"{first}, {second}")
    for (first, second), rows in ROWS.items()
    for found in rows
    if "retry" not in (first, second)  # whether an attempt fails is drawn
]


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second", "changes"), INSTANTS)
def test_both_models_agree_at_an_instant(first: str, second: str, changes: Changes) -> None:
    scenario = world_with(first, second, changes)
    assert not compared(efssim.run(scenario), scenario, World(scenario).run())


def test_few_scenarios_are_left_out_as_they_are_not_exact(tmp_path: Path) -> None:
    scenarios = [Scenario.model_validate(crowded_scenario(seed, tmp_path)) for seed in range(25)]
    assert sum(World(scenario).run().is_exact for scenario in scenarios) >= 20


# --- what is covered ------------------------------------------------------------------------------


def test_every_key_of_the_grammar_is_covered_or_listed(tmp_path: Path) -> None:
    known, met = keys_of_schema(efssim.Scenario.model_json_schema()), set[str]()
    for seed in range(80):
        for make in (random_scenario, throttled_scenario, crowded_scenario):
            met.update(keys_of(make(seed, tmp_path), known))
    for seed in range(500):
        data = draw(seed, tmp_path).data
        if not unknown(data):
            met.update(keys_of(data, known))
    assert {key for key in known if not is_listed(key)} == {k for k in met if not is_listed(k)}
    assert all(any(key.startswith(listed) for key in known) for listed in NOT_COVERED)


# --- what is drawn ----------------------------------------------------------------------------


@pytest.mark.parametrize("first", range(0, 120, 30))
def test_both_models_agree_on_what_is_drawn(first: int, tmp_path: Path) -> None:
    """Compare drawn scenarios, the draws given to the second model; the search makes thousands."""
    found, made = [], 0
    for seed in range(first, first + 30):
        tried = try_out(draw(seed, tmp_path).data, seed, tmp_path, "second model")
        made += tried.made == ["second model"]
        found += [] if tried.failure is None else [(seed, *tried.failure.problems)]
    assert not found
    assert made >= 15


# --- the scenarios go where it matters ----------------------------------------------------------


def corners(world: World) -> Iterator[str]:
    """Yield what a scenario has that a model may get wrong."""
    scenario = world.scenario
    begin_s, end_s = scenario.warm_up, scenario.duration
    target_s = scenario.rpo.target
    for replication in world.replications.values():
        if begin_s:
            yield from at_the_begin(replication, begin_s)
        completed = [done.completed_s for done in replication.syncs]
        ages = [b.completed_s - a.cut_s for a, b in pairwise(replication.syncs)]
        if target_s in ages:
            yield "an age exactly at the target"
        if end_s in completed:
            yield "a completion exactly at the end"
        if {write.time_s for write in replication.writes} & set(completed):
            yield "a write at the instant of a completion"
        if {done.cut_s for done in replication.syncs[1:]} & set(completed):
            yield "a cut at the instant of a completion"
        rates = replication.timing.throughput, world.scheduled_capacity(replication)
        edges = {at_s for rate in rates for at_s, _ in steps(rate, scenario.start, end_s)[1:]}
        if any(
            done.cut_s < edge < done.completed_s for done in replication.syncs for edge in edges
        ):
            yield "a rate that changes in a sync"
        if replication.abandoned:
            yield "an abandoned sync"
        if replication.lost_at_deletion:
            yield "bytes lost at a deletion"
        if replication.discarded:
            yield "discarded writes"
        if "-replication-" in replication.name and replication.syncs:
            yield "an initial sync of a replication that was created later"
        yield from (f"dropped: {drop.cause}" for drop in replication.drops)
        yield from (f"status {status}" for _, status in replication.statuses)
        yield "diverging" if summarise(world)[replication.name]["syncs"]["diverging"] else "stable"


def at_the_begin(replication: Any, begin_s: float) -> Iterator[str]:
    if begin_s in [write.time_s for write in replication.writes]:
        yield "a write at the begin of the window"
    if begin_s in [done.completed_s for done in replication.syncs]:
        yield "a completion at the begin of the window"
    if begin_s in [drop.time_s for drop in replication.drops]:
        yield "a dropped write at the begin of the window"
    if begin_s in [each.abandoned_s for each in replication.abandoned]:
        yield "an abandoned sync at the begin of the window"


CORNERS = {
    "a write at the begin of the window": 20,
    "a completion at the begin of the window": 10,
    "a dropped write at the begin of the window": 10,
    "an abandoned sync at the begin of the window": 10,
    "an age exactly at the target": 20,
    "a completion exactly at the end": 20,
    "a write at the instant of a completion": 50,
    "a cut at the instant of a completion": 100,
    "a rate that changes in a sync": 20,
    "an abandoned sync": 50,
    "bytes lost at a deletion": 50,
    "discarded writes": 20,
    "an initial sync of a replication that was created later": 50,
    "dropped: region_outage": 20,
    "dropped: read_only": 50,
    "dropped: fail": 10,
    "status PAUSED": 50,
    "status ERROR": 10,
    "status None": 50,
    "diverging": 20,
}
"""Of `COUNT` scenarios at least so many have it."""


def test_the_scenarios_reach_every_corner(tmp_path: Path) -> None:
    found: Counter[str] = Counter()
    for seed in range(COUNT):
        scenario = Scenario.model_validate(random_scenario(seed, tmp_path))
        found.update(set(corners(World(scenario).run())))
    print(found)
    rare = {corner: found[corner] for corner, least in CORNERS.items() if found[corner] < least}
    assert not rare


def test_the_throttled_scenarios_throttle(tmp_path: Path) -> None:
    found: Counter[str] = Counter()
    for seed in range(200):
        world = World(Scenario.model_validate(throttled_scenario(seed, tmp_path))).run()
        parts = [part.get("throttled") for part in summarise(world).values()]
        known = [part for part in parts if part is not None]
        found["late"] += any(part["writes"] for part in known)
        found["waiting at the end"] += any(part["waiting_bytes"] for part in known)
        found["no credits"] += any(part["credits_min_bytes"] == 0 for part in known)
    print(found)
    assert min(found["late"], found["waiting at the end"], found["no credits"]) >= 25
