"""Law 8 against records that break it, and on runs in which every state of a write occurs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers.worlds import constant, numbers, scenario, simulate

from efssim import Scenario, Simulation
from efssim.records import laws
from efssim.records.columns import Columns
from efssim.records.run_records import SYNC_COLUMNS
from efssim.records.states import Amount, States
from efssim.records.stored import Stored

DELETE = {"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}}


def create(source: str, destination: str) -> dict[str, Any]:
    given = {"SourceFileSystemId": source, "Destinations": [{"FileSystemId": destination}]}
    home = {"fs": "us-east-1", "copy": "us-west-2"}[source]
    return {
        "call": "CreateReplicationConfiguration",
        "with": given,
        "region": home,
        "expect": "ok",
    }


def unprotect(name: str) -> dict[str, Any]:
    given = {"FileSystemId": name, "ReplicationOverwriteProtection": "DISABLED"}
    return {"call": "UpdateFileSystemProtection", "with": given, "expect": "ok"}


def world(*events: dict[str, Any], until: float = 400, **replication: Any) -> Scenario:
    """1,000 B/s on both sides; syncs take no time, and nor does the control plane."""
    none = {"preset": "none"}
    return scenario(
        {"w": constant()},
        {"interval": 60},
        until,
        replication={"destination": {"file_system": "copy"}, "control": none, **replication},
        others={"copy": {"region": "us-west-2", "writes": {"w": constant()}}},
        events=list(events),
        defaults={"sync": {"preset": "none", "interval": 60}, "control": none},
    )


def states(simulation: Simulation, name: str) -> tuple[int, ...]:
    """Return how many writes of a file system are unreplicated, pending, published, discarded."""
    found = simulation._world.account.find(name)
    assert found is not None
    told = simulation._world.account.stored(found).states
    parts = (told.unreplicated, told.pending, told.published, told.discarded)
    assert all(part.bytes == 1000 * part.writes for part in parts)
    return tuple(part.writes for part in parts)


def test_every_state_by_hand() -> None:
    """The configuration is gone at 150 s, comes back the other way at 200 s, and is gone at 300 s.

    Cuts are at 60 s and 120 s, then on the way back at 200 s and 260 s.
    """
    back = create("copy", "fs")
    gone = {**DELETE, "with": {"SourceFileSystemId": "copy"}, "region": "us-west-2"}
    events = [
        {"at": 150, **DELETE},
        {"at": 200, **unprotect("fs")},
        {"at": 200, **back},
        {"at": 300, **gone},
    ]
    simulation = Simulation(world(*events), verify=True)
    seen = {}
    for until in (59, 100, 150, 199, 200, 259, 299, 300, 400):
        simulation.advance(until - simulation.elapsed_s)
        seen[until] = states(simulation, "fs"), states(simulation, "copy")
        simulation.result()  # which checks the laws
    assert seen == {
        59: ((0, 59, 0, 0), (0, 0, 0, 0)),
        100: ((0, 40, 60, 0), (0, 0, 0, 0)),
        150: ((30, 0, 120, 0), (0, 0, 0, 0)),
        199: ((79, 0, 120, 0), (49, 0, 0, 0)),
        # what the old source had for itself is discarded, what the replica has is sent
        200: ((0, 0, 120, 80), (0, 0, 50, 0)),
        259: ((0, 0, 120, 80), (0, 59, 50, 0)),
        299: ((0, 0, 120, 80), (0, 39, 110, 0)),
        300: ((0, 0, 120, 80), (40, 0, 110, 0)),
        400: ((100, 0, 120, 80), (140, 0, 110, 0)),
    }


def test_what_was_never_replicated_is_pending_in_the_next_configuration() -> None:
    events = [
        {"at": 150, **DELETE},
        {"at": 200, **unprotect("copy"), "region": "us-west-2"},
        {"at": 200, **create("fs", "copy")},
    ]
    slow = {"sync": {"preset": "none", "interval": 60, "setup": 50}}
    base = world(*events)
    simulation = Simulation(
        base.with_({"defaults.sync": slow["sync"]}),
        verify=True,
    )
    simulation.advance(240)
    assert states(simulation, "fs") == (0, 120, 120, 0)
    assert states(simulation, "copy") == (0, 0, 0, 50)
    simulation.advance(10)  # the initial sync of 200 s is complete
    assert states(simulation, "fs") == (0, 50, 200, 0)
    simulation.result()


def test_deleting_before_the_initial_sync_loses_what_was_found_too() -> None:
    """Created at 200 s with 80 writes left from before, deleted at 230 s, before its first sync."""
    events = [
        {"at": 150, **DELETE},
        {"at": 200, **unprotect("copy"), "region": "us-west-2"},
        {"at": 200, **create("fs", "copy")},
        {"at": 230, **DELETE},
    ]
    base = world(*events)
    result = simulate(base.with_({"defaults.control": {"preset": "none", "enabling": 60}}))
    found = result.summary["replications"]
    assert found["dr"]["pending_bytes"]["lost_at_deletion"] == 30_000
    again = found["fs-replication-1"]
    assert again["pending_bytes"]["lost_at_deletion"] == 110_000
    assert again["discarded"]["writes"] == 50


# --- records that break it --------------------------------------------------------------------


def broken(change: Callable[[Simulation], None]) -> str:
    """Return what the checker says after a change of a run's records."""
    events = [{"at": 150, **DELETE}, {"at": 200, **unprotect("fs")}]
    events.append({"at": 200, **create("copy", "fs")})
    simulation = Simulation(world(*events, until=300), verify=True)
    simulation.advance_to_end()
    simulation.result()
    change(simulation)
    with pytest.raises(laws.LawViolation, match="law 8") as caught:
        simulation._check_conservation(dict.fromkeys(simulation._logs))
    return str(caught.value)


def _with_column(name: str, column: str) -> Callable[[Simulation], None]:
    def change(simulation: Simulation) -> None:
        records = simulation._world.records(name)
        columns = [records.syncs[key].copy() for key in SYNC_COLUMNS]
        columns[list(SYNC_COLUMNS).index(column)][-1] += 1
        records.syncs = Columns(SYNC_COLUMNS)
        records.syncs.extend(columns)

    return change


@pytest.mark.parametrize("column", ["source_bytes", "source_files"])
@pytest.mark.parametrize(("name", "source"), [("dr", "fs"), ("copy-replication-1", "copy")])
def test_a_wrong_size_at_a_cut(name: str, source: str, column: str) -> None:
    what = {"source_bytes": "size", "source_files": "files"}[column]
    assert f"{what} of {source} at the cuts of {name}" in broken(_with_column(name, column))


def _told(**changes: Any) -> Callable[[Simulation], None]:
    def change(simulation: Simulation) -> None:
        account, honest = simulation._world.account, simulation._world.account.stored

        def lie(part: Any) -> Stored:
            told = honest(part)
            if part.name != "copy":
                return told
            states = {key: value for key, value in changes.items() if hasattr(told.states, key)}
            others = {key: value for key, value in changes.items() if key not in states}
            return replace(told, states=replace(told.states, **states), **others)

        account.stored = lie  # type: ignore[method-assign] - what the checker is told

    return change


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"size_bytes": 1}, "copy has what was written, now"),
        ({"files": 1}, "copy has the files that were made, now"),
        ({"unreplicated": Amount(1, 1000)}, "unreplicated writes of copy"),
        ({"pending": Amount(39, 40_000)}, "pending writes of copy"),
        ({"published": Amount(110, 110_001)}, "published writes of copy"),
        ({"discarded": Amount(1, 1000)}, "discarded writes of copy"),
    ],
)
def test_wrong_sums(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in broken(_told(**changes))


def test_a_write_that_vanishes() -> None:
    def change(simulation: Simulation) -> None:
        simulation._unpublished["fs"].parts.clear()

    assert "law 8" in broken(change)


def test_wrong_words_about_what_was_discarded() -> None:
    def amount(simulation: Simulation) -> None:
        records = simulation._world.records("copy-replication-1")
        records.discarded = replace(records.discarded, amount=Amount(80, 79_000))

    def first(simulation: Simulation) -> None:
        records = simulation._world.records("copy-replication-1")
        records.discarded = replace(records.discarded, first_s=122.0)

    def lost(simulation: Simulation) -> None:
        simulation._world.records("dr").lost = Amount(31, 31_000)

    assert "writes discarded by copy-replication-1" in broken(amount)
    assert "times discarded by copy-replication-1" in broken(first)
    assert "what dr lost at deletion" in broken(lost)


def test_states_add_up_to_what_was_made() -> None:
    part = Amount(1, 10)
    assert States(part, part, part, part).made == Amount(4, 40)


# --- disturbances of no length, syncs of no duration ------------------------------------------


@pytest.mark.parametrize("duration", [50, 51, 60, 100, 10_000])
@pytest.mark.parametrize(
    "event",
    [
        {"kms_key_disabled": "dr", "for": 20},
        {"permission_lost": "dr", "for": 20},
        {"link_outage": "us-east-1 -> us-west-2", "for": 20},
        {"region_outage": "us-east-1", "for": 20},
        {"opt_out": "us-west-2", "for": 20},
        {"fail": "fs"},
        DELETE,
    ],
)
def test_a_sync_of_no_duration_is_not_cut_at_the_begin_of_a_disturbance(
    event: dict[str, Any], duration: float
) -> None:
    simple = scenario(
        {},
        {"interval": 50},
        duration,
        events=[{"at": 50, **event}],
        regions={"us-west-2": {"default": False}},
        replication={"control": {"preset": "none", "deleting": 300}},
    )
    simulation = Simulation(simple, verify=True)
    simulation.advance(50)
    found = numbers(simulation.result())
    assert found["syncs"]["completed"] == 0
    assert found["last_replicated_timestamp"] == "2026-01-01T00:00:00.000000Z"


@pytest.mark.parametrize("duration", [50, 60, 100])
def test_undisturbed_it_is_cut_and_complete_at_once(duration: float) -> None:
    simulation = Simulation(scenario({}, {"interval": 50}, duration), verify=True)
    simulation.advance(50)
    assert numbers(simulation.result())["syncs"]["completed"] == 1


@pytest.mark.parametrize(
    ("region", "lasts", "paused"),
    [
        ({"opting_out": 600}, 600, False),
        ({"opting_out": 600}, 601, True),
        ({"opting_out": 600, "opting_in": 1}, 600, True),
        ({"opting_out": 600, "opting_in": 100}, 500, False),
        ({"opting_out": 600, "opting_in": 100}, 499, False),
    ],
)
def test_an_opt_out_that_ends_when_it_takes_effect_does_nothing(
    region: dict[str, Any], lasts: float, paused: bool
) -> None:
    opted = scenario(
        {},
        {"interval": 60},
        "1 h",
        events=[{"at": 100, "opt_out": "us-west-2", "for": lasts}],
        regions={"us-west-2": {"default": False, **region}},
        replication={"control": {"preset": "efs"}},
    )
    result = simulate(opted)
    assert (len(result.statuses) > 1) is paused
    assert (len(result.events) > 0) is paused


def test_a_fault_of_no_length_does_nothing() -> None:
    fault = {"kms_key_disabled": "dr", "every": 100, "for": {"empirical": {"values": [0]}}}
    result = simulate(scenario({}, {"interval": 60}, "1 h", faults={"key": fault}))
    assert len(result.statuses) == 1
    assert not len(result.events)
    assert np.isclose(numbers(result)["time_since_last_sync_s"]["max"], 60)
