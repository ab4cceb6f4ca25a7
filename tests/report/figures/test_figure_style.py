"""Tests of the style of figures: colours, ticks, labels, and the same bytes for everyone."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from helpers.worlds import constant, scenario, simulate
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from efssim.report.figures.drawing.axes import text_width, titled
from efssim.report.figures.drawing.labels import Bundle, bundled, empty_corner, place, spread
from efssim.report.figures.drawing.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    STYLE,
    VERMILLION,
    our_style,
)
from efssim.report.figures.drawing.ticks import (
    DurationLocator,
    SizeLocator,
    duration_text,
    size_text,
)
from efssim.report.figures.files import drawings, file_style
from efssim.report.figures.run.alt import alt_text
from efssim.report.figures.run.live_age import LiveAge
from efssim.report.figures.run.over_time import BANDS
from efssim.text.quantities import format_duration

PLOTS = ("plot", "plot_age", "plot_lag", "plot_syncs", "plot_pending", "plot_risk")


@pytest.fixture(scope="module")
def result():
    events = [{"at": "1 h", "link_outage": "us-east-1 -> us-west-2", "for": "30 min"}]
    sync = {"interval": 60, "setup": 5, "throughput": 2000}
    return simulate(scenario({"w": constant()}, sync, "6 h", events=events))


# Colours

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", IEEE TVCG 15 (6), 2009: their matrices of severity 1.0, for linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# sRGB to CIE XYZ and its white, D65 (IEC 61966-2-1).
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """Return CIELAB of linear RGB."""
    ratio = TO_XYZ @ rgb / TO_XYZ.sum(axis=1)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(a, b, vision):
    """Return the CIE76 difference of two colours as someone sees them; 2.3 can just be noticed."""
    seen = [lab((VISION[vision] @ linear(colour)).clip(0, 1)) for colour in (a, b)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def test_the_differences_of_colours_are_right():
    assert distance("white", "black", "normal") == pytest.approx(100, abs=0.01)
    # Published pair: CIELAB of sRGB red and green (lime) differ by 170.6.
    assert distance("#ff0000", "#00ff00", "normal") == pytest.approx(170.6, abs=0.1)
    assert distance("#ff0000", "#00ff00", "deuteranopia") < 70
    for vision in VISION:
        assert distance("#777777", "#777777", vision) == 0


TOGETHER = {
    "lag": [BLUE, ORANGE, GREEN, PURPLE, VERMILLION],
    "syncs": [BLUE, ORANGE, VERMILLION],
    "age, with strip and target": [BLUE, ORANGE, GREEN, VERMILLION],
    "strip": [VERMILLION, ORANGE, PURPLE, BLUE, GREY, GREEN],
    "plan": [BLUE, GREEN, VERMILLION],
    "tornado": [BLUE, ORANGE, GREY],
}


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("figure", TOGETHER)
def test_colours_that_appear_together_differ_for_everyone(figure, vision):
    apart = [distance(a, b, vision) for a, b in itertools.combinations(TOGETHER[figure], 2)]
    print(f"{figure}, {vision}: {min(apart):.1f} (at least 15)")
    assert min(apart) > 15  # more than six differences that can just be noticed


@pytest.mark.parametrize("vision", VISION)
def test_bands_of_statuses_differ_for_everyone(vision):
    blended = [1 - alpha * (1 - np.array(to_rgb(colour))) for colour, alpha in BANDS.values()]
    apart = [distance(a, b, vision) for a, b in itertools.combinations(["white", *blended], 2)]
    print(f"{vision}: {min(apart):.1f} (at least 8)")
    assert min(apart) > 8  # large areas next to one another, which the legend names as well


# Ticks


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0"),
        (0.5, "0.5 s"),
        (45, "45 s"),
        (90, "1 min 30 s"),
        (900, "15 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (-7200, "−2 h"),
        (86_400, "1 d"),
        (129_600, "1 d 12 h"),
        (0.1 + 0.2, "0.3 s"),
        (3 * 60.00000000001, "3 min"),
    ],
)
def test_texts_of_durations(seconds, text):
    assert duration_text(seconds) == text


ROUND_S = [0.001 * x * 10**k for k in range(4) for x in (1, 2, 5)]
ROUND_S += [10, 15, 30, *(60 * x for x in (1, 2, 5, 10, 15, 30))]
ROUND_S += [3600 * x for x in (1, 2, 3, 6, 12)]
ROUND_S += [86_400 * x * 10**k for k in range(4) for x in (1, 2, 5)]


@given(st.floats(0.01, 3e8))
def test_ticks_of_durations_are_round_and_few(top):
    ticks = DurationLocator().tick_values(0, top)
    assert 2 <= len(ticks) <= 7
    step = ticks[1]
    assert any(step == pytest.approx(known, rel=1e-12) for known in ROUND_S)
    texts = [duration_text(tick) for tick in ticks]
    assert len(set(texts)) == len(ticks)
    assert all(len(text.split()) <= 4 for text in texts)
    assert ("." in "".join(texts)) == (step < 1)


@given(st.floats(1, 2.0**60))
def test_ticks_of_sizes_are_powers_of_two(top):
    ticks = SizeLocator().tick_values(0, top)
    assert np.log2(ticks[1] - ticks[0]) % 1 == 0
    assert len(ticks) <= 7
    assert size_text(ticks[0]) == "0"


# Labels


@settings(deadline=None)  # the first call imports SciPy
@given(st.lists(st.floats(0, 200), min_size=1, max_size=8), st.floats(1, 20))
def test_levels_never_overlap(wished, apart):
    placed = spread(wished, apart, 200)
    ordered = [placed[k] for k in sorted(range(len(wished)), key=lambda k: wished[k])]
    # Sums of distances are rounded.
    assert all(b - a >= apart - 1e-9 for a, b in itertools.pairwise(ordered))
    assert min(placed) >= 0
    assert max(placed) <= 200 + 1e-9


def test_levels_move_as_little_as_possible():
    assert spread([10, 50, 100], 12, 200) == [10, 50, 100]
    assert spread([50, 50], 10, 200) == [45, 55]
    assert spread([55, 50], 10, 200) == [57.5, 47.5]
    assert spread([0, 0], 10, 200) == [0, 10]
    assert spread([200, 200], 10, 200) == [190, 200]


def falling(shift):
    x = np.linspace(0, 400, 300)
    return np.column_stack((x, 150 - shift - 0.2 * x))


def test_curves_on_one_another_share_a_label():
    bundles = bundled({"a": falling(0), "b": falling(60), "c": falling(1)})
    assert [bundle.names for bundle in bundles] == [("a", "c"), ("b",)]


def test_labels_of_curves_hide_nothing():
    bundles = bundled({"time since last sync": falling(0), "write lag": falling(40)})
    wall = np.column_stack((np.full(80, 200.0), np.linspace(0, 160, 80)))
    boxes = place(bundles, [wall], (400, 160))
    assert boxes is not None
    assert not boxes[0].overlaps(boxes[1])
    for box, own in zip(boxes, bundles, strict=True):
        assert not any(box.count(line) for line in (falling(0), falling(40), wall))
        assert box.right - box.left == text_width(own.names[0])
        assert 0 <= box.left < box.right <= 400
        assert 0 <= box.bottom < box.top <= 160
        others = [bundle.points for bundle in bundles if bundle is not own]
        assert box.distance(own.points) < min(box.distance(other) for other in others)


def test_without_room_there_is_a_legend():
    assert place([Bundle(("a long name of a curve",), falling(0))], [], (50, 20)) is None
    assert empty_corner({"a": falling(0)}, (400, 160)) == "lower left"
    assert empty_corner({"a": np.array([[5.0, 5.0]])}, (400, 160)) == "upper right"
    everywhere = np.array(list(itertools.product(range(0, 400, 20), range(0, 160, 5))), float)
    assert empty_corner({"a": everywhere}, (400, 160)) is None


def test_a_title_is_no_longer_than_its_axes():
    for width, name in itertools.product((3, 8), ("dr", "a name of a replication " * 4)):
        figure, ax = plt.subplots(figsize=(width, 3), layout="constrained")
        titled(ax, name)
        figure.draw_without_rendering()
        title = ax.get_title(loc="left")
        assert title == name or title.endswith("…")
        assert text_width(title, STYLE["axes.titlesize"]) <= 72 * width
    plt.close("all")


# The style


@pytest.mark.parametrize("plot", PLOTS)
def test_given_axes_are_drawn_in_and_nothing_else_changes(result, plot):
    before = dict(mpl.rcParams)
    figure, ax = plt.subplots()
    numbers = plt.get_fignums()
    assert getattr(result, plot)(ax=ax) is ax
    assert plt.get_fignums() == numbers
    assert dict(mpl.rcParams) == before
    assert ax.get_figure() is figure
    plt.close("all")


@pytest.mark.parametrize("plot", PLOTS)
def test_a_figure_of_its_own_is_as_in_files(result, plot):
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "black", "axes.grid": True}):
        ax = getattr(result, plot)()
        assert mpl.rcParams["font.size"] == 20
    assert ax.title.get_fontsize() == STYLE["axes.titlesize"]
    assert ax.get_facecolor() != (0, 0, 0, 1)
    assert ax.xaxis.label.get_fontsize() == STYLE["font.size"]
    assert not ax.spines["top"].get_visible()
    assert not any(line.get_visible() for line in ax.get_xgridlines())
    assert plt.get_fignums()
    plt.close("all")


# Threads

STYLES = {"axes": our_style, "whole": partial(our_style, whole=True), "files": file_style}


@pytest.mark.parametrize("second", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("first", STYLES.values(), ids=STYLES)
def test_a_thread_waits_until_another_has_put_back_the_users_style(first, second):
    before, entered, leave = dict(mpl.rcParams), threading.Event(), threading.Event()

    def draw():
        with second():
            entered.set()
            leave.wait(30)

    other = threading.Thread(target=draw)
    with first(), first():  # what draws in a style may call what does so, too
        other.start()
        assert not entered.wait(0.1)
    assert entered.wait(30)
    leave.set()
    other.join()
    assert dict(mpl.rcParams) == before


@pytest.fixture
def hasty_threads():
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    yield
    sys.setswitchinterval(usual)


def test_threads_draw_the_same_figures_and_leave_the_users_style(result, hasty_threads):
    def draw(_):
        result.plot_age(ax=Figure().subplots())
        live = LiveAge(result, "dr")
        figures = itertools.islice(drawings(result), 2)
        return [drawing.svg for drawing in figures], live.draw(result, "a title")

    before, alone = dict(mpl.rcParams), draw(0)
    with ThreadPoolExecutor(4) as pool:
        assert all(drawn == alone for drawn in pool.map(draw, range(8)))
    assert dict(mpl.rcParams) == before


# Files

SHORT = """
name: short
duration: 12 h
warm_up: 1 h
file_systems:
  fs: {region: us-east-1, writes: {w: {arrivals: {constant: {rate: 2 per s}}, size: 1 MiB}}}
replications:
  dr: {source: fs, destination: {region: us-west-2}, established: true}
events:
  - {at: 3 h, link_outage: us-east-1 -> us-west-2, for: 30 min}
"""
HOSTILE = """
timezone: Asia/Kolkata
font.size: 21
font.family: monospace
axes.grid: True
axes.facecolor: black
axes.formatter.use_locale: True
axes.prop_cycle: cycler("color", ["red", "lime"])
figure.dpi: 33
figure.figsize: 2, 2
lines.linewidth: 9
lines.dash_capstyle: round
path.sketch: 3, 100, 2
savefig.dpi: 20
savefig.bbox: tight
savefig.facecolor: red
savefig.transparent: True
svg.fonttype: path
svg.hashsalt: other
text.color: red
xtick.direction: in
"""


def written(folder: Path, **environment: str) -> dict[str, bytes]:
    """Run the command as a user with an environment does; return the figures."""
    command = [
        sys.executable,
        "-c",
        "from efssim.cli import main; main()",
        "run",
        "../s.yaml",
        "--out",
        "out",
    ]
    command += ["--png", "--quiet"]
    subprocess.run(command, cwd=folder, env={**os.environ, **environment}, check=True)
    return {file.name: file.read_bytes() for file in sorted(folder.glob("out/figures/*"))}


def test_the_same_bytes_for_every_user(tmp_path):
    (tmp_path / "s.yaml").write_text(SHORT, encoding="utf-8")
    plain, other = tmp_path / "plain", tmp_path / "other"
    plain.mkdir()
    other.mkdir()
    (other / "matplotlibrc").write_text(HOSTILE, encoding="utf-8")
    hostile = written(
        other, TZ="Pacific/Auckland", LC_ALL="C", MATPLOTLIBRC=str(other), PYTHONHASHSEED="7"
    )
    assert len(hostile) == 8
    assert hostile == written(plain, TZ="UTC")


# Words instead of figures


def test_each_figure_says_what_it_shows(result):
    texts = {drawing.kind: drawing.alt for drawing in drawings(result)}
    assert "time since last sync (age) over simulated time" in texts["age"]
    summary = result.summary["replications"]["dr"]
    peak = result.age("dr")["age_s"]
    assert summary["time_since_last_sync_s"]["max"] == pytest.approx(peak.max())
    assert f"at {peak.idxmax():%Y-%m-%d %H:%M} UTC;" in texts["age"]
    assert " at 2026-01-01 " in texts["pending"]
    longest = (result.syncs["completed"] - result.syncs["cut"]).max().total_seconds()
    assert f"at most {format_duration(longest)} for " in texts["syncs"]
    assert alt_text("risk", result, "dr").endswith("from 1:00 UTC (0.0357 weeks).")
    assert "risk" not in texts  # six hours are no pattern
    for drawing in drawings(result):
        assert drawing.alt == alt_text(drawing.kind, result, "dr")
        root = ElementTree.fromstring(drawing.svg.whole.encode())
        assert root.findtext("{http://www.w3.org/2000/svg}title") == drawing.alt
    with pytest.raises(KeyError):
        alt_text("durations", result, "dr")
