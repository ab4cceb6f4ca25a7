"""Tests of growing tables: packed columns read back the same, blocks do not show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from efssim.records.columns import BLOCK, Columns, _Even, _Narrow, _pack, _Plain, _Steps

integers = st.integers(-(2**62), 2**62)
floats = st.floats(0, 1e9) | st.just(np.nan)


def table(rows, *, keep=True):
    """Return a table of times and counts with a row for each pair."""
    made = Columns({"t": "d", "n": "q"}, keep=keep)
    for row in rows:
        made.append(*row)
    return made


@given(st.lists(integers, min_size=1, max_size=40))
def test_integers_read_back_the_same(values):
    column = np.array(values, dtype=np.int64)
    np.testing.assert_array_equal(_pack(column).unpacked(), column)


@given(st.lists(floats, min_size=1, max_size=40))
def test_floats_read_back_to_the_bit(values):
    column = np.array(values, dtype=np.float64)
    assert _pack(column).unpacked().tobytes() == column.tobytes()


@given(st.floats(0, 1e9), st.floats(1e-3, 1e4), st.integers(2, 300))
def test_repeated_addition_reads_back_to_the_bit(first, step, rows):
    column = np.full(rows, step)
    column[0] = first
    column = column.cumsum()
    assert _pack(column).unpacked().tobytes() == column.tobytes()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([7, 7, 7, 7], _Even),
        ([0.5, 60.5, 120.5], _Even),
        ([0.5, 60.5, 120.75], _Plain),
        ([5, 9, 2, 250], _Narrow),
        ([2**61, 2**61 + 4, 2**61 + 5], _Narrow),
        ([0, 2**60, 2**61, 2**61 + 2**60 + 7], _Narrow),
        ([0, 2**33, 2**34 + 7], _Steps),
    ],
)
def test_a_column_is_packed_as_small_as_its_values_allow(values, kind):
    packed = _pack(np.array(values))
    if values[-1] == 2**61 + 2**60 + 7:  # neither the values nor their steps fit four bytes
        packed = packed.steps
    assert isinstance(packed, kind)


def test_counts_take_a_byte():
    packed = _pack(np.array([5, 9, 2, 250]))
    assert packed.above.itemsize == 1


@given(
    st.lists(st.tuples(floats, integers), max_size=30),
    st.lists(st.integers(0, 30), max_size=4),
)
def test_how_rows_come_does_not_show(rows, cuts):
    one, many = table(rows), Columns({"t": "d", "n": "q"})
    edges = sorted(min(cut, len(rows)) for cut in cuts)
    for begin, end in zip([0, *edges], [*edges, len(rows)], strict=True):
        part = rows[begin:end]
        many.extend([np.array([t for t, _ in part]), np.array([n for _, n in part], dtype=int)])
        many.flush()
    assert len(one) == len(many) == len(rows)
    for name in ("t", "n"):
        assert one[name].tobytes() == many[name].tobytes()


def test_a_digest_hangs_on_every_value_and_not_on_blocks():
    rows = [(1.0, 2), (2.0, 3), (np.nan, 4)]
    whole = table(rows)
    parts = table(rows[:1])
    parts.flush()
    for row in rows[1:]:
        parts.append(*row)
    assert whole.digest() == parts.digest()
    assert table([(1.0, 2), (2.0, 3), (5.0, 4)]).digest() != whole.digest()
    assert table([(1.0, 2), (2.0, 5), (np.nan, 4)]).digest() != whole.digest()
    # No time is in a digest as -1 µs; those that are stored hold on to that.
    assert table([(1.0, 2), (2.0, 3), (-1e-6, 4)]).digest() == whole.digest()


def test_sinks_get_every_row_once_and_in_order():
    made, seen = Columns({"t": "d"}), []
    made.sinks.append(lambda block: seen.append(block["t"].copy()))
    for first in range(0, 3 * BLOCK, 1000):
        made.extend([np.arange(first, first + 1000.0)])
    made.append(-1.0)
    made.flush()
    count = len(range(0, 3 * BLOCK, 1000)) * 1000
    np.testing.assert_array_equal(np.concatenate(seen), np.append(np.arange(float(count)), -1.0))
    assert len(seen) > 1


def test_rows_wait_until_they_are_enough_for_a_block():
    made, seen = Columns({"t": "d"}), []
    made.sinks.append(lambda block: seen.append(len(block["t"])))
    made.append(0.0)
    made.extend([np.arange(BLOCK - 2.0)])
    assert (len(made), seen) == (BLOCK - 1, [])
    made.append(1.0)
    assert (len(made), seen) == (BLOCK, [BLOCK])


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_columns_are_taken_as_there_are(count):
    made = Columns({"t": "d", "n": "q"})
    with pytest.raises(ValueError, match="zip"):
        made.extend([np.zeros(2)] * count)
    assert len(made) == 0


def test_a_copy_stays_as_it_was():
    made = table([(1.0, 2)])
    copy, before = made.copy(), made.digest()
    made.append(3.0, 4)
    assert (len(copy), copy["n"].tolist(), copy.digest()) == (1, [2], before)
    assert (len(made), made["n"].tolist()) == (2, [2, 4])


def test_what_is_not_kept_cannot_be_read():
    made, kept = table([(1.0, 2)], keep=False), table([(1.0, 2)])
    assert (len(made), made.digest()) == (1, kept.digest())
    with pytest.raises(LookupError, match="not kept"):
        made["t"]
