"""Data that is nested without a bound is refused wherever Python or HTTP hands it over.

Python 3.14 reads JSON of any depth, which no walk over it survives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from helpers.worlds import constant, scenario

import efssim
from efssim import Simulation


def nested(levels: int, kind: str) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value} if kind == "mappings" else [value]
    return value


TAKEN: dict[str, Callable[[Any], object]] = {
    "load": lambda deep: efssim.load({"name": deep}),
    "with_": lambda deep: world().with_({"rpo": deep}),
    "apply": lambda deep: Simulation(world()).apply({"fail": deep}),
    "apply at the top": lambda deep: Simulation(world()).apply(deep),
}


def world() -> efssim.Scenario:
    return scenario({"w": constant()}, {"interval": 60}, "1 h")


CASES = [
    (taker, kind)
    for taker in TAKEN
    for kind in ("mappings", "lists")
    if (taker, kind) != ("apply at the top", "lists")  # an event is a mapping
]


@pytest.mark.parametrize("levels", [101, 1500, 50_000])
@pytest.mark.parametrize(("taker", "kind"), CASES)
def test_it_is_refused_in_a_sentence(taker: str, levels: int, kind: str) -> None:
    with pytest.raises(efssim.ScenarioError, match="nested deeper than 100 levels"):
        TAKEN[taker](nested(levels, kind))
