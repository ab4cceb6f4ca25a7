"""Estimates against the formulas that they state, written out here once more."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from helpers.bounds import agrees
from helpers.worlds import constant, poisson, scenario, seconds
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.closed_forms.cycles.catch_up import LongCycle, catch_up
from efssim.closed_forms.cycles.failures import Failures
from efssim.closed_forms.cycles.sizing import peak_s
from efssim.closed_forms.cycles.steady import steady
from efssim.closed_forms.estimated import NUMBERS
from efssim.closed_forms.replications import syncs_of

LINK = "us-east-1 -> us-west-2"
BLOCK = 65_536
EXACT = 1e-9  # rounding alone: the formulas are the same
GATED = {"gap": 20, "setup": 5, "throughput": 4000}


def estimated(*arguments, **others):
    return efssim.estimate(scenario(*arguments, **others)).replications["dr"]


def near(value):
    return pytest.approx(value, rel=EXACT)


# The steady state


@pytest.mark.parametrize(
    ("interval", "setup", "throughput"), [(60, 5, 10_000), (60, 0, 2_000), (300, 17, 4_000)]
)
def test_on_time(interval, setup, throughput):
    """D = S + ρI; the age is uniform on [D, D + I]."""
    sync = {"interval": interval, "setup": setup, "throughput": throughput}
    found = estimated({"w": constant()}, sync, rpo={"target": interval})
    duration = setup + 1000 / throughput * interval
    assert found["regime"] == "on_time"
    assert found["cycle_s"] == interval
    assert found["sync_s"] == near(duration)
    assert found["age_mean_s"] == near(duration + interval / 2)
    assert found["age_peak_s"] == near(duration + interval)
    assert found["utilisation"] == near(1000 / throughput)
    assert found["attainment"] == near(1 - duration / interval)
    assert found["shortest_interval_s"] == near(setup / (1 - 1000 / throughput))


def test_back_to_back():
    """C = S / (1 - ρ), mean age 1.5 C, peak 2 C; with an interval that is too short as well."""
    for interval in (0, 50):
        sync = {"interval": interval, "setup": 30, "throughput": 2000}
        found = estimated({"w": constant()}, sync)
        assert found["regime"] == "back_to_back"
        assert found["cycle_s"] == near(60)
        assert found["age_mean_s"] == near(90)
        assert found["age_peak_s"] == near(120)


@pytest.mark.parametrize(
    ("setup", "mean"),
    [({"exponential": {"mean": 10}}, 20), ({"gamma": {"mean": 10, "cv": 0.5}}, 16.25)],
)
def test_random_setup(setup, mean):
    """E[S] + E[S²] / 2 E[S]."""
    assert estimated({}, {"setup": setup})["age_mean_s"] == near(mean)


@pytest.mark.parametrize(
    ("gap", "setup", "square"),
    [
        (20.0, 5.0, 625.0),
        (20.0, {"exponential": {"mean": 5}}, 650.0),
        ({"uniform": {"low": 0, "high": 40}}, 5.0, 1600 / 12 + 625.0),
    ],
)
def test_gated_poisson(gap, setup, square):
    transfer, rate = 0.25, 2.0
    rho, mean = rate * transfer, 25.0
    cycle = mean / (1 - rho)
    square = (square + 2 * rho * mean * cycle + rate * 2 * transfer**2 * cycle) / (1 - rho**2)
    streams = {"w": poisson("2 per s", {"exponential": {"mean": 1000}})}
    found = estimated(streams, {**GATED, "gap": gap, "setup": setup})
    age = 5 + (0.5 + rho) * square / cycle
    assert found["cycle_s"] == near(cycle)
    assert found["age_mean_s"] == near(age)
    assert found["age_peak_s"] == near(5 + (1 + rho) * cycle)
    assert found["write_lag_mean_s"] == near(age + transfer)


def test_streams_add_up_and_growth_multiplies():
    halves = {"a": poisson("1 per s", 1000), "b": {**poisson("1 per s", 500), "growth": 2}}
    one = {"w": poisson("2 per s", 1000)}
    for key in ("cycle_s", "written_bytes_per_s", "utilisation"):
        found = estimated({"a": halves["a"], "b": {**halves["a"]}}, GATED)[key]
        assert found == near(estimated(one, GATED)[key])
    assert estimated(halves, GATED)["written_bytes_per_s"] == near(2000)
    assert estimated(halves, GATED)["writes_per_s"] == near(3)


def test_the_larger_of_two_limits_counts():
    streams = {"w": {**constant("2 per s", "100 B"), "files": 3}}
    sync = {"interval": 60, "setup": 5, "throughput": 1000, "file_rate": "10 per s"}
    found = estimated(streams, sync)
    assert found["utilisation_by_bytes"] == near(0.2)
    assert found["utilisation_by_files"] == found["utilisation"] == near(0.6)
    assert found["sync_s"] == near(5 + 36)


def test_inventory_diff_and_latency_are_a_fixed_time():
    streams = {"w": {**constant("1 per s", "100 B"), "in_file": {"size": "1 GB"}}}
    sync = {"interval": 60, "setup": 5, "throughput": 1000, "scan_rate": "1000 per s"}
    sync |= {"diff_rate": "100 MB/s"}
    found = estimated(streams, sync, files=7000, links={LINK: {"latency": 2, "capacity": 500}})
    assert found["sync_s"] == near(5 + 2 + 7 + 10 + 60 * 100 / 500)
    idle = estimated({}, sync, files=7000, links={LINK: {"latency": 2, "capacity": 500}})
    assert idle["sync_s"] == near(7)


def test_rare_writes_pay_the_inventory_now_and_then():
    """A share 1 - e^(-λI) of the syncs scans; the sync of a given write does for certain."""
    sync = {"interval": 60, "setup": 5, "scan_rate": "100 per s"}
    found = estimated({"w": poisson("1 per 120 s", 1000)}, sync, files=2000)
    share = -math.expm1(-0.5)
    assert found["sync_s"] == near(5 + 20 * share)
    assert found["write_lag_mean_s"] == near(30 + 5 + 20)


@pytest.mark.parametrize(
    ("rate", "sync", "slope"),
    [
        ("1 per s", {"throughput": 800}, 200.0),  # w - b
        ("1 per s", {"file_rate": "1 per 2 s"}, 500.0),  # w (1 - 1/ρ), ρ = 2
        ("1 per s", {"throughput": 1000}, 0.0),  # the edge
        # Half of the attempts fail: 1 + p / 2(1 - p) = 1.5 times the work, ρ = 1.2.
        ("1 per s", {"throughput": 1250, "failure_probability": 0.5}, 1000 * (1 - 1 / 1.2)),
    ],
)
def test_diverging(rate, sync, slope):
    found = estimated({"w": constant(rate)}, {"interval": 60, "setup": 5, **sync})
    assert found["regime"] == "diverging"
    assert found["growth_bytes_per_s"] == pytest.approx(slope, rel=EXACT, abs=1e-9)
    assert found["rpo_met"] is None
    assert "more is written than can be sent" in found["rpo_reasons"][0]
    keys = ("cycle_s", "sync_s", "age_mean_s", "age_peak_s", "write_lag_mean_s")
    assert {found[key] for key in (*keys, "shortest_interval_s")} == {None}
    assert found["catch_up"][0]["syncs"] is None


# Overwrites


@pytest.mark.parametrize(("rate", "blocks", "interval"), [(1, 100, 60), (0.5, 10_000, 60)])
def test_distinct_blocks(rate, blocks, interval):
    """N (1 - e^(-λI/N)) for Poisson writes, N (1 - (1 - 1/N)^(λI)) for regular ones."""
    hot = {"hot_set": {"size": blocks * BLOCK, "block": BLOCK}}
    size = f"{BLOCK} B"
    sent = estimated({"w": {**poisson(f"{rate} per s", size), **hot}}, {"interval": interval})
    expected = BLOCK * blocks * -math.expm1(-rate * interval / blocks) / interval
    assert sent["sent_bytes_per_s"] == near(expected)
    sent = estimated({"w": {**constant(f"{rate} per s", size), **hot}}, {"interval": interval})
    expected = BLOCK * blocks * (1 - (1 - 1 / blocks) ** (rate * interval)) / interval
    assert sent["sent_bytes_per_s"] == near(expected)


def test_a_saturated_hot_set_is_stable():
    """C = V + U(C)/b, although raw ρ is 2.6; the same writes to fresh blocks diverge."""
    blocks, throughput, gap = 1000, 500_000, 60
    writes = poisson("20 per s", f"{BLOCK} B")
    sync = {"gap": gap, "throughput": throughput}
    hot = {"hot_set": {"size": blocks * BLOCK, "block": BLOCK}}
    found = estimated({"w": {**writes, **hot}}, sync)
    cycle = found["cycle_s"]
    unique = BLOCK * blocks * -math.expm1(-20 * cycle / blocks)
    assert cycle == near(gap + unique / throughput)
    assert found["written_bytes_per_s"] / throughput > 2.6
    assert found["regime"] == "back_to_back"
    assert estimated({"w": writes}, sync)["regime"] == "diverging"


@pytest.mark.parametrize(("hours", "sent"), [(1, 24e6), (24, 1e6)])
def test_a_block_overwritten_hourly(hours, sent):
    hot = {"hot_set": {"size": "1 MB", "block": "1 MB"}}
    found = estimated({"w": {**constant("1 per h", "1 MB"), **hot}}, {"interval": f"{hours} h"})
    assert found["sent_bytes_per_s"] * 86_400 == near(sent)


def test_the_spread_of_hot_writes_is_that_of_what_they_add():
    """Var C = λ((1 - s) E[X²] + s (U'/λs)²) C / b² / (1 - ρ²), ρ the slope, W constant."""
    rate, blocks, size, share, throughput, gap = 5.0, 1000, 1000.0, 0.4, 20_000, 60
    stream = {**poisson(f"{rate} per s", size)}
    stream["hot_set"] = {"size": blocks * size, "block": size, "share": share}
    found = estimated({"w": stream}, {"gap": gap, "throughput": throughput})
    cycle = found["cycle_s"]
    hot = size * rate * share * math.exp(-rate * share * cycle / blocks)  # U'
    slope = ((1 - share) * rate * size + hot) / throughput
    spread = (1 - share) * rate * size**2 + hot**2 / (rate * share)
    variance = spread * cycle / throughput**2 / (1 - slope**2)
    wobble = found["age_mean_s"] - (found["sync_s"] + cycle / 2)
    assert wobble == pytest.approx((0.5 + slope) * variance / cycle, rel=1e-6)  # numeric slope
    assert wobble > 1e-4


def test_failed_attempts_spread_a_gated_cycle():
    """No bytes, setup S: mean age E[D] + C/2 + Var D / 2C, Var D of Failures."""
    sync = {"gap": 10, "setup": 50, "failure_probability": 0.2, "backoff": 10, "backoff_max": 60}
    failures = Failures(0.2, 10, 60)
    mean, variance = failures.duration_s(50), failures.variance(50, 0)
    found = estimated({}, sync)
    assert found["cycle_s"] == near(10 + mean)
    expected = mean + (10 + mean) / 2 + variance / 2 / (10 + mean)
    assert found["age_mean_s"] == near(expected)
    # K failures: K uniform shares of 50 s, and waits; Var(50 ΣU) = 50² (E[K]/12 + Var K/4).
    assert Failures(0.2).variance(50, 0) == near(2500 * (0.25 / 12 + 0.3125 / 4))


def test_bursts_write_in_a_share_of_the_syncs():
    """A job of 600 writes in 10 min a day is in (10 min + I) / 1 day of the syncs."""
    batch = {"batch": {"at": "02:00", "every": "1 day", "writes": 600, "over": "10 min"}}
    sync = {"interval": 60, "setup": 5, "scan_rate": "100 per s"}
    found = estimated({"w": {"arrivals": batch, "size": 1}}, sync, "1 day", files=1000)
    assert found["sync_s"] == near(5 + 10 * 660 / 86_400)
    assert found["busiest_bytes_per_s"] == near(1.0)
    all_day = {"batch": {**batch["batch"], "over": "1 day"}}
    found = estimated({"w": {"arrivals": all_day, "size": 1}}, sync, "1 day")
    assert found["busiest_bytes_per_s"] == near(600 / 86_400)
    at_once = {"batch": {**batch["batch"], "over": 0}}
    found = estimated({"w": {"arrivals": at_once, "size": 1}}, sync, "1 day", files=1000)
    assert found["sync_s"] == near(5 + 10 * 60 / 86_400)
    assert found["busiest_bytes_per_s"] == near(600 / 60)


def found_s(sync, arrivals):
    return estimated({"w": {"arrivals": arrivals, "size": 10}}, sync)["sync_s"]


def test_a_trace(tmp_path):
    """Totals of 10 minutes: the mean rate of the run, and the busiest row."""
    (tmp_path / "t.csv").write_text("timestamp,value\n0,6000\n600,60000\n1200,0\n")
    trace = {"file": str(tmp_path / "t.csv"), "period": "10 min"}
    found = estimated(
        {"w": {"trace": trace, "growth": 2}}, {"interval": 60, "throughput": 1000}, "30 min"
    )
    assert found["written_bytes_per_s"] == near(2 * 66_000 / 1800)
    assert found["writes_per_s"] == near(0.1)
    assert found["busiest_bytes_per_s"] == near(200)
    single = {"file": str(tmp_path / "t.csv")}
    found = estimated({"w": {"trace": single}}, {"interval": 60}, "30 min")
    assert found["written_bytes_per_s"] == near(60_000 / 1800)
    # Without a period a row is one write: the busiest minute has the largest of them whole.
    assert found["busiest_bytes_per_s"] == near(60_000 / 60)


def test_approximations_are_those_of_the_scenario():
    near_limits = {"interval": 60, "setup": 5, "throughput": 2000, "file_rate": "2.1 per s"}
    both = "the larger of two means"
    for rate, said in (("1 per s", True), ("0.4 per s", True)):
        found = estimated({"w": poisson(rate, 1000)}, near_limits)["approximations"]
        assert any(text.startswith(both) for text in found) is said
    found = estimated({"w": poisson("1 per s", 1000)}, {**near_limits, "file_rate": "10 per s"})
    assert not any(text.startswith(both) for text in found["approximations"])
    assert any(text.startswith("on time at the mean") for text in found["approximations"])
    plain = estimated({}, {"interval": 60, "setup": 5})["approximations"]
    assert not any(text.startswith(("fluid", "on time", "hot", "mean rate")) for text in plain)


def test_the_busiest_time_of_profiles_and_of_on_and_off():
    profile = {"profile": {"rate": "1 per s", "hours": [3] * 12 + [1] * 12}}
    on_off = {"on_off": {"on": "1 h", "off": "3 h", "rate": "8 per s"}}
    sync = {"interval": 60, "setup": 5, "throughput": 100}
    found = estimated({"w": {"arrivals": profile, "size": 10}}, sync)
    assert found["busiest_bytes_per_s"] == near(15)
    assert found["busiest_utilisation"] == near(0.15)
    # A sync of a minute meets an hour of 480 writes a minute, or none.
    scanned = estimated({"w": {"arrivals": on_off, "size": 10}}, {**sync, "scan_rate": 1}, files=5)
    assert scanned["sync_s"] - found_s(sync, on_off) == near(5 * 61 / 240)
    found = estimated({"w": {"arrivals": on_off, "size": 10}}, sync)
    assert found["written_bytes_per_s"] == near(20)
    assert found["busiest_bytes_per_s"] == near(80)


# Sizing


@pytest.mark.parametrize("gap", [0, 60])
@pytest.mark.parametrize("setup", [0, 7])
def test_sizes_give_a_peak_at_the_target(gap, setup):
    if not gap and not setup:
        gap = 1
    target, sync = 180, {"gap": gap, "setup": setup, "throughput": 20_000}
    world = scenario({"w": constant("10 per s", "1000 B")}, sync, rpo={"target": target})
    found = efssim.estimate(world).replications["dr"]
    # S + (1 + ρ)(V + S)/(1 - ρ) = r, solved for ρ.
    rho = (target - setup - gap - setup) / (target - setup + gap + setup)
    assert found["smallest_throughput_bytes_per_s"] == near(10_000 / rho)
    assert found["largest_write_bytes_per_s"] == near(20_000 * rho)
    if setup == 0:
        assert found["smallest_throughput_bytes_per_s"] == near(
            10_000 * (target + gap) / (target - gap)
        )


def test_sizes_that_do_not_exist():
    streams = {"w": constant()}
    late = estimated(streams, {"interval": 60, "setup": 5}, rpo={"target": 30})
    assert late["smallest_throughput_bytes_per_s"] is None
    assert late["largest_write_bytes_per_s"] is None
    unlimited = estimated(streams, {"interval": 60, "setup": 5})
    assert unlimited["largest_write_bytes_per_s"] is None
    assert unlimited["utilisation"] is None
    idle = estimated({}, {"interval": 60, "setup": 5, "throughput": 10})
    assert idle["smallest_throughput_bytes_per_s"] == 0


@settings(deadline=None, max_examples=60)
@given(seconds(100), st.floats(0.1, 50), seconds(200), st.floats(10, 1e5), st.floats(0, 0.9))
def test_sizes_are_the_edge(gap, setup, interval, rate, hot):
    """A bit more throughput, or a bit fewer writes, and the peak is below the target; else above"""
    stream = {**constant(f"{rate} per s", "1000 B")}
    stream["hot_set"] = {"size": "10 MB", "block": "1000 B", "share": hot}
    sync = {"gap": gap, "setup": setup, "interval": interval, "throughput": 1e7}
    syncs = syncs_of(scenario({"w": stream}, sync), "dr")
    target = 3 * (gap + setup + interval)
    found = estimated({"w": stream}, sync, rpo={"target": target})
    enough = found["smallest_throughput_bytes_per_s"]
    assert enough is not None
    for factor, holds in ((1 + 1e-6, True), (1 - 1e-6, False)):
        changed = syncs_of(scenario({"w": stream}, {**sync, "throughput": enough * factor}), "dr")
        assert (peak_s(changed) <= target) is holds
    largest = found["largest_write_bytes_per_s"]
    if largest is not None:
        scale = largest / syncs.bytes_per_s
        assert (
            peak_s(syncs.times(scale * (1 - 1e-6)))
            <= target
            < peak_s(syncs.times(scale * (1 + 1e-6)))
        )


# Outages and the initial sync


@pytest.mark.parametrize(
    ("interval", "setup", "size", "throughput", "length"),
    [(60, 5, 1200, 8000, 1400.0), (300, 17, 777, 7000, 7001.1), (60, 24.5, 1200, 9000, 3600.0)],
)
def test_catch_up(interval, setup, size, throughput, length):
    rho = size / 0.3 / throughput
    durations = [length]
    while durations[-1] > interval:
        durations.append(setup + rho * durations[-1])
    streams = {"w": constant("10 per 3 s", f"{size} B")}
    syncs = syncs_of(
        scenario(streams, {"interval": interval, "setup": setup, "throughput": throughput}), "dr"
    )
    usual = steady(syncs)
    assert usual is not None
    found = catch_up(syncs, usual, LongCycle(length, length))
    assert found is not None
    assert found.syncs == len(durations) - 1
    assert found.duration_s == near(sum(durations[1:]))
    assert found.age_peak_s == near(durations[0] + durations[1])


@pytest.mark.slow
def test_a_catch_up_without_an_end_in_sight():
    """ρ = 1 - 1e-7: after a year of initial sync each sync is a ten millionth shorter."""
    sync = {"setup": 1, "throughput": 1000 / (1 - 1e-7)}
    found = estimated({"w": constant()}, sync, file_system={"size": "30 GB"},
                      replication={"established": False})  # fmt: skip
    assert found["regime"] == "back_to_back"
    assert [part["syncs"] for part in found["catch_up"]] == [1, None]


def test_outages_of_the_scenario():
    """Worst moments: just before a cut, or just before the completion of the sync that is lost."""
    sync = {"interval": 60, "setup": 5, "throughput": 2000}
    events = [
        {"at": 100, "link_outage": LINK, "for": 600},
        {"at": 200, "link_outage": "us-west-2 -> us-east-1", "for": 600},
        {"at": 300, "region_outage": "us-east-1", "for": 600},
        {"at": 400, "region_outage": "us-west-2", "for": 600},
        {"at": 500, "kms_key_disabled": "dr", "for": 600},
        {"at": 600, "opt_out": "us-west-2", "for": 600},
        {"at": 700, "permission_lost": "dr"},
        {"at": 800, "link_outage": LINK, "for": 600},
    ]
    found = efssim.estimate(
        scenario(
            {"w": constant()},
            sync,
            events=events,
            regions={"us-west-2": {"default": False, "opting_out": 10, "opting_in": 40}},
            replication={"control": {"preset": "none", "pausing": 60, "resuming": 5}},
        ),
        outage="5 min",
    ).replications["dr"]["catch_up"]
    # A sync takes 35 s. Sync 1 after L seconds takes 5 + L/2 and completes at age L + 5 + L/2.
    assert [(part["after"], part["lasts_s"]) for part in found] == [
        ("link_outage", 300),
        (f"link_outage {LINK}", 600),
        ("region_outage us-east-1", 600),
        ("region_outage us-west-2", 600),
        ("kms_key_disabled dr", 600),
        ("opt_out us-west-2", 630),
    ]
    peaks = [part["age_peak_s"] for part in found]
    # Of an outage of the source's Region only what was written before it has to be sent.
    assert peaks == near([360 * 1.5 + 5, 995, 660 + 35, 995, 695 * 1.5 + 5, 725 * 1.5 + 5])


def test_initial_sync():
    """Setup, latency, inventory, the longer of bytes and files; of an existing destination part."""
    new = {"established": False, "initial": {"throughput": "1 MB/s", "setup": 100}}
    sync = {"interval": 60, "setup": 5, "throughput": "1 GB/s", "scan_rate": "100 per s"}
    world = {"files": 5000, "file_system": {"size": "10 GB"}}
    links = {LINK: {"latency": 3}}
    found = estimated({}, sync, **world, replication=new, links=links)
    assert found["initial_sync_s"] == near(100 + 3 + 50 + 10_000)
    assert found["initial_bytes"] == 10**10
    assert found["catch_up"][1]["age_peak_s"] == near(10_153 + 8)
    part = {
        "established": False,
        "destination": {"file_system": "other"},
        "initial": {"differing": "1 GB", "file_rate": "1 per s"},
    }
    others = {"other": {"region": "us-west-2"}}
    found = estimated({}, sync, **world, replication=part, links=links, others=others)
    assert found["initial_sync_s"] == near(5 + 3 + 50 + 500)
    assert [part["after"] for part in found["catch_up"]] == ["link_outage", "initial_sync"]
    assert len(estimated({}, sync, **world)["catch_up"]) == 1


# Failed attempts


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.97])
@pytest.mark.parametrize(("backoff", "largest"), [(10, 600), (0, 600), (10, 10), (3, 1e9)])
def test_waits_are_the_sum_over_failures(p, backoff, largest):
    k = np.arange(2000)
    waits = np.minimum(backoff * 2.0 ** np.minimum(k, 64), largest)
    waited = np.concatenate(([0.0], waits.cumsum()))[:-1]
    chance = (1 - p) * p**k
    mean, failures = (chance * waited).sum(), (chance * k).sum()
    found = Failures(p, backoff, largest)
    assert found.mean == near(failures)
    # abs: a variance that is 0, or nearly, as the difference of two sums.
    assert found.waits.mean == pytest.approx(mean, rel=1e-9, abs=1e-12)
    variance, joint = (chance * waited**2).sum() - mean**2, (chance * waited * k).sum()
    assert found.waits.variance == pytest.approx(variance, rel=1e-7, abs=1e-6)
    assert found.waits.with_failures == pytest.approx(joint - mean * failures, rel=1e-7, abs=1e-6)


def test_duration_and_variance_of_failed_attempts_agree_with_samples():
    p, once, failures = 0.2, 50.0, Failures(0.2, 10.0, 60.0)
    generator = np.random.default_rng(11)
    count = generator.geometric(1 - p, 1_000_000) - 1
    shares = generator.random((count.max(), len(count)))
    inside = np.arange(count.max())[:, None] < count
    waits = np.minimum(10.0 * 2.0 ** np.arange(count.max()), 60.0)[:, None]
    took = once + ((once * shares + waits) * inside).sum(axis=0)
    assert agrees(took, failures.duration_s(once), "duration")
    assert agrees((took - took.mean()) ** 2, failures.variance(once, 0.0), "variance")


# The estimate as an object


def test_estimate_of_a_scenario_without_replications():
    found = efssim.estimate(efssim.Scenario(name="none", duration=60))
    assert found.summary["replications"] == {}
    assert len(found.table) == 0
    assert isinstance(found._repr_html_(), str)


def test_table_and_display(capsys):
    world = scenario({"w": constant()}, {"interval": 60, "setup": 5, "throughput": 2000}, "2 h")
    found = efssim.estimate(world)
    assert list(found.table.columns) == ["estimate", "simulated", "off"]
    assert [key for _, key in found.table.index] == list(NUMBERS)
    assert (found.table.dtypes == "float64").all()
    assert found.table.loc[("dr", "age_mean_s"), "estimate"] == near(65)
    assert found.table["simulated"].isna().all()
    assert found.summary["replications"]["dr"]["simulated"] is None
    compared = found.compared_with(efssim.run(world))
    row = compared.table.loc[("dr", "age_mean_s")]
    assert row["off"] == pytest.approx(row["simulated"] / 65 - 1)
    assert abs(row["off"]) < 0.02  # the run begins with nothing pending
    assert found.simulated is None
    assert repr(found) == "<efssim.Estimate of 'test'>"
    assert "1 min 5 s" in found._repr_html_()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("outage", [0, "5 mn", -3])
def test_an_outage_that_is_none(outage):
    with pytest.raises(ValueError, match=r"."):
        efssim.estimate(scenario(), outage=outage)


def test_an_estimate_does_not_import_the_simulator():
    code = """
import sys, efssim
found = efssim.estimate(efssim.Scenario(name="a", duration=60))
found.summary
sys.exit(any(name in sys.modules for name in ("simpy", "pandas", "efssim.model", "scipy")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


_DURATIONS: st.SearchStrategy[Any] = st.one_of(
    seconds(1e5),
    st.builds(lambda mean: {"exponential": {"mean": mean}}, seconds(1e5)),
)
_ARRIVALS: st.SearchStrategy[Any] = st.sampled_from(
    [
        {"constant": {"rate": "3 per s"}},
        {"poisson": {"rate": "1 per 3 h"}},
        {"on_off": {"on": "10 min", "off": "2 h", "rate": "500 per s"}},
        {"profile": {"rate": "5 per s", "hours": [1] * 23 + [0]}},
        {"batch": {"at": "02:00", "every": "1 day", "writes": 5000, "over": 0}},
        {"batch": {"at": "02:00", "every": "1 day", "writes": 5000, "over": "1 h"}},
    ]
)
_STREAMS = st.fixed_dictionaries(
    {"arrivals": _ARRIVALS, "size": st.sampled_from([0, 1, "64 KiB", "10 GB"])},
    optional={
        "hot_set": st.sampled_from(
            [{"size": "1 MB", "block": "1 MB"}, {"size": "1 GiB", "block": "4 KiB", "share": 0.5}]
        ),
        "in_file": st.just({"size": "120 GB"}),
        "files": st.integers(1, 1000),
        "growth": st.floats(0.01, 100),
    },
)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(_STREAMS, max_size=3),
    st.fixed_dictionaries(
        {"preset": st.just("efs")},
        optional={
            "interval": seconds(1e5),
            "gap": _DURATIONS,
            "setup": _DURATIONS,
            "throughput": st.floats(1, 1e12),
            "file_rate": st.just("none"),
            "failure_probability": st.floats(1e-12, 0.9999),
        },
    ),
    st.booleans(),
)
def test_every_scenario_has_an_estimate(streams, sync, established):
    from pydantic import ValidationError

    named = {f"s{k}": stream for k, stream in enumerate(streams)}
    replication = {"sync": sync, "established": established}
    try:
        world = scenario(named, duration="30 days", files=10**6, replication=replication)
    except ValidationError:  # no time can pass
        return
    found = efssim.estimate(world).summary
    json.dumps(found, allow_nan=False)
    part = found["replications"]["dr"]
    if part["regime"] != "diverging":
        assert part["age_mean_s"] >= part["sync_s"] >= 0
        assert part["age_peak_s"] >= part["cycle_s"] > 0
        assert 0 <= part["attainment"] <= 1
