"""The age at given times and its mean over periods, held against sums by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from helpers.worlds import constant, scenario, simulate
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.lag.age.age_over_time import age_at, age_means
from efssim.lag.age.sawtooth import Teeth

LINK = "us-east-1 -> us-west-2"
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def result():
    """Syncs of 5 s every 60 s, and an outage from 1 h to 1 h 30 min."""
    events = [{"at": "1 h", "link_outage": LINK, "for": "30 min"}]
    world = scenario({"w": constant("1 per s", 0)}, {"interval": 60, "setup": 5}, "3 h",
                     events=events)  # fmt: skip
    return simulate(world)


def test_age_at_times_of_all_kinds(result):
    # Cut at 120, complete at 125: 65 s just before, 5 s from then on.
    found = result.age_at([124.5, "125 s", "2026-01-01T00:02:10Z", START + timedelta(minutes=3)])
    assert found.tolist() == pytest.approx([64.5, 5.0, 10.0, 60.0], abs=1e-9)
    assert found.index[2] == pd.Timestamp("2026-01-01 00:02:10", tz="UTC")
    assert found.name == "age_s"
    # The sync cut at 3600 waits for the outage to end: LRT is 3540.
    assert result.age_at(["1 h 29 min"]).item() == pytest.approx(5340 - 3540)
    index = pd.date_range("2026-01-01", periods=4, freq="1h")  # without a zone: UTC
    assert result.age_at(index).iloc[:2].tolist() == pytest.approx([0.0, 60.0])
    assert np.isnan(result.age_at(["4 h"]).item())


def test_the_mean_of_a_period_is_its_integral(result):
    means = result.age_mean("1 h")
    assert list(means.index) == list(pd.date_range("2026-01-01", periods=3, freq="1h", tz="UTC"))
    # First hour: from 0 to 65, then teeth from 5 to 65, the last one cut at 60.
    first = (65**2 + 58 * (65**2 - 5**2) + (60**2 - 5**2)) / 2 / 3600
    assert means.iloc[0] == pytest.approx(first, rel=1e-12)
    # From 60 at 3600 up to 1865 at 5405, when the sync that was stalled completes; LRT is 3600.
    # The next, cut at once, completes at 5410, and cuts follow each 60 s from 5405 on.
    assert result.age_at([5404.999]).item() == pytest.approx(1864.999)
    # Resampling the corners of the sawtooth is something else.
    wrong = result.age()["age_s"].resample("1h").mean()
    assert abs(wrong.iloc[1] - means.iloc[1]) > 100
    whole = result.summary["replications"]["dr"]["time_since_last_sync_s"]["mean"]
    assert means.mean() == pytest.approx(whole, rel=1e-12)


def test_periods_count_from_midnight():
    found = simulate(
        scenario({}, {"interval": 60, "setup": 5}, "1 h", start="2026-01-01T00:20:00Z")
    ).age_mean("30 min")
    assert [f"{time:%H:%M}" for time in found.index] == ["00:00", "00:30", "01:00"]


@pytest.mark.parametrize("every", [0, "-5 s", "a while"])
def test_no_period(result, every):
    with pytest.raises(ValueError, match=r"."):
        result.age_mean(every)


def test_no_time(result):
    with pytest.raises(ValueError, match=r"."):
        result.age_at(["soon"])


def test_an_age_that_is_never_defined():
    found = simulate(
        scenario({}, {"interval": 60}, "1 h",
                 replication={"established": False, "control": {"enabling": "2 h"}})
    )  # fmt: skip
    assert found.age_at(["1 h"]).isna().all()
    assert found.age_mean("30 min").isna().all()


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0.01, 100), st.floats(0, 50)), min_size=1),
    st.lists(st.floats(-10, 1000), min_size=2, unique=True),
)
def test_means_agree_with_a_fine_sum(parts, edges):
    """Teeth with gaps between them; the integral of a straight piece is its middle times length."""
    gaps, lengths, ages = (np.array(column) for column in zip(*parts, strict=True))
    end = (gaps + lengths).cumsum()
    begin = end - lengths
    teeth = Teeth(begin, end, begin - ages)
    edges_s = np.sort(np.array(edges))
    found = age_means(teeth, edges_s)
    for mean, low, high in zip(found, edges_s[:-1], edges_s[1:], strict=True):
        left, right = begin.clip(low, high), end.clip(low, high)
        defined = (right - left).sum()
        middle = (left + right) / 2 - teeth.origin_s
        if defined < 1e-6:  # less than what rounding of the running sums leaves over
            continue
        # Both are sums of squares of up to a thousand seconds.
        assert mean == pytest.approx((middle * (right - left)).sum() / defined, rel=1e-6, abs=1e-3)
    inside = age_at(teeth, (begin + end) / 2)
    assert inside == pytest.approx(lengths / 2 + ages, rel=1e-9, abs=1e-9)


def test_an_age_that_rounding_puts_above_the_target_is_no_violation():
    """Cut + 900 s is not always 900 s after the cut, to the last bit; nothing lasts 0 s."""
    rounded = efssim.load(
        """
        name: rounded
        duration: 3200 s
        file_systems:
          a: {region: us-east-1}
        replications:
          dr:
            source: a
            destination: {region: us-west-2}
            established: true
            sync:
              {preset: none, interval: 500 s, gap: 300 s, setup: 300 s, phase: 366.9856599067118 s}
        rpo: {target: 15 min}
        """
    )
    found = efssim.run(rounded)
    syncs = found.outcomes["dr"].syncs
    ages_s = (syncs["completed_s"][1:] - syncs["cut_s"][:-1]).tolist()
    assert max(ages_s) > 900.0
    rpo = found.summary["replications"]["dr"]["rpo"]
    assert (rpo["violations"], rpo["violation_s"], rpo["attainment"]) == (0, 0.0, 1.0)
