"""A run to its end, the least at a time: parts of the scenario one after the other, if it has any.

In one world all replications record and draw before any is measured, so thousands of them take
gigabytes, none of which is in a cache when it is read.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import replace

from efssim.collector import uncollected
from efssim.lag.kinds.asked import EVERYTHING, Asked
from efssim.model.entities.errors import RunError
from efssim.progress import Progress
from efssim.records.run_records import RecordsHash
from efssim.runs.measured import MeasuredWorld, last_outcomes, last_run
from efssim.runs.outcome import Outcome
from efssim.runs.parts.independent import parts_of
from efssim.runs.run import Run
from efssim.runs.thresholds.numbers import known_thresholds
from efssim.scenario import Scenario
from efssim.scenario.shown.trace_use import trace_qualities


def run_to_end(
    scenario: Scenario,
    seed: int | None = None,
    *,
    verify: bool = False,
    trial: int = 0,
    asked: Asked = EVERYTHING,
    on_progress: Progress | None = None,
) -> Run:
    """Return the run of a scenario, without metrics; arguments and errors as of MeasuredWorld.

    `on_progress` is told as by `advance_to_end`; of a scenario that has parts after each of them,
    with its share of the duration. Without parts rows are kept whether or not they are asked for.
    """
    seed = scenario.seed if seed is None else seed
    parts = None if verify else parts_of(scenario)
    if parts is not None:
        known_thresholds(scenario)
        found = _in_parts(scenario, parts, seed, trial, asked, on_progress)
        if found is not None:
            return found
    asked = replace(asked, rows=True)  # what happens is told with them
    world = MeasuredWorld(scenario, seed, verify=verify, trial=trial, metrics=False, asked=asked)
    world.advance_to_end(on_progress)
    return last_run(world)


def _in_parts(
    scenario: Scenario,
    parts: Sequence[Scenario],
    seed: int,
    trial: int,
    asked: Asked,
    on_progress: Progress | None,
) -> Run | None:
    """Return the run, to the last bit that of one world; None where EFS refuses something."""
    hashed, outcomes = RecordsHash(seed), dict[str, Outcome]()
    try:
        with uncollected():
            for number, part in enumerate(parts):
                if on_progress is not None:
                    on_progress(scenario.duration * (number / len(parts)), scenario.duration)
                world = MeasuredWorld(
                    scenario, seed, trial=trial, metrics=False, asked=asked, part=part
                )
                world.advance_to_end()
                outcomes |= last_outcomes(world, hashed)
                del world
                gc.collect(0)  # of what this part made: its world is a circle
    except RunError:
        return None  # the world of all tells which part of it EFS refuses first
    if on_progress is not None:
        on_progress(scenario.duration, scenario.duration)
    return Run(
        scenario=scenario,
        seed=seed,
        now_s=scenario.duration,
        outcomes={name: outcomes[name] for name in scenario.replications},
        timeline=(),
        digest=hashed.digest() if asked.digest else "",
        trial=trial,
        traces=trace_qualities(scenario),
    )
