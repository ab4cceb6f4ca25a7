"""Figures that are drawn once for each file, wide ones and narrow ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure, SubplotParams
from matplotlib.layout_engine import PlaceHolderLayoutEngine

from efssim.report.figures.drawing.axes import points_of, text_width
from efssim.report.figures.drawing.style import NARROW_SIZE

if TYPE_CHECKING:
    from matplotlib.text import Text


_AXES = {"left": 0.28, "right": 0.85, "bottom": 0.2, "top": 0.9}
"""About where the axes of a narrow figure are in it, before the layout decides about it."""


class WholeFigure(Figure):
    """A figure for files alone.

    Saving one draws it twice: first to nowhere, so that its layout is made, then as it is. Here the
    first time makes the layout and nothing else.
    """

    def draw(self, renderer: RendererBase) -> None:
        """Make the layout if there is one to make, else draw."""
        layout = self.get_layout_engine()
        if layout is None or isinstance(layout, PlaceHolderLayoutEngine):
            super().draw(renderer)
        else:
            layout.execute(self)


class NarrowFigure(WholeFigure):
    """A figure for the narrow column of a phone: legends below, long labels on several lines."""

    is_narrow = True
    """As the functions that draw ask."""

    def __init__(self) -> None:
        super().__init__(
            figsize=NARROW_SIZE, layout="constrained", subplotpars=SubplotParams(**_AXES)
        )

    def draw(self, renderer: RendererBase) -> None:
        """Make the layout with labels as long as their axes at most, or draw."""
        if not isinstance(self.get_layout_engine(), PlaceHolderLayoutEngine):
            for ax in self.axes:
                _wrap(ax.yaxis.label, points_of(ax.yaxis))
                _wrap(ax.xaxis.label, points_of(ax.xaxis))
        super().draw(renderer)


def _wrap(label: Text, points: float) -> None:
    """Break a label into lines that are not longer than some points, where it has spaces."""
    size = float(label.get_fontsize())
    lines: list[str] = []
    for word in label.get_text().split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= points:
            lines[-1] = longer
        else:
            lines.append(word)
    label.set_text("\n".join(lines))
