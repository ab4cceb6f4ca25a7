"""`efssim drill` as people type it."""

import json
import subprocess

import pytest
from helpers.commands import command
from helpers.places import EFSSIM

import efssim

SCENARIO = """\
name: small
duration: 2 h
rpo: {target: 5 min, attainment: 95 %}
rto: {target: 10 min}
file_systems:
  fs:
    region: us-east-1
    size: 1 GiB
    writes:
      w: {arrivals: {constant: {rate: 1 per s}}, size: 1000}
replications:
  dr:
    source: fs
    destination: {region: us-west-2}
    established: true
    control: {deleting: 5 min}
drill: {at: 1 h, detect: 1 min}
"""


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "scenario.yaml"
    made.write_text(SCENARIO)
    return made


def drill(file, *options):
    command = [EFSSIM, "drill", file.name, *options]
    return subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False)


def test_the_report(file):
    done = drill(file, "--check")
    assert done.returncode == 0, done.stderr
    assert "RPO 1 min, RTO 8 min in the one drill." in done.stdout
    assert "RPO MET" in done.stdout
    assert "RTO MET" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    again = done.stdout.rpartition("reproduce: ")[2].strip()
    assert again == "efssim drill scenario.yaml --seed 1"


def test_a_missed_objective_is_exit_code_1(file):
    done = drill(file, "--check", "--set", "rto.target=7 min")
    assert done.returncode == 1
    assert "RTO MISSED" in done.stdout


def test_thin_evidence_is_exit_code_1(file):
    done = drill(file, "--check", "--set", "drill.at=random", "-n", "10")
    assert done.returncode == 1
    assert "RPO UNDECIDED" in done.stdout


def test_json_and_files(file):
    done = drill(file, "--format", "json", "-o", "out", "-q")
    found = json.loads(done.stdout)
    assert found["drills"] == 1
    assert found["rto_s"] == {"mean": 480, "p50": 480, "p95": 480, "max": 480, "count": 1}
    assert [part["name"] for part in found["phases"]] == [
        "detect",
        "decide",
        "delete",
        "mount_targets",
    ]
    assert found["failed"] == {}
    assert found["passes"] is True
    names = {part.name for part in (file.parent / "out").iterdir()}
    wanted = {"drills.json", "drills.csv", "timeline.csv", "report.html", "manifest.json"}
    wanted |= {"study.md"}
    assert names == {*wanted, "figures"}
    assert json.loads((file.parent / "out" / "drills.json").read_text()) == found
    page = (file.parent / "out" / "report.html").read_text()
    assert "<svg" in page
    assert "RPO MET" in page


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ("drill.replication=dx", "no replication is named 'dx'"),
        ("drill.detect={alarm: late}", "no alarm is named 'late'"),
        ("drill.disaster={region_outage: us-west-2}", "does not reach the source of 'dr'"),
        ("drill.disaster={kms_key_disabled: dr}", "leaves the source 'fs' as it is"),
        ("drill.disaster={region_outage: us-east-1, at: 1 h}", "unknown key"),
        ("drill.steps=[mount_targets]", "lacks `delete`"),
        ("drill.steps=[delete, dns]", "one of your own has a duration"),
        ("drill.steps=[{delete: 5 min}]", "`control.deleting`"),
        ("drill.steps=[delete, {call: DeleteFileSystems}]", "did you mean 'DeleteFileSystem'"),
        ("drill.steps=[delete, delete]", "named 'delete' already"),
        ("drill.steps=[delete, {dns: 1 min, retry: 5 s}]", "steps that EFS may refuse"),
        ("drill.kind=restore", "the source 'fs' has no `backups` to restore"),
        ("drill.steps=[delete, restore]", "goes with `kind: restore` only"),
        ("drill.kind=planned", "goes with `kind: disaster` only"),
        ("drill.failback=discard", "needs `disaster: {…, for: …}`"),
        ("drill.after=1 h", "goes with `failback: discard` or `preserve` only"),
        ("drill.at=3 h", "after the end of the run"),
        ("drill.at=soon", "is not `random`"),
        ("drill.at={hours: [8]}", "needs 2 values"),
        ("drill.at={weekdays: []}", "has no day"),
        ("drill.at={timezone: Rome}", "unknown time zone"),
        ("rto.attainment=0 %", "always met"),
    ],
)
def test_mistakes_are_named(file, changed, message):
    done = command("drill", file, "--set", changed)
    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_mistakes_have_their_lines(file):
    file.write_text(SCENARIO.replace("detect: 1 min", "detect: {alarm: late}"))
    done = drill(file)
    assert done.stderr.startswith("scenario.yaml:17:")


def test_a_scenario_of_several_replications_names_one(file):
    other = """\
  other: {source: dr.destination, destination: {region: eu-west-1}}
"""
    text = SCENARIO.replace("drill: {at", f"{other}drill: {{at")
    file.write_text(
        text.replace("source: dr.destination", "source: fs2").replace(
            "file_systems:\n", "file_systems:\n  fs2: {region: us-east-1}\n"
        )
    )
    done = drill(file)
    assert done.returncode == 2
    assert "drill: needs `replication`: there are several, dr, other" in done.stderr


def test_hours_that_the_window_lacks(file):
    done = drill(file, "--set", "drill.at={weekdays: [Sun]}")
    assert done.returncode == 2
    assert "the window has no such hour" in done.stderr


def test_parameters_that_are_not_known_are_refused(tmp_path):
    """One parameter set would say met with the values as written."""
    file = tmp_path / "s.yaml"
    unknown = {"uncertain": {"replications.dr.sync.setup": {"uniform": {"low": 1, "high": 9}}}}
    scenario = efssim.load(SCENARIO).with_(unknown)
    file.write_text(scenario.model_dump_json(by_alias=True, exclude_unset=True), encoding="utf-8")
    done = command("drill", file, "--check", "--trials", 2)
    assert done.code == 2
    assert "uncertain, and a study of drills has one parameter set" in done.err
