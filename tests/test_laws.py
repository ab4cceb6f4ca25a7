"""The laws as properties of random scenarios, and the checkers against records that break them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import constant, numbers, poisson, scenario, simulate

from efssim import Scenario, Simulation, laws
from efssim.records import (
    SYNC_COLUMNS,
    Columns,
    OpenWrites,
    Publications,
    ReplicationRecords,
    Snapshot,
    StatusChange,
)

rates = st.sampled_from(["1 per 100 s", "3 per min", "1 per s", "20 per s"])
arrivals = st.one_of(
    st.builds(lambda rate: {"constant": {"rate": rate}}, rates),
    st.builds(lambda rate: {"poisson": {"rate": rate}}, rates),
    st.builds(
        lambda rate, on, off: {"on_off": {"on": on, "off": off, "rate": rate}},
        rates,
        st.floats(1, 300),
        st.floats(1, 300),
    ),
    st.builds(
        lambda rate, hour: {
            "profile": {"rate": rate, "hours": [1] * hour + [9] + [0] * (23 - hour)}
        },
        rates,
        st.integers(0, 23),
    ),
    st.builds(
        lambda writes, over: {
            "batch": {"at": "00:00", "every": 97, "writes": writes, "over": over}
        },
        st.integers(1, 3000),
        st.floats(0, 97),
    ),
)
sizes: Any = st.sampled_from(
    [0, 1, "64 KiB", {"exponential": {"mean": 0.4}}, {"lognormal": {"median": 9, "sigma": 2}}]
)
streams = st.builds(
    lambda arrival, size, files, growth: {
        "arrivals": arrival,
        "size": size,
        "files": files,
        "growth": growth,
    },
    arrivals,
    sizes,
    st.integers(1, 3),
    st.floats(0.2, 3),
)
syncs = st.fixed_dictionaries(
    {
        "interval": st.sampled_from([0, 1.5, 60, 600]),
        "gap": st.one_of(st.just({"exponential": {"mean": 30}}), st.floats(1, 50)),
        "setup": st.one_of(st.just({"gamma": {"mean": 4, "cv": 1}}), st.floats(0, 100)),
        "throughput": st.sampled_from(["none", 10, 1000, "1 MB/s"]),
        "file_rate": st.sampled_from(["none", 2, 1000]),
        "failure_probability": st.sampled_from([0, 0.5]),
        "backoff": st.floats(0, 50),
    }
)
worlds = st.builds(
    lambda parts, sync, warm_up, seed: scenario(
        {f"s{k}": part for k, part in enumerate(parts)}, sync, 2000, warm_up=warm_up, seed=seed
    ),
    st.lists(streams, max_size=3),
    syncs,
    st.sampled_from([0, 100, 1999]),
    st.integers(0, 2**63 - 1),
)


# No deadline: timing never decides a test.
@settings(max_examples=150, deadline=None)
@given(worlds)
def test_random_scenarios_break_no_law(world: Scenario) -> None:
    summary = numbers(simulate(world))
    counted = summary["write_lag_s"]["count"] + summary["pending_bytes"]["open_at_end_writes"]
    assert summary["writes"]["count"] == counted
    for lag in ("time_since_last_sync_s", "write_lag_s", "oldest_pending_s"):
        values = [summary[lag][key] for key in ("p50", "p90", "p95", "p99", "p99_9", "max")]
        assert values == sorted(values, key=lambda value: -1 if value is None else value)
    attainment = summary["rpo"]["attainment"]
    window = 2000 - world.warm_up
    assert attainment == pytest.approx(1 - summary["rpo"]["violation_s"] / window, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(worlds, st.lists(st.floats(0, 400), max_size=5))
def test_looking_at_a_run_in_the_middle_changes_nothing(
    world: Scenario, steps: list[float]
) -> None:
    straight = simulate(world)
    stepped = Simulation(world, verify=True)
    for step in steps:
        stepped.advance(step)
        stepped.result()
    stepped.advance_to_end()
    assert stepped.result().summary == straight.summary


@settings(max_examples=60, deadline=None)
@given(
    st.lists(streams, min_size=1, max_size=2),
    st.floats(100, 10_000),
    st.floats(1, 50),
    st.integers(0, 99),
)
def test_law_7_more_throughput_never_makes_a_write_later(
    parts: list[Any], slow: float, factor: float, seed: int
) -> None:
    def lifetimes(throughput: float) -> tuple[laws.Lifetimes, float]:
        sync = {"interval": 60, "setup": 2, "throughput": throughput}
        world = scenario({f"s{k}": p for k, p in enumerate(parts)}, sync, 2000, seed=seed)
        simulation = Simulation(world, verify=True)
        simulation.advance_to_end()
        columns = simulation.result().outcomes["dr"].syncs
        longest = (columns["completed_s"] - columns["cut_s"]).max(initial=0.0)
        still = simulation.result().outcomes["dr"].open_sync
        # A sync that is open since more than an interval is longer than the interval too.
        overdue = still is not None and still.cut_s < 2000 - 60
        return simulation.lifetimes("dr"), np.inf if overdue else longest

    slower, longest = lifetimes(slow)
    if longest < 60:
        laws.check_more_throughput(slower, lifetimes(slow * factor)[0])


def test_law_7_holds_where_it_has_something_to_say() -> None:
    def lifetimes(throughput: float) -> laws.Lifetimes:
        sync = {"interval": 60, "setup": 2, "throughput": throughput}
        simulation = Simulation(scenario({"w": poisson("5 per s", 100)}, sync), verify=True)
        simulation.advance_to_end()
        return simulation.lifetimes("dr")

    slow, fast = lifetimes(1000), lifetimes(2000)
    laws.check_more_throughput(slow, fast)
    assert (fast.published_s < slow.published_s).mean() > 0.9
    with pytest.raises(laws.LawViolation, match="law 7"):
        laws.check_more_throughput(fast, slow)


# --- the checkers see what is broken ----------------------------------------------------------


def _consistent() -> tuple[ReplicationRecords, Snapshot, laws.WriteLog]:
    """Two writes of 10 B at 1 s and 2 s, published at 6 s by a cut at 5 s; one of 7 B open."""
    records = ReplicationRecords(last_replicated_s=0.0)
    records.statuses.append(StatusChange(0.0, None, "ENABLED", "established"))
    records.syncs.append(5.0, 6.0, 20, 20, 2, 2, 1, 1.0)
    records.written_bytes.append(27)
    log = laws.WriteLog()
    log.add(Publications(_floats(1, 2), _ints(10, 10), _ints(2), _floats(6), 1))
    still = OpenWrites(_floats(5.5), _ints(7), 1)
    return records, Snapshot(8.0, (still,), None, 27, 3), log


def _floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def _ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_consistent_records_pass() -> None:
    laws.check(*_consistent())


@pytest.mark.parametrize(
    ("column", "value", "law"),
    [
        ("cut_s", 1.5, 1),  # the write at 2 s is after the cut, yet published
        ("cut_s", 5.7, 1),  # the write at 5.5 s is before the cut, yet open
        ("writes", 3, 1),
        ("completed_s", 4.0, 2),  # before its own cut
        ("completed_s", 9.0, 2),  # in the future
        ("published_bytes", 21, 4),
    ],
)
def test_a_broken_column_breaks_its_law(column: str, value: float, law: int) -> None:
    records, snapshot, log = _consistent()
    row = {name: records.syncs[name][0].item() for name in SYNC_COLUMNS} | {column: value}
    records.syncs = Columns(SYNC_COLUMNS)
    records.syncs.append(*row.values())
    with pytest.raises(laws.LawViolation, match=f"law {law}"):
        laws.check(records, snapshot, log)


def test_a_lost_byte_breaks_law_4() -> None:
    records, snapshot, log = _consistent()
    with pytest.raises(laws.LawViolation, match="law 4"):
        laws.check(records, replace(snapshot, written_bytes=28), log)


def test_a_wrong_count_of_written_bytes_breaks_law_4() -> None:
    records, snapshot, log = _consistent()
    records.written_bytes[0] = 20
    with pytest.raises(laws.LawViolation, match="law 4"):
        laws.check(records, snapshot, log)


def test_a_decreasing_timestamp_breaks_law_2() -> None:
    records, snapshot, log = _consistent()
    records.syncs.append(4.0, 7.0, 0, 0, 0, 0, 1, np.nan)
    with pytest.raises(laws.LawViolation, match="law 2"):
        laws.check(records, snapshot, log)


def test_little_compares_two_independent_sides() -> None:
    records, snapshot, log = _consistent()
    writes = log.lifetimes(snapshot)
    laws._little(records, snapshot, writes)
    later = replace(writes, published_s=_floats(6, 7, np.inf))
    with pytest.raises(laws.LawViolation, match="law 5"):
        laws._little(records, snapshot, later)


def test_simulate_verifies() -> None:
    simulation = Simulation(scenario({"w": constant()}, {"interval": 60}), verify=True)
    simulation.advance_to_end()
    simulation.result()
    simulation._logs["dr"]._parts.pop()
    with pytest.raises(laws.LawViolation):
        simulation.result()
