"""Every kind of study takes a scenario with alarms, which need records that studies do not keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from helpers.worlds import poisson, scenario

import efssim
from efssim import Scenario

INTERVAL = "replications.dr.sync.interval"
ALARM = {
    "metric": "TimeSinceLastSync",
    "statistic": "Maximum",
    "replication": "dr",
    "period": "5 min",
    "evaluation_periods": 1,
    "threshold": "20 min",
    "comparison": "GreaterThanThreshold",
}
STUDIES: dict[str, Callable[[Scenario], Any]] = {
    "trials": lambda world: efssim.run_trials(world, 2, workers=1).summary["alarms"]["old"],
    "sweep": lambda world: efssim.sweep(world, {INTERVAL: [60, 120]}, 2, workers=1).points,
    "plan": lambda world: (
        efssim.plan(world, INTERVAL, (60, 600), attainment=0.9, trials=10, workers=1).evaluations
    ),
    "choose": lambda world: (
        efssim.choose(
            [world, world.with_({"name": "slow", INTERVAL: 600})],
            *("write_lag_s.mean", "least", "1 s"),
            trials=10,
            workers=1,
        ).answer
    ),
    "runway": lambda world: (
        efssim.runway(
            world.with_({"file_systems.fs.growth": {"per": "month", "factor": 1.5}}),
            *(2,),
            trials=10,
        ).months
    ),
    "sets": lambda world: (
        efssim.run_sets(
            world.with_({"uncertain": {INTERVAL: {"uniform": {"low": 60, "high": 120}}}}),
            sets=2,
            trials=1,
            workers=1,
        ).summary
    ),
}


@pytest.mark.parametrize("kind", STUDIES)
def test_a_study_of_a_scenario_with_alarms(kind: str) -> None:
    world = scenario({"w": poisson("1 per min", "1 MiB")}, {"interval": 60}, "2 h")
    assert STUDIES[kind](world.with_({"alarms": {"old": ALARM}}))
