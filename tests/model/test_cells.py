"""Streams that are drawn in cells: what they answer depends on nothing but the time asked for."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.commands import command
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.lag.kinds.measure import LagCollector, LagMeasure
from efssim.model.kernel.causes import Cause
from efssim.model.kernel.cuts import Cuts
from efssim.model.kernel.draws import Draws
from efssim.model.world.world import World
from efssim.model.writes.cells.law import BigSizes, CellLaw, SmallWrites, cell_law, means_of_cells
from efssim.model.writes.cells.tree import LEAVES, CellTree
from efssim.model.writes.curves import cells
from efssim.model.writes.curves.cells import CellCurve
from efssim.model.writes.curves.one_by_one import OneByOne
from efssim.model.writes.stream import Stream
from efssim.records.pieces import PublishedPieces
from efssim.records.run_records import SYNC_COLUMNS, Publications, ReplicationRecords
from efssim.report.facts.load import load_text
from efssim.runs import measured
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Size
from efssim.scenario.shown.cells_use import streams_in_cells
from efssim.scenario.workload.drawing import CELL_S, distance_at_most, drawing
from efssim.study.varying.space import with_value

LOGNORMAL = {"lognormal": {"median": "64 KiB", "sigma": 1.5}}


def size(spec: dict[str, Any]) -> Distribution[int]:
    return Distribution[Size].model_validate(spec)


def curve(per_s: float = 40.0, seed: int = 1, **stream: Any) -> CellCurve:
    draws = Draws(seed)
    writes = SmallWrites(
        cell_law(size(LOGNORMAL), per_s), draws.generator("n"), draws.generator("b"), 2**62 + 12345
    )
    return CellCurve(Stream(writes, **stream))


TIMES = st.lists(st.floats(0.0, 3000.0), min_size=1, max_size=40).map(sorted)


@given(TIMES, st.sampled_from([0.5, 40.0, 5000.0]))
@settings(max_examples=40, deadline=None)
def test_one_time_many_times_and_leaves_agree_to_the_last_bit(
    times: list[float], per_s: float
) -> None:
    one, many, loop = curve(per_s), curve(per_s), OneByOne(curve(per_s))
    single = [one.at(time_s) for time_s in times]
    counts, sizes = many.many_at(np.array(times * 2))  # more than are looked up one by one
    assert list(zip(counts.tolist(), sizes.tolist(), strict=True)) == single * 2
    taken = np.array([loop.take(time_s) for time_s in times]).cumsum(axis=0)
    assert taken.tolist() == [list(amount) for amount in single]
    assert loop.column()[:, 1:].tolist() == [list(amount) for amount in single]
    assert sorted(single) == single


def test_cuts_on_time_in_a_stop_have_what_is_made_by_then() -> None:
    single, planned = curve(), curve()
    for each in single, planned:
        each.hold(300.0)
        each.leave_out(500.0)
        each.release()
    loop = OneByOne(planned, Cuts(61.0), 20)  # which looks 20 cuts ahead
    cuts_s = [61.0 * k for k in range(1, 15)]
    taken = np.array([loop.take(cut_s) for cut_s in cuts_s]).cumsum(axis=0)
    assert taken.tolist() == [list(single.at(cut_s)) for cut_s in cuts_s]


def test_only_cuts_on_time_are_looked_up_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[float]] = []
    look_ahead = CellCurve.look_ahead

    def noted(curve: CellCurve, times_s: Any) -> Any:
        asked.append(times_s.tolist())
        return look_ahead(curve, times_s)

    monkeypatch.setattr(CellCurve, "look_ahead", noted)
    loop = OneByOne(curve(), Cuts(60.0), 4)
    for cut_s in (100.0, 220.0, 280.0, 340.0, 500.0):
        loop.take(cut_s)
    assert asked == [[280.0, 340.0, 400.0, 460.0]]


def test_an_outage_is_one_call_of_the_tree_and_no_sync_is_planned_in_vain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    many_at = CellTree.many_at

    def counted(tree: CellTree, cells: Any, *rest: Any) -> Any:
        asked.append(len(cells))
        return many_at(tree, cells, *rest)

    monkeypatch.setattr(CellTree, "many_at", counted)
    fault = {"link_outage": "eu-west-1 -> eu-central-1", "every": "6 h", "for": "20 min"}
    sync = "replications.dr.sync"
    world = efssim.load(FAST).with_(
        {
            "duration": "20 days",
            f"{sync}.interval": "60 s",
            f"{sync}.gap": "0 s",
            "faults": {"wan": fault},
        }
    )
    found = efssim.run(world)
    outages = len(found.timeline)
    syncs = len(found.syncs)
    assert outages > 70
    assert len(asked) <= outages + 20
    # Twice: for the syncs, and for the ends of cells among them.
    assert sum(asked) <= 1.05 * syncs


@pytest.mark.parametrize("per_s", [0.5, 40.0, 5000.0])
def test_times_that_are_whole_cells_apart_agree_with_each_by_itself(per_s: float) -> None:
    times = [47.3 + CELL_S * k for k in range(40)]
    single, many = curve(per_s), curve(per_s)
    counts, sizes = many.many_at(np.array(times))
    each = [single.at(time_s) for time_s in times]
    assert list(zip(counts.tolist(), sizes.tolist(), strict=True)) == each


def test_times_in_no_order_may_be_asked_for_after_others_were_looked_up_ahead() -> None:
    single, many = curve(), curve()
    many.look_ahead(Cuts(61.0).row(100.0, 20))
    times = [*np.arange(2000.0, 3000.0, 50.0).tolist(), 161.0]  # the last one is among those ahead
    counts, sizes = many.many_at(np.array(times))
    assert list(zip(counts.tolist(), sizes.tolist(), strict=True)) == [single.at(t) for t in times]


def test_a_cell_is_the_sum_of_its_leaves_and_empty_leaves_have_no_bytes() -> None:
    one = curve(0.5)
    counts, sizes, _, _ = one.leaves(3, 5)
    whole = np.diff([one.at(cell * CELL_S) for cell in range(3, 9)], axis=0)
    assert counts.reshape(5, LEAVES).sum(axis=1).tolist() == whole[:, 0].tolist()
    assert sizes.reshape(5, LEAVES).sum(axis=1).tolist() == whole[:, 1].tolist()
    assert counts.min() >= 0
    assert sizes[counts == 0].max() == 0


@pytest.mark.parametrize("each", [1, 7, 1000, 12345, 65536, 102_400, 2**40 + 1])
def test_constant_sizes_are_exact(each: int) -> None:
    law = cell_law(size({"constant": each}), 40.0)
    counts = np.array([0, 1, 2, 2400])
    assert law.draw(counts, np.array([1.0, -2.0, 0.5, 3.0])).tolist() == (counts * each).tolist()
    assert law.big_share == law.deviation == law.skew == law.excess == 0.0
    tree = CellTree(law, 7)
    count, total = tree.at(5, 0.37, 2400.0, 2400.0 * each)
    assert total == count * each


def test_sizes_that_are_nearly_equal_have_the_moments_of_their_distribution() -> None:
    law = cell_law(size({"uniform": {"low": 999_999, "high": 1_000_001}}), 40.0)
    assert law.mean == pytest.approx(1e6, rel=1e-12)
    assert law.deviation == pytest.approx(1 / np.sqrt(3), rel=1e-3)
    assert (law.skew, law.excess) == (pytest.approx(0.0, abs=1e-6), pytest.approx(-1.2, rel=0.01))


def test_parts_of_a_cell_are_poisson_numbers_with_the_cumulants_of_the_sizes() -> None:
    law = cell_law(size(LOGNORMAL), 40.0)
    tree, rng, n = CellTree(law, 99), np.random.default_rng(3), 40_000
    counts = rng.poisson(law.small_per_cell, n)
    sizes = law.draw(counts, rng.standard_normal(n)).astype(np.float64)
    for share in (0.5, 0.125, 0.3):
        amounts = np.stack((counts.astype(np.float64), sizes))
        inside = tree.many_at(np.arange(n), np.full(n, share), amounts)
        expected = law.small_per_cell * share
        square = law.mean**2 + law.deviation**2
        assert inside[0].mean() == pytest.approx(expected, rel=2e-3)
        assert inside[0].var() == pytest.approx(expected, rel=0.03)
        assert inside[1].mean() == pytest.approx(expected * law.mean, rel=3e-3)
        assert inside[1].var() == pytest.approx(expected * square, rel=0.03)


@pytest.mark.parametrize("times", [1, 2, 1024, 1025])
def test_however_many_times_are_asked_for_each_is_as_alone(times: int) -> None:
    law = cell_law(size(LOGNORMAL), 40.0)
    tree, rng = CellTree(law, 99), np.random.default_rng(times)
    counts = rng.poisson(law.small_per_cell, times)
    amounts = np.stack((counts, law.draw(counts, rng.standard_normal(times)))).astype(np.float64)
    shares = rng.random(times)
    found = tree.many_at(np.arange(times), shares, amounts)
    alone = [tree.at(k, shares.item(k), *amounts[:, k].tolist()) for k in range(times)]
    assert list(zip(*found.tolist(), strict=True)) == alone


def test_a_stop_leaves_out_the_writes_of_its_span_and_no_others() -> None:
    free, stopped = curve(), curve()
    before = free.many_at(np.array([100.0, 250.5, 250.5, 1000.0]))
    stopped.hold(100.0)
    assert stopped.at(200.0) == stopped.at(100.0) == (before[0][0], before[1][0])
    stopped._dropped_s = 250.5
    stopped.release()
    made = stopped.many_at(np.array([100.0, 170.0, 250.5, 1000.0]))
    for kind in (0, 1):
        after = before[kind][3] - before[kind][1]
        assert made[kind].tolist() == [before[kind][0]] * 3 + [before[kind][0] + after]


def test_a_stop_after_the_first_write_of_a_sync_does_not_move_it() -> None:
    """A cell is a minute: the stop is in the cell of the cut, 40 writes a second later."""
    free, stopped = curve(), curve()
    stopped.hold(101.25)
    first_s = []
    for each in free, stopped:
        ends = each.ends(np.array([100.25, 200.0]))
        first_s.append(each.publish(ends, np.array([101.0, 201.0]), 0).sync_first_s.tolist())
    assert first_s[0] == first_s[1]
    assert 100.25 < first_s[0][1] < 101.25


def first_of_second(each: CellCurve, first_s: float, second_s: float) -> float:
    """Publish two syncs with cuts at two times; return when the first write of the second was."""
    ends = each.ends(np.array([first_s, second_s]))
    found = each.publish(ends, np.array([first_s + 1, second_s + 1]), 0).sync_first_s
    return found.item(1)


def test_the_first_write_of_a_sync_that_begins_in_a_stop_or_after_it_is_that_without_it() -> None:
    # A cell is a minute. That of a stop until 160 is as if it began then, 40 writes a second later.
    for first_s, second_s, begin_s in ((120.0, 175.0, 160.0), (300.25, 400.0, 300.25)):
        stopped = curve()
        stopped.hold(100.0)
        stopped.leave_out(160.0)
        stopped.release()
        found_s = first_of_second(stopped, first_s, second_s)
        assert begin_s < found_s < begin_s + 1
        assert found_s == first_of_second(curve(), begin_s, second_s)


def test_a_stop_drops_the_writes_of_its_span() -> None:
    stopped = curve()
    (first, before), (last, after) = (stopped.at(time_s) for time_s in (100.0, 250.5))
    stopped.hold(100.0)
    cause = Cause(3, "fence", "src")
    dropped = stopped.drop(250.5, cause)
    assert dropped is not None
    assert (dropped.pieces.writes.sum(), dropped.pieces.bytes.sum()) == (
        last - first,
        after - before,
    )
    assert stopped.drop(250.5, cause) is None  # nothing more


def test_a_sync_without_length_at_a_mark_has_no_piece() -> None:
    one = curve()
    one.divide(100.0)
    one.publish(one.ends(np.array([100.0])), np.array([101.0]), 0)
    found = one.publish(one.ends(np.array([100.0, 110.0])), np.array([102.0, 111.0]), 0)
    assert found.each.tolist() == [0, 1]
    assert (found.pieces.begin_s.tolist(), found.pieces.end_s.tolist()) == ([100.0], [110.0])


def test_cells_are_forgotten_once_their_writes_are_recorded() -> None:
    one = curve()
    for cut_s in (10_000.0, 20_000.0, 300_000.0):
        one.publish(one.ends(np.array([cut_s])), np.array([cut_s + 1]), 0)
    # More are drawn for the last cut, when those before the second one are recorded.
    assert one.cells.first == 20_000 // CELL_S


def test_a_loop_of_syncs_knows_the_files_that_a_stream_adds() -> None:
    loop = OneByOne(curve(new_files=0.25, files_per_write=2))
    count, _ = loop.take(1000.0)
    assert loop.adds_files
    assert loop.added_files() == round(count / 2)
    assert not OneByOne(curve()).adds_files


def test_the_last_write_is_just_before_a_time_or_a_stop() -> None:
    one = curve()
    assert 99.0 < one.last_s(100.25) < 100.25
    one.hold(80.5)
    assert 79.5 < one.last_s(100.25) < 80.5


WORLD = """
name: cells
start: 2026-01-01T00:00:00Z
duration: 6 hours
warm_up: 1000 s
regions: {af-south-1: {opted_in: true}}
file_systems:
  src:
    region: eu-west-1
    size: 1 TiB
    writes:
      w:
        arrivals: {poisson: {rate: 40 per s}}
        size: {lognormal: {median: 64 KiB, sigma: 1.5}}
        new_bytes: 40 %
        new_files: 1 %
        drawn: cells
replications:
  dr:
    source: src
    destination: {region: af-south-1}
    established: true
    sync: {interval: 60 s, setup: 5 s, throughput: 60 MB/s}
rpo: {target: 3 min}
events:
  - {at: 1 h, for: 17 min 3 s, link_outage: "eu-west-1 -> af-south-1"}
  - {at: 2 h, for: 7 min 11 s, region_outage: eu-west-1}
  - {at: 4 h, for: 400 s, opt_out: af-south-1}
"""
GATED = {"replications.dr.sync.interval": "0 s", "replications.dr.sync.gap": "2.7 s"}


HOURS = [0, 0.3, 2, *[1.0] * 21]
PROFILE = {
    "file_systems.src.writes.w.arrivals": {"profile": {"rate": "40 per s", "hours": HOURS}},
    "start": "2026-01-01T00:07:00Z",
}


ARRIVALS = "file_systems.src.writes.w.arrivals"
ON_OFF = {ARRIVALS: {"on_off": {"on": "3 min", "off": "5 min", "rate": "100 per s"}}}
HOT = {
    "file_systems.src.writes.w.hot_set": {"size": "40 MiB", "block": "96 KiB", "share": "60 %"},
    "file_systems.src.writes.w.in_file": {"size": "1 TiB"},
    "file_systems.src.writes.w.new_files": "0 %",
    "replications.dr.sync.diff_rate": "1 TB/s",
}
FLICKER = {ARRIVALS: {"on_off": {"on": "2 s", "off": {"constant": "7 s"}, "rate": "200 per s"}}}


def minutes(simulation: efssim.Simulation) -> Any:
    """Return CloudWatch's data of the run so far: bytes and counts of minutes, and the age."""
    found = []
    for name, stat in ("DataWriteIOBytes", "Sum"), ("DataWriteIOBytes", "SampleCount"):
        metric = {
            "Namespace": "AWS/EFS",
            "MetricName": name,
            "Dimensions": [{"Name": "FileSystemId", "Value": simulation.file_system_id("src")}],
        }
        query = {"Id": "q", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}
        begin = simulation.result().scenario.start
        given = {"MetricDataQueries": [query], "StartTime": begin, "EndTime": simulation.now}
        found.append(simulation.cloudwatch.call("GetMetricData", given, "eu-west-1"))
    return found


def described(simulation: efssim.Simulation) -> Any:
    """Return what Describe says, which during an outage of the Region is an error."""
    try:
        return simulation.call("DescribeReplicationConfigurations", region="eu-west-1")
    except efssim.EfsError as error:
        return error


LOOKS: dict[str, Any] = {
    "clock": lambda simulation: simulation.now,
    "result": efssim.Simulation.result,
    "describe": described,
    "CloudWatch": minutes,
}


@given(
    st.lists(st.tuples(st.floats(0.1, 4000.0), st.sampled_from(list(LOOKS))), max_size=8),
    st.sampled_from(
        [
            {},
            GATED,
            PROFILE,
            {**PROFILE, **GATED},
            ON_OFF,
            {**FLICKER, **GATED},
            HOT,
            {**HOT, **GATED, **ON_OFF},
        ]
    ),
    st.sampled_from([(64, 8192), (1, 1), (3, 17)]),
)
@settings(max_examples=25, deadline=None)
def test_neither_steps_nor_questions_nor_blocks_show(
    steps: list[tuple[float, str]], changes: dict[str, Any], block: tuple[int, int]
) -> None:
    """Profiles, outages of link and source, an opt-out and a warm-up together."""
    scenario = efssim.load(WORLD).with_(changes)
    whole = efssim.Simulation(scenario)
    whole.advance_to_end()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "_BLOCK_FIRST", block[0])
        patch.setattr(cells, "_BLOCK_MAX", block[1])
        simulation = efssim.Simulation(scenario, verify=True)
        for step, look in steps:
            simulation.advance(min(step, scenario.duration - simulation.elapsed_s))
            LOOKS[look](simulation)
        simulation.advance_to_end()
        assert simulation.result().summary == whole.result().summary
        assert minutes(simulation) == minutes(whole)


WAYS = {
    "periodic": {},
    "gated": GATED,
    "profile": PROFILE,
    "on and off": ON_OFF,
    "flicker gated": {**FLICKER, **GATED},
    "hot": HOT,
    "hot gated": {**HOT, **GATED},
}


@pytest.mark.parametrize("changes", WAYS.values(), ids=WAYS)
def test_the_length_of_stretches_does_not_show(changes: dict[str, Any]) -> None:
    scenario = efssim.load(WORLD).with_(changes)

    def rows(longest: int) -> Any:
        records: list[ReplicationRecords] = []

        def record(_: str) -> ReplicationRecords:
            records.append(ReplicationRecords())
            return records[-1]

        world = World(scenario, 1, record, longest=longest)
        world.advance_to(scenario.duration)
        (found,) = world.snapshots()
        columns = {name: records[0].syncs[name] for name in SYNC_COLUMNS}
        return columns, found[2].written_bytes, records[0].dropped

    whole, (columns, *rest) = rows(1 << 16), rows(3)
    assert whole[1:] == tuple(rest)
    for name, column in whole[0].items():
        assert np.array_equal(column, columns[name], equal_nan=True), name


SYNCS = st.fixed_dictionaries(
    {
        "interval": st.sampled_from([20, 60, 61.7, 120]),
        "gap": st.sampled_from([0, 7.3, {"exponential": {"mean": 20}}]),
        "setup": st.sampled_from([0, 33, {"gamma": {"mean": 9, "cv": 0.8}}]),
        "throughput": st.sampled_from(["8 MB/s", "9 MB/s", "30 MB/s"]),
        "failure_probability": st.sampled_from([0, 0.1]),
    }
)
FAULTS = st.lists(
    st.fixed_dictionaries(
        {
            "every": st.sampled_from(["17 min", {"exponential": {"mean": "1 h"}}]),
            "for": st.sampled_from([0, 30, 600]),
            "link_outage": st.sampled_from(
                ["eu-west-1 -> af-south-1", "us-east-1 -> us-west-2"]  # the second reaches nothing
            ),
        }
    ),
    max_size=2,
)


@given(SYNCS, FAULTS, st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_late_syncs_and_disturbances_are_planned_alike_in_stretches_of_any_length(
    sync: dict[str, Any], faults: list[Any], seed: int
) -> None:
    """A load of about 1: 40 writes/s of 200 kB each."""
    world = efssim.load(WORLD).with_(
        {
            "duration": "3 hours",
            "events": [],
            "faults": {f"f{k}": fault for k, fault in enumerate(faults)},
            "replications.dr.sync": sync,
        }
    )
    digests = []
    for longest in (5, 1 << 16):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(measured, "World", partial(World, longest=longest))
            digests.append(efssim.run(world, seed=seed).digest)
    assert digests[0] == digests[1]


def test_bytes_are_conserved_and_dropped_writes_are_counted() -> None:
    whole = efssim.run(efssim.load(WORLD)).summary
    found = whole["replications"]["dr"]
    pending, writes, syncs = found["pending_bytes"], found["writes"], found["syncs"]
    # Published in the window, dropped, open: about 40 writes/s of the mean size.
    mean = 65536 * np.exp(1.5**2 / 2)
    assert syncs["bytes"] > 0
    assert writes["dropped_bytes"]["region_outage"] == pytest.approx(431 * 40 * mean, rel=0.1)
    assert writes["bytes"] == pytest.approx((20_600 - 431) * 40 * mean, rel=0.02)
    assert whole["cells"]["file_systems.src.writes.w"]["distance_at_most"] == 1e-3
    assert found["write_lag_s"]["count"] + pending["open_at_end_writes"] == writes["count"]
    assert found["write_lag_by_byte_s"]["count"] + pending["open_at_end"] == writes["bytes"]


def test_the_bound_is_of_sizes_that_were_compared() -> None:
    known = [LOGNORMAL, {"constant": 0}, {"exponential": {"mean": "1 MiB"}}]
    heavy = [{"lognormal": {"median": 1, "sigma": 2.6}}, {"empirical": {"values": [1, 2**30]}}]
    assert [distance_at_most(size(spec)) for spec in known] == [1e-3] * 3
    assert [distance_at_most(size(spec)) for spec in heavy] == [None] * 2
    world = efssim.load(WORLD).with_({"file_systems.src.writes.w.size": heavy[1]})
    assert "how far is not known of these sizes" in load_text(world, "src")
    assert "within 0.001 of the exact" in load_text(efssim.load(WORLD), "src")


def test_writes_without_bytes_are_counted() -> None:
    world = efssim.load(WORLD).with_({"file_systems.src.writes.w.size": "0 B"})
    found = efssim.run(world).summary["replications"]["dr"]
    assert found["writes"]["count"] == pytest.approx((20_600 - 431) * 40, rel=0.01)
    assert found["writes"]["bytes"] == found["write_lag_by_byte_s"]["count"] == 0


class OfWrites(LagCollector):
    """Collects the lag of each write."""

    def add_writes(self, writes: Publications) -> None:
        lags_s = np.repeat(writes.completed_s, writes.writes) - writes.time_s
        lags_s = lags_s[writes.time_s >= self.begin_s]
        self.lags.add(lags_s, np.ones(len(lags_s)))


class OfPieces(OfWrites):
    """Collects the mean lag of each piece, too."""

    def add_pieces(self, pieces: PublishedPieces) -> None:
        found = pieces.pieces
        completed_s = np.repeat(pieces.completed_s, pieces.each)
        lags_s = completed_s - (found.begin_s + found.end_s) / 2
        inside = (found.begin_s >= self.begin_s) & (found.writes > 0)
        self.lags.add(lags_s[inside], found.writes[inside].astype(np.float64))


def test_what_reads_every_write_refuses_cells() -> None:
    world = efssim.load(WORLD)
    simulation = efssim.Simulation(world, verify=True)
    simulation.advance("1 h")
    with pytest.raises(efssim.UsageError, match="set `drawn: each`"):
        simulation.lifetimes("dr")
    measure = LagMeasure("copy_s", "copy", "As write_lag_s.", "writes", collect=OfWrites)
    with (
        efssim.extend.lag_measures.add(measure),
        pytest.raises(efssim.UsageError, match="an added lag measure reads every write"),
    ):
        efssim.run(world)


def test_an_added_measure_may_take_pieces() -> None:
    measure = LagMeasure("copy_s", "copy", "As write_lag_s.", "writes", collect=OfPieces)
    with efssim.extend.lag_measures.add(measure):
        found = efssim.run(efssim.load(WORLD)).summary["replications"]["dr"]
    assert found["copy_s"]["count"] == found["write_lag_s"]["count"] > 0
    assert found["copy_s"]["mean"] == pytest.approx(found["write_lag_s"]["mean"], rel=1e-9)


def test_the_laws_hold_on_pieces(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(WORLD)
    found = command("run", file, "--verify")
    assert (found.code, "laws 1 to 5 hold" in found.err) == (0, True), found.err


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (
            {"arrivals": {"constant": {"rate": "40 per s"}}},
            "cells are of `poisson`, `profile` and `on_off`",
        ),
    ],
)
def test_streams_that_cells_cannot_draw_are_refused(stream: dict[str, Any], message: str) -> None:
    with pytest.raises(efssim.ScenarioError, match=message):
        efssim.load(WORLD).with_(
            {f"file_systems.src.writes.w.{key}": value for key, value in stream.items()}
        )


def test_auto_draws_cells_above_20_writes_a_second_and_says_why_not() -> None:
    world = efssim.load(WORLD).with_({"file_systems.src.writes.w.drawn": "auto"})
    stream, start = world.file_systems["src"].writes["w"], world.start
    assert drawing(stream, 1.0, "each", start).in_cells
    assert not drawing(stream, 0.5, "each", start).in_cells
    assert drawing(stream, 0.51, "each", start).in_cells
    constant = world.with_(
        {"file_systems.src.writes.w.arrivals": {"constant": {"rate": "40 per s"}}}
    )
    found = drawing(constant.file_systems["src"].writes["w"], 1.0, "each", start)
    assert not found.in_cells
    assert found.obstacle == "`constant` arrivals are drawn one by one"


FAST = """
name: fast
start: 2026-01-01T00:00:00Z
duration: 6 hours
warm_up: 10 min
file_systems:
  src:
    region: eu-west-1
    writes:
      w:
        arrivals: {poisson: {rate: 10000 per s}}
        size: {exponential: {mean: 10 kB}}
        drawn: cells
replications:
  dr:
    source: src
    destination: {region: eu-central-1}
    established: true
    sync: {preset: none, interval: 0 s, gap: 5 s, setup: 3 s, throughput: 200 MB/s}
rpo: {target: 3 min}
"""


def means(scenario: efssim.Scenario, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Return mean age, mean peak and mean write lag over runs, and 99.9 % intervals of them."""
    found = [efssim.run(scenario, seed=seed).summary["replications"]["dr"] for seed in range(runs)]
    age = "time_since_last_sync_s"
    rows = np.array(
        [[r[age]["mean"], r[age]["peak_mean"], r["write_lag_s"]["mean"]] for r in found]
    )
    # Student's t with 11 degrees of freedom.
    return rows.mean(axis=0), 4.44 * rows.std(axis=0, ddof=1) / np.sqrt(runs)


def test_gated_cycles_at_10_000_writes_a_second_have_the_means_of_closed_forms() -> None:
    setup_s, wait_s, load, per_s, one_s = 3.0, 8.0, 0.5, 1e4, 1e4 / 200e6
    cycle_s = wait_s / (1 - load)
    square = wait_s**2 + 2 * load * wait_s * cycle_s + per_s * 2 * one_s**2 * cycle_s
    square /= 1 - load**2
    age = setup_s + (0.5 + load) * square / cycle_s
    peak = setup_s + (1 + load) * cycle_s
    found, half = means(efssim.load(FAST), 12)
    # The window ends inside a cycle, which are all about equally long.
    edge_s = cycle_s**2 / 8 / 21_000
    assert (np.abs(found - [age, peak, age + one_s]) <= half + edge_s).all()


def test_periodic_syncs_at_10_000_writes_a_second_last_setup_and_load_times_interval() -> None:
    sync = "replications.dr.sync"
    world = efssim.load(FAST).with_({f"{sync}.interval": "47.3 s", f"{sync}.gap": "0 s"})
    found, half = means(world, 12)
    lasts_s = 3.0 + 0.5 * 47.3
    expected = np.array([lasts_s + 47.3 / 2, lasts_s + 47.3, lasts_s + 47.3 / 2])
    edge_s = 47.3**2 / 8 / 21_000
    assert (np.abs(found - expected) <= half + edge_s).all()


@pytest.mark.parametrize(
    ("growth", "other", "in_cells"), [(1.0, 0.1, True), (0.1, 1.0, False)], ids=["fast", "slow"]
)
def test_a_study_draws_as_its_base_scenario(growth: float, other: float, in_cells: bool) -> None:
    path = "file_systems.src.writes.w"
    base = efssim.load(WORLD).with_({f"{path}.drawn": None, "defaults.drawn": "auto"})
    base = base.with_({f"{path}.growth": growth})
    assert (path in streams_in_cells(base)) is in_cells
    assert (path in streams_in_cells(base.with_({f"{path}.growth": other}))) is not in_cells
    varied = with_value(base, f"{path}.growth", other)
    assert (path in streams_in_cells(varied)) is in_cells
    assert varied.file_systems["src"].writes["w"].growth == other


def test_studies_say_which_streams_are_in_cells() -> None:
    world = efssim.load(FAST).with_({"duration": "30 min", "warm_up": "0 s"})
    trials = efssim.run_trials(world, 2, workers=1)
    assert list(trials.summary["cells"]) == ["file_systems.src.writes.w"]
    each = world.with_({"file_systems.src.writes.w.drawn": "each", "duration": "1 min"})
    assert "cells" not in efssim.run_trials(each, 2, workers=1).summary


def test_the_first_write_after_an_empty_rest_of_a_cell_is_in_a_later_piece():
    """No write falls into the first four minutes after the last cut of a source that fails."""
    sync = dict.fromkeys(("throughput", "file_rate", "scan_rate", "diff_rate"), "none")
    world = efssim.Scenario(
        name="sparse",
        duration=2000,
        seed=0,
        regions={name: {"opting_in": 0, "opting_out": 0} for name in ("us-east-1", "us-west-2")},
        file_systems={
            "fs": {
                "region": "us-east-1",
                "size": 0,
                "files": 300,
                "writes": {
                    "s0": {
                        "arrivals": {"poisson": {"rate": "3 per 60 s"}},
                        "size": {"constant": 0},
                        "files": 1,
                        "growth": 0.21875,
                        "drawn": "cells",
                    }
                },
            },
            "replica": {"region": "us-west-2"},
        },
        replications={
            "dr": {
                "source": "fs",
                "destination": {"region": "us-west-2"},
                "sync": {
                    "preset": "none",
                    "interval": 600,
                    "gap": {"exponential": {"mean": 30}},
                    "setup": {"gamma": {"mean": 4, "cv": 1}},
                    **sync,
                },
                "control": dict.fromkeys(("enabling", "pausing", "resuming", "deleting"), 0),
            }
        },
        faults={"f0": {"fail": "fs", "every": {"exponential": {"mean": 3000}}}},
    )
    result = efssim.run(world, verify=True)  # law 9 compares the loss with the pieces
    lost = result.summary["replications"]["dr"]["recovery_point"]
    assert lost["lost_writes"] == 2
    assert 1706.33 - 1500 <= lost["lost_s"] <= 1706.33 - 1440


@pytest.mark.parametrize(
    ("edges_s", "rates", "means"),
    [
        ([0, 5, 175], [400, 800], [46_000, 48_000, 48_000]),  # the run ends within the third
        ([0, 5, 180], [400, 800], [46_000, 48_000, 48_000]),
        ([0, 90, 100], [1, 7], [60, 240]),
        ([0, 20], [7], [420]),
    ],
)
def test_the_last_cell_has_its_rate_up_to_its_own_end(edges_s, rates, means):
    """Its writes are spread over all of it, and the run takes those up to its end."""
    found = means_of_cells(np.array(edges_s, float), np.array(rates, float))
    assert found.tolist() == pytest.approx(means)


def test_a_run_that_ends_within_a_cell_has_all_of_its_writes():
    """One minute at 200 writes/s and 115 s at 400: 58,000, give or take five deviations."""
    writes = {
        "arrivals": {"poisson": {"rate": "200 per s"}},
        "growth": {"per": "month", "factor": 2, "since": "2025-12-02T00:01:00Z"},
        "size": "512 B",
        "drawn": "cells",
    }
    made = efssim.Scenario.model_validate(
        {
            "name": "ends-within",
            "duration": "175 s",
            "file_systems": {"a": {"region": "us-east-1", "writes": {"w": writes}}},
            "replications": {
                "dr": {"source": "a", "destination": {"region": "us-west-2"}, "established": True}
            },
        }
    )
    counts = [
        efssim.run(made, trial=k).summary["replications"]["dr"]["writes"]["count"] for k in range(4)
    ]
    expected = 60 * 200 + 115 * 400
    assert abs(sum(counts) - 4 * expected) < 5 * (4 * expected) ** 0.5


def test_the_bytes_of_a_cell_by_hand() -> None:
    """Four writes of 1 MB, give or take 0.1: skewness is 0.6 / 2, and excess 0.36 / 4."""
    law = CellLaw(4.0, 0.0, mean=1e6, deviation=1e5, skew=0.6, excess=0.36)
    # 2 + 0.3 * 3 / 6 + 2 * (0.09 / 24 - 0.09 * 3 / 36) is 2.1425 deviations of 200,000.
    sums = law.draw(np.array([4, 0]), np.array([2.0, 2.0]))
    assert sums.tolist() == [4_428_500, 0]


def test_writes_without_bytes_need_none_drawn_one_by_one() -> None:
    law = cell_law(size({"constant": 0}), 40.0)
    assert law.big_share == 0.0
    assert law.small_per_cell == 40.0 * CELL_S
    assert law.draw(np.array([3]), np.array([1.0])).tolist() == [0]


@pytest.mark.parametrize(
    ("spec", "per_cell", "big"),
    [
        # Moments of 1, 2, 6, 24: a skewness of 2.121 / sqrt(n), which is 0.15 at n = 200.
        ({"exponential": {"mean": "1 MiB"}}, 199, 0.25),
        ({"exponential": {"mean": "1 MiB"}}, 201, 0.0),
        # A kurtosis of exp(4) / n more than a normal law's, which is 0.05 at n = 1092.
        ({"lognormal": {"median": "1 MiB", "sigma": 1}}, 1085, 0.25),
        ({"lognormal": {"median": "1 MiB", "sigma": 1}}, 1100, 0.0),
    ],
)
def test_big_writes_are_drawn_where_the_bytes_of_a_cell_are_far_from_normal(
    spec: dict[str, Any], per_cell: float, big: float
) -> None:
    assert cell_law(size(spec), per_cell / CELL_S).big_share == pytest.approx(big / per_cell)


def test_big_writes_have_the_sizes_above_their_quantile() -> None:
    """The excess over any size of an exponential law has the law itself."""
    mean, n = 2.0**20, 10_000
    drawn = BigSizes(size({"exponential": {"mean": "1 MiB"}}), 0.01).sample(
        np.random.default_rng(4), n
    )
    excess = drawn - mean * np.log(100)
    assert excess.min() >= -1  # byte: sizes may be rounded
    assert excess.mean() == pytest.approx(mean, rel=5 / n**0.5)  # five standard errors
