"""The figures of a sweep: a curve with its band, a heat map, a tornado."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from efssim.report.figures.drawing.axes import shown, titled
from efssim.report.figures.drawing.style import BLUE, GREY, ORANGE, SMALL, axes_for, styled
from efssim.report.figures.drawing.values import show_measure, value_axis
from efssim.report.text.sweep import shown as shown_number
from efssim.study.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from efssim.study.varying.points import SweepPoints
    from efssim.study.varying.space import VariedParameter

_LIGHT, _DARK = "#fdfdfd", "#111111"
"""Colours of numbers on cells, which are the same on a dark page."""
_PLACE = 0.8
"""Height of the bars of a parameter; from one parameter to the next it is 1."""
Row = dict[Any, Any]
_CELLS_WITH_NUMBERS = 60
"""Cells of a heat map up to which each shows its number."""


@styled
def plot_sweep(sweep: SweepPoints, measure: str, replication: str, ax: Axes | None = None) -> Axes:
    """Draw a measure of a sweep; StudyError for a grid of more than two parameters."""
    if sweep.one_at_a_time:
        return _tornado(sweep, measure, replication, axes_for(ax))
    if len(sweep.parameters) > 2:
        raise StudyError("a grid of more than two parameters has no figure; see `means`")
    draw = _curve if len(sweep.parameters) == 1 else _heat_map
    return draw(sweep, measure, replication, axes_for(ax))


def _curve(sweep: SweepPoints, measure: str, replication: str, ax: Axes) -> Axes:
    (vary,) = sweep.parameters
    table = sweep.means(measure, replication)
    numbers = [value for value in table[vary.path] if isinstance(value, int | float)]
    is_number = len(numbers) == len(table) and max(numbers) < float("inf")
    x = table[vary.path] if is_number else list(range(len(table)))
    if is_number:
        table = table.sort_values(vary.path)
        x = table[vary.path]
    if table["low"].notna().all():
        low, high = table["low"].to_numpy(), table["high"].to_numpy()
        ax.fill_between(x, low, high, color=BLUE, alpha=0.2, linewidth=0)
    ax.plot(x, table["mean"], color=BLUE, marker="o", markersize=3, linewidth=1.2)
    if is_number and len(table) > 1:
        value_axis(ax, vary, (float(min(numbers)), float(max(numbers))))
    else:
        _ticks(ax, vary, list(table[vary.path]), axis="x")
    ax.set_ylabel(measure, fontsize=SMALL)
    show_measure(ax.yaxis, measure)
    titled(ax, f"{sweep.scenario.name}: {replication}")
    return ax


def _heat_map(sweep: SweepPoints, measure: str, replication: str, ax: Axes) -> Axes:
    """Draw a cell for each combination, with its number where there is room."""
    across, upwards = sweep.parameters
    table = sweep.means(measure, replication)
    grid = table.pivot_table(
        index=upwards.path, columns=across.path, values="mean", sort=False, dropna=False
    )
    image = ax.imshow(grid.to_numpy(), origin="lower", aspect="auto", cmap="cividis")
    _ticks(ax, across, list(grid.columns), axis="x")
    _ticks(ax, upwards, list(grid.index), axis="y")
    if grid.size <= _CELLS_WITH_NUMBERS:
        _write_numbers(ax, measure, grid)
    figure = ax.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(image, ax=ax)
    bar.set_label(measure, fontsize=SMALL)
    show_measure(bar.ax.yaxis, measure)
    titled(ax, f"{sweep.scenario.name}: {replication}")
    return ax


def _write_numbers(ax: Axes, measure: str, grid: pd.DataFrame) -> None:
    values = grid.to_numpy(dtype=float)
    middle = (values.min() + values.max()) / 2
    for (row, column), value in _cells(values.tolist()):
        colour = _LIGHT if value <= middle else _DARK
        text = shown_number(measure, value)
        ax.text(column, row, text, ha="center", va="center", fontsize=SMALL - 1, color=colour)


def _cells(rows: list[list[float]]) -> list[tuple[tuple[int, int], float]]:
    return [((i, j), value) for i, row in enumerate(rows) for j, value in enumerate(row)]


def _ticks(ax: Axes, vary: VariedParameter, values: list[object], axis: str) -> None:
    chosen = ax.xaxis if axis == "x" else ax.yaxis
    texts = [shown(vary.text(value), 20) for value in values]
    chosen.set_ticks(list(range(len(values))), labels=texts, fontsize=SMALL)
    chosen.set_label_text(shown(vary.path, 60), fontsize=SMALL, parse_math=False)


def _tornado(sweep: SweepPoints, measure: str, replication: str, ax: Axes) -> Axes:
    """Draw a bar for each value alone, with the interval of its paired difference."""
    table = sweep.tornado(measure, replication)
    by_path = {vary.path: vary for vary in sweep.parameters}
    paths = list(dict.fromkeys(table["path"]))
    for row, y, height in _bars(table.to_dict("records"), paths):
        change = row["difference"]
        ax.barh(y, change, height=0.9 * height, color=ORANGE if change > 0 else BLUE, alpha=0.7)
        if not math.isnan(row["low"]):
            ax.plot([row["low"], row["high"]], [y, y], color=GREY, linewidth=1)
        _label(ax, by_path[row["path"]].text(row["value"]), _end(row), y)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.set_yticks([-k for k in range(len(paths))], labels=[shown(p, 40) for p in paths])
    ax.tick_params(axis="y", labelsize=SMALL)
    ax.margins(x=0.2)
    ax.set_xlabel(f"change of {measure}", fontsize=SMALL)
    show_measure(ax.xaxis, measure)
    titled(ax, f"{sweep.scenario.name}: {replication}")
    return ax


def _bars(rows: list[Row], paths: list[str]) -> Iterator[tuple[Row, float, float]]:
    """Yield each row with the middle and the height of its bar.

    Bars of one parameter on the same side of 0 share the height of its place among them.
    """
    for place, path in enumerate(paths):
        for is_rise in (False, True):
            side = [r for r in rows if r["path"] == path and (r["difference"] > 0) == is_rise]
            height = _PLACE / max(len(side), 1)
            for k, row in enumerate(side):
                yield row, _PLACE / 2 - place - (k + 0.5) * height, height


def _end(row: Row) -> float:
    """Return where the bar of a row and its interval end, seen from 0."""
    ends = [row[key] for key in ("difference", "low", "high") if not math.isnan(row[key])]
    return float(max(ends) if row["difference"] > 0 else min(ends))


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
