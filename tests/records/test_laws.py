"""The laws as properties of random scenarios, and the checkers against records that break them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers.random_worlds import DURATION_S, streams, worlds, worlds_in_cells
from helpers.worlds import constant, numbers, poisson, scenario, simulate
from hypothesis import given, settings
from hypothesis import strategies as st

from efssim import Scenario, Simulation, UsageError
from efssim.records import laws
from efssim.records.columns import Columns
from efssim.records.lifetimes import Lifetimes, WriteLog
from efssim.records.pieces import OpenPieces, Pieces, PublishedPieces
from efssim.records.run_records import (
    SYNC_COLUMNS,
    OpenWrites,
    Publications,
    ReplicationRecords,
    Snapshot,
    StatusChange,
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
    undefined_s = summary["time_since_last_sync_s"]["undefined_s"]
    defined_s = DURATION_S - world.warm_up - undefined_s
    if summary["rpo"]["attainment"] is None:
        assert defined_s == pytest.approx(0, abs=1e-6)
    else:
        # Both are sums of rounded lengths, over at least the shortest time that counts as defined.
        missed_s = defined_s * (1 - summary["rpo"]["attainment"])
        assert summary["rpo"]["violation_s"] == pytest.approx(missed_s, abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(worlds_in_cells)
def test_random_scenarios_in_cells_break_no_law(world: Scenario) -> None:
    summary = numbers(simulate(world))
    counted = summary["write_lag_s"]["count"] + summary["pending_bytes"]["open_at_end_writes"]
    assert summary["writes"]["count"] == counted


@settings(max_examples=60, deadline=None)
@given(worlds | worlds_in_cells, st.lists(st.floats(0, 400), max_size=5))
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
    def lifetimes(throughput: float) -> tuple[Lifetimes, float]:
        sync = {"interval": 60, "setup": 2, "throughput": throughput}
        each = {f"s{k}": {**part, "drawn": "each"} for k, part in enumerate(parts)}
        world = scenario(each, sync, 2000, seed=seed)
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
    def lifetimes(throughput: float) -> Lifetimes:
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


def _consistent() -> tuple[ReplicationRecords, Snapshot, WriteLog]:
    """Two writes of 10 B at 1 s and 2 s, published at 6 s by a cut at 5 s; one of 7 B open."""
    records = ReplicationRecords(last_replicated_s=0.0)
    records.statuses.append(StatusChange(0.0, None, "ENABLED", "established"))
    records.syncs.append(5.0, 6.0, 20, 20, 2, 2, 1, 1.0, 27, 1020, 7)
    log = WriteLog()
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


def _in_pieces() -> tuple[ReplicationRecords, Snapshot, WriteLog]:
    """Four writes of 40 B up to a cut at 5 s, published at 6 s; 13 writes of 130 B open at 70 s."""
    records = ReplicationRecords(last_replicated_s=0.0)
    records.statuses.append(StatusChange(0.0, None, "ENABLED", "established"))
    # On the line from 40 B at 5 s to 150 B at 60 s.
    records.syncs.append(5.0, 6.0, 40, 40, 4, 4, 1, 1.0, 42, 1040, 7)
    log = WriteLog()
    published = Pieces(_floats(0), _floats(5), _ints(4), _ints(40))
    log.add(PublishedPieces(published, _floats(1), _ints(1), _floats(1), _floats(6), 1))
    still = Pieces(_floats(5, 60), _floats(60, 70), _ints(11, 2), _ints(110, 20))
    return records, Snapshot(70.0, (OpenPieces(still, 5.5, 1),), None, 170, 17), log


def _with(column: str, value: float) -> tuple[ReplicationRecords, Snapshot, WriteLog]:
    """Return the consistent records of pieces, with another value in a column."""
    records, snapshot, log = _in_pieces()
    row = {name: records.syncs[name][0].item() for name in SYNC_COLUMNS} | {column: value}
    records.syncs = Columns(SYNC_COLUMNS)
    records.syncs.append(*row.values())
    return records, snapshot, log


def test_consistent_pieces_pass() -> None:
    laws.check(*_in_pieces())
    for size in (41, 43):  # to a byte for the stream
        laws.check(*_with("written_bytes", size))


@pytest.mark.parametrize(
    ("column", "value", "law"),
    [
        ("cut_s", 4.5, 1),  # inside a piece
        ("cut_s", 5.5, 1),  # inside the next one
        ("writes", 3, 1),
        ("published_bytes", 41, 4),
        ("written_bytes", 40, 4),
        ("written_bytes", 44, 4),
    ],
)
def test_a_broken_column_breaks_its_law_in_pieces(column: str, value: float, law: int) -> None:
    with pytest.raises(laws.LawViolation, match=f"law {law}"):
        laws.check(*_with(column, value))


def test_in_a_stop_nothing_is_written_and_after_it_the_line_begins_anew() -> None:
    records, snapshot, log = _with("written_bytes", 40)
    records.source.stop(5.0, 0, is_wanted=True)
    laws.check(records, snapshot, log)
    records, snapshot, log = _with("written_bytes", 41)
    records.source.stop(5.0, 0, is_wanted=True)
    with pytest.raises(laws.LawViolation, match="law 4"):
        laws.check(records, snapshot, log)
    records, snapshot, log = _in_pieces()
    records.source.stop(4.0, 0, is_wanted=True)
    records.source.resume(5.9, 0)
    with pytest.raises(laws.LawViolation, match="law 4"):
        laws.check(records, snapshot, log)
    records, snapshot, log = _with("written_bytes", 40)
    records.source.stop(4.0, 0, is_wanted=True)
    records.source.resume(5.9, 0)
    laws.check(records, snapshot, log)


def test_where_the_end_of_the_line_is_not_known_bytes_do_not_fall() -> None:
    for size in (60, 10**12):  # no end, no upper bound
        records, snapshot, log = _with("written_bytes", size)
        records.source.stop(50.0, 0, is_wanted=True)
        laws.check(records, snapshot, log)
    records, snapshot, log = _with("written_bytes", 39)
    records.source.stop(50.0, 0, is_wanted=True)
    with pytest.raises(laws.LawViolation, match="law 4"):
        laws.check(records, snapshot, log)


def test_pieces_have_no_single_lifetimes() -> None:
    _, snapshot, log = _in_pieces()
    with pytest.raises(UsageError, match="`lifetimes` reads every write"):
        log.lifetimes(snapshot)


def test_a_lost_byte_breaks_law_4() -> None:
    records, snapshot, log = _consistent()
    with pytest.raises(laws.LawViolation, match="law 4"):
        laws.check(records, replace(snapshot, written_bytes=28), log)


def test_a_wrong_count_of_written_bytes_breaks_law_4() -> None:
    records, snapshot, log = _consistent()
    row = {name: records.syncs[name][0].item() for name in SYNC_COLUMNS} | {"written_bytes": 20}
    records.syncs = Columns(SYNC_COLUMNS)
    records.syncs.append(*row.values())
    with pytest.raises(laws.LawViolation, match="law 4"):
        laws.check(records, snapshot, log)


def test_more_published_than_written_breaks_law_4() -> None:
    """By the first of two syncs of one instant, whose sum alone is compared with the writes."""
    records, snapshot, log = _consistent()
    row = {name: records.syncs[name][0].item() for name in SYNC_COLUMNS}
    records.syncs = Columns(SYNC_COLUMNS)
    for published, writes in ((30, 2), (-10, 0)):
        changed = row | {"published_bytes": published, "writes": writes}
        records.syncs.append(*changed.values())
    with pytest.raises(laws.LawViolation, match="law 4 is broken: published is at most written"):
        laws.check(records, snapshot, log)


def test_a_timestamp_that_decreases_by_little_breaks_law_2() -> None:
    records, snapshot, log = _consistent()
    records.syncs.append(4.999, 7.0, 0, 0, 0, 0, 1, np.nan, 27, 1020, 7)
    with pytest.raises(laws.LawViolation, match="law 2"):
        laws.check(records, snapshot, log)


def test_a_decreasing_timestamp_breaks_law_2() -> None:
    records, snapshot, log = _consistent()
    records.syncs.append(4.0, 7.0, 0, 0, 0, 0, 1, np.nan, 27, 1020, 7)
    with pytest.raises(laws.LawViolation, match="law 2"):
        laws.check(records, snapshot, log)


def _with_statuses(*changes: tuple[float, str | None, str | None]) -> Any:
    """Return the consistent records with other statuses: time, before, after."""
    records, snapshot, log = _consistent()
    records.statuses[:] = [StatusChange(*change, "test") for change in changes]
    return records, snapshot, log


ENABLED = (0.0, None, "ENABLED")


@pytest.mark.parametrize(
    "changes",
    [
        # A pause that begins when the sync completes, and one that ends when it is cut.
        [ENABLED, (6.0, "ENABLED", "PAUSING"), (7.0, "PAUSING", "PAUSED")],
        [
            (0.0, None, "ENABLING"),
            (1.0, "ENABLING", "ENABLED"),
            (2.0, "ENABLED", "PAUSING"),
            (2.0, "PAUSING", "PAUSED"),
            (5.0, "PAUSED", "ENABLED"),
        ],
        [ENABLED, (7.0, "ENABLED", "ERROR"), (8.0, "ERROR", "DELETING")],
    ],
)
def test_statuses_that_keep_law_3(changes: Any) -> None:
    laws.check(*_with_statuses(*changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([(0.0, None, "PAUSED")], "the change is legal"),
        ([ENABLED, (7.0, "ENABLED", "PAUSED")], "the change is legal"),
        ([ENABLED, (7.0, "ENABLED", None)], "the change is legal"),
        ([ENABLED, (7.0, "ENABLED", "ENABLED")], "the change is legal"),
        ([ENABLED, (6.5, "ENABLED", "ERROR"), (7.0, "ERROR", "ENABLED")], "the change is legal"),
        (
            [ENABLED, (6.5, "ENABLED", "DELETING"), (7.0, "DELETING", "ERROR")],
            "the change is legal",
        ),
        ([ENABLED, (7.0, "PAUSING", "PAUSED")], "a status follows the one before"),
        (
            [ENABLED, (7.0, "ENABLED", "PAUSING"), (6.5, "PAUSING", "PAUSED")],
            "statuses are in order",
        ),
        # The sync completes at 6 s, while the destination is PAUSED, PAUSING, not yet ENABLED.
        (
            [ENABLED, (5.2, "ENABLED", "PAUSING"), (5.4, "PAUSING", "PAUSED")],
            "a sync is cut and completes in one span of ENABLED",
        ),
        (
            [ENABLED, (5.999, "ENABLED", "PAUSING")],
            "a sync is cut and completes in one span of ENABLED",
        ),
        (
            [(0.0, None, "ENABLING"), (6.001, "ENABLING", "ENABLED")],
            "a sync is cut and completes in one span of ENABLED",
        ),
        (
            [ENABLED, (5.5, "ENABLED", "ERROR")],
            "a sync is cut and completes in one span of ENABLED",
        ),
        # The last status says that the configuration is gone, and nothing else does.
        (
            [ENABLED, (6.5, "ENABLED", "DELETING"), (7.0, "DELETING", None)],
            "a deleted configuration is gone",
        ),
    ],
)
def test_broken_statuses_break_law_3(changes: Any, sentence: str) -> None:
    with pytest.raises(laws.LawViolation, match=f"law 3 is broken: {sentence}"):
        laws.check(*_with_statuses(*changes))


def test_a_configuration_that_is_gone_has_no_status() -> None:
    records, snapshot, log = _consistent()
    records.gone = snapshot
    with pytest.raises(laws.LawViolation, match="law 3"):
        laws.check(records, snapshot, log)


def test_little_compares_two_independent_sides() -> None:
    records, snapshot, log = _consistent()
    writes = log.pieces(snapshot)
    laws._little(records, snapshot, writes)
    later = replace(writes, published_s=_floats(6, 7, np.inf))
    with pytest.raises(laws.LawViolation, match="law 5"):
        laws._little(records, snapshot, later)
    records, snapshot, log = _in_pieces()
    pieces = log.pieces(snapshot)
    laws._little(records, snapshot, pieces)
    with pytest.raises(laws.LawViolation, match="law 5"):
        laws._little(records, snapshot, replace(pieces, published_s=_floats(6.5, np.inf, np.inf)))


def test_simulate_verifies() -> None:
    simulation = Simulation(scenario({"w": constant()}, {"interval": 60}), verify=True)
    simulation.advance_to_end()
    simulation.result()
    simulation._logs["dr"].parts.pop()
    with pytest.raises(laws.LawViolation):
        simulation.result()
