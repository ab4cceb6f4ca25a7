"""How the time of a run grows with the simulated duration and with the write rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

import efssim
from benchmarks.works import busy

DAYS = (45, 90, 180, 360, 720)
RATES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
RATE_DAYS = 90


@dataclass(frozen=True)
class Growth:
    """Least seconds of whole runs over a quantity, with the slope on logarithmic axes."""

    name: str
    values: tuple[float, ...]
    seconds: tuple[float, ...]

    @property
    def slope(self) -> float:
        """Slope of the straight line that fits best: 1 is linear growth, 0 is none."""
        slope, _ = np.polyfit(np.log(self.values), np.log(self.seconds), 1)
        return float(slope)


def measure(rounds: int) -> list[Growth]:
    """Measure both, each point as the least of some interleaved rounds."""
    return [
        _growth("simulated days", DAYS, busy, rounds),
        _growth("writes per second", RATES, lambda rate: busy(RATE_DAYS, rate), rounds),
    ]


def _growth(
    name: str, values: tuple[float, ...], work: Callable[[float], efssim.Scenario], rounds: int
) -> Growth:
    scenarios = [work(value) for value in values]
    seconds = [[_timed(scenario) for scenario in scenarios] for _ in range(rounds)]
    return Growth(name, values, tuple(min(column) for column in zip(*seconds, strict=True)))


def _timed(scenario: efssim.Scenario) -> float:
    begin_s = perf_counter()
    assert efssim.run(scenario, seed=0).summary
    return perf_counter() - begin_s


def report(growths: list[Growth]) -> None:
    """Print each slope with its points."""
    for growth in growths:
        points = ", ".join(
            f"{value:g}: {seconds:.2f} s"
            for value, seconds in zip(growth.values, growth.seconds, strict=True)
        )
        print(f"10 time grows with {growth.name} to the power of {growth.slope:.2f} ({points})")


def draw(growths: list[Growth], file: Path) -> None:
    """Draw the points and a line of slope 1 through the last of them, as SVG."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Ids in the file hang on this salt and not on a random one; text stays text.
    with mpl.rc_context({"svg.hashsalt": "efssim", "svg.fonttype": "none"}):
        figure = Figure(figsize=(8, 3.4), layout="constrained")
        for ax, growth in zip(figure.subplots(1, 2, sharey=True), growths, strict=True):
            last = growth.seconds[-1] / growth.values[-1]
            ax.loglog(growth.values, [v * last for v in growth.values], color="0.6", lw=1, ls="--")
            ax.loglog(growth.values, growth.seconds, color="#0072B2", marker="o", ms=4, lw=1.2)
            ax.set_xticks(growth.values, [f"{value:g}" for value in growth.values], minor=False)
            ax.set_xticks([], minor=True)
            ax.set(xlabel=growth.name, title=f"slope {growth.slope:.2f} (dashed: 1)")
            ax.grid(alpha=0.3)
        figure.axes[0].set_ylabel("seconds of a whole run")
        figure.savefig(file, metadata={"Date": None})
