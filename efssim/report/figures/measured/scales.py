"""Burstiness and unique bytes over time scales: curves against the length of windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import legend_above, log_durations, log_sizes, titled
from efssim.report.figures.drawing.style import BLUE, GREEN, GREY, ORANGE, axes_for, styled
from efssim.traces.profile.dispersion import JUDGED_LEAST

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.traces.profile.writes import WritesProfile

_ROOM = 1.3
"""Factor between the ends of a logarithmic axis and the values."""


@styled
def plot_dispersion(profile: WritesProfile, ax: Axes | None = None) -> Axes:
    """Draw the index of dispersion of the bytes; hollow where few windows tell it."""
    ax = axes_for(ax)
    found = [one for one in profile.dispersion if one.bytes]
    x, y = [one.window_s for one in found], [one.bytes or 0.0 for one in found]
    ax.plot(x, y, color=BLUE)
    sure = [one.windows >= JUDGED_LEAST for one in found]
    handles = {}
    for is_sure, name in ((True, "index"), (False, f"of fewer than {JUDGED_LEAST} windows")):
        at = [k for k, one in enumerate(sure) if one is is_sure]
        if at:
            (handles[name],) = ax.plot(
                [x[k] for k in at],
                [y[k] for k in at],
                linestyle="none",
                marker="o",
                markersize=4,
                color=BLUE,
                markerfacecolor=BLUE if is_sure else "white",
            )
    _log_axes(ax, x, y)
    ax.set(xlabel="window", ylabel="variance / mean")
    titled(ax, f"Index of dispersion: {profile.name}", legend_above(ax, handles))
    return ax


@styled
def plot_unique(profile: WritesProfile, ax: Axes | None = None) -> Axes:
    """Draw written and unique bytes per window, and those of the fitted hot set."""
    ax, unique = axes_for(ax), profile.unique
    assert unique is not None, "the profile of a trace with offsets has them"
    x = [one.window_s for one in unique.windows]
    written = [one.written_bytes for one in unique.windows]
    measured = [one.unique_bytes for one in unique.windows]
    handles = {}
    (handles["written"],) = ax.plot(x, written, color=GREY)
    (handles["unique"],) = ax.plot(x, measured, color=BLUE, marker="o", markersize=4)
    if profile.hot_set is not None:
        fitted, offered = profile.hot_set.fitted_bytes, profile.hot_set.is_offered
        name, colour = ("hot set", GREEN) if offered else ("best hot set, not offered", ORANGE)
        (handles[name],) = ax.plot(x, fitted, color=colour, linestyle="--")
    _log_axes(ax, x, [*written, *measured])
    ax.set(xlabel="window", ylabel="bytes per window")
    titled(ax, f"Unique bytes: {profile.name}", legend_above(ax, handles))
    return ax


def _log_axes(ax: Axes, x: list[float], y: list[float]) -> None:
    ax.set(xscale="log", yscale="log")
    ends = _ends(x), _ends([value for value in y if value > 0])
    ax.set(xlim=ends[0], ylim=ends[1])
    log_durations(ax.xaxis, *ends[0])
    log_sizes(ax.yaxis, *ends[1])


def _ends(values: list[float]) -> tuple[float, float]:
    """Return the ends of an axis, of which even equal values have a power of two inside."""
    low, high = min(values, default=1.0), max(values, default=1.0)
    return low / _ROOM, max(high * _ROOM, 2.0 * low)
