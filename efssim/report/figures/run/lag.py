"""Exceedance curves: how often each lag is longer than x, on logarithmic axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from efssim.lag.kinds.measure import LagMeasure
from efssim.lag.kinds.table import measures_of
from efssim.lag.summary import AGE, OLDEST_PENDING, WRITE_LAG, WRITE_LAG_BY_BYTE
from efssim.lag.weighted.exceedance import Exceedance
from efssim.report.figures.drawing.axes import log_durations, log_shares, titled
from efssim.report.figures.drawing.labels import Level, name_curves, name_levels
from efssim.report.figures.drawing.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    VERMILLION,
    axes_for,
    styled,
)
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from efssim.runs.run import Run
    from efssim.scenario.schema import Rpo

Floats = NDArray[np.float64]
Look = tuple[str, float, str]
"""Colour, width in points, and style of a line."""

_LINES = {
    AGE: (BLUE, 2.6, "-"),
    WRITE_LAG: (ORANGE, 1.4, "-"),
    WRITE_LAG_BY_BYTE: (GREEN, 1.4, "--"),
    OLDEST_PENDING: (PURPLE, 1.8, ":"),
}
"""Colour, width and style of the lag measures of the package."""
_MORE_LINES = ((SKY, 1.4, "-."), (GREY, 1.4, "-."), (SKY, 1.4, ":"), (GREY, 1.4, ":"))
"""Those of measures that were added, in turn."""
_RAREST = 1e-6
"""The smallest share that is drawn."""
_DECADES = 4
"""How many decades below the longest lag are drawn at most."""
_POINTS = 300


@styled
def plot_lag(result: Run, name: str, ax: Axes | None = None) -> Axes:
    """Draw the exceedance curve of each lag of a run, with target and objective of the RPO."""
    return draw_lags(result.outcomes[name].exceedance, result.scenario.rpo, name, axes_for(ax))


def draw_lags(found: Mapping[str, Exceedance], rpo: Rpo, name: str, ax: Axes) -> Axes:
    """Draw the exceedance curves of lags, by their name in the summary; return the Axes."""
    curves = {key: curve for key, curve in found.items() if curve.value_s.any()}
    shown = [
        ShownCurve(lag.title, curves[lag.name], look, lag.weight == "time")
        for lag, look in _with_lines(curves)
    ]
    return draw_curves(shown, rpo, name, ax)


class ShownCurve(NamedTuple):
    """An exceedance curve with its label and its look."""

    label: str
    curve: Exceedance
    look: Look
    is_continuous: bool
    """Whether it falls along lines, as that of a lag over time, and not in steps."""


def draw_curves(curves: Sequence[ShownCurve], rpo: Rpo, name: str, ax: Axes) -> Axes:
    """Draw exceedance curves with target and objective; return the Axes."""
    x, rarest = _limits([each.curve for each in curves], rpo.target, 1 - rpo.attainment)
    ax.set(xscale="log", yscale="log", xlim=x, ylim=(rarest, 1.3))
    lines = [_draw(ax, each, *corners(each.curve, x[0], rarest)) for each in curves]
    _draw_objective(ax, rpo.target, 1 - rpo.attainment)
    log_durations(ax.xaxis, *x)
    log_shares(ax.yaxis, rarest)
    ax.set(xlabel="lag", ylabel="share with a longer lag")
    if lines:
        walls = [np.array([(rpo.target, rarest), (rpo.target, 1.3)])]
        if rpo.attainment < 1:
            walls.append(np.array([(x[0], 1 - rpo.attainment), (x[1], 1 - rpo.attainment)]))
        name_curves(ax, {str(line.get_label()): line for line in lines}, walls)
    titled(ax, name, above=SMALL)
    return ax


def _with_lines(names: Iterable[str]) -> Iterator[tuple[LagMeasure, Look]]:
    """Yield lag measures, each with how its curve looks."""
    more = cycle(_MORE_LINES)
    for lag in measures_of(names):
        yield lag, _LINES.get(lag.name) or next(more)


def _draw(ax: Axes, shown: ShownCurve, at: Floats, share: Floats) -> Line2D:
    colour, width, style = shown.look
    (line,) = ax.plot(
        at,
        share,
        color=colour,
        linewidth=width,
        linestyle=style,
        drawstyle="default" if shown.is_continuous else "steps-post",
        label=shown.label,
    )
    return line


def _limits(
    curves: Sequence[Exceedance], target_s: float, missed: float
) -> tuple[tuple[float, float], float]:
    """Return the limits of the durations in seconds, and the smallest share to draw."""
    longest_s = max([target_s, *(float(curve.value_s[-1]) for curve in curves)])
    usual = [float(c.value_s[c.share <= 0.9].min(initial=longest_s)) for c in curves]
    shortest_s = max(min([target_s, *usual]) / 2, longest_s / 10**_DECADES)
    shares = [float(c.share[c.share > 0].min(initial=1.0)) for c in curves]
    rarest = max(_RAREST, min([missed / 2 or 1.0, 1e-2, *shares]))
    return (shortest_s, 1.4 * longest_s), rarest


def corners(curve: Exceedance, shortest_s: float, rarest: float) -> tuple[Floats, Floats]:
    """Return the corners of a curve inside the limits, few enough for a file."""
    value_s, share = curve.value_s, curve.share.clip(min=rarest)
    before = int(value_s.searchsorted(shortest_s, "right"))
    first = 1.0 if before == 0 else share[before - 1]
    value_s, share = value_s[before:], share[before:]
    if len(value_s) > 2 * _POINTS:
        lags = np.geomspace(value_s[0], value_s[-1], _POINTS)
        shares = np.geomspace(rarest, 1.0, _POINTS)
        last = len(value_s) - 1
        kept = np.concatenate((value_s.searchsorted(lags), last - share[::-1].searchsorted(shares)))
        kept = np.unique(kept.clip(0, last))
        value_s, share = value_s[kept], share[kept]
    # Nothing is longer than the longest lag: the curve drops there.
    ends = value_s[-1:]
    return np.concatenate(([shortest_s], value_s, ends)), np.concatenate(
        ([first], share, 0 * ends + rarest)
    )


def _draw_objective(ax: Axes, target_s: float, missed: float) -> None:
    """Draw the target as a vertical line, the objective as a horizontal one."""
    ax.axvline(target_s, color=VERMILLION, linewidth=1.0, linestyle="--")
    ax.annotate(
        f"RPO {format_duration(target_s)}",
        (target_s, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=SMALL,
        color=VERMILLION,
    )
    if missed <= 0:
        return
    ax.axhline(missed, color=VERMILLION, linewidth=1.0, linestyle="--")
    name_levels(ax, [Level(missed, f"objective\n{100 * missed:.3g} %", VERMILLION)])
