"""Deterministic runs whose every time is written out by hand."""

from __future__ import annotations

import pytest
from helpers.worlds import constant, numbers, scenario, simulate


def _syncs(result, *columns):
    outcome = result.outcomes["dr"]
    return [tuple(row) for row in zip(*(outcome.syncs[c].tolist() for c in columns), strict=True)]


def test_periodic_syncs_of_constant_writes():
    # 1,000 B/s at 10,000 B/s, every 60 s after 5 s of setup: each sync takes 5 + 6 = 11 s.
    world = scenario({"w": constant()}, {"interval": 60, "setup": 5, "throughput": 10_000}, 300)
    result = simulate(world)
    assert _syncs(result, "cut_s", "completed_s", "bytes", "writes", "first_write_s") == [
        (60, 71, 60_000, 60, 1),
        (120, 131, 60_000, 60, 61),
        (180, 191, 60_000, 60, 121),
        (240, 251, 60_000, 60, 181),
    ]
    # The cut at the very end has happened: its sync is open.
    still = result.outcomes["dr"].open_sync
    assert (still.cut_s, still.bytes, still.writes) == (300, 60_000, 60)
    assert numbers(result)["last_replicated_timestamp"] == "2026-01-01T00:04:00.000000Z"
    assert numbers(result)["last_sync_completed"] == "2026-01-01T00:04:11.000000Z"


def test_a_late_sync_delays_the_next_cut():
    # A sync of 6 s after 5 s of setup at an interval of 10 s is late by 1 s: cuts at 10, 21, …
    world = scenario({"w": constant()}, {"interval": 10, "setup": 11, "throughput": "none"}, 60)
    assert _syncs(simulate(world), "cut_s", "completed_s") == [
        (10, 21),
        (21, 32),
        (32, 43),
        (43, 54),
    ]


def test_gated_cycles_wait_for_the_gap():
    world = scenario({"w": constant()}, {"gap": 10, "setup": 5}, 60)
    assert _syncs(simulate(world), "cut_s", "completed_s") == [
        (10, 15),
        (25, 30),
        (40, 45),
        (55, 60),
    ]


def test_a_completion_at_the_end_counts_and_a_cut_there_is_open():
    world = scenario({"w": constant()}, {"interval": 10}, 30)
    result = simulate(world)
    assert _syncs(result, "cut_s", "completed_s", "bytes") == [
        (10, 10, 10_000),
        (20, 20, 10_000),
        (30, 30, 10_000),
    ]
    assert numbers(result)["pending_bytes"]["open_at_end"] == 0


def test_an_empty_change_set_pays_setup_only_and_moves_the_timestamp():
    world = scenario({}, {"interval": 60, "setup": 5, "scan_rate": 1}, 120, files=1000)
    result = simulate(world)
    assert _syncs(result, "cut_s", "completed_s", "bytes") == [(60, 65, 0)]
    summary = numbers(result)
    assert summary["last_replicated_timestamp"] == "2026-01-01T00:01:00.000000Z"
    assert summary["write_lag_s"]["count"] == 0
    assert summary["write_lag_s"]["mean"] is None
    assert summary["oldest_pending_s"]["max"] == 0


def test_phases_add_up_and_the_slower_of_bytes_and_files_counts():
    # 5 setup + 100 / 50 inventory + max(60,000 / 60,000, 60 / 4) = 22 s.
    sync = {"interval": 60, "setup": 5, "scan_rate": 50, "throughput": 60_000, "file_rate": 4}
    world = scenario({"w": constant()}, sync, 100, files=100)
    assert _syncs(simulate(world), "completed_s", "files") == [(82, 60)]


def test_files_per_write():
    streams = {"w": {**constant(), "files": 3}}
    world = scenario(streams, {"interval": 60, "file_rate": 90}, 100)
    assert _syncs(simulate(world), "completed_s", "files") == [(62, 180)]


def test_measures_of_a_run_worked_out_by_hand():
    # One write of 100 B every 10 s; syncs at 20 and 40 take 5 s; the run ends at 50 s.
    world = scenario({"w": constant("1 per 10 s", "100 B")}, {"interval": 20, "setup": 5}, 50)
    summary = numbers(simulate(world))
    age = summary["time_since_last_sync_s"]
    # Age rises 0..25, 5..25, 5..10.
    assert age["mean"] == pytest.approx((25**2 / 2 + (25**2 - 5**2) / 2 + (100 - 25) / 2) / 50)
    assert (age["max"], age["peak_mean"], age["undefined_s"]) == (25, 25, 0)
    lag = summary["write_lag_s"]
    # Writes at 10, 20 wait 15, 5; those at 30, 40 wait 15, 5; that at 50 is open.
    assert (lag["count"], lag["mean"], lag["p50"], lag["p90"], lag["max"]) == (4, 10, 5, 15, 15)
    pending = summary["pending_bytes"]
    assert pending["mean"] == pytest.approx((15 + 5 + 15 + 5) * 100 / 50)
    # 300 B? No: at 25 s the writes of 10 and 20 are pending, at 45 s those of 30 and 40.
    assert (pending["max"], pending["open_at_end"], pending["open_at_end_writes"]) == (200, 100, 1)
    # Oldest pending: 0 until 10, then 0..15 until 25, 0 until 30, 0..15 until 45, 0 until 50.
    oldest = summary["oldest_pending_s"]
    assert oldest["mean"] == pytest.approx(2 * 15**2 / 2 / 50)
    assert oldest["max"] == 15
    assert oldest["p50"] == pytest.approx(2.5)  # 20 s at 0, then two ramps share 2 s per second
    rpo = summary["rpo"]
    assert (rpo["attainment"], rpo["met"], rpo["violations"]) == (1, True, 0)


def test_violations_are_maximal_intervals():
    world = scenario(
        {"w": constant()}, {"interval": 20, "setup": 5}, 50, rpo={"target": 15, "attainment": 0.5}
    )
    result = simulate(world)
    found = [(v.begin_s, v.end_s, v.peak_s) for v in result.outcomes["dr"].violations]
    assert found == [(15, 25, 25), (35, 45, 25)]
    rpo = numbers(result)["rpo"]
    assert (rpo["attainment"], rpo["met"], rpo["violation_s"], rpo["longest_s"]) == (
        0.6,
        True,
        20,
        10,
    )


def test_a_completion_above_the_target_does_not_end_a_violation():
    # Age just after each completion is 30 s: one violation from 20 s on.
    world = scenario({}, {"gap": 1, "setup": 30}, 100, rpo={"target": 20, "attainment": 0.5})
    found = [(v.begin_s, v.end_s, v.peak_s) for v in simulate(world).outcomes["dr"].violations]
    assert found == [(20, 100, 61)]


def test_warm_up_cuts_the_window():
    world = scenario(
        {"w": constant("1 per 10 s", "100 B")}, {"interval": 20, "setup": 5}, 50, warm_up=22
    )
    summary = numbers(simulate(world))
    # From 22 s: age 22..25, 5..25, 5..10; writes at 30 and 40 published, 50 open.
    expected = ((25**2 - 22**2) + (25**2 - 5**2) + (10**2 - 5**2)) / 2 / 28
    assert summary["time_since_last_sync_s"]["mean"] == pytest.approx(expected)
    assert summary["write_lag_s"]["count"] == 2
    assert summary["writes"] == {
        "count": 3,
        "bytes": 300,
        "coalesced_bytes": 0,
        "dropped_bytes": {},
    }
    # The 200 B of 10 and 20 s are pending until 25 s; then as before.
    assert summary["pending_bytes"]["mean"] == pytest.approx((200 * 3 + 100 * 20) / 28)
    assert summary["status_s"] == {"ENABLED": 28}
    assert summary["syncs"]["completed"] == 2


def test_batches_are_spread_evenly():
    batch = {"at": "00:01", "every": "10 min", "writes": 4, "over": "8 s"}
    streams = {"w": {"arrivals": {"batch": batch}, "size": "10 B"}}
    result = simulate(scenario(streams, {"interval": 64}, 130))
    # Writes at 62, 64, 66 and 68 s: two in each change set.
    assert _syncs(result, "cut_s", "writes", "first_write_s") == [(64, 2, 62), (128, 2, 66)]


def test_diverging_runs_say_so():
    world = scenario({"w": constant()}, {"interval": 10, "setup": 1, "throughput": 500}, 3600)
    syncs = numbers(simulate(world))["syncs"]
    assert syncs["utilisation"] == pytest.approx(2)
    assert syncs["diverging"] is True
    faster = scenario({"w": constant()}, {"interval": 10, "setup": 1, "throughput": 2000}, 3600)
    syncs = numbers(simulate(faster))["syncs"]
    assert syncs["utilisation"] == pytest.approx(0.5)
    assert syncs["diverging"] is False


def test_failed_attempts_back_off_and_keep_the_cut():
    sync = {"interval": 100, "setup": 10, "failure_probability": "60 %", "backoff": 4}
    result = simulate(scenario({"w": constant()}, sync, 20_000))
    syncs = result.outcomes["dr"].syncs
    retried = syncs["attempts"] > 1
    assert retried.sum() > 50
    duration = syncs["completed_s"] - syncs["cut_s"]
    assert duration[~retried] == pytest.approx(10)
    # k failed attempts wait 4 (2^k - 1) s and lose at most 10 s each.
    failed = syncs["attempts"][retried] - 1
    least = 10 + 4 * (2.0**failed - 1)
    assert (duration[retried] >= least - 1e-9).all()
    assert (duration[retried] <= least + 10 * failed + 1e-9).all()
    summary = numbers(result)["syncs"]
    assert summary["failed_attempts"] >= failed.sum()
