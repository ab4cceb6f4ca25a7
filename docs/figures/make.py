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


def first_report(target: Path) -> None:
    """Draw time since last sync of the first report around one nightly export."""
    overrides = ["duration=2 h 40 min", "warm_up=100 min"]
    result = efssim.run(efssim.load(SCENARIOS / "first-report.yaml", overrides))
    _, ax = plt.subplots(figsize=(8, 3), layout="constrained")
    result.plot(ax=ax)
    # No date, so that drawing again changes nothing.
    ax.figure.savefig(target, metadata={"Date": None})


if __name__ == "__main__":
    first_report(HERE / "first-report.svg")
