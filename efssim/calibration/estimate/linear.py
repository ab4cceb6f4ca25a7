"""Linear programs over the rows: the start of an estimate, and what the bounds alone allow.

Durations are linear in setup, seconds per byte and gap, and all that rows say are inequalities, so
the best fit by the sum of violations is the global one, whatever the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from efssim.calibration.data import Floats
from efssim.calibration.estimate.likelihood import Likelihood

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DEVIATIONS = 3.0
"""Standard deviations by which a row may miss its bounds; from the throwaway study, assumed."""


@dataclass(frozen=True, slots=True)
class Program:
    """Inequalities `matrix @ (setup, slope, gap) <= limit`. Shapes (inequalities, 3), same."""

    matrix: Floats
    limit: Floats
    byte_deviation: Floats
    """Standard deviation of the bytes of each inequality."""
    gap_s: tuple[float, float]

    @classmethod
    def of(cls, likelihood: Likelihood, phase: int) -> Program:
        """Return the inequalities of rows at the number of a phase."""
        size = likelihood.bytes[phase if len(likelihood.bytes) > 1 else 0]
        deviation = np.sqrt(likelihood.variance)
        parts: list[tuple[Floats, Floats, Floats]] = []

        def add(which: np.ndarray, sign: float, gap: float, limit: Floats) -> None:
            one = np.ones(int(which.sum()))
            matrix = np.stack((sign * one, sign * size[which], gap * one), axis=1)
            parts.append((matrix, limit[which], deviation[which]))

        add(likelihood.low_s > 0, -1.0, 0.0, -likelihood.low_s)
        add(np.isfinite(likelihood.high_s), 1.0, 0.0, likelihood.high_s)
        add(likelihood.is_paced, 1.0, 1.0, np.full(len(size), likelihood.interval_s))
        add(likelihood.is_telling, 1.0, 1.0, likelihood.spacing_s)
        add(likelihood.is_telling, -1.0, -1.0, -likelihood.spacing_s)
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return cls(columns[0], columns[1], columns[2], likelihood.gap_s)

    def best(self) -> Floats:
        """Return the point with the least sum of violations: setup, slope, gap."""
        from scipy.sparse import coo_array, eye_array, hstack

        n = len(self.limit)
        matrix: csr_array[Any] = hstack((coo_array(self.matrix), -eye_array(n).tocoo())).tocsr()
        solution = self._solved(np.concatenate((np.zeros(3), np.ones(n))), matrix, self.limit)
        return np.zeros(3) if solution is None else solution[:3]

    def missed_s(self, point: Floats) -> Floats:
        """Return by how much a point violates each inequality; negative if it does not."""
        result: Floats = self.matrix @ point - self.limit
        return result

    def extremes(self, best: Floats, deviation_s: float) -> Floats:
        """Return the points with the least and the largest setup, slope and gap: shape (6, 3).

        Every row may miss its bounds by some standard deviations, or as far as it does at `best`.
        """
        spread_s = np.hypot(deviation_s, best[1] * self.byte_deviation)
        missed_s = self.missed_s(best) * (1 + 1e-9) + 1e-9
        limit = self.limit + np.maximum(DEVIATIONS * spread_s, missed_s)
        points = []
        for axis in range(3):
            for sign in (1.0, -1.0):
                cost = np.zeros(3)
                cost[axis] = sign
                found = self._solved(cost, self.matrix, limit)
                points.append(best if found is None else found)
        return np.array(points)

    def _solved(self, cost: Floats, matrix: Any, limit: Floats) -> Floats | None:
        from scipy.optimize import linprog

        most = np.inf if cost[:2].min(initial=0.0) >= 0 else 1e7
        bounds = [(0.0, most), (0.0, most), self.gap_s] + [(0.0, None)] * (len(cost) - 3)
        found = linprog(cost, A_ub=matrix, b_ub=limit, bounds=bounds, method="highs")
        return None if found.x is None else np.asarray(found.x, dtype=np.float64)


def usual_miss(missed_s: Floats) -> float:
    """Return the scale of how far rows lie outside their bounds; 0 where next to none does.

    Of rows with normal errors whose bounds are far apart few miss them; of those that do, the
    median is about half a standard deviation.
    """
    outside = missed_s[missed_s > 1e-6]
    if len(outside) < max(3, len(missed_s) // 200):
        return 0.0
    return 2.0 * float(np.median(outside))
