"""How the ages of the items of a fleet differ, with the RPO target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from efssim.report.figures.drawing.axes import legend_above, titled
from efssim.report.figures.drawing.labels import Level, name_levels
from efssim.report.figures.drawing.style import BLUE, GREY, ORANGE, VERMILLION, axes_for, styled
from efssim.report.words.lines import counted
from efssim.report.words.terms import AGE_NAME
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVES: Mapping[str, tuple[str, str]] = {
    "mean": ("mean", GREY),
    "p99": ("p99", BLUE),
    "max": ("worst", ORANGE),
}
"""Numbers of the age that are drawn, with their names and colours."""
_MOST = 400
"""Items that are drawn; a figure has not more points across."""


class HasAge(Protocol):
    """The numbers of an age."""

    @property
    def mean(self) -> float | None:
        """Over time."""

    @property
    def p99(self) -> float | None:
        """Exceeded for 1 % of the time."""

    @property
    def max(self) -> float | None:
        """The largest."""


@styled
def plot_fleet(
    ages: Mapping[str, HasAge], target_s: float, name: str, ax: Axes | None = None
) -> Axes:
    """Draw mean, p99 and worst age of each item, the least first, with the RPO target.

    `ages` are those of the items of a fleet with a name.
    """
    from efssim.report.figures.drawing.ticks import show_durations

    ax, handles, top_s = axes_for(ax), {}, target_s
    for key, (title, colour) in CURVES.items():
        values = ages_of(ages, key)
        if not values:
            continue
        ranks = _drawn_ranks(len(values))
        shares = [100 * (rank + 1) / len(ages) for rank in ranks]
        drawn = [values[rank] for rank in ranks]
        (handles[title],) = ax.step([0.0, *shares], [values[0], *drawn], color=colour)
        top_s = max(top_s, values[-1])
    ax.set(xlim=(0, 100), ylim=(0, 1.08 * top_s), ylabel=AGE_NAME)
    ax.set_xlabel("items with this age or less (%)")
    show_durations(ax.yaxis)
    ax.axhline(target_s, color=VERMILLION, linewidth=1.0, linestyle="--")
    name_levels(ax, [Level(target_s, f"RPO\n{format_duration(target_s)}", VERMILLION)])
    titled(ax, name, legend_above(ax, handles) if handles else 0.0)
    return ax


def _drawn_ranks(count: int) -> list[int]:
    """Return the ranks of the items that are drawn: of many, evenly spread ones and the last."""
    if count <= _MOST:
        return list(range(count))
    return [(k + 1) * count // _MOST - 1 for k in range(_MOST)]


def ages_of(ages: Mapping[str, HasAge], key: str) -> list[float]:
    """Return a number of the age of each item that has it, in rising order."""
    found: list[float | None] = [getattr(age, key) for age in ages.values()]
    return sorted(value for value in found if value is not None)


def fleet_alt(ages: Mapping[str, HasAge], target_s: float, name: str) -> str:
    """Return the figure in words."""
    parts = []
    for key, (title, _) in CURVES.items():
        values = ages_of(ages, key)
        if values:
            ends = f"{format_duration(values[0])} to {format_duration(values[-1])}"
            parts.append(f"{title} {ends}")
    without = len(ages) - len(ages_of(ages, "max"))
    lacking = f" {counted(without, 'item')} without an age." if without else ""
    told = ", ".join(parts) or "none is defined"
    return (
        f"{name}: {AGE_NAME} of {counted(len(ages), 'item')}: {told}; "
        f"the RPO target is {format_duration(target_s)}.{lacking}"
    )
