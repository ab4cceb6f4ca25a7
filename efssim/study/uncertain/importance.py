"""How the verdict hangs on each unknown, from the parameter sets that were run anyway.

The first-order index of a parameter is the share of the variance of the verdict that it explains
alone. It is estimated from given sets: they are put in order of the parameter and divided into
groups, and the variance between the means of the groups is compared with that within (the
correlation ratio with the correction of epsilon squared, so that chance alone gives 0 on average).
It knows nothing of effects that only several parameters together have; Sobol indices do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.draws import Draws
from efssim.scenario.unknowns.parameters import UncertainParameter
from efssim.study.uncertain.outcome import SetReplication

Floats = NDArray[np.float64]

_GROUPS, _FEWEST, _LEAST = 10, 4, 5
"""Groups of sets by a parameter at most and at least, and sets in each of them at least."""
_RESAMPLES = 1000
"""Of the bootstrap."""
_NORMAL = 1.96
"""Standard deviations on each side of a 95 % interval: as SALib has it for Sobol indices."""


@dataclass(frozen=True, slots=True)
class ParameterWeight:
    """How the verdict hangs on one parameter alone."""

    path: str
    first: float
    """Share of the variance of the verdict that it explains alone."""
    first_low: float
    """Its 95 % interval, by bootstrap over the sets."""
    first_high: float
    middle: float
    """The median of its values in the sets."""
    met_below: float
    """Share of the sets with a smaller value in which the objective is met."""
    met_above: float
    """Share of the others."""


@dataclass(frozen=True, slots=True)
class Importance:
    """How the verdict hangs on each parameter, that with the largest index first."""

    sets: int
    """Those with a verdict, which are all that count here."""
    varies: bool
    """Whether some meet the objective and others do not."""
    parameters: tuple[ParameterWeight, ...]
    """None where there are too few sets, or the verdict is the same in all."""

    @classmethod
    def of(
        cls,
        parameters: Sequence[UncertainParameter],
        values: Sequence[Sequence[float]],
        parts: Sequence[SetReplication | None],
        seed: int,
    ) -> Importance:
        """Return how the verdicts of sets hang on their values."""
        decided = [
            (row, float(part.verdict == "met"))
            for row, part in zip(values, parts, strict=True)
            if part is not None and part.verdict != "undecided"
        ]
        verdicts = np.array([verdict for _, verdict in decided])
        varies = bool(len(verdicts)) and bool(verdicts.min() < verdicts.max())
        if not varies or len(verdicts) < _FEWEST * _LEAST:
            return cls(len(decided), varies, ())
        columns = np.array([row for row, _ in decided]).T
        picks = Draws(seed).generator("importance of parameters")
        chosen = picks.integers(0, len(verdicts), (_RESAMPLES, len(verdicts)))
        found = [
            _weight(each.path, column, verdicts, chosen)
            for each, column in zip(parameters, columns, strict=True)
        ]
        return cls(len(decided), varies, tuple(sorted(found, key=lambda part: -part.first)))

    @property
    def leaders(self) -> tuple[str, ...]:
        """The parameter that matters most; several where their intervals overlap, and none decided.

        Empty where nothing is known to matter.
        """
        return leaders([(part.path, part.first_low, part.first_high) for part in self.parameters])


def leaders(intervals: Sequence[tuple[str, float, float]]) -> tuple[str, ...]:
    """Return the names whose interval may hold the largest value, given the largest first.

    Empty if not even that of the first is above 0.
    """
    if not intervals or intervals[0][1] <= 0:
        return ()
    return tuple(name for name, _, high in intervals if high >= intervals[0][1])


def _weight(
    path: str, values: Floats, verdicts: Floats, chosen: NDArray[np.int64]
) -> ParameterWeight:
    resampled = [_explained(values[pick], verdicts[pick]) for pick in chosen]
    explained = _explained(values, verdicts)
    half = _NORMAL * float(np.std(resampled))
    middle = float(np.median(values))
    below, above = verdicts[values < middle], verdicts[values >= middle]
    return ParameterWeight(
        path,
        explained,
        max(0.0, explained - half),
        min(1.0, explained + half),
        middle,
        float(below.mean()) if len(below) else float(above.mean()),
        float(above.mean()),
    )


def _explained(values: Floats, verdicts: Floats) -> float:
    """Return the share of the variance of the verdicts between groups of like values."""
    count = len(values)
    total = float(((verdicts - verdicts.mean()) ** 2).sum())
    if not total:
        return 0.0
    ordered = verdicts[np.argsort(values, kind="stable")]
    parts = min(_GROUPS, count // _LEAST)
    groups = np.array_split(ordered, parts)
    between = sum(len(part) * float(part.mean() - verdicts.mean()) ** 2 for part in groups)
    within = (total - between) / (count - parts)
    return min(1.0, max(0.0, (between - (parts - 1) * within) / total))
