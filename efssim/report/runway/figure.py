"""The figure of a runway: attainment by month, with its band, the objective and the changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import legend_above, titled
from efssim.report.figures.drawing.labels import Level, name_levels
from efssim.report.figures.drawing.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    axes_for,
    styled,
)
from efssim.report.words.lines import percent
from efssim.study.runway.findings import ChangeOutcome, MonthOutcome, RunwayFindings
from efssim.study.runway.sentences import answer_text, said_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_ROOM = 0.08
"""Room above and below the curve, as a share of its height."""
_SHORTFALLS = 20.0
"""Height of the figure at most, in shortfalls of the objective; chosen: months that miss by far do
not flatten those around the first one."""
_DRAWN = ((ORANGE, "-."), (PURPLE, ":"), (SKY, "--"))
"""Colours and lines of the changes that help most."""


@styled
def plot_runway(found: RunwayFindings, ax: Axes | None = None) -> Axes:
    """Draw mean attainment by month with its bounds, and the three best changes; return the Axes.

    Months that miss the objective by far leave the figure below.
    """
    from matplotlib.ticker import MaxNLocator

    ax = axes_for(ax)
    months = [each.month for each in found.months]
    low, high = ([100 * each.interval[k] for each in found.months] for k in (0, 1))
    ax.fill_between(months, low, high, color=BLUE, alpha=0.2, linewidth=0)
    (line,) = ax.plot(months, [100 * each.attainment for each in found.months], color=BLUE)
    handles: dict[str, Artist] = {"as it is": line}
    for change, (colour, style) in zip(best_changes(found), _DRAWN, strict=False):
        values = [100 * each.attainment for each in change.months]
        (line,) = ax.plot(
            [each.month for each in change.months], values, color=colour, linestyle=style
        )
        handles[change.name] = line
    handles |= _points(ax, found.months)
    _objective(ax, found)
    _first(ax, found)
    ax.set_xlim(-0.5, found.horizon + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("month")
    ax.set_ylabel("attainment (%)")
    titled(ax, found.scenario.name)
    legend_above(ax, handles)
    return ax


def best_changes(found: RunwayFindings) -> list[ChangeOutcome]:
    """Return the changes that buy most months, the best first; none that buys nothing."""
    return [each for each in found.by_help if each.at_least > 0][: len(_DRAWN)]


def runway_alt(found: RunwayFindings) -> str:
    """Return a sentence on the figure: its answer, and the changes that help most."""
    best = [f"{each.name} buys {each.at_least}" for each in best_changes(found)]
    more = f"; of the changes drawn {', '.join(best)} months" if best else ""
    return f"Attainment by month: {answer_text(found)}{more}."


def _points(ax: Axes, months: tuple[MonthOutcome, ...]) -> dict[str, Artist]:
    kinds = (
        (GREEN, "o", "met"),
        (GREY, "s", "met so far"),
        (GREY, "o", "not decided"),
        (VERMILLION, "x", "missed"),
    )
    handles: dict[str, Artist] = {}
    for colour, marker, label in kinds:
        some = [each for each in months if _label(each) == label]
        if some:
            (handles[label],) = ax.plot(
                [each.month for each in some],
                [100 * each.attainment for each in some],
                linestyle="none",
                marker=marker,
                markersize=4,
                color=colour,
            )
    return handles


def _label(made: MonthOutcome) -> str:
    """Return the kind of a month: the words of its verdict but for its divergence."""
    return said_of(made).partition(", ")[0]


def _objective(ax: Axes, found: RunwayFindings) -> None:
    share = 100 * found.objective.attainment
    shortfall = max(100 - share, 0.1)
    lowest = min(100 * each.attainment for each in found.months)
    low = min(share, max(lowest, 100 - _SHORTFALLS * shortfall))
    room = max(_ROOM * (100 - low), 1e-3)
    ax.set_ylim(low - room, 100 + room)
    ax.axhline(share, color=VERMILLION, linewidth=1.0, linestyle="--")
    name_levels(ax, [Level(share, f"objective\n{percent(share / 100)}", VERMILLION)])


def _first(ax: Axes, found: RunwayFindings) -> None:
    """Shade the interval of the first missed month, and mark it."""
    low, high = found.interval
    if found.first_missed is None or low is None:
        return
    end = found.horizon if high is None else high
    if end > low:
        ax.axvspan(low, end, color=VERMILLION, alpha=0.1, linewidth=0)
    ax.axvline(found.first_missed, color=VERMILLION, linewidth=0.8)
