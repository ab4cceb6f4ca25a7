"""Many points as a picture: fewer are drawn, and nobody sees it."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from efssim.report.figures.drawing.cloud import Cloud, thinned


def picture(kind: type[Line2D], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    figure = Figure(figsize=(3, 2), dpi=100)
    ax = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    ax.set(xscale="log", xlim=(0.5, 200), ylim=(0, 10))
    options = {"linestyle": "none", "marker": ".", "markeredgewidth": 0, "alpha": 0.5}
    ax.add_line(kind(x, y, color="#0072b2", **options))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).astype(int)


def points(count: int) -> tuple[np.ndarray, np.ndarray]:
    draws = np.random.default_rng(1)
    x = draws.lognormal(2, 1, count)
    return x, 3 + 0.02 * x + draws.exponential(0.1, count)


@pytest.mark.parametrize("count", [1, 300])
def test_few_points_stand_where_they_stood(count: int) -> None:
    # The order in which they are drawn rounds the colours of those that overlap.
    assert np.abs(picture(Cloud, *points(count)) - picture(Line2D, *points(count))).max() <= 3


def test_many_points_look_the_same() -> None:
    apart = np.abs(picture(Cloud, *points(200_000)) - picture(Line2D, *points(200_000))).max(axis=2)
    assert apart.max() <= 32  # of 255, at the rim alone
    assert (apart > 3).mean() < 1e-3


def test_a_cloud_keeps_its_points() -> None:
    x, y = points(10)
    cloud = Cloud(x, y)
    figure = Figure()
    figure.subplots().add_line(cloud)
    FigureCanvasAgg(figure).draw()
    assert np.array_equal(cloud.get_xdata(), x)
    assert cloud.get_transform() == cloud.axes.transData


def test_points_are_counted_by_pixel() -> None:
    at = np.array([(1.4, 1.4), (0.6, 0.6), (1.0, 1.0), (7.0, 2.0), (np.nan, 1.0)])
    assert thinned(at, 2).tolist() == [[1, 1], [1, 1], [7, 2]]
    assert thinned(at[:0], 2).tolist() == []
    assert thinned(at[4:], 2).tolist() == []
