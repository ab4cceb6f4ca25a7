"""Rows of fleets of thousands of replications, from a file to a report: row 16."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path

import efssim
from benchmarks.rows.row import Limit, Row, command, peak_mib
from benchmarks.timing import ENVIRONMENT, PROGRAM, Work, cpu_of_commands

FLEET, TENTH = 10_000, 1_000
LINES = 60
"""Lines of a screen."""
_SIZE = "{lognormal: {median: 64 KiB, sigma: 1.5}}"
_APP = f"{{app: {{arrivals: {{poisson: {{rate: 1 per min}}}}, size: {_SIZE}}}}}"
_SYNC = "{interval: 5 min, throughput: 50 MiB/s}"
_TITLE = "10,000 replications, a day, file to report"


def rows() -> list[Row | Limit]:
    """Return the rows of loading a fleet, and of a command that reports on one."""
    asked = PROGRAM, "run", _file(FLEET)
    report, title = command(*asked), "load 10,000 replications / 1,000"
    items = "load 10,000 items, written once / written out"
    return [
        Row("16", items, _loads_items, _loads(FLEET), 1, False, 1.0, 0.75),
        Row("16", title, _loads(FLEET), _loads(TENTH), 1, False, 12, 10),
        Limit("16", _TITLE, lambda: cpu_of_commands(report), "s CPU", 15, 8, repeats=2),
        Limit("16", "the same: memory", peak_mib(*asked), "MiB", 1536, 1024, 1),
        Limit("16", "the same: the report", _lines, "lines", LINES, 45, 1),
    ]


def fleet_text(count: int, sync: str = _SYNC, top: str = "", step_s: float = 0.0) -> str:
    """Return a scenario of replications that write one a minute, as a file.

    Their phases are `step_s` apart; `top` holds further keys.
    """
    numbers = range(count)
    systems = (
        f"  fs{n}: {{region: us-east-1, writes: {'*app' if n else f'&app {_APP}'}}}"
        for n in numbers
    )
    ends = "destination: {region: eu-west-1}, established: true"
    replications = (
        f"  dr{n}: {{source: fs{n}, {ends}, sync: {_synced(sync, n, step_s)}}}" for n in numbers
    )
    quota = f"{{quotas: {{file_systems: {count}}}}}"
    lines = [top, "limits: {values: 1_000_000}", "name: fleet", "duration: 1 day", "regions:"]
    lines += [f"  us-east-1: {quota}", f"  eu-west-1: {quota}"]
    return "\n".join([*lines, "file_systems:", *systems, "replications:", *replications, ""])


def _synced(sync: str, n: int, step_s: float) -> str:
    if step_s:
        return f"{sync[:-1]}, phase: {n * step_s}}}"
    return f"&usual {sync}" if n == 0 else "*usual"


def items_text(count: int) -> str:
    """Return the same fleet, with phases that are spread, written once."""
    quota = f"{{quotas: {{file_systems: {count}}}}}"
    system = f"{{count: {count}, region: us-east-1, writes: {_APP}}}"
    ends = "destination: {region: eu-west-1}, established: true"
    lines = [
        *("name: fleet", "duration: 1 day", "regions:"),
        *(f"  us-east-1: {quota}", f"  eu-west-1: {quota}"),
        *("file_systems:", f"  orders: {system}"),
        *("replications:", f"  dr: {{source: orders, {ends}, sync: {_SYNC}}}"),
    ]
    return "\n".join([*lines, ""])


def _loads_items() -> None:
    efssim.load(items_text(FLEET))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()  # it is gone at the end of the process


@cache
def _file(count: int) -> str:
    file = Path(_folder().name, f"fleet-{count}.yaml")
    file.write_text(fleet_text(count), encoding="utf-8")
    return str(file)


def _loads(count: int) -> Work:
    return lambda: efssim.load(_file(count))


def _lines() -> float:
    done = subprocess.run(
        [PROGRAM, "run", _file(FLEET)], env=ENVIRONMENT, check=True, capture_output=True, text=True
    )
    return len(done.stdout.splitlines())
