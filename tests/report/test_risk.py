"""Tests of the risk by hour and weekday: exact sums over the hours of a time zone."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import matplotlib
import numpy as np
import pandas as pd
import pytest
from helpers.worlds import constant, poisson, scenario, simulate
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.lag.age.sawtooth import Teeth
from efssim.lag.hours import HOURS, hours_between
from efssim.lag.risk import risk_of
from efssim.report.figures.files import drawings

matplotlib.use("Agg")

LINK = "us-east-1 -> us-west-2"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


# The hours


def test_hours_by_hand():
    begin = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)
    edges, hour = hours_between(begin, 0.0, 7800.0, UTC)
    assert edges.tolist()[:-1] == [0, 2400, 6000]
    assert edges[-1] >= 7800
    assert hour.tolist() == [10, 11, 12]
    edges, hour = hours_between(begin, 0.0, 1800.0, ZoneInfo("Asia/Kathmandu"))  # 5 h 45 min ahead
    assert edges.tolist()[:-1] == [0]
    assert hour.tolist() == [16]
    edges, _ = hours_between(begin + timedelta(microseconds=250_000), 0.0, 7200.0, UTC)
    assert edges.tolist()[1] == pytest.approx(2399.75, abs=1e-9)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Rome", "2026-03-29", [0, 1, *range(3, 24)]),
        ("Europe/Rome", "2026-10-25", [0, 1, 2, 2, *range(3, 24)]),
        ("America/New_York", "2026-03-08", [0, 1, *range(3, 24)]),
        ("UTC", "2026-03-29", [*range(24)]),
    ],
)  # fmt: skip
def test_the_clock_is_put_forward_and_back(zone, day, hours):
    local = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    seconds = 3600.0 * len(hours)
    edges, hour = hours_between(local.astimezone(UTC), 0.0, seconds, ZoneInfo(zone))
    inside = edges[:-1] < seconds
    assert (hour[inside] % 24).tolist() == hours
    assert set(hour[inside] // 24) == {6}  # a Sunday
    assert np.diff(edges[: len(hours) + 1]).tolist() == [3600] * len(hours)


def test_half_an_hour_of_daylight_saving():
    """Lord Howe Island puts its clock back by half an hour at 02:00: 01:30 to 02:00 comes twice."""
    zone = ZoneInfo("Australia/Lord_Howe")
    begin = datetime(2026, 4, 5, 0, 0, tzinfo=zone).astimezone(UTC)
    edges, hour = hours_between(begin, 0.0, 3 * 3600.0, zone)
    spent = np.bincount(hour % 24, weights=np.diff(edges.clip(max=3 * 3600)))
    assert spent[:3].tolist() == [3600, 5400, 1800]


@settings(deadline=None)
@given(
    st.integers(-40 * 31_557_600 * 10**6, 90 * 31_557_600 * 10**6),
    st.integers(0, 400_000),
    st.lists(st.integers(0, 40_000_000), min_size=1, max_size=30),
    st.sampled_from(
        ["UTC", "Europe/Rome", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe",
         "Africa/Casablanca", "Africa/Monrovia", "Pacific/Apia"]
    ),
)  # fmt: skip
def test_hours_are_those_of_the_clock(since, begin, seconds, name):
    """At any second the piece is that of the local weekday and hour; Monrovia was 44:30 off."""
    start, zone = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=since), ZoneInfo(name)
    end = begin + max(seconds)
    edges, hour = hours_between(start, float(begin), float(end), zone)
    assert edges[0] <= begin
    assert edges[-1] >= end
    assert len(edges) == len(hour) + 1
    assert (np.diff(edges) > 0).all()
    assert (np.diff(edges) <= 3600 + 1e-6).all()  # rounding of an edge, some 1e8 s from the start
    for second in seconds:
        # Half a second away from the edges, and so from rounding.
        whole = start + timedelta(seconds=begin + second)
        whole = whole.replace(microsecond=500_000)
        at, local = (whole - start).total_seconds(), whole.astimezone(zone)
        if begin <= at <= end:
            found = hour[int(edges.searchsorted(at, "right")) - 1]
            assert found == local.weekday() * 24 + local.hour


@pytest.mark.parametrize("name", ["Europe/Rome", "Africa/Casablanca", "Australia/Lord_Howe"])
def test_every_half_hour_of_two_years(name):
    zone, count = ZoneInfo(name), 2 * 365 * 48
    edges, hour = hours_between(MONDAY, 0.0, count * 1800.0, zone)
    middles = np.arange(count) * 1800.0 + 900
    local = [(MONDAY + timedelta(seconds=at)).astimezone(zone) for at in middles.tolist()]
    found = hour[edges.searchsorted(middles, "right") - 1]
    assert found.tolist() == [moment.weekday() * 24 + moment.hour for moment in local]


# The sums


def brute(teeth, start, zone, target, step):
    """Return seconds defined and above by hour of the week, and the ages in each.

    The middle of every step is looked at, which is exact where teeth, hours and target are whole
    steps.
    """
    defined, above = np.zeros(HOURS), np.zeros(HOURS)
    ages = [[] for _ in range(HOURS)]
    for begin, end, origin in zip(teeth.begin_s, teeth.end_s, teeth.origin_s, strict=True):
        for middle in np.arange(begin + step / 2, end, step):
            local = (start + timedelta(seconds=middle)).astimezone(zone)
            cell = local.weekday() * 24 + local.hour
            defined[cell] += step
            above[cell] += step * (middle - origin > target)
            ages[cell].append(middle - origin)
    return defined.reshape(7, 24), above.reshape(7, 24), ages


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 900), st.integers(0, 300)), max_size=8),
    st.integers(0, 2000),
    st.sampled_from(
        [datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 20, 35, tzinfo=UTC), MONDAY]
    ),
    st.sampled_from(["UTC", "Europe/Rome", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)
def test_sums_are_those_of_brute_force(steps, target, start, name):
    """Teeth of whole 5 minutes, with gaps between them."""
    step, now, pieces = 300, 0, []
    for gap, length, low in steps:
        begin = now + gap
        now = begin + length
        pieces.append((begin * step, now * step, (begin - low) * step))
    columns = np.array(pieces, dtype=np.float64).reshape(-1, 3).T
    teeth, zone = Teeth(*columns), ZoneInfo(name)
    risk = risk_of(teeth, hours_between(start, 0.0, now * step, zone), target * step)
    defined, above, ages = brute(teeth, start, zone, target * step, step)
    assert risk.defined_s().tolist() == defined.tolist()
    assert risk.above_s().tolist() == above.tolist()
    by_hour, by_day = risk.p99_by_hour(), risk.p99_by_weekday()
    groups = [[*chain.from_iterable(ages[hour::24])] for hour in range(24)]
    groups += [[*chain.from_iterable(ages[24 * day : 24 * day + 24])] for day in range(7)]
    for values, p99 in zip(groups, [*by_hour, *by_day], strict=True):
        assert np.isnan(p99) == (not values)
        if values:  # each stands for the ages of half a step around it
            nearest = np.quantile(values, 0.99, method="inverted_cdf")
            assert abs(p99 - nearest) <= step / 2 + 1e-6


def test_quantiles_by_hand():
    """One tooth from 0 to 3 hours on a Monday: ages of hour h are uniform on [h, h + 1]."""
    teeth = Teeth(np.array([0.0]), np.array([3 * 3600.0]), np.array([0.0]))
    risk = risk_of(teeth, hours_between(MONDAY, 0.0, 3 * 3600.0, UTC), 5400.0)
    expected = [3600 * (hour + 0.99) for hour in range(3)]
    assert risk.p99_by_hour()[:3] == pytest.approx(expected, rel=1e-12)
    assert np.isnan(risk.p99_by_hour()[3:]).all()
    assert risk.p99_by_weekday()[0] == pytest.approx(3 * 3600 * 0.99, rel=1e-12)
    assert risk.above_s()[0, :3].tolist() == [0, 1800, 3600]


# A run


@pytest.fixture(scope="module")
def result():
    return weeks(2)


@pytest.fixture(scope="module")
def longer():
    return weeks(4)


def weeks(count):
    """Weeks in which a job of an hour at 02:00 makes syncs late, across a change of clocks."""
    batch = {"batch": {"at": "02:00", "every": "1 day", "writes": 3600, "over": "1 h"}}
    return simulate(
        scenario(
            {"job": {"arrivals": batch, "size": "1 MB"}, "app": poisson("1 per s", 10_000)},
            {"interval": 60, "setup": 5, "throughput": "1.1 MB/s"},
            f"{7 * count} days",
            warm_up="1 h" if count == 2 else 0,
            start="2026-03-23T00:00:00Z",
            rpo={"target": "110 s"},
            events=[{"at": "5 days", "link_outage": LINK, "for": "20 min"}],
        )
    )


@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome", "Asia/Kathmandu"])
def test_the_whole_is_the_sum_of_the_cells(result, zone):
    summary = result.summary["replications"]["dr"]
    table, cells = result.risk(timezone=zone), result.risk_cells("dr", zone)
    defined = result.summary["window"]["seconds"]
    for part in (table.loc["hour"], table.loc["weekday"], cells):
        assert part["defined_s"].sum() == pytest.approx(defined, rel=1e-12, abs=1e-9)
        above = part["violation_s"].sum()
        assert above == pytest.approx(summary["rpo"]["violation_s"], rel=1e-9)
        assert 1 - above / defined == pytest.approx(summary["rpo"]["attainment"], rel=1e-12)
    assert (table["attainment"] == 1 - table["violation_s"] / table["defined_s"]).all()


def test_the_table(result):
    table = result.risk()
    assert list(table.columns) == ["defined_s", "attainment", "p99_s", "violation_s"]
    assert list(table.loc["hour"].index) == list(range(24))
    assert list(table.loc["weekday"].index) == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert (table.dtypes == "float64").all()
    hours = table.loc["hour"]
    assert hours["defined_s"].tolist() == [13 * 3600] + [14 * 3600] * 23  # one hour of warm-up
    # The job runs from 02:00 to 03:00; its last syncs go on a bit after it.
    assert hours["attainment"].idxmin() == 2
    assert hours.loc[12, "attainment"] == 1
    assert hours.loc[2, "p99_s"] > 110 > hours.loc[12, "p99_s"]
    # Saturday the 28th, at midnight, has the outage.
    cells = result.risk_cells()
    assert cells.loc[("Sat", 0), "violation_s"] > 1000
    assert cells.loc[("Sun", 0), "violation_s"] == 0
    # In Rome it is 03:00 in the first week, 04:00 from Sunday the 29th on.
    rome = result.risk_cells(timezone="Europe/Rome")["violation_s"]
    assert rome[("Sun", 3)] == 0 < 1000 < rome[("Sun", 4)]
    assert rome[("Thu", 3)] == pytest.approx(rome[("Thu", 4)], rel=0.2)


def test_cells_of_runs_add_up(result):
    """Two halves of one run, each with its own window, have the sums of the whole."""
    teeth = result.outcomes["dr"].age
    begin, end = result.outcomes["dr"].window_s
    start, zone = result.scenario.start, ZoneInfo("Europe/Rome")
    parts = [
        risk_of(teeth.within(*span), hours_between(start, *span, zone), 110.0)
        for span in ((begin, 500_000.5), (500_000.5, end))
    ]
    whole = result.risk_cells("dr", "Europe/Rome")
    defined, above = (sum(part.defined_s() for part in parts), sum(p.above_s() for p in parts))
    assert defined.ravel() == pytest.approx(whole["defined_s"].to_numpy(), rel=1e-12)
    assert above.ravel() == pytest.approx(whole["violation_s"].to_numpy(), rel=1e-9)


def test_what_is_undefined_is_unknown():
    new = scenario(
        {"w": constant()},
        {"interval": 60, "setup": 5},
        "3 h",
        replication={"established": False, "control": {"enabling": "90 min"}},
    )
    found = simulate(new)
    table, summary = found.risk(), found.summary["replications"]["dr"]
    total = 10_800 - summary["time_since_last_sync_s"]["undefined_s"]
    assert table.loc["hour", "defined_s"].sum() == pytest.approx(total, abs=1e-9)
    assert table.loc[("hour", 0), "defined_s"] == 0
    assert table.loc[("hour", 0), ["attainment", "p99_s"]].isna().all()
    assert table.loc[("hour", 1), "defined_s"] == pytest.approx(1795)
    for world in (found, efssim.Simulation(new).result()):
        axes = world.plot_risk()
        axes.figure.canvas.draw()
    assert axes.texts[0].get_text() == "no age is defined in the window"


def test_errors(result):
    with pytest.raises(ValueError, match="unknown time zone 'Europe/Atlantis'"):
        result.risk(timezone="Europe/Atlantis")
    with pytest.raises(KeyError, match="name one of the replications: dr"):
        result.risk("other")
    off = efssim.run(scenario({}, {"interval": 60}, records="off"))
    for ask in (off.risk, off.risk_cells, off.plot_risk):
        with pytest.raises(ValueError, match="records: off"):
            ask()


# The picture


def test_the_picture_shows_the_cells(longer):
    from matplotlib import pyplot as plt

    axes = longer.plot_risk(timezone="Europe/Rome")
    (mesh,) = axes.collections
    cells = longer.risk_cells(timezone="Europe/Rome")
    share = (cells["violation_s"] / cells["defined_s"]).to_numpy()
    assert np.asarray(mesh.get_array()).ravel() == pytest.approx(share)
    # The same scale whatever the worst share is.
    assert (mesh.norm.vmin, mesh.norm.vmax) == (1e-4, 1.0)
    assert axes.get_xlabel() == "hour of the day (Europe/Rome)"
    assert axes.get_title(loc="left") == "dr"
    assert [label.get_text() for label in axes.get_yticklabels()][::6] == ["Mon", "Sun"]
    assert [text.get_text() for text in axes.texts] == ["4 weeks"]
    bar = axes.figure.axes[1]
    assert bar.get_ylabel() == "time above the RPO of 1 min 50 s"
    _, mine = plt.subplots()
    assert longer.plot_risk("dr", ax=mine) is mine
    plt.close("all")


def test_less_than_four_weeks_are_no_pattern(result):
    axes = result.plot_risk()
    assert not axes.collections
    assert axes.texts[0].get_text().endswith("13 days 23 h is less than four weeks")
    assert "risk" not in {drawing.kind for drawing in drawings(result)}


def test_random_faults_of_one_run_are_named_noise():
    wan = {"link_outage": LINK, "every": {"exponential": {"mean": "5 days"}}, "for": "2 h"}
    found = simulate(scenario({}, {"interval": "10 min"}, "28 days", faults={"wan": wan}))
    note = "4 weeks of one run: random faults are as likely noise as a pattern"
    assert found.plot_risk().texts[0].get_text() == note
    (alt,) = (drawing.alt for drawing in drawings(found) if drawing.kind == "risk")
    assert note in alt


def test_the_scale_gets_ever_darker():
    """So it can be told apart without colours, and the least share is not the white of none."""
    from efssim.report.figures.run.risk import _scale

    colours = _scale()(np.linspace(0, 1, 50))[:, :3]
    light = colours @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(light) < 0).all()
    assert light[0] < 0.95
    assert _scale()(-1.0)[:3] == (1.0, 1.0, 1.0)


def test_a_year_of_a_sync_a_minute():
    """By the count of operations, not the clock: one piece more a tooth for each hour it meets."""
    begin = np.arange(0.0, 365 * 86_400, 60.0)
    teeth = Teeth(begin, begin + 60, begin - 17.5)
    hours = hours_between(datetime(2026, 1, 1, tzinfo=UTC), 0.0, 365 * 86_400.0, UTC)
    risk = risk_of(teeth, hours, 60.0)
    assert len(risk.teeth.begin_s) == len(begin)
    assert math.isclose(risk.defined_s().sum(), 365 * 86_400, rel_tol=1e-12)
    assert math.isclose(risk.above_s().sum(), 365 * 1440 * 17.5, rel_tol=1e-9)


def test_index_survives_a_round_trip(result, tmp_path):
    result.risk().to_csv(tmp_path / "risk.csv")
    again = pd.read_csv(tmp_path / "risk.csv", index_col=["by", "at"])
    assert again["defined_s"].tolist() == result.risk()["defined_s"].tolist()
