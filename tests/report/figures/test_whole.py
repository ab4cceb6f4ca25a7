"""A figure for files is drawn once, and looks as matplotlib draws it."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from efssim import load, run
from efssim.report.figures.drawing.style import FIGURE_SIZE
from efssim.report.figures.drawing.whole import WholeFigure
from efssim.report.figures.files import file_style, rendered

SCENARIO = {
    "name": "outage",
    "duration": "3 days",
    "file_systems": {
        "app": {
            "region": "us-east-1",
            "writes": {"w": {"arrivals": {"poisson": {"rate": "2 per min"}}, "size": "1 MB"}},
        }
    },
    "replications": {"dr": {"source": "app", "destination": {"region": "us-west-2"}}},
    "events": [{"link_outage": "us-east-1 -> us-west-2", "at": "30 h", "for": "2 h"}],
}


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_its_bytes_are_those_of_a_figure_drawn_twice(kind: str) -> None:
    result = run(load(SCENARIO))
    found = []
    for figure_type in (Figure, WholeFigure):
        with file_style():
            figure = figure_type(figsize=FIGURE_SIZE, layout="constrained")
            result.plot_age(ax=figure.subplots())
            found.append(rendered(figure, kind, "age"))
    assert found[0] == found[1]
