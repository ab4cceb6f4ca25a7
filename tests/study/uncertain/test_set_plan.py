"""Plans over parameter sets beside a closed form."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations

import pytest
from helpers.unknown import THROUGHPUT, unknown

import efssim
from efssim.report.files.uncertain.set_plan import write_set_plan
from efssim.report.text.uncertain.set_plan import set_plan_report
from efssim.study.errors import OutOfTimeError
from efssim.study.planning.ladder import ladder
from efssim.study.uncertain.outcome import SetOutcome, SetReplication
from efssim.study.uncertain.planning import SetPlanSearch, _worst, without
from efssim.study.varying.space import parameter

MIB = 2**20
SIZE = "file_systems.src.writes.w.size"
TEXT = unknown("growing", throughput="{uniform: {low: 10 MiB/s, high: 20 MiB/s}}")
"""The age peaks at 2 min + 120 s · size / throughput: a size is kept from 2 · size on."""


@pytest.fixture(scope="module")
def found():
    return efssim.plan_sets(
        efssim.load(TEXT), SIZE, ("5 MiB", "8 MiB"), 30, 10, share_of_sets=0.8, workers=1
    )


def test_the_answer_is_below_that_of_the_closed_form(found):
    """Four of five sets have 12 MiB/s or more: a size of 6 MiB is the limit, and less is shown."""
    assert found.outcome == "found"
    assert found.direction == "largest"
    assert 5.2 * MIB < found.answer.holds_at < found.answer.fails_at < 6.2 * MIB
    assert found.answer.fails_at < 1.021 * found.answer.holds_at
    last = found.evaluations[-1]
    assert last.confirms
    assert last.met
    assert (last.share.count, last.share.undecided) == (120, 0)
    assert last.seed != found.evaluations[0].seed
    assert not found.partial
    assert not found.out_of_time


def test_every_evaluation_is_that_of_the_closed_form(found):
    """The share of sets that keep a size is known: of (10, 20) MiB/s those above twice the size."""
    for made in found.evaluations:
        kept = min(1.0, max(0.0, (20 - 2 * made.value / MIB) / 10))
        assert made.share.met == pytest.approx(kept * made.share.count, abs=2)


def test_it_says_so_in_words(found):
    report = " ".join(set_plan_report(found, "efssim plan x").split())
    assert "keeps the objective in 80 % of plausible parameter sets" in report
    holds, fails = (
        found.parameter.text(end) for end in (found.answer.holds_at, found.answer.fails_at)
    )
    assert found.summary["text"] == (
        f"{SIZE} of at most {holds} keeps the objective in 80 % of plausible parameter sets, and "
        f"{fails} was not shown to; of 3 values tried from 5 MiB to {holds} none between 5 MiB "
        "and 5.3 MiB"
    )
    assert "RPO of dr: age at most 3 min for 100 % of the time or more, in 80 % of" in report
    assert "confirmed by 120 sets on a seed of their own" in report
    assert "uniform from 10 MiB/s to 20 MiB/s" in report
    assert found.summary["answer"]["unit"] == "bytes"
    assert len(found.table) == len(found.evaluations)


def test_the_files(found, tmp_path):
    write_set_plan(found, tmp_path / "out", "efssim plan x")
    files = sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file())
    names = ["evaluations.csv", "manifest.json", "plan.json", "report.html", "share.svg"]
    names.append("study.md")
    assert files == names
    assert json.loads((tmp_path / "out" / "plan.json").read_text()) == found.summary
    assert "keeps the objective in 80 %" in (tmp_path / "out" / "report.html").read_text()


def planned(between, **changes):
    scenario = efssim.load(TEXT).with_(changes.pop("scenario", {}))
    arguments = {"sets": 20, "trials": 10, "share_of_sets": 0.7, "workers": 1, **changes}
    return efssim.plan_sets(scenario, SIZE, between, **arguments)


def test_every_value_or_none():
    assert planned(("1 MiB", "2 MiB")).outcome == "always"
    none = planned(("11 MiB", "12 MiB"), sets=12)
    assert none.outcome == "never"
    assert none.answer is None
    assert none.summary["text"] == (
        f"no value tried of {SIZE} from 11 MiB to 12 MiB keeps the objective in 70 % of plausible "
        "parameter sets: 5 of them, none between 11.742 MiB and 12 MiB"
    )


def test_few_trials_leave_it_undecided():
    """Nothing shows 100 % where anything is drawn."""
    gap = {"replications.dr.sync.gap": {"uniform": {"low": "0 s", "high": "1 s"}}}
    found = planned(("1 MiB", "2 MiB"), scenario=gap, sets=3)
    assert found.outcome == "undecided"
    assert found.answer is None
    assert "more --trials decide more of them" in " ".join(set_plan_report(found, "x").split())


def test_time_may_be_over(monkeypatch):
    run, counts = SetPlanSearch._run, iter(range(9))

    def cut(self, value, seed, sets):
        if next(counts) == 2:
            raise OutOfTimeError
        return run(self, value, seed, sets)

    monkeypatch.setattr(SetPlanSearch, "_run", cut)
    found = planned(("4 MiB", "12 MiB"), budget="5 min", sets=5)
    assert found.out_of_time
    assert found.outcome == "undecided"
    assert "was spent before it was decided" in " ".join(set_plan_report(found, "x").split())


def test_what_is_varied_is_chosen():
    scenario = efssim.load(TEXT)
    known, was = without(scenario, parameter(THROUGHPUT))
    assert was
    assert not known.uncertain
    with pytest.raises(efssim.StudyError, match="no parameter is uncertain"):
        efssim.plan_sets(scenario, THROUGHPUT, ("1 MiB/s", "9 MiB/s"), 20, 10)
    setup = {'uncertain."replications.dr.sync.setup"': {"uniform": {"low": 1, "high": 20}}}
    both = efssim.plan_sets(
        scenario.with_(setup),
        THROUGHPUT,
        ("1 MiB/s", "20 MiB/s"),
        20,
        10,
        share_of_sets=0.7,
        workers=1,
    )
    assert both.decided
    assert [each.path for each in both.unknown] == ["replications.dr.sync.setup"]
    assert both.outcome == "found"
    assert both.direction == "smallest"


def test_a_plan_of_one_set_is_refused():
    with pytest.raises(efssim.StudyError, match="and a plan has one parameter set"):
        efssim.plan(efssim.load(TEXT), SIZE, ("4 MiB", "12 MiB"))


def replication(verdict):
    share = 1.0 if verdict == "met" else 0.2
    return SetReplication(
        verdict, verdict == "met", 0.5, share, share, 1.0, 2.0, 3.0, 0.0, 0.0, False
    )


def test_values_that_alternate_have_no_single_limit(monkeypatch):
    counts = iter([20, 0, 20, 0, 0])

    def run(self, value, seed, sets):  # as the method has them
        met = next(counts)
        return [replication("met")] * met + [replication("missed")] * (sets - met)

    monkeypatch.setattr(SetPlanSearch, "_run", run)
    found = planned(("4 MiB", "12 MiB"))
    assert found.outcome == "not_monotone"
    assert "has no single limit" in found.summary["text"]


GOOD_TO = 8 * MIB
"""The size up to which, or from which on, a value looks good in the search."""


def walked(monkeypatch, is_good, looks):
    """Plan where so many confirmations are needed; return the plan and the values they were of."""
    seen = []

    def run(self, value, seed, sets):
        if sets == 20:
            return [replication("met" if is_good(value) else "missed")] * sets
        seen.append(value)
        return [replication("met" if len(seen) == looks else "missed")] * sets

    monkeypatch.setattr(SetPlanSearch, "_run", run)
    return planned(("4 MiB", "12 MiB")), seen


STEPS = ladder(4 * MIB, 12 * MIB, parameter(SIZE).quantity)


@pytest.mark.parametrize("better", [-1, 1])
def test_confirmations_that_fail_go_on_by_1_2_and_4_values(monkeypatch, better):
    found, seen = walked(monkeypatch, lambda value: better * (value - GOOD_TO) >= 0, 4)
    good = [k for k, value in enumerate(STEPS) if better * (value - GOOD_TO) >= 0]
    first = good[0] if better > 0 else good[-1]
    assert seen == [STEPS[first + better * by] for by in (0, 1, 3, 7)]
    assert found.outcome == "found"
    assert found.direction == ("smallest" if better > 0 else "largest")
    assert (found.answer.fails_at, found.answer.holds_at) == (seen[2], seen[3])


@pytest.mark.parametrize("better", [-1, 1])
def test_confirmations_end_at_the_better_end(monkeypatch, better):
    towards = STEPS[::better]
    found, seen = walked(monkeypatch, lambda value: value in towards[-3:], 9)
    assert seen == towards[-3:]
    assert (found.outcome, found.answer) == ("undecided", None)


def test_the_worst_replication_decides_over_a_set():
    parts = {name: replication(name) for name in ("met", "undecided", "missed")}
    outcome = SetOutcome(0, 1, parts, "")
    for names in permutations(parts):
        assert _worst(outcome, names) == parts["missed"]
    assert _worst(outcome, ("met", "undecided")) == parts["undecided"]
    assert _worst(outcome, ("met", "gone")) is None
    assert _worst(outcome, ("gone", "missed")) == parts["missed"]
    assert _worst(outcome, ("gone",)) is None


def test_any_replication_that_falls_behind_is_told_of_a_set():
    behind = replace(replication("met"), falls_behind=True)
    outcome = SetOutcome(0, 1, {"behind": behind, "missed": replication("missed")}, "")
    assert _worst(outcome, ("behind", "missed")) == replace(
        replication("missed"), falls_behind=True
    )
