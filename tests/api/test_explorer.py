"""Tests of the sliders of an Explorer: they are set as a front end sets them, by their values."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from helpers.worlds import constant, scenario, simulate
from matplotlib import image

import efssim

pytest.importorskip("ipywidgets", reason="the extra `notebook` is not installed")

from efssim.explorer import Explorer

INTERVAL, THROUGHPUT = "replications.dr.sync.interval", "replications.dr.sync.throughput"


def world(duration="2 h", **top):
    sync = {"interval": "1 min", "setup": "5 s", "throughput": "100 MB/s"}
    return scenario({"app": constant("1 per s", "1 MB")}, sync, duration, **top)


def explorer(**top):
    return Explorer(
        world(**top),
        {
            "interval": (INTERVAL, ["30 s", "1 min", "10 min"]),
            "throughput": (THROUGHPUT, ["2 MB/s", "100 MB/s"]),
        },
    )


def pixels(made):
    return image.imread(BytesIO(made.image.value), format="png")


def test_sliders_begin_at_the_scenario_s_own_values():
    made = explorer()
    assert {label: slider.value for label, slider in made.sliders.items()} == {
        "interval": "1 min",
        "throughput": "100 MB/s",
    }
    assert made.scenario == world()
    assert made.result.digest == simulate(world()).digest


def test_a_value_that_no_slider_has_begins_at_the_first():
    made = Explorer(world(), {"interval": (INTERVAL, ["7 min", "10 min"])})
    assert made.sliders["interval"].value == "7 min"
    assert made.scenario.replications["dr"].sync.interval == 420


def test_moving_a_slider_simulates_and_draws_what_it_says():
    made = explorer()
    before = made.image.value
    made.sliders["interval"].value = "10 min"
    made.sliders["throughput"].value = "2 MB/s"
    wanted = world().with_({INTERVAL: "10 min", THROUGHPUT: "2 MB/s"})
    assert made.scenario == wanted
    assert made.result.digest == efssim.run(wanted).digest
    assert made.image.value != before


def test_the_picture_depends_on_the_sliders_alone():
    """Nothing of an earlier curve is left over, and the same values give the same picture."""
    made = explorer()
    first = pixels(made)
    made.sliders["interval"].value = "10 min"
    moved = pixels(made)
    assert (first != moved).any()
    made.sliders["interval"].value = "1 min"
    np.testing.assert_array_equal(pixels(made), first)


def test_the_curve_is_the_age():
    """The highest blue pixel rises with the largest age, by as much as the axis says."""
    made = explorer()

    def top():
        blue = np.all(np.abs(pixels(made)[..., :3] * 255 - [0, 114, 178]) < 12, axis=-1)
        return np.flatnonzero(blue.any(axis=1))[0]

    tops, ages = [], []
    for interval in ("30 s", "1 min", "10 min"):
        made.sliders["interval"].value = interval
        tops.append(top())
        ages.append(made.result.summary["replications"]["dr"]["time_since_last_sync_s"]["max"])
    slopes = -np.diff(tops) / np.diff(np.log(ages))
    # Each of two rows is off by at most one pixel; the smaller of the rises is about 12.
    assert slopes[0] == pytest.approx(slopes[1], abs=2 / np.log(ages[1] / ages[0]))


def test_many_teeth_are_drawn_as_their_envelope():
    made = Explorer(world(duration="2 days"), {"interval": (INTERVAL, ["1 min", "30 s"])})
    before = pixels(made)
    made.sliders["interval"].value = "30 s"
    assert (pixels(made) != before).any()


def test_it_is_a_widget_and_where_there_are_none_a_picture():
    made = explorer()
    bundle = made._repr_mimebundle_()
    assert bundle["image/png"] == made.image.value
    assert bundle["image/png"].startswith(b"\x89PNG")
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == repr(made) == "<efssim.Explorer of 'test': interval, throughput>"
    assert made.image in made.widget.children


def test_without_a_defined_age():
    made = Explorer(
        world().with_({"replications.dr.established": None}),
        {"enabling": ("replications.dr.control.enabling", ["1 min", "1 day"])},
    )
    made.sliders["enabling"].value = "1 day"
    summary = made.result.summary["replications"]["dr"]
    assert summary["rpo"]["attainment"] is None


@pytest.mark.parametrize(
    ("error", "words", "path", "values"),
    [
        (efssim.ScenarioError, "intervall", "replications.dr.sync.intervall", ["1 min"]),
        (efssim.ScenarioError, "unit", INTERVAL, ["1 min", "5 parsecs"]),
        (ValueError, "needs at least one value", INTERVAL, []),
    ],
)
def test_mistakes(error, words, path, values):
    with pytest.raises(error, match=words):
        Explorer(world(), {"interval": (path, values)})


def test_other_mistakes():
    sliders = {"interval": (INTERVAL, ["1 min"])}
    with pytest.raises(KeyError, match="name one of the replications: dr"):
        Explorer(world(), sliders, "other")
    with pytest.raises(ValueError, match="records: off"):
        Explorer(world(records="off"), sliders)


def test_without_ipywidgets_it_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['ipywidgets'] = None\n"
        "import efssim\nfrom efssim.explorer import Explorer\n"
        "Explorer(efssim.Scenario(name='a', duration=60), {'seed': ('seed', [1])})"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert "pip install '.[notebook]' in a checkout of efssim" in run.stderr.splitlines()[-1]
