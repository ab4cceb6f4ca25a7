"""The figure of a comparison: relative changes of the main measures, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efssim.report.figures.drawing.axes import text_width, titled
from efssim.report.figures.drawing.style import BLUE, GREY, SMALL, axes_for, styled
from efssim.report.words.compare_shares import SHARES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from efssim.study.varying.paired import PairedTrials


@styled
def plot_comparison(comparison: PairedTrials, ax: Axes | None = None) -> Axes:
    """Draw the change of each main measure in per cent of the first mean; return the Axes.

    Shares change in percentage points.
    """
    ax = axes_for(ax)
    table = drawn_rows(comparison)
    is_share = table["measure"].str.split(".").str[-1].isin(SHARES)
    percent = (100 / table["first"].abs()).where(~is_share, 100.0)
    change, y = percent * table["difference"], -table.index.to_numpy()
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.hlines(y, percent * table["low"], percent * table["high"], color=BLUE, linewidth=2)
    ax.plot(change, y, linestyle="none", marker="o", markersize=4, color=BLUE)
    several = table["replication"].nunique() > 1
    names = [
        f"{name} {measure}" if several else measure
        for name, measure in zip(table["replication"], table["measure"], strict=True)
    ]
    ax.set_yticks(y, labels=names)
    ax.tick_params(axis="y", labelsize=SMALL - 1)
    ax.set_xlabel("change (%; of shares, percentage points)")
    title = f"{comparison.second.scenario.name} against {comparison.first.scenario.name}"
    titled(ax, title, beside=max(map(text_width, names), default=0.0))
    return ax


def drawn_rows(comparison: PairedTrials) -> pd.DataFrame:
    """Return the rows of the main measures that have a relative change worth drawing."""
    table = comparison.main
    # Seconds of violation change by any factor, and attainment says the same.
    is_drawn = (table["first"] != 0) & (table["measure"] != "rpo.violation_s")
    return table[is_drawn].reset_index(drop=True)
