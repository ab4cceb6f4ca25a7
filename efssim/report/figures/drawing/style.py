"""The one style of all figures: palette, sizes, and how axes look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from functools import wraps
from inspect import signature
from threading import RLock
from typing import TYPE_CHECKING, ParamSpec, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from matplotlib.axes import Axes

P = ParamSpec("P")
T = TypeVar("T")

DRAWING = RLock()
"""Held by the one thread that draws: matplotlib's parameters, and what warnings are shown, are of
the whole process, so a second thread would take the style of the first for the user's own."""

# Okabe and Ito's palette, told apart by colour-blind readers (https://jfly.uni-koeln.de/color/).
BLUE, SKY, GREEN = "#0072b2", "#56b4e9", "#009e73"
ORANGE, VERMILLION, PURPLE, YELLOW = "#e69f00", "#d55e00", "#cc79a7", "#f0e442"
GREY, PALE = "#555555", "#e4e4e4"


def _ramp(ends: tuple[str, str], levels: int) -> list[str]:
    """Return colours from one towards the other, which is left out."""
    low, high = ([int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in ends)
    shares = [level / levels for level in range(levels)]
    mixed = [[a + (b - a) * share for a, b in zip(low, high, strict=True)] for share in shares]
    return ["#" + "".join(f"{round(channel):02x}" for channel in colour) for colour in mixed]


HEAT_ENDS = ("#fbe3d6", "#d45c00", "#4a1d00")
"""Pale, vermillion (not to the last digit, as that stands for something else), dark."""
HEAT_HALF = 30
HEAT = (
    *_ramp(HEAT_ENDS[:2], HEAT_HALF),
    *_ramp(HEAT_ENDS[1:], HEAT_HALF),
    HEAT_ENDS[2],
)
"""A scale of shares: ever darker, which all readers can tell apart."""

FIGURE_SIZE = (8.0, 3.2)
"""Inches."""
NARROW_SIZE = (3.15, 2.7)
"""Inches of a figure for a phone: in a column of 358 pixels its smallest letters have 11."""
SMALL = 8
"""Points of ticks, labels inside the axes and legends."""

RcValue: TypeAlias = str | float | Sequence[str] | None
"""A value of matplotlib's parameters."""

STYLE: Mapping[str, RcValue] = {
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
"""Differences from matplotlib's own style."""


def alone(draw: Callable[P, T]) -> Callable[P, T]:
    """Let a function draw while no other thread of ours does."""

    @wraps(draw)
    def in_turn(*args: P.args, **options: P.kwargs) -> T:
        with DRAWING:
            return draw(*args, **options)

    return in_turn


def styled(draw: Callable[P, Axes]) -> Callable[P, Axes]:
    """Let a function with a parameter `ax` draw in our style; the user's is as it was afterwards.

    A figure of its own is as in files. In Axes of the user's, parameters that the style does not
    set are the user's: their background may be dark.
    """
    parameters = signature(draw)

    @wraps(draw)
    def in_style(*args: P.args, **options: P.kwargs) -> Axes:
        given = parameters.bind(*args, **options).arguments.get("ax")
        with our_style(whole=given is None):
            return draw(*args, **options)

    return in_style


_LOOKS = (
    *("axes.", "contour.", "errorbar.", "figure.", "font.", "grid.", "hatch.", "image.", "legend."),
    *("lines.", "markers.", "mathtext.", "patch.", "path.", "scatter.", "text.", "xaxis."),
    *("xtick.", "yaxis.", "ytick."),
)
"""Beginnings of the names of matplotlib's parameters that decide how a figure looks."""
_PIXELS = "figure.dpi"
"""How many pixels a screen has is no matter of style."""


@contextmanager
def our_style(*, whole: bool = False) -> Iterator[None]:
    """Let figures made inside look like all figures; afterwards the user's own style is back.

    `whole`: also where our style says nothing, as in matplotlib's own. Its `style.context` would
    put back every parameter, also those that a backend sets when its first figure loads it.
    Jupyter's says there that figures are shown. One thread is inside at a time.
    """
    from matplotlib import rcParams, rcParamsDefault

    parameters = cast(MutableMapping[str, RcValue], rcParams)
    plain = cast(Mapping[str, RcValue], rcParamsDefault)
    own = {key: plain[key] for key in plain if key.startswith(_LOOKS) and key != _PIXELS}
    wanted = {**own, **STYLE} if whole else STYLE
    with DRAWING:
        before = {key: parameters[key] for key in wanted}
        parameters.update(wanted)
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
