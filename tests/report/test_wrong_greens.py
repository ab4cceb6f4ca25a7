"""Answers that were green by mistake, by the input that made them so."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.commands import Ended, command
from helpers.ends import LATE

import efssim

ALARM = (
    "alarms.a={metric: TimeSinceLastSync, replication: dr, statistic: Maximum, period: 60, "
    "evaluation_periods: 1, threshold: 600, comparison: GreaterThanThreshold, "
    "treat_missing_data: breaching}"
)
RTO = "rto={target: 2 h, attainment: 90 %}"
BACKWARDS = "us-west-2 -> us-east-1"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "late.yaml"
    made.write_text(LATE, encoding="utf-8")
    return made


def done(*parts: object, changed: tuple[str, ...] = ()) -> Ended:
    """Run a command on a scenario with changed values."""
    return command(
        *parts, "--quiet", *(option for change in changed for option in ("--set", change))
    )


def words(made: Ended) -> str:
    """Return its output in one line."""
    return " ".join(made.out.split())


def test_an_alarm_without_actions_tells_nobody(file: Path) -> None:
    down = "events=[{at: 10 min, link_outage: us-east-1 -> us-west-2, for: 20 min}]"
    told = words(done("alarms", file, changed=(ALARM, down)))
    assert "Detected 1 of 1 violation" in told
    mute = (ALARM, down, "alarms.a.actions_enabled=false")
    assert "Detected 0 of 1 violation" in words(done("alarms", file, changed=mute))
    assert "Detected 0 of 2" in words(done("alarms", file, "--trials", "2", changed=mute))


def test_a_drill_by_an_alarm_without_actions_is_undetected(file: Path, tmp_path: Path) -> None:
    drill = "drill={at: 10 min, detect: {alarm: a}}"
    made = done("drill", file, "--check", changed=(ALARM, drill, RTO))
    assert "RTO MET" in words(made)
    assert made.code == 0
    changed = (ALARM, drill, RTO, "alarms.a.actions_enabled=false")
    made = done("drill", file, "--check", "--out", tmp_path / "out", changed=changed)
    assert "RTO MISSED" in words(made)
    assert "went unnoticed" in words(made)
    assert made.code == 1


def test_an_alarm_that_is_always_in_alarm_decides_no_rto(file: Path, tmp_path: Path) -> None:
    drill = "drill={at: 10 min, detect: {alarm: a}}"
    changed = (ALARM, drill, RTO, "alarms.a.threshold=0")
    out = tmp_path / "out"
    made = done("drill", file, "--check", "--out", out, changed=changed)
    assert "RTO UNDECIDED (90 % of drills take at most 2 h): 100 % do; in 1 drill of" in words(made)
    assert made.code == 1
    assert 'class="verdict open"' in (out / "report.html").read_text(encoding="utf-8")
    found = efssim.drill(efssim.load(file, list(changed)))
    assert found.summary["in_alarm_before"] == 1
    assert found.summary["rto"]["met"] is None


def test_a_failback_that_fails_fails_the_check(file: Path, tmp_path: Path) -> None:
    """A destination that is encrypted cannot be replicated to a source that is not."""
    drill = (
        "drill={at: 10 min, detect: 1 min, failback: preserve, "
        "disaster: {region_outage: us-east-1, for: 2 h}}"
    )
    changed = (drill, RTO, "file_systems.data.encrypted=false", "rpo.target=1 h")
    out = tmp_path / "out"
    made = done("drill", file, "--check", "--out", out, changed=changed)
    assert "RTO MET" in words(made)
    assert "FAILBACK FAILED in 1 drill that had recovered." in words(made)
    assert made.code == 1
    assert 'class="verdict missed"' in (out / "report.html").read_text(encoding="utf-8")
    junit = done("drill", file, "--check", "--format", "junit", changed=changed)
    assert 'failures="1"' in junit.out
    assert done("drill", file, "--check", changed=(*changed[:2], "rpo.target=1 h")).code == 0


@pytest.mark.parametrize(
    ("threshold", "said"),
    [
        ("dr.syncs.utilisation < 80", "80 is 8000 %; did you mean '80 %'?"),
        ("dr.rpo.attainment <= 99.9", "99.9 is 9990 %; did you mean '99.9 %'?"),
        ("dr.rpo.attainment > -1", "-1 is no value that dr.rpo.attainment can have"),
        ("dr.rpo.attainment < 1.5", "1.5 is no value that dr.rpo.attainment can have"),
        ("dr.rpo.attainment >= 101 %", "101 % is no value that dr.rpo.attainment can have"),
    ],
)
def test_a_threshold_on_a_share_has_to_be_one(file: Path, threshold: str, said: str) -> None:
    made = done("run", file, "--check", changed=(f'thresholds=["{threshold}"]',))
    assert made.code == 2
    assert said in made.err


@pytest.mark.parametrize("limit", ["120 %", "1.2", "0.9", "90 %"])
def test_a_utilisation_may_be_above_1(file: Path, limit: str) -> None:
    made = done("run", file, changed=(f'thresholds=["dr.syncs.utilisation < {limit}"]',))
    assert made.code == 0


@pytest.mark.parametrize("margin", ["rpo.attainment=10", "rpo.attainment=150 %"])
def test_a_margin_of_more_than_all_points_is_none(file: Path, tmp_path: Path, margin: str) -> None:
    done("run", file, "--out", tmp_path / "before")
    made = done("run", file, "--baseline", tmp_path / "before", "--margin", margin)
    assert made.code == 2


def test_a_choice_says_which_objectives_its_best_misses(file: Path) -> None:
    slow = "replications.dr.sync.interval=30 min"
    asked = [
        "objectives.o={target: 30 s, attainment: 99 %}",
        'thresholds=["dr.syncs.utilisation < 1"]',
    ]
    scenarios = [efssim.load(file, asked), efssim.load(file, ["name=slow", slow, *asked])]
    found = efssim.choose(scenarios, "write_lag_s.mean", "least", "1 s", workers=1)
    assert found.answer == "late"
    cautions = found.summary["cautions"]
    assert "The best of these, late, misses its objective o." in cautions
    assert "The thresholds of late are judged by `efssim run` alone." in cautions


def test_an_estimate_decides_nothing_with_values_that_are_not_known(file: Path) -> None:
    unknown = "uncertain={replications.dr.sync.setup: {uniform: {low: 5 s, high: 10 s}}}"
    before, _, after = LATE.partition("      batch:")
    file.write_text(before + after[after.index("replications:") :], encoding="utf-8")
    for changed, met in (((), True), ((unknown,), None)):
        found = efssim.estimate(efssim.load(file, list(changed))).summary["replications"]["dr"]
        assert found["rpo_met"] is met
    text = words(command("estimate", file, "--set", unknown))
    assert "1 parameter is not known, and the values written decide nothing" in text


NOTHING = f"REACHES NOTHING: faults.x (link_outage {BACKWARDS})"


@pytest.mark.parametrize("command_", [("run",), ("run", "--trials", "2"), ("alarms",)])
def test_faults_and_links_that_concern_no_replication_are_named(
    file: Path, command_: tuple[str, ...]
) -> None:
    fault = f"faults.x={{link_outage: {BACKWARDS}, every: 10 min, for: 5 min}}"
    link = f'links={{"{BACKWARDS}": {{capacity: 1 B/s}}}}'
    name, *options = command_
    text = words(done(name, file, *options, changed=(ALARM, fault, link)))
    assert f'{NOTHING}, links."{BACKWARDS}" concern no replication' in text
    text = words(done(name, file, *options, changed=(ALARM, fault)))
    assert f"{NOTHING} concerns no replication of the scenario: it changes no verdict." in text


@pytest.mark.parametrize(
    "changed",
    [
        ("events=[{at: 10 min, region_outage: us-west-2, for: 1 min}]",),
        ("events=[{at: 10 min, link_outage: us-east-1 -> us-west-2, for: 1 min}]",),
        # Its destination may be anywhere.
        (
            f"events=[{{at: 10 min, link_outage: {BACKWARDS}, for: 1 min}}, "
            "{at: 5 min, call: DescribeReplicationConfigurations, region: us-east-1}]",
        ),
        # The Region of an alarm is no place of a replication, and decides whether anybody hears.
        (
            "events=[{at: 10 min, region_outage: eu-west-1, for: 1 min}]",
            ALARM,
            "alarms.a.region=eu-west-1",
        ),
        # The way back of a drill.
        (f'links={{"{BACKWARDS}": {{capacity: 1 GB/s}}}}', "drill={at: 10 min}"),
    ],
)
def test_what_may_reach_something_is_not_named(file: Path, changed: tuple[str, ...]) -> None:
    assert "REACHES NOTHING" not in words(done("run", file, changed=changed))
