"""Measured and simulated lag on one chart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from efssim.calibration.backtest.findings import AgeTrack, Backtest
from efssim.calibration.calibration import EPOCH, utc_text
from efssim.calibration.data import Floats
from efssim.report.calibration.words import backtest_rows, signed_percent
from efssim.report.figures.drawing.axes import (
    days,
    legend_above,
    log_durations,
    time_axis,
    titled,
)
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
_FEW = 0.005
"""Share of the samples below the axis of a distribution; assumed."""
_FAR = 20.0
"""Times the median from which on the largest age makes the axis logarithmic; assumed."""


class _LineOptions(TypedDict):
    """Options of a line, as matplotlib has them."""

    color: str
    linewidth: float
    alpha: float


@dataclass(frozen=True, slots=True)
class _TrackLook:
    """How one of the two courses is drawn."""

    name: str
    ages_of: Callable[[AgeTrack], Floats]
    options: _LineOptions


# The simulated one lies on the measured one, which is broad, so that both are seen.
_LOOKS = (
    _TrackLook(
        "measured",
        lambda track: track.measured_s,
        {"color": BLUE, "linewidth": 2.6, "alpha": 0.45},
    ),
    _TrackLook(
        "simulated",
        lambda track: track.simulated_s,
        {"color": ORANGE, "linewidth": 0.9, "alpha": 1.0},
    ),
)


@styled
def plot_backtest(found: Backtest, ax: Axes | None = None) -> Axes:
    """Draw the measured and the simulated age of the predicted part; return the Axes.

    Of many samples each column shows the largest age in it. Grey are the pauses and outages that
    were replayed. Where they are far above the rest, the axis is logarithmic.
    """
    from efssim.report.figures.drawing.ticks import show_durations

    ax, at, track = axes_for(ax), days(EPOCH), found.track
    handles: dict[str, Artist] = {}
    for look in _LOOKS:
        time_s, drawn_s = _columns(track.time_s, look.ages_of(track))
        (handles[look.name],) = ax.plot(at(time_s), drawn_s, **look.options)
    part = found.predicted_part
    for outage in found.replayed:
        begin_s, end_s = max(outage.begin_s, part.begin_s), min(outage.end_s, part.end_s)
        if begin_s < end_s:
            ax.axvspan(at(begin_s), at(end_s), color=GREY, alpha=0.15, linewidth=0)
    ax.set_xlim(at(part.begin_s), at(part.end_s))
    ax.set_ylabel(AGE_NAME)
    largest_s, least_s = _largest(track), _least_column(track)
    if largest_s > _FAR * found.measured_s.p50:
        ax.set_yscale("log")
        ax.set_ylim(least_s / 1.5, largest_s * 1.5)
        log_durations(ax.yaxis, least_s / 1.5, largest_s * 1.5)
    else:
        ax.set_ylim(0, _ROOM * largest_s)
        show_durations(ax.yaxis)
    time_axis(ax)
    ax.set_xlabel("time (UTC)", loc="left")
    titled(ax, "predicted part", legend_above(ax, handles))
    return ax


@styled
def plot_ages(found: Backtest, ax: Axes | None = None) -> Axes:
    """Draw which share of the samples is at or below each age; return the Axes."""
    ax, track = axes_for(ax), found.track
    handles: dict[str, Artist] = {}
    low_s = max(float(min(np.quantile(look.ages_of(track), _FEW) for look in _LOOKS)), 0.1)
    high_s = max(_largest(track), 2 * low_s)
    for look in _LOOKS:
        age_s, share = _steps(look.ages_of(track))
        (handles[look.name],) = ax.step(age_s, 100 * share, where="post", **look.options)
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


def _least_column(track: AgeTrack) -> float:
    """Return the least age that is drawn, of both; a tenth of a second at least."""
    drawn = [_columns(track.time_s, look.ages_of(track))[1] for look in _LOOKS]
    return max(0.1, min(float(ages_s.min()) for ages_s in drawn))


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
