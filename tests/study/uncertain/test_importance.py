"""Which sets count when it is asked on what the verdict hangs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from efssim.study.uncertain.importance import Importance
from efssim.study.uncertain.outcome import SetReplication

NAMES: Any = (SimpleNamespace(path="a"), SimpleNamespace(path="b"))
"""All that is asked of a parameter here is its path."""


def part(verdict: Any) -> SetReplication:
    return SetReplication(verdict, False, 0.5, 0.4, 0.6, 1.0, 1.0, 1.0, 0.0, 0.0, False)


def sets(count: int) -> tuple[list[list[float]], list[SetReplication | None]]:
    """Return sets that meet the objective where the first of two values is large."""
    values = [[k / count, (k * 7 % count) / count] for k in range(count)]
    return values, [part("met" if a >= 0.5 else "missed") for a, _ in values]


@pytest.mark.parametrize("none", [None, part("undecided")])
def test_sets_without_a_verdict_do_not_count(none: SetReplication | None) -> None:
    values, parts = sets(60)
    alone = Importance.of(NAMES, values, parts, seed=1)
    more = Importance.of(NAMES, [[0.9, 0.1], *values, [0.1, 0.9]], [none, *parts, none], seed=1)
    assert more == alone
    assert (alone.sets, alone.varies, alone.leaders) == (60, True, ("a",))
    first = alone.parameters[0]
    assert first.middle == pytest.approx(29.5 / 60, rel=1e-12)  # rounding alone
    assert (first.met_below, first.met_above) == (0.0, 1.0)


def test_ten_groups_tell_a_threshold_between_them_from_one_within() -> None:
    """By hand: 100 sets in groups of 10, of which 50 meet the objective, or 55.

    The variance of the verdicts is all between the groups; or the sixth of them is half and half,
    and has 10 / 4 of a total of 100 · 0.55 · 0.45 = 24.75. That is 1 / 36 for each degree of
    freedom within, so 9 / 36 of the rest is taken for chance.
    """
    values = [[k / 100] for k in range(100)]
    for met, expected in ((50, 1.0), (55, (24.75 - 2.5 - 9 * 2.5 / 90) / 24.75)):
        parts = [part("met" if k < met else "missed") for k in range(100)]
        (found,) = Importance.of(NAMES[:1], values, parts, seed=1).parameters
        assert found.first == pytest.approx(expected, rel=1e-12)  # rounding alone


def test_sets_with_one_verdict_say_nothing() -> None:
    values, _ = sets(60)
    found = Importance.of(NAMES, values, [part("met")] * 60, seed=1)
    assert found == Importance(60, varies=False, parameters=())
    assert Importance.of(NAMES, values, [None] * 60, seed=1).sets == 0
