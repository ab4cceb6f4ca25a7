"""Time since last sync over simulated time, with the RPO target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.curve import age_curve
from efssim.report.figures.drawing.curves_in import curves_in
from efssim.report.figures.drawing.labels import Level, name_levels
from efssim.report.figures.drawing.style import VERMILLION, axes_for, styled
from efssim.report.figures.run.over_time import draw_over_time
from efssim.report.words.terms import AGE_NAME
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.runs.run import Run


@styled
def plot_age(
    result: Run, name: str, ax: Axes | None = None, between: tuple[float, float] | None = None
) -> Axes:
    """Draw the sawtooth of a replication's age; gaps where it is undefined.

    `between` is the part to show, in seconds.
    """
    from efssim.report.figures.drawing.ticks import show_durations

    ax, curve, target_s = axes_for(ax), age_curve(result.outcomes[name]), result.scenario.rpo.target
    shown = curve if between is None else curve.within(*between)
    top_s = 1.08 * max(target_s, shown.top)
    is_first = not curves_in(ax)
    top_s = top_s if is_first else max(top_s, ax.get_ylim()[1])
    draw_over_time(ax, result, name, curve, between=between)
    ax.set(ylabel=AGE_NAME, ylim=(0, top_s))
    show_durations(ax.yaxis)
    _draw_target(ax, target_s)
    return ax


def _draw_target(ax: Axes, target_s: float) -> None:
    """Draw the RPO target, unless another result has drawn it."""
    label = f"RPO\n{format_duration(target_s)}"
    if any(line.get_label() == f"_{label}" for line in ax.lines):
        return
    ax.axhline(target_s, color=VERMILLION, linewidth=1.0, linestyle="--", label=f"_{label}")
    name_levels(ax, [Level(target_s, label, VERMILLION)])
