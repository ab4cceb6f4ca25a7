"""The figure of a plan over parameter sets: the share that meets the objective, by value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import legend_within, titled
from efssim.report.figures.drawing.labels import Level, name_levels
from efssim.report.figures.drawing.style import (
    BLUE,
    GREEN,
    GREY,
    SMALL,
    VERMILLION,
    axes_for,
    styled,
)
from efssim.report.figures.drawing.values import value_axis
from efssim.report.words.lines import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.study.uncertain.planning import SetPlanFindings

_KINDS = (
    (True, GREEN, "o", "shown"),
    (None, GREY, "s", "not shown"),
    (False, VERMILLION, "X", "missed"),
)


@styled
def plot_set_plan(plan: SetPlanFindings, ax: Axes | None = None) -> Axes:
    """Draw the interval of the share of sets at each value, the asked share and the answer."""
    ax = axes_for(ax)
    for met, colour, marker, label in _KINDS:
        some = [made for made in plan.evaluations if made.met is met]
        for made in some:
            ends = [100 * made.share.low, 100 * made.share.high]
            ax.plot([made.value] * 2, ends, color=colour, linewidth=1.0)
        ax.plot(
            [made.value for made in some],
            [100 * made.share.met / max(1, made.share.count) for made in some],
            linestyle="none",
            marker=marker,
            markersize=4,
            color=colour,
            label=label,
        )
    asked = 100 * plan.share_of_sets
    ax.axhline(asked, color=VERMILLION, linewidth=1.0, linestyle="--")
    ax.set_ylim(-4, 104)
    name_levels(ax, [Level(asked, f"asked\n{percent(asked / 100)}", VERMILLION)])
    if plan.answer is not None:
        ends = sorted((plan.answer.fails_at, plan.answer.holds_at))
        ax.axvspan(*ends, color=BLUE, alpha=0.3, linewidth=0)
    value_axis(ax, plan.parameter, plan.between)
    ax.set_ylabel("parameter sets that meet the objective (%)", fontsize=SMALL)
    legend_within(ax, fontsize=SMALL - 1, frameon=False, loc="best")
    titled(ax, plan.scenario.name)
    return ax
