"""Axes of a parameter that a study varies, in the units of its quantity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from efssim.report.figures.axes import SMALL, log_durations, log_sizes, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.study.space import Parameter

_WIDE = 5.0
"""Factor from end to end from which on an axis is logarithmic."""
_LETTERS = 70


def value_axis(ax: Axes, vary: Parameter, ends: tuple[float, float]) -> None:
    """Label the x axis with a parameter; logarithmic if it spans much and does not begin at 0."""
    low, high = ends
    ax.set_xlabel(shown(vary.path, _LETTERS), fontsize=SMALL, parse_math=False)
    unit = vary.quantity.unit if vary.quantity is not None else ""
    is_wide = low > 0 and high / low >= _WIDE
    if is_wide:
        ax.set_xscale("log")
    if is_wide and unit == "s":
        log_durations(ax.xaxis, low, high)
    elif is_wide and unit in ("bytes", "bytes_per_s"):
        log_sizes(ax.xaxis, low, high)
        ax.set_xlabel(f"{shown(vary.path, _LETTERS)}{'/s' * (unit != 'bytes')}", fontsize=SMALL)
    else:
        _few_ticks(ax, vary, ends)
    margin = (high / low) ** 0.02 if is_wide else 0.02 * (high - low)
    ax.set_xlim((low / margin, high * margin) if is_wide else (low - margin, high + margin))


def _few_ticks(ax: Axes, vary: Parameter, ends: tuple[float, float]) -> None:
    low, high = ends
    log = ax.get_xscale() == "log"
    shares = [part / 4 for part in range(5)]
    ticks = [
        math.exp(math.log(low) + s * math.log(high / low)) if log else low + s * (high - low)
        for s in shares
    ]
    ax.set_xticks(ticks, labels=[vary.text(tick) for tick in ticks], fontsize=SMALL)
    ax.set_xticks([], minor=True)
