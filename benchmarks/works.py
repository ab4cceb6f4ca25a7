"""The works that are measured: scenarios of efssim, built outside the clock."""

from __future__ import annotations

from typing import Any

from efssim import Scenario

DAY_S = 86_400
INTERVAL_S, SETUP_S, THROUGHPUT = 60.0, 5.0, 200e6
RATE_PER_S, MEDIAN_BYTES, SIGMA = 1.0, 64 * 1024, 1.5
GAP_S, CYCLE_SETUP_S, CYCLE_WRITES, CYCLE_MEAN_BYTES = 5.0, 5.0, 10, 1e6
CYCLE_S = (GAP_S + CYCLE_SETUP_S) / (1 - CYCLE_WRITES / 10.0 * CYCLE_MEAN_BYTES / THROUGHPUT)
"""Mean cycle of the gated work: W / (1 - rho), with one write per second."""
LINK = "us-east-1 -> us-west-2"

_PERIODIC = {"preset": "none", "interval": INTERVAL_S, "setup": SETUP_S, "throughput": THROUGHPUT}


def scenario(
    writes: dict[str, Any], duration_s: float, sync: dict[str, Any], **top: Any
) -> Scenario:
    """Return a scenario of one established replication."""
    return Scenario.model_validate(
        {
            "name": "benchmark",
            "duration": duration_s,
            "file_systems": {"data": {"region": "us-east-1", "writes": writes}},
            "replications": {
                "dr": {
                    "source": "data",
                    "destination": {"region": "us-west-2"},
                    "established": True,
                    "sync": sync,
                }
            },
            **top,
        }
    )


def busy(days: float, rate_per_s: float = RATE_PER_S, **top: Any) -> Scenario:
    """Poisson writes, one per second, with lognormal sizes; a sync every 60 s."""
    stream = {
        "arrivals": {"poisson": {"rate": f"{rate_per_s} per s"}},
        "size": {"lognormal": {"median": MEDIAN_BYTES, "sigma": SIGMA}},
        "drawn": "each",
    }
    return scenario({"app": stream}, days * DAY_S, _PERIODIC, **top)


def in_cells(days: float, rate_per_s: float, **top: Any) -> Scenario:
    """The same at any rate, drawn in cells, with a throughput that is enough for it."""
    stream = {
        "arrivals": {"poisson": {"rate": f"{rate_per_s} per s"}},
        "size": {"lognormal": {"median": MEDIAN_BYTES, "sigma": SIGMA}},
        "drawn": "cells",
    }
    return scenario({"app": stream}, days * DAY_S, {**_PERIODIC, "throughput": 1e10}, **top)


def in_cells_with_outages(days: float, rate_per_s: float) -> Scenario:
    """The same with a link outage of twenty minutes every six hours on average."""
    fault = {"link_outage": LINK, "every": {"exponential": {"mean": "6 h"}}, "for": "20 min"}
    return in_cells(days, rate_per_s, faults={"wan": fault})


CONSTANT = {"arrivals": {"constant": {"rate": "1 per min"}}, "size": 1000}
POISSON = {
    "arrivals": {"poisson": {"rate": "1 per min"}},
    "size": {"exponential": {"mean": 1000}},
}
"""One write a minute: of one size and evenly spaced, so that syncs are all alike, or by chance."""


def sparse(days: float, stream: dict[str, Any] = CONSTANT, **top: Any) -> Scenario:
    """One write a minute, a sync every 60 s."""
    return scenario({"app": stream}, days * DAY_S, _PERIODIC, **top)


def sparse_with_outages(days: float, stream: dict[str, Any] = CONSTANT) -> Scenario:
    """The same with a link outage of ten minutes every six hours on average."""
    fault = {"link_outage": LINK, "every": {"exponential": {"mean": "6 h"}}, "for": "10 min"}
    return sparse(days, stream, faults={"wan": fault})


def gated(syncs: int) -> Scenario:
    """Back-to-back cycles with a gap, ten Poisson writes of exponential size in each."""
    stream = {
        "arrivals": {"poisson": {"rate": "1 per s"}},
        "size": {"exponential": {"mean": CYCLE_MEAN_BYTES}},
    }
    sync = {"preset": "none", "gap": GAP_S, "setup": CYCLE_SETUP_S, "throughput": THROUGHPUT}
    return scenario({"app": stream}, syncs * CYCLE_S, sync)


def fleet(replications: int, days: float, stream: dict[str, Any] = CONSTANT) -> Scenario:
    """Many replications; opting out of a Region for a day hits half of them."""
    names = [f"fs-{k}" for k in range(replications)]
    regions = ("eu-south-1", "us-west-2")
    return Scenario.model_validate(
        {
            "name": "fleet",
            "duration": days * DAY_S,
            "file_systems": {
                name: {"region": "us-east-1", "writes": {"app": stream}} for name in names
            },
            "replications": {
                f"dr-{k}": {
                    "source": name,
                    "destination": {"region": regions[k % 2]},
                    "established": True,
                    "sync": _PERIODIC,
                }
                for k, name in enumerate(names)
            },
            "events": [{"at": "2 days", "opt_out": "eu-south-1", "for": "1 day"}],
        }
    )
