"""Petabytes to the limit of 64 bits: every sum of bytes is the whole number that it is by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim.text.largest import COUNTED_MAX, LARGEST_FILE_BYTES

SCENARIO = """
name: sizes
duration: {duration} s
file_systems:
  s:
    region: us-east-1
    size: {size}
    writes:
      w: {{arrivals: {{constant: {{rate: 1 per {every} s}}}}, size: {write}}}
replications:
  dr:
    source: s
    destination: {{region: us-west-2}}
    established: {established}
    sync: {{preset: none, interval: 600 s, throughput: {throughput} B/s}}
"""


def run(**values: object) -> efssim.Result:
    """Run a scenario under the laws."""
    given = {"size": 0, "established": "true", "throughput": 2**50}
    return efssim.run(efssim.load(SCENARIO.format(**(given | values))), verify=True)


def dr(result: efssim.Result) -> Any:
    """Return the summary of the replication."""
    return result.summary["replications"]["dr"]


WRITES = 80_001
"""So many of the largest files: 3.66 EiB, where 4 EiB are counted, and a check leaves some room."""


def test_totals_next_to_the_limit_lose_no_byte(tmp_path: Path) -> None:
    size = LARGEST_FILE_BYTES - 1
    result = run(duration=WRITES * 10, every=10, write=size, size=2**60 + 1)
    total = WRITES * size
    assert float(total) != total  # so that a sum in floats would show
    assert 2**61 < total <= COUNTED_MAX
    summary = dr(result)
    assert summary["writes"] == {
        **summary["writes"],
        "count": WRITES,
        "bytes": total,
        "coalesced_bytes": 0,
    }
    pending = summary["pending_bytes"]
    assert summary["write_lag_by_byte_s"]["count"] + pending["open_at_end"] == total
    assert summary["write_lag_by_byte_s"]["count"] == summary["syncs"]["bytes"]
    assert summary["pending_bytes"]["max"] % size == 0
    result.write(tmp_path / "plain")
    result.write(tmp_path / "typed", tables="parquet")
    with (tmp_path / "plain" / "syncs.csv").open(encoding="utf-8") as opened:
        rows = [*csv.DictReader(opened)]
    sent = sum(int(row["bytes"]) for row in rows if row["outcome"] == "completed")
    assert sent == summary["syncs"]["bytes"]
    syncs = pd.read_parquet(tmp_path / "typed" / "syncs.parquet")
    assert str(syncs["bytes"].dtype).lower() == "int64"
    assert [int(row["bytes"]) for row in rows] == syncs["bytes"].tolist()
    read = json.loads((tmp_path / "plain" / "summary.json").read_text(encoding="utf-8"))
    assert read["replications"]["dr"]["writes"]["bytes"] == total


def test_an_initial_sync_of_all_that_64_bits_count() -> None:
    largest = 2**63 - 1
    text = SCENARIO.format(
        duration=86400, every=600, write=1, size=largest, established="false", throughput=10**18
    )
    head, _, rest = text.partition("    writes:\n")
    result = efssim.run(efssim.load(head + rest.split("\n", 1)[1]), verify=True)
    assert dr(result)["initial_bytes"] == largest
    assert dr(result)["initial_sync_s"] == pytest.approx(largest / 10**18, rel=1e-12)


def test_more_than_64_bits_count_is_refused_with_a_sentence() -> None:
    with pytest.raises(efssim.ScenarioError, match="more than can be counted"):
        run(duration=86400, every=600, write=1, size=2**63 - 1)
    with pytest.raises(efssim.ScenarioError, match=r"more than can be counted \(4 EiB\)"):
        run(duration=90_000 * 10, every=10, write=LARGEST_FILE_BYTES)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 2**20), st.integers(0, 25), st.integers(7, 2000))
def test_bytes_scale_and_lags_stay(write: int, power: int, every: int) -> None:
    small, large = (
        dr(
            run(
                duration=86400,
                every=every,
                write=write << by,
                throughput=float(2 << by) * 1000,
            )
        )
        for by in (0, power)
    )
    for key in ("time_since_last_sync_s", "write_lag_s", "oldest_pending_s"):
        assert small[key] == large[key]  # powers of two scale without rounding
    for path in (("writes", "bytes"), ("syncs", "bytes"), ("pending_bytes", "max")):
        one, other = small, large
        for key in path:
            one, other = one[key], other[key]
        assert other == one << power
