"""Compare streams that are drawn in cells with the exact law: `python -m benchmarks.cells`.

The bytes of a cell are a compound Poisson number, whose law follows from its characteristic
function by a Fourier transform. Each line has the largest distance of the two distribution
functions beside the one asked for, and the errors of quantiles. `--part pairs` compares whole runs
with runs in which every write is drawn, `--part variance` prints what pairing saves.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import poisson

from benchmarks.in_cells.pairs import pairs
from benchmarks.in_cells.variance import variance
from efssim.model.writes.cells.law import CellLaw, cell_law
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Size
from efssim.scenario.workload.drawing import CELL_S

Floats = NDArray[np.float64]

ASKED = 1e-3
_POINTS = 1 << 21
_SHARES = np.array([0.5, 0.9, 0.99, 0.999])
SIZES: dict[str, dict[str, object]] = {
    "lognormal 1.5": {"lognormal": {"median": "64 KiB", "sigma": 1.5}},
    "lognormal 2.5": {"lognormal": {"median": "64 KiB", "sigma": 2.5}},
    "exponential": {"exponential": {"mean": "64 KiB"}},
    "gamma cv 3": {"gamma": {"mean": "64 KiB", "cv": 3}},
    "Pareto 1.2": {"pareto": {"min": "1 KiB", "alpha": 1.2, "max": "1024 MB"}},
}
COUNTS = (60, 240, 2_400, 60_000, 600_000)


def main() -> int:
    """Print a part; return 1 where a number is not the one asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parts: dict[str, Callable[[], int]] = {"law": law_table, "pairs": pairs, "variance": variance}
    parser.add_argument("--part", choices=list(parts), default="law")
    return parts[parser.parse_args().part]()


def law_table() -> int:
    """Print the table; return 1 where a distance is above the one asked for."""
    print(f"{'sizes':14} {'writes':>8} {'big':>6} {'KS':>8}  error of p50, p90, p99, p99.9 in %")
    worst = 0.0
    for name, spec in SIZES.items():
        size = Distribution[Size].model_validate(spec)
        for count in COUNTS:
            law = cell_law(size, count / CELL_S)
            distance, errors = compare(size, float(count), law)
            worst = max(worst, distance)
            shown = " ".join(f"{error:8.4f}" for error in errors)
            big = count * law.big_share
            print(f"{name:14} {count:8} {big:6.2f} {distance:8.1e}  {shown}", flush=True)
    print(f"largest {worst:.1e}, asked for at most {ASKED:.0e}")
    return int(worst > ASKED)


def compare(size: Distribution[int], count: float, law: CellLaw) -> tuple[float, Floats]:
    """Return the distance of the law to the exact one, and relative errors of quantiles in %."""
    shares, weights = _sizes()
    values = size.exceeded_by(shares)
    mean, square = float((values * weights).sum()), float((values**2 * weights).sum())
    rare = float(size.exceeded_by(np.array([1e-6 / count]))[0])
    length = count * mean + 10 * np.sqrt(count * square) + 2 * rare
    step = length / _POINTS
    whole = _transform(values, weights, step)
    exact = np.fft.irfft(np.exp(count * (whole - whole[0].real)), _POINTS)
    is_big = shares < law.big_share
    big = _transform(values[is_big], weights[is_big], step)
    small = np.fft.rfft(_small(law, step))
    made = np.fft.irfft(small * np.exp(count * (big - big[0].real)), _POINTS)
    ours, theirs = made.cumsum(), exact.cumsum()
    quantiles = [np.interp(_SHARES, f, np.arange(_POINTS) * step) for f in (ours, theirs)]
    errors = np.abs(quantiles[0] / quantiles[1] - 1) * 100
    return float(np.abs(ours - theirs).max()), errors


def _sizes(points: int = 400_000) -> tuple[Floats, Floats]:
    """Return probabilities to be exceeded and their weights, dense near 0."""
    edges = np.concatenate(([0.0], np.geomspace(1e-15, 0.05, points // 2)))
    edges = np.concatenate((edges, np.linspace(0.05, 1.0, points // 2)[1:]))
    return (edges[1:] + edges[:-1]) / 2, np.diff(edges)


def _transform(values: Floats, weights: Floats, step: float) -> NDArray[np.complex128]:
    return np.fft.rfft(_spread(values, weights, step))


def _spread(values: Floats, weights: Floats, step: float) -> Floats:
    """Return weights on the grid, each divided among two points so that means are kept."""
    at = (values / step).clip(0.0, _POINTS - 2)
    low = at.astype(np.int64)
    share = at - low
    grid = np.bincount(low, weights * (1 - share), _POINTS)
    grid += np.bincount(low + 1, weights * share, _POINTS)
    return np.asarray(grid, dtype=np.float64)


def _small(law: CellLaw, step: float, counts: int = 400, normals: int = 20_001) -> Floats:
    """Return the law of the sum of small writes on the grid."""
    edges = np.linspace(0.0, 1.0, normals + 1)
    normal = ndtri((edges[1:] + edges[:-1]) / 2)
    low, high = (float(poisson.ppf(p, law.small_per_cell)) for p in (1e-12, 1 - 1e-12))
    every = np.unique(np.linspace(low, high, counts + 1).round())
    chances = np.diff(poisson.cdf(every, law.small_per_cell), prepend=0.0)
    middle = np.concatenate(([every[0]], (every[1:] + every[:-1] + 1) / 2)).round()
    grid = np.zeros(_POINTS)
    for count, chance in zip(middle.astype(np.int64), chances, strict=True):
        sums = law.draw(np.full(normals, count), normal).astype(np.float64)
        grid += _spread(sums, np.full(normals, chance / normals), step)
    return np.asarray(grid / grid.sum())


if __name__ == "__main__":
    sys.exit(main())
