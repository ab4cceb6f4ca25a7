"""The reports on a runway: text, page, figure and notebook say the same."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import matplotlib as mpl
import pytest
from helpers.worlds import constant, scenario

import efssim
from efssim.report.files.study import Sketch, drawn
from efssim.report.runway.figure import plot_runway, runway_alt
from efssim.report.runway.page import runway_page
from efssim.report.runway.text import runway_report
from efssim.study.runway.cause import MissCause
from efssim.study.runway.findings import RunwayFindings
from efssim.study.runway.first_missed import MonthInterval
from efssim.study.runway.sentences import answer_text, cause_text, change_text

mpl.use("Agg")


@pytest.fixture(scope="module")
def found() -> efssim.Runway:
    stream = {**constant("1 per s", "600 kB"), "growth": {"per": "month", "factor": 1.3}}
    world = scenario(
        {"w": stream},
        {"interval": 10, "setup": 10, "throughput": "1 MB/s"},
        "2 h",
        rpo={"target": 200, "attainment": "99 %"},
    )
    return efssim.runway(world, 5, workers=1)


def page(found: RunwayFindings) -> str:
    svg = drawn(Sketch(partial(plot_runway, found), runway_alt(found)))
    return runway_page(found, {"runway": svg}, "efssim plan x --until-missed")


def test_all_of_them_have_the_answer_the_cause_and_the_changes(found: efssim.Runway) -> None:
    text, html = " ".join(runway_report(found, "again").split()), page(found)
    shown = found._repr_html_()
    assert found.first_missed == 2
    for part in (text, html, shown):
        assert "first missed in month 2 (from 2026-03-02 on)" in part
        assert "bytes: more is written than is sent in time" in part
        assert "throughput × 2" in part
    assert "month 0 to month 5" in html
    assert repr(found) == f"<efssim.Runway of 'test': {found.text}>"
    assert "Attainment by month: the objective is first missed" in html


def test_what_is_not_shown_is_not_claimed(found: efssim.Runway) -> None:
    months = list(found.months)
    unsure = [replace(each.evaluations[0], met=None) for each in months]
    open_ = tuple(
        replace(each, evaluations=(made,)) for each, made in zip(months, unsure, strict=True)
    )
    doubtful = replace(found, months=open_, random=True, interval=MonthInterval(1, None))
    text = answer_text(doubtful)
    assert "seems to be first missed in month 2" in text
    assert text.endswith("95 % interval month 1 to beyond month 5")
    html = page(doubtful)
    assert "Seems first missed in month 2" in html
    assert 'class="verdict open"' in html or "open" in html
    assert doubtful.met_through is None


def test_other_outcomes_have_their_words(found: efssim.Runway) -> None:
    first = replace(found, first_missed=None, months=found.months[:2], changes=(), cause=None)
    assert "later months were not tried" in answer_text(replace(first, outcome="undecided"))
    whole = replace(first, outcome="always")
    assert "Met in every month" in page(whole)
    assert "Missed in every month" in page(replace(found, outcome="never"))
    again = replace(found, outcome="not_monotone", met_again=(4,))
    assert "met again in month 4: there is no single limit" in answer_text(again)
    assert "PARTIAL: interrupted after 2 months" in runway_report(replace(first, partial=True), "")
    late = runway_report(replace(first, outcome="undecided", out_of_time=True), "")
    assert "--budget gives it more" in " ".join(late.split())


def test_a_cause_without_syncs_and_changes_that_harm(found: efssim.Runway) -> None:
    assert isinstance(found.cause, MissCause)
    nothing = replace(found.cause, term=None, batch=None)
    assert "no recovery point at all" in cause_text(replace(found, cause=nothing))
    harming = replace(found.changes[0], first_missed=1, bought=-1, at_least=-1)
    assert change_text(harming, found) == "first missed in month 1, 1 earlier"
    beyond = replace(found.changes[0], first_missed=None, bought=None, at_least=4)
    assert change_text(beyond, found) == "not missed up to month 5"
