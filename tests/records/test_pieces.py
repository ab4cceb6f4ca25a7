"""How long the writes of pieces have been there, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from efssim.records.pieces import OpenPieces, Pieces


def pieces(begin_s: list[float], end_s: list[float]) -> Pieces:
    """Return pieces of ten writes of 100 B each."""
    count = len(begin_s)
    sizes = np.full(count, 100), np.full(count, 1000)
    return Pieces(np.array(begin_s), np.array(end_s), *sizes)


@pytest.mark.parametrize("length_s", [0.5, 1.0, 60.0])
def test_writes_before_a_time_count_from_there(length_s: float) -> None:
    """Half of them count in full, up to the end, the others on average half of half a length."""
    before, across, after = 0.0, length_s, 2 * length_s
    made = pieces([before, across, after], [across, after, 3 * length_s])
    found = made.overlap_s(1.5 * length_s, 3 * length_s)
    assert found / length_s == pytest.approx([1.5, 0.5 * 1.5 + 0.5 * 1.25, 0.5])


def test_single_writes_count_from_their_time_or_the_begin() -> None:
    made = pieces([1.0, 4.0], [1.0, 4.0])
    assert made.overlap_s(2.0, 5.0).tolist() == [3.0, 1.0]
    assert made.overlap_s(0.0, 5.0).tolist() == [4.0, 1.0]


def test_no_time_is_negative() -> None:
    assert pieces([0.0], [10.0]).overlap_s(20.0, 15.0).tolist() == [0.0]


def test_bytes_that_are_open_count_for_their_time() -> None:
    """1,000 B within 0.5 s, of which the first half counts from the middle on, until 2 s."""
    still = OpenPieces(pieces([0.0], [0.5]), 0.1, 1)
    assert still.byte_seconds(0.25, 2.0) == pytest.approx(500 * 1.75 + 500 * 1.625)
    assert still.byte_seconds(2.0, 2.0) == 0.0
    assert still.amount == (100, 1000)
