"""The formula of a sync gives the same bits for numbers and for arrays."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from efssim.model.sync.formula import Formula

rates = st.sampled_from([math.inf, 0.7, 3.0, 1e6 / 3])
formulas = st.builds(Formula, st.sampled_from([0.0, 0.1]), rates, rates, rates, rates)
Row = tuple[float, bool, int, int, int, int]
counts = st.integers(0, 10**12)
syncs = st.lists(
    st.tuples(st.floats(0, 1e4), st.booleans(), counts, counts, counts, counts), min_size=1
)


@given(formulas, syncs)
def test_numbers_and_arrays_agree_to_the_last_bit(formula: Formula, rows: list[Row]) -> None:
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    one_by_one = [formula.duration(*row, max) for row in rows]
    assert formula.duration(*columns, np.maximum).tolist() == one_by_one


@given(formulas, syncs)
def test_the_phases_add_up_to_the_duration(formula: Formula, rows: list[Row]) -> None:
    for row in rows:
        setup_s, scan_s, diff_s, transfer_s = formula.phases(*row, max)
        assert formula.duration(*row, max) == setup_s + scan_s + diff_s + transfer_s


def test_an_empty_change_set_pays_the_setup_only() -> None:
    formula = Formula(0.5, 10.0, 10.0, 10.0, 10.0)
    assert formula.duration(2.0, False, 100, 100, 0, 0, max) == 2.5
    assert formula.duration(2.0, True, 100, 50, 30, 40, max) == 2.5 + 10 + 5 + 4
