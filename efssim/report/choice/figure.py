"""The figure of a choice: the mean of each scenario with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import text_width, titled
from efssim.report.figures.drawing.rows import name_rows
from efssim.report.figures.drawing.style import BLUE, GREEN, GREY, SMALL, axes_for, styled
from efssim.runs.thresholds.numbers import unit_of
from efssim.study.choosing.sentences import choice_text
from efssim.study.choosing.summary import AlternativeSummary, choice_summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.study.choosing.choice import ChoiceFindings

_UNITS = {"seconds": " (s)", "bytes": " (bytes)", "share": " (%)", "number": ""}


@styled
def plot_choice(found: ChoiceFindings, ax: Axes | None = None) -> Axes:
    """Draw the mean of each scenario with its 95 % interval; return the Axes."""
    ax = axes_for(ax)
    said = choice_summary(found)
    unit = unit_of((*said.measure.split("."),))
    times = 100.0 if unit == "share" else 1.0
    for k, each in enumerate(said.alternatives):
        _draw(ax, each, k, times, _colour(found, k))
    names = [each.scenario for each in said.alternatives]
    ax.set_ylim(-len(names) + 0.5, 0.5)
    name_rows(ax, [-k for k in range(len(names))], names, SMALL - 1)
    ax.set_xlabel(f"{said.measure}{_UNITS[unit]}")
    titled(ax, f"the {said.best} is best", beside=max(map(text_width, names)))
    return ax


def _colour(found: ChoiceFindings, k: int) -> str:
    if k == found.best:
        return GREEN
    return BLUE if k in found.left else GREY


def _draw(ax: Axes, each: AlternativeSummary, k: int, times: float, colour: str) -> None:
    if each.interval is not None:
        low, high = each.interval
        ax.hlines(-k, times * low, times * high, color=colour, linewidth=2)
    if each.mean is not None:
        ax.plot([times * each.mean], [-k], "o", markersize=4, color=colour)


def choice_alt(found: ChoiceFindings) -> str:
    """Return a sentence on the figure."""
    return f"Mean {found.question.measure} of each scenario: {choice_text(found)}."
