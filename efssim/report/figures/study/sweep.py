"""The figures of a sweep: a curve with its band, a heat map, a tornado."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from efssim.lag.summary import AGE
from efssim.report.figures.drawing.axes import is_narrow, points_of, shown, text_width, titled
from efssim.report.figures.drawing.labels import Level, name_levels
from efssim.report.figures.drawing.rows import name_rows, scale_beside
from efssim.report.figures.drawing.style import (
    BLUE,
    GREY,
    ORANGE,
    SMALL,
    VERMILLION,
    axes_for,
    styled,
)
from efssim.report.figures.drawing.values import show_measure, value_axis
from efssim.report.figures.study.effects import plot_effects
from efssim.report.text.sweep import shown as shown_number
from efssim.report.verdicts.varied.sweep import is_objective_varied
from efssim.study.errors import StudyError
from efssim.study.varying.screening import SCREENINGS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize

    from efssim.json_values import JsonValue
    from efssim.study.statistics.pairs import Difference
    from efssim.study.varying.points import PointMean, SweepPoints, ValueChange
    from efssim.study.varying.space import VariedParameter

Floats = NDArray[np.float64]

_LIGHT, _DARK = "#fdfdfd", "#111111"
"""Colours of numbers on cells, which are the same on a dark page."""
_PLACE = 0.8
"""Height of the bars of a parameter; from one parameter to the next it is 1."""
_MUCH = 20.0
"""Factor between numbers from which on colours are logarithmic: evenly, most would look alike."""
_CELLS_WITH_NUMBERS = 60
"""Cells of a heat map up to which each shows its number."""


@styled
def plot_sweep(sweep: SweepPoints, measure: str, replication: str, ax: Axes | None = None) -> Axes:
    """Draw a measure of a sweep; StudyError for a grid of more than two parameters."""
    if sweep.one_at_a_time:
        return _tornado(sweep, measure, replication, axes_for(ax))
    if sweep.arrangement in SCREENINGS:
        return plot_effects(sweep, measure, replication, axes_for(ax))
    if len(sweep.parameters) > 2:
        raise StudyError("a grid of more than two parameters has no figure; see `means`")
    draw = _curve if len(sweep.parameters) == 1 else _heat_map
    return draw(sweep, measure, replication, axes_for(ax))


def _curve(sweep: SweepPoints, measure: str, replication: str, ax: Axes) -> Axes:
    (vary,) = sweep.parameters
    rows = list(sweep.point_means(measure, replication))
    values = [row.values[vary.path] for row in rows]
    x = [float(value) for value in values if isinstance(value, int | float)]
    is_number = len(x) == len(rows) and max(x) < math.inf
    if is_number:
        order = sorted(range(len(x)), key=x.__getitem__)
        x, rows = [x[k] for k in order], [rows[k] for k in order]
    else:
        x = list(map(float, range(len(rows))))
    low, mean, high = _columns(rows)
    if not np.isnan(low).any():
        ax.fill_between(x, low, high, color=BLUE, alpha=0.2, linewidth=0)
    ax.plot(x, mean, color=BLUE, marker="o", markersize=3, linewidth=1.2)
    if is_number and len(rows) > 1:
        value_axis(ax, vary, (x[0], x[-1]))
    else:
        _ticks(ax, vary, values, axis="x")
    ax.set_ylabel(measure, fontsize=SMALL)
    _draw_objective(sweep, measure, ax)
    show_measure(ax.yaxis, measure)
    titled(ax, f"{sweep.scenario.name}: {replication}")
    return ax


def _draw_objective(sweep: SweepPoints, measure: str, ax: Axes) -> None:
    """Draw the objective as a line, where it bounds the measure and is the same everywhere."""
    asked = sweep.points[0].trials.scenario.rpo
    at = {"rpo.attainment": asked.attainment}.get(measure)
    text = "objective"
    if measure.startswith(f"{AGE}."):
        at, text = asked.target, "RPO target"
    if at is None or is_objective_varied(sweep):
        return
    ax.axhline(at, color=VERMILLION, linewidth=1.0, linestyle="--")
    ax.set_ylim(ax.get_ylim())  # as the label goes by them
    name_levels(ax, [Level(at, text, VERMILLION)])


def _columns(rows: Sequence[PointMean]) -> tuple[Floats, Floats, Floats]:
    """Return low end, mean and high end of each row; NaN where there is none."""
    low = np.array([row.low for row in rows], dtype=np.float64)
    mean = np.array([row.mean for row in rows], dtype=np.float64)
    return low, mean, np.array([row.high for row in rows], dtype=np.float64)


def _heat_map(sweep: SweepPoints, measure: str, replication: str, ax: Axes) -> Axes:
    """Draw a cell for each combination, with its number where there is room."""
    across, upwards = sweep.parameters
    rows = sweep.point_means(measure, replication)
    columns = list(dict.fromkeys(row.values[across.path] for row in rows))
    lines = list(dict.fromkeys(row.values[upwards.path] for row in rows))
    grid = np.full((len(lines), len(columns)), np.nan)
    for row in rows:
        at = lines.index(row.values[upwards.path]), columns.index(row.values[across.path])
        grid[at] = np.nan if row.mean is None else row.mean
    scale = _scale(grid)
    image = ax.imshow(grid, origin="lower", aspect="auto", cmap="cividis", norm=scale)
    _ticks(ax, across, columns, axis="x")
    _ticks(ax, upwards, lines, axis="y")
    if grid.size <= _CELLS_WITH_NUMBERS and _has_room(ax, measure, grid):
        _write_numbers(ax, measure, grid, scale)
    bar = scale_beside(ax, image)
    bar.set_label(measure, fontsize=SMALL)
    show_measure(bar.ax.xaxis if is_narrow(ax) else bar.ax.yaxis, measure)
    titled(ax, f"{sweep.scenario.name}: {replication}")
    return ax


def _has_room(ax: Axes, measure: str, values: Floats) -> bool:
    """Return whether the cells of a narrow figure have room for their numbers."""
    if not is_narrow(ax):
        return True
    texts = (shown_number(measure, value) for _, value in _cells(values.tolist()))
    return bool(max(map(text_width, texts)) < points_of(ax.xaxis) / values.shape[1])


def _scale(values: Floats) -> Normalize:
    """Return how colours follow numbers: by factors where they differ by much, else evenly."""
    from matplotlib.colors import LogNorm, Normalize

    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    return LogNorm(low, high) if low > 0 and high / low >= _MUCH else Normalize(low, high)


def _write_numbers(ax: Axes, measure: str, values: Floats, scale: Normalize) -> None:
    for (row, column), value in _cells(values.tolist()):
        colour = _LIGHT if np.isnan(value) or scale(value) <= 0.5 else _DARK
        text = shown_number(measure, value)
        ax.text(column, row, text, ha="center", va="center", fontsize=SMALL - 1, color=colour)


def _cells(rows: list[list[float]]) -> list[tuple[tuple[int, int], float]]:
    return [((i, j), value) for i, row in enumerate(rows) for j, value in enumerate(row)]


def _ticks(ax: Axes, vary: VariedParameter, values: Sequence[JsonValue], axis: str) -> None:
    chosen = ax.xaxis if axis == "x" else ax.yaxis
    texts = [shown(vary.text(value), 20) for value in values]
    chosen.set_ticks(list(range(len(values))), labels=texts, fontsize=SMALL)
    chosen.set_label_text(shown(vary.path, 60), fontsize=SMALL, parse_math=False)


def _tornado(sweep: SweepPoints, measure: str, replication: str, ax: Axes) -> Axes:
    """Draw a bar for each value alone, with the interval of its paired difference."""
    rows = sweep.changes(measure, replication)
    by_path = {vary.path: vary for vary in sweep.parameters}
    paths = list(dict.fromkeys(row.path for row in rows))
    for row, y, height in _bars(rows, paths):
        by, colour = row.change.difference, ORANGE if row.change.difference > 0 else BLUE
        ax.barh(y, by, height=0.9 * height, color=colour, alpha=0.7)
        if row.change.low is not None and row.change.high is not None:
            ax.plot([row.change.low, row.change.high], [y, y], color=GREY, linewidth=1)
        _label(ax, by_path[row.path].text(row.value), _end(row.change), y)
    ax.axvline(0, color=GREY, linewidth=0.8)
    labels = [shown(path, 40) for path in paths]
    name_rows(ax, [-k for k in range(len(paths))], labels, SMALL, half=_PLACE / 2)
    ax.margins(x=0.2)
    ax.set_xlabel(f"change of {measure}", fontsize=SMALL)
    show_measure(ax.xaxis, measure)
    titled(ax, f"{sweep.scenario.name}: {replication}")
    return ax


def _bars(
    rows: Sequence[ValueChange], paths: list[str]
) -> Iterator[tuple[ValueChange, float, float]]:
    """Yield each row with the middle and the height of its bar.

    Bars of one parameter on the same side of 0 share the height of its place among them.
    """
    for place, path in enumerate(paths):
        for is_rise in (False, True):
            of_path = [row for row in rows if row.path == path]
            side = [row for row in of_path if (row.change.difference > 0) == is_rise]
            height = _PLACE / max(len(side), 1)
            for k, row in enumerate(side):
                yield row, _PLACE / 2 - place - (k + 0.5) * height, height


def _end(change: Difference) -> float:
    """Return where the bar of a change and its interval end, seen from 0."""
    ends = [end for end in (change.difference, change.low, change.high) if end is not None]
    return max(ends) if change.difference > 0 else min(ends)


def _label(ax: Axes, text: str, end: float, y: float) -> None:
    side = "left" if end > 0 else "right"
    offset = 3 if end > 0 else -3
    ax.annotate(
        shown(text, 20),
        (end, y),
        xytext=(offset, 0),
        textcoords="offset points",
        ha=side,
        va="center",
        fontsize=SMALL - 1,
    )
