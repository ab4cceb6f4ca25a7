"""Closed forms of outages beside runs with 10,000 writes/s, whose writes are drawn in cells.

They hold in expectation, as the number of writes in a time is a Poisson number of the mean that the
fluid forms have: so means over runs are within their 99.9 % intervals.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from helpers.bounds import agrees
from helpers.worlds import numbers, poisson, scenario, simulate

from efssim.scenario.shown.cells_use import streams_in_cells

LINK = "us-east-1 -> us-west-2"
SIZES: dict[str, Any] = {
    "exponential": {"exponential": {"mean": "10 kB"}},
    "lognormal": {"lognormal": {"median": 3247, "sigma": 1.5}},
}
MEANS = {"exponential": 10_000, "lognormal": 3247 * math.exp(1.5**2 / 2)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("interval_s", "setup", "rho"), [(60, 5, 0.5), (60, 24.5, 0.444)])
@pytest.mark.parametrize("in_flight", [False, True], ids=["between syncs", "in flight"])
def test_catch_up_after_an_outage(
    size: str, interval_s: int, setup: float, rho: float, in_flight: bool
) -> None:
    """d_k = S + rho d_(k-1), d_0 = L, while d_k > D; just before, the age is d_(k-1) + d_k."""
    outage, cut = 1400.0, 10 * interval_s
    usual = setup + rho * interval_s
    begin = cut + usual / 2 if in_flight else (cut + usual + cut + interval_s) / 2
    length = begin + outage - cut + (usual / 2 if in_flight else 0.0)
    durations = [length]
    while durations[-1] > interval_s:
        durations.append(setup + rho * durations[-1])
    assert durations[-1] < interval_s - 2
    assert durations[-2] > interval_s + 2
    sync = {"interval": interval_s, "setup": setup, "throughput": 1e4 * MEANS[size] / rho}
    world = scenario(
        {"w": poisson("10000 per s", SIZES[size])},
        sync,
        cut + sum(durations) + 5 * interval_s,
        events=[{"at": begin, "link_outage": LINK, "for": outage}],
    )
    assert streams_in_cells(world)
    took, ages = [], []
    for seed in range(20):
        syncs = simulate(world, seed).outcomes["dr"].syncs
        cuts, completed = syncs.floats("cut_s"), syncs.floats("completed_s")
        last = int(cuts.searchsorted(cut))
        caught = slice(last + 1, last + len(durations))
        took.append((completed - cuts)[caught])
        ages.append(completed[caught] - cuts[last : last + len(durations) - 1])
    for k, expected in enumerate(durations[1:]):
        assert agrees(np.array(took)[:, k], expected, f"duration of catch-up sync {k + 1}")
        age = durations[k] + expected
        assert agrees(np.array(ages)[:, k], age, f"age before its completion {k + 1}")


@pytest.mark.parametrize(
    ("interval_s", "uptime", "outage", "duration_s"),
    [
        (60, 900, 60, 150_000),
        # Longer outages vary more: ten times as much for an interval as narrow.
        pytest.param(60, 600, 150, 1_500_000, marks=pytest.mark.slow),
    ],
)
def test_random_outages(interval_s: int, uptime: int, outage: int, duration_s: int) -> None:
    """Mean age and mean write lag are E[C^2] / 2 E[C]: a sync takes no time."""
    nu = 1 / uptime
    none = math.exp(-nu * interval_s)
    first = (1 - none * (1 + nu * interval_s)) / nu
    second = (2 - none * ((nu * interval_s) ** 2 + 2 * nu * interval_s + 2)) / nu**2
    cycle = interval_s * none + first + outage * (1 - none)
    cycle2 = interval_s**2 * none + second + 2 * outage * first + outage**2 * (1 - none)
    fault = {"link_outage": LINK, "every": {"exponential": {"mean": uptime}}, "for": outage}
    world = scenario(
        {"w": poisson("10000 per s", SIZES["lognormal"])},
        {"interval": interval_s},
        duration_s,
        faults={"wan": fault},
    )
    assert streams_in_cells(world)
    runs = [numbers(simulate(world, seed)) for seed in range(20)]
    for measure in ("time_since_last_sync_s", "write_lag_s", "write_lag_by_byte_s"):
        means = np.array([run[measure]["mean"] for run in runs])
        assert agrees(means, cycle2 / (2 * cycle), measure)
