"""Blocks of writes: bytes that are whole, of a possible size, and hot or not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.model.writes.blocks import DrawnWrites, WholeBytes
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
