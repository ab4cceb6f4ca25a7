"""Two things at one instant, every pair of kinds, against numbers worked out by hand.

The rows are in `helpers/instant_pairs.py`; the order within an instant is a table in docs/model.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest
from helpers.instant_pairs import AGAIN, ALONE, APART, CUT_OFF, KMS, OPTED_OUT, ROWS, Row, lasting
from helpers.instants import (
    DELETE,
    DESTINATION,
    KINDS,
    LINK,
    Changes,
    Json,
    in_window,
    job,
    outcome,
    world_with,
)

from efssim import Scenario
from efssim.cloudwatch.storage import StorageSamples
from efssim.model.kernel.clock import Turn
from efssim.model.world.world import World
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES

# --- the tests ------------------------------------------------------------------------------------


CASES = [
    pytest.param(first, second, found, id=f"{first}, {second}")
    for (first, second), rows in ROWS.items()
    for found in rows
]


@pytest.mark.parametrize("kind", ALONE)
def test_each_kind_alone(kind: str) -> None:
    assert outcome(world_with(kind, None, Changes())) == ALONE[kind]


@pytest.mark.parametrize(("first", "second", "found"), CASES)
def test_two_kinds_at_one_instant(first: str, second: str, found: Row) -> None:
    scenario = world_with(first, second, found.changes)
    assert outcome(scenario) == found.ends, found.why
    if found.window is not None:
        assert in_window(scenario) == found.window, found.why


def test_every_pair_of_kinds_has_a_row() -> None:
    pairs = set(combinations_with_replacement(KINDS, 2))
    assert not pairs - {*ROWS, *APART}
    assert not {*ROWS} & {*APART}
    reversed_pairs = {(second, first) for first, second in pairs}
    assert not {*ROWS, *APART} - pairs - reversed_pairs


# --- further things of the same kinds -------------------------------------------------------------


def opting(lasts: int, at: int, *, out: int, back: int) -> Changes:
    """Return an opt-out that takes effect, and ends, so long after its call and its end."""

    def change(made: Json) -> None:
        times = {"default": False, "opting_out": out, "opting_in": back}
        made["regions"][DESTINATION] = times

    return Changes(events=[lasting(at, OPTED_OUT, lasts)], other=change)


OPT_OUTS = {
    # [60, 60) holds nothing
    "ends when it takes effect": (opting(10, 50, out=10, back=0), "E0 40-50:8 80-90:2"),
    # [60, 55) even less
    "ends before it takes effect": (opting(10, 45, out=15, back=0), "E0 40-50:8 80-90:2"),
    "takes effect": (opting(20, 50, out=10, back=0), "E0 P60 p75 E75 40-50:8 75-85:2"),
    "takes effect and ends at once later": (
        opting(20, 40, out=20, back=10),  # [60, 70)
        "E0 P60 p75 E75 40-50:8 75-85:2",
    ),
    "ends by opting in": (opting(15, 35, out=8, back=10), f"{AGAIN} 60-70:8 100?:2 left=2"),
}


@pytest.mark.parametrize("case", OPT_OUTS)
def test_an_opt_out_that_takes_its_time(case: str) -> None:
    changes, ends = OPT_OUTS[case]
    assert outcome(world_with("window", None, changes)) == ends


ERROR = {"api_error": "DeleteReplicationConfiguration", "code": "InternalServerError"}


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (lasting(60, ERROR), "E0 40-50:8 80-90:2"),  # begins before the call
        (lasting(45, ERROR, 15), "E0 D60 .75 40-50:8 left=2"),  # and ends before it
    ],
)
def test_injected_errors_hold_as_disturbances_do(error: Json, ends: str) -> None:
    changes = Changes(events=[{"at": 60, **DELETE}, error])
    assert outcome(world_with("window", None, changes)) == ends


def test_a_fault_at_an_instant_is_an_event_at_it() -> None:
    def change(made: Json) -> None:
        made["faults"] = {"f": {**CUT_OFF, "every": 60, "for": 25}}

    assert outcome(world_with("instant", None, Changes(other=change))) == "E0 85-85:10"


def test_sizes_are_sampled_after_writes_and_before_cuts() -> None:
    def change(made: Json) -> None:
        made["duration"] = 2000
        made["file_systems"]["a"]["writes"]["w"] = job(900, 1)
        made["replications"]["dr"]["sync"] = {"preset": "none", "interval": 900}

    world = World(world_with("window", None, Changes(other=change)), 1)
    samples = StorageSamples(world)
    world.advance_to(2000)
    found = {
        name: samples.series(system).total.tolist()
        for name in ("a", "dr.destination")
        if (system := world.account.find(name)) is not None
    }
    assert found == {"a": [0, 11, 11], "dr.destination": [0, 0, 11]}


# --- the order of the file, and the ways to simulate ----------------------------------------------

BEGINNING = [kind for kind in KINDS if KINDS[kind][0] is Turn.DISTURBANCE_BEGIN]


def test_what_a_call_brings_about_without_delay_has_happened_when_it_returns() -> None:
    """The initial sync is cut at once, and nothing of the instant is left to happen."""
    control = {"preset": "none", "enabling": 0}
    defaults = {"control": control, "sync": {"preset": "none", "interval": 60, "setup": 5}}
    data = {"file_systems": {"orders": {"region": "us-east-1"}}, "defaults": defaults}
    made = World(Scenario.model_validate({"name": "t", "duration": "1 h", **data}), 1)
    made.advance_to(600.0)
    given: Json = {"SourceFileSystemId": "orders", "Destinations": [{"Region": "us-west-2"}]}
    made.call("CreateReplicationConfiguration", given, "us-east-1")
    assert [(flying.is_initial, flying.cut_s) for _, flying in made.open_syncs()] == [(True, 600.0)]
    assert made.clock.peek() > made.now_s


def test_the_order_of_the_file_does_not_matter_otherwise() -> None:
    for first, second in combinations_with_replacement(BEGINNING, 2):
        if first != second and (second, first) not in ROWS:
            found = ROWS[first, second][0]
            assert outcome(world_with(second, first, found.changes)) == found.ends, (first, second)


def with_slots(made: Json) -> None:
    """Add slots that never run out: each sync is then simulated by itself."""
    made["links"][LINK]["concurrency"] = 1
    made["file_systems"]["y"] = {"region": "us-east-1"}
    never = {"preset": "none", "interval": 10_000}
    made["replications"]["dr9"] = {**made["replications"]["dr"], "source": "y", "sync": never}
    made["replications"]["dr9"].pop("blackouts", None)
    made["replications"]["dr9"]["established"] = True


def by_calendar(made: Json) -> None:
    """Let the capacity fall by a window of a calendar in place of a degradation."""
    events = made["events"]
    slow = [event for event in events if "link_degraded" in event]
    made["events"] = [event for event in events if event not in slow]
    value = made["links"][LINK]["capacity"] * 0.5 ** len(slow)
    window = {"begin": "2026-01-01T00:01:00", "end": "2026-01-02T00:00:00", "value": value}
    made["links"][LINK]["capacity"] = {"base": 0.4, "windows": [window]}


def instead(kind: str, event: Json) -> Callable[[Json], None]:
    """Return a change that puts another disturbance in place of one of a kind."""

    def change(made: Json) -> None:
        for given in made["events"]:
            if given["at"] == 60 and kind in given:
                del given[kind]
                given.update(event)

    return change


STAND_INS: dict[str, tuple[Callable[[Json], None], str | None, tuple[str, ...]]] = {
    "slots": (with_slots, None, ("slot", "share", "slower", "create", "outage")),
    "a calendar": (by_calendar, "slower", ()),
    "an opt-out": (instead("permission_lost", OPTED_OUT), "pause", ("create",)),
    "a key": (instead("permission_lost", KMS), "pause", ("pause", "create")),
    "an outage of the Region": (
        instead("link_outage", {"region_outage": DESTINATION}),
        "stall",
        ("create",),
    ),
}
"""By name: the change, the kind that has to be there (None: any), and those with which it is
another case."""


def stood_in() -> list[Any]:
    return [
        pytest.param(way, first, second, found, id=f"{way}: {first}, {second}")
        for way, (_, kind, others) in STAND_INS.items()
        for (first, second), rows in ROWS.items()
        for found in rows
        if (kind is None or kind in (first, second)) and not {first, second} & {*others}
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("way", "first", "second", "found"), stood_in())
def test_what_stands_in_for_it_ends_alike(way: str, first: str, second: str, found: Row) -> None:
    change, given = STAND_INS[way][0], found.changes.other

    def both(made: Json) -> None:
        if given is not None:
            given(made)
        change(made)

    scenario = world_with(first, second, replace(found.changes, other=both))
    assert outcome(scenario) == found.ends


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second", "found"), CASES)
def test_neither_stretches_nor_steps_matter(first: str, second: str, found: Row) -> None:
    scenario = world_with(first, second, found.changes)
    assert outcome(scenario, longest=1) == found.ends
    assert outcome(scenario, steps=20) == found.ends


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second", "found"), CASES)
def test_the_end_of_the_run_does_not_matter_before_it(first: str, second: str, found: Row) -> None:
    if "end" in (first, second):
        return

    def longer(made: Json) -> None:
        if found.changes.other is not None:
            found.changes.other(made)
        made["duration"] = 1000

    scenario = world_with(first, second, replace(found.changes, other=longer))
    assert outcome(scenario, until_s=100) == found.ends


def test_no_month_of_growth_begins_at_the_end_of_a_run() -> None:
    def change(made: Json) -> None:
        made["file_systems"]["a"]["writes"]["w"] = job(60, 1)

    changes = Changes(other=change)
    assert outcome(world_with("month", "end", changes)) == "E0 40-50:8 left=1"


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second", "found"), CASES)
def test_what_happens_at_the_end_is_what_happens_then(first: str, second: str, found: Row) -> None:
    if (first, second) == ("write", "month"):
        return  # the last instant of a run is of the month before it: see the test above

    def shorter(made: Json) -> None:
        if found.changes.other is not None:
            found.changes.other(made)
        made["duration"], made["warm_up"] = 60, 0
        made["events"] = [event for event in made["events"] if event["at"] <= 60]

    longer = world_with(first, second, found.changes)
    scenario = world_with(first, second, replace(found.changes, other=shorter))
    assert outcome(scenario) == outcome(longer, until_s=60)


# --- the table of the docs ------------------------------------------------------------------------


def table(heading: str) -> dict[str, str]:
    """Return what the first table under a heading has in its second column, by the first."""
    text = Path("docs/model.md").read_text(encoding="utf-8").partition(heading)[2]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .+ \|$", text.partition("\n\nA test")[0], re.M)
    return {first.replace("`", ""): second for first, second in rows}


def test_the_table_of_the_docs_is_the_order_of_the_clock() -> None:
    found = table("## The order within an instant")
    assert [name for name in found if name.isupper()] == [turn.name for turn in Turn]


def test_the_docs_say_which_turn_a_kind_has() -> None:
    found = table("## The order within an instant")
    for turn, words, _ in KINDS.values():
        assert words in (found[turn.name] if turn is not None else found)


def test_every_turn_is_of_a_kind() -> None:
    """But those in which nothing changes: to look, and to ask for a slot that is granted later."""
    assert {*Turn} - {turn for turn, _, _ in KINDS.values()} == {Turn.SAMPLE, Turn.DUE}


OF_THE_GRAMMAR = {
    "opt_out": "pause",
    "kms_key_disabled": "pause",
    "permission_lost": "pause",
    "region_outage": "outage",
    "link_outage": "stall",
    "link_degraded": "slower",
    "fail": "fail",
    "fence": "fence",
    "move_writes": "move",
    "api_error": "delete",  # it touches calls alone: see the test of injected errors
}
"""The kind that each disturbance of the grammar is of."""


def test_every_disturbance_is_of_a_kind() -> None:
    assert {*OF_THE_GRAMMAR} == {kind.name for kind in DISTURBANCES}
    assert {*OF_THE_GRAMMAR.values()} <= {*KINDS}
