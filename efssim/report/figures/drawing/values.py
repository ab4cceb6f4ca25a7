"""Axes of a parameter that a study varies, in the units of its quantity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import log_durations, log_sizes, shown, size_unit
from efssim.report.figures.drawing.style import SMALL
from efssim.report.words.compare_shares import SHARES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from efssim.study.varying.space import VariedParameter

_WIDE = 5.0
"""Factor from end to end from which on an axis is logarithmic."""
_LETTERS = 70
_TICKS = 6


def value_axis(ax: Axes, vary: VariedParameter, ends: tuple[float, float]) -> None:
    """Label the x axis with a parameter; logarithmic if it spans much and does not begin at 0."""
    low, high = ends
    per = " (per second)" if _unit(vary) == "bytes_per_s" else ""
    ax.set_xlabel(f"{shown(vary.path, _LETTERS)}{per}", fontsize=SMALL, parse_math=False)
    if low > 0 and high / low >= _WIDE:
        _log_axis(ax, vary, ends)
    else:
        margin = 0.02 * (high - low)
        ax.set_xlim(low - margin, high + margin)
        _linear_ticks(ax, vary, ends)


def show_measure(axis: Axis, measure: str) -> None:
    """Let a linear axis of a measure of the summary have ticks in the unit that its name says."""
    from efssim.report.figures.drawing.ticks import show_durations, show_sizes

    if measure.split(".")[-1] in SHARES:
        from matplotlib.ticker import FuncFormatter

        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.6g} %"))
    elif "_s" in measure and not measure.endswith(".count"):
        show_durations(axis)
    elif "bytes" in measure and not measure.endswith("_writes"):
        show_sizes(axis)


def _unit(vary: VariedParameter) -> str:
    return "" if vary.quantity is None else vary.quantity.unit


def _log_axis(ax: Axes, vary: VariedParameter, ends: tuple[float, float]) -> None:
    low, high = ends
    margin = (high / low) ** 0.02
    ax.set_xscale("log")
    ax.set_xlim(low / margin, high * margin)
    if _unit(vary) == "s":
        log_durations(ax.xaxis, low, high)
    elif _unit(vary) in ("bytes", "bytes_per_s"):
        log_sizes(ax.xaxis, low, high)
    else:
        decades = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
        ticks = [low, *(10.0**d for d in decades if low < 10.0**d < high), high]
        _label(ax, vary, ticks if len(ticks) <= _TICKS else ticks[1:-1])


def _linear_ticks(ax: Axes, vary: VariedParameter, ends: tuple[float, float]) -> None:
    from matplotlib.ticker import MaxNLocator

    from efssim.report.figures.drawing.ticks import DurationLocator

    scale = size_unit(ends[1])[0] if _unit(vary) in ("bytes", "bytes_per_s") else 1.0
    locator = DurationLocator() if _unit(vary) == "s" else MaxNLocator(_TICKS)
    found = locator.tick_values(ends[0] / scale, ends[1] / scale)
    ticks = [float(tick) * scale for tick in found]
    _label(ax, vary, [tick for tick in ticks if ends[0] <= tick <= ends[1]])


def _label(ax: Axes, vary: VariedParameter, ticks: list[float]) -> None:
    ax.set_xticks(ticks, labels=[vary.text(tick) for tick in ticks], fontsize=SMALL)
    ax.set_xticks([], minor=True)
