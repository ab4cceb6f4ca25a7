"""Runs of many worlds whose syncs wait for one another, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from efssim.model.sync.lock_step import run_together
from efssim.runs.measured import MeasuredWorld
from efssim.scenario import Scenario


def pays_together(scenario: Scenario) -> bool:
    """Return whether trials of a scenario cost less side by side: syncs have no interval."""
    return any(each.sync.number("interval") == 0 for each in scenario.replications.values())


def advance_together(
    simulations: Sequence[MeasuredWorld], check: Callable[[], None] | None = None
) -> list[Exception | None]:
    """Run to the ends of their scenarios; return, for each, the exception that came out of it.

    Each has the same numbers as alone, to the last bit. `check` is called again and again, and its
    exceptions come out of here.
    """
    failed: list[Exception | None] = [None] * len(simulations)
    worlds = [simulation._world for simulation in simulations]
    running: dict[int, Iterator[None]] = {}
    for k, world in enumerate(worlds):
        world.clock.pauses = True
        running[k] = world.advancing_to(world.scenario.duration)
    while running:
        if check is not None:
            check()
        for k in list(running):
            try:
                next(running[k])
            except StopIteration:
                del running[k]
            except Exception as error:  # whatever a trial may raise: the others go on
                failed[k] = error
                del running[k]
        run_together([loop for k in running for loop in worlds[k].prepared()])
        for k in running:
            worlds[k].clock.go_on()
    return failed
