"""The conditions one by one: all hold exactly where `--check` passes, and each is told."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from helpers.pages import Page
from helpers.places import SCENARIOS
from helpers.worlds import constant, poisson, scenario, simulate

import efssim
from efssim.report.figures.files import drawings
from efssim.report.gates.annotations import MOST, error_line, gate_lines
from efssim.report.gates.drills import drill_markdown, judged_drills
from efssim.report.gates.gate import Gate, Gates, summed_up, unheld
from efssim.report.gates.junit import junit_xml
from efssim.report.gates.markdown import (
    code,
    comparisons_markdown,
    escaped,
    run_markdown,
    sets_markdown,
    table,
    trials_markdown,
)
from efssim.report.gates.results import judged_run, judged_sets, judged_trials
from efssim.report.html.run import run_page
from efssim.report.html.studies.trials import trials_page
from efssim.report.text.comparison import comparison_report
from efssim.report.text.run import text_report
from efssim.report.text.trials import study_text
from efssim.report.verdicts.check import (
    checked_run,
    checked_sets,
    checked_trials,
    ignores_unknowns,
    passes,
)
from efssim.study.drills.summary import passes as passes_drills
from efssim.study.run.summary import trials_summary
from efssim.text.yaml.problems import Position

SYNC = {"interval": 60, "setup": 5}
SLOW = {"interval": 60, "setup": 5, "throughput": "900 B/s"}
HOLDS, FAILS = "dr.syncs.completed > 0", "dr.syncs.completed > 1_000_000"
OPEN = "dr.write_lag_s.p99_99 < 1 h"
"""A number that a short run does not have."""
OBJECTIVES = {
    "kept": {"target": "1 h", "attainment": "50 %", "of": "time"},
    "broken": {"target": "1 s", "attainment": "99.9 %", "of": "writes"},
}


def runs():
    write = {"w": constant()}
    twenty = {"duration": "20 min"}
    return {
        "met": scenario(write, SYNC, **twenty),
        "missed": scenario(write, SYNC, **twenty, rpo={"target": "10 s"}),
        "diverging and met": scenario(write, SLOW, duration="40 min", rpo={"target": "3 days"}),
        "diverging": scenario(write, SLOW, **twenty, rpo={"target": "10 s"}),
        "thresholds": scenario(write, SYNC, **twenty, thresholds=[HOLDS, FAILS, OPEN]),
        "threshold holds": scenario(write, SYNC, **twenty, thresholds=[HOLDS]),
        "undecided": scenario(write, SYNC, **twenty, thresholds=[OPEN]),
        "objectives": scenario(write, SYNC, **twenty, objectives=OBJECTIVES),
        "once": scenario(write, SYNC, **twenty, replication={"established": False}),
        "never": scenario(
            write,
            {**SYNC, "throughput": "1 KiB/s"},
            **twenty,
            replication={"established": False},
            file_system={"size": "1 TiB"},
        ),
        "unknown": efssim.load(SCENARIOS / "unknown-rate.yaml", ["duration=3 h", "warm_up=0"]),
        "nothing": efssim.load("name: nothing\nduration: 1 h\n"),
    }


@pytest.mark.parametrize("name", runs())
def test_all_conditions_of_a_run_hold_exactly_where_check_passes(name):
    result = efssim.run(runs()[name])
    found = judged_run(result)
    thresholds = result.run_summary.thresholds
    is_known = not ignores_unknowns(result)
    assert found.passes == (is_known and passes(checked_run(result), result.traces, thresholds))
    assert found.passes == (name in ("met", "threshold holds"))


def test_all_conditions_of_trials_hold_exactly_where_check_passes():
    for name, world in runs().items():
        if name == "unknown":
            continue
        trials = efssim.run_trials(world, 2, workers=1)
        found = judged_trials(trials)
        checked = checked_trials(trials), trials.traces, trials_summary(trials).thresholds
        assert found.passes == passes(*checked), name


def test_all_conditions_of_sets_hold_exactly_where_check_passes():
    world = runs()["unknown"]
    study = efssim.run_sets(world, 3, 1, workers=1)
    assert judged_sets(study).passes == passes(checked_sets(study), study.traces)
    (gate,) = judged_sets(study).gates
    assert gate.outcome == "undecided"
    text = sets_markdown(study, "efssim run")
    assert text.startswith("**unknown-rate, dr: RPO NOT DECIDED: met in ")
    assert "| over sets | least |" in text


def test_what_ctrl_c_left_in_part_is_undecided_and_says_so():
    trials = efssim.run_trials(runs()["met"], 2, workers=1)
    assert judged_trials(trials).passes
    sets = efssim.run_sets(runs()["unknown"], 3, 1, workers=1)
    for found, told in (
        (judged_trials(replace(trials, partial=True, wanted=1000)), "2 of 1,000 trials"),
        (judged_sets(replace(sets, outcomes=sets.outcomes[:2], partial=True)), "2 of 3 sets"),
    ):
        first = found.gates[0]
        assert (first.name, first.outcome) == ("complete", "undecided")
        assert first.text == f"PARTIAL: interrupted after {told}"
        (case, *_) = parsed(junit_xml([found], "2026-01-01T00:00:00Z")).iter("testcase")
        assert case.find("error") is not None


@pytest.mark.parametrize("rto", [None, "1 min", "12 h"])
def test_all_conditions_of_drills_hold_exactly_where_check_passes(rto):
    top = {} if rto is None else {"rto": {"target": rto, "attainment": "50 %"}}
    world = scenario(
        {"w": constant()}, SYNC, "2 h", drill={"at": "1 h"}, rpo={"target": "10 min"}, **top
    )
    study = efssim.drill(world, 1)
    found = judged_drills(study)
    assert found.passes == passes_drills(study) == (rto != "1 min")
    assert [gate.name for gate in found.gates] == ["RPO", "RTO" if rto else "end"]
    assert len(list(parsed(junit_xml([found], "2026-01-01T00:00:00Z")).iter("testcase"))) == 2
    text = drill_markdown(study, "efssim drill s.yaml")
    assert text.startswith("**test, dr: RPO ")
    assert "| phase | mean | p50 | p95 | max |" in text


def test_a_thin_trace_is_undecided(tmp_path):
    minutes = [minute for minute in range(40) if not 10 < minute < 15]
    rows = "\n".join(f"{60 * minute},1000" for minute in minutes)
    (tmp_path / "w.csv").write_text(f"time,bytes\n{rows}\n", encoding="utf-8")
    trace = {"file": str(tmp_path / "w.csv"), "time": "time", "bytes": "bytes", "period": "1 min"}
    result = simulate(scenario({"w": {"trace": trace}}, SYNC, "40 min"))
    assert not passes(checked_run(result), result.traces)
    rpo, thin = judged_run(result).gates
    assert (rpo.outcome, thin.outcome) == ("holds", "undecided")
    assert thin.text.startswith("TRACE TOO THIN: fs.w ")


def test_conditions_are_summed_up_and_ordered():
    def gate(outcome):
        return Gate("dr", outcome, outcome, f"It {outcome}.", ())

    all_three = Gates("s", (gate("holds"), gate("undecided"), gate("fails")))
    assert summed_up(all_three) == "1 of 3 conditions fails, 1 is undecided"
    assert summed_up(Gates("s", (gate("holds"),) * 2)) == "2 conditions hold"
    assert summed_up(Gates("s", (gate("holds"),))) == "1 condition holds"
    assert summed_up(Gates("s", (gate("undecided"),) * 2)) == "2 of 2 conditions are undecided"
    assert [found.outcome for _, found in unheld([all_three])] == ["fails", "undecided"]


# --- JUnit XML ------------------------------------------------------------------------------------

REQUIRED = {
    "testsuites": (),
    "testsuite": (
        *("name", "package", "id", "hostname", "tests", "failures", "errors", "time"),
        "timestamp",
    ),
    "testcase": ("name", "classname", "time"),
    "failure": ("type", "message"),
    "error": ("type", "message"),
    "properties": (),
    "system-out": (),
    "system-err": (),
}
"""Attributes that the schema of Ant's JUnit reports requires (`message` is optional there)."""
ORDER = ("properties", "testcase", "system-out", "system-err")
PATTERNS = {
    "id": r"\d+",
    "tests": r"\d+",
    "failures": r"\d+",
    "errors": r"\d+",
    "time": r"\d+(\.\d+)?",
    "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
    "name": r"(?s).*\S.*",
    "classname": r"(?s).*\S.*",
    "hostname": r".+",
}


def parsed(text):
    """Return the root of a document that keeps to the schema of Ant's JUnit reports."""
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) == set(REQUIRED[element.tag]), element.tag
        for key, value in element.attrib.items():
            assert re.fullmatch(PATTERNS.get(key, r"(?s).+"), value), (element.tag, key, value)
    for ordinal, suite in enumerate(root):
        tags = [child.tag for child in suite]
        assert tags == sorted(tags, key=ORDER.index)
        assert {tag: tags.count(tag) for tag in ORDER if tag != "testcase"} == dict.fromkeys(
            ("properties", "system-out", "system-err"), 1
        )
        assert suite.get("id") == str(ordinal)
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
        assert all(len(case) <= 1 for case in cases)
    return root


def test_a_case_for_each_condition():
    result = efssim.run(runs()["thresholds"])
    root = parsed(junit_xml([judged_run(result)], "2026-01-01T00:00:00.000000Z"))
    (suite,) = root
    numbers = [suite.get(key) for key in ("name", "tests", "failures", "errors")]
    assert numbers == ["test", "4", "1", "1"]
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert list(cases) == ["RPO", HOLDS, FAILS, OPEN]
    assert cases["RPO"].get("classname") == "test.dr"
    assert [len(case) for case in cases.values()] == [0, 0, 1, 1]
    assert cases[FAILS][0].tag == "failure"
    assert cases[OPEN][0].tag == "error"
    assert cases[FAILS][0].text == cases[FAILS][0].get("message")
    assert "FAILS" in cases[FAILS][0].text


def test_objectives_are_cases():
    root = parsed(junit_xml([judged_run(efssim.run(runs()["objectives"]))], "2026-01-01T00:00:00Z"))
    found = {case.get("name"): [each.tag for each in case] for case in root.iter("testcase")}
    assert found == {"RPO": [], "objective kept": [], "objective broken": ["failure"]}


NASTY = "</testcase>]]>&\"'<\x00\x0b\ud800\ufffe\n\t日本\U0001f40b"


def test_names_that_would_break_xml_are_escaped():
    gates = (Gate(NASTY, NASTY, "fails", NASTY, ()), Gate(NASTY, NASTY, "undecided", NASTY, ()))
    text = junit_xml([Gates(NASTY, gates)], "2026-01-01T00:00:00Z")
    assert text.isascii()
    shown = re.sub("[\x00\x0b\ud800\ufffe]", "\ufffd", NASTY)
    root = parsed(text)
    assert root[0].get("name") == shown
    assert [case.get("name") for case in root.iter("testcase")] == [shown, shown]
    assert next(root.iter("failure")).text == shown


# --- Markdown -------------------------------------------------------------------------------------


def test_markdown_of_a_run_begins_with_the_verdict():
    result = efssim.run(runs()["thresholds"])
    text = run_markdown(result, "efssim run s.yaml --set 'a=`b`'")
    assert text.startswith("**test, dr: RPO MET (age at most 15 min for 99.9 %): held for 100 %")
    assert "**1 of 4 conditions fails, 1 is undecided.**" in text
    rows = [line for line in text.splitlines() if line.startswith("| scenario")]
    assert [line.split(" | ")[2] for line in rows] == ["**FAILS**", "**UNDECIDED**", "holds"]
    assert "| number | dr |" in text
    assert "| syncs completed | 19 |" in text
    assert "Reproduce: ``efssim run s.yaml --set 'a=`b`'``" in text
    columns = {line.count("|") for line in text.splitlines() if line.startswith("| ")}
    assert columns == {5, 3}


def test_markdown_of_trials_and_of_a_comparison():
    world = scenario({"w": poisson("1 per s", 1000)}, SYNC, "20 min", thresholds=[FAILS])
    first = efssim.run_trials(world, 3, workers=1)
    changed = world.with_({"replications.dr.sync.interval": "2 min", "name": "slower"})
    second = efssim.run_trials(changed, 3, workers=1)
    text = trials_markdown(first, "")
    assert text.startswith("**test, dr: RPO NOT DECIDED (")
    assert "Means over 3 trials" in text
    both = comparisons_markdown([efssim.compare(first, second)], "", "", None)
    assert "| replication | measure | before (test) | after (slower) |" in both
    row = next(line for line in both.splitlines() if "| time_since_last_sync_s.mean |" in line)
    assert row.startswith("| dr | time_since_last_sync_s.mean | 34.8 s | 64.5 s | +85.6 % ")
    assert both.count("1 of 2 conditions fails, 1 is undecided") == 2
    partial = comparisons_markdown([], "", "PARTIAL: 1 of 3", first)
    assert partial.startswith("**PARTIAL: 1 of 3**\n\n**test, dr: RPO NOT DECIDED")


def test_markdown_of_many_replications_sums_up():
    names = [f"dr{k}" for k in range(12)]
    world = efssim.Scenario.model_validate(
        {
            "name": "fleet",
            "duration": "10 min",
            "file_systems": {f"fs{k}": {"region": "us-east-1"} for k in range(12)},
            "replications": {
                name: {
                    "source": f"fs{k}",
                    "destination": {"region": "us-west-2"},
                    "sync": {"preset": "none", "setup": 5, "interval": "1 min"},
                    "established": True,
                }
                for k, name in enumerate(names)
            },
        }
    )
    text = run_markdown(efssim.run(world), "")
    assert "RPO MET: all 12 replications" in text
    assert "| over replications | min | p50 | p95 | max |" in text
    assert "**12 conditions hold.**" in text
    assert sum(line.startswith("| dr") for line in text.splitlines()) == 12


def test_markdown_shows_any_text_as_it_is():
    nasty = "a|b\n*c* _d_ e_f `g` [h](i) <b>&\\ @someone http://x ~~j~~"
    shown = escaped(nasty)
    assert "\n" not in shown
    assert shown.startswith(r"a\|b \*c\* \_d\_ e_f \`g\` \[h\](i) &lt;b>&amp;\\ &#64;someone http")
    assert "://" not in shown
    assert escaped("- x") == r"\- x"
    assert escaped("-") == "-"
    assert table(["a"]) == ""
    assert table(["a", "b"], ["|", "c"]) == "| a | b |\n| --- | --- |\n| \\| | c |"
    assert code("a ``b`` `c") == "```a ``b`` `c```"
    assert code("`") == "`` ` ``"


# --- annotations ----------------------------------------------------------------------------------


def test_annotations_escape_as_github_asks():
    at = Position("a,b:c%.yaml", 3, 5)
    assert error_line("t: 1,2\r\n", "50 %: a,b\r\nc", at) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=3,col=5,title=t%3A 1%2C2%0D%0A::50 %25: a,b%0D%0Ac"
    )
    assert error_line("t", "m", None) == "::error title=t::m"


def test_annotations_are_of_what_does_not_hold_and_not_too_many():
    gates = tuple(
        Gate("dr", str(k), "fails" if k % 2 else "holds", f"no {k}", ("rpo",)) for k in range(40)
    )
    lines = gate_lines([Gates("s", gates)], lambda *_: None)
    assert len(lines) == MOST
    assert lines[0] == "::error title=s%3A dr 1 failed::no 1"
    assert lines[-1] == "::error title=efssim::11 more conditions that do not hold"
    undecided = Gates("s", (Gate("dr", "RPO", "undecided", "?", ()),))
    assert gate_lines([undecided], lambda *_: Position("s.yaml", 2, 1)) == [
        "::error file=s.yaml,line=2,col=1,title=s%3A dr RPO undecided::?"
    ]


# --- what diverges --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [("diverging", "MISSED, DIVERGING"), ("diverging and met", "MET SO FAR, DIV")],
)
def test_a_diverging_run_says_so_in_the_verdict_and_has_no_percentile(name, words):
    world = runs()[name]
    result, trials = efssim.run(world), efssim.run_trials(world, 2, workers=1)
    assert result.summary["replications"]["dr"]["write_lag_s"]["p99"] is not None
    page = run_page(result, drawings(result), "")
    of_trials = trials_page(trials, _drawn(trials), "")
    texts = (text_report(result, ""), run_markdown(result, ""), Page(page).text)
    studies = (study_text(trials, ""), trials_markdown(trials, ""), Page(of_trials).text)
    for text in (*texts, *studies):
        plain = " ".join(text.split())
        assert f"rpo {words.lower()}" in plain.lower()
        assert not re.search(r"\bp99[ |]+\d|p50[ |]+\d|\.p\d\d", plain), plain
        assert "p99 of the age | -" in plain or "p99 of the age" not in plain
    assert 'class="verdict met"' not in page
    assert 'class="verdict met"' not in of_trials
    found = comparison_report(efssim.compare(trials, trials))
    assert "time_since_last_sync_s.mean" in found
    assert "time_since_last_sync_s.p99" not in found


def _drawn(trials):
    from efssim.report.files.trials import _drawn as drawn_of

    return drawn_of(trials)
