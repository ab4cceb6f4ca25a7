"""The share of time above the RPO target, for each hour of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from efssim.report.facts.risk import WEEKS_LEAST, risk_note, weeks_behind
from efssim.report.figures.drawing.axes import is_narrow, titled
from efssim.report.figures.drawing.rows import scale_beside
from efssim.report.figures.drawing.style import GREY, HEAT, SMALL, axes_for, styled
from efssim.runs.risk_tables import WEEKDAYS
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.colors import Colormap, Normalize

    from efssim.runs.run import Run

Floats = NDArray[np.float64]

_ENDS = 1e-4, 1.0
"""Shares at the ends of the scale; less than the lesser one is as white as none."""
_LEAST = 1e-12
"""Share of an hour that counts as none: rounding."""


@styled
def plot_risk(result: Run, name: str, timezone: str, ax: Axes | None = None) -> Axes:
    """Draw a cell for each weekday and hour: white where the age is never above the target."""
    cells = result.risk_cells(name, timezone)
    defined_s = cells["defined_s"].to_numpy().reshape(7, 24)
    above_s = cells["violation_s"].to_numpy().reshape(7, 24)
    share = np.divide(above_s, defined_s, out=np.full((7, 24), np.nan), where=defined_s > 0)
    ax = axes_for(ax)
    _label(ax, timezone)
    titled(ax, name)
    if weeks_behind(result, name) < WEEKS_LEAST and defined_s.any():
        length = format_duration(result.outcomes[name].window_s[1] - result.scenario.warm_up)
        _say(ax, f"no pattern by hour of the week: {length} is less than four weeks")
        return ax
    _draw(ax, share, result.scenario.rpo.target)
    _note(ax, risk_note(result, name), bool(np.isnan(share).any()))
    return ax


def _label(ax: Axes, timezone: str) -> None:
    ax.set(xlim=(0, 24), ylim=(7, 0), xlabel=f"hour of the day ({timezone})")
    ax.set_xticks(range(0, 25, 3))
    ax.set_yticks([day + 0.5 for day in range(7)], labels=list(WEEKDAYS))
    ax.tick_params(axis="y", length=0)


def _draw(ax: Axes, share: Floats, target_s: float) -> None:
    ax.set_facecolor("#dddddd")  # hours without an age have no cell
    worst = float(np.nanmax(share, initial=0.0))
    mesh = ax.pcolormesh(
        np.arange(25),
        np.arange(8),
        np.ma.masked_invalid(share),
        cmap=_scale(),
        norm=_norm(),
        edgecolors="#eeeeee",
        linewidth=0.5,
    )
    if worst > _LEAST:
        _key(ax, mesh, target_s)
    elif np.isnan(share).all():
        _say(ax, "no age is defined in the window")
    else:
        _say(ax, f"never above the RPO of {format_duration(target_s)}")


def _scale() -> Colormap:
    from matplotlib.colors import ListedColormap

    return ListedColormap(HEAT, name="risk").with_extremes(under="white")


def _norm() -> Normalize:
    """Return the scale of shares, which is the same for every result: so maps can be compared."""
    from matplotlib.colors import LogNorm

    return LogNorm(*_ENDS)


def _key(ax: Axes, mesh: QuadMesh, target_s: float) -> None:
    """Put the scale of shares beside the cells, in per cent."""
    bar = scale_beside(ax, mesh, pad=0.02, aspect=15)
    assert bar.solids is not None
    # No grid between the levels, and no image, so that a page can have colours of its own.
    bar.solids.set(edgecolor="face", rasterized=False)
    bar.set_label(f"time above the RPO of {format_duration(target_s)}", fontsize=SMALL)
    bar.set_ticks([1e-4, 1e-3, 1e-2, 0.1, 1.0])
    bar.set_ticklabels(["0.01 %", "0.1 %", "1 %", "10 %", "100 %"])
    bar.ax.minorticks_off()
    bar.ax.tick_params(labelsize=SMALL - 1 if is_narrow(ax) else SMALL)


def _say(ax: Axes, text: str) -> None:
    ax.annotate(text, (12, 3.5), ha="center", va="center", fontsize=SMALL, color=GREY)


def _note(ax: Axes, text: str, has_undefined: bool) -> None:
    """Write the evidence of the cells and the meaning of grey above them, on the right."""
    note = f"{text}{'; grey: no age is defined' * has_undefined}"
    if is_narrow(ax):
        ax.set_xlabel(f"{ax.get_xlabel()}; {note}", fontsize=SMALL - 1)
        return
    ax.annotate(
        note,
        (1, 1),
        xycoords="axes fraction",
        xytext=(0, 4),
        textcoords="offset points",
        ha="right",
        fontsize=SMALL - 1,
        color=GREY,
    )
