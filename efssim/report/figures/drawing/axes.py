"""Titles and legends of all figures, and axes in units that people read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from efssim.report.figures.drawing.style import GREY, SMALL

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.transforms import Transform

Days = Callable[[Any], Any]
"""From seconds since the start, a number or an array, to matplotlib's days."""

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_DURATIONS = (
    *((x, f"{x:g} s") for x in (0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30)),
    *((x * _MINUTE, f"{x:g} min") for x in (1, 2, 5, 10, 20, 30)),
    *((x * _HOUR, f"{x:g} h") for x in (1, 2, 3, 6, 12)),
    *((x * _DAY, f"{x:g} d") for x in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
)
_ROUND = frozenset(
    ("0.01 s", "0.1 s", "1 s", "10 s", "1 min", "10 min", "1 h", "6 h", "1 d", "10 d", "100 d")
)
"""Those that have a tick wherever others would crowd."""
_SIZES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_DATES: dict[str, list[str]] = {
    "formats": ["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S.%f"],
    "zero_formats": ["", "%Y", "%m-%d", "%m-%d", "%H:%M", "%H:%M"],
    "offset_formats": ["", "", "%Y", "%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%d %H:%M"],
}
"""Dates as the reports write them, in figures; names of months would be those of the locale."""
_WHOLE = {"MONTHLY": 12, "HOURLY": 24, "MINUTELY": 60, "SECONDLY": 60}
"""How many of each unit make the next one."""
_TICKS_MAX = 9
_WIDE, _HIGH = 40.0, 14.0
"""Room of a label along a horizontal and along a vertical axis, in points."""
_DATE = 29.0
"""Room of a date, in points."""
_BESIDE = 45.0
"""Points of the width that labels to the right of the axes take."""
_TITLE = 60
"""Letters of a title at most."""


def titled(ax: Axes, name: str, above: float = 0.0, beside: float = 0.0) -> None:
    """Write a title over the axes, as many points above them, no longer than they are wide.

    `beside` is how many points labels to their left take.
    """
    # A dollar sign in a name is not mathematics.
    title = shown(name, _TITLE)
    beside = 0.0 if is_narrow(ax) else beside
    while len(title) > 8 and text_width(title, SMALL + 2) > points_of(ax.xaxis) + _BESIDE - beside:
        title = shown(name, len(title) - 1)
    ax.set_title(title, loc="left", pad=above + 6.0, parse_math=False)


def shown(text: str, letters: int) -> str:
    """Return a text of the user's as a figure can show it: no control characters, not too long."""
    plain = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
    return plain if len(plain) <= letters else f"{plain[: letters - 1]}…"


def text_width(text: str, size: float = SMALL - 1) -> float:
    """Return the width of a text in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    font = FontProperties(size=size)
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def points_of(axis: Axis) -> float:
    """Return about how long an axis is in points, before the layout decides about it."""
    figure = axis.axes.get_figure(root=True)
    assert figure is not None
    box = axis.axes.get_window_extent()
    if _is_across(axis):
        beside = 0.0 if is_narrow(axis.axes) else _BESIDE
        return max(72 * box.width / figure.dpi - beside, _BESIDE)
    return max(72 * box.height / figure.dpi, _HIGH)


def is_narrow(ax: Axes) -> bool:
    """Return whether some Axes are those of a figure for the narrow column of a phone."""
    return getattr(ax.get_figure(root=True), "is_narrow", False)


def most_ticks(axis: Axis) -> int:
    """Return how many labels an axis has room for, at least two."""
    return max(2, int(points_of(axis) / _room(axis)))


def _is_across(axis: Axis) -> bool:
    return axis is axis.axes.xaxis


def _room(axis: Axis) -> float:
    return _WIDE if _is_across(axis) else _HIGH


def legend_above(ax: Axes, handles: Mapping[str, Artist], above: float = 0.0) -> float:
    """Put a legend beside the title, where it hides nothing; below in a narrow figure.

    Return how many points higher the title has to be: some if the legend is as long as the axes,
    or has several lines.
    """
    if is_narrow(ax):
        legend_below(ax, handles)
        return 0.0
    wide = sum(text_width(label) + 4 * SMALL for label in handles)
    lines = math.ceil(wide / (points_of(ax.xaxis) + _BESIDE))
    ax.legend(
        handles.values(),
        handles.keys(),
        loc="lower right",
        bbox_to_anchor=(1, 1),
        bbox_transform=ax.transAxes + upwards(ax, above),
        ncols=math.ceil(len(handles) / lines),
        fontsize=SMALL - 1,
        frameon=False,
        borderaxespad=0.2,
        handlelength=1.2,
        columnspacing=1.2,
    )
    return 1.5 * SMALL * lines if wide > points_of(ax.xaxis) else 0.0


def legend_below(ax: Axes, handles: Mapping[str, Artist], title: str | None = None) -> None:
    """Put a legend below everything else, in as many columns as there is room for."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    for legend in list(figure.legends):
        legend.remove()
    wide = max(text_width(label) for label in handles) + 3.2 * SMALL
    figure.legend(
        handles.values(),
        handles.keys(),
        loc="outside lower left",
        ncols=max(1, min(len(handles), int(72 * figure.get_figwidth() / wide))),
        title=title,
        title_fontsize=SMALL - 1,
        fontsize=SMALL - 1,
        frameon=False,
        borderpad=0.0,
        handlelength=1.2,
        handletextpad=0.5,
        columnspacing=1.0,
        labelspacing=0.3,
    )


def legend_within(ax: Axes, **options: Any) -> None:  # options of matplotlib
    """Put a legend of what is labelled into the axes; below in a narrow figure."""
    if is_narrow(ax):
        handles, labels = ax.get_legend_handles_labels()
        legend_below(ax, dict(zip(labels, handles, strict=True)), options.get("title"))
    else:
        ax.legend(**options)


def upwards(ax: Axes, points: float) -> Transform:
    """Return the transform that moves up by a number of points."""
    from matplotlib.transforms import ScaledTranslation

    figure = ax.get_figure(root=True)
    assert figure is not None
    return ScaledTranslation(0, points / 72, figure.dpi_scale_trans)


def size_unit(size: float) -> tuple[float, str]:
    """Return the bytes and the name of the unit for sizes up to this one."""
    power = 0 if size < 1 else min(int(math.log2(size)) // 10, len(_SIZES) - 1)
    return 1024.0**power, _SIZES[power]


def bytes_of(unit: str) -> float:
    """Return the bytes of a unit that `size_unit` names."""
    return 1024.0 ** _SIZES.index(unit)


def days(start: datetime) -> Days:
    """Return the function from seconds since the start, or an array, to matplotlib's days."""
    from matplotlib import dates

    origin = float(dates.date2num(start))  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
    return lambda time_s: origin + time_s / _DAY


def time_axis(ax: Axes) -> None:
    """Label the x axis with simulated time."""
    from matplotlib import dates

    most = min(_TICKS_MAX, max(2, int(points_of(ax.xaxis) / _DATE)))
    locator = dates.AutoDateLocator(tz=UTC, minticks=most // 2, maxticks=most)  # type: ignore[no-untyped-call]  # as above
    # A few labels can be a whole day apart, or a whole hour.
    for unit, whole in _WHOLE.items():
        locator.intervald[getattr(dates, unit)].append(whole)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz=UTC, **_DATES))  # type: ignore[no-untyped-call]  # as above
    ax.xaxis.get_offset_text().set(color=GREY, fontsize=SMALL)
    ax.set_xlabel("time (UTC)" if is_narrow(ax) else "simulated time (UTC)", loc="left")


def log_durations(axis: Axis, low_s: float, high_s: float) -> None:
    """Put ticks at round durations on a logarithmic axis in seconds."""
    within = [(x, text) for x, text in _DURATIONS if low_s <= x <= high_s]
    within.sort(key=lambda tick: tick[1] not in _ROUND)
    apart = math.log(high_s / low_s) * _room(axis) / points_of(axis)
    kept: list[tuple[float, str]] = []
    for x, text in within:
        if all(abs(math.log(x / other)) >= apart for other, _ in kept):
            kept.append((x, text))
    _ticks(axis, kept)


def log_sizes(axis: Axis, low: float, high: float, nothing: float | None = None) -> None:
    """Put ticks at powers of two on a logarithmic axis in bytes, and for 0 where that is drawn."""
    within = range(math.ceil(math.log2(low)), math.floor(math.log2(high)) + 1)
    steps = ([power for power in within if power % step == 0] for step in (1, 2, 5, 10, 20))
    most = min(_TICKS_MAX, most_ticks(axis))
    powers = next((some for some in steps if len(some) <= most), range(0))
    ticks = [(2.0**power, f"{2 ** (power % 10)} {_SIZES[power // 10]}") for power in powers]
    _ticks(axis, ticks if nothing is None else [(nothing, "0"), *ticks])


def log_shares(axis: Axis, low: float) -> None:
    """Put ticks at decades on a logarithmic axis of shares, in per cent."""
    decades = range(math.ceil(math.log10(low)), 1)
    _ticks(axis, [(10.0**d, f"{100 * 10.0**d:.10g} %") for d in decades])


def _ticks(axis: Axis, ticks: list[tuple[float, str]]) -> None:
    axis.set_ticks([at for at, _ in ticks], labels=[text for _, text in ticks])
    axis.set_ticks([], minor=True)
