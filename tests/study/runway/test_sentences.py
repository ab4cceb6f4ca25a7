"""The sentences about a runway, of months whose evidence is written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.evaluations import evaluation
from helpers.worlds import constant, scenario

from efssim.study.planning.findings import PlanObjective
from efssim.study.runway.findings import MonthOutcome, RunwayFindings
from efssim.study.runway.first_missed import MonthInterval
from efssim.study.runway.search import point_of
from efssim.study.runway.sentences import answer_text, evidence_text, month_text, said_of

WORLD = scenario({"w": constant()}, {"interval": 60}, "1 h")
MET = evaluation(0.0, 0.0, met=True)
OPEN = evaluation(0.0, 0.1, more_trials=1200)
MISSED = evaluation(0.4, 0.4, met=False)


def found(*months: Any, **changed: Any) -> RunwayFindings:
    """Return a runway of some months, of which month 2 is missed at first unless that changes."""
    given: dict[str, Any] = {
        "scenario": WORLD,
        "horizon": 5,
        "objective": PlanObjective(90.0, 0.9, 0.95, ("dr",)),
        "months": tuple(MonthOutcome(k, (made,), 0.9) for k, made in enumerate(months)),
        "outcome": "found",
        "first_missed": 2,
        "interval": MonthInterval(1, 3),
        "random": True,
        "seed": 1,
        "trials": 2,
    }
    return RunwayFindings(**(given | changed))


def test_the_first_missed_month_is_only_said_to_be_where_that_is_shown() -> None:
    shown = found(MET, OPEN, MISSED)
    assert shown.is_shown
    assert answer_text(shown) == (
        "the objective is first missed in month 2 (from 2026-03-02 on), 95 % interval month 1 to "
        "month 3"
    )
    doubtful = found(MET, OPEN, evaluation(0.4, 0.4))
    assert not doubtful.is_shown
    assert answer_text(doubtful).startswith("the objective seems to be first missed in month 2 ")
    assert not found(MET, first_missed=None).is_shown


def test_the_months_that_are_not_decided_and_what_would_decide_them() -> None:
    """Of those that seem met the one that takes most; a month that seems missed does not count."""
    months = MET, evaluation(0.0, more_trials=7), OPEN, evaluation(0.4, 0.4, more_trials=90_000)
    assert evidence_text(found(*months)) == (
        "4 months, each with the same 2 trials. Shown to be met: up to month 0. Not decided by "
        "these trials: months 1 to 3, which are not claimed to be met. About 1,200 more trials a "
        "month would decide those that seem met."
    )
    none = evidence_text(found(MET, evaluation(0.0), MISSED))
    assert none.endswith("Not decided by these trials: month 1, which is not claimed to be met.")


def test_what_is_not_random_takes_one_trial() -> None:
    said = evidence_text(found(MET, MET, MISSED, random=False, trials=1))
    assert said == (
        "3 months; nothing in this scenario is random, so each is one trial. Shown to be met: up "
        "to month 1."
    )
    of_sets = evidence_text(found(MET, MISSED, random=False, trials=1, sets=8))
    assert of_sets.startswith("2 months, each with the same trial at each of 8 parameter sets.")


@pytest.mark.parametrize(("met", "said"), [(None, "not decided"), (True, "met"), (False, "missed")])
def test_the_verdict_of_a_month(met: bool | None, said: str) -> None:
    made = MonthOutcome(3, (evaluation(0.25, met=met),), 0.9)
    assert said_of(made) == said
    assert month_text(made, "") == f"month 3: attainment 0.75000, {said} (1 trial)"
    assert month_text(made, "gap ÷ 2").startswith("month 3 with gap ÷ 2: ")


def test_no_two_months_are_kept_in_one_place() -> None:
    """Rows of months up to the longest horizon: without a change, and with each of seven."""
    places = {
        point_of(row, month, ordinal, 3)
        for row in range(8)
        for month in range(601)
        for ordinal in range(3)
    }
    assert places == set(range(8 * 601 * 3))
