"""Tests of Kim and Nelson's procedure: by hand, against another implementation, and its claim."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sim_tools.ovs.indifference_zone import KN

from efssim.study.choosing.selection import Selection, skewness


def selected(
    draw: Callable[[int], np.ndarray], first: int, indifference: float, confidence: float = 0.95
) -> Selection:
    """Select among alternatives of which `draw` returns so many observations each."""
    values = draw(first)
    made = Selection(values.tolist(), indifference, confidence)
    while not made.is_over:
        values = np.hstack((values, draw(max(1, made.needed + 1 - made.used))))
        made.go_on(values.tolist())
    return made


def test_by_hand_two_alternatives():
    # Differences 0, 2 and 4: mean 2, variance 4. With 3 first observations h^2 is
    # (0.1^-1 - 1) x 2 = 18, so the width at r is (72 - r) / 2r. It is below 2 from r = 15 on.
    made = Selection([[0.0, 0.0, 0.0], [0.0, 2.0, 4.0]], 1.0, 0.95)
    assert (made.survivors, made.used) == ([0, 1], 3)
    assert made.needed in (71, 72)  # 72 but for the rounding of 1 - 0.95
    made.go_on([[0.0] * 14, [0.0, 2.0, 4.0, *[2.0] * 11]])
    assert (made.survivors, made.used) == ([0, 1], 14)
    made.go_on([[0.0] * 40, [0.0, 2.0, 4.0, *[2.0] * 37]])
    assert (made.survivors, made.used, made.dropped) == ([1], 15, {0: 15})
    assert made.is_over


def test_by_hand_three_alternatives_are_dropped_one_after_the_other():
    # Two pairs have differences 0, 2 and 4, the third 0, 4 and 8. h^2 = (0.05^-1 - 1) x 2 = 38.
    # Widths: (152 - r) / 2r is below 2 from r = 31 on, (608 - r) / 2r below 4 from r = 68 on. So
    # the middle one drops the last, and the best drops the middle one, both at 31.
    rows = [[0.0, 0.0, 0.0], [0.0, 2.0, 4.0], [0.0, 4.0, 8.0]]
    made = Selection(rows, 1.0, 0.95)
    made.go_on([[*row, *[2.0 * k] * 80] for k, row in enumerate(rows)])
    assert made.dropped == {0: 31, 1: 31}
    assert made.survivors == [2]


def test_what_is_the_same_everywhere_is_not_told_apart():
    made = Selection([[1.0, 3.0, 2.0], [1.0, 3.0, 2.0], [0.0, 2.0, 1.0]], 0.5, 0.95)
    # Nothing varies between them, so nothing more is needed: the third is worse by 1, always.
    assert (made.survivors, made.needed, made.is_over) == ([0, 1], 0, True)


def test_equal_means_end_when_the_widths_are_gone():
    # Differences 1, -1 and 0: variance 1, h^2 = 18, indifference 2: needed 4.
    made = Selection([[1.0, -1.0, 0.0], [0.0, 0.0, 0.0]], 2.0, 0.95)
    assert made.needed == 4
    made.go_on([[1.0, -1.0, *[0.0] * 9], [0.0] * 11])
    assert (made.survivors, made.used, made.is_over) == ([0, 1], 5, True)


@given(
    st.integers(2, 5),
    st.integers(0, 2**32 - 1),
    st.floats(0.1, 2.0),
    st.lists(st.integers(1, 9), min_size=1, max_size=6),
)
def test_steps_make_no_difference(count, seed, indifference, steps):
    # However the observations come in, the same is dropped after the same number.
    values = np.random.default_rng(seed).normal(np.arange(count)[:, None], 1.0, (count, 400))
    whole = Selection(values[:, :10].tolist(), indifference, 0.9)
    whole.go_on(values.tolist())
    parts = Selection(values[:, :10].tolist(), indifference, 0.9)
    at = 10
    for step in steps * 50:
        at += step
        parts.go_on(values[:, :at].tolist())
    if at >= whole.used:
        assert (parts.dropped, parts.survivors) == (whole.dropped, whole.survivors)
    assert sorted([*whole.dropped, *whole.survivors]) == list(range(count))
    assert whole.survivors


class Environment:
    """Observations as another implementation asks for them."""

    def __init__(self, values: np.ndarray) -> None:
        self._values, self._at = values, [0] * len(values)
        self._observer: KN | None = None

    def register_observer(self, observer: KN) -> None:
        self._observer = observer

    def simulate(self, design: int) -> None:
        at = self._at[design]
        self._at[design] += 1
        assert self._observer is not None
        self._observer.feedback(self, design, self._values[design][at])


class Corrected(KN):
    """Which takes the variance of the pair also where the second design comes first."""

    def _limit_to_distance_from_sample_means(self, design_i: int, design_l: int) -> float:
        return super()._limit_to_distance_from_sample_means(*sorted((design_i, design_l)))


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("seed", range(20))
def test_another_implementation_drops_the_same(count, seed):
    generator = np.random.default_rng([seed, count])
    spread = generator.uniform(0.5, 3.0, count)[:, None]
    common = generator.normal(0.0, 1.0, 20_000)
    values = common + generator.normal(0.2 * np.arange(count)[:, None], spread, (count, 20_000))
    other = Corrected(Environment(values), count, 0.2, 0.05, 20)
    (best,) = other.solve()
    made = Selection(values[:, :20].tolist(), 0.2, 0.95)
    made.go_on(values.tolist())
    assert made.survivors == [best]
    # It takes one observation more before it looks whether it is over.
    assert made.used == int(other._r) - 1


@pytest.mark.slow
@pytest.mark.parametrize("common", [0.0, 3.0])
def test_the_best_is_selected_as_often_as_is_said(common):
    # The least favourable means: all others are worse by the indifference. Draws in common or not.
    count, runs, right = 5, 2_000, 0
    generator = np.random.default_rng(1)
    means = np.array([0.0, 0.0, 1.0, 0.0, 0.0])[:, None]

    def draw(more: int) -> np.ndarray:
        shared = generator.normal(0.0, common, more) if common else 0.0
        return means + shared + generator.normal(0.0, 2.0, (count, more))

    for _ in range(runs):
        right += selected(draw, 20, 1.0).survivors == [2]
    assert binomtest(right, runs, 0.95, alternative="less").pvalue > 0.01, f"{right} of {runs}"


def test_skewness():
    # By hand: of 0, 0, 3 the mean is 1, the variance 2 and the third moment 2.
    assert skewness([0.0, 0.0, 3.0]) == pytest.approx(2 / 2**1.5, rel=1e-12)
    assert skewness([2.0, 2.0]) == 0
