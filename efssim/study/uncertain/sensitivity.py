"""Sobol indices of the verdict, and a tornado beside them: how much each unknown matters.

The design is Saltelli's: N (D + 2) parameter sets for D parameters, each evaluated by trials that
all have the seed of the study. So the verdict is a function of the parameters alone, and chance in
the trials is not taken for the effect of a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.draws import Draws
from efssim.study.statistics.intervals import CONFIDENCE
from efssim.study.statistics.salib import problem
from efssim.study.uncertain.importance import leaders

Floats = NDArray[np.float64]

TORNADO_SHARES = (0.05, 0.95)
"""Quantiles at which a tornado has a parameter, the others being at their medians."""
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """Shares of the variance of the verdict that go back to a parameter."""

    path: str
    first: float
    """By the parameter alone."""
    first_low: float
    first_high: float
    total: float
    """With all its interactions."""
    total_low: float
    total_high: float


@dataclass(frozen=True, slots=True)
class TornadoBar:
    """Attainment where one parameter is low or high, and the others are at their medians."""

    path: str
    low_value: float
    high_value: float
    at_low: float | None
    at_high: float | None

    @property
    def width(self) -> float:
        """The change of attainment from one end to the other."""
        return abs((self.at_high or 0.0) - (self.at_low or 0.0))


@dataclass(frozen=True, slots=True)
class ReplicationSensitivity:
    """How much each unknown matters for the verdict on one replication."""

    share_met: float
    """Share of the evaluations in which mean attainment reaches the objective."""
    indices: tuple[SobolIndices, ...]
    """That with the largest total index first; none where the verdict never changes."""
    tornado: tuple[TornadoBar, ...]
    """The widest first."""
    at_medians: float | None
    """Attainment where all parameters are at their medians."""

    @property
    def leaders(self) -> tuple[str, ...]:
        """The parameter with the largest total index; several where intervals overlap."""
        return leaders([(part.path, part.total_low, part.total_high) for part in self.indices])


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Sobol indices and tornado of a study."""

    base: int
    """N of Saltelli's design."""
    evaluations: int
    replications: Mapping[str, ReplicationSensitivity]


def saltelli(parameters: int, base: int, seed: int) -> Floats:
    """Return shares of the distributions, one row for each evaluation."""
    from SALib.sample import sobol

    scrambling = int(Draws(seed).generator("sobol design").integers(2**31))
    rows: Floats = sobol.sample(problem(parameters), base, calc_second_order=False, seed=scrambling)
    return rows


def sobol_indices(paths: Sequence[str], results: Floats, seed: int) -> tuple[SobolIndices, ...]:
    """Return the indices of results at the rows of `saltelli`, the largest total first.

    None where all results are the same. The intervals are SALib's, by bootstrap.
    """
    from SALib.analyze import sobol

    if results.min() == results.max():
        return ()
    chance = int(Draws(seed).generator("sobol bootstrap").integers(2**31))
    found = sobol.analyze(
        problem(len(paths)),
        results,
        calc_second_order=False,
        num_resamples=_RESAMPLES,
        conf_level=CONFIDENCE,
        seed=chance,
    )
    rows = zip(paths, found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True)
    made = [
        SobolIndices(path, *map(float, (s1, s1 - c1, s1 + c1, st, st - ct, st + ct)))
        for path, s1, c1, st, ct in rows
    ]
    return tuple(sorted(made, key=lambda part: -part.total))


def tornado_shares(parameters: int) -> Floats:
    """Return shares of the distributions: all medians, then each parameter low and high."""
    rows = np.full((1 + 2 * parameters, parameters), 0.5)
    for ordinal in range(parameters):
        rows[1 + 2 * ordinal, ordinal], rows[2 + 2 * ordinal, ordinal] = TORNADO_SHARES
    return rows


def tornado(
    paths: Sequence[str],
    values: Callable[[int, int], float],
    attainments: Sequence[float | None],
) -> tuple[TornadoBar, ...]:
    """Return the bars, given results at the rows of `tornado_shares`, the widest first.

    `values` gives the value of a row and a parameter.
    """
    bars = [
        TornadoBar(
            path,
            values(1 + 2 * k, k),
            values(2 + 2 * k, k),
            attainments[1 + 2 * k],
            attainments[2 + 2 * k],
        )
        for k, path in enumerate(paths)
    ]
    return tuple(sorted(bars, key=lambda bar: -bar.width))
