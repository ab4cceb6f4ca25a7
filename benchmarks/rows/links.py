"""Rows of replications that share one link, which binds: row 18."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

import efssim
from benchmarks.baselines import ticker
from benchmarks.rows.fleets import FLEET, fleet_text
from benchmarks.rows.row import Limit, Row, command, peak_mib
from benchmarks.rows.shared_worlds import cpu
from benchmarks.timing import PROGRAM, Work

COUNT, HOURS = 1_000, 24
SYNCS = COUNT * HOURS * 60
LINK = "us-east-1 -> eu-west-1"
_RATE = 50_000
"""Bytes a second that each file system writes, on average."""


def rows() -> list[Row | Limit]:
    """Return the rows of a binding link, with phases that are spread and that are all equal."""
    title = f"{COUNT:,} replications on a link that binds, a day"
    return [
        Row("18", f"{title}/2 ticks", lambda: _run(spread=True), _ticks, 1, False, 15, 10, cpu),
        Row(
            "18",
            "the same, all phases equal",
            lambda: _run(spread=False),
            _ticks,
            1,
            False,
            15,
            10,
            cpu,
        ),
        *_free("spread", 60 / FLEET),
        *_free("equal", 0.0),
    ]


def _free(phases: str, step_s: float) -> list[Row | Limit]:
    """Return the rows of a fleet on a link that cannot bind, from a file to a report."""
    asked = PROGRAM, "run", _free_file(step_s)
    title = f"{FLEET:,} that do not bind, phases {phases}"
    ticks = FLEET * HOURS * 60
    return [
        Row(
            "18",
            f"{title}/2 ticks",
            command(*asked),
            lambda: ticker(ticks),
            1,
            False,
            0.3,
            0.3,
            cpu_of_all,
        ),
        Limit("18", f"{title}: memory", peak_mib(*asked), "MiB", 1536, 1024, 1),
    ]


def cpu_of_all(work: Work) -> float:
    """Return the seconds of CPU of a work, in this process and in those that it starts."""
    before = os.times()
    work()
    return sum(os.times()[:4]) - sum(before[:4])


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()  # it is gone at the end of the process


def _free_file(step_s: float) -> str:
    """Write a fleet that syncs every minute over a link with room for all; return its path."""
    file = Path(_folder().name, f"free-{step_s}.yaml")
    if not file.exists():
        sync = "{interval: 60 s, throughput: 50 MiB/s}"
        link = f"links: {{{LINK!r}: {{capacity: {FLEET * 60} MiB/s}}}}"
        file.write_text(fleet_text(FLEET, sync, link, step_s), encoding="utf-8")
    return str(file)


def _ticks() -> float:
    return ticker(SYNCS)


def _run(*, spread: bool) -> None:
    """Run the scenario with all of its measures."""
    assert efssim.run(_scenario(spread=spread), seed=0).summary


@cache
def _scenario(*, spread: bool) -> efssim.Scenario:
    """Return Poisson writes of 1 MB, and a link with a fifth more than they need."""
    numbers = range(COUNT)
    stream = {"arrivals": {"poisson": {"rate": f"{_RATE / 1e6} per s"}}, "size": "1 MB"}
    ends = {"destination": {"region": "eu-west-1"}, "established": True}
    quota = {"quotas": {"file_systems": COUNT}}
    return efssim.load(
        {
            "name": "sharing",
            "duration": f"{HOURS} h",
            "limits": {"values": 1_000_000},
            "regions": {"us-east-1": quota, "eu-west-1": quota},
            "links": {LINK: {"capacity": 1.2 * COUNT * _RATE}},
            "file_systems": {
                f"fs{n}": {"region": "us-east-1", "writes": {"app": stream}} for n in numbers
            },
            "replications": {
                f"dr{n}": {
                    "source": f"fs{n}",
                    **ends,
                    "sync": {"interval": 60, "phase": 60 * n / COUNT if spread else 0},
                }
                for n in numbers
            },
        }
    )
