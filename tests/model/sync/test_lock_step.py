"""Loops that are run together: each has the syncs that it has alone, and as many."""

from __future__ import annotations

import pytest
from helpers.worlds import poisson, scenario

from efssim.model.sync import lock_step
from efssim.model.sync.lone_loop import LoneLoop
from efssim.model.world.world import World
from efssim.records.run_records import ReplicationRecords

WORLD = scenario(
    {"app": poisson("2 per s", {"exponential": {"mean": 300}})},
    {"gap": 5, "setup": 5, "throughput": 5000},
    "1 h",
)


def prepared(trial: int) -> LoneLoop:
    """Return the loop with which a trial waits for the others."""
    world = World(WORLD, 7, lambda _: ReplicationRecords(), trial)
    world.clock.pauses = True
    next(world.advancing_to(WORLD.duration))
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
