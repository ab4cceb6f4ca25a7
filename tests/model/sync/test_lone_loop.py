"""One stream that is drawn one by one has a loop of its own, which gives the bits of the other."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.worlds import constant, poisson, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim import Result, Scenario
from efssim.model.sync import stretch, sync_loop
from efssim.records.run_records import SYNC_COLUMNS

LINK = "us-east-1 -> us-west-2"
STREAMS: list[dict[str, Any]] = [
    constant("1 per 3 s", "777 B"),
    poisson("20 per s", {"exponential": {"mean": 300}}),
    {**poisson("1 per 9 s", {"lognormal": {"median": 2000, "sigma": 1}}), "new_files": 1},
    {**poisson("1 per min", 400), "files": 3},
    {**poisson("1 per 20 s", 200), "in_file": {"size": 60_000}},
]
EVENTS: list[dict[str, Any]] = [
    {"link_outage": LINK, "for": 200.5},
    {"region_outage": "us-east-1", "for": 30},
    {"link_degraded": LINK, "factor": 0.4, "for": 700},
    {"region_outage": "us-west-2", "for": 90},
]
syncs = st.fixed_dictionaries(
    {
        "interval": st.sampled_from([0, 0, 20, 61.7]),
        "gap": st.sampled_from([1, 7.3, {"exponential": {"mean": 20}}]),
        "setup": st.sampled_from([0, 5, 33, {"gamma": {"mean": 9, "cv": 0.8}}]),
        "throughput": st.sampled_from(["none", 300, 5000]),
        "file_rate": st.sampled_from(["none", 4]),
        "scan_rate": st.sampled_from(["none", 50]),
        "diff_rate": st.sampled_from(["none", 9000]),
        "failure_probability": st.sampled_from([0, 0, 0, 0.2]),
    }
)
events = st.lists(st.tuples(st.sampled_from(EVENTS), st.floats(1, 6000)), max_size=3)


def world(streams: list[dict[str, Any]], sync: dict[str, Any], hits: list[Any]) -> Scenario:
    return scenario(
        {f"app-{k}": stream for k, stream in enumerate(streams)},
        sync,
        duration="2 h",
        files=100,
        events=[{**kind, "at": at_s} for kind, at_s in hits],
    )


def assert_same(one: Result, other: Result) -> None:
    assert one.summary == other.summary
    for column in SYNC_COLUMNS:
        left, right = (each.outcomes["dr"].syncs[column] for each in (one, other))
        assert left.tobytes() == right.tobytes()


@settings(max_examples=60)
@given(stream=st.sampled_from(STREAMS), sync=syncs, hits=events, seed=st.integers(0, 99))
def test_both_loops_agree_to_the_bit(
    stream: dict[str, Any], sync: dict[str, Any], hits: list[Any], seed: int
) -> None:
    found = efssim.run(world([stream], sync, hits), seed=seed, verify=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretch, "lone_loop", lambda *_: None)
        expected = efssim.run(world([stream], sync, hits), seed=seed, verify=True)
    assert_same(found, expected)


def test_how_many_writes_a_loop_copies_at_once_shows_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hot = {
        **poisson("2 per s", {"exponential": {"mean": 300}}),
        "hot_set": {"size": "64 KiB", "block": "1 KiB", "share": 0.7},
    }
    slow = {"interval": 0, "gap": 1, "setup": {"gamma": {"mean": 9, "cv": 0.8}}, "throughput": 5000}
    expected = efssim.run(world([hot], slow, []))
    monkeypatch.setattr(sync_loop, "_COPIED", 50)  # of 14,400; a sync has about 20
    assert_same(efssim.run(world([hot], slow, [])), expected)
