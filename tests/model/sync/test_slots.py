"""Syncs that wait for a slot of their link, and first cuts with a phase; all cases by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

import efssim

LINK = "us-east-1 -> eu-west-1"


def scenario(
    parts: Sequence[dict[str, Any]],
    link: dict[str, Any],
    others: Mapping[str, int] | None = None,
    **top: Any,
) -> efssim.Scenario:
    """Return file systems of one write of 60 B a second; a sync sends 100 B a second.

    `others` have sizes, and are not replicated.
    """
    stream = {"arrivals": {"constant": {"rate": "1/s"}}, "size": 60}
    systems: dict[str, Any] = {
        name: {"region": "us-east-1", "size": size} for name, size in (others or {}).items()
    }
    replications = {}
    for name, part in zip("abc", parts, strict=False):
        own = dict(part)
        systems[name] = {"region": "us-east-1", "writes": {"w": stream}, **own.pop("system", {})}
        replications[f"dr-{name}"] = {
            "source": name,
            "destination": {"region": "eu-west-1"},
            "established": True,
            "control": {"preset": "none"},
            "sync": {"preset": "none", "interval": 200, "throughput": 100, **own.pop("sync", {})},
            **own,
        }
    return efssim.load(
        {
            "name": "slots",
            "duration": 1000,
            "links": {LINK: link},
            "file_systems": systems,
            "replications": replications,
            **top,
        }
    )


def spans(world: efssim.Scenario, name: str, count: int = 2) -> list[tuple[float, float]]:
    """Return cut and completion of the first syncs of a replication."""
    found = efssim.run(world, verify=True).outcomes[f"dr-{name}"].syncs
    return list(zip(found["cut_s"].tolist(), found["completed_s"].tolist(), strict=True))[:count]


def waits(world: efssim.Scenario, name: str) -> list[float]:
    """Return how long the first syncs of a replication waited for their slots."""
    table = efssim.run(world).syncs
    return table[table["replication"] == f"dr-{name}"]["waited_s"].tolist()[:2]


ONE = {"concurrency": 1}


def test_syncs_of_one_due_time_go_by_name() -> None:
    world = scenario([{}, {}], ONE)
    # a: 12,000 B to 320; b is cut only then, with 320 s of writes: to 512. a is due at 400.
    assert spans(world, "a") == [(200, 320), (512, 699.2)]  # 312 writes
    assert spans(world, "b", 1) == [(320, 512)]
    assert waits(world, "a") == [0, 112]
    assert waits(world, "b")[0] == 120


def test_an_earlier_due_time_goes_first() -> None:
    world = scenario([{}, {"sync": {"phase": 10}}, {"sync": {"phase": 5}}], ONE)
    # b at 190 for 114 s; c has waited since 195, a since 200
    assert spans(world, "b", 1) == [(190, 304)]
    assert spans(world, "c", 1) == [(304, 486.4)]
    assert spans(world, "a", 1) == [(486.4, 778.0)]  # 486 writes


@pytest.mark.parametrize("most", [2, 3, None])
def test_enough_slots_change_nothing(most: int | None) -> None:
    worlds = scenario([{}, {}], {} if most is None else {"concurrency": most}), scenario([{}], {})
    for name in "ab":
        assert spans(worlds[0], name, 9) == spans(worlds[1], "a", 9)


def test_a_slot_is_held_through_stalls() -> None:
    world = scenario([{}, {}], ONE, events=[{"at": 250, "link_outage": LINK, "for": 100}])
    assert spans(world, "a", 1) == [(200, 420)]
    assert spans(world, "b", 1) == [(420, 672)]


def test_a_stall_keeps_the_place_in_the_queue() -> None:
    """Both are due while the link is down; b, which was due first, is served first."""
    outage = {"at": 100, "link_outage": LINK, "for": 150}
    world = scenario([{}, {"sync": {"phase": 10}}], ONE, events=[outage])
    assert spans(world, "b", 1) == [(250, 400)]
    assert spans(world, "a", 1) == [(400, 640)]
    assert waits(world, "b")[0] == 0
    assert waits(world, "a")[0] == 150


def test_a_sync_without_writes_scans_nothing() -> None:
    writes = {"w": {"arrivals": {"constant": {"rate": "1 per 450 s"}}, "size": 60}}
    system = {"writes": writes, "files": 500}
    scans = {"sync": {"scan_rate": "10 per s"}, "system": system}
    world = scenario([scans, {"sync": {"interval": 100_000}}], ONE)
    # The first write is at 450: 50 s of scan, then 0.6 s to send 60 B.
    assert spans(world, "a", 3) == [(200, 200), (400, 400), (600, 650.6)]


def test_a_slot_is_held_through_backoff() -> None:
    sync = {"failure_probability": 0.999, "backoff": 50, "backoff_max": 50}
    result = efssim.run(scenario([{"sync": sync}, {}], ONE), seed=3)
    assert result.outcomes["dr-a"].open_sync.failed_attempts >= 2
    assert len(result.outcomes["dr-b"].syncs) == 0


def test_a_pause_gives_up_the_slot_and_leaves_the_queue() -> None:
    lost = {"at": 250, "permission_lost": "dr-a", "for": 10}
    world = scenario([{}, {}], ONE, events=[lost])
    # b at once; a is due anew from 260 on, when b is under way: 150 s
    assert spans(world, "b", 1) == [(250, 400)]
    assert spans(world, "a", 1) == [(400, 640)]
    assert efssim.run(world).outcomes["dr-a"].abandoned[0].abandoned_s == 250
    queue = scenario([{}, {}, {}], ONE, events=[{**lost, "permission_lost": "dr-b"}])
    # b was before c in the queue, and comes behind it: c is due since 200, b since 260
    assert spans(queue, "c", 1) == [(320, 512)]
    assert spans(queue, "b", 1)[0][0] == 512


def test_a_deletion_frees_the_slot_and_in_the_end_the_queue() -> None:
    call = {
        "at": 250,
        "call": "DeleteReplicationConfiguration",
        "with": {"SourceFileSystemId": "a"},
    }
    world = scenario([{}, {}], ONE, events=[call])
    assert spans(world, "b") == [(250, 400), (450, 570)]


@pytest.mark.parametrize("link", [{}, ONE, {"capacity": 100}], ids=["free", "slot", "shared"])
def test_a_deletion_after_all_else_of_an_instant_undoes_its_cut(link: dict[str, Any]) -> None:
    """A cut comes last in its instant, so what a script does then comes before it."""
    simulation = efssim.Simulation(scenario([{}, {}], link), verify=True)
    simulation.advance(200)
    which = {"SourceFileSystemId": "a"}
    simulation.call("DeleteReplicationConfiguration", which, region="us-east-1")
    simulation.advance(200)
    found = simulation.result().outcomes
    assert not found["dr-a"].abandoned
    assert [found["dr-b"].syncs[key].tolist() for key in ("cut_s", "completed_s")] == [[200], [320]]


def test_a_replication_that_comes_makes_a_planned_sync_hold_its_slot() -> None:
    call = {
        "at": 250,
        "call": "CreateReplicationConfiguration",
        "region": "us-east-1",
        "with": {"SourceFileSystemId": "b", "Destinations": [{"Region": "eu-west-1"}]},
    }
    none = {"preset": "none"}
    defaults = {"sync": {**none, "interval": 200, "throughput": 100}, "control": none}
    world = scenario([{}], ONE, {"b": 1000}, events=[call], defaults=defaults)
    found = efssim.run(world, verify=True).outcomes
    assert found["dr-a"].syncs["completed_s"].tolist()[0] == 320
    new = found["b-replication-1"].syncs  # its initial sync waits until then
    assert (new["cut_s"].tolist()[0], new["completed_s"].tolist()[0]) == (320, 330)


def test_slots_and_shares_together() -> None:
    world = scenario([{}, {}, {}], {"concurrency": 2, "capacity": 100})
    # a and b with 50 B/s: 12,000 B in 240 s; then c with a, which is back at once
    assert spans(world, "a", 1) == [(200, 440)]
    assert spans(world, "b", 1) == [(200, 440)]
    assert spans(world, "c", 1)[0][0] == 440


@pytest.mark.parametrize(("phase", "first"), [(0, 200), (50, 150), (199.5, 0.5)])
def test_a_phase_moves_the_first_cut(phase: float, first: float) -> None:
    cuts = [cut for cut, _ in spans(scenario([{"sync": {"phase": phase}}], {}), "a")]
    assert cuts == [first, first + 200]


@pytest.mark.parametrize("phase", [200, 300])
def test_a_phase_is_below_the_interval(phase: float) -> None:
    with pytest.raises(efssim.ScenarioError, match="phase has to be below the interval, 200 s"):
        scenario([{"sync": {"phase": phase}}], {})


@pytest.mark.parametrize("count", [0, -1, 1.5])
def test_a_number_of_slots_is_above_0(count: float) -> None:
    with pytest.raises(efssim.ScenarioError, match="concurrency"):
        scenario([{}], {"concurrency": count})


def test_no_closed_form_is_known_of_waiting_and_sharing() -> None:
    for link, words in ((ONE, "wait for a slot"), ({"capacity": 100}, "is shared")):
        estimate = efssim.estimate(scenario([{}, {}], link))
        assert estimate.summary["replications"]["dr-a"]["rpo_met"] is None
        assert words in str(estimate.summary["replications"]["dr-a"]["rpo_reasons"])
