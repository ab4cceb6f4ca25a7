"""Blocks of writes: bytes that are whole, of a possible size, and hot or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from helpers.worlds import scenario
from numpy.typing import NDArray

from efssim.model.writes.blocks import DrawnWrites, TraceWrites, WholeBytes
from efssim.model.writes.hot_set import DirtiedBlocks, HotBlocks
from efssim.scenario.schema import LARGEST_FILE_BYTES, HotSet
from efssim.scenario.workload.growth import GrowthSteps


class EachSecond:
    """Times of writes, one at each whole second."""

    def take(self, n: int) -> NDArray[np.float64]:
        return np.arange(1.0, n + 1.0)


class Given:
    """Given sizes."""

    def __init__(self, *sizes: float) -> None:
        self.sizes = np.array(sizes)

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:  # noqa: ARG002
        assert n == len(self.sizes)
        return self.sizes.copy()


def test_fractions_of_bytes_add_up_over_blocks() -> None:
    whole = WholeBytes()
    assert whole.round(np.array([0.5, 0.25, 1.5])).tolist() == [1, 0, 1]  # up to 0.5, 0.75, 2.25
    assert whole.round(np.array([0.25])).tolist() == [1]  # 2.5
    assert whole.round(np.array([0.25, 3.0])).tolist() == [0, 3]  # 2.75, 5.75
    assert whole.round(np.array([0.75])).tolist() == [1]  # 6.5


def test_no_write_is_larger_than_the_largest_file() -> None:
    largest = float(LARGEST_FILE_BYTES)
    sizes = Given(10.0, largest, 1.5 * largest)
    source = DrawnWrites(EachSecond(), sizes, GrowthSteps(), np.random.default_rng(1))
    assert source.take(3)[1].tolist() == [10, LARGEST_FILE_BYTES, LARGEST_FILE_BYTES]


def test_all_writes_of_a_hot_part_are_hot_and_dirty_whole_blocks() -> None:
    spec = HotSet(size=1000, block=100, share=0.25)
    sizes = np.array([1, 100, 101, 0])
    for part in HotBlocks(spec, None), DirtiedBlocks(spec):
        assert part.amounts(sizes).tolist() == [[1, 100, 101, 0]] * 2 + [[1, 1, 2, 0]]
    # Only all parts together say which blocks are overwritten.
    assert DirtiedBlocks(spec).sent_bytes(40) == 4000
    # Of 2 blocks chosen among 10 one is another with a probability of 9/10.
    assert HotBlocks(spec, None).sent_bytes(2) == 190


def test_a_trace_gives_about_as_many_writes_as_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "writes.csv"
    file.write_text("timestamp,value\n" + "".join(f"{t},1000\n" for t in range(0, 6000, 60)))
    trace = {"file": str(file), "period": 60, "writes_per_row": 10, "time": "timestamp"}
    world = scenario({"w": {"trace": {**trace, "bytes": "value"}}}, {"interval": 60}, 6000)
    spec = world.file_systems["fs"].writes["w"].trace
    assert spec is not None
    source = TraceWrites(spec.spec(), GrowthSteps(), world, np.random.default_rng(1))
    times_s, sizes = source.take(45)  # four rows of 10, each at the end of its tenth of a minute
    assert times_s.tolist() == list(range(6, 246, 6))
    assert sizes.tolist() == [100] * 40
    assert source.take(5)[0].tolist() == list(range(246, 306, 6))
