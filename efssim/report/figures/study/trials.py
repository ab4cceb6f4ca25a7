"""The figures of a study: the attainment of its trials, and their lags together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import titled
from efssim.report.figures.drawing.labels import Level, name_levels
from efssim.report.figures.drawing.style import BLUE, GREY, VERMILLION, axes_for, styled
from efssim.report.figures.run.fleet import HasAge
from efssim.report.figures.run.lag import draw_lags
from efssim.report.words.lines import percent
from efssim.text.items import every_item, is_meant

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.study.run.trial_set import TrialSet

_ROOM = 0.06
"""Room above and below the points, as a share of their height."""
_LEAST = 1e-3
"""Height of the axis in per cent at least, so that equal trials are a line in its middle."""


@styled
def plot_pooled_lag(trials: TrialSet, name: str, ax: Axes | None = None) -> Axes:
    """Draw the exceedance curves of the lags over all trials together."""
    return draw_lags(trials.pool.exceedance(name), trials.scenario.rpo, name, axes_for(ax))


@styled
def plot_attained(trials: TrialSet, name: str, ax: Axes | None = None) -> Axes:
    """Draw the attainment of each trial, the least first, with mean, interval and objective."""
    ax, objective = axes_for(ax), 100 * trials.scenario.rpo.attainment
    attained = sorted(100 * share for share in attainments(trials, name))
    shares = [100 * (rank + 0.5) / len(attained) for rank in range(len(attained))]
    ax.plot(shares, attained, linestyle="none", marker="o", markersize=3, color=BLUE)
    ax.set(xlim=(0, 100), xlabel="trials with this attainment or less (%)", ylabel="attainment (%)")
    low, high = min([objective, *attained]), max([objective, *attained])
    room = max(_LEAST, _ROOM * (high - low))
    ax.set_ylim(low - room, high + room)
    ax.axhline(objective, color=VERMILLION, linewidth=1.0, linestyle="--")
    levels = [Level(objective, f"objective\n{percent(objective / 100)}", VERMILLION)]
    name_levels(ax, [*levels, *_draw_mean(ax, trials, name)])
    titled(ax, name)
    return ax


def ages_of_trials(trials: TrialSet, fleet: str) -> dict[str, HasAge]:
    """Return the mean ages of the items of a fleet over trials, by name."""
    every = every_item(fleet)
    return {name: means.age for name, means in trials.means.items() if is_meant(every, name)}


def attainments(trials: TrialSet, name: str) -> list[float]:
    """Return the attainment of each trial that has one."""
    parts = [trial.summary.replications.get(name) for trial in trials.trials]
    found = [part.rpo.attainment for part in parts if part is not None]
    return [share for share in found if share is not None]


def _draw_mean(ax: Axes, trials: TrialSet, name: str) -> list[Level]:
    """Draw the mean with its interval; return its level, if there is one."""
    mean = trials.means[name].rpo.attainment
    bounds = trials.intervals[name].rpo.attainment
    if bounds is not None:
        ax.axhspan(100 * bounds.low, 100 * bounds.high, color=BLUE, alpha=0.15, linewidth=0)
    if mean is None:
        return []
    ax.axhline(100 * mean, color=GREY, linewidth=0.8)
    return [Level(100 * mean, f"mean\n{percent(mean)}", GREY)]
