"""A curve over time with the timeline beside it, as figures of age and of pending bytes."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill as fill_lines
from typing import TYPE_CHECKING

import numpy as np

from efssim.report.facts.concerning import concerning
from efssim.report.figures.drawing.axes import (
    Days,
    days,
    is_narrow,
    legend_above,
    points_of,
    text_width,
    time_axis,
    titled,
)
from efssim.report.figures.drawing.curve import Floats, PiecewiseCurve
from efssim.report.figures.drawing.curves_in import CurveMark, curves_in
from efssim.report.figures.drawing.events.strip import draw_strip
from efssim.report.figures.drawing.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    YELLOW,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

    from efssim.runs.outcome import Outcome
    from efssim.runs.run import Run

_COLUMNS = 1200
"""Columns of an envelope; a curve of fewer pieces is drawn piece by piece."""
_NARROW_COLUMNS = 500
"""The same in a narrow figure."""

Span = tuple[float, float]

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY)
"""Of the curves of several results in the same Axes, in the order in which they come."""

_PALE = 0.15
"""Opacity of the area below a curve."""

_GAP_LETTERS = 10
"""Letters of a line of text in a narrow gap."""
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


def window_of(result: Run) -> Span:
    """Return begin and end of the window in seconds; never empty, so that it can be drawn."""
    begin_s = min(result.scenario.warm_up, result.now_s)
    return begin_s, result.now_s if result.now_s > begin_s else begin_s + 1.0


class OverTime:
    """A curve of a result over time in some Axes: drawn anew whenever their x limits change.

    So every tooth and every mark stands at its true place, however far somebody zooms in.
    """

    def __init__(
        self, ax: Axes, result: Run, name: str, curve: PiecewiseCurve, unit: float
    ) -> None:
        """Prepare to draw `curve` in multiples of `unit`."""
        self._ax, self._result, self._name = ax, result, name
        self._curve, self._unit = curve, unit
        self._others = curves_in(ax)
        self.colour = COLOURS[len(self._others) % len(COLOURS)]
        self.label = _label(result, name, [mark.label for mark in self._others])
        self._drawn: list[Artist] = []
        self._bands: list[str] = []
        self.mark = CurveMark(self.label, self.colour, self._redraw)

    @property
    def _at(self) -> Days:
        return days(self._result.scenario.start)

    def set_up(self, between: Span | None) -> None:
        """Set up the part between two times, in seconds; None: the window of the result.

        The curve is drawn once its mark is told that a curve has come into the Axes.
        """
        ax, at, window = self._ax, self._at, between or window_of(self._result)
        limits = at(window[0]), at(window[1])
        if self._others:
            limits = min(limits[0], ax.get_xlim()[0]), max(limits[1], ax.get_xlim()[1])
        self.mark.put_into(ax)
        ax.set_xlim(*limits)
        time_axis(ax)
        if not self._others:
            _name_gaps(ax, self._result.outcomes[self._name], self._shown(), at)
            self._bands = _draw_bands(ax, self._result.outcomes[self._name], self._shown(), at)
        ax.callbacks.connect("xlim_changed", lambda _: self._redraw())

    def _shown(self) -> Span:
        """Return the span of the x limits, in seconds since the start, begin before end."""
        origin = self._at(0.0)
        low, high = sorted((limit - origin) * 86_400.0 for limit in self._ax.get_xlim())
        return low, high

    def _redraw(self) -> None:
        while self._drawn:
            self._drawn.pop().remove()
        begin_s, end_s = window_of(self._result)
        shown = self._shown()
        # Rounding of the limits, which are days, must not cut the ends off.
        near = 1e-6 * (end_s - begin_s)
        inside = (
            begin_s if abs(shown[0] - begin_s) < near else max(shown[0], begin_s),
            end_s if abs(shown[1] - end_s) < near else min(shown[1], end_s),
        )
        if inside[0] < inside[1]:
            look = _Look(self._unit, self.colour, not self._others)
            self._drawn += _draw_curve(
                self._ax, self._curve.within(*inside), inside, look, self._at
            )
        if not self._others:
            self._name_events(inside if inside[0] < inside[1] else shown)

    def _name_events(self, window: Span) -> None:
        """Draw the events above the axes, and the legend and the title above them."""
        events = list(concerning(self._result, self._name))
        strip = draw_strip(self._ax, events, window, self._at)
        self._drawn += strip.artists
        height = strip.height
        handles: dict[str, Artist] = {status: _sample(status) for status in self._bands}
        handles |= strip.samples
        several = curves_in(self._ax)
        if len(several) > 1:
            handles |= {mark.label: mark.sample() for mark in several}
        if handles:
            height += legend_above(self._ax, handles, height)
        titled(self._ax, self._name if len(several) < 2 else "", height)


def draw_over_time(
    ax: Axes,
    result: Run,
    name: str,
    curve: PiecewiseCurve,
    unit: float = 1.0,
    between: Span | None = None,
) -> None:
    """Draw a curve in multiples of `unit`, with status bands and the events that concern it.

    `between` is the part to show, in seconds. In Axes with a curve already the bands and events are
    those of the first one, and a legend names all.
    """
    over_time = OverTime(ax, result, name, curve, unit)
    over_time.set_up(between)
    for mark in curves_in(ax):
        mark.changed()


@dataclass(frozen=True)
class _Look:
    """How a curve is drawn."""

    unit: float
    colour: str
    is_filled: bool


def _filled(ax: Axes, x: Floats, below: Floats, colour: str) -> Artist:
    """Fill the area below a curve."""
    return ax.fill_between(x, below, color=colour, alpha=_PALE, linewidth=0)


def _draw_curve(
    ax: Axes, curve: PiecewiseCurve, window: Span, look: _Look, at: Days
) -> list[Artist]:
    """Draw a curve in a window, its envelope if it has more pieces than columns."""
    colour, unit = look.colour, look.unit
    drawn: list[Artist] = []
    columns = _NARROW_COLUMNS if is_narrow(ax) else _COLUMNS
    if len(curve) <= columns:
        time_s, values = curve.polyline()
        if look.is_filled:
            drawn.append(
                ax.fill_between(at(time_s), values / unit, color=colour, alpha=_PALE, linewidth=0)
            )
        return [*drawn, *ax.plot(at(time_s), values / unit, color=colour, linewidth=0.8)]
    edges_s = np.linspace(*window, columns + 1)
    low, high = (np.repeat(bound, 2) / unit for bound in curve.envelope(edges_s))
    time_s = np.repeat(edges_s, 2)[1:-1]
    if look.is_filled:
        drawn.append(_filled(ax, at(time_s), low, colour))
    opacity = 0.8 if look.is_filled else 0.5  # curves behind it stay visible, too
    band = ax.fill_between(at(time_s), low, high, color=colour, alpha=opacity, linewidth=0.5)
    return [*drawn, band]


def _label(result: Run, name: str, taken: list[str]) -> str:
    """Return the label of a curve in a legend, different from those already taken."""
    label = f"{result.scenario.name}: {name}, seed {result.seed}"
    return f"{label} ({len(taken) + 1})" if label in taken else label


def _name_gaps(ax: Axes, outcome: Outcome, window: Span, at: Days) -> None:
    """Write the reason into each gap of a curve that has room for it."""
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
        shapes = (text, fill_lines(text, _GAP_LETTERS))
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
        drawn = ax.broken_barh(
            bands,
            (0, 1),
            transform=ax.get_xaxis_transform(),
            color=colour,
            alpha=alpha,
            linewidth=0,
            zorder=0,
        )
        if len(bands) > _MANYBANDS:
            # Each then shades its pixel by its share of it.
            drawn.set(snap=False, rasterized=True)
    visible = _VISIBLE * (at(window[1]) - at(window[0]))
    return [status for status, bands in spans.items() if sum(b for _, b in bands) > visible]


def _sample(status: str) -> Patch:
    """Return the sample for the legend: the colour of a status within a visible line."""
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Patch

    return Patch(facecolor=to_rgba(*BANDS[status]), edgecolor=GREY, linewidth=0.4)
