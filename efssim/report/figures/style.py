"""The one style of all figures: palette, sizes, and how axes look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, cast

if TYPE_CHECKING:
    from matplotlib.axes import Axes

P = ParamSpec("P")

# Okabe and Ito's palette, told apart by colour-blind readers (https://jfly.uni-koeln.de/color/).
BLUE, SKY, GREEN = "#0072b2", "#56b4e9", "#009e73"
ORANGE, VERMILLION, PURPLE, YELLOW = "#e69f00", "#d55e00", "#cc79a7", "#f0e442"
GREY, PALE = "#555555", "#e4e4e4"

FIGURE_SIZE = (8.0, 3.2)
"""Inches."""
SMALL = 8
"""Points of ticks, labels inside the axes and legends."""

STYLE: dict[str, Any] = {
    "font.size": SMALL + 1,
    "axes.titlesize": SMALL + 2,
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.formatter.use_locale": False,  # the same figure wherever it is drawn
    "grid.color": PALE,
    "grid.linewidth": 0.6,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "legend.edgecolor": "none",
    "legend.framealpha": 0.85,
    "lines.linewidth": 1.2,
}
"""What differs from matplotlib's own style."""


def styled(draw: Callable[P, Axes]) -> Callable[P, Axes]:
    """Let a function draw in our style; the user's own is as it was afterwards."""

    @wraps(draw)
    def in_style(*args: P.args, **options: P.kwargs) -> Axes:
        with our_style():
            return draw(*args, **options)

    return in_style


@contextmanager
def our_style() -> Iterator[None]:
    """Let what is made inside look like all figures; afterwards the user's own style is back.

    matplotlib's `style.context` would put back every parameter, also those that a backend sets when
    its first figure loads it. Jupyter's says there that figures are shown.
    """
    import matplotlib

    parameters = cast("dict[str, Any]", matplotlib.rcParams)  # typed by the literals of its keys
    before = {key: parameters[key] for key in STYLE}
    parameters.update(STYLE)
    try:
        yield
    finally:
        parameters.update(before)


def axes_for(ax: Axes | None) -> Axes:
    """Return the Axes to draw in, a new one of pyplot's if there is none."""
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=FIGURE_SIZE, layout="constrained")
    # Axes of the user's were made in another style.
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["bottom", "left"]].set_edgecolor(GREY)
    ax.tick_params(which="both", labelsize=SMALL, color=GREY, labelcolor=GREY)
    ax.xaxis.label.set(color=GREY, fontsize=SMALL + 1)
    ax.yaxis.label.set(color=GREY, fontsize=SMALL + 1)
    ax.set_axisbelow(True)
    ax.grid(visible=False)
    return ax
