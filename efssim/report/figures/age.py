"""Time since last sync over simulated time, with the RPO target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.axes import SMALL, VERMILLION, axes_for, duration_unit
from efssim.report.figures.curve import age_curve
from efssim.report.figures.over_time import draw_over_time
from efssim.scenario.quantities import format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.result import Result


def plot_age(result: Result, name: str, ax: Axes | None = None) -> Axes:
    """Draw the sawtooth of a replication's age; gaps where it is undefined."""
    ax, curve, target_s = axes_for(ax), age_curve(result.outcomes[name]), result.scenario.rpo.target
    top_s = max(target_s, curve.top)
    unit_s, unit = duration_unit(top_s)
    draw_over_time(ax, result, name, curve, unit_s)
    ax.set(ylabel=f"time since last sync ({unit})", ylim=(0, 1.08 * top_s / unit_s))
    ax.axhline(target_s / unit_s, color=VERMILLION, linewidth=1.0, linestyle="--")
    ax.annotate(
        f"RPO\n{format_duration(target_s)}",
        (1, target_s / unit_s),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=SMALL,
        color=VERMILLION,
    )
    return ax
