"""The curves over time that Axes have already, so that another one differs from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


@dataclass(frozen=True)
class CurveMark:
    """A curve in some Axes, however many artists draw it."""

    label: str
    colour: str
    changed: Callable[[], None]
    """Called when another curve has come into the Axes."""

    def put_into(self, ax: Axes) -> None:
        """Let `curves_in` find the mark: on an artist that is never drawn."""
        from matplotlib.artist import Artist

        artist: Any = Artist()
        artist.mark = self
        ax.add_artist(artist)

    def sample(self) -> Line2D:
        """Return the sample of it for a legend."""
        from matplotlib.lines import Line2D

        return Line2D([], [], color=self.colour, linewidth=1.5)


def curves_in(ax: Axes) -> list[CurveMark]:
    """Return the marks of the curves in some Axes, in the order in which they came."""
    marks: list[Any] = [getattr(child, "mark", None) for child in ax.get_children()]
    return [mark for mark in marks if isinstance(mark, CurveMark)]
