"""The figure of a design: how much a measure hangs on each parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import shown, titled
from efssim.report.figures.drawing.rows import name_rows
from efssim.report.figures.drawing.style import BLUE, GREY, ORANGE, SMALL
from efssim.report.figures.drawing.values import show_measure
from efssim.report.text.sweep import short_paths
from efssim.study.varying.screening import effects

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.study.varying.points import SweepPoints


def plot_effects(sweep: SweepPoints, measure: str, replication: str, ax: Axes) -> Axes:
    """Draw a bar for each parameter with its interval, the largest above; return the Axes."""
    rows, names = effects(sweep, measure, replication), short_paths(sweep)
    for k, row in enumerate(rows):
        colour = ORANGE if row.effect > 0 else BLUE
        ax.barh(-k, row.effect, height=0.6, color=colour, alpha=0.7)
        if row.low is not None and row.high is not None:
            ax.plot([row.low, row.high], [-k, -k], color=GREY, linewidth=1)
        if row.deviation is not None:
            ax.plot([row.deviation], [-k], "o", markersize=5, color=GREY, fillstyle="none")
    ax.axvline(0, color=GREY, linewidth=0.8)
    labels = [shown(names[row.path], 40) for row in rows]
    name_rows(ax, [-k for k in range(len(rows))], labels, SMALL, half=0.3)
    if sweep.arrangement == "latin":
        ax.set(xlim=(-1.02, 1.02), xlabel=f"rank correlation with {measure}")
    else:
        ax.set_xlabel(f"change of {measure} over the range", fontsize=SMALL)
        show_measure(ax.xaxis, measure)
    titled(ax, f"{sweep.scenario.name}: {replication}")
    return ax
