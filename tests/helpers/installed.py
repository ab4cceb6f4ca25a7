"""The installed command, in a fresh folder with a short scenario."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from helpers.places import EFSSIM

NONE = "name: nothing\nduration: 1 h\n"
SHORT = """\
name: short
description: "Ünïcödé — 日本語 \\U0001F40B, a description that is longer than a line of a terminal is wide"
duration: 20 min
warm_up: 1 min
rpo: {target: 15 min, attainment: 99.9 %}
file_systems:
  orders:
    region: us-east-1
    files: 1000
    writes:
      app:
        arrivals: {poisson: {rate: 2 per s}}
        size: {lognormal: {median: 64 KiB, sigma: 1.5}}
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
    sync: {setup: {exponential: {mean: 5 s}}, failure_probability: 10 %}
"""  # noqa: E501 - the long line is the point


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh current folder with the scenario `s.yaml`."""
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(SHORT, encoding="utf-8")
    return tmp_path


def efs(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does, with environment variables; return how it ended."""
    return subprocess.run(
        [EFSSIM, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env={**os.environ, **variables},
    )


def report(*arguments: str | Path, **variables: str) -> str:
    """Run a command that succeeds in silence; return its standard output."""
    done = efs(*arguments, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def no_constant(text: str) -> NoReturn:
    """Refuse NaN and Infinity, which JSON has not: `parse_constant` of json.loads."""
    raise AssertionError(f"{text} is not JSON")
