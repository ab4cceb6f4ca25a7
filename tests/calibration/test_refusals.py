"""Data that nothing can be fitted to: each has its reason, and nothing is claimed."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.exported_lag import START_S, minutes, sampled, samples

from efssim.calibration.data import Floats, Identified, LagSamples, WriteTotals
from efssim.calibration.fit import fit

COUNT = 3000
TIME_S = START_S + 60.0 * np.arange(COUNT)
WRITES = minutes(1e6 * (1 + np.arange(COUNT) % 17))


def sawtooth(interval: float, duration: float, phase: float = 17.0) -> Floats:
    """Return ages of syncs of one duration."""
    at_s = TIME_S - START_S + phase
    return at_s - np.floor((at_s - duration) / interval) * interval


def overlaid() -> Floats:
    rng = np.random.default_rng(1)
    return np.where(rng.random(COUNT) < 0.5, sawtooth(900, 5), sawtooth(700, 25))


def two_in_a_minute() -> LagSamples:
    one, other = sawtooth(900, 5), sawtooth(700, 25)
    columns = np.minimum(one, other), (one + other) / 2, np.maximum(one, other)
    return LagSamples(TIME_S, *columns, 60.0)


def jittered() -> Floats:
    at_s = TIME_S - START_S + np.random.default_rng(1).uniform(0, 60, COUNT)
    return at_s - np.floor((at_s - 5) / 900) * 900


REFUSED = {
    "empty": (samples(TIME_S[:0], np.zeros(0)), "too few"),
    "not a number": (samples(TIME_S, np.full(COUNT, np.nan)), "too few"),
    "paused throughout": (samples(TIME_S, 5 + 60.0 * np.arange(COUNT)), "paused or failed"),
    "one age": (samples(TIME_S, np.full(COUNT, 30.0)), "locked"),
    "no age": (samples(TIME_S, np.zeros(COUNT)), "locked"),
    "negative": (samples(TIME_S, sawtooth(900, 5) - 300), "negative"),
    "overlaid": (samples(TIME_S, overlaid()), "two sources"),
    "two in a minute": (two_in_a_minute(), "two replications"),
    "milliseconds": (samples(TIME_S, 1000 * sawtooth(900, 5)), "in ms"),
    "kiloseconds": (samples(TIME_S, sawtooth(900, 5) / 1000), "no longer than"),
    "minutes": (samples(TIME_S, np.floor(sawtooth(901, 5) / 60) * 60), "whole minutes"),
    "a time twice": (samples(np.repeat(TIME_S, 2)[:COUNT], sawtooth(900, 5)), "twice"),
    "hours": (samples(TIME_S[::60], sawtooth(900, 5)[::60], 3600.0), "cannot be decoded"),
    "maxima alone": (
        LagSamples(TIME_S[::5], *[np.full(COUNT // 5, np.nan)] * 2, sawtooth(900, 5)[4::5], 300.0),
        "Minimum, Average and Maximum",
    ),
    "another second each minute": (samples(TIME_S, jittered()), "another second of each minute"),
    "noise": (samples(TIME_S, np.random.default_rng(1).uniform(0, 900, COUNT)), "two sources"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(name):
    lag, words = REFUSED[name]
    found = fit(lag, WRITES)
    assert words in found.refusal
    assert not found.is_fitted
    assert [one.name for one in found.parameters] == ["interval", "gap", "setup", "throughput"]
    for one in found.parameters:
        assert one.identified is Identified.NO
        assert one.value is None
        assert one.reason == found.refusal


@pytest.mark.parametrize(
    ("writes", "words"),
    [
        (minutes([]), "holds none"),
        (minutes([1.0, np.nan]), "numbers"),
        (minutes([1.0, -1.0]), "numbers"),
        (minutes([1.0] * 9, begin_s=0.0), "no time in common"),
        (WriteTotals(TIME_S[:30], np.ones(30), None, 60.0), "too few"),
    ],
    ids=["none", "not a number", "negative", "another year", "half an hour"],
)
def test_writes_that_do_not_fit(writes, words):
    assert words in fit(samples(TIME_S, sawtooth(900, 5)), writes).refusal


def test_syncs_that_follow_no_rate_are_not_believed():
    """Durations drawn without regard to the bytes: neither a fixed time nor a rate is claimed."""
    rng = np.random.default_rng(3)
    cut_s = np.arange(1, 200) * 900.0
    completed_s = cut_s + rng.choice([5.0, 400.0], size=199)
    at_s = np.arange(COUNT) * 60.0 + 17
    at_s = at_s[at_s >= completed_s[0]]
    age_s = at_s - cut_s[completed_s.searchsorted(at_s, "right") - 1]
    found = fit(samples(START_S + np.floor(at_s / 60) * 60, age_s), WRITES)
    assert found.parameter("throughput").identified is Identified.NO
    assert found.parameter("gap").identified is Identified.NO


@pytest.mark.parametrize("unit", [1.0, 1e6])
def test_syncs_all_alike_tell_no_interval(unit):
    """Cuts 900 s apart, each sync as long as the other: the interval may be gap and duration.

    However many bytes go with it: there may be no limit of the throughput.
    """
    writes = minutes(unit * WRITES.bytes)
    found = fit(samples(TIME_S, sawtooth(900, 5)), writes)
    interval = found.parameter("interval")
    assert interval.identified is Identified.NO
    assert interval.low == 0
    assert interval.high == pytest.approx(900, abs=0.01)
    assert "each follows the completion" in interval.reason


def test_durations_that_do_not_grow_with_the_bytes_are_not_believed():
    """Four times the bytes take twice the time: a line through it has narrow, wrong intervals."""
    writes = minutes(1e6 * (1 + 30 * (1 + np.sin(np.arange(COUNT) / 57))))
    total = np.concatenate(([0.0], np.cumsum(writes.bytes)))
    cut_s = np.arange(1, 240) * 733.0
    sizes = np.diff(np.interp(cut_s, np.arange(COUNT + 1) * 60.0, total), prepend=0.0)
    completed_s = cut_s + 5.0 + 400.0 * np.sqrt(sizes / sizes.max())
    found = fit(sampled(cut_s, completed_s, phase=17.0, count=COUNT), writes)
    for name in ("setup", "throughput"):
        assert found.parameter(name).identified is Identified.NO
        assert "in proportion" in found.parameter(name).reason


def test_gaps_that_vary_are_not_one():
    rng = np.random.default_rng(4)
    writes = minutes(np.full(COUNT, 30e6))
    cut_s = np.cumsum(np.maximum(300.0, 120.0 + rng.exponential(200.0, size=500)))
    found = fit(sampled(cut_s, cut_s + 120.0, phase=17.0, count=COUNT), writes)
    gap = found.parameter("gap")
    assert gap.identified is Identified.NO
