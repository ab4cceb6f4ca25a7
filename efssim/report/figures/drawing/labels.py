"""Labels of levels, at the right end of the axes, and of curves, beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from efssim.report.figures.drawing.axes import (
    is_narrow,
    legend_below,
    points_of,
    text_width,
    upwards,
)
from efssim.report.figures.drawing.style import SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

Floats = NDArray[np.float64]

Corner = Literal["lower left", "upper right", "lower right", "upper left"]
"""As matplotlib names them."""

LINE_HEIGHT = 1.25 * SMALL
"""Of a line of a label, in points."""
_STEP = 2.0
"""Distance of the points that stand for a curve, in points of a page."""
_TOGETHER, _APART = 4.0, 3.0
"""Curves never further apart than the first share a label; a label is nearer to its own curve than
to others by the second, in points."""
_FAR = 40.0
"""Distance from other curves beyond which it does not matter."""
_AXIS = 34.0
"""Height of the labels of the x axis."""
_ASIDE, _MARGIN = 5.0, 3.0
"""Distance of a label from its curve, and from everything else at least."""


class Level(NamedTuple):
    """A horizontal line with its label."""

    at: float
    """In units of the y axis."""
    text: str
    colour: str


class Box(NamedTuple):
    """A rectangle in points from the lower left corner of the axes."""

    left: float
    bottom: float
    right: float
    top: float

    def count(self, points: Floats, margin: float = 0.0) -> int:
        """Return how many of some points, of shape (points, 2), are inside or within a margin."""
        low = points >= (self.left - margin, self.bottom - margin)
        high = points <= (self.right + margin, self.top + margin)
        return int((low & high).all(axis=1).sum())

    def overlaps(self, other: Box) -> bool:
        """Return whether it has a point in common with another."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top

    def distance(self, points: Floats) -> float:
        """Return the distance to the nearest of some points."""
        x = np.maximum(self.left - points[:, 0], points[:, 0] - self.right).clip(min=0)
        y = np.maximum(self.bottom - points[:, 1], points[:, 1] - self.top).clip(min=0)
        return float(np.hypot(x, y).min(initial=np.inf))


@dataclass(frozen=True)
class Bundle:
    """Curves that lie on one another, with one label of a line each."""

    names: tuple[str, ...]
    points: Floats
    """Of shape (points, 2)."""

    @cached_property
    def size(self) -> tuple[float, float]:
        """Width and height of its label."""
        return max(map(text_width, self.names)), LINE_HEIGHT * len(self.names)


def name_levels(ax: Axes, levels: Sequence[Level]) -> None:
    """Write labels to the right of the axes, each at its level or as near as there is room.

    The limits of the y axis have to be set already.
    """
    height = points_of(ax.yaxis)
    ends = ax.transData.transform([(0, level.at) for level in levels])[:, 1]
    scale = height / ax.get_window_extent().height
    wished = [scale * (float(y) - ax.get_window_extent().y0) for y in ends]
    lines = max(level.text.count("\n") + 1 for level in levels)
    placed = spread(wished, lines * LINE_HEIGHT + 1, height)
    for level, wish, at in zip(levels, wished, placed, strict=True):
        ax.annotate(
            level.text,
            (1, level.at),
            xycoords=("axes fraction", "data"),
            xytext=(4, at - wish),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=level.colour,
        )


def spread(wished: Sequence[float], apart: float, height: float) -> list[float]:
    """Return the nearest positions (least squares) at least so far apart, between 0 and a height.

    Where there is not enough room they go beyond the height rather than overlap.
    """
    order = np.argsort(wished, kind="stable")
    least = np.arange(len(wished)) * apart
    # Less the distances that they must have, the positions only must not fall.
    level = _rising(np.asarray(wished, dtype=np.float64)[order] - least)
    room = height - (len(wished) - 1) * apart
    placed = np.empty(len(wished))
    placed[order] = np.maximum(np.minimum(level, room), 0.0) + least
    found: list[float] = placed.tolist()
    return found


def _rising(values: Floats) -> Floats:
    """Return the nearest values (least squares) that do not fall."""
    if (values[1:] >= values[:-1]).all():
        return values
    from scipy.optimize import isotonic_regression  # late: slow to import

    nearest: Floats = isotonic_regression(values).x
    return nearest


def name_curves(ax: Axes, lines: Mapping[str, Line2D], walls: Sequence[Floats] = ()) -> None:
    """Name falling curves where they run, or in a legend if there is no room for every name.

    Curves that lie on one another share a label. `walls` are lines to keep clear of if possible, of
    shape (corners, 2) in the units of the axes. Limits have to be set already.
    """
    if is_narrow(ax):
        legend_below(ax, lines)
        return
    curves = {name: in_points(ax, _corners(line)) for name, line in lines.items()}
    bundles = bundled(curves)
    size = points_of(ax.xaxis), points_of(ax.yaxis)
    # Across a wall is better than in a legend: its line shows through.
    avoided: tuple[list[Floats], ...] = ([in_points(ax, wall) for wall in walls], [])
    found = (place(bundles, obstacles, size) for obstacles in avoided)
    placed = next((boxes for boxes in found if boxes is not None), None)
    if placed is None:
        _draw_legend(ax, curves, size)
        return
    for bundle, box in zip(bundles, placed, strict=True):
        ax.annotate(
            "\n".join(bundle.names),
            (box.left / size[0], box.bottom / size[1]),
            xycoords="axes fraction",
            va="bottom",
            fontsize=SMALL,
            linespacing=1.1,
            bbox={"facecolor": ax.get_facecolor(), "alpha": 0.85, "linewidth": 0, "pad": 0.5},
        )


def _draw_legend(ax: Axes, curves: Mapping[str, Floats], size: tuple[float, float]) -> None:
    """Put a legend into an empty corner, or below the x axis if there is none."""
    corner = empty_corner(curves, size)
    if corner is not None:
        ax.legend(loc=corner)
        return
    below = ax.transAxes + upwards(ax, -_AXIS)
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=below,
        ncols=2,
        borderaxespad=0,
    )


def empty_corner(curves: Mapping[str, Floats], size: tuple[float, float]) -> Corner | None:
    """Return the corner in which a legend hides no curve, if there is one."""
    width = max(map(text_width, curves)) + 4 * SMALL
    height = (1 + len(curves)) * 1.5 * SMALL
    corners: dict[Corner, Box] = {
        "lower left": Box(0, 0, width, height),
        "upper right": Box(size[0] - width, size[1] - height, *size),
        "lower right": Box(size[0] - width, 0, size[0], height),
        "upper left": Box(0, size[1] - height, width, size[1]),
    }
    points = np.concatenate(list(curves.values()))
    return next((name for name, box in corners.items() if not box.count(points)), None)


def in_points(ax: Axes, corners: Floats) -> Floats:
    """Return points of a line close to one another, in points from the corner of the axes."""
    box = ax.get_window_extent()
    at = (ax.transData.transform(corners) - (box.x0, box.y0)) / (box.width, box.height)
    at *= points_of(ax.xaxis), points_of(ax.yaxis)
    length = np.concatenate(([0.0], np.hypot(*np.diff(at, axis=0).T).cumsum()))
    steps = np.linspace(0, length[-1], 2 + int(length[-1] / _STEP))
    return np.column_stack([np.interp(steps, length, at[:, k]) for k in (0, 1)])


def bundled(curves: Mapping[str, Floats]) -> list[Bundle]:
    """Return bundles of curves that lie on one another, in the order of their first ones."""
    bundles: list[Bundle] = []
    for name, points in curves.items():
        for at, bundle in enumerate(bundles):
            if _is_together(bundle.points, points):
                bundles[at] = Bundle((*bundle.names, name), bundle.points)
                break
        else:
            bundles.append(Bundle((name,), points))
    return bundles


def place(
    bundles: Sequence[Bundle], walls: Sequence[Floats], size: tuple[float, float]
) -> list[Box] | None:
    """Return where each label stands, clear of all curves, walls and labels, or None."""
    placed: list[Box] = []
    for ordinal, bundle in enumerate(bundles):
        others = [other.points for k, other in enumerate(bundles) if k != ordinal]
        box = _best(bundle, others, [*others, *walls], placed, size)
        if box is None:
            return None
        placed.append(box)
    return placed


def _best(
    bundle: Bundle,
    others: Sequence[Floats],
    obstacles: Sequence[Floats],
    taken: Sequence[Box],
    size: tuple[float, float],
) -> Box | None:
    """Return the clear box beside a curve that is the furthest from the other curves."""
    best, most = None, -np.inf
    for (x, y), is_above in product(bundle.points[::3].tolist(), (True, False)):
        box = _beside(x, y, bundle.size, is_above)
        if not _is_clear(box, bundle.points, obstacles, taken, size):
            continue
        near = min((box.distance(other) for other in others), default=_FAR)
        if near >= box.distance(bundle.points) + _APART and min(near, _FAR) > most:
            best, most = box, min(near, _FAR)
    return best


def _beside(x: float, y: float, size: tuple[float, float], is_above: bool) -> Box:
    """Return the box to the right above a point of a falling curve, or to the left below."""
    if is_above:
        return Box(x + _ASIDE, y + _MARGIN, x + _ASIDE + size[0], y + _MARGIN + size[1])
    return Box(x - _ASIDE - size[0], y - _MARGIN - size[1], x - _ASIDE, y - _MARGIN)


def _is_clear(
    box: Box,
    own: Floats,
    obstacles: Sequence[Floats],
    taken: Sequence[Box],
    size: tuple[float, float],
) -> bool:
    inside = box.left >= _MARGIN and box.bottom >= 0 and box.right <= size[0] and box.top <= size[1]
    return (
        inside
        and not any(box.overlaps(other) for other in taken)
        and not box.count(own, 1.0)
        and not any(box.count(points, _MARGIN) for points in obstacles)
    )


def _is_together(a: Floats, b: Floats) -> bool:
    apart = np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1))
    return bool(max(apart.min(axis=0).max(), apart.min(axis=1).max()) <= _TOGETHER)


def _corners(line: Line2D) -> Floats:
    x, y = (np.asarray(data, dtype=np.float64) for data in line.get_data())
    if line.get_drawstyle() == "steps-post":
        x, y = np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
    return np.column_stack((x, y))
