"""A real CloudWatch export, where the folder with it is at hand."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

import pytest
from helpers.worlds import numbers, scenario, simulate

from efssim.scenario.amounts.volume import expected_volume

FILE = Path(os.environ.get("EFSSIM_DATA", "")) / "ec2_disk_write_bytes_1ef3de.csv"

pytestmark = pytest.mark.skipif(
    "EFSSIM_DATA" not in os.environ or not FILE.is_file(),
    reason="EFSSIM_DATA does not name the folder of the real data",
)


def test_every_byte_of_the_file_is_replicated_or_pending() -> None:
    """The run covers the whole span of the export: 16 days 10 h 10 min."""
    trace = {"file": str(FILE), "period": "5 min", "align": "start"}
    sync = {"preset": "efs", "throughput": "20 MB/s"}
    world = scenario({"real": {"trace": trace}}, sync, "16 days 10 h 10 min")
    result = simulate(world)
    with FILE.open(newline="") as file:
        values = [float(row["value"]) for row in csv.DictReader(file)]
    in_file = round(math.fsum(values))
    summary = numbers(result)
    assert summary["syncs"]["bytes"] + summary["pending_bytes"]["open_at_end"] == in_file
    assert summary["writes"]["bytes"] == in_file
    assert summary["writes"]["count"] == len(values) * 60 == expected_volume(world).writes


def test_what_the_export_lacks_is_reported() -> None:
    trace = {"file": str(FILE), "period": "5 min", "align": "start"}
    world = scenario({"real": {"trace": trace}}, {"interval": 60}, "16 days 10 h 10 min")
    stream = world.file_systems["fs"].writes["real"]
    assert stream.trace is not None
    report = stream.trace.read(world.start, world.duration).quality
    assert report.repeated_rows == 11
    assert (report.periods, report.periods_missing) == (4730, 11)
    # The 61-minute step leaves the grid, and a 4-minute step returns to it.
    assert report.off_grid_rows == 2
    assert (report.rows_used, report.bytes_unused) == (report.rows, 0)
    assert (report.times, report.spacing_s) == ("dates", 300.0)
