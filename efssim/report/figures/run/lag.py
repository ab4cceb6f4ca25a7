"""Exceedance curves: how often each lag is longer than x, on logarithmic axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.exceedance import Exceedance
from efssim.report.figures.drawing.axes import log_durations, log_shares, titled
from efssim.report.figures.drawing.labels import Level, name_curves, name_levels
from efssim.report.figures.drawing.style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SMALL,
    VERMILLION,
    axes_for,
    styled,
)
from efssim.report.words.terms import AGE_NAME
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from efssim.runs.run import Run
    from efssim.scenario.schema import Rpo

Floats = NDArray[np.float64]

_CURVES = {
    "time_since_last_sync_s": (AGE_NAME, BLUE, 2.6, "-", "default"),
    "write_lag_s": ("write lag", ORANGE, 1.4, "-", "steps-post"),
    "write_lag_by_byte_s": ("write lag by byte", GREEN, 1.4, "--", "steps-post"),
    "oldest_pending_s": ("oldest pending write", PURPLE, 1.8, ":", "default"),
}
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
    x, rarest = _limits(curves, rpo.target, 1 - rpo.attainment)
    ax.set(xscale="log", yscale="log", xlim=x, ylim=(rarest, 1.3))
    lines = [_draw(ax, key, *corners(curve, x[0], rarest)) for key, curve in curves.items()]
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


def _draw(ax: Axes, key: str, at: Floats, share: Floats) -> Line2D:
    label, colour, width, style, steps = _CURVES[key]
    (line,) = ax.plot(
        at,
        share,
        color=colour,
        linewidth=width,
        linestyle=style,
        drawstyle=steps,
        label=label,
    )
    return line


def _limits(
    curves: dict[str, Exceedance], target_s: float, missed: float
) -> tuple[tuple[float, float], float]:
    """Return the limits of the durations in seconds, and the smallest share to draw."""
    longest_s = max([target_s, *(float(curve.value_s[-1]) for curve in curves.values())])
    usual = [float(c.value_s[c.share <= 0.9].min(initial=longest_s)) for c in curves.values()]
    shortest_s = max(min([target_s, *usual]) / 2, longest_s / 10**_DECADES)
    shares = [float(c.share[c.share > 0].min(initial=1.0)) for c in curves.values()]
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
