"""Laws of throttled writes, on random queues and on random worlds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.random_worlds import DURATION_S, times
from helpers.worlds import overwriting, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from efssim.model.writes.throttle.permitted import Permitted
from efssim.model.writes.throttle.queue import ThrottledQueue
from efssim.runs.measured import MeasuredWorld

MIB = 2**20

terms = st.builds(
    Permitted,
    st.sampled_from([10.0, 64.0, 1000.0]),
    st.sampled_from([1.0, 10.0, 7.3]),
    st.sampled_from([0.0, 100.0, 5000.0]),
    st.booleans(),
    st.sampled_from([0.0, 0.0, 2.0, 20.0]),
)
writes = st.lists(
    st.tuples(st.floats(0.001, 100), st.integers(0, 500)), min_size=1, max_size=60
).map(sorted)


@given(terms, writes, st.sampled_from([0.0, 50.0, 1e9]))
@settings(max_examples=150, deadline=None)
def test_order_credits_and_rates_of_a_queue(
    permitted: Permitted, wanted: list[tuple[float, int]], credits: float
) -> None:
    queue = ThrottledQueue(permitted, credits)
    times_s, sizes = np.array([t for t, _ in wanted]), np.array([s for _, s in wanted])
    queue.want(times_s, sizes)
    made = []
    for until_s in (3.0, 50.0, 100.0, 1000.0):
        made += queue.advance(until_s).tolist()
        assert 0.0 <= queue.credits_min <= queue.credits <= permitted.credits_max
        waiting = sizes[len(made) :][times_s[len(made) :] <= until_s]
        assert queue.waiting_bytes() == waiting.sum()
    made_s = np.array(made)
    assert (np.diff(made_s) >= 0).all()
    assert (made_s >= times_s[: len(made_s)]).all()
    # What is made in an interval, but for its last write, was served in it.
    served = np.concatenate(([0], sizes[: len(made_s)].cumsum()))
    for first in range(0, len(made_s), 5):
        spans = made_s[first:] - made_s[first]
        between = served[first : len(made_s)] - served[first]
        assert (between <= permitted.rate * spans + 1e-6).all()


RARELY = st.sampled_from(["1 per 7 s", "1 per 31 s", "3 per min"])
throttled: Any = st.fixed_dictionaries(
    {"throttle": st.just(True)},
    optional={
        "burst_credits": st.sampled_from([0, "5 MiB", "1 GiB"]),
        "other_load": st.sampled_from(["500 KiB/s", "2 MiB/s"]),
        "standard_share": st.sampled_from([0, 0.5]),
    },
)
stops: Any = st.lists(
    st.builds(
        lambda at, what, length: {"at": at, **what, "for": length},
        times,
        st.sampled_from(
            [{"region_outage": "us-east-1"}, {"fence": "fs"}, {"permission_lost": "dr"}]
        ),
        st.sampled_from([1, 30, 300]),
    ),
    max_size=3,
)


@given(st.tuples(RARELY, RARELY), throttled, stops, st.sampled_from([0, 100]))
@settings(max_examples=40, deadline=None)
def test_every_wanted_byte_is_made_dropped_or_waits(
    rates: tuple[str, str], keys: dict[str, Any], events: list[dict[str, Any]], setup: int
) -> None:
    streams = {"a": overwriting(rates[0], "9 MiB"), "b": overwriting(rates[1], "20 MiB")}
    sync = {"interval": 60, "setup": setup, "throughput": "1 MiB/s"}
    measured = []
    for more in ({}, keys):
        spec = scenario(streams, sync, DURATION_S, file_system=more, events=events)
        world = MeasuredWorld(spec, verify=True)  # which checks the laws of a run
        world.advance_to_end()
        world.so_far()
        measured.append(world)
    totals = []
    for world in measured:
        replication = world.world.account.replications["dr"]
        dropped = sum(amount.bytes for amount in replication.records.dropped.values())
        now = replication.source.journal.throttled()
        waiting = 0 if now is None else now.waiting_bytes
        totals.append(replication.source.journal.made().bytes + dropped + waiting)
    assert totals[0] == totals[1]
    # No write earlier, and none overtakes another.
    free, late = (np.sort(world.lifetimes("dr").time_s) for world in measured)
    if not events:
        assert len(late) <= len(free)
        assert (late >= free[: len(late)]).all()


@pytest.mark.parametrize("records", ["on", "off"])
def test_credits_have_a_row_for_each_hour_and_change(records: str) -> None:
    event = {
        "at": "90 min",
        "call": "UpdateFileSystem",
        "with": {"FileSystemId": "fs", "ThroughputMode": "elastic"},
    }
    spec = scenario(
        {"w": overwriting("1 per s", "9 MiB")},
        {"interval": 60},
        "150 min",
        file_system={"throttle": True, "burst_credits": "6 GiB", "size": "1 GiB"},
        replication={"destination": {"region": "us-west-2", "throttle": False}},
        events=[event],
        warm_up=600,
        records=records,
    )
    world = MeasuredWorld(spec)
    world.advance_to_end()
    run = world.so_far()
    (rows,) = run.throttled.values()
    assert [row.time_s for row in rows] == [0, 600, 3600, 5400, 7200, 9000]
    assert [row.mode for row in rows] == ["bursting"] * 3 + ["elastic"] * 3
    table = run.credits()
    assert table["file_system"].tolist() == ["fs"] * 6
    # 6 GiB last for 768 s at 9 MiB/s less 1 MiB/s; then one write takes 9 s.
    assert table["credits_bytes"].tolist()[1] == pytest.approx(6144 * MIB - 600 * 8 * MIB, rel=0.01)
    assert table["credits_min_bytes"].tolist()[2] == 0
    assert table["permitted_bytes_per_s"].tolist()[2:4] == [MIB, 5 * 2**30]
    assert table["waiting_writes"].tolist()[2] == pytest.approx((3600 - 768) * 8 / 9, abs=3)
    assert table["waiting_writes"].tolist()[4] == 0
    assert run.credits("fs").equals(table)
    with pytest.raises(KeyError, match="name a throttled file system: fs"):
        run.credits("other")
