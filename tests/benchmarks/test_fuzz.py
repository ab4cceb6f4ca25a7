"""The fuzzer finds what is planted, makes the same cases again, and a few of them find nothing."""

from __future__ import annotations

import subprocess
import sys

from helpers.places import ROOT


def fuzz(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_each_planted_fault_is_found() -> None:
    done = fuzz("benchmarks.fuzz.planted")
    assert done.returncode == 0, done.stdout + done.stderr
    found = dict(line.split(": ") for line in done.stdout.splitlines())
    assert found["a refusal"] == "nothing"
    assert found["an exception"] == "TRACEBACK"
    assert found["a wait"] == found["a loop"] == "HANG"
    assert found["a file of a refusal"] == "DISK"
    assert found["a damaged folder"] == "TRUSTED"


def test_a_few_cases_find_nothing() -> None:
    done = fuzz("benchmarks.fuzz", "--cases", "40", "--kind", "prices", "--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[1].split()[:2] == ["prices", "40"]
    assert int(done.stdout.splitlines()[1].split()[2]) > 10  # refused


def test_a_case_is_a_function_of_seed_and_number() -> None:
    program = (
        "from benchmarks.fuzz.kinds.table import case_of\n"
        "for kind in ('scenario', 'set', 'vary', 'alarms', 'prices'):\n"
        "    found = [case_of(kind, seed, 7) for seed in (3, 3, 4)]\n"
        "    assert found[0] == found[1] != found[2], kind\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
