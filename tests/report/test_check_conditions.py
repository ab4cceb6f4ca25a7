"""What `--check` asks beside the objective: a replication that falls behind for good passes not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.worlds import constant, scenario, simulate

import efssim
from efssim.report.verdicts.check import checked_run, passes


def run(throughput: int) -> efssim.Result:
    """2000 B/s for 140 s: at 1000 B/s the age is still below 15 minutes at the end."""
    sync = {"interval": 60, "throughput": throughput}
    return simulate(scenario({"w": constant("2 per s", "1000 B")}, sync, 400))


@pytest.mark.parametrize(("throughput", "passing"), [(1000, False), (4000, True)])
def test_a_diverging_run_does_not_pass(throughput, passing):
    result = run(throughput)
    part = result.outcomes["dr"].summary
    assert part.rpo.met_throughout
    assert part.syncs.diverging is not passing
    assert passes(checked_run(result), {}) is passing


def test_of_trials_as_many_may_diverge_as_the_objective_allows():
    (part,) = checked_run(run(4000))
    for share, objective, passing in ((0.05, 0.9, True), (0.05, 0.99, False), (0.0, 1.0, True)):
        changed = replace(part, diverging=share, objective=objective)
        assert passes([changed], {}) is passing
