"""The figures of parameter sets: each set by the unknown that matters most, and a tornado."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import is_narrow, legend_within, shown, titled
from efssim.report.figures.drawing.labels import Level, name_levels
from efssim.report.figures.drawing.rows import name_rows
from efssim.report.figures.drawing.style import (
    BLUE,
    GREY,
    ORANGE,
    SMALL,
    VERMILLION,
    axes_for,
    styled,
)
from efssim.report.words.lines import counted, percent
from efssim.study.uncertain.outcome import SetVerdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.scenario.unknowns.parameters import UncertainParameter
    from efssim.study.uncertain.study import SetStudy

_MARKS: dict[SetVerdict, tuple[str, str]] = {
    "met": ("o", BLUE),
    "missed": ("X", VERMILLION),
    "undecided": ("s", GREY),
}
"""Mark and colour of a set, by its verdict."""
_ROOM, _LEAST = 0.06, 1e-3
_LETTERS = 40


def shown_parameter(study: SetStudy, name: str) -> UncertainParameter:
    """Return the unknown that matters most for a replication, as far as that is known."""
    ranked: list[str] = []
    if study.sensitivity is not None:
        ranked = [part.path for part in study.sensitivity.replications[name].indices]
    ranked = ranked or [part.path for part in study.importance[name].parameters]
    by_path = {each.path: each for each in study.parameters}
    return by_path[ranked[0]] if ranked else study.parameters[0]


@styled
def plot_sets(study: SetStudy, name: str, ax: Axes | None = None) -> Axes:
    """Draw the attainment of each set against the unknown that matters most."""
    ax, chosen = axes_for(ax), shown_parameter(study, name)
    column = study.parameters.index(chosen)
    goal = 100 * study.scenario.rpo.attainment
    drawn = [goal]
    for verdict, (marker, colour) in _MARKS.items():
        points = [
            (study.design[each.number].values[column], 100 * part.attainment)
            for each in study.outcomes
            if (part := each.replications.get(name)) is not None
            and part.verdict == verdict
            and part.attainment is not None
        ]
        drawn += [y for _, y in points]
        ax.plot(
            [x for x, _ in points],
            [y for _, y in points],
            linestyle="none",
            marker=marker,
            markersize=4,
            color=colour,
            label=f"{verdict} ({len(points):,})",
        )
    _name_axes(ax, chosen)
    room = max(_LEAST, _ROOM * (max(drawn) - min(drawn)))
    ax.set_ylim(min(drawn) - room, max(drawn) + room)
    ax.axhline(goal, color=VERMILLION, linewidth=1.0, linestyle="--")
    name_levels(ax, [Level(goal, f"objective\n{percent(goal / 100)}", VERMILLION)])
    legend_within(ax, loc="lower right", fontsize=SMALL - 1, frameon=False)
    titled(ax, name)
    return ax


def _name_axes(ax: Axes, chosen: UncertainParameter) -> None:
    low, high = min(chosen.prior.support), max(chosen.prior.support)
    shares = (0.0, 0.5, 1.0) if is_narrow(ax) else (0.0, 0.25, 0.5, 0.75, 1.0)
    if chosen.prior.kind in ("loguniform", "lognormal"):
        ax.set_xscale("log")
        ticks = [low * (high / low) ** share for share in shares]
    else:
        ticks = [low + (high - low) * share for share in shares]
    ax.set_xticks(ticks, labels=[chosen.quantity.format(tick) for tick in ticks], fontsize=SMALL)
    ax.minorticks_off()
    ax.set_xlabel(shown(chosen.path, _LETTERS), fontsize=SMALL, parse_math=False)
    ax.set_ylabel("attainment (%)", fontsize=SMALL)


@styled
def plot_set_tornado(study: SetStudy, name: str, ax: Axes | None = None) -> Axes:
    """Draw attainment with each unknown at its 5 % and its 95 % quantile, the widest first."""
    ax, found = axes_for(ax), study.sensitivity
    assert found is not None, "a tornado comes with Sobol indices"
    part = found.replications[name]
    base = 100 * (part.at_medians or 0.0)
    for place, bar in enumerate(part.tornado):
        for end, colour in ((bar.at_low, BLUE), (bar.at_high, ORANGE)):
            ax.barh(-place, 100 * (end or 0.0) - base, left=base, height=0.7, color=colour)
    ax.axvline(base, color=GREY, linewidth=0.8)
    labels = [shown(bar.path, _LETTERS) for bar in part.tornado]
    name_rows(ax, [-place for place in range(len(labels))], labels, SMALL, half=0.35)
    ax.margins(x=0.1)
    ax.set_xlabel("attainment (%), blue at the 5 % and orange at the 95 % quantile", fontsize=SMALL)
    titled(ax, name)
    return ax


def sets_alt(study: SetStudy, name: str) -> str:
    """Return a sentence on the figure of the sets."""
    share = study.shares[name]
    return (
        f"{name}: attainment of each of {counted(share.count, 'parameter set')} against "
        f"{shown_parameter(study, name).path}; {share.met:,} meet the objective, "
        f"{share.missed:,} miss it, {share.undecided:,} are undecided."
    )


def tornado_alt(study: SetStudy, name: str) -> str:
    """Return a sentence on the tornado: the widest bar."""
    assert study.sensitivity is not None
    bar = study.sensitivity.replications[name].tornado[0]
    ends = " and ".join(percent(end or 0.0) for end in (bar.at_low, bar.at_high))
    return f"{name}: attainment by each unknown alone; the widest is {bar.path}, {ends}."
