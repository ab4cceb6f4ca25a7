"""Figures. They take and return matplotlib Axes; durations are minutes or hours, not 3600."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# Okabe and Ito's palette, told apart by colour-blind readers.
_AGE, _TARGET = "#0072b2", "#d55e00"


def plot_age(age: pd.DataFrame, target_s: float, title: str, ax: Axes | None = None) -> Axes:
    """Draw a sawtooth of `age_s` (see Result.age) and the RPO target."""
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
    top_s = max(target_s, float(age["age_s"].max()) if len(age) else 0.0)
    unit_s, unit = _unit(top_s)
    ax.fill_between(age.index, age["age_s"] / unit_s, color=_AGE, alpha=0.15, linewidth=0)
    ax.plot(age.index, age["age_s"] / unit_s, color=_AGE, linewidth=0.8)
    ax.axhline(target_s / unit_s, color=_TARGET, linewidth=1.2, linestyle="--")
    ax.annotate(
        "RPO target",
        (1, target_s / unit_s),
        xycoords=("axes fraction", "data"),
        xytext=(-4, 3),
        textcoords="offset points",
        ha="right",
        color=_TARGET,
    )
    ax.set(ylabel=f"time since last sync ({unit})", ylim=(0, 1.15 * top_s / unit_s), title=title)
    if len(age):
        ax.set_xlim(age.index[0], age.index[-1])
    ax.spines[["top", "right"]].set_visible(False)
    _date_axis(ax)
    return ax


def _date_axis(ax: Axes) -> None:
    from matplotlib import dates

    locator = dates.AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
    ax.xaxis.set_major_locator(locator)
    formatter = dates.ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]  # as above
    ax.xaxis.set_major_formatter(formatter)
    ax.set_xlabel("simulated time (UTC)")


def _unit(seconds: float) -> tuple[float, str]:
    for limit, unit, name in ((180, 1, "s"), (3 * 3600, 60, "min"), (3 * 86_400, 3600, "h")):
        if seconds < limit:
            return unit, name
    return 86_400, "days"
