"""Tests of trials that a budget of time ends in the process of the study itself."""

from __future__ import annotations

import pytest
from helpers.places import SCENARIOS
from helpers.studies import chancy

import efssim
from efssim.study.errors import OutOfTimeError, StudyError
from efssim.study.run.batch import Job, run_batch
from efssim.study.run.deadline import Deadline
from efssim.study.run.executors import Workers
from efssim.study.trial import paced
from efssim.study.trial.outcome import run_trial

INTERVAL = "replications.dr.sync.interval"


class Looks:
    """A check that counts, and raises at one of its calls."""

    def __init__(self, last: int | None = None) -> None:
        self.count, self._last = 0, last

    def __call__(self) -> None:
        self.count += 1
        if self.count == self._last:
            raise OutOfTimeError


def endless() -> efssim.Scenario:
    """Return a scenario in which nothing is random, and whose run would take some hours."""
    return efssim.load(SCENARIOS / "first-report.yaml").with_(
        {
            "duration": "40000 days",
            "file_systems.orders.writes": {
                "s": {
                    "arrivals": {"constant": {"rate": "15 per s"}},
                    "size": "64 KiB",
                    "drawn": "each",
                }
            },
        }
    )


@pytest.mark.parametrize("name", ["first-report", "outage-at-peak", "hot-files", "failover"])
@pytest.mark.parametrize("looked", ["seldom", "often"])
def test_looks_change_no_result(name, looked, monkeypatch):
    if looked == "often":
        monkeypatch.setattr(paced, "_FACTOR", 1.0)
        monkeypatch.setattr(paced, "_FIRST", 1 / 300)
    world = efssim.load(SCENARIOS / f"{name}.yaml")
    looks = Looks()
    assert run_trial(world, 7, 3, check=looks) == run_trial(world, 7, 3)
    assert looks.count >= (299 if looked == "often" else 3)


def test_few_looks_at_a_short_run(monkeypatch):
    monkeypatch.setattr(paced, "perf_counter", lambda: 0.0)  # each part takes no time
    looks = Looks()
    run_trial(chancy(), 1, 0, check=looks)
    assert looks.count == 4


@pytest.mark.parametrize("last", [1, 3])
def test_a_look_ends_a_trial(last):
    with pytest.raises(OutOfTimeError):
        run_trial(chancy(), 1, 0, check=Looks(last))


def test_only_a_job_of_this_process_has_the_deadline():
    deadline = Deadline(0.0)
    here = Job.of(chancy(), 1, False, Workers("serial"), deadline=deadline)
    with pytest.raises(OutOfTimeError):
        run_batch(here, (0,))
    assert Job.of(chancy(), 1, False, Workers(None, 2), deadline=deadline).deadline is None


@pytest.mark.parametrize("workers", [1, 2])
def test_a_plan_ends_within_its_budget_where_one_trial_does_not(workers):
    with pytest.raises(efssim.ScenarioError, match="over before the first value"):
        efssim.plan(
            endless(), vary=INTERVAL, between=("1 min", "1 h"), budget="1 s", workers=workers
        )


def test_a_runway_ends_within_its_budget():
    growing = endless().with_({"file_systems.orders.growth": {"per": "month", "factor": 1.0001}})
    with pytest.raises(StudyError, match="over before month 0"):
        efssim.runway(growing, budget="1 s")
