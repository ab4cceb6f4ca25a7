"""Figures that are drawn once for each file."""

from __future__ import annotations

from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine


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
