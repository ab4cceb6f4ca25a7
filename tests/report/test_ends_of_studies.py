"""Runways, parameter sets, drills and choices that the end of a run decides are not green."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.commands import Ended, command
from helpers.ends import BYTES, FAULT, LATE, NEVER, SHORT

import efssim
from efssim.report.runway.notebook import runway_html

GROWTH = "file_systems.data.writes.app.growth={per: month, factor: 1.01}"
SETUP = "uncertain={replications.dr.sync.setup: {uniform: {low: 30 min, high: 60 min}}}"
PAUSE = "faults.x.every={uniform: {low: 15 min, high: 60 min}}"
SETS = ("--trials", "1", "--sets", "20", "--workers", "1")
NO_SYNC = "in a window too short for the age to pass the target: a longer run decides."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "late.yaml"
    made.write_text(LATE, encoding="utf-8")
    return made


def done(*parts: object, changed: tuple[str, ...]) -> Ended:
    """Run a command, which judges, on a scenario with changed values."""
    made = command(*parts, *(option for change in changed for option in ("--set", change)))
    assert made.code in (0, 1), made.err
    return made


def words(made: Ended) -> str:
    """Return its output in one line."""
    return " ".join(made.out.split())


def verdict_on(out: Path) -> str:
    """Return the kind of the first verdict on a page, by its colour."""
    page = (out / "report.html").read_text(encoding="utf-8")
    return page.partition('class="verdict ')[2].partition('"')[0]


def test_a_runway_in_a_short_window_is_met_so_far(file: Path, tmp_path: Path) -> None:
    asked = ("plan", file, "--until-missed", "--horizon", "2 months", "--quiet")
    made = done(*asked, "--out", tmp_path / "out", changed=(*SHORT, GROWTH, FAULT))
    text = words(made)
    assert "The objective is met so far in every month from month 0 to month 2." in text
    assert f"NO SYNC COMPLETED in months 0 to 2, {NO_SYNC}" in text
    assert text.count("met so far ") + text.endswith("met so far") >= 3
    assert NEVER in text
    assert verdict_on(tmp_path / "out") == "open"
    assert "Met in every month, so far" in (tmp_path / "out" / "report.html").read_text()


def test_a_runway_with_most_bytes_left_out_is_met_so_far(file: Path) -> None:
    scenario = efssim.load(file, [BYTES, GROWTH])
    found = efssim.runway(scenario, 1, objective="o", workers=1)
    assert found.outcome == "always"
    (caution,) = found.summary["cautions"]
    assert caution.startswith("LEFT OUT in months 0 to 1: up to 74.4")
    assert caution.endswith(": a longer run decides.")
    assert found.summary["text"].startswith("the objective is met so far in every month")
    assert caution in runway_html(found)
    assert runway_html(found).count("met so far") == 3  # the answer and both months


def test_an_ordinary_runway_has_no_caution(file: Path) -> None:
    found = efssim.runway(efssim.load(file, [GROWTH]), 1, workers=1)
    assert found.summary["cautions"] == []
    assert "so far" not in found.summary["text"]


def test_parameter_sets_in_a_short_window_are_not_decided(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ("run", file, *SETS, "--check", "--quiet", "--out", out)
    made = done(*asked, changed=(SHORT[0], SETUP))
    text = words(made)
    assert "RPO NOT DECIDED: met in 0 % to 100 % of plausible parameter sets [0, 100]" in text
    assert f"NO SYNC COMPLETED in 20 undecided sets, {NO_SYNC}" in text
    assert "more --trials decide" not in text
    assert made.code == 1
    assert verdict_on(out) == "open"


def test_parameter_sets_in_a_window_that_decides_are_met(file: Path) -> None:
    made = done("run", file, *SETS, "--quiet", changed=("rpo.target=2 h", "duration=3 h", SETUP))
    assert "Of 20 parameter sets 20 meet it, 0 miss it" in words(made)
    assert "NO SYNC" not in words(made)


def test_a_plan_over_parameter_sets_in_a_short_window_shows_nothing(
    file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    vary = ("--vary", "replications.dr.sync.interval=1min..2min", "--trials", "10", "--sets", "20")
    made = done("plan", file, *vary, "--quiet", "--out", out, changed=(SHORT[0], SETUP, FAULT))
    text = words(made)
    assert "was shown to keep the objective" in text
    assert f", in up to 20 undecided sets of a value, {NO_SYNC}" in text
    assert "more --trials decide" not in text
    assert NEVER in text
    assert verdict_on(out) == "open"


@pytest.mark.parametrize("is_unknown", [False, True])
def test_a_fault_with_an_unknown_time_may_begin(file: Path, is_unknown: bool) -> None:
    """With a known time that is never within the run it is named."""
    every = "{faults.x.every: {uniform: {low: 1 min, high: 2 h}}}"
    changed = (FAULT, f"uncertain={every}" if is_unknown else SETUP)
    text = words(done("run", file, *SETS, "--quiet", changed=changed))
    assert (NEVER in text) is not is_unknown


def test_a_drill_that_could_not_lose_more_is_not_decided(file: Path, tmp_path: Path) -> None:
    drill = "drill={at: 10 min}"
    asked = ("drill", file, "--quiet", "--out", tmp_path / "out")
    made = done(*asked, "--check", changed=(*SHORT, drill))
    text = words(made)
    assert "RPO UNDECIDED (99.9 % of drills lose at most 15 min): 100 % do; no sync comp" in text
    assert "which is too short to lose more: a longer run decides." in text
    assert made.code == 1
    assert verdict_on(tmp_path / "out") == "open"
    made = done(*asked, "--check", changed=("duration=14 min", drill))
    assert "RPO MET (99.9 % of drills lose at most 15 min): 100 % do." in words(made)
    assert made.code == 0


def test_a_drill_from_backups_is_judged_by_their_points(file: Path) -> None:
    """What a sync would do says nothing about them."""
    backups = 'file_systems.data.backups={every: 5 min, at: "00:00"}'
    drill = "drill={at: 10 min, kind: restore}"
    text = words(done("drill", file, "--quiet", changed=(*SHORT, backups, drill)))
    assert "too short to lose more" not in text


def test_a_choice_says_which_could_not_miss(file: Path) -> None:
    size = "file_systems.data.writes.app.size"
    scenarios = [
        efssim.load(file, [f"name=of-{kib}", *SHORT, f"{size}={kib} KiB"]) for kib in (2, 1)
    ]
    found = efssim.choose(scenarios, "pending_bytes.mean", "least", "1 KiB", workers=1)
    assert found.answer == "of-1"
    caution = f"NO SYNC COMPLETED with of-2 and of-1, {NO_SYNC}"
    assert caution in found.summary["cautions"]


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ((), "met"),
        (SHORT, "not decided"),
        (("replications.dr.sync.throughput=1 kB/s",), "not decided"),  # falls behind for good
        (("rpo.target=30 s",), "missed"),
    ],
)
def test_the_items_of_a_fleet_in_a_sweep(file: Path, changed: tuple[str, ...], state: str) -> None:
    fleet = ("file_systems.data.count=11", *changed)
    vary = ("--vary", "replications.dr.sync.interval=1min,2min", "--trials", "2")
    lines = done("sweep", file, *vary, "--quiet", changed=fleet).out.splitlines()
    head = next(k for k, line in enumerate(lines) if "RPO of each" in line)
    assert [line.endswith(f"  {state}") for line in lines[head + 1 : head + 3]] == [True, True]


LATER = "faults.x={region_outage: us-west-2, every: 61 min, for: 30 min}"


def test_a_drill_goes_on_after_the_run_and_so_do_its_faults(file: Path) -> None:
    changed = ("drill={at: 59 min}", "rto={target: 30 min}")
    made = done("drill", file, "--quiet", changed=(*changed, LATER))
    assert "RTO MISSED" in words(made)
    assert "NOT IN THIS RUN" not in words(made)
    assert "RTO MET" in words(done("drill", file, "--quiet", changed=changed))


def test_a_planned_switchover_waits_for_a_sync(file: Path) -> None:
    drill = "drill={at: 10 min, kind: planned}"
    made = done("drill", file, "--quiet", changed=(*SHORT, drill))
    assert "too short to lose more" not in words(made)


@pytest.mark.parametrize(
    ("fault", "unknown", "is_said"),
    [
        ("every: 2 h, for: 30 min", "for: {uniform: {low: 20 min, high: 2 h}}", True),
        ("every: 2 h, for: 5 min", "every: {uniform: {low: 61 min, high: 2 h}}", True),
        ("every: 2 h, for: 5 min", "every: {uniform: {low: 59 min, high: 2 h}}", False),
    ],
)
def test_only_an_unknown_time_within_the_run_lets_a_fault_begin(
    file: Path, fault: str, unknown: str, is_said: bool
) -> None:
    changed = (
        f"faults.x={{link_outage: us-east-1 -> us-west-2, {fault}}}",
        f"uncertain={{faults.x.{unknown}}}",
    )
    text = words(done("run", file, *SETS, "--quiet", changed=changed))
    assert (NEVER in text) is is_said
    plan = ("plan", file, "--until-missed", "--horizon", "1 months", "--quiet")
    sets = ("--sets", "3", "--trials", "10", "--workers", "1")
    text = words(done(*plan, *sets, changed=(*changed, GROWTH)))
    assert (NEVER in text) is is_said


def test_every_study_of_several_scenarios_names_what_never_begins(
    file: Path, tmp_path: Path
) -> None:
    other, out = tmp_path / "b.yaml", tmp_path / "out"
    other.write_text(file.read_text().replace("name: late", "name: b"))
    alarm = (
        "alarms.a={metric: TimeSinceLastSync, statistic: Maximum, period: 1 min, threshold: 600, "
        "comparison: GreaterThanThreshold, evaluation_periods: 1}"
    )
    choose = ("choose", file, other, "--measure", "write_lag_s.mean", "--best", "least")
    asked: list[tuple[object, ...]] = [
        ("sweep", file, "--vary", "replications.dr.sync.interval=1min,2min", "--trials", "2"),
        (*choose, "--indifference", "1s"),
        ("run", file, other, "--trials", "2"),
        ("alarms", file, "--set", alarm),
        ("alarms", file, "--set", alarm, "--trials", "2"),
    ]
    for ordinal, parts in enumerate(asked):
        made = done(*parts, "--quiet", "--out", out / str(ordinal), changed=(FAULT,))
        assert NEVER in words(made), parts
        page = (out / str(ordinal) / "report.html").read_text(encoding="utf-8")
        assert NEVER.replace("-> us", "-&gt; us") in " ".join(page.split()), parts
    made = done("run", file, other, "--trials", "2", "--format", "markdown", changed=(FAULT,))
    assert words(made).count("NOT IN THIS RUN: faults.x") == 2


@pytest.mark.parametrize("options", [(), ("--trials", "2", "--workers", "1")])
def test_a_fleet_that_falls_behind_is_not_met(file: Path, options: tuple[str, ...]) -> None:
    slow = ("file_systems.data.count=11", "replications.dr.sync.throughput=1kB/s")
    made = done("run", file, *options, "--quiet", changed=(*slow, "rpo.target=2h"))
    assert "RPO MET" not in words(made)
    assert ": more is written than can be sent: 11 of 11: dr[5]," in words(made)


def test_lists_of_results_say_so_far(file: Path, tmp_path: Path) -> None:
    store = ("--store", tmp_path / "st", "--quiet")
    vary = ("--vary", "replications.dr.sync.interval=1min..2min", "--trials", "10")
    done("plan", file, *vary, *store, changed=SHORT)
    done("plan", file, "--until-missed", "--horizon", "1 months", *store, changed=(*SHORT, GROWTH))
    assert command("results", tmp_path / "st").out.count("always, so far") == 2


def test_a_tied_choice_and_compliance_claim_nothing_of_a_short_window(
    file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "b.yaml"
    other.write_text(file.read_text().replace("name: late", "name: b"))
    asked = ("--measure", "pending_bytes.mean", "--best", "least", "--indifference", "1KiB")
    text = words(done("choose", file, other, *asked, "--quiet", changed=SHORT))
    assert f"NO SYNC COMPLETED with late and b, {NO_SYNC}" in text
    assert text.count("100 % not decided") == 2
    text = words(done("run", file, "--quiet", changed=(*SHORT, "compliance={}")))
    assert "1 of 1 month meets the RPO so far." in text
    assert "Achievable RPO" not in text


def test_sets_that_are_too_short_reach_nothing_in_a_design_of_sobol(file: Path) -> None:
    scenario = efssim.load(file, [SHORT[0], SETUP])
    found = efssim.run_sets(scenario, 20, 1, workers=1, sobol=8)
    assert found.sensitivity is not None
    assert found.sensitivity.replications["dr"].share_met == 0


def test_more_trials_do_not_decide_a_window_that_is_too_short(file: Path) -> None:
    vary = ("--vary", "replications.dr.sync.interval=1min,2min", "--trials", "4")
    text = words(done("sweep", file, *vary, "--quiet", changed=SHORT))
    assert "2 are not decided." in text
    assert "More trials" not in text


def test_a_fault_that_never_begins_is_not_cut_by_the_end(file: Path) -> None:
    text = words(done("run", file, "--quiet", changed=(FAULT.replace("5 min", "30 min"),)))
    assert "NOT IN THIS RUN: faults.x" in text
    assert "whose end cuts it" not in text
