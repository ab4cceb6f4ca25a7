"""The figure of a comparison: relative changes of the main measures, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efssim.lag.summary import AGE
from efssim.report.figures.drawing.axes import text_width, titled
from efssim.report.figures.drawing.rows import name_rows
from efssim.report.figures.drawing.style import BLUE, GREY, ORANGE, SMALL, axes_for, styled
from efssim.report.figures.run.lag import ShownCurve, draw_curves
from efssim.report.verdicts.varied.compared import shown_differences
from efssim.report.words.compare_shares import SHARES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efssim.study.varying.paired import MeasureDifference, PairedTrials

_LOOKS = ((BLUE, 2.4, "-"), (ORANGE, 1.6, "-"))


@styled
def plot_comparison(comparison: PairedTrials, ax: Axes | None = None) -> Axes:
    """Draw the change of each main measure in per cent of the first mean; return the Axes.

    Shares change in percentage points.
    """
    ax = axes_for(ax)
    rows = drawn_differences(comparison)
    percents = [_percents(row) for row in rows]
    y = -np.arange(len(rows))
    ax.axvline(0, color=GREY, linewidth=0.8)
    low, change, high = np.array(percents, dtype=np.float64).reshape(-1, 3).T
    ax.hlines(y, low, high, color=BLUE, linewidth=2)
    ax.plot(change, y, linestyle="none", marker="o", markersize=4, color=BLUE)
    several = len({row.replication for row in rows}) > 1
    names = [f"{row.replication} {row.measure}" if several else row.measure for row in rows]
    name_rows(ax, y.tolist(), names, SMALL - 1)
    ax.set_xlabel("change (%; of shares, percentage points)")
    title = f"{comparison.second.scenario.name} against {comparison.first.scenario.name}"
    titled(ax, title, beside=max(map(text_width, names), default=0.0))
    return ax


@styled
def plot_compared_lag(
    comparison: PairedTrials, names: tuple[str, str], ax: Axes | None = None
) -> Axes:
    """Draw how often the age is longer than x in both studies, over all trials; return the Axes.

    `names` are the replication in the first and in the second. Target and objective are those of
    the first.
    """
    studies = zip((comparison.first, comparison.second), names, _LOOKS, strict=True)
    curves = [
        ShownCurve(study.scenario.name, found, look, True)
        for study, name, look in studies
        if (found := study.pool.exceedance(name)[AGE]).value_s.any()
    ]
    title = names[0] if names[0] == names[1] else ", ".join(names)
    return draw_curves(curves, comparison.first.scenario.rpo, title, axes_for(ax))


def drawn_differences(comparison: PairedTrials) -> list[MeasureDifference]:
    """Return the main measures that have a relative change worth drawing."""
    # Seconds of violation change by any factor, and attainment says the same.
    return [
        row
        for row in shown_differences(comparison)
        if row.first and row.measure != "rpo.violation_s"
    ]


def _percents(row: MeasureDifference) -> tuple[float, float, float]:
    """Return the change between its bounds, in per cent of the first mean or in points."""
    is_share = row.measure.split(".")[-1] in SHARES
    times = 100.0 if is_share else 100 / abs(row.first)
    ends = (row.low, row.difference, row.high)
    low, change, high = (np.nan if end is None else times * end for end in ends)
    return low, change, high
