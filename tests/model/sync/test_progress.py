"""Progress of a sync in flight and the estimate of its end, by hand."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.worlds import overwriting, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim import Simulation
from efssim.report.text.details import sentences

SIZE = 10_000


def initial(**more: Any) -> Simulation:
    """Return an initial sync: 10 s ENABLING, 5 s setup, 20 s inventory, then 100 s of transfer."""
    sync = {"interval": 60, "setup": 5, "throughput": "100 B/s", "scan_rate": "10 per s"}
    replication = {
        "established": False,
        "control": {"preset": "none", "enabling": 10, "pausing": 5},
        **more.pop("replication", {}),
    }
    spec = scenario(
        {},
        {**sync, **more.pop("sync", {})},
        "1 h",
        200,
        replication=replication,
        file_system={"size": SIZE},
        **more,
    )
    return Simulation(spec, verify=True)


def at(world: Simulation, seconds: float) -> dict[str, Any] | None:
    world.advance(seconds - world.elapsed_s)
    return world.syncs_in_flight().get("dr")


def test_an_initial_sync_by_hand() -> None:
    world = initial()
    assert at(world, 9) is None
    assert at(world, 10) == {
        "initial": True,
        "cut": "2026-01-01T00:00:10.000000Z",
        "bytes": SIZE,
        "bytes_done": 0,
        "bytes_left": SIZE,
        "left_s": 125.0,
        "failed_attempts": 0,
    }
    for seconds, done, left_s in ((12, 0, 123), (30, 0, 105), (35, 0, 100), (60, 2500, 75)):
        found = at(world, seconds)
        assert found is not None
        assert (found["bytes_done"], found["bytes_left"]) == (done, SIZE - done)
        assert found["left_s"] == pytest.approx(left_s)
    assert at(world, 134) is not None
    following = at(world, 135)
    assert following is not None
    assert (following["initial"], following["bytes"]) == (False, 0)
    world.result()


def test_a_regular_sync() -> None:
    stream = overwriting("10 per s", "5 B")
    world = Simulation(scenario({"w": stream}, {"interval": 60, "throughput": "100 B/s"}))
    found = at(world, 70)
    assert found is not None
    assert (found["initial"], found["bytes"], found["bytes_done"]) == (False, 3000, 1000)
    assert found["left_s"] == pytest.approx(20)


def test_nobody_knows_the_end_of_an_outage() -> None:
    world = initial(events=[{"at": 60, "link_outage": "us-east-1 -> us-west-2", "for": 40}])
    found = at(world, 80)
    assert found is not None
    assert (found["bytes_done"], found["left_s"]) == (2500, None)
    found = at(world, 100)
    assert found is not None
    assert (found["bytes_done"], found["left_s"]) == (2500, pytest.approx(75))


def test_a_degraded_link_is_reckoned_with_as_it_is_now() -> None:
    links = {"us-east-1 -> us-west-2": {"capacity": "100 B/s"}}
    event = {"at": 60, "link_degraded": "us-east-1 -> us-west-2", "factor": 0.5, "for": 20}
    world = initial(links=links, events=[event])
    found = at(world, 70)
    assert found is not None
    assert (found["bytes_done"], found["left_s"]) == (3000, pytest.approx(140))
    found = at(world, 80)
    assert found is not None
    assert (found["bytes_done"], found["left_s"]) == (3500, pytest.approx(65))


def test_a_pause_abandons_it() -> None:
    world = initial(events=[{"at": 60, "kms_key_disabled": "dr", "for": 40}])
    assert at(world, 60) is None
    found = at(world, 100)
    assert found is not None
    assert (found["bytes_done"], found["left_s"]) == (0, 125)


def test_no_estimate_knows_that_an_attempt_will_fail() -> None:
    world = initial(sync={"failure_probability": 0.9, "backoff": 300}, seed=3)
    seen = []
    for seconds in range(10, 160, 5):
        found = at(world, seconds)
        assert found is not None
        if found["failed_attempts"]:
            break
        seen.append(found["left_s"])
    assert seen == pytest.approx([125 - 5 * k for k in range(len(seen))])
    assert len(seen) > 1
    # In the backoff all of it is still to be done: the wait that is left, and a whole attempt.
    assert (found["bytes_done"], found["failed_attempts"]) == (0, 1)
    assert 125 + 290 < found["left_s"] < 125 + 300
    later = at(world, world.elapsed_s + 100)
    assert later is not None
    assert later["left_s"] == pytest.approx(found["left_s"] - 100)


@settings(max_examples=30, deadline=None)
@given(st.floats(10, 134.9), st.floats(10, 134.9))
def test_an_undisturbed_estimate_comes_true(first: float, second: float) -> None:
    world = initial()
    for seconds in sorted((first, second)):
        found = at(world, seconds)
        assert found is not None
        assert seconds + found["left_s"] == pytest.approx(135)
        assert 0 <= found["bytes_done"] == SIZE - found["bytes_left"] <= SIZE


def test_a_report_says_how_far_the_initial_sync_is() -> None:
    world = initial(events=[{"at": 80, "region_outage": "us-west-2"}])
    world.advance(60)
    result = world.result()
    said = " ".join(sentences("dr", result.outcomes["dr"], result))
    progress = "Initial sync not complete: 2.44 KiB of 9.77 KiB sent, about 1 min 15 s to go"
    assert f"{progress}; nothing can be recovered yet." in said
    world.advance(60)
    result = world.result()
    said = " ".join(sentences("dr", result.outcomes["dr"], result))
    assert "4.39 KiB of 9.77 KiB sent, without progress at the end;" in said


def test_a_replication_that_is_gone_has_none() -> None:
    world = initial()
    world.advance(60)
    world.call("DeleteReplicationConfiguration", {"SourceFileSystemId": "fs"}, region="us-east-1")
    assert world.syncs_in_flight() == {}
    assert efssim.Simulation(world.scenario).syncs_in_flight() == {}


def test_describe_says_how_a_replication_is_now() -> None:
    world = initial()
    assert at(world, 60) is not None
    found = world.describe()
    assert (found["status"], found["last_replicated"], found["age_s"]) == ("ENABLED", None, None)
    assert found["sync"] == world.syncs_in_flight()["dr"]
    assert at(world, 198) is not None
    # The initial sync was cut at 10 s and complete at 135 s; one of nothing takes 5 s each minute.
    found = world.describe("dr")
    assert found["source_region"] == "us-east-1"
    assert found["age_s"] == 198 - 135
    assert found["last_replicated"] == "2026-01-01T00:02:15.000000Z"
    with pytest.raises(KeyError, match="name one of the replications: dr"):
        world.describe("other")
