"""Streams that begin or end within a run: nothing changes but which writes are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.worlds import constant, numbers, poisson, scenario, simulate
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

import efssim
from efssim import Simulation
from efssim.errors import EfssimError
from efssim.report.facts.load import load_text

SYNC = {"interval": 7, "throughput": "10 KiB/s"}
LOGNORMAL = {"lognormal": {"median": 2000, "sigma": 1}}
STREAMS: dict[str, dict[str, Any]] = {
    "constant": constant("2 per s"),
    "poisson": poisson("2 per s", LOGNORMAL),
    "on_off": {"arrivals": {"on_off": {"on": 20, "off": 30, "rate": "4 per s"}}, "size": LOGNORMAL},
    "profile": {"arrivals": {"profile": {"rate": "1 per s"}}, "size": LOGNORMAL},
    "batch": {
        "arrivals": {"batch": {"at": "00:01", "every": "2 min", "writes": 60, "over": 60}},
        "size": LOGNORMAL,
    },
    "hot": {
        **poisson("2 per s", LOGNORMAL),
        "hot_set": {"size": "1 MiB", "block": "4 KiB", "share": 0.5},
    },
}
OUTAGES = [
    {"at": 80, "region_outage": "us-east-1", "for": 40},
    {"at": 290, "region_outage": "us-east-1", "for": 30},
    {"at": 310, "region_outage": "us-east-1", "for": 40},
]


def writes(stream: dict[str, Any], **more: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return times and bytes of the writes of a run of ten minutes, with its laws checked."""
    world = Simulation(scenario({"w": stream}, SYNC, duration=600, **more), verify=True)
    world.advance_to_end()
    world.result()
    made = world.lifetimes("dr")
    return made.time_s, made.bytes


def test_by_hand() -> None:
    stream = {**constant(), "from": 10, "to": 20}
    result = simulate(scenario({"w": stream}, {"interval": 7, "setup": 1}, duration=40))
    found = numbers(result)
    # Those of the instants 11 to 20; syncs cut at 7, 14, 21 have 0, 4 and 6 of them.
    assert found["writes"] == {
        "count": 10,
        "bytes": 10_000,
        "coalesced_bytes": 0,
        "dropped_bytes": {},
    }
    assert result.syncs["bytes"].tolist() == [0, 4000, 6000, 0, 0]
    assert found["write_lag_s"]["max"] == 22 - 15


@pytest.mark.parametrize("kind", STREAMS)
def test_writes_of_the_window_are_those_that_a_stream_without_it_has(kind: str) -> None:
    stream = STREAMS[kind]
    times, sizes = writes(stream)
    some = (times > 100) & (times <= 300)
    found = writes({**stream, "from": 100, "to": 300})
    assert_array_equal(found[0], times[some])
    assert_array_equal(found[1], sizes[some])


@pytest.mark.parametrize("kind", STREAMS)
def test_what_a_stop_drops_is_counted_inside_the_window_alone(kind: str) -> None:
    stream = {**STREAMS[kind], "from": 100, "to": 300}
    times, sizes = writes(STREAMS[kind])
    here = (times > 100) & (times <= 300)
    is_made = here & (times > 120) & (times <= 290)
    found = writes(stream, events=OUTAGES)
    assert_array_equal(found[0], times[is_made])
    result = simulate(scenario({"w": stream}, SYNC, duration=600, events=OUTAGES))
    dropped = numbers(result)["writes"]["dropped_bytes"].get("region_outage", 0)
    assert dropped == sizes[here & ~is_made].sum()


@pytest.mark.parametrize("kind", ["poisson", "profile", "on_off", "hot"])
def test_cells_are_exact_at_the_edges(kind: str) -> None:
    stream = {**STREAMS[kind], "drawn": "cells", "from": 95, "to": 301.5}
    whole = Simulation(scenario({"w": {**STREAMS[kind], "drawn": "cells"}}, SYNC, duration=600))
    part = Simulation(scenario({"w": stream}, SYNC, duration=600), verify=True)
    totals = []
    for step in (95, 206.5, 298.5):
        whole.advance(step)
        part.advance(step)
        now = numbers(part.result())["writes"], numbers(whole.result())["writes"]
        totals.append([(one["count"], one["bytes"]) for one in now])
    (before, base), (at_end, then), (after, _) = totals
    assert before == (0, 0)
    assert at_end == (then[0] - base[0], then[1] - base[1])
    assert after == at_end
    assert at_end[0] > 0


def test_a_trace_and_growth_count_what_is_made(tmp_path: Path) -> None:
    file = tmp_path / "writes.csv"
    file.write_text("timestamp,value\n" + "".join(f"{t},1000\n" for t in range(0, 600, 60)))
    trace = {"file": str(file), "period": 60, "writes_per_row": 60, "time": "timestamp"}
    stream = {"trace": {**trace, "bytes": "value"}, "from": 90, "to": 150, "new_files": 1}
    result = simulate(scenario({"w": stream}, SYNC, duration=600))
    assert numbers(result)["writes"]["count"] == 60
    assert numbers(result)["writes"]["bytes"] == 1000
    rows = result.traces["file_systems.fs.writes.w"]
    assert rows.rows_used == 10


def test_two_streams_share_the_writes_of_one() -> None:
    halves = {"a": {**constant(), "to": 300}, "b": {**constant(), "from": 300}}
    one = simulate(scenario({"w": constant()}, SYNC, duration=600))
    two = simulate(scenario(halves, SYNC, duration=600))
    assert numbers(one)["writes"] == numbers(two)["writes"]
    assert_array_equal(one.syncs["bytes"], two.syncs["bytes"])
    assert numbers(one)["write_lag_s"] == numbers(two)["write_lag_s"]


def test_a_stream_that_is_added_later_keeps_its_window() -> None:
    world = Simulation(scenario({}, SYNC, duration=600), verify=True)
    world.advance(50)
    world.write("fs", {**constant(), "from": 100, "to": 110})
    world.write("fs", {**constant(), "to": 40})
    world.advance(550)
    assert numbers(world.result())["writes"]["count"] == 10


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ({"from": 20, "to": 20}, "to: is not after `from`, so nothing would be written"),
        ({"from": "1 h"}, "from: is not before the end of the run, so nothing would be written"),
        ({"from": -1}, "from: "),
        ({"to": 0}, "to: "),
        ({"form": 5}, "form: unknown key (did you mean 'from'?)"),
    ],
)
def test_refusals(window: dict[str, Any], said: str) -> None:
    with pytest.raises(EfssimError) as refused:
        efssim.load(
            {
                "name": "t",
                "duration": "1 h",
                "file_systems": {
                    "fs": {"region": "us-east-1", "writes": {"w": {**constant(), **window}}}
                },
            }
        )
    assert f"file_systems.fs.writes.w.{said}" in str(refused.value)


def test_an_estimate_says_that_it_knows_nothing() -> None:
    said = "no closed form is known of a stream that begins or ends within the run"
    for end, is_said in (("10 min", True), ("2 h", False)):
        world = scenario({"w": {**constant(), "to": end}}, SYNC)
        assert (said in str(efssim.estimate(world).summary)) is is_said


def test_a_report_says_when_a_stream_writes() -> None:
    world = scenario({"w": {**constant(), "from": 60, "to": "10 min"}}, SYNC)
    assert load_text(world, "fs").endswith(", from 1 min on, up to 10 min.")


def test_a_study_shares_draws_of_such_a_stream() -> None:
    stream = {**poisson("1 per s", 2000), "from": 100, "to": 300}
    world = scenario({"w": stream}, {"interval": 5}, duration=600)
    path = "replications.dr.sync.interval"
    varied = efssim.sweep(world, {path: [7, 20]}, trials=2, executor="serial")
    found = varied.table["pending_bytes.mean"].tolist()
    alone = [
        numbers(efssim.run(world.with_({path: f"{interval} s"}), trial=trial))
        for interval in (7, 20)
        for trial in (0, 1)
    ]
    assert found == [one["pending_bytes"]["mean"] for one in alone]
