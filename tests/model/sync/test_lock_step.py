"""Loops that are run together: each has the syncs that it has alone, and as many."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.worlds import poisson, scenario

from efssim import Scenario
from efssim.model.sync import lock_step
from efssim.model.sync.lone_loop import LoneLoop
from efssim.model.world.world import World
from efssim.records.run_records import ReplicationRecords


def scenario_of(size: Any, throughput: Any = 5000) -> Scenario:
    """Return an hour of two writes a second of some size."""
    sync = {"gap": 5, "setup": 5, "throughput": throughput}
    return scenario({"app": poisson("2 per s", size)}, sync, "1 h")


SMALL = scenario_of({"exponential": {"mean": 300}})


def prepared(trial: int, of: Scenario = SMALL) -> LoneLoop:
    """Return the loop with which a trial waits for the others."""
    world = World(of, 7, lambda _: ReplicationRecords(), trial)
    world.clock.pauses = True
    next(world.advancing_to(of.duration))
    (loop,) = world.prepared()
    return loop


@pytest.mark.parametrize("rows", [3, 512])
def test_no_loop_ends_sooner_than_alone(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_step, "_ROWS", rows)
    together = [prepared(trial) for trial in range(lock_step.LEAST)]
    lock_step.run_together(together)
    for trial, loop in enumerate(together):
        alone = prepared(trial)
        alone.run()
        assert loop.count == alone.count > 2 * 3
        assert loop.is_over
        assert loop.cut_s == alone.cut_s
        assert loop.cuts_s.tobytes() == alone.cuts_s.tobytes()
        assert loop.completed_s.tobytes() == alone.completed_s.tobytes()


@pytest.mark.parametrize(("each", "fit"), [("1 MB", True), ("10 TB", False)])
def test_totals_that_floats_do_not_count_are_left_to_each_lane(each: str, fit: bool) -> None:
    """The first hundreds of writes of 10 TB are at most 2^53 bytes, and all are more."""
    lanes = [prepared(trial, scenario_of(each, "none")) for trial in range(2)]
    assert lock_step.LaneRows(lanes).fit is fit


def test_lanes_look_at_as_many_writes_as_their_cycles_need_and_some_more() -> None:
    writes = lock_step.LaneWrites([prepared(trial) for trial in range(2)], 4)
    # 16 of a sync until more is known, a quarter more than that, and 64; then the last total
    assert writes.starts.tolist() == [0, 4 * 20 + 64 + 1]


def test_a_loop_that_was_run_has_no_more_syncs() -> None:
    loop = prepared(0)
    loop.run()
    found = loop.cuts_s.tolist()
    loop.run()
    assert loop.is_over
    assert loop.cuts_s.tolist() == found
