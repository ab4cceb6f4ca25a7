"""Validation takes time in proportion to what it validates."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.effort import calls

import efssim


def fleet(count: int) -> dict[str, Any]:
    numbers = range(count)
    return {
        "name": "fleet",
        "duration": "1 h",
        "file_systems": {f"fs{n}": {"region": "us-east-1"} for n in numbers},
        "replications": {
            f"dr{n}": {"source": f"fs{n}", "destination": {"region": "eu-west-1"}} for n in numbers
        },
        "links": {"us-east-1 -> eu-west-1": {"latency": "70 ms"}},
    }


def effort(count: int) -> int:
    """Return how many calls it takes to load a fleet."""
    scenario = fleet(count)
    return calls(lambda: efssim.load(scenario))


def test_validation_is_linear_in_replications() -> None:
    efssim.load(fleet(1))  # imports and schemas
    few, more, many = effort(50), effort(100), effort(200)
    # What comes per replication stays; 2 % for hash tables that grow.
    assert (many - more) / 100 <= 1.02 * (more - few) / 50


def test_parts_that_are_written_alike_are_one_object() -> None:
    scenario = fleet(3)
    for n, size in enumerate(("1 KiB", "1 KiB", "1024")):
        stream = {"arrivals": {"constant": {"rate": "1 per min"}}, "size": size}
        scenario["file_systems"][f"fs{n}"]["writes"] = {"app": stream}
    loaded = efssim.load(scenario)
    systems, replications = loaded.file_systems, loaded.replications
    assert systems["fs0"] is systems["fs1"]
    assert systems["fs0"] is not systems["fs2"]  # written otherwise
    assert replications["dr0"].destination is replications["dr1"].destination
    # The same scenario as one that shares nothing.
    alone = efssim.Scenario.model_validate(scenario)
    assert alone.file_systems["fs0"] is not alone.file_systems["fs1"]
    assert alone == loaded


def test_each_of_many_mistakes_that_are_alike_is_told() -> None:
    scenario = fleet(3)
    for n in range(3):
        scenario["file_systems"][f"fs{n}"]["size"] = "1 parsec"
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(scenario)
    paths = [problem.path for problem in caught.value.problems]
    assert paths == [("file_systems", f"fs{n}", "size") for n in range(3)]
