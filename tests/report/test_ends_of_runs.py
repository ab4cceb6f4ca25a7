"""Verdicts that the end of a run decides are so far, and do not pass `--check`."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from helpers.commands import command
from helpers.ends import BYTES, FAULT, LATE, NEVER, SHORT

import efssim
from efssim.lag.objectives.ends import DECISIVE, left_out_of
from efssim.lag.objectives.summary import ObjectiveSummary
from efssim.report.notebook import plan_html

TIME = "objectives.o={target: 1 h, attainment: 99 %, of: time}"
ALONE = (
    "No sync completed, in a window too short for the age to pass the target: a longer run decides."
)
LEFT = "10.1 MiB at the end, 74.422 % of all, may yet meet or miss it: a longer run decides."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "late.yaml"
    made.write_text(LATE, encoding="utf-8")
    return made


def said(file: Path, *options: str, changed: tuple[str, ...] = ()) -> tuple[str | int, str]:
    """Return exit code and output of `efssim run --check`, in one line."""
    sets = [option for change in changed for option in ("--set", change)]
    done = command("run", file, "--check", "--quiet", *options, *sets)
    return done.code, " ".join(done.out.split())


def test_bytes_of_which_most_are_open_at_the_end_are_met_so_far(file: Path):
    code, text = said(file, changed=(BYTES,))
    assert f"Objective o MET SO FAR (99 % of bytes within 15 min): 100 %. {LEFT}" in text
    assert code == 1
    (part,) = efssim.run(efssim.load(file, [BYTES])).summary["replications"].values()
    # Writes are at 1 s to 3,600 s; the cut of minute 59 has the one at its instant.
    assert part["objectives"]["o"] == {
        "of": "bytes",
        "target_s": 900.0,
        "objective": 0.99,
        "attainment": 1.0,
        "met": True,
        "within": 3540.0 * 1024,
        "missed": 0.0,
        "left_out": 60.0 * 1024 + 10 * 1024**2,
    }


def test_trials_say_how_much_is_left_out(file: Path):
    code, text = said(file, "--trials", "3", "--workers", "1", changed=(BYTES,))
    asked = "Objective o MET SO FAR (99 % of bytes within 15 min): 100 % on average"
    assert f"{asked} (95 % interval 100 % to 100 %). On average {LEFT}" in text
    assert code == 1


def test_a_verdict_stays_where_little_is_left_out(file: Path):
    """Of 3,610 writes 70 are open at the end: few, though enough to turn over 99 %."""
    asked = BYTES.replace("bytes", "writes")
    code, text = said(file, changed=(asked,))
    assert "Objective o MET (99 % of writes within 15 min): 100 %. 70 writes at the end may" in text
    assert code == 0
    code, text = said(file, "--trials", "2", "--workers", "1", changed=(asked,))
    assert "On average 70 writes at the end, 1.939 % of all, may yet meet or miss it." in text
    assert "a longer run decides" not in text
    assert code == 0


@pytest.mark.parametrize(
    ("within", "missed", "left", "turns", "decides"),
    [
        (90.0, 0.0, 10.0, True, False),  # 10 % is not above it
        (89.0, 0.0, 11.0, True, True),
        (50.0, 0.5, 50.0, True, True),  # 99.0 % is met; 50 % would be missed
        (50.0, 0.6, 50.0, True, True),  # missed, and 99.4 % would be met
        (50.0, 10.0, 50.0, False, False),  # missed whatever comes
        (999.0, 0.0, 1.0, False, False),
        (0.0, 0.0, 5.0, False, False),  # nothing is judged, and so not known
        (0.0, 0.0, 0.0, False, False),
    ],
)
def test_left_out_by_hand(within: float, missed: float, left: float, turns: bool, decides: bool):
    total = within + missed
    attained = within / total if total else None
    met = None if attained is None else attained >= 0.99
    found = left_out_of(ObjectiveSummary("bytes", 1, 0.99, attained, met, within, missed, left))
    assert (found.turns, found.decides) == (turns, decides)
    assert DECISIVE == 0.1


def test_a_window_in_which_nothing_could_miss_is_met_so_far(file: Path):
    code, text = said(file, changed=SHORT)
    held = "held for 100 % of the time; the worst age was 14 min, 1 min below the target."
    assert f"dr: RPO MET SO FAR (age at most 15 min for 99.9 %): {held} {ALONE}" in text
    assert code == 1
    (part,) = efssim.run(efssim.load(file, list(SHORT))).summary["replications"].values()
    assert part["rpo"]["met"] is part["rpo"]["met_throughout"] is True
    code, text = said(file, "--trials", "2", "--workers", "1", changed=SHORT)
    assert "dr: RPO MET SO FAR (age at most 15 min for 99.9 %): held for 100 %" in text
    assert f"to 100 %). {ALONE} No trial has a violation." in text
    assert code == 1


def test_a_window_of_an_instant_is_met_so_far(file: Path):
    code, text = said(file, changed=("warm_up=59 min 59.9 s",))
    assert f"the worst age was 1 min, 14 min below the target. {ALONE}" in text
    assert code == 1


@pytest.mark.parametrize("change", ["rpo.target=14 min", "replications.dr.sync.setup=5 s"])
def test_an_age_at_the_target_and_a_completed_sync_are_told_apart(file: Path, change: str):
    """At 14 min the age reaches the target and is never above it; a sync decides at any length."""
    code, text = said(file, changed=(*SHORT, change))
    assert ("RPO MET SO FAR" in text) is (code == 1) is change.startswith("rpo")


def test_a_window_longer_than_the_target_without_a_sync_is_missed(file: Path):
    code, text = said(file, changed=(*SHORT, "rpo.target=13 min"))
    assert "RPO MISSED" in text
    assert ALONE not in text
    assert code == 1


@pytest.mark.parametrize("options", [(), ("--trials", "2", "--workers", "1")])
def test_an_objective_of_time_is_met_so_far(file: Path, options: tuple[str, ...]):
    code, text = said(file, *options, changed=(*SHORT, TIME, "rpo.target=1 min"))
    assert "RPO MISSED" in text
    assert "Objective o MET SO FAR (99 % of the time, age at most 1 h): 100 %" in text
    assert code == 1


@pytest.mark.parametrize("options", [(), ("--trials", "2", "--workers", "1")])
@pytest.mark.parametrize(("changed", "found"), [((BYTES,), LEFT), (SHORT, ALONE)])
def test_markdown_and_junit_have_it_undecided(
    file: Path, options: tuple[str, ...], changed: tuple[str, ...], found: str
):
    code, text = said(file, *options, "--format", "markdown", changed=changed)
    assert " undecided.**" in text
    assert "MET SO FAR (" in text
    assert found in text
    assert code == 1
    code, text = said(file, *options, "--format", "junit", changed=changed)
    (error,) = ElementTree.fromstring(text).iter("error")
    assert found in error.attrib["message"]
    assert not list(ElementTree.fromstring(text).iter("failure"))
    assert code == 1


@pytest.mark.parametrize("options", [(), ("--trials", "2", "--workers", "1")])
@pytest.mark.parametrize("changed", [(BYTES,), SHORT])
def test_no_page_is_green(
    file: Path, tmp_path: Path, options: tuple[str, ...], changed: tuple[str, ...]
):
    said(file, *options, "--out", str(tmp_path / "out"), changed=changed)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert 'class="verdict open"' in page
    assert 'class="verdict met"' not in page
    assert "a longer run decides." in page


def test_many_replications_are_not_known_to_meet_it(file: Path):
    changed = (*SHORT, "file_systems.data.count=11")
    for options in ((), ("--trials", "2", "--workers", "1")):
        code, text = said(file, *options, changed=changed)
        assert "RPO MET" not in text
        assert "MET SO FAR: no sync completed, in" in text
        assert ": 11 of 11: dr[1]," in text
        assert code == 1


def test_a_plan_cautions_and_keeps_its_answer(file: Path):
    between = ("1 min", "10 min")
    plan = efssim.plan(
        efssim.load(file, [BYTES]), "replications.dr.sync.interval", between, objective="o"
    )
    assert plan.outcome == "always"
    (caution,) = plan.summary["cautions"]
    assert caution.startswith("LEFT OUT at 1 min, ")
    assert caution.endswith(
        " % of all bytes at the end may yet meet or miss the target, which could turn over whether "
        "the objective is met: a longer run decides."
    )
    assert all(made.met for made in plan.evaluations)
    assert caution in plan_html(plan)


def test_a_plan_in_a_short_window_cautions_in_text_and_on_its_page(file: Path, tmp_path: Path):
    vary = ("--vary", "replications.dr.sync.setup=30min..1h", "--set", SHORT[0])
    out = tmp_path / "out"
    done = command("plan", file, *vary, "--set", FAULT, "--quiet", "--out", out)
    text = " ".join(done.out.split())
    assert "Every value tried of replications.dr.sync.setup from 30 min to 1 h meets the" in text
    assert (
        " more, in a window too short for the age to pass the target: a longer run decides." in text
    )
    assert NEVER in text
    page = (out / "report.html").read_text(encoding="utf-8")
    assert 'class="verdict open"' in page
    assert "Every value tried meets the objective, so far" in page
    assert "NO SYNC COMPLETED at 30 min, " in page


def test_an_ordinary_plan_has_no_caution(file: Path):
    between = ("1 min", "10 min")
    plan = efssim.plan(efssim.load(file), "replications.dr.sync.interval", between)
    assert plan.summary["cautions"] == []


@pytest.mark.parametrize("options", [(), ("--trials", "2", "--workers", "1")])
@pytest.mark.parametrize(
    ("every", "is_said"),
    [
        ("1 h", True),  # its last instant
        ("30 days", True),
        ("{uniform: {low: 2 h, high: 3 h}}", True),
        ("{uniform: {low: 1 min, high: 3 h}}", False),
        ("{exponential: {mean: 30 days}}", False),
        ("59 min", False),
    ],
)
def test_a_fault_that_never_begins_is_named(
    file: Path, options: tuple[str, ...], every: str, is_said: bool
):
    _, text = said(file, *options, changed=(FAULT.replace("1 h", every),))
    assert (NEVER in text) is is_said


def test_events_at_the_last_instant_are_named_and_calls_are_not(file: Path):
    outage = "{at: 1 h, link_outage: us-east-1 -> us-west-2, for: 5 min}"
    call = "{at: 1 h, call: DescribeReplicationConfigurations, region: us-east-1}"
    _, text = said(file, changed=(f"events=[{call}, {outage}]",))
    assert NEVER.replace("faults.x", "events.1") in text
    two = NEVER.replace("faults.x", "faults.x (link_outage us-east-1 -> us-west-2), events.0")
    two = two.replace("does not", "do not").replace("has it in it", "has them in it")
    _, text = said(file, changed=(FAULT, f"events=[{outage}]"))
    assert two in text
