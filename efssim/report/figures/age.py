"""Time since last sync over simulated time, with the RPO target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.curve import age_curve
from efssim.report.figures.labels import Level, name_levels
from efssim.report.figures.over_time import draw_over_time
from efssim.report.figures.style import VERMILLION, axes_for, styled
from efssim.scenario.quantities import format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.result import Result


@styled
def plot_age(result: Result, name: str, ax: Axes | None = None) -> Axes:
    """Draw the sawtooth of a replication's age; gaps where it is undefined."""
    from efssim.report.figures.ticks import show_durations

    ax, curve, target_s = axes_for(ax), age_curve(result.outcomes[name]), result.scenario.rpo.target
    top_s = max(target_s, curve.top)
    draw_over_time(ax, result, name, curve)
    ax.set(ylabel="time since last sync", ylim=(0, 1.08 * top_s))
    show_durations(ax.yaxis)
    ax.axhline(target_s, color=VERMILLION, linewidth=1.0, linestyle="--")
    name_levels(ax, [Level(target_s, f"RPO\n{format_duration(target_s)}", VERMILLION)])
    return ax
