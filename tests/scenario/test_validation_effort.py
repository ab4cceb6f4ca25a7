"""Validation takes time in proportion to what it validates."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

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


def calls(count: int) -> int:
    """Return how many calls, of Python and of C, it takes to load a fleet: no clock is needed."""
    scenario = fleet(count)
    made = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        efssim.load(scenario)
    finally:
        sys.setprofile(before)
    return made


def test_validation_is_linear_in_replications() -> None:
    efssim.load(fleet(1))  # imports and schemas
    few, more, many = calls(50), calls(100), calls(200)
    # What comes per replication stays; 2 % for hash tables that grow.
    assert (many - more) / 100 <= 1.02 * (more - few) / 50
