"""Measured writes by the hour of the day and of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efssim.report.facts.profiles import WEEKDAYS
from efssim.report.figures.drawing.axes import size_unit, titled
from efssim.report.figures.drawing.rows import scale_beside
from efssim.report.figures.drawing.style import BLUE, HEAT, SMALL, axes_for, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.traces.profile.writes import WritesProfile


@styled
def plot_day(profile: WritesProfile, ax: Axes | None = None) -> Axes:
    """Draw the mean rate of each hour of the day."""
    ax, clock = axes_for(ax), profile.clock
    means = np.array([np.nan if mean is None else mean for mean in clock.daily_bytes_per_s])
    unit_bytes, unit = size_unit(float(np.nanmax(means, initial=1.0)))
    ax.bar(np.arange(24) + 0.5, np.nan_to_num(means) / unit_bytes, width=0.9, color=BLUE)
    ax.set(xlim=(0, 24), xlabel=f"hour of the day ({clock.timezone})", ylabel=f"written ({unit}/s)")
    ax.set_xticks(range(0, 25, 3))
    titled(ax, f"Daily profile: {profile.name}")
    return ax


@styled
def plot_week(profile: WritesProfile, ax: Axes | None = None) -> Axes:
    """Draw a cell for each weekday and hour, the darker the more is written; grey: not measured."""
    from matplotlib.colors import ListedColormap

    ax, clock = axes_for(ax), profile.clock
    means = np.array(
        [[np.nan if mean is None else mean for mean in day] for day in clock.weekly_bytes_per_s]
    )
    unit_bytes, unit = size_unit(float(np.nanmax(means, initial=1.0)))
    ax.set_facecolor("#dddddd")
    mesh = ax.pcolormesh(
        np.arange(25),
        np.arange(8),
        np.ma.masked_invalid(means / unit_bytes),
        cmap=ListedColormap(HEAT, name="writes"),
        vmin=0.0,
        vmax=float(np.nanmax(means, initial=0.0)) / unit_bytes or 1.0,
        edgecolors="#eeeeee",
        linewidth=0.5,
    )
    ax.set(xlim=(0, 24), ylim=(7, 0), xlabel=f"hour of the day ({clock.timezone})")
    ax.set_xticks(range(0, 25, 3))
    ax.set_yticks([day + 0.5 for day in range(7)], labels=list(WEEKDAYS))
    ax.tick_params(axis="y", length=0)
    bar = scale_beside(ax, mesh, pad=0.02, aspect=15)
    assert bar.solids is not None
    # No grid between the levels, and no image, so that a page can have colours of its own.
    bar.solids.set(edgecolor="face", rasterized=False)
    bar.set_label(f"written ({unit}/s)", fontsize=SMALL)
    bar.ax.tick_params(labelsize=SMALL)
    titled(ax, f"Weekly profile: {profile.name}")
    return ax
