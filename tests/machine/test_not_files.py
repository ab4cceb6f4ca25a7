"""What stands where a file of ours or of a user is to be, and is none: said at once, never read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.commands import write_tiny
from helpers.places import EFSSIM

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")

PIPE = "is a pipe, not a file"
COMMANDS = {
    "a scenario": ("tiny.yaml", "run", "tiny.yaml"),
    "alarms of a scenario": ("described.json", "validate", "alarmed.yaml"),
    "alarms of an option": ("described.json", "alarms", "other.yaml", "--alarms", "described.json"),
    "kept trials": ("kept/trials.jsonl", "run", "other.yaml", "-n", "2", "--resume", "kept"),
    "a part to merge": ("kept/part.jsonl", "merge", "kept"),
    "a part to run": (
        "kept/part.jsonl",
        *("run", "other.yaml", "-n", "4", "--part", "1/2", "--out", "kept"),
    ),
    "points of a sweep": (
        "kept/sweep.jsonl",
        *("sweep", "other.yaml", "--vary", "replications.dr.sync.interval=20,40"),
        *("-n", "2", "--resume", "kept"),
    ),
    "a result to write over": ("kept/manifest.json", "run", "other.yaml", "--out", "kept"),
    "a baseline": ("kept/manifest.json", "run", "other.yaml", "--baseline", "kept"),
    "answers": ("answers.py", "serve", "other.yaml", "--answers", "answers.py", "--port", "0"),
}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path, "other")
    text = Path("other.yaml").read_text(encoding="utf-8")
    Path("alarmed.yaml").write_text(f"{text}\nalarms: {{file: described.json}}\n", encoding="utf-8")
    Path("kept").mkdir()


@pytest.mark.parametrize("what", COMMANDS)
def test_a_pipe_is_not_waited_for(what: str) -> None:
    place, *arguments = COMMANDS[what]
    os.mkfifo(place)
    done = subprocess.run(
        [EFSSIM, *arguments],
        capture_output=True,
        text=True,
        timeout=60,  # a bound on a hang
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert place in done.stderr or place.partition("/")[0] in done.stderr
    if what != "a result to write over":  # no result of ours, whatever it is
        assert PIPE in done.stderr
    assert Path(place).is_fifo()


def test_a_pipe_is_no_calibrated_scenario() -> None:
    os.mkfifo("found.yaml")
    code = """
from pathlib import Path
from efssim.calibration.written.files import refuse_scenario_file
refuse_scenario_file(Path("found.yaml"), False)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "was not written by `efssim calibrate`" in done.stderr.splitlines()[-1]


def test_a_device_is_not_read() -> None:
    text = Path("other.yaml").read_text(encoding="utf-8")
    Path("zero.yaml").write_text(f"{text}\nalarms: {{file: /dev/zero}}\n", encoding="utf-8")
    done = subprocess.run(
        [EFSSIM, "validate", "zero.yaml"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "alarms: /dev/zero: is a device, not a file" in done.stderr
