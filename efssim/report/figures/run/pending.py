"""Pending bytes over simulated time: the loss by a disaster at each moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import bytes_of, size_unit
from efssim.report.figures.drawing.curve import pending_curve
from efssim.report.figures.drawing.curves_in import curves_in
from efssim.report.figures.drawing.style import axes_for, styled
from efssim.report.figures.run.over_time import draw_over_time, window_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.runs.run import Run


@styled
def plot_pending(
    result: Run, name: str, ax: Axes | None = None, between: tuple[float, float] | None = None
) -> Axes:
    """Draw the pending bytes of a replication; gaps where they are undefined.

    They are exact at each completion; in between they are drawn as if they grew evenly.
    """
    ax, curve = axes_for(ax), pending_curve(result, name).within(*window_of(result))
    shown = curve if between is None else curve.within(*between)
    unit_bytes, unit = size_unit(shown.top)
    top = 1.08 * shown.top / unit_bytes or 1.0
    if curves_in(ax):
        # The unit is that of the first curve.
        unit = ax.get_ylabel().rpartition("(")[2].rstrip(")")
        unit_bytes = bytes_of(unit)
        top = max(1.08 * shown.top / unit_bytes, ax.get_ylim()[1])
    draw_over_time(ax, result, name, curve, unit_bytes, between)
    ax.set(ylabel=f"pending bytes ({unit})", ylim=(0, top))
    return ax
