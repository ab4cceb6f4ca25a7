"""The examples of docs/boto3.md and of the README, run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from helpers.places import ROOT


def blocks(name, heading):
    text = (ROOT / name).read_text(encoding="utf-8").partition(f"\n{heading}\n")[2]
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize(
    ("name", "heading", "count", "shown", "wanted"),
    [
        # The monitor looks 11 times in 10 minutes, and goes on while the script sleeps.
        ("docs/boto3.md", "## A client", 4, "len(lags), took_s", "15 300.0"),
        ("README.md", "## Rehearsing", 2, "made['LifeCycleState']", "available"),
    ],
)
def test_examples(name, heading, count, shown, wanted):
    code = "\n".join([*blocks(name, heading)[:count], f"print({shown})"])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, wanted), done.stderr
