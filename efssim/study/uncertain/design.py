"""Parameter sets: values of everything that is not known, spread over the distributions.

A Latin hypercube: of N sets each parameter has exactly one value in each of the N shares of its
distribution that have the same probability. Its order and its places within the shares come from a
stream of random numbers that hangs on the path, so that another unknown moves no value of this one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.draws import Draws
from efssim.scenario import Scenario, ScenarioError
from efssim.scenario.changes import replaced, validated
from efssim.scenario.shown.cells_use import CellsUse, merged, streams_in_cells
from efssim.scenario.unknowns.parameters import UncertainParameter
from efssim.study.varying.drawn_as import drawn_as, fixed_drawing
from efssim.text.written import as_written

Floats = NDArray[np.float64]

_EDGE = 1e-12
"""Least share, and the most below 1: quantiles are of shares between 0 and 1."""


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One value for each parameter that is not known."""

    number: int
    """Counted from 0."""
    seed: int
    """Of its trials."""
    values: tuple[float, ...]
    """In the order of the parameters, in SI units."""


def hypercube(parameters: Sequence[UncertainParameter], seed: int, count: int) -> Floats:
    """Return a Latin hypercube of shares, one row for each set, one column for each parameter."""
    columns = [_column(parameter.path, seed, count) for parameter in parameters]
    return np.column_stack(columns) if columns else np.zeros((count, 0))


def _column(path: str, seed: int, count: int) -> Floats:
    generator = Draws(seed).generator(f"parameter sets {path}")
    order = generator.permutation(count)
    within = generator.random(count)
    shares: Floats = (order + within) / count
    return shares


def values_at(
    parameters: Sequence[UncertainParameter], shares: Sequence[float]
) -> tuple[float, ...]:
    """Return the values at shares of the distributions."""
    pairs = zip(parameters, shares, strict=True)
    return tuple(each.at_share(min(max(float(u), _EDGE), 1 - _EDGE)) for each, u in pairs)


def parameter_sets(
    parameters: Sequence[UncertainParameter], seed: int, count: int
) -> tuple[ParameterSet, ...]:
    """Return sets of a Latin hypercube; the trials of each have a seed of their own.

    So errors of the verdicts on two sets are independent, which the interval of a share needs.
    """
    shares = hypercube(parameters, seed, count)
    return tuple(
        ParameterSet(number, set_seed(seed, number), values_at(parameters, row))
        for number, row in enumerate(shares.tolist())
    )


def set_seed(seed: int, number: int) -> int:
    """Return the seed of the trials of a set."""
    digest = hashlib.sha256(f"parameter set {number} of seed {seed}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def with_values(
    scenario: Scenario,
    parameters: Sequence[UncertainParameter],
    values: Sequence[float],
    seed: int | None = None,
) -> Scenario:
    """Return a scenario in which everything is known; raise ScenarioError if it is not valid.

    It keeps no records, as many runs follow, and streams with `drawn: auto` are drawn as where
    the values of `scenario` hold. Its fleets are drawn with `seed`, or else with its own.
    """
    return drawn_as(scenario, _known(scenario, parameters, values, seed))


def scenario_of(
    scenario: Scenario, parameters: Sequence[UncertainParameter], chosen: ParameterSet
) -> Scenario:
    """Return the scenario of a parameter set, whose fleets are drawn with the seed of the set.

    So the set is repeated by its values and its seed. Raise ScenarioError if it is not valid.
    """
    return with_values(scenario, parameters, chosen.values, chosen.seed)


def cells_of_sets(
    scenario: Scenario, parameters: Sequence[UncertainParameter]
) -> dict[str, CellsUse]:
    """Return the streams that parameter sets draw in cells, by their paths.

    A bound is known where it is at all ends of the distributions of the stream's sizes.
    """
    return {
        path: _over_sizes(path, use, scenario, parameters)
        for path, use in streams_in_cells(scenario).items()
    }


def _over_sizes(
    path: str, use: CellsUse, scenario: Scenario, parameters: Sequence[UncertainParameter]
) -> CellsUse:
    """Return how a stream is drawn whose sizes some of the parameters may change."""
    shares = [(0.0, 1.0) if each.path.startswith(f"{path}.size") else (0.5,) for each in parameters]
    for corner in product(*shares):
        try:
            world = with_values(scenario, parameters, values_at(parameters, corner))
            use = merged([{path: use}, {path: streams_in_cells(world)[path]}])[path]
        except ScenarioError:  # values that no set has together
            use = replace(use, distance_at_most=None)
    return use


def settings(
    scenario: Scenario, parameters: Sequence[UncertainParameter], values: Sequence[float]
) -> dict[str, str]:
    """Return all that makes the scenario of `with_values`, as text by path."""
    named = {each.path: repr(value) for each, value in zip(parameters, values, strict=True)}
    return {**named, **fixed_drawing(scenario, _known(scenario, parameters, values))}


def _known(
    scenario: Scenario,
    parameters: Sequence[UncertainParameter],
    values: Sequence[float],
    seed: int | None = None,
) -> Scenario:
    data = {key: part for key, part in as_written(scenario).items() if key != "uncertain"}
    if not scenario.alarms:  # which need them
        data["records"] = "off"
    if scenario.fleets and seed is not None:
        data["seed"] = seed
    for each, value in zip(parameters, values, strict=True):
        data = replaced(data, each.segments, value)
    return validated(Scenario, data, None)
