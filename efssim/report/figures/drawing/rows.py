"""Names of rows and scales of colours: beside the axes, in a narrow figure above and below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from efssim.report.figures.drawing.axes import is_narrow, shown, text_width
from efssim.report.figures.drawing.style import SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colorbar import Colorbar

_LINE = SMALL + 5.0
"""Height of a name above its row, with the space around it, in points."""
_AROUND = 90.0
"""Height of everything but the rows of a narrow figure, in points."""
_WIDTH = 165.0
"""Points that a name above its row has."""


def name_rows(
    ax: Axes, places: Sequence[float], names: Sequence[str], size: float, half: float = 0.0
) -> None:
    """Write the names of rows, which are 1 apart on the y axis, left of it.

    In a narrow figure they stand above the rows, each of which is `half` high on either side of its
    place, and the figure becomes as high as it needs to be.
    """
    if not is_narrow(ax) or not names:
        ax.set_yticks(places, labels=names, fontsize=size)
        return
    ax.set_yticks(places, labels=[""] * len(places))
    upwards = -1 if ax.yaxis_inverted() else 1
    for place, name in zip(places, names, strict=True):
        ax.annotate(
            _fitting(name),
            (0, place + upwards * half),
            xycoords=("axes fraction", "data"),
            xytext=(2, 2 if half else 4),
            textcoords="offset points",
            fontsize=SMALL - 1,
            parse_math=False,
        )
    # The name of a row has the room up to the next one, also that of the last.
    beyond = max(0.5, 1 - half) if half else 0.6
    first, last = (places[0], places[-1]) if places[0] < places[-1] else (places[-1], places[0])
    below, above = (half + 0.1, beyond) if upwards > 0 else (beyond, half + 0.1)
    low, high = first - below, last + above
    ax.set_ylim((low, high) if upwards > 0 else (high, low))
    figure = ax.get_figure(root=True)
    assert figure is not None
    row = max(_LINE / (1 - 2 * half), 2 * _LINE * (not half))
    figure.set_figheight(max(1.8, (_AROUND + (high - low) * row) / 72))


def scale_beside(ax: Axes, colours: ScalarMappable, **wide: Any) -> Colorbar:
    """Draw the scale of colours beside the axes, in a narrow figure below them.

    `wide` are options of matplotlib for the former.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    if is_narrow(ax):
        return figure.colorbar(colours, ax=ax, location="bottom", aspect=25, pad=0.03)
    return figure.colorbar(colours, ax=ax, **wide)


def _fitting(name: str) -> str:
    """Return a name that is not wider than there is room for."""
    letters = len(name)
    while letters > 8 and text_width(shown(name, letters)) > _WIDTH:
        letters -= 1
    return shown(name, letters)
