"""Tests of the figures: exact envelopes, gaps, and a strip of events whose labels never overlap."""

from __future__ import annotations

import itertools

import matplotlib
import numpy as np
import pytest
from helpers.worlds import constant, scenario, simulate
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot
from matplotlib.figure import Figure

from efssim import Simulation
from efssim.lag.weighted.exceedance import Exceedance
from efssim.records.timeline import ApiCall, Occurrence
from efssim.report.figures.drawing.axes import text_width
from efssim.report.figures.drawing.curve import PiecewiseCurve, age_curve, pending_curve
from efssim.report.figures.drawing.events.strip import LANES, label_of, place
from efssim.report.figures.files import safe_names
from efssim.report.figures.run.lag import corners


def curve(*pieces):
    """Return a curve of pieces (begin, end, first, last)."""
    return PiecewiseCurve(*np.array(pieces, dtype=np.float64).reshape(-1, 4).T)


# Envelopes


def test_an_envelope_by_hand():
    teeth = curve((0, 4, 0, 4), (4, 8, 1, 5), (10, 11, 2, 3))
    low, high = teeth.envelope(np.array([0.0, 2.0, 4.0, 6.0, 9.0, 12.0]))
    assert low.tolist() == [0, 2, 1, 3, 2]
    assert high.tolist() == [2, 4, 3, 5, 3]


def test_the_envelope_of_many_teeth_in_one_column():
    teeth = curve((0, 1, 0.5, 3), (1, 2, 0.2, 1), (2, 3, 0.9, 9), (3, 4, 0.4, 2))
    low, high = teeth.envelope(np.array([0.0, 4.0]))
    assert (low.tolist(), high.tolist()) == ([0.2], [9])


def test_columns_without_a_curve_are_gaps_and_not_zeros():
    teeth = curve((2, 3, 1, 2), (6, 7, 5, 6))
    low, high = teeth.envelope(np.arange(10.0))
    defined = [2, 6]
    assert np.flatnonzero(~np.isnan(low)).tolist() == defined
    assert np.flatnonzero(~np.isnan(high)).tolist() == defined


def test_an_empty_curve_has_an_empty_envelope():
    low, high = curve().envelope(np.arange(4.0))
    assert np.isnan(low).all()
    assert np.isnan(high).all()
    assert curve().top == 0
    assert [len(part) for part in curve().polyline()] == [0, 0]


def naive(pieces, left, right):
    """Return the least and the largest value inside one column, piece by piece."""
    values = []
    for begin, end, first, last in pieces:
        a, b = max(begin, left), min(end, right)
        if b > a:
            slope = (last - first) / (end - begin)
            values += [first + slope * (a - begin), first + slope * (b - begin)]
    return (min(values), max(values)) if values else (np.nan, np.nan)


@given(
    st.lists(
        st.tuples(
            *[st.integers(0, 20), st.integers(1, 30), st.integers(0, 50), st.integers(0, 50)]
        ),
        max_size=30,
    ),
    st.lists(st.integers(0, 400), min_size=2, max_size=20, unique=True).map(sorted),
)
def test_an_envelope_is_exact(steps, edges):
    pieces, time = [], 0
    for gap, length, first, last in steps:
        pieces.append((time + gap, time + gap + length, first, last))
        time += gap + length
    low, high = curve(*pieces).envelope(np.array(edges, dtype=np.float64))
    expected = [naive(pieces, a, b) for a, b in itertools.pairwise(edges)]
    # Both interpolate, in different orders.
    np.testing.assert_allclose(low, [pair[0] for pair in expected], atol=1e-9)
    np.testing.assert_allclose(high, [pair[1] for pair in expected], atol=1e-9)


def test_the_ends_of_pieces_are_not_rounded():
    low, high = curve((0.1, 0.7, 0.1, 0.3)).envelope(np.array([0.1, 0.7]))
    assert (low.tolist(), high.tolist()) == ([0.1], [0.3])


def test_a_polyline_has_a_gap_where_the_curve_has_one():
    time_s, values = curve((0, 1, 0, 1), (1, 2, 0.5, 1), (4, 5, 0, 1)).polyline()
    assert time_s.tolist() == [0, 1, 1, 2, 4, 4, 5]
    np.testing.assert_array_equal(values, [0, 1, 0.5, 1, np.nan, 0, 1])


def test_a_part_of_a_curve():
    part = curve((0, 4, 0, 4), (4, 8, 1, 5), (8, 9, 7, 8)).within(1, 6)
    columns = part.begin_s, part.end_s, part.first, part.last
    assert [column.tolist() for column in columns] == [[1, 4], [4, 6], [1, 1], [4, 3]]


# Curves of results

SYNC = {"interval": 60, "setup": 5, "throughput": 2000}


def test_the_curves_of_a_run():
    result = simulate(scenario({"w": constant()}, SYNC, 130))
    age, pending = age_curve(result.outcomes["dr"]), pending_curve(result, "dr")
    assert age.end_s.tolist() == pytest.approx([95, 130])
    assert age.last.tolist() == pytest.approx([95, 70])
    assert pending.begin_s.tolist() == pytest.approx(age.begin_s.tolist(), abs=1e-6)
    assert pending.last.tolist() == [95_000, 70_000]
    assert pending.first.tolist() == [0, 35_000]


def test_what_is_undefined_is_not_drawn():
    events = [
        {
            "at": 600,
            "call": "DeleteReplicationConfiguration",
            "with": {"SourceFileSystemId": "fs"},
        }
    ]
    world = scenario({"w": constant()}, SYNC, 900, events=events)
    replication = world.replications["dr"].model_copy(update={"established": False})
    result = simulate(world.model_copy(update={"replications": {"dr": replication}}))
    outcome = result.outcomes["dr"]
    assert 300 < outcome.defined_s < outcome.end_s < 901
    for drawn_curve in (age_curve(outcome), pending_curve(result, "dr")):
        assert drawn_curve.begin_s[0] == pytest.approx(outcome.defined_s, abs=1e-6)
        assert drawn_curve.end_s[-1] == pytest.approx(outcome.end_s, abs=1e-6)


def test_results_of_every_kind_can_be_drawn():
    silent = Simulation(scenario({}, SYNC, "3 h", warm_up="2 h"))
    results = [silent.result()]  # nothing has happened at all
    silent.advance("1 h")
    results.append(silent.result())  # still warming up
    silent.advance_to_end()
    results.append(silent.result())  # syncs without bytes
    results.append(simulate(scenario({"w": constant()}, {"interval": "2 h"}, "1 h")))  # no sync
    results.append(simulate(scenario({"w": constant()}, {"interval": 1}, "1 h")))  # that take 0 s
    for result in results:
        for plot in (result.plot, result.plot_pending, result.plot_lag, result.plot_risk):
            figure = Figure(layout="constrained")
            plot(ax=figure.subplots())
            figure.canvas.draw()
        figure = Figure(layout="constrained")
        axes = result.plot_syncs(ax=figure.subplots())
        figure.canvas.draw()
        said = [text.get_text() for text in axes.texts]
        assert (said == []) == (result.summary["replications"]["dr"]["syncs"]["completed"] > 0)


# Exceedance


def test_a_thinned_curve_stays_on_the_curve():
    value_s = np.sort(np.random.default_rng(1).lognormal(3, 1, 50_000))
    share = 1 - np.arange(1, 50_001) / 50_000
    x, y = corners(Exceedance(value_s, share), 1.0, 1e-5)
    assert len(x) < 700
    assert (np.diff(x) >= 0).all()
    assert (np.diff(y) <= 0).all()
    assert (x[0], x[-1], y[-1]) == (1.0, value_s[-1], 1e-5)
    inside = y[1:-2]
    assert (inside == share[value_s.searchsorted(x[1:-2])].clip(min=1e-5)).all()
    # No two neighbours are far apart, so nothing between them is lost.
    assert np.diff(np.log(x)).max() < 0.3 or np.diff(y).max() > -0.02


# The strip of events


def event(begin_s, end_s, kind="link_outage", target="a -> b"):
    if kind == "CreateReplicationConfiguration":
        return ApiCall(1, begin_s, kind, target, ("dr",), ("dr",))
    return Occurrence(1, begin_s, kind, target, ("dr",), ("dr",), end_s)


WINDOW, WIDTH = (0.0, 1000.0), 450.0
EVENTS = st.builds(
    lambda begin, length, kind: event(begin, begin + length, kind),
    st.floats(0, 1000),
    st.floats(0, 300),
    st.sampled_from(["link_outage", "opt_out", "CreateReplicationConfiguration"]),
)


@given(st.lists(EVENTS, max_size=40))
def test_labels_never_overlap(events):
    marks = place(events, WINDOW, WIDTH)
    assert len(marks) <= len(events)
    labels = [mark for mark in marks if mark.label_at is not None]
    assert len(labels) <= 8
    for lane in range(LANES):
        spans = sorted(
            (mark.label_at, mark.label_at + text_width(label_of(mark.event)))
            for mark in labels
            if mark.lane == lane
        )
        assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
        assert all(begin >= 0 and end <= WIDTH + 1e-9 for begin, end in spans)


def test_what_overlaps_is_on_lanes_of_its_own():
    marks = place(
        [event(0, 500), event(100, 200), event(600, 700), event(100, None)], WINDOW, WIDTH
    )
    assert [(mark.event.begin_s, mark.lane) for mark in marks] == [
        (0, 0), (100, 1), (100, 2), (600, 0)
    ]  # fmt: skip


def test_very_many_events_are_few_marks():
    marks = place([event(0.01 * k, 0.01 * k) for k in range(100_000)], WINDOW, WIDTH)
    assert 150 < len(marks) < 250
    begins = [mark.bar[0] for mark in marks]
    assert max(b - a for a, b in itertools.pairwise(begins)) < 5.1


def test_events_outside_the_window_are_left_out():
    marks = place([event(0, 50), event(40, 150), event(2000, 2001)], (100.0, 1000.0), WIDTH)
    assert [mark.event.begin_s for mark in marks] == [40]
    assert marks[0].bar[0] == 0


def test_an_instant_can_be_seen():
    (mark,) = place([event(1000, 1000, "CreateReplicationConfiguration")], WINDOW, WIDTH)
    assert mark.bar == (WIDTH - 5, WIDTH)


# File names


def test_drawing_keeps_what_a_backend_sets_when_it_is_loaded(monkeypatch):
    """Jupyter's says that figures are shown, at the moment at which our first one loads it."""
    subplots, size = pyplot.subplots, matplotlib.rcParams["font.size"]

    def loads_a_backend(**options):
        matplotlib.rcParams["interactive"] = True
        return subplots(**options)

    monkeypatch.setattr(pyplot, "subplots", loads_a_backend)
    with matplotlib.rc_context({"interactive": False}):
        simulate(scenario({"app": constant()}, {"interval": "60 s"})).plot()
        assert matplotlib.is_interactive()
        assert matplotlib.rcParams["font.size"] == size
    pyplot.close("all")


def test_file_names_are_safe_and_unique():
    names = ["dr", "DR", "a/b", "a b", "a_b", "../..", "", "日本", "x" * 200, "x" * 201, ".hidden"]
    stems = list(safe_names(names).values())
    assert stems[:5] == ["dr", "DR-2", "a_b", "a_b-2", "a_b-3"]
    assert len({stem.lower() for stem in stems}) == len(names)
    assert all(0 < len(stem) < 90 and "/" not in stem and stem[0] not in ".-" for stem in stems)
