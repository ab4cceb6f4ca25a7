"""Means over trials of a replication, and their intervals, of numbers that are written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from helpers.worlds import scenario, simulate

from efssim.lag.objectives.summary import judged
from efssim.lag.summary import ReplicationSummary, RunSummary
from efssim.study.means.means import intervals_of
from efssim.study.means.merging import means
from efssim.study.statistics.bounds import Units
from efssim.study.statistics.protected import loses_too_often, protected
from efssim.study.statistics.weighing import Design, Weighing
from efssim.study.trial.outcome import Trial

PLAIN = Design((), (1.0,), (None,), (False,))
TWO = Design(("f",), (0.9, 0.1), ((), ("f",)), (False, False))


@cache
def whole() -> RunSummary:
    """Return the summary of a short run without writes."""
    return simulate(scenario({}, {"interval": 60}, "5 min")).run_summary


def ended(*statuses: str | None) -> list[ReplicationSummary]:
    """Return summaries of replications with these last statuses; None: it is gone."""
    part = whole().replications["dr"]
    return [replace(part, final_status=status) for status in statuses]


def trials_of(attained: Sequence[float | None]) -> list[Trial]:
    """Return trials of 300 s that attain so much of the RPO, and of an objective for writes."""
    first, made = whole().replications["dr"], []
    for number, share in enumerate(attained):
        total = 0 if share is None else 100
        writes = judged("writes", 60.0, 0.99, total * (share or 0.0), total, 0.0)
        rpo = replace(first.rpo, attainment=share)
        part = replace(first, rpo=rpo, objectives={"writes": writes})
        made.append(Trial(number, replace(whole(), replications={"dr": part})))
    return made


def weighing(count: int) -> Weighing:
    return PLAIN.weighing([0] * count)


def test_the_bounds_of_an_attainment_leave_the_error_half_to_each_end() -> None:
    """A trial in which nothing is known says nothing: it is no loss."""
    found = intervals_of(trials_of([1.0, 0.9, None, 0.8]), weighing(4), ["dr"], {})["dr"]
    units = Units([0.0, 0.1, 0.2])
    bounds = pytest.approx((1 - units.high(0.025), 1 - units.low(0.025)))
    assert found.rpo.attainment == bounds
    assert found.objectives["writes"].attainment == bounds


def test_the_seconds_of_violation_are_those_of_the_attainment() -> None:
    found = intervals_of(trials_of([1.0, 0.9, 0.8]), weighing(3), ["dr"], {})["dr"]
    units = Units([0.0, 0.1, 0.2])
    expected = 300 * units.low(0.025), 300 * units.high(0.025)
    assert found.rpo.violation_s == pytest.approx(expected)


def test_last_statuses_are_counted() -> None:
    found = means(weighing(3)).merged(ended("ENABLED", None, "ENABLED"), [0, 0, 0])
    assert found.final_status == {"ENABLED": 2, "gone": 1}


def test_last_statuses_over_strata_count_as_their_trials_do() -> None:
    """One trial of 90 % and two of 5 % each, of three trials."""
    parts = ended("ENABLED", None, "PAUSED")
    found = means(TWO.weighing([0, 1, 1])).merged(parts, [0, 1, 1])
    assert found.final_status == pytest.approx({"ENABLED": 2.7, "gone": 0.15, "PAUSED": 0.15})


def test_a_replication_that_no_trial_has_protects_nothing_and_loses_nothing() -> None:
    none = [Trial(k, replace(whole(), replications={})) for k in range(2)]
    assert not protected(none, "dr", weighing(2))
    assert not loses_too_often(none, "dr", weighing(2))
