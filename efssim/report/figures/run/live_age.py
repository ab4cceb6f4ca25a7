"""The age of one run after another in one figure, fast enough to follow a slider."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from efssim.report.figures.drawing.axes import days, log_durations, time_axis
from efssim.report.figures.drawing.curve import Floats, age_curve
from efssim.report.figures.drawing.style import (
    BLUE,
    GREY,
    SMALL,
    VERMILLION,
    alone,
    axes_for,
    our_style,
)
from efssim.report.figures.run.over_time import window_of
from efssim.report.verdicts.words import unprotected
from efssim.report.words.lines import percent, short
from efssim.report.words.terms import AGE_NAME
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from efssim.runs.run import Run

_SIZE = (8.0, 3.4)
_LOW_S, _HIGH_S = 1.0, 2 * 86_400.0
"""Ends of the logarithmic axis. It stays, so that sizes can be compared and drawing is quick."""
_COLUMNS = 700
"""Of the envelope: about the pixels of the axes."""


class LiveAge:
    """A figure with axes that are drawn once: only the curve and the words change.

    The age of the first result stays behind the others as a grey line. All results have the window
    and the RPO target of the first.
    """

    @alone
    def __init__(self, first: Run, name: str) -> None:
        from matplotlib.figure import Figure

        self._name = name
        with our_style():
            figure = Figure(_SIZE, layout="constrained")
            self._canvas = _canvas(figure)
            self._ax = axes_for(figure.add_subplot())
            self._dress(first)
            self._ax.plot(*self._points(first), color=GREY, alpha=0.35, linewidth=0.8)
            (self._line,) = self._ax.plot([], [], color=BLUE, linewidth=0.9, animated=True)
        self._title, self._numbers = _words(self._ax, 20, GREY), _words(self._ax, 6, "black")
        self._canvas.draw()
        self._background = self._canvas.copy_from_bbox(figure.bbox)

    @alone
    def draw(self, result: Run, title: str) -> bytes:
        """Draw the age of another result under a title of one line; return it as PNG."""
        self._line.set_data(*self._points(result))
        self._title.set_text(title)
        self._numbers.set_text(_numbers(result, self._name))
        self._canvas.restore_region(self._background)
        for artist in (self._line, self._title, self._numbers):
            self._ax.draw_artist(artist)
        return _png(self._canvas.buffer_rgba())

    def _dress(self, first: Run) -> None:
        """Draw the parts that stay: axes, and the RPO target."""
        ax, at, target_s = self._ax, days(first.scenario.start), first.scenario.rpo.target
        ax.set_xlim(*(at(end_s) for end_s in window_of(first)))
        time_axis(ax)
        ax.set(yscale="log", ylim=(_LOW_S, _HIGH_S), ylabel=AGE_NAME)
        log_durations(ax.yaxis, _LOW_S, _HIGH_S)
        ax.set_title(" \n ")  # room for the words that change
        ax.axhline(target_s, color=VERMILLION, linewidth=1.0, linestyle="--")
        ax.annotate(
            f"RPO\n{format_duration(target_s)}",
            (1, target_s),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=VERMILLION,
        )

    def _points(self, result: Run) -> tuple[Floats, Floats]:
        """Return the sawtooth, or its exact envelope as a zigzag where it has more teeth."""
        curve, at = age_curve(result.outcomes[self._name]), days(result.scenario.start)
        if len(curve) <= _COLUMNS:
            time_s, age_s = curve.polyline()
        else:
            edges_s = np.linspace(*window_of(result), _COLUMNS + 1)
            age_s = np.column_stack(curve.envelope(edges_s)).ravel()
            time_s = np.repeat((edges_s[1:] + edges_s[:-1]) / 2, 2)
        return at(time_s), age_s


def _canvas(figure: Figure) -> Any:  # matplotlib's canvas has no types
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    return FigureCanvasAgg(figure)


def _words(ax: Axes, above: float, colour: str) -> Text:
    """Return a line of text, so many points above the axes, that is drawn anew each time."""
    return ax.annotate(
        "",
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, above),
        textcoords="offset points",
        fontsize=SMALL + 1,
        color=colour,
        parse_math=False,
        animated=True,
    )


def _numbers(result: Run, name: str) -> str:
    summary = result.outcomes[name].summary
    age, attainment = summary.age, summary.rpo.attainment
    if attainment is None:
        return "no age is defined"
    words = f"mean {short(age.mean)}, p99 {short(age.p99)}, max {short(age.max)}"
    held = f"{words}; within the RPO for {percent(attainment)} of the time"
    return ", ".join(text for text in (held, unprotected(summary.unprotected_s)) if text)


def _png(pixels: memoryview) -> bytes:
    """Return pixels as they were drawn as PNG; the canvas' own way would draw everything again."""
    from PIL import Image  # which matplotlib itself needs

    picture = BytesIO()
    image = Image.fromarray(np.ascontiguousarray(np.asarray(pixels)[..., :3]))
    image.save(picture, "png", compress_level=1)  # quick rather than small
    return picture.getvalue()
