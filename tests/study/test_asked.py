"""Measures that somebody asked for: nothing else is computed, and what is, is the same."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

import efssim
from efssim import Scenario
from efssim.lag.kinds.asked import EVERYTHING, OF_AGE, OF_TRIALS, Asked
from efssim.lag.kinds.distributions import QUANTILES
from efssim.lag.summary import AGE, OLDEST_PENDING, WRITE_LAG, WRITE_LAG_BY_BYTE
from efssim.lag.weighted.histogram import LogHistogram
from efssim.lag.write_lag import WriteLags
from efssim.runs.measured import MeasuredWorld
from efssim.study.planning import plan as planning
from efssim.study.planning.evaluation import READS
from efssim.study.trial.outcome import Done, run_trial
from efssim.study.uncertain import outcome as of_sets

WRITES = {"arrivals": {"poisson": {"rate": "1 per 7 s"}}, "size": {"exponential": {"mean": "2 MB"}}}
CELLS = {
    "arrivals": {"poisson": {"rate": "30 per s"}},
    "size": {"lognormal": {"median": "20 kB", "sigma": 1}},
    "drawn": "cells",
}
SYNC = {"preset": "none", "interval": 60, "setup": {"exponential": {"mean": 20}}}
SCENARIO = Scenario.model_validate(
    {
        "name": "asked",
        "duration": "6 h",
        "warm_up": "17 min",
        "records": "off",
        "rpo": {"target": "100 s", "attainment": 0.9},
        "file_systems": {"data": {"region": "us-east-1", "writes": {"app": WRITES, "log": CELLS}}},
        "replications": {
            "dr": {
                "source": "data",
                "destination": {"region": "us-west-2"},
                "established": True,
                "sync": {**SYNC, "throughput": "5 MB/s"},
            }
        },
        "faults": {
            "wan": {
                "link_outage": "us-east-1 -> us-west-2",
                "every": {"exponential": {"mean": "2 h"}},
                "for": "5 min",
            },
            "home": {
                "region_outage": "us-east-1",
                "every": {"exponential": {"mean": "3 h"}},
                "for": "3 min",
            },
        },
    }
)


def done(asked: Asked, number: int = 0) -> Done:
    return run_trial(SCENARIO, 3, number, False, asked)


def differences(found: Done, whole: Done) -> set[str]:
    """Return the fields in which the replication of two trials differs."""
    few, all_ = (each.trial.summary.replications["dr"] for each in (found, whole))
    return {
        field.name for field in fields(few) if getattr(few, field.name) != getattr(all_, field.name)
    }


@pytest.mark.parametrize("number", [0, 1])
def test_a_trial_is_the_same_without_curves(number: int) -> None:
    assert done(OF_TRIALS, number) == done(EVERYTHING, number)


@pytest.mark.parametrize("asked", [OF_AGE, READS])
def test_numbers_of_some_measures_are_those_of_all(asked: Asked) -> None:
    found, whole = done(asked), done(EVERYTHING)
    assert differences(found, whole) == {"lags", "pending_bytes"}
    few, all_ = (each.trial.summary.replications["dr"] for each in (found, whole))
    quantiles = {} if asked.quantiles else dict.fromkeys(QUANTILES)
    assert few.lags == {AGE: replace(all_.lags[AGE], **quantiles)}
    most = {} if asked.pending_max else {"max": None}
    assert few.pending_bytes == replace(all_.pending_bytes, mean=None, **most)
    assert None not in (all_.pending_bytes.mean, all_.pending_bytes.max, all_.lags[AGE].p99_9)
    assert found.trial.spans == whole.trial.spans
    pooled = () if asked.pooled is None else asked.pooled
    assert found.states == {"dr": {lag: whole.states["dr"][lag] for lag in pooled}}
    digest = whole.trial.summary.digest if asked.digest else ""
    assert found.trial.summary.digest == digest


@pytest.mark.parametrize("lag", [AGE, WRITE_LAG, WRITE_LAG_BY_BYTE, OLDEST_PENDING])
def test_each_lag_alone_is_the_same(lag: str) -> None:
    found, whole = done(Asked(lags=(lag,), pooled=(lag,), pending_mean=False)), done(EVERYTHING)
    few, all_ = (each.trial.summary.replications["dr"] for each in (found, whole))
    assert few.lags == {lag: all_.lags[lag]}
    assert found.states == {"dr": {lag: whole.states["dr"][lag]}}


def test_a_lag_without_quantiles_has_the_same_mean_and_maximum() -> None:
    found, whole = done(Asked(without_quantiles=(OLDEST_PENDING,))), done(EVERYTHING)
    few, all_ = (each.trial.summary.replications["dr"].lags for each in (found, whole))
    oldest = replace(all_[OLDEST_PENDING], **dict.fromkeys(QUANTILES))
    assert few == {**all_, OLDEST_PENDING: oldest}
    assert few != all_


def test_mean_pending_bytes_alone_are_the_same() -> None:
    found, whole = done(Asked(lags=(), pooled=())), done(EVERYTHING)
    assert differences(found, whole) == {"lags"}


def test_a_number_that_nobody_asked_for_is_missing() -> None:
    summary = done(READS).trial.summary.replications["dr"]
    with pytest.raises(KeyError, match=WRITE_LAG):
        _ = summary.write_lag
    with pytest.raises(KeyError, match=OLDEST_PENDING):
        _ = summary.oldest_pending


def test_curves_are_of_the_lags_that_are_asked_for() -> None:
    for asked, expected in ((EVERYTHING, 4), (Asked(lags=(AGE,)), 1), (OF_TRIALS, 0)):
        world = MeasuredWorld(SCENARIO, metrics=False, asked=asked)
        world.advance_to_end()
        assert len(world.so_far().outcomes["dr"].exceedance) == expected


def test_a_plan_takes_no_write_lags(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a write lag was computed")

    monkeypatch.setattr(WriteLags, "_take_lags", refused)
    monkeypatch.setattr(LogHistogram, "add", refused)
    done(READS)
    with pytest.raises(efssim.TrialError, match="a write lag was computed"):
        done(OF_TRIALS)


def plan() -> Any:
    scenario = SCENARIO.with_(faults={}, duration="90 min")
    between = ("1 MB/s", "8 MB/s")
    return efssim.plan(
        scenario, "replications.dr.sync.throughput", between, trials=10, workers=1
    ).summary


def test_a_plan_is_the_same_with_all_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    found = plan()
    monkeypatch.setattr(planning, "READS", EVERYTHING)
    assert plan() == found


def test_parameter_sets_are_the_same_with_all_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = SCENARIO.with_(
        uncertain={
            "replications.dr.sync.throughput": {"uniform": {"low": "2 MB/s", "high": "6 MB/s"}}
        }
    )
    found = efssim.run_sets(scenario, sets=3, trials=2, workers=1).summary
    monkeypatch.setattr(of_sets, "OF_AGE", EVERYTHING)
    assert efssim.run_sets(scenario, sets=3, trials=2, workers=1).summary == found
