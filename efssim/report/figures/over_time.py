"""What age and pending bytes have in common: a curve over time, and beside it what happened."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from efssim.report.figures.axes import (
    Days,
    days,
    legend_above,
    points_of,
    text_width,
    time_axis,
    titled,
)
from efssim.report.figures.curve import Curve
from efssim.report.figures.strip import draw_strip
from efssim.report.figures.style import BLUE, GREY, PURPLE, SKY, SMALL, YELLOW
from efssim.report.overlaps import concerning

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

    from efssim.result import Outcome, Result

_COLUMNS = 1200
"""Columns of an envelope; a curve of fewer pieces is drawn piece by piece."""

Span = tuple[float, float]

_GAP_LETTERS = 10
"""Letters of a line of what is said in a narrow gap."""
_VISIBLE = 3e-3
"""Share of the window that a status lasts before it is worth a place in the legend."""
_MANYBANDS = 300
"""More bands than this are drawn as an image, which keeps the file small."""
BANDS = {
    "ENABLING": (SKY, 0.35),
    "PAUSING": (YELLOW, 0.9),
    "PAUSED": (YELLOW, 0.4),
    "ERROR": (PURPLE, 0.7),
    "DELETING": (GREY, 0.3),
}
"""Colour and opacity of each status but ENABLED, which is the white between them."""


def window_of(result: Result) -> Span:
    """Return begin and end of the window in seconds; never empty, so that it can be drawn."""
    begin_s = min(result.scenario.warm_up, result.now_s)
    return begin_s, result.now_s if result.now_s > begin_s else begin_s + 1.0


def draw_over_time(ax: Axes, result: Result, name: str, curve: Curve, unit: float = 1.0) -> None:
    """Draw a curve in multiples of `unit`, with status bands and the events that concern it."""
    window, at = window_of(result), days(result.scenario.start)
    ax.set_xlim(at(window[0]), at(window[1]))
    time_axis(ax)
    _draw_curve(ax, curve.within(*window), window, unit, at)
    _name_gaps(ax, result.outcomes[name], window, at)
    bands = _draw_bands(ax, result.outcomes[name], window, at)
    height = draw_strip(ax, list(concerning(result, name)), window, at)
    if bands:
        height += legend_above(ax, {status: _sample(status) for status in bands}, height)
    titled(ax, name, height)


def _draw_curve(ax: Axes, curve: Curve, window: Span, unit: float, at: Days) -> None:
    if len(curve) <= _COLUMNS:
        time_s, values = curve.polyline()
        ax.fill_between(at(time_s), values / unit, color=BLUE, alpha=0.15, linewidth=0)
        ax.plot(at(time_s), values / unit, color=BLUE, linewidth=0.8)
        return
    edges_s = np.linspace(*window, _COLUMNS + 1)
    low, high = (np.repeat(bound, 2) / unit for bound in curve.envelope(edges_s))
    time_s = np.repeat(edges_s, 2)[1:-1]
    ax.fill_between(at(time_s), low, color=BLUE, alpha=0.15, linewidth=0)
    ax.fill_between(at(time_s), low, high, color=BLUE, alpha=0.8, linewidth=0.5)


def _name_gaps(ax: Axes, outcome: Outcome, window: Span, at: Days) -> None:
    """Say why there is no curve where there is none, if there is room to say it."""
    begin_s, end_s = window
    created_s = outcome.statuses[0].time_s
    defined_s = end_s if outcome.defined_s is None else outcome.defined_s
    gaps = {
        "not created yet": (begin_s, created_s),
        "nothing to recover from yet": (created_s, min(defined_s, outcome.end_s)),
        "deleted": (outcome.end_s if outcome.statuses[-1].after is None else end_s, end_s),
    }
    for text, (from_s, until_s) in gaps.items():
        from_s = max(from_s, begin_s)
        room = (until_s - from_s) / (end_s - begin_s) * points_of(ax.xaxis)
        shapes = (text, fill(text, _GAP_LETTERS))
        fitting = (s for s in shapes if max(map(_width, s.splitlines())) < room)
        shape = next(fitting, None)
        if shape is not None:
            ax.annotate(
                shape,
                (at((from_s + until_s) / 2), 0.5),
                xycoords=("data", "axes fraction"),
                ha="center",
                va="center",
                fontsize=SMALL,
                color=GREY,
            )


def _width(line: str) -> float:
    return text_width(line, SMALL)


def _draw_bands(ax: Axes, outcome: Outcome, window: Span, at: Days) -> list[str]:
    """Colour the background by status; return those that can be seen."""
    spans: dict[str, list[Span]] = {status: [] for status in BANDS}
    edges = [*(change.time_s for change in outcome.statuses), window[1]]
    for change, end_s in zip(outcome.statuses, edges[1:], strict=True):
        begin_s = max(change.time_s, window[0])
        if change.after in BANDS and end_s > begin_s:
            spans[change.after].append((at(begin_s), at(end_s) - at(begin_s)))
    for status, bands in spans.items():
        colour, alpha = BANDS[status]
        look: dict[str, Any] = {"color": colour, "alpha": alpha, "linewidth": 0, "zorder": 0}
        drawn = ax.broken_barh(bands, (0, 1), transform=ax.get_xaxis_transform(), **look)
        if len(bands) > _MANYBANDS:
            # Each then shades its pixel by its share of it.
            drawn.set(snap=False, rasterized=True)
    visible = _VISIBLE * (at(window[1]) - at(window[0]))
    return [status for status, bands in spans.items() if sum(b for _, b in bands) > visible]


def _sample(status: str) -> Patch:
    """Return what the legend shows: the colour of a status within a line that can be seen."""
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Patch

    return Patch(facecolor=to_rgba(*BANDS[status]), edgecolor=GREY, linewidth=0.4)
