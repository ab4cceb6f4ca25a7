"""Hot sets and large files of streams in cells: what a sync sends and compares of their parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.world.world import World
from efssim.model.writes.cells.blocks_law import BlocksLaw, blocks_law
from efssim.model.writes.hot_set import HotBlocks
from efssim.records.run_records import SYNC_COLUMNS, ReplicationRecords, Snapshot
from efssim.runs.measured import MeasuredWorld
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Size
from efssim.scenario.schema import HotSet

KIB = 1024
BLOCK = 64 * KIB
SIZES: dict[str, Any] = {
    "lognormal": {"lognormal": {"median": "64 KiB", "sigma": 1.0}},
    "exponential": {"exponential": {"mean": "48 KiB"}},
    "uniform": {"uniform": {"low": "1 KiB", "high": "100 KiB"}},
    "list": {"empirical": {"values": ["4 KiB", "64 KiB", "65 KiB", "1 MiB"]}},
}


def size(spec: Any) -> Distribution[int]:
    return Distribution[Size].model_validate(spec)


def law(spec: Any, block_bytes: int = BLOCK, big_share: float = 0.0) -> BlocksLaw:
    return blocks_law(size(spec), big_share, block_bytes, 2**62 + 99)


# --- blocks given count and bytes -------------------------------------------------------------


@pytest.mark.parametrize(("bytes_each", "blocks"), [(0, 0), (1, 1), (BLOCK, 1), (BLOCK + 1, 2)])
def test_writes_of_one_size_dirty_so_many_blocks_each(bytes_each: int, blocks: int) -> None:
    found = law({"constant": bytes_each})
    for count in (0, 1, 7, 600_000):
        assert found.at(11, 22, count, count * bytes_each) == count * blocks


def test_writes_within_a_block_dirty_one_each() -> None:
    found = law({"uniform": {"low": "1 KiB", "high": "64 KiB"}})
    rng = np.random.default_rng(1)
    for count in (1, 10, 100_000):
        total = int(rng.uniform(KIB, BLOCK, count).sum())
        assert found.at(11, 22, count, total) == count


def test_writes_of_many_blocks_and_a_part_of_one_more_dirty_as_many_each() -> None:
    """Their sizes differ by less than a thousandth, and the blocks know it all the same."""
    least = 1024 * BLOCK
    found = law({"uniform": {"low": least + 1, "high": least + BLOCK}})
    for count in (1, 10, 1000):
        for more in (1, BLOCK // 3, BLOCK):
            assert found.at(11, 22, count, count * (least + more)) == count * 1025


@pytest.mark.parametrize("spec", SIZES.values(), ids=SIZES)
def test_blocks_have_the_moments_of_drawn_ones_jointly_with_the_bytes(spec: Any) -> None:
    count, many, rng = 400, 4000, np.random.default_rng(5)
    drawn = np.rint(size(spec).sample(rng, count * many)).astype(np.int64).reshape(many, count)
    totals, blocks = drawn.sum(axis=1), (-(-drawn // BLOCK)).sum(axis=1)
    ends = np.arange(1, many + 1) << 40
    made = law(spec).many_at(ends - (1 << 40), ends, np.full(many, count), totals)
    assert made.mean() == pytest.approx(blocks.mean(), abs=0.15 * blocks.std())
    assert made.std() == pytest.approx(blocks.std(), rel=0.06)
    # Beyond the bytes: full blocks alone would be right where nothing else varied.
    rest, made_rest = blocks - totals / BLOCK, made - totals / BLOCK
    assert made_rest.mean() == pytest.approx(rest.mean(), abs=5 * rest.std() / np.sqrt(many) + 0.05)
    assert made_rest.std() == pytest.approx(rest.std(), rel=0.06)
    both, made_both = np.corrcoef(rest, totals)[0, 1], np.corrcoef(made_rest, totals)[0, 1]
    assert made_both == pytest.approx(both, abs=0.06)


LAWS = {name: law(spec) for name, spec in SIZES.items()}
SPANS = st.tuples(
    st.integers(0, 2**62), st.integers(0, 2**62), st.integers(0, 10**6), st.integers(0, 10**12)
)


@given(st.lists(SPANS, min_size=1, max_size=20), st.sampled_from(list(LAWS)))
@settings(max_examples=60, deadline=None)
def test_one_span_and_many_agree_and_blocks_are_possible(
    spans: list[tuple[int, int, int, int]], sizes: str
) -> None:
    found = LAWS[sizes]
    each = [found.at(*span) for span in spans]
    columns = [np.array(column, dtype=np.int64) for column in zip(*spans, strict=True)]
    assert found.many_at(*columns).tolist() == each
    for (_, _, count, total), blocks in zip(spans, each, strict=True):
        if count:
            assert -(-total // BLOCK) <= blocks <= total // BLOCK + count
        else:
            assert blocks == 0


# --- whole runs -------------------------------------------------------------------------------

WORLD = """
name: kinds
start: 2026-01-01T00:00:00Z
duration: 2 hours
file_systems:
  src:
    region: eu-west-1
    writes:
      w:
        arrivals: {poisson: {rate: 40 per s}}
        size: {lognormal: {median: 64 KiB, sigma: 1.5}}
        drawn: cells
replications:
  dr:
    source: src
    destination: {region: eu-central-1}
    established: true
    sync: {preset: none, interval: 60 s, setup: 3 s, throughput: 60 MB/s, diff_rate: 1 TB/s}
rpo: {target: 3 min}
"""
STREAM = "file_systems.src.writes.w"
GATED = {"replications.dr.sync.interval": "0 s", "replications.dr.sync.gap": "5 s"}
HOT: dict[str, Any] = {"size": "100 MiB", "block": "64 KiB"}


def syncs(changes: dict[str, Any]) -> tuple[dict[str, Any], Snapshot]:
    """Return the columns of the completed syncs, and the state at the end."""
    records: list[ReplicationRecords] = []

    def record(_: str) -> ReplicationRecords:
        records.append(ReplicationRecords())
        return records[-1]

    scenario = efssim.load(WORLD).with_(changes)
    world = World(scenario, 1, record)
    world.advance_to(scenario.duration)
    ((_, _, snapshot),) = world.snapshots()
    return {name: records[0].syncs[name] for name in SYNC_COLUMNS}, snapshot


@pytest.mark.parametrize("sync", [{}, GATED], ids=["periodic", "gated"])
def test_writes_of_one_size_send_the_distinct_blocks_of_their_number(sync: dict[str, Any]) -> None:
    found, _ = syncs({f"{STREAM}.hot_set": HOT, f"{STREAM}.size": "100 KiB", **sync})
    hot = HotBlocks(HotSet.model_validate(HOT), None)
    expected = [hot.sent_bytes(2 * count) for count in found["writes"].tolist()]
    assert found["bytes"].tolist() == expected
    assert len(expected) > 100


@pytest.mark.parametrize("sync", [{}, GATED], ids=["periodic", "gated"])
def test_a_large_file_is_compared_once_for_big_and_small_writes(sync: dict[str, Any]) -> None:
    found, _ = syncs({f"{STREAM}.in_file": {"size": "2 TiB"}, **sync})
    busy = found["writes"] > 0
    assert found["files"][busy].tolist() == [1] * int(busy.sum())
    lasts_s = (found["completed_s"] - found["cut_s"])[busy]
    expected = 3.0 + 2 * 2**40 / 1e12 + found["bytes"][busy] / 60e6
    assert np.abs(lasts_s - expected).max() < 1e-6
    assert busy.sum() > 100


def test_hot_writes_do_not_add_to_the_size_and_others_do() -> None:
    _, snapshot = syncs({f"{STREAM}.hot_set": {**HOT, "share": "60 %"}})
    assert snapshot.source_bytes == pytest.approx(0.4 * snapshot.written_bytes, rel=0.05)


ON_OFF = {f"{STREAM}.arrivals": {"on_off": {"on": "40 s", "off": "70 s", "rate": "90 per s"}}}
KINDS: dict[str, dict[str, Any]] = {
    "hot": {f"{STREAM}.hot_set": {**HOT, "share": "60 %"}},
    "few hot": {f"{STREAM}.hot_set": {**HOT, "share": "1 %"}},
    "in file": {f"{STREAM}.in_file": {"size": "2 TiB"}},
    "on and off": ON_OFF,
    "all": {
        f"{STREAM}.hot_set": {**HOT, "share": "60 %"},
        f"{STREAM}.in_file": {"size": "2 TiB"},
        **ON_OFF,
        **GATED,
    },
}


@pytest.mark.parametrize("changes", KINDS.values(), ids=KINDS)
def test_the_laws_hold_and_shared_draws_do_not_show(changes: dict[str, Any]) -> None:
    world = efssim.load(WORLD).with_(changes)
    checked = efssim.run(world, verify=True)
    shared = SharedDraws(1 << 28)
    slower = world.with_({"replications.dr.sync.throughput": "45 MB/s"})
    for each in (world, slower, world):
        digests = []
        for draws in (shared, None):
            run = MeasuredWorld(each, shared=draws)
            run.advance_to_end()
            digests.append((run.so_far().digest, repr(run.so_far().run_summary)))
        assert digests[0] == digests[1]
    assert digests[0][0] == checked.digest


def test_both_halves_of_a_stream_are_on_at_the_same_times() -> None:
    changes = {**KINDS["all"], f"{STREAM}.hot_set": {**HOT, "share": "50 %"}}
    found, _ = syncs({**changes, "replications.dr.sync.gap": "1 s"})
    # A sync of 6 s or so is in one period, or sees a change; were the halves on at other times,
    # only 40 % of it would be without a write.
    assert (found["writes"] == 0).mean() > 0.5
