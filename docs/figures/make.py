"""Draw the figures of the documentation: python docs/figures/make.py, from any folder."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
# Ids in the file hang on this salt and not on a random one; text stays text.
mpl.rcParams.update({"svg.hashsalt": "efssim", "svg.fonttype": "none"})

import matplotlib.pyplot as plt  # noqa: E402  # after the backend is chosen

import efssim  # noqa: E402

HERE = Path(__file__).resolve().parent
SCENARIOS = HERE.parents[1] / "scenarios"


def draw(scenario: str, overrides: list[str]) -> None:
    """Draw time since last sync of a shipped scenario, a part of it as the overrides say."""
    result = efssim.run(efssim.load(SCENARIOS / f"{scenario}.yaml", overrides))
    _, ax = plt.subplots(figsize=(8, 3), layout="constrained")
    result.plot(ax=ax)
    # No date, so that drawing again changes nothing.
    ax.figure.savefig(HERE / f"{scenario}.svg", metadata={"Date": None})


def draw_plan(scenario: str, vary: str, between: tuple[str, str]) -> None:
    """Draw the attainment curve of a plan."""
    plan = efssim.plan(efssim.load(SCENARIOS / f"{scenario}.yaml"), vary, between, shares=())
    _, ax = plt.subplots(figsize=(8, 3), layout="constrained")
    plan.plot(ax)
    ax.figure.savefig(HERE / f"{scenario}-plan.svg", metadata={"Date": None})


if __name__ == "__main__":
    draw("first-report", ["duration=2 h 40 min", "warm_up=100 min"])  # around a nightly export
    draw("region-opt-out", ["duration=60 h", "warm_up=44 h"])
    draw_plan("resonance", "replications.dr.sync.interval", ("15 min", "60 min"))
