"""Tests of `efssim estimate` as a user has it."""

from __future__ import annotations

import json

import pytest
from helpers import installed
from helpers.installed import efs
from helpers.places import SCENARIOS

import efssim

FAILING = """\
name: failing
duration: 1 h
file_systems:
  orders:
    region: us-east-1
    writes: {app: {arrivals: {constant: {rate: 1 per s}}, size: 1 MB}}
replications:
  a-replication-whose-name-is-longer-than-half-of-a-line-of-a-terminal-is-wide-with-words:
    source: orders
    destination: {region: us-west-2}
    sync: {throughput: 1.1 MB/s, file_rate: none, failure_probability: 30 %}
"""


def report(*arguments):
    return installed.report("estimate", *arguments)


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    file = tmp_path_factory.mktemp("estimate") / "s.yaml"
    file.write_text(FAILING, encoding="utf-8")
    return file


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_scenarios(file):
    text = report(file)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "nothing was simulated" in text
    assert "Approximations:" in text
    assert all(f"\n{name}: " in text for name in efssim.load(file).replications)


def test_what_the_report_says():
    text = " ".join(report(SCENARIOS / "first-report.yaml").split())
    assert "RPO met, also at the busiest (age at most 15 min for 99.9 %)" in text
    assert "syncs run on time, 23.5 s in every 1 min; the age is 53.5 s on average" in text
    # The worst hour of the week begins with the export of 125 GiB: ten minutes to send.
    assert "After link_outage at 2 days 2 h of 1 h: the age peaks at 1 h 12 min" in text
    assert (
        "- mean rates in the steady numbers; busy hours only in what is named the busiest" in text
    )
    assert "- fluid: writes as a constant flow" in text


def test_a_diverging_replication_has_no_steady_age(failing):
    text = report(failing)
    assert all(len(line) <= 80 for line in text.splitlines())
    plain = " ".join(text.split())
    # 1 + 0.3 / (2 · 0.7) = 1.214 times 90.91 %.
    assert "DIVERGES: more is written than can be sent (utilisation 90.91 %, 110.4 %" in plain
    assert "Pending bytes grow by 91.9 KiB/s" in plain
    assert "After initial_sync of " in plain
    assert plain.count("never caught up.") == 2
    assert "time since last sync" not in plain


def test_json_is_the_summary():
    file = SCENARIOS / "region-opt-out.yaml"
    found = json.loads(report(file, "--format", "json", "--outage", "2 h"))
    assert found == efssim.estimate(efssim.load(file), "2 h").summary


def test_set_changes_a_value():
    file = SCENARIOS / "many-files.yaml"
    found = json.loads(report(file, "--format", "json", "--set", "file_systems.half.files=0"))
    assert found["replications"]["half"]["age_mean_s"] == pytest.approx(35.6)


def test_simulate_fills_a_column():
    file, sets = SCENARIOS / "large-file.yaml", ("--set", "duration=12 h")
    text = report(file, *sets, "--simulate")
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "beside a simulation with seed 1" in text
    found = json.loads(report(file, *sets, "--simulate", "--format", "json"))
    run = efssim.run(efssim.load(file, ["duration=12 h"])).summary["replications"]["often"]
    assert (
        found["replications"]["often"]["simulated"]["age_mean_s"]
        == (run["time_since_last_sync_s"]["mean"])
    )
    rows = [line for line in text.splitlines() if line.startswith("  mean write lag  ")]
    assert len(rows) == 2
    assert all(row.endswith("%") for row in rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "duratoin=3"], "--set:1:1: duratoin: unknown key (did you mean 'duration'?)\n"),
        (["--set", "duration=3 mn"], "--set:1:10: duration: "),
        (["--outage", "0"], "Invalid value for --outage: an outage lasts longer than 0 s"),
        (["--outage", "5 mn"], "Invalid value for --outage: "),
    ],
)
def test_mistakes(failing, arguments, message):
    done = efs("estimate", failing, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_no_such_file(tmp_path):
    done = efs("estimate", tmp_path / "none.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_a_scenario_without_replications(tmp_path):
    (tmp_path / "s.yaml").write_text("name: nothing\nduration: 1 h\n")
    assert "no replication" in report(tmp_path / "s.yaml")
