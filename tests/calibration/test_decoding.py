"""Samples by hand: cuts and completions of minutes, and the courses of five minutes."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.exported_lag import START_S, by_five, samples

from efssim.calibration.refusal import CannotFitError
from efssim.calibration.samples.ages import ages_of
from efssim.calibration.samples.five import AmbiguousError, Statistics, courses, decoded_ages
from efssim.calibration.samples.syncs import seen_syncs


def statistics(*ages: float) -> Statistics:
    return Statistics(min(ages), sum(ages), max(ages))


def test_a_cut_is_the_time_of_a_sample_less_its_age():
    time_s = START_S + 60.0 * np.arange(40)
    age_s = np.arange(40) * 60.0 + 100.0
    age_s[3:] -= 130.0  # at minute 3 a sync shows that was cut 130 s after the one before
    ages = ages_of(time_s, age_s, 60.0)
    seen = seen_syncs(ages, np.zeros(40, dtype=bool))
    assert seen.cut_s.tolist() == [-100.0, 30.0]
    assert seen.before_s[1] == 120.0  # not complete at minute 2 …
    assert seen.first_s.tolist() == [0.0, 180.0]  # … and complete at minute 3
    assert seen.last_s.tolist() == [120.0, 39 * 60.0]
    assert seen.decoded(ages.origin_s).cut_s.tolist() == [START_S - 100.0, START_S + 30.0]


def test_five_minutes_without_a_sync():
    assert courses(40.0, statistics(100, 160, 220, 280, 340)) == [(100, 160, 220, 280, 340)]


@pytest.mark.parametrize(
    "ages",
    [
        (30.5, 90.5, 150.5, 210.5, 270.5),  # at the first minute
        (700, 760, 44, 104, 164),  # at the third
        (700, 760, 820, 880, 71),  # at the last
        (700, 31, 91, 47, 107),  # two syncs
        (55, 20, 80, 140, 200),  # two in a row
        (700, 760, 820, 33, 12),  # two at the end
    ],
)
def test_one_course_of_a_sync_or_two(ages):
    last_s = 640.0
    found = courses(last_s, statistics(*ages))
    assert any(one == pytest.approx(ages) for one in found)
    for one in found:  # whatever else is found has the same statistics
        assert statistics(*one).fits(tuple(map(float, ages))) or statistics(*ages).fits(one)


def test_falls_that_no_statistic_tells_are_ambiguous():
    """Between the least and the largest, which are old, two new ages may be shared out freely."""
    ages = (100.0, 160.0, 220.0, 150.0, 130.0)
    with pytest.raises(AmbiguousError):
        courses(40.0, statistics(*ages))


def test_two_courses_stay_open_until_one_is_contradicted():
    rng = np.random.default_rng(2)
    cut_s = np.cumsum(rng.uniform(900, 1500, size=60))
    completed_s = cut_s + rng.uniform(10, 200, size=60)
    at_s = np.arange(700) * 60.0 + 13.0
    at_s = at_s[(at_s >= completed_s[0]) & (at_s < completed_s[-1])]
    age_s = at_s - cut_s[completed_s.searchsorted(at_s, "right") - 1]
    lag = samples(START_S + np.floor(at_s / 60) * 60, age_s)
    ages, follows_none = decoded_ages(by_five(lag))
    true = dict(zip(lag.time_s.tolist(), age_s.tolist(), strict=True))
    decoded = zip((ages.time_s + ages.origin_s).tolist(), ages.age_s.tolist(), strict=True)
    assert max(abs(true[at] - age) for at, age in decoded) < 1e-6
    assert len(ages.time_s) > 0.9 * len(lag.time_s)
    assert follows_none[0]


def test_syncs_300_s_apart_are_not_told():
    """Wherever in five minutes they show, the statistics are the same."""
    time_s = START_S + 60.0 * np.arange(3000)
    age_s = 20.0 + (np.arange(3000) + 2) % 5 * 60.0
    with pytest.raises(CannotFitError, match="cycles are too short"):
        decoded_ages(by_five(samples(time_s, age_s)))
