"""Designs of sweeps: which combinations of values there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from efssim.json_values import JsonValue
from efssim.model.kernel.draws import Draws
from efssim.study.errors import StudyError
from efssim.study.statistics.salib import problem, require_salib
from efssim.study.varying.space import VariedParameter, bounds, range_of

Floats = NDArray[np.float64]
ParameterValues: TypeAlias = tuple[VariedParameter, list[JsonValue]]
"""A parameter, and the values that it is to have."""
Arrangement: TypeAlias = Literal["grid", "alone", "latin", "morris"]
"""How values make combinations: each with each, each alone, or the k-th of each together."""
LEVELS = 4
"""Levels of a parameter in Morris's screening: SALib's, and usual (Saltelli et al. 2008)."""
_MOST = 10_000
"""Combinations of a design at most."""


@dataclass(frozen=True, slots=True)
class VariedRange:
    """A parameter, and the range of its values."""

    parameter: VariedParameter
    low: float
    high: float
    by_factors: bool
    """Whether equal factors count alike, and not equal differences."""

    def value(self, share: float) -> float:
        """Return the value at a share of the range, as it can be typed."""
        quantity = self.parameter.quantity
        assert quantity is not None, "a range has numbers"
        if self.by_factors:
            found = self.low * (self.high / self.low) ** share
        else:
            found = self.low + share * (self.high - self.low)
        return min(max(quantity.rounded(found), self.low), self.high)


def design_range(vary: VariedParameter, given: object) -> VariedRange:
    """Return the range of a parameter: `LOW..HIGH`, `LOW..HIGH:log`, or its two ends.

    Raise ScenarioError for anything else.
    """
    if isinstance(given, str):
        text, by_factors = given.strip(), given.strip().endswith(":log")
        low, high = range_of(vary, text.removesuffix(":log"))
    elif isinstance(given, Sequence) and len(given) == 2:
        by_factors = False
        low, high = bounds(vary, *given)
    else:
        raise vary.problem("a design takes a range: LOW..HIGH or LOW..HIGH:log")
    if by_factors and not low:
        raise vary.problem("equal factors need a low end above 0")
    return VariedRange(vary, low, high, by_factors)


def designed(
    ranges: Sequence[VariedRange], arrangement: Arrangement, count: int, seed: int
) -> list[ParameterValues]:
    """Return the values of a Latin hypercube or of Morris's trajectories, by the arrangement."""
    draw = latin_hypercube if arrangement == "latin" else morris_trajectories
    return draw(ranges, count, seed)


def points_of(
    vary: Sequence[ParameterValues], arrangement: Arrangement
) -> list[list[tuple[VariedParameter, JsonValue]]]:
    """Return the parameters with a value at each point, in the order of the points."""
    if arrangement == "alone":
        return [[], *([(each, value)] for each, values in vary for value in values)]
    columns = (values for _, values in vary)
    rows = product(*columns) if arrangement == "grid" else zip(*columns, strict=True)
    return [list(zip((each for each, _ in vary), row, strict=True)) for row in rows]


def latin_hypercube(ranges: Sequence[VariedRange], points: int, seed: int) -> list[ParameterValues]:
    """Return so many values of each parameter, of which the k-th ones belong together.

    Each parameter has one value in each of as many equal parts of its range (McKay, Beckman and
    Conover, Technometrics 21, 1979). Raise StudyError for fewer than two or too many points, and
    MissingExtraError without SALib.
    """
    _require(ranges, points, 2, "points")
    require_salib("designs of sweeps")
    from SALib.sample import latin

    chance = int(Draws(seed).generator("latin hypercube").integers(2**31))
    shares: Floats = latin.sample(problem(len(ranges)), points, seed=chance)
    return _values(ranges, shares)


def morris_trajectories(
    ranges: Sequence[VariedRange], trajectories: int, seed: int
) -> list[ParameterValues]:
    """Return the values of so many trajectories, each of which changes one parameter at a time.

    M. D. Morris, Factorial sampling plans for preliminary computational experiments, Technometrics
    33 (1991). Raise as `latin_hypercube` does.
    """
    _require(ranges, trajectories, 2, "trajectories")
    require_salib("designs of sweeps")
    return _values(ranges, morris_shares(len(ranges), trajectories, seed))


def morris_shares(parameters: int, trajectories: int, seed: int) -> Floats:
    """Return the shares of the ranges, of shape (trajectories x (parameters + 1), parameters)."""
    from SALib.sample import morris

    chance = int(Draws(seed).generator("morris trajectories").integers(2**31))
    shares: Floats = morris.sample(
        problem(parameters), trajectories, num_levels=LEVELS, seed=chance
    )
    return shares


def _values(ranges: Sequence[VariedRange], shares: Floats) -> list[ParameterValues]:
    return [
        (each.parameter, [each.value(float(share)) for share in column])
        for each, column in zip(ranges, shares.T, strict=True)
    ]


def _require(ranges: Sequence[VariedRange], count: int, least: int, unit: str) -> None:
    if not least <= count <= _MOST:
        raise StudyError(f"a design has {least} to {_MOST:,} {unit}, not {count:,}")
    if not ranges:
        raise StudyError("a sweep varies at least one parameter")
