"""The search for the value that costs least, on a ladder whose costs are written by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.evaluations import evaluation

from efssim.study.means.cost import CostIntervals, CostOfTrials
from efssim.study.planning.cheapest import CheapestSearch
from efssim.study.planning.evaluation import Evaluation
from efssim.study.planning.findings import Cheapest
from efssim.study.planning.search import Bracket

TOP = 100
SMALLEST = Bracket("found", "smallest", 9, 10)
LARGEST = Bracket("found", "largest", 91, 90)


def costing(ordinal: int, amount: float | None, *, met: bool | None = True) -> Evaluation:
    """Return the evidence at an ordinal, which costs so much a month."""
    none = CostIntervals(None, {})
    cost = CostOfTrials("USD", "by hand", "2026-01-01", amount, {}, {}, ("storage",), none)
    return evaluation(0.0, value=ordinal, met=met, holds=True, cost=cost)


def cheapest(
    bracket: Bracket, cost: Callable[[int], float | None], known: tuple[int, ...] = ()
) -> tuple[Cheapest, list[int]]:
    """Return what is found of costs by ordinal, and the ordinals that were asked for."""
    asked: list[int] = []

    def ask(ordinal: int) -> Evaluation:
        asked.append(ordinal)
        return costing(ordinal, cost(ordinal))

    tried = {ordinal: costing(ordinal, cost(ordinal)) for ordinal in known}
    search = CheapestSearch(bracket, tried, ask, TOP)
    return search.find(lambda ordinal: costing(ordinal, cost(ordinal))), asked


@pytest.mark.parametrize(("bracket", "low", "high"), [(SMALLEST, 10, 100), (LARGEST, 0, 90)])
def test_the_least_cost_is_found_among_the_values_that_hold(
    bracket: Bracket, low: int, high: int
) -> None:
    """Of a valley with its least cost at 40, eight halvings come as close as one value."""
    found, asked = cheapest(bracket, lambda ordinal: 1.0 + abs(ordinal - 40))
    assert asked[:3] == [low, high, (low + high) // 2]
    assert all(low <= ordinal <= high for ordinal in asked)
    assert len(set(asked)) == len(asked) <= 10
    assert found.evaluation is not None
    assert abs(found.evaluation.value - 40) <= 1
    assert not found.is_flat


def test_values_of_the_search_are_not_asked_for_again() -> None:
    _, asked = cheapest(SMALLEST, float, known=(0, 9, 10, 55, 100))
    # 10 costs least, and 55 is next to it.
    assert asked[:3] == [32, 21, 15]
    assert set(asked).isdisjoint((0, 9, 10, 55, 100))


def test_equal_costs_are_those_of_the_value_near_the_limit() -> None:
    found, _ = cheapest(SMALLEST, lambda _: 5.0)
    assert found.is_flat
    assert found.evaluation is not None
    assert found.evaluation.value == 10


def test_a_missing_price_ends_it() -> None:
    found, asked = cheapest(SMALLEST, lambda ordinal: None if ordinal == TOP else 5.0)
    assert (found.evaluation, asked) == (None, [10, 100])
    assert found.reason == "these prices are missing: storage"
