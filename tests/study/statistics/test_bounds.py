"""Tests of bounds of a bounded mean: by hand, against binomial bounds, and how often they hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from efssim.study.statistics.bounds import Units, _first
from efssim.study.statistics.evidence import without_loss

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def test_without_any_loss_by_hand():
    """The largest stake grows by 1 / (1 - m) each time, from 0.8; the others add a little."""
    for n in (10, 100, 3000):
        high = Units([0.0] * n).high(0.05)
        alone = 1 - (0.8 * 0.05) ** (1 / n)
        assert 0.9 * alone < high <= alone
        assert 1 - 0.05 ** (1 / n) < high  # no bound is below that of Clopper and Pearson


@pytest.mark.parametrize(("objective", "units"), [(0.999, 3203), (0.99, 319), (0.9, 31)])
def test_units_without_a_loss_that_a_claim_takes(objective, units):
    assert without_loss(objective, 0.05) == units
    assert Units([0.0] * units).high(0.05) <= 1 - objective < Units([0.0] * (units - 1)).high(0.05)


def test_equal_numbers_have_an_interval_with_a_width():
    units = Units([0.3] * 100)
    assert units.low(0.025) < 0.3 < units.high(0.025)
    assert units.high(0.025) - units.low(0.025) > 0.02


@pytest.mark.parametrize("edge", [0.0, 1 / 3, 0.7, 1.0])
def test_a_bound_is_found_to_6e_14(edge):
    found = _first(lambda mean: mean <= edge)
    assert 0 <= edge - found <= 6e-14  # as it says: 2^-44


def test_no_numbers_say_nothing():
    assert (Units([]).low(0.05), Units([]).high(0.05), Units([]).mean) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("value", [-1e-9, 1 + 1e-9, 1.5, math.nan])
def test_other_numbers_have_no_bounds(value):
    with pytest.raises(AssertionError):
        Units([0.5, value])


@given(SHARES)
def test_bounds_enclose_the_mean_of_the_sample(values):
    units = Units(values)
    assert 0 <= units.low(0.05) <= units.mean + 1e-12
    assert units.mean - 1e-12 <= units.high(0.05) <= 1


@given(SHARES, st.integers(2, 5))
def test_bounds_do_not_mind_the_order_and_count_repeats(values, times):
    units, again = Units(values), Units(sorted(values) * times)
    assert again.high(0.05) == pytest.approx(units.high(0.05, times), abs=1e-9)
    assert again.low(0.05) == pytest.approx(units.low(0.05, times), abs=1e-9)
    assert Units(values[::-1]).high(0.05) == units.high(0.05)


@given(st.integers(1, 60), st.data())
def test_bounds_of_zeros_and_ones_are_no_narrower_than_exact_ones(n, data):
    k = data.draw(st.integers(0, n))
    units = Units([1.0] * k + [0.0] * (n - k))
    assert units.high(0.05) >= (stats.beta.ppf(0.95, k + 1, n - k) if k < n else 1.0) - 1e-9
    assert units.low(0.05) <= (stats.beta.ppf(0.05, k, n - k + 1) if k else 0.0) + 1e-9


def test_lengths_weigh_numbers():
    assert Units([0.0, 1.0], [1.5, 0.5]).mean == 0.25
    equal = Units([0.2, 0.4] * 20, [1.0] * 40)
    assert equal.high(0.05) == Units([0.2, 0.4] * 20).high(0.05)


LAWS = {
    "rare": lambda draws, n: (draws.random(n) < 0.01) * draws.random(n),
    "two points": lambda draws, n: (draws.random(n) < 0.001).astype(float),
    "heavy": lambda draws, n: np.minimum(1, 1e-3 * draws.pareto(0.8, n)),
    "plain": lambda draws, n: draws.beta(2, 50, n),
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("n", [20, 300])
def test_bounds_hold_at_any_sample_size(law, n):
    """Of 400 samples no more miss than 5 % and what chance adds (99.9 % of such counts)."""
    draws = np.random.default_rng(7)
    truth = LAWS[law](np.random.default_rng(8), 2_000_000).mean()
    samples = [Units(LAWS[law](draws, n)) for _ in range(400)]
    allowed = stats.binom.ppf(0.999, 400, 0.05)
    assert sum(units.high(0.05) < truth for units in samples) <= allowed
    assert sum(units.low(0.05) > truth for units in samples) <= allowed


def test_bounds_hold_at_every_look():
    """One who stops as soon as the bound excludes the truth errs in 5 % of all cases at most."""
    draws, truth, wrong = np.random.default_rng(3), 0.05, 0
    for _ in range(200):
        values = (draws.random(400) < truth).astype(float)
        wrong += any(Units(values[:n]).high(0.05) < truth for n in range(10, 401, 15))
    assert wrong <= stats.binom.ppf(0.999, 200, 0.05)


def test_groups_with_unequal_means_have_the_bounds_of_their_mean():
    """Days of a week: each group is one of each, and the truth is their mean."""
    draws, means, wrong = np.random.default_rng(4), np.array([0.0, 0.0, 0.3]), 0
    for _ in range(300):
        groups = (draws.random((40, 3)) < means).astype(float)
        wrong += Units(groups.ravel()).high(0.05) < means.mean()
    assert wrong <= stats.binom.ppf(0.999, 300, 0.05)
    assert math.isclose(means.mean(), 0.1)
