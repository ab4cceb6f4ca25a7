"""How much of the time each age has, as one line of bars with the RPO target marked below."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.exceedance import Exceedance
from efssim.report.words.lines import short
from efssim.text.quantities import format_duration

_BARS = 54
"""Bars, as wide as the numbers of the table above."""
_LEVELS = " ▁▂▃▄▅▆▇█"
_SPAN = 1e4
"""Largest ratio of the axis; younger ages count to the first bar."""


def distribution(age: Exceedance, longest_s: float | None, target_s: float) -> list[str]:
    """Return bars over a logarithmic axis, and the axis; nothing where there is no distribution.

    `longest_s` is the largest age. A bar is the share of the time with an age of its part of the
    axis, relative to the largest share; the lowest bar stands for any share above 0.
    """
    if longest_s is None or not len(age.value_s):
        return []
    high = max(longest_s, target_s)
    low = max(float(age.value_s[0]), high / _SPAN)
    low = min(low, target_s)  # so that the target is on the axis in any case
    if not 0 < low < high:
        return []
    bars = "".join(_LEVELS[level] for level in _levels(_shares(age, longest_s, low, high)))
    return [f"  {'share of time by age':<21} {bars}", _axis(low, high, target_s)]


def _shares(age: Exceedance, longest_s: float, low: float, high: float) -> NDArray[np.float64]:
    """Return the share of the time in each part of the axis."""
    edges = low * (high / low) ** (np.arange(_BARS + 1) / _BARS)
    values, above = np.append(age.value_s, longest_s), np.append(age.share, 0.0)
    exceeded = np.interp(edges, values, above, left=1.0, right=0.0)
    exceeded[0], exceeded[-1] = 1.0, 0.0  # with the time below the axis; no rounding
    shares: NDArray[np.float64] = np.maximum(-np.diff(exceeded), 0.0)
    return shares


def _levels(shares: NDArray[np.float64]) -> list[int]:
    highest = len(_LEVELS) - 1
    return [int(level) for level in np.ceil(shares / shares.max() * highest)]


def _axis(low: float, high: float, target_s: float) -> str:
    """Return the axis: a mark at the target, and both ends where there is room beside it."""
    place = min(_BARS - 1, int(_BARS * np.log(target_s / low) / np.log(high / low)))
    begin, mark = place, f"^ RPO target {format_duration(target_s)}"
    if begin + len(mark) > _BARS:
        mark = f"RPO target {format_duration(target_s)} ^"
        begin = place + 1 - len(mark)
    left, right = short(low), short(high)
    before = left.ljust(begin) if len(left) < begin else " " * begin
    line = before + mark
    if len(line) + 1 + len(right) <= _BARS:
        line += right.rjust(_BARS - len(line))
    return f"  {'logarithmic axis':<21} {line}"
