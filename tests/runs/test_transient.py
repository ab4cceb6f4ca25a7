"""Tests of the advice on the warm-up: MSER-5 by hand, and which runs get advice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.worlds import constant, poisson, scenario

import efssim
from efssim import Result, Scenario
from efssim.lag.age.transient import mser5
from efssim.runs.reckoned.transient import round_up, transient_end_s


def test_mser5_by_hand():
    # Means of batches: 9, 1, 3, 1, 3, 1, 3, 1. With all of them the squared deviations sum to
    # 112 - 22^2 / 8 = 51.5, over 64 that is 0.80; without the first 31 - 13^2 / 7 = 6.86, over 49
    # 0.14; without two 30 - 12^2 / 6 = 6, over 36 0.17.
    values = np.repeat([9.0, 1.0, 3.0, 1.0, 3.0, 1.0, 3.0, 1.0], 5)
    assert mser5(values) == 5
    # What is left over after whole batches is not looked at.
    assert mser5(np.append(values, [1e9, 1e9])) == 5
    assert mser5(np.ones(40)) == 0
    assert mser5(values[:19]) is None


def test_a_series_that_does_not_settle_has_no_end():
    assert mser5(np.arange(100.0)) is None


def test_mser5_against_every_cut():
    generator = np.random.default_rng(5)
    for _ in range(50):
        values = generator.exponential(size=200) + 20 * np.exp(-np.arange(200) / 15)
        means = values.reshape(40, 5).mean(axis=1)
        errors = [means[cut:].var() / (40 - cut) for cut in range(21)]
        best = int(np.argmin(errors))
        assert mser5(values) == (None if best == 20 else 5 * best)


def of(world: Scenario) -> tuple[float | None, Result]:
    result = efssim.run(world)
    return transient_end_s(world, result.outcomes["dr"]), result


def initial(streams: dict[str, Any] | None = None, **top: Any) -> Scenario:
    """Return a world with an initial sync of 5 h, whose writes the next syncs have to catch up."""
    return scenario(
        streams or {"w": {**poisson("1 per s", "1 MiB"), "new_bytes": 0}},
        {"interval": 60, "throughput": "2 MiB/s"},
        "10 days",
        file_system={"size": "35 GiB"},
        replication={"established": False, "control": {"preset": "none"}},
        **top,
    )


def test_a_backlog_after_an_initial_sync_is_a_transient():
    end_s, result = of(initial())
    # The initial sync takes 35 GiB / 2 MiB/s = 4.98 h; each sync after it takes half the time of
    # the one before, so the backlog is gone after 10 h.
    assert end_s is not None
    assert 6 * 3600 < end_s < 14 * 3600
    hours = round_up(end_s) / 3600
    assert f"transient seems to end near {hours:.0f} h" in result._repr_html_()
    # With that warm-up there is none left.
    assert of(initial(warm_up=f"{hours:.0f} h"))[0] is None


@pytest.mark.parametrize("seed", range(20))
def test_a_run_in_its_steady_state_gets_no_advice(seed):
    drawn = {"interval": 60, "throughput": "3 MiB/s", "setup": {"exponential": {"mean": 20}}}
    world = scenario({"w": poisson("1 per s", "1 MiB")}, drawn, "5 days", seed=seed)
    assert of(world)[0] is None
    assert of(scenario({"w": constant()}, {"interval": 60, "setup": 5}, "5 days"))[0] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"streams": {"w": {"arrivals": {"profile": {"rate": "1 per s", "hours": [1] * 23 + [2]}},
                           "size": "1 MiB", "new_bytes": 0}}},
        {"streams": {"w": {"arrivals": {"batch": {"at": "02:00", "every": "1 day", "writes": 9000,
                                                  "over": "1 h"}}, "size": "1 MiB"}}},
        {"streams": {"w": {**poisson("1 per s", "1 MiB"), "to": "2 days"}}},
        {"events": [{"at": "2 days", "link_outage": "us-east-1 -> us-west-2", "for": "1 h"}]},
        {"streams": {"w": poisson("3 per s", "1 MiB")}},  # more than can be sent
    ],
    ids=["profile", "batch", "ends", "outage", "diverging"],
)  # fmt: skip
def test_where_there_is_no_steady_state_there_is_no_advice(changes):
    assert of(initial(**changes))[0] is None


@pytest.mark.parametrize(
    ("seconds", "rounded"),
    [(61, 120), (10_799, 10_800), (10_801, 14_400), (863_000, 864_000), (864_001, 950_400)],
)
def test_ends_are_rounded_up(seconds, rounded):
    assert round_up(seconds) == rounded
