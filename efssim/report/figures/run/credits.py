"""Burst credits of a throttled source over simulated time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.errors import ArgumentError
from efssim.report.figures.drawing.axes import size_unit
from efssim.report.figures.drawing.curve import credits_curve, has_credits
from efssim.report.figures.drawing.style import axes_for, styled
from efssim.report.figures.run.over_time import draw_over_time, window_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.runs.run import Run


@styled
def plot_credits(
    result: Run, name: str, ax: Axes | None = None, between: tuple[float, float] | None = None
) -> Axes:
    """Draw the burst credits of the source of a replication; ArgumentError where it has none."""
    if not has_credits(result, name):
        source = result.outcomes[name].source
        raise ArgumentError(f"{source} has no burst credits: it is not throttled, or not bursting")
    ax, curve = axes_for(ax), credits_curve(result, name).within(*window_of(result))
    shown = curve if between is None else curve.within(*between)
    unit_bytes, unit = size_unit(shown.top)
    draw_over_time(ax, result, name, curve, unit_bytes, between)
    ax.set(ylabel=f"burst credits ({unit})", ylim=(0, 1.08 * shown.top / unit_bytes or 1.0))
    return ax
