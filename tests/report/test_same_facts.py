"""What a text report says is in the page of the same result, and the reverse for its verdicts."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from helpers.pages import Page
from helpers.places import SCENARIOS
from helpers.worlds import constant, poisson, scenario, simulate

import efssim
from efssim.cli import cli
from efssim.report.facts.load import load_text
from efssim.report.facts.timeline import timeline_items
from efssim.report.figures.files import drawings
from efssim.report.html.run import run_page
from efssim.report.text.run import text_report

NUMBER = r"[\d,.]+ [A-Za-zµ%]+"
SPAN = r"[\d,.]+ (?:days?|h|min|s)(?: \d+ (?:h|min|s))?"
FACTS = {
    "held": rf"[Hh]eld for {NUMBER} of the time[^;]*; the worst age was {SPAN}",
    "objective": rf"age at most {SPAN} for {NUMBER}",
    "violations": rf"(?:One violation|[\d,]+ violations)(?: of|,) {SPAN}[^)]*\)",
    "unprotected": rf"unprotected for {SPAN}",
    "while writable": rf"For {SPAN} of the time with an age the source could not be written[^.]*",
    "lost": r"Lost with the source: [^.]*?; recovery point [-\d: ]+",
    "all lost": rf"LOST: no recovery point; [^.]*, {NUMBER}",
    "writable": rf"The destination was writable {SPAN}",
    "disaster": r"A disaster at a random moment would lose [^;]* at worst(?:, and all there is)?",
    "certain": r"(?:One run has no|There is no) 95 % interval",
    "discarded": r"DISCARDED: .*? were overwritten",
    "too fast": r"WRITTEN FASTER THAN .*? the busiest hour has [\d.]+ [A-Za-z/]+",
    "diverging": rf"Pending bytes grow by {NUMBER} per hour",
    "load": r"Load of [^.]*",
    "syncs": rf"[\d,]+ syncs completed, {SPAN} on average, {NUMBER} sent[^.]*",
    "writes": rf"[\d,]+ writes of {NUMBER}; [\d,]+ writes? \({NUMBER}\) (?:not yet|never)",
    "coalesced": rf"{NUMBER} \({NUMBER}\) were overwritten before a sync",
    "dropped": rf"Dropped, as they could not be made: {NUMBER} \(\w+\)(?:, {NUMBER} \(\w+\))*",
    "initial sync": rf"Initial sync: {NUMBER} in {SPAN}; before [-\d: ]+",
    "statuses": rf"Status: [A-Z]+ {SPAN}(?:, [A-Z]+ {SPAN})*; [^.]*",
    "months": r"By calendar month \([\w/]+\): [^;]*; [\d]+ of \d+ months? meets? the RPO",
    "left out": rf"Without initial sync, [^:]*: {NUMBER}",
    "achievable": r"Achievable RPO: [^.]*",
    "causes": r"Violations by the disturbance that overlaps them longest: [^.]*",
}
"""What a report says that a reader takes away, each as a pattern; units are read, not judged."""
SYNC = {"interval": 60, "setup": 5}
SHIPPED = ["burst", "failover", "hot-files", "initial-sync", "outage-at-peak", "region-opt-out"]


def facts(text: str) -> dict[str, set[str]]:
    """Return the facts of a report, however its lines are broken and its sentences begin."""
    plain = " ".join(text.split()).replace("Held for", "held for")
    return {name: set(re.findall(pattern, plain)) for name, pattern in FACTS.items()}


def results() -> dict[str, efssim.Result]:
    shipped = {name: efssim.run(efssim.load(SCENARIOS / f"{name}.yaml")) for name in SHIPPED}
    sync = {"interval": 60, "setup": 5, "throughput": "900 B/s", "failure_probability": 0.2}
    lost = {"established": False, "initial": {"throughput": "1 MiB/s"}}
    return shipped | {
        "diverging": simulate(scenario({"w": constant()}, sync)),
        "months": simulate(
            scenario(
                {},
                {"interval": "10 min", "setup": 5},
                "30 days",
                events=[{"at": "3 days", "link_outage": "us-east-1 -> us-west-2", "for": "2 h"}],
            )
        ),
        "too fast": simulate(scenario({"w": constant("1 per s", "200 MiB")}, SYNC, "3 h")),
        "lost": simulate(
            scenario(
                {"w": poisson("1 per s", "1 MiB")},
                {"interval": 60},
                replication=lost,
                file_system={"size": "1 TiB"},
                events=[{"at": "20 min", "fail": "fs"}],
            )
        ),
    }


@pytest.fixture(scope="module")
def reports() -> dict[str, tuple[efssim.Result, str, str]]:
    """Each result with its text and what can be read of its page."""
    return {
        name: (result, text_report(result, ""), Page(run_page(result, drawings(result), "")).text)
        for name, result in results().items()
    }


def test_text_and_page_state_the_same_facts(reports) -> None:
    seen = set()
    for name, (_, text, page) in reports.items():
        told, shown = facts(text), facts(page)
        for kind in FACTS:
            assert told[kind] == shown[kind], (name, kind)
        seen |= {kind for kind in FACTS if told[kind]}
    assert seen == set(FACTS)  # no pattern is there in vain


def test_what_happened_and_what_followed_is_in_the_page(reports) -> None:
    for name, (result, _, page) in reports.items():
        for item in timeline_items(result):
            assert item.what in page, name
            assert all(text in page for text in (item.refusal, *item.effects)), (name, item)


def test_sums_of_disturbances_are_in_the_page() -> None:
    fault = {"link_outage": "us-east-1 -> us-west-2", "every": "2 min", "for": "6 s"}
    result = simulate(scenario({"w": constant()}, {"interval": 60}, faults={"wan": fault}))
    row = next(line for line in text_report(result, "").splitlines() if "link_outage us" in line)
    # A cycle is 2 min and 6 s: 28 in an hour.
    assert row.split()[-7:-3] == ["28", "2.8", "min", "6.0"]
    cells = Page(run_page(result, drawings(result), "")).cells
    at = cells.index("link_outage us-east-1 -> us-west-2", cells.index("times"))
    assert cells[at : at + 4] == [cells[at], "28", "2 min 48 s", "6 s"]


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, list(arguments))
    assert done.exit_code == 0, done.output
    return " ".join(done.stdout.split())


def test_trials_say_the_same_on_their_page(tmp_path) -> None:
    out = tmp_path / "out"
    text = run(
        *("run", str(SCENARIOS / "failover.yaml"), "--trials", "3", "--workers", "1"),
        *("--out", str(out), "--quiet"),
    )
    page = Page((out / "report.html").read_text(encoding="utf-8")).text
    for pattern in (
        r"Without any recovery point for 17 h 45 min on average, in 3 of 3 trials\.",
        r"The source was lost in 3 of 3 trials; above the target in 0; at worst [\d.]+ MiB",
        r"For 15 min of the time with an age the source could not be written; while it could, the",
        r"Load of primary: app: 10 writes/s of lognormal sizes, median 64 KiB",
        r"Dropped on average, as they could not be made: [\d.]+ GiB \(read_only\), [\d.]+ GiB",
        r"A trial has [\d,.]+ completed syncs on average of [\d.]+ s, [\d.]+ GiB sent",
        r"At the end: gone in 3 trials\.",
        r"Initial sync: [\d.]+ GiB in [\d.]+ min [\d]+ s on average\.",
    ):
        told = re.findall(pattern, text)
        assert told, pattern
        assert told == re.findall(pattern, page)


def test_the_base_of_a_tornado_is_on_its_page(tmp_path) -> None:
    out = tmp_path / "out"
    text = run(
        *("sweep", str(SCENARIOS / "resonance.yaml"), "--one-at-a-time", "--quiet"),
        *("--vary", "replications.dr.sync.setup=1 s,2 s", "--workers", "1", "--out", str(out)),
    )
    page = Page((out / "report.html").read_text(encoding="utf-8")).text
    (base,) = re.findall(r"[\d.]+ \w+ as it is; each value alone changes it by", text)
    assert base in page


# The load in words

IN_CELLS = (
    "drawn in cells of 60 s (bytes: within 0.001 of the exact distribution for syncs of 60 writes "
    "or more; quantiles of write lags: within 0.8 %)"
)


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (
            poisson("40 per s", {"lognormal": {"median": "64 KiB", "sigma": 1.5}}),
            f"40 writes/s of lognormal sizes, median 64 KiB, sigma 1.5, {IN_CELLS}",
        ),
        (constant("1 per min", "1 MiB"), "1 write/min, evenly spaced, of 1 MiB"),
        (poisson("0.5 per day", "1 KiB"), "0.5 writes/day of 1 KiB"),
        (poisson("20000 per s", "1 KiB"), f"20,000 writes/s of 1 KiB, {IN_CELLS}"),
        (
            {**poisson("2 per s", {"exponential": {"mean": "1 MiB"}}), "growth": 1.5},
            "3 writes/s of exponential sizes, mean 1 MiB",
        ),
        (
            {
                "arrivals": {"on_off": {"on": "10 min", "off": "1 h", "rate": "5 per s"}},
                "size": {"uniform": {"low": "1 KiB", "high": "3 KiB"}},
            },
            "5 writes/s while on (on for 10 min, off for 1 h on average) of uniform sizes, "
            "1 KiB to 3 KiB",
        ),
        (
            {
                "arrivals": {"profile": {"rate": "7 per h", "timezone": "Europe/Rome"}},
                "size": {"pareto": {"min": "1 KiB", "alpha": 1.2, "max": "1 GiB"}},
            },
            "7 writes/h on average, by hour and weekday (Europe/Rome), of Pareto sizes, 1 KiB to "
            "1 GiB, alpha 1.2",
        ),
        (
            {
                "arrivals": {
                    "batch": {"at": "02:00", "every": "1 day", "writes": 50000, "over": "20 min"}
                },
                "size": {"gamma": {"mean": "1 MiB", "cv": 0.5}},
                "growth": 2,
                "files": 3,
            },
            "50,000 writes over 20 min every 1 day from 02:00 on, of gamma sizes, mean 1 MiB, "
            "cv 0.5 times 2, 3 files each",
        ),
        (
            {**poisson("1 per s", "1 KiB"), "new_bytes": "25 %", "new_files": "5 %"},
            "1 write/s of 1 KiB, 25 % of the bytes new, 5 % of the files new",
        ),
        (
            {
                **poisson("1 per s", "64 KiB"),
                "hot_set": {"size": "1 GiB", "block": "64 KiB", "share": "80 %"},
                "in_file": {"size": "120 GiB"},
            },
            "1 write/s of 64 KiB, 80 % of them into a hot set of 1 GiB, into one file of 120 GiB",
        ),
    ],
)
def test_a_stream_in_words(stream, words) -> None:
    assert load_text(scenario({"w": stream}, SYNC), "fs") == f"Load of fs: w: {words}."


def test_what_is_not_written_in_words() -> None:
    assert load_text(scenario(sync=SYNC), "fs") == "Load of fs: nothing is written."
    assert load_text(scenario(sync=SYNC), "made by a call") == ""
