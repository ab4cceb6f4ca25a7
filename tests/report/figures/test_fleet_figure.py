"""The figure of a fleet: the numbers of its items in rising order."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest
from helpers.fleets import THREE

import efssim
from efssim.report.figures.run.fleet import fleet_alt, plot_fleet


class Age:
    def __init__(self, value: float | None) -> None:
        self.mean = self.p99 = self.max = value


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_each_number_is_a_step_for_each_item():
    result = efssim.run(efssim.load(THREE))
    ax = result.plot_fleet()
    ages = [part["time_since_last_sync_s"] for part in result.summary["replications"].values()]
    for line, key in zip(ax.lines, ("mean", "p99", "max"), strict=False):
        values = sorted(age[key] for age in ages)
        assert line.get_ydata().tolist() == [values[0], *values]
        assert line.get_xdata().tolist() == pytest.approx([0, 100 / 3, 200 / 3, 100])
    with pytest.raises(KeyError):
        result.plot_fleet("er")


def test_many_items_have_few_points_and_the_last():
    ages = {f"dr[{n}]": Age(float(n)) for n in range(1, 10_001)}
    ax = plot_fleet(ages, 900.0, "dr")
    x, y = ax.lines[2].get_xdata(), ax.lines[2].get_ydata()
    assert len(x) == 401
    assert (x[-1], y[-1]) == (100.0, 10_000.0)
    for share, age in zip(x[1:].tolist(), y[1:].tolist(), strict=True):
        assert age == pytest.approx(share * 100)


def test_items_without_an_age_are_missing_at_the_right_and_named():
    ages = {"dr[1]": Age(60.0), "dr[2]": Age(None)}
    ax = plot_fleet(ages, 900.0, "dr")
    assert ax.lines[0].get_xdata().tolist() == [0.0, 50.0]
    assert fleet_alt(ages, 900.0, "dr") == (
        "dr: time since last sync (age) of 2 items: mean 1 min to 1 min, p99 1 min to 1 min, worst"
        " 1 min to 1 min; the RPO target is 15 min. 1 item without an age."
    )
