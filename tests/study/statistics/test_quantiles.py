"""Quantiles over trials and their intervals, by hand."""

from __future__ import annotations

import pytest

import efssim
from efssim.study.statistics.bounds import Units
from efssim.study.statistics.quantiles import weighted_quantile
from efssim.study.statistics.weighing import Design

PLAIN = Design((), (1.0,), (None,), (False,))
TWO = Design(("f",), (0.9, 0.1), ((), ("f",)), (False, False))


def plain(values: list[float], p: float) -> tuple[float | None, tuple[float, float] | None]:
    strata = [0] * len(values)
    return weighted_quantile(values, strata, PLAIN.weighing(strata), p)


def test_the_interval_may_reach_from_the_least_to_the_largest_value() -> None:
    """At most 10 of 100 at 0, and all at 1, are clearly below and above a half."""
    assert plain([0.0] * 10 + [1.0] * 90, 0.5) == (1.0, (0.0, 1.0))
    assert plain([0.0] * 10 + [0.5] * 40 + [1.0] * 50, 0.5) == (0.5, (0.0, 1.0))


def test_few_values_have_a_quantile_without_an_interval() -> None:
    assert plain([3.0, 1.0, 2.0], 0.5) == (2.0, None)
    assert plain([3.0, 1.0, 2.0], 0.34) == (2.0, None)
    assert plain([3.0, 1.0, 2.0], 0.33) == (1.0, None)
    assert plain([], 0.5) == (None, None)


def test_trials_count_with_the_weights_of_their_strata() -> None:
    """Three calm trials of 0.3 each, at 1, 2 and 3, and two of faults of 0.05, at 0 and 9."""
    strata = [0, 0, 0, 1, 1]
    values = [1.0, 2.0, 3.0, 0.0, 9.0]
    for p, expected in ((0.04, 0.0), (0.05, 0.0), (0.06, 1.0), (0.36, 2.0), (0.95, 3.0)):
        found = weighted_quantile(values, strata, TWO.weighing(strata), p)
        assert found.value == expected


def test_the_interval_over_strata_adds_up_their_bounds() -> None:
    """An end is the first value of whose share the sum of the bounds passes a half."""
    strata = [0] * 60 + [1] * 20
    values = [float(k // 10) for k in range(60)] + [k // 5 + 2.5 for k in range(20)]
    found = weighted_quantile(values, strata, TWO.weighing(strata), 0.5).interval
    assert found is not None

    def share(x: float, *, high: bool) -> float:
        parts = (values[:60], values[60:])
        units = [Units([float(value <= x) for value in part]) for part in parts]
        ends = [one.high(0.0125) if high else one.low(0.0125) for one in units]
        return 0.9 * ends[0] + 0.1 * ends[1]

    known = sorted(set(values))
    assert found.low == max(x for x in known if share(x, high=True) < 0.5)
    assert found.high == min(x for x in known if share(x, high=False) >= 0.5)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_no_quantile_of_all_or_nothing(p: float) -> None:
    with pytest.raises(efssim.ArgumentError, match="between 0 and 1"):
        plain([1.0], p)
