"""The figure of a plan: attainment against the value, with its band and the objective."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import legend_within, shown, titled
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

    from efssim.study.planning.evaluation import Evaluation
    from efssim.study.planning.findings import PlanFindings

_ROOM = 0.08
"""Room above and below the curve, as a share of its height."""


@styled
def plot_attainment(plan: PlanFindings, ax: Axes | None = None) -> Axes:
    """Draw mean attainment with its bounds, the objective and the answer; return the Axes."""
    ax = axes_for(ax)
    made = sorted((e for e in plan.evaluations if e.stage == "search"), key=lambda e: e.value)
    values = [e.value for e in made]
    ax.fill_between(
        values,
        [100 * e.interval.low for e in made],
        [100 * e.interval.high for e in made],
        color=BLUE,
        alpha=0.2,
        linewidth=0,
    )
    ax.plot(values, [100 * e.attainment for e in made], color=BLUE, linewidth=1.2)
    _draw_objective(ax, plan)
    _draw_points(ax, made)
    if plan.answer is not None:
        _draw_answer(ax, plan)
    value_axis(ax, plan.parameter, plan.between)
    ax.set_ylabel("attainment (%)")
    titled(ax, plan.scenario.name)
    return ax


def _draw_points(ax: Axes, made: list[Evaluation]) -> None:
    kinds = (
        (True, GREEN, "o", "meets the objective"),
        (None, GREY, "o", "not shown"),
        (False, VERMILLION, "x", "does not"),
    )
    for met, colour, marker, label in kinds:
        some = [e for e in made if e.met is met]
        if not some and met is None:
            continue
        ax.plot(
            [e.value for e in some],
            [100 * e.attainment for e in some],
            linestyle="none",
            marker=marker,
            markersize=4,
            color=colour,
            label=label,
        )
    legend_within(ax, fontsize=SMALL - 1, frameon=False, loc="best")


def _draw_objective(ax: Axes, plan: PlanFindings) -> None:
    share = 100 * plan.objective.attainment
    low = min([share, *(100 * e.interval.low for e in plan.evaluations)])
    room = max(_ROOM * (100 - low), 1e-3)
    ax.set_ylim(low - room, 100 + room)
    ax.axhline(share, color=VERMILLION, linewidth=1.0, linestyle="--")
    name_levels(ax, [Level(share, f"objective\n{percent(share / 100)}", VERMILLION)])


def _draw_answer(ax: Axes, plan: PlanFindings) -> None:
    assert plan.answer is not None
    fails, holds = plan.answer.fails_at, plan.answer.holds_at
    ax.axvspan(min(fails, holds), max(fails, holds), color=GREEN, alpha=0.35, linewidth=0)
    sign = "≥" if plan.direction == "smallest" else "≤"
    ax.annotate(
        f"{sign} {shown(plan.parameter.text(holds), 24)}",
        (holds, 0.5),
        xycoords=("data", "axes fraction"),
        xytext=(4, 0),
        textcoords="offset points",
        fontsize=SMALL,
        color=GREEN,
    )
