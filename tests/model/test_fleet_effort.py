"""A run takes effort in proportion to its replications: nothing looks through all of them."""

from __future__ import annotations

from typing import Any

from helpers.effort import calls

import efssim


def fleet(count: int) -> efssim.Scenario:
    """Return replications that share a link with a capacity, and an outage that reaches them."""
    numbers = range(count)
    stream = {"arrivals": {"constant": {"rate": "1 per min"}}, "size": 1000}
    place: dict[str, Any] = {"region": "us-east-1", "writes": {"app": stream}}
    return efssim.load(
        {
            "name": "fleet",
            "duration": "1 h",
            "links": {"us-east-1 -> eu-west-1": {"capacity": "1 Tbit/s"}},
            "file_systems": {f"fs{n}": place for n in numbers},
            "replications": {
                f"dr{n}": {
                    "source": f"fs{n}",
                    "destination": {"region": "eu-west-1"},
                    "established": True,
                    "sync": {"interval": "5 min", "throughput": "10 MB/s"},
                }
                for n in numbers
            },
            "events": [{"at": "20 min", "link_outage": "us-east-1 -> eu-west-1", "for": "5 min"}],
        }
    )


def effort(count: int) -> int:
    """Return how many calls a run of a fleet takes."""
    scenario = fleet(count)
    return calls(lambda: efssim.run(scenario))


def test_a_run_is_linear_in_replications() -> None:
    efssim.run(fleet(1))  # imports and tables
    few, more, many = effort(20), effort(40), effort(80)
    # What comes per replication stays; 2 % for heaps and hash tables that grow.
    assert (many - more) / 40 <= 1.02 * (more - few) / 20


def test_rates_of_a_link_add_up_exactly() -> None:
    from efssim.model.entities.network import Demand

    rates = [0.1] * 10 + [1e16, float("inf")]
    demand = Demand()
    for rate in rates:
        demand = demand.with_(rate)
    assert demand.rate == float("inf")
    demand = demand.without(float("inf")).without(1e16)
    assert demand.rate == 1.0
    for _ in range(10):
        demand = demand.without(0.1)
    assert demand == Demand()
