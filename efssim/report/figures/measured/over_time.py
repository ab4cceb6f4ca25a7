"""Measured writes over time: mean and largest rate, and the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efssim.report.facts.profiles import UNIX_EPOCH
from efssim.report.figures.drawing.axes import days, legend_above, size_unit, time_axis, titled
from efssim.report.figures.drawing.style import BLUE, ORANGE, SKY, axes_for, styled

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from efssim.traces.metric import Floats
    from efssim.traces.profile.grid import WriteGrid
    from efssim.traces.profile.writes import ProfiledWrites

_COLUMNS = 600
"""Groups of periods that are drawn; of more periods each has its mean and its largest rate."""


@styled
def plot_writes(found: ProfiledWrites, ax: Axes | None = None) -> Axes:
    """Draw the mean rate of each period, or of each group of them with the largest in it."""
    ax, grid = axes_for(ax), found.grid
    size = max(1, -(-len(grid.bytes) // _COLUMNS))
    mean, largest = _rates(grid, size)
    unit_bytes, unit = size_unit(float(np.nanmax(largest, initial=1.0)))
    edges = grid.begin_s + np.arange(len(mean) + 1) * size * grid.period_s
    at = np.asarray(days(UNIX_EPOCH)(edges) if grid.has_dates else edges - grid.begin_s)
    handles: dict[str, Artist] = {}
    if size > 1:
        handles["largest"] = ax.stairs(largest / unit_bytes, at, fill=True, color=SKY, alpha=0.5)
    handles["mean"] = ax.stairs(mean / unit_bytes, at, color=BLUE, linewidth=1.0)
    gap = _gaps(ax, grid, size, at)
    if gap is not None:
        handles["nothing measured"] = gap
    top = 1.08 * float(np.nanmax(largest, initial=0.0)) / unit_bytes
    ax.set(ylabel=f"written ({unit}/s)", ylim=(0, top or 1.0), xlim=(float(at[0]), float(at[-1])))
    _x_axis(ax, grid)
    titled(ax, found.profile.name, legend_above(ax, handles) if len(handles) > 1 else 0.0)
    return ax


def _x_axis(ax: Axes, grid: WriteGrid) -> None:
    from efssim.report.figures.drawing.ticks import show_durations

    if grid.has_dates:
        time_axis(ax)
        ax.set_xlabel("time (UTC)", loc="left")
    else:
        show_durations(ax.xaxis)
        ax.set_xlabel("since the first write", loc="left")


def _rates(grid: WriteGrid, size: int) -> tuple[Floats, Floats]:
    """Return mean and largest rate of each group of periods, NaN where none was measured."""
    groups = -(-len(grid.bytes) // size)
    rate = np.full(groups * size, np.nan)
    rate[: len(grid.bytes)] = np.where(grid.present, grid.bytes / grid.period_s, np.nan)
    by_group = rate.reshape(groups, size)
    counts = np.count_nonzero(~np.isnan(by_group), axis=1)
    filled = np.nan_to_num(by_group)
    mean = np.divide(filled.sum(axis=1), counts, out=np.full(groups, np.nan), where=counts > 0)
    return mean, np.where(counts > 0, filled.max(axis=1), np.nan)


def _gaps(ax: Axes, grid: WriteGrid, size: int, at: Floats) -> Artist | None:
    """Shade the groups in which a period is missing; return the last shade, None without any."""
    groups = len(at) - 1
    missing = np.zeros(groups * size, dtype=np.bool_)
    missing[: len(grid.bytes)] = ~grid.present
    shade = None
    for k in np.flatnonzero(missing.reshape(groups, size).any(axis=1)).tolist():
        shade = ax.axvspan(at[k], at[k + 1], ymax=0.03, color=ORANGE, linewidth=0)
    return shade
