"""Cuts on time and multiples of a time, compared with fractions of whole numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from efssim.model.kernel.cuts import Cuts
from efssim.scenario.workload.multiples import Multiples, written

TEN_YEARS_S = 3652 * 86400

nanoseconds = st.integers(1_000_000_000, 100_000_000_000_000)
"""Intervals from a second to a day and a bit."""
decimals = st.builds(
    lambda digits, parts: digits * (10**9 // parts),
    st.integers(1, 100_000),
    st.sampled_from([1, 10, 100, 1000, 10**6]),
)
"""Intervals of few decimals, in nanoseconds."""


def seconds(parts: int) -> float:
    """Return whole nanoseconds in seconds, as a scenario is read."""
    return parts / 10**9


@given(st.one_of(nanoseconds, decimals), st.integers(0, TEN_YEARS_S))
@example(4_100_000_000, TEN_YEARS_S - 60)
@example(60_000_000_001, TEN_YEARS_S - 1)
def test_a_cut_on_time_is_the_float_next_to_the_multiple(parts: int, about_s: int) -> None:
    cuts, ordinal = Cuts(seconds(parts)), 1 + about_s * 10**9 // parts
    exact = [float(Fraction((ordinal + k) * parts, 10**9)) for k in range(40)]
    assert [cuts.after(cut_s) for cut_s in exact[:-1]] == exact[1:]
    assert cuts.row(exact[0], 40).tolist() == exact
    assert cuts.after_each(np.array(exact[:-1])).tolist() == exact[1:]


@given(
    st.one_of(nanoseconds, decimals), st.floats(0, TEN_YEARS_S, allow_nan=False), st.integers(1, 60)
)
def test_any_cut_is_followed_alike_one_by_one_and_in_rows(
    parts: int, cut_s: float, length: int
) -> None:
    cuts, one_by_one = Cuts(seconds(parts)), [cut_s]
    for _ in range(length - 1):
        one_by_one.append(cuts.after(one_by_one[-1]))
    assert cuts.row(cut_s, length).tolist() == one_by_one
    each = cuts.after_each(np.array(one_by_one))
    assert each.tolist() == [cuts.after(one) for one in one_by_one]
    assert np.all(np.abs(each - one_by_one - seconds(parts)) <= 2 * np.spacing(each))


@given(st.integers(0, 10**9), st.integers(10_000_000_000, 90_000_000_000))
def test_cuts_with_a_phase_keep_in_step_with_it(phase: int, parts: int) -> None:
    cuts = Cuts(seconds(parts), seconds(phase))
    assert cuts.first_s == float(written(seconds(parts)) - written(seconds(phase)))
    for ordinal in (1, 2, 1000, TEN_YEARS_S * 10**9 // parts):
        cut_s = float(Fraction(ordinal * parts - phase, 10**9))
        assert cuts.after(cut_s) == float(Fraction((ordinal + 1) * parts - phase, 10**9))


def test_sums_of_an_interval_in_decimals_would_drift_in_ten_years() -> None:
    length = int(TEN_YEARS_S / 60.1)
    row = Cuts(60.1).row(60.1, length)
    assert row.item(-1) == float(Fraction(601 * length, 10))
    off_s = np.abs(np.full(length, 60.1).cumsum() - row)
    assert off_s.max() > 1e-4  # which is why
    assert np.count_nonzero(off_s) > length / 2


@pytest.mark.parametrize("interval_s", [60.0, 0.5, 86400.0, 1 / 3, 0.0])
def test_whole_seconds_and_what_no_decimal_says_are_added(interval_s: float) -> None:
    cuts = Cuts(interval_s)
    assert cuts.adds
    assert cuts.after(1234.567) == 1234.567 + interval_s


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 2**40))
@example(61_489_735, 3, 598_360_646)  # beyond 2^53 s
@example(598_360_651, 35, 526_859_466)
def test_multiples_are_rounded_once(numerator: int, denominator: int, ordinal: int) -> None:
    multiples = Multiples(Fraction(numerator, denominator))
    near = np.arange(ordinal, ordinal + 3)
    assert [multiples.at(k) for k in near.tolist()] == multiples.many(near).tolist()
    if (ordinal + 3) * numerator < 2**63 and 10**9 % multiples.step.denominator == 0:
        exact = [float(multiples.step * k) for k in near.tolist()]
        assert multiples.many(near).tolist() == exact
