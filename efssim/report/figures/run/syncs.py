"""How long syncs took against the bytes that they sent, a point for each sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from efssim.report.figures.drawing.axes import (
    legend_above,
    log_durations,
    log_sizes,
    size_unit,
    titled,
)
from efssim.report.figures.drawing.style import BLUE, GREY, ORANGE, VERMILLION, axes_for, styled
from efssim.report.figures.run.over_time import window_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from efssim.runs.run import Run

Floats = NDArray[np.float64]
Groups = dict[str, NDArray[np.bool_]]

_FIRST, _RETRIED, _INITIAL = "at the first attempt", "after failed attempts", "initial sync"
_COLOURS = {_FIRST: BLUE, _RETRIED: ORANGE, _INITIAL: VERMILLION}
_MARKERS = {_FIRST: ".", _RETRIED: ".", _INITIAL: "D"}
_SPAN = 30
"""The largest over the least value from which on an axis is logarithmic."""
_POINTS = 2000
"""More points than this are drawn as an image, which keeps the file small."""
_CROWD = 100_000
"""Of more points than this only those are drawn that can be seen."""


@styled
def plot_syncs(result: Run, name: str, ax: Axes | None = None) -> Axes:
    """Draw the syncs that completed in the window; those that were abandoned never did."""
    ax = axes_for(ax)
    size, took_s, groups = completed(result, name)
    x, y = _sizes(ax, size), _durations(ax, took_s)
    drawn = [label for label, chosen in groups.items() if chosen.any()]
    for label in drawn:
        _draw_points(ax, x[groups[label]], y[groups[label]], label)
    if not drawn:
        _say(ax, "no sync completed in the window")
    above = 0.0
    if len(drawn) > 1:
        above = legend_above(ax, {label: _sample(label) for label in drawn})
    titled(ax, name, above)
    return ax


def completed(result: Run, name: str) -> tuple[Floats, Floats, Groups]:
    """Return bytes and seconds of the syncs of the window, and which of them are which."""
    outcome = result.outcomes[name]
    syncs, completed_s = outcome.syncs, outcome.syncs.floats("completed_s")
    inside = completed_s >= window_of(result)[0]
    retried = syncs.ints("attempts") > 1
    initial = np.zeros(len(syncs), dtype=bool)
    initial[:1] = outcome.last_replicated_s is None
    groups = (~retried & ~initial, retried & ~initial, initial)
    took_s = completed_s - syncs.floats("cut_s")
    named = {label: group[inside] for label, group in zip(_COLOURS, groups, strict=True)}
    return syncs.ints("bytes")[inside].astype(np.float64), took_s[inside], named


def _sizes(ax: Axes, size: Floats) -> Floats:
    """Set up the axis of bytes; return where to draw each size on it."""
    sent = size[size > 0]
    if not len(sent) or sent.max() < _SPAN * sent.min():
        unit, name = size_unit(size.max(initial=0.0))
        ax.set(xlabel=f"bytes sent ({name})", xlim=_from_0(size.max(initial=0.0) / unit))
        return size / unit
    low, high = float(sent.min()) / 1.5, float(sent.max()) * 1.5
    ax.set(xscale="log", xlabel="bytes sent", xlim=(low, high))
    log_sizes(ax.xaxis, low, high)
    return size if len(sent) == len(size) else _with_nothing(ax, size, low, high)


def _with_nothing(ax: Axes, size: Floats, low: float, high: float) -> Floats:
    """Make room beside a logarithmic axis for the syncs that sent nothing, at a tick for 0."""
    room = (high / low) ** 0.04
    ax.set_xlim(low / room**2, high)
    ax.axvline(low, color=GREY, linewidth=0.5)
    log_sizes(ax.xaxis, low, high, nothing=low / room)
    return np.where(size > 0, size, low / room)


def _durations(ax: Axes, took_s: Floats) -> Floats:
    """Set up the axis of durations; return where to draw each on it."""
    shortest_s, longest_s = took_s.min(initial=np.inf), took_s.max(initial=0.0)
    if not len(took_s) or not shortest_s or longest_s < _SPAN * shortest_s:
        from efssim.report.figures.drawing.ticks import show_durations

        ax.set(ylabel="sync duration", ylim=_from_0(longest_s))
        show_durations(ax.yaxis)
        return took_s
    low_s, high_s = shortest_s / 1.5, longest_s * 1.5
    ax.set(yscale="log", ylabel="sync duration", ylim=(low_s, high_s))
    log_durations(ax.yaxis, low_s, high_s)
    return took_s


def _from_0(top: float) -> tuple[float, float]:
    """Return the limits of a linear axis, with room for points at 0."""
    return (-0.02 * top, 1.1 * top) if top else (-0.02, 1.0)


def _draw_points(ax: Axes, x: Floats, y: Floats, label: str) -> None:
    from matplotlib.lines import Line2D

    from efssim.report.figures.drawing.cloud import Cloud

    many = len(x) > _POINTS
    # Of many points the darker places tell where most are.
    points = (Cloud if len(x) > _CROWD else Line2D)(
        x,
        y,
        linestyle="none",
        marker=_MARKERS[label],
        markersize=6,
        markeredgewidth=0,
        alpha=0.5 if many else 0.8,
        color=_COLOURS[label],
        rasterized=many,
    )
    ax.add_line(points)


def _sample(label: str) -> Line2D:
    """Return the sample for the legend."""
    from matplotlib.lines import Line2D

    marker = _MARKERS[label]
    return Line2D([], [], linestyle="none", color=_COLOURS[label], marker=marker, markersize=6)


def _say(ax: Axes, text: str) -> None:
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.annotate(text, (0.5, 0.5), xycoords="axes fraction", ha="center", color=GREY)
