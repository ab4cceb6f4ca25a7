"""Runs with outages and with overwritten blocks against closed forms.

Notation as in `test_closed_forms.py`: D interval, V gap, S setup, w write rate, b throughput,
rho = w / b. The catch-up after an outage is the fluid recursion of gated cycles; random outages
make the completions a renewal process, whose mean age is E[C^2] / 2 E[C]; overwrites are the
classical occupancy problem (balls into boxes) with a Poisson number of balls.

`pytest -rP tests/closed_forms/test_closed_forms_disturbed.py` prints every number beside its bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from helpers.bounds import agrees, batches, interval, within
from helpers.worlds import constant, numbers, poisson, scenario, simulate

from efssim import Result

LINK = "us-east-1 -> us-west-2"


def _cuts_and_completions(result: Result) -> tuple[np.ndarray, np.ndarray]:
    syncs = result.outcomes["dr"].syncs
    return syncs.floats("cut_s"), syncs.floats("completed_s")


# --- one outage, fluid, then gated catch-up -----------------------------------------------------


@pytest.mark.parametrize(
    ("interval_s", "setup", "size", "throughput", "outage"),
    [
        (60, 5, 1200, 8_000, 1400.0),  # rho = 0.5
        (60, 0, 1200, 6_700, 2000.3),  # rho = 0.597
        (300, 17, 777, 7_000, 7001.1),  # rho = 0.37
        (60, 24.5, 1200, 9_000, 3600.0),  # rho = 0.444: a sync of one interval takes 51 s
    ],
)
@pytest.mark.parametrize("in_flight", [False, True], ids=["between syncs", "in flight"])
def test_catch_up_after_an_outage(
    interval_s: int, setup: float, size: int, throughput: int, outage: float, in_flight: bool
) -> None:
    """d_k = S + rho d_(k-1), d_0 = L, while d_k > D; just before, the age is d_(k-1) + d_k.

    A change set differs from the fluid one by less than a write, so d_k by less than its transfer
    time t and rho times the error of d_(k-1): by less than t / (1 - rho) altogether. For rho up to
    0.6 that is less than spacing + t, the fluid bound of `test_closed_forms.py`; the age of two
    such d, the first of which is the longer, is within the same relative error.
    """
    spacing, transfer = 0.3, size / throughput
    rho = transfer / spacing
    assert rho <= 0.6
    usual = setup + rho * interval_s
    cut = 10 * interval_s
    begin = cut + usual / 2 if in_flight else (cut + usual + cut + interval_s) / 2
    # L: to the end of the outage, or to the completion of the sync that it froze.
    length = begin + outage - cut + (usual / 2 if in_flight else 0.0)
    durations = [length]
    while durations[-1] > interval_s:
        durations.append(setup + rho * durations[-1])
    # The form has to say clearly when the catch-up is over.
    assert durations[-1] < interval_s - 1
    assert durations[-2] > interval_s + 1

    sync = {"interval": interval_s, "setup": setup, "throughput": throughput}
    events = [{"at": begin, "link_outage": LINK, "for": outage}]
    streams = {"w": constant("10 per 3 s", f"{size} B")}
    end = cut + length + sum(durations[1:]) + 5 * interval_s
    result = simulate(scenario(streams, sync, end, events=events))
    cuts, completed = _cuts_and_completions(result)
    last = int(cuts.searchsorted(cut))  # the last sync before the outage, or the frozen one
    for k, expected in enumerate(durations[1:], 1):
        bound = (spacing + transfer) / expected
        took, age = completed[last + k] - cuts[last + k], completed[last + k] - cuts[last + k - 1]
        assert within(took, expected, bound, f"duration of catch-up sync {k}")
        assert within(age, durations[k - 1] + expected, bound, f"age before its completion {k}")
        assert (took <= interval_s) == (k == len(durations) - 1), "how many syncs catch up"
    bound = (spacing + transfer) / durations[-1]
    caught_up = completed[last + len(durations) - 1] - cuts[last + 1]
    assert within(caught_up, sum(durations[1:]), bound, "time to catch up")
    highest = numbers(result)["time_since_last_sync_s"]["max"]
    assert within(highest, durations[0] + durations[1], bound, "peak age")
    # On time again: cuts are an interval apart.
    after = np.diff(cuts[last + len(durations) - 1 :])
    assert after == pytest.approx(np.full(len(after), interval_s), rel=1e-9)
    assert len(after) >= 3


# --- random outages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval_s", "uptime", "outage", "seed"), [(60, 200, 150, 301), (60, 90, 60, 302)]
)
def test_random_outages(interval_s: int, uptime: int, outage: int, seed: int) -> None:
    """Outages of fixed length O >= D, up-times exponential with rate nu, no setup, no byte limit.

    A sync takes no time, so a cycle goes from one completion to the next. The up-time left at a
    completion is exponential, whether the completion ended an outage (which begins a new up-time)
    or not (it has no memory). If it is at least D, the next cut comes after D. Else the outage
    begins after u < D and ends after u + O >= D, and the cut that is due then comes at once:
    C = u + O, with u of density nu e^(-nu u) on (0, D).
    """
    nu = 1 / uptime
    none = math.exp(-nu * interval_s)  # no outage in a cycle
    # The integrals of u and of u^2 over that density.
    first = (1 - none * (1 + nu * interval_s)) / nu
    second = (2 - none * ((nu * interval_s) ** 2 + 2 * nu * interval_s + 2)) / nu**2
    cycle = interval_s * none + first + outage * (1 - none)
    cycle2 = interval_s**2 * none + second + 2 * outage * first + outage**2 * (1 - none)

    faults = {
        "wan": {"link_outage": LINK, "every": {"exponential": {"mean": uptime}}, "for": outage}
    }
    result = simulate(scenario({}, {"interval": interval_s}, 4_000_000, faults=faults), seed)
    cuts, completed = _cuts_and_completions(result)
    assert (cuts == completed).all()
    cycles = np.diff(completed)
    counts = batches(np.ones_like(cycles))
    # Cycles are independent, and a batch has so many (over 1,000) that the bias of the ratio, of
    # the order of 1 / their number, is far inside the interval.
    assert counts.min() > 1000
    age = batches(cycles**2 / 2) / batches(cycles)
    assert agrees(age, cycle2 / (2 * cycle), "mean age")
    assert agrees(batches(cycles) / counts, cycle, "mean cycle")
    # Cycles without an outage are D up to rounding, the others longer than O >= D.
    undisturbed = np.abs(cycles - interval_s) < 1e-6
    assert agrees(batches(undisturbed.astype(float)) / counts, none, "cycles without an outage")
    measured = numbers(result)["time_since_last_sync_s"]["mean"]
    whole = (cycles**2).sum() / 2 / cycles.sum()
    # They differ by the first and the last cycle, two of some 45,000.
    assert within(measured, whole, 1e-3, "mean age of the report, over the run's own cycles")


# --- overwritten blocks -------------------------------------------------------------------------

BLOCK = 65_536


def _overwrites(arrivals: dict[str, Any], blocks: int) -> dict[str, Any]:
    hot = {"size": f"{blocks * BLOCK} B", "block": f"{BLOCK} B"}
    return {"w": {**arrivals, "hot_set": hot}}


@pytest.mark.parametrize(
    ("rate", "blocks", "interval_s", "seed"),
    [(1, 100, 60, 311), (2, 100, 300, 312), (0.5, 10_000, 60, 313)],
)
def test_distinct_blocks_of_an_interval(
    rate: float, blocks: int, interval_s: int, seed: int
) -> None:
    """Poisson writes of one block: N (1 - e^(-lambda D / N)) distinct blocks on average."""
    streams = _overwrites(poisson(f"{rate} per s", f"{BLOCK} B"), blocks)
    result = simulate(scenario(streams, {"interval": interval_s}, 4000 * interval_s), seed)
    sent = result.outcomes["dr"].syncs.floats("bytes")
    expected = BLOCK * blocks * -math.expm1(-rate * interval_s / blocks)
    # The writes of disjoint intervals are independent, and so are the syncs.
    assert agrees(sent, expected, f"bytes per sync, {rate * interval_s / blocks:.3g} per block")


def _fixed_point(cycle: Callable[[float], float], at: float) -> float:
    """Return the cycle that gives itself; the map is a contraction, so iterating finds it."""
    for _ in range(500):
        at = cycle(at)
    return at


def test_a_saturated_hot_set_keeps_a_replication_stable() -> None:
    """More is written than the throughput (raw rho = 2.6), but C = V + U(C) / b has a solution."""
    rate, blocks, throughput, gap = 20, 1000, 500_000, 60
    assert rate * BLOCK / throughput > 2.6

    def unique(cycle: float) -> float:
        return BLOCK * blocks * -math.expm1(-rate * cycle / blocks)

    expected = _fixed_point(lambda cycle: gap + unique(cycle) / throughput, at=gap)
    streams = _overwrites(poisson(f"{rate} per s", f"{BLOCK} B"), blocks)
    sync = {"gap": gap, "throughput": throughput}
    result = simulate(scenario(streams, sync, 200_000, warm_up=2_000), seed=321)
    cuts, completed = _cuts_and_completions(result)
    cycles = np.diff(cuts[cuts >= 2_000])
    mean = batches(cycles) / batches(np.ones_like(cycles))
    # The form has no randomness. U is concave, so the mean of U(C) is below U of the mean cycle,
    # by |U''| Var(C) / 2; through C = V + U(C) / b the cycle is shorter by that much over b - U'.
    exponent = math.exp(-rate * expected / blocks)
    slope, bend = BLOCK * rate * exponent, BLOCK * rate**2 / blocks * exponent
    shorter = bend * cycles.var() / 2 / (throughput - slope)
    half = interval(mean)[1]
    print(
        f"without randomness the cycle is longer by {shorter:.1e} s, the interval is ± {half:.1e} s"
    )
    assert shorter < half / 10
    assert agrees(mean, expected, "mean cycle")
    summary = numbers(result)
    assert not summary["syncs"]["diverging"]
    # Stable: no trend over the run, the longest cycle is near the mean one.
    assert cycles.max() < 1.05 * expected
    assert completed[-1] > 200_000 - 2 * expected


def test_the_same_writes_to_fresh_blocks_diverge() -> None:
    """The control of the test above: without overwrites the backlog grows without bound."""
    sync = {"gap": 60, "throughput": 500_000}
    streams = {"w": poisson("20 per s", f"{BLOCK} B")}
    summary = numbers(simulate(scenario(streams, sync, 100_000, warm_up=2_000), seed=321))
    assert summary["syncs"]["diverging"]


def test_a_saturated_hot_set_under_constant_writes() -> None:
    """The fluid form: no randomness, the number of writes of a cycle is off by less than one."""
    blocks, throughput, gap = 1000, 500_000, 60
    # 20 per s, with a spacing that no cycle is a multiple of.
    spacing = 0.05 * math.pi / 3
    rate = 1 / spacing

    def unique(cycle: float) -> float:
        return BLOCK * blocks * -math.expm1(rate * cycle * math.log1p(-1 / blocks))

    expected = _fixed_point(lambda cycle: gap + unique(cycle) / throughput, at=gap)
    streams = _overwrites(constant(f"1 per {spacing} s", f"{BLOCK} B"), blocks)
    sync = {"gap": gap, "throughput": throughput}
    result = simulate(scenario(streams, sync, 40_000, warm_up=4_000))
    cuts, _ = _cuts_and_completions(result)
    cycles = np.diff(cuts[cuts >= 4_000])
    bound = (spacing + BLOCK / throughput) / expected
    assert within(cycles.min(), expected, bound, "shortest cycle")
    assert within(cycles.max(), expected, bound, "longest cycle")


@pytest.mark.parametrize(("interval_h", "sent"), [(1, 24_000_000), (24, 1_000_000)])
def test_a_block_overwritten_hourly(interval_h: int, sent: int) -> None:
    """A day of one 1 MB block: 24 MB if it is replicated hourly, 1 MB if daily; exactly."""
    hot = {"size": "1 MB", "block": "1 MB"}
    streams = {"w": {**constant("1 per h", "1 MB"), "hot_set": hot}}
    summary = numbers(simulate(scenario(streams, {"interval": f"{interval_h} h"}, "10 days")))
    print(f"{summary['syncs']['bytes'] / 10:,.0f} bytes a day, closed form {sent:,}")
    assert summary["syncs"]["bytes"] == 10 * sent
    assert summary["writes"]["bytes"] == 240_000_000
    assert summary["writes"]["coalesced_bytes"] == 10 * (24_000_000 - sent)
