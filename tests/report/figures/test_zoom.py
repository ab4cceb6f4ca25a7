"""Zooming into a figure, and two results in one: teeth and marks stand at their true places."""

from __future__ import annotations

import io

import numpy as np
import pytest
from helpers.worlds import constant, scenario, simulate
from matplotlib import dates
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D

LINK = "us-east-1 -> us-west-2"
DAY = 86_400


@pytest.fixture(scope="module")
def result():
    """Ten days of syncs of 5 s each minute: 14,400 teeth; an outage, and a call that is refused."""
    events = [
        {"at": "3 days", "link_outage": LINK, "for": "30 min"},
        {"at": "3 days 1 h", "kms_key_disabled": "dr", "for": "10 min"},
    ]
    return simulate(
        scenario({"w": constant("1 per min")}, {"interval": 60, "setup": 5}, "10 days",
                 events=events)
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def seconds(days):
    return (np.asarray(days) - dates.date2num(np.datetime64("2026-01-01"))) * DAY


def corners(axes):
    """Return the points of the curve, in seconds since the start; None for an envelope."""
    lines = [line for line in axes.lines if len(line.get_xdata()) > 2]
    return None if not lines else (seconds(lines[0].get_xdata()), lines[0].get_ydata())


def labels(axes):
    return [text.get_text() for text in axes.texts]


def test_zooming_draws_every_tooth_where_it_is(result):
    axes = result.plot()
    assert corners(axes) is None  # 14,400 teeth in an envelope
    origin = axes.get_xlim()[0]
    axes.set_xlim(origin + 1, origin + 1 + 300 / DAY)
    time_s, age_s = corners(axes)
    # Cut at each full minute, complete 5 s later.
    tips = time_s[1:][np.diff(age_s) < -50]
    assert tips == pytest.approx(DAY + np.array([5, 65, 125, 185, 245]), abs=1e-3)
    expected = result.age_at((time_s[1:-1:2] + time_s[2:-1:2]) / 2).to_numpy()
    assert np.isfinite(expected).all()
    # And out again.
    axes.set_xlim(origin, origin + 10)
    assert corners(axes) is None


def test_between_shows_a_part(result):
    for between in (("1 day", "1 day 5 min"), (DAY, DAY + 300),
                    ("2026-01-02", "2026-01-02T00:05:00Z")):  # fmt: skip
        axes = result.plot(between=between)
        assert seconds(axes.get_xlim()) == pytest.approx([DAY, DAY + 300], abs=1e-3)
        assert len(corners(axes)[0]) == 12
    pending = result.plot_pending(between=("1 day", "1 day 5 min"))
    assert seconds(pending.get_xlim()) == pytest.approx([DAY, DAY + 300], abs=1e-3)
    with pytest.raises(ValueError, match="begin has to be earlier"):
        result.plot(between=("2 days", "1 day"))


def test_marks_follow_the_zoom(result):
    axes = result.plot()
    origin = axes.get_xlim()[0]
    assert "link outage" in labels(axes)
    axes.set_xlim(origin + 1, origin + 2)
    assert "link outage" not in labels(axes)
    axes.set_xlim(origin + 3 - 0.01, origin + 3 + 0.09)
    assert {"link outage", "kms key disabled"} <= set(labels(axes))
    bars = [line for line in axes.findobj(Line2D) if line.get_linewidth() == 3.0]
    begins = sorted(float(bar.get_xdata()[0]) for bar in bars)
    # In shares of the axes: 0.01 of a day of the 0.1 shown, and an hour later.
    assert begins == pytest.approx([0.1, 0.1 + 1 / 24 / 0.1], abs=0.005)


def test_two_results_have_their_own_colours_and_labels(result):
    other = simulate(result.scenario.with_({"replications.dr.sync.interval": "5 min"}))
    axes = result.plot()
    assert axes.get_title(loc="left") == "dr"
    assert axes.get_legend() is None or len(axes.get_legend().get_texts()) == 1
    other.plot(ax=axes)
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names[-2:] == ["test: dr, seed 1", "test: dr, seed 1 (2)"]
    colours = {handle.get_color() for handle in axes.get_legend().legend_handles[-2:]}
    assert len(colours) == 2
    targets = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert len(targets) == 1
    axes.figure.canvas.draw()


def test_a_second_result_widens_the_axes(result):
    shorter = simulate(scenario({}, {"interval": 60, "setup": 5}, "1 day", rpo={"target": 3600}))
    axes = shorter.plot()
    result.plot(ax=axes)
    assert seconds(axes.get_xlim()) == pytest.approx([0, 10 * DAY], abs=1)
    assert axes.get_ylim()[1] >= 3600
    targets = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert len(targets) == 2


def test_pending_of_two_results_has_one_unit():
    small, large = (
        simulate(scenario({"w": constant("1 per s", size)}, {"interval": 60, "setup": 5}, "1 h"))
        for size in ("10 B", "1 MB")
    )
    axes = small.plot_pending()
    large.plot_pending(ax=axes)
    assert axes.get_ylabel() == "pending bytes (B)"
    assert axes.get_ylim()[1] > 60e6


def test_a_zoomed_figure_is_written(result):
    axes = result.plot(between=("1 day", "1 day 5 min"))
    file = io.BytesIO()
    axes.figure.savefig(file, format="svg")
    assert b"</svg>" in file.getvalue()
