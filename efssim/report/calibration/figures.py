"""Measured and simulated lag on one chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efssim.calibration.backtest.findings import AgeTrack, Backtest
from efssim.calibration.calibration import EPOCH, utc_text
from efssim.calibration.data import Floats
from efssim.report.calibration.words import backtest_rows, signed_percent
from efssim.report.figures.drawing.axes import days, legend_above, time_axis, titled
from efssim.report.figures.drawing.style import (
    BLUE,
    GREY,
    ORANGE,
    axes_for,
    styled,
)
from efssim.report.words.terms import AGE_NAME
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_COLUMNS = 400
"""Columns of an envelope; fewer samples than three times that are drawn one by one."""
_ROOM = 1.08
_MEASURED, _SIMULATED = "measured", "simulated"


@styled
def plot_backtest(found: Backtest, ax: Axes | None = None) -> Axes:
    """Draw the measured and the simulated age of the predicted part; return the Axes.

    Of many samples each column shows the largest age in it. Grey are the pauses and outages that
    were replayed.
    """
    from efssim.report.figures.drawing.ticks import show_durations

    ax, at, track = axes_for(ax), days(EPOCH), found.track
    handles: dict[str, Artist] = {}
    for name, ages_s, colour, style in (
        (_MEASURED, track.measured_s, BLUE, "-"),
        (_SIMULATED, track.simulated_s, ORANGE, (0, (3, 1))),
    ):
        time_s, drawn_s = _columns(track.time_s, ages_s)
        (line,) = ax.plot(at(time_s), drawn_s, color=colour, linewidth=1.0, linestyle=style)
        handles[name] = line
    part = found.predicted_part
    for outage in found.replayed:
        begin_s, end_s = max(outage.begin_s, part.begin_s), min(outage.end_s, part.end_s)
        if begin_s < end_s:
            ax.axvspan(at(begin_s), at(end_s), color=GREY, alpha=0.15, linewidth=0)
    ax.set_xlim(at(part.begin_s), at(part.end_s))
    ax.set(ylabel=AGE_NAME, ylim=(0, _ROOM * _largest(track)))
    time_axis(ax)
    ax.set_xlabel("time (UTC)", loc="left")
    show_durations(ax.yaxis)
    titled(ax, "predicted part", legend_above(ax, handles))
    return ax


@styled
def plot_ages(found: Backtest, ax: Axes | None = None) -> Axes:
    """Draw which share of the samples is at or below each age; return the Axes."""
    from efssim.report.figures.drawing.axes import log_durations

    ax, track = axes_for(ax), found.track
    handles: dict[str, Artist] = {}
    low_s = max(float(min(track.measured_s.min(), track.simulated_s.min())), 0.1)
    high_s = max(_largest(track), 2 * low_s)
    for name, ages_s, colour, style in (
        (_MEASURED, track.measured_s, BLUE, "-"),
        (_SIMULATED, track.simulated_s, ORANGE, (0, (3, 1))),
    ):
        age_s, share = _steps(ages_s)
        (line,) = ax.step(
            age_s, 100 * share, where="post", color=colour, linewidth=1.2, linestyle=style
        )
        handles[name] = line
    ax.set_xscale("log")
    ax.set_xlim(low_s / 1.1, high_s * 1.1)
    log_durations(ax.xaxis, low_s / 1.1, high_s * 1.1)
    ax.set(ylim=(0, 102), ylabel="samples at or below (%)")
    ax.set_xlabel(AGE_NAME, loc="left")
    titled(ax, "predicted part", legend_above(ax, handles))
    return ax


def _columns(time_s: Floats, ages_s: Floats) -> tuple[Floats, Floats]:
    """Return samples as they are drawn: of many, the largest of each column."""
    if len(time_s) <= 3 * _COLUMNS:
        return time_s, ages_s
    first = np.linspace(0, len(time_s), _COLUMNS + 1)[:-1].astype(np.int64)
    return time_s[first], np.maximum.reduceat(ages_s, first)


def _steps(ages_s: Floats) -> tuple[Floats, Floats]:
    """Return ages in order, and which share is at or below each; a thousand of them at most."""
    ordered = np.sort(ages_s)
    share = np.arange(1, len(ordered) + 1) / len(ordered)
    kept = np.unique(np.linspace(0, len(ordered) - 1, 1000).astype(np.int64))
    return ordered[kept], share[kept]


def _largest(track: AgeTrack) -> float:
    return max(float(track.measured_s.max()), float(track.simulated_s.max()), 1.0)


def backtest_alt(found: Backtest) -> str:
    """Return a sentence on the chart over time."""
    part = found.predicted_part
    return (
        f"Measured and simulated age from {utc_text(part.begin_s)} to {utc_text(part.end_s)}: the "
        f"largest is {format_duration(found.measured_s.max)} measured and "
        f"{format_duration(found.simulated_s.max)} simulated."
    )


def ages_alt(found: Backtest) -> str:
    """Return a sentence on the distributions."""
    off = ", ".join(f"{name} {signed_percent(error)}" for name, _, _, error in backtest_rows(found))
    return f"Share of the samples at or below each age, measured and simulated: off by {off}."
