"""Ticks that people read: 15 min rather than 900, 2 MiB rather than 2097152."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, Locator

from efssim.report.figures.drawing.axes import most_ticks
from efssim.text.quantities import format_size

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_UNITS = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"))
_STEPS_S = (
    *(x * 10.0**power for power in (-3, -2, -1, 0) for x in (1, 2, 5)),
    *(10.0, 15.0, 30.0),
    *(x * _MINUTE for x in (1, 2, 5, 10, 15, 30)),
    *(x * _HOUR for x in (1, 2, 3, 6, 12)),
    *(x * 10.0**power * _DAY for power in range(4) for x in (1, 2, 5)),
)
_TICKS = 6
"""Steps on an axis at most."""


class _RoundLocator(Locator):
    """A locator with ticks by `tick_values` of the view."""

    def __call__(self) -> list[float]:
        """Return the ticks of the view as it is."""
        assert self.axis is not None
        low, high = self.axis.get_view_interval()
        return list(self.tick_values(float(low), float(high)))


class DurationLocator(_RoundLocator):
    """Locator of ticks of an axis in seconds at multiples of a round duration."""

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """Return the ticks between two limits in seconds."""
        low, high = min(vmin, vmax), max(vmin, vmax)
        most = min(_TICKS, most_ticks(self.axis)) if isinstance(self.axis, Axis) else _TICKS
        step = next((s for s in _STEPS_S if (high - low) / s <= most), _STEPS_S[-1])
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        return [float(tick) for tick in step * np.arange(first, min(last, first + 1000) + 1)]


class SizeLocator(_RoundLocator):
    """Locator of ticks of an axis in bytes at multiples of a power of two."""

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """Return the ticks between two limits in bytes."""
        low, high = min(vmin, vmax), max(vmin, vmax)
        step = 2.0 ** math.ceil(math.log2(max(high - low, 1.0) / _TICKS))
        return [float(tick) for tick in step * np.arange(math.ceil(low / step), high // step + 1)]


def duration_text(seconds: float) -> str:
    """Return the text of a tick: `0`, `0.5 s`, `1 min 30 s`, `30 min`, `−2 h`."""
    parts, rest = [], abs(seconds)
    for unit_s, name in _UNITS:
        # The rest of a whole number of steps is rounding.
        whole = math.floor(rest / unit_s + 1e-9)
        rest = max(rest - whole * unit_s, 0.0)
        parts += [f"{whole} {name}"] * (whole > 0)
    if rest > 1e-6 * abs(seconds):
        parts.append(f"{rest:.4g} s")
    return "−" * (seconds < 0) + " ".join(parts) if parts else "0"


def show_sizes(axis: Axis) -> None:
    """Let a linear axis in bytes have ticks at powers of two, in binary units."""
    axis.set_major_locator(SizeLocator())
    axis.set_major_formatter(FuncFormatter(lambda size, _: size_text(float(size))))


def size_text(size: float) -> str:
    """Return the text of a tick: `0`, `-512 KiB`, `1.5 GiB`."""
    return "0" if size == 0 else f"{'−' * (size < 0)}{format_size(abs(size))}"


def show_durations(axis: Axis) -> None:
    """Let a linear axis in seconds have round durations at its ticks."""
    axis.set_major_locator(DurationLocator())
    axis.set_major_formatter(FuncFormatter(lambda seconds, _: duration_text(float(seconds))))
