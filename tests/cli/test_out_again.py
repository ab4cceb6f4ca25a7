"""Each command with files writes them into the folder of its earlier result once more."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.installed import SHORT, efs

from efssim.cli.main import cli

VARY = "replications.dr.sync.interval"
ALARM = """\
alarms:
  old:
    {metric: TimeSinceLastSync, replication: dr, statistic: Maximum, period: 1 min,
     evaluation_periods: 1, threshold: 10 min, comparison: GreaterThanThreshold}
"""
CASES = {
    "run": ("run", "s.yaml"),
    "run --trials": ("run", "s.yaml", "-n", "2", "-w", "1"),
    "run --trials of several": ("run", "s.yaml", "t.yaml", "-n", "2", "-w", "1"),
    "plan": (
        *("plan", "s.yaml", "--vary", f"{VARY}=60s..10min", "--attainment", "90%"),
        *("-n", "10", "-w", "1"),
    ),
    "sweep": ("sweep", "s.yaml", "--vary", f"{VARY}=60s,2min", "-w", "1"),
    "export": ("export", "s.yaml"),
    "traces": ("traces", "first/DataWriteIOBytes.json"),
    "calibrate": ("calibrate", "--lag", "first/TimeSinceLastSync.json"),
    "alarms": ("alarms", "a.yaml"),
    "drill": ("drill", "s.yaml", "-n", "2"),
    "merge": ("merge", "part-1", "part-2"),
    "choose": (
        *("choose", "s.yaml", "t.yaml", "--measure", "write_lag_s.mean", "--best", "least"),
        *("--indifference", "1h", "-n", "10", "-w", "1"),
    ),
}


def test_every_command_with_files_has_a_case():
    with_files = {
        name
        for name, command in cli.commands.items()
        if any("--out" in param.opts for param in command.params)
    }
    assert with_files == {case.split()[0] for case in CASES}


@pytest.mark.parametrize("case", CASES)
def test_a_second_result_replaces_the_first(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(SHORT, encoding="utf-8")
    Path("t.yaml").write_text(SHORT.replace("name: short", "name: other"), encoding="utf-8")
    Path("a.yaml").write_text(SHORT + ALARM, encoding="utf-8")
    if any("first/" in word for word in CASES[case]):
        exported = efs("export", "s.yaml", "--set", "duration=1 day", "-o", "first")
        assert exported.returncode == 0, exported.stderr
    for part in ("1", "2") if case == "merge" else ():
        halves = ("run", "s.yaml", "-n", "4", "-w", "1", "--part", f"{part}/2")
        assert efs(*halves, "--out", f"part-{part}").returncode == 0
    folder = Path("out")
    contents = []
    for _ in range(2):
        done = efs(*CASES[case], "--out", folder)
        assert done.returncode == 0, done.stderr
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        contents.append({str(path): path.read_bytes() for path in files})
    assert contents[0]
    assert contents[0].keys() == contents[1].keys()
    # Real time is in no file, so each is the same.
    assert contents[0] == contents[1]
