"""Ten years with nanoseconds in them: numbers by hand in whole numbers, and the laws.

Times are floats of seconds: after ten years they are 6e-8 s apart. What falls on one instant by the
scenario does so in the run, however late; what is a nanosecond apart is so up to 97 days.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim

DAY_S = 86400
TEN_YEARS_S = 3652 * DAY_S
TICK_S = 2.0**-24
"""The distance of floats between 2^28 s and 2^29 s (8.5 to 17 years)."""
START = datetime(2026, 1, 1, tzinfo=UTC)

SCENARIO = """
name: ten-years
start: 2026-01-01
duration: {duration} s
seed: 1
file_systems:
  s:
    region: us-east-1
    size: {size}
    writes:
      w: {{{writes}, size: {write}}}
replications:
  dr:
    source: s
    destination: {{region: us-west-2}}
    established: true
    sync: {{preset: none, interval: {interval} s, setup: {setup} s{more}}}
"""


def run(**values: object) -> efssim.Result:
    """Run a scenario under the laws."""
    given = {"duration": TEN_YEARS_S, "size": "1 PB", "write": "1 KiB", "setup": 1, "more": ""}
    return efssim.run(efssim.load(SCENARIO.format(**(given | values))), verify=True)


def dr(result: efssim.Result) -> Any:
    """Return the summary of the replication."""
    return result.summary["replications"]["dr"]


def text(time: Fraction) -> str:
    """Return a time in seconds as results have it."""
    return (START + timedelta(microseconds=round(time * 10**6))).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


INTERVALS = ["60.1", "4321.000000001", "1000.7", "3600.000001", "86400.123456789"]


@pytest.mark.parametrize("interval", INTERVALS)
def test_writes_at_the_cuts_are_in_them_for_ten_years(interval: str) -> None:
    result = run(interval=interval, writes=f"arrivals: {{constant: {{rate: 1 per {interval} s}}}}")
    step = Fraction(interval)
    count = TEN_YEARS_S // step
    completed = (TEN_YEARS_S - 1) // step
    summary = dr(result)
    assert summary["writes"]["count"] == count
    assert summary["syncs"]["completed"] == completed
    assert summary["last_replicated_timestamp"] == text(completed * step)
    # Write k is sent by sync k, and each takes a second.
    assert abs(summary["write_lag_s"]["max"] - 1) <= TICK_S
    assert abs(summary["write_lag_s"]["mean"] - 1) <= TICK_S
    assert abs(summary["time_since_last_sync_s"]["max"] - float(step + 1)) <= 2 * TICK_S
    assert summary["writes"]["bytes"] == 1024 * count
    assert summary["syncs"]["bytes"] == 1024 * completed


@pytest.mark.parametrize("interval", INTERVALS)
def test_jobs_at_the_cuts_are_in_them_for_ten_years(interval: str) -> None:
    every = Fraction(interval) * 30
    job = f"{{at: '00:00', every: {float(every)!r} s, writes: 1, over: 0 s}}"
    summary = dr(run(interval=interval, writes=f"arrivals: {{batch: {job}}}"))
    assert summary["writes"]["count"] == (TEN_YEARS_S - 1) // every  # not the one at the start
    assert abs(summary["write_lag_s"]["max"] - 1) <= TICK_S


def test_a_nanosecond_before_a_cut_is_in_it_and_one_after_it_is_not(tmp_path: Path) -> None:
    for day in (1, 50, 96):  # floats are up to 0.93 ns apart before 2^23 s, which is day 97
        cut_s = Fraction(day * DAY_S)
        nano = Fraction(1, 10**9)
        rows = "".join(f"{float(cut_s + part)!r},1000\n" for part in (-nano, nano))
        (tmp_path / "rows.csv").write_text(f"timestamp,value\n{rows}", encoding="utf-8")
        made = efssim.run(
            efssim.load(
                SCENARIO.format(
                    duration=97 * DAY_S, size="1 PB", interval=3600, setup=1, more="",
                    writes="trace: {file: ROWS}", write="0 B",
                ).replace(", size: 0 B", "").replace("ROWS", str(tmp_path / "rows.csv"))
            ),
            verify=True,
        )  # fmt: skip
        syncs = made.syncs[made.syncs["bytes"] > 0]
        cuts = [START + timedelta(days=day), START + timedelta(days=day, hours=1)]
        assert [*syncs["cut"]] == cuts
        assert abs(dr(made)["write_lag_s"]["max"] - 3601) <= 1e-8


def test_outages_at_odd_nanoseconds_of_the_tenth_year() -> None:
    begin = Fraction(3651 * DAY_S) + Fraction(123_456_789, 10**9)
    last = Fraction(1234_000_000_001, 10**9)
    events = f"events: [{{at: {float(begin)!r} s, link_outage: us-east-1 -> us-west-2, for: LAST}}]"
    written = SCENARIO.format(
        duration=TEN_YEARS_S, size="1 PB", interval=3600, setup=1, write="1 B", more="",
        writes="arrivals: {constant: {rate: 1 per h}}",
    )  # fmt: skip
    scenario = f"{written}{events.replace('LAST', f'{float(last)!r} s')}\n"
    result = efssim.run(efssim.load(scenario), verify=True)
    # It meets the setup of the sync that was cut at day 3651: a second, cut short at 0.123456789 s.
    row = result.syncs[result.syncs["cut"] == START + timedelta(days=3651)].iloc[0]
    completed = Fraction(3651 * DAY_S) + 1 + last
    microseconds = (row["completed"] - START) // timedelta(microseconds=1)
    assert abs(microseconds - completed * 10**6) <= Fraction(1, 2) + Fraction(3 * TICK_S) * 10**6
    assert abs(dr(result)["write_lag_s"]["max"] - float(1 + last)) <= 3 * TICK_S


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(1, 20 * 3600 * 10**9), min_size=1, max_size=12, unique=True),
    st.integers(1000, 10**9),
)
def test_ten_years_later_lags_are_the_same_to_the_stated_precision(
    tmp_path_factory: pytest.TempPathFactory, parts: list[int], setup: int
) -> None:
    folder = tmp_path_factory.mktemp("later")
    summaries = []
    for later_s in (0, 3650 * DAY_S):
        epoch = (int(START.timestamp()) + later_s) * 10**9
        rows = "".join(f"{epoch + part},{1000 + k}\n" for k, part in enumerate(sorted(parts)))
        (folder / "rows.csv").write_text(f"timestamp,value\n{rows}", encoding="utf-8")
        text = SCENARIO.format(
            duration=DAY_S + later_s, size="1 PB", interval=3600, setup=setup / 10**9, more="",
            writes="trace: {file: ROWS, time_unit: ns}", write="0 B",
        ).replace(", size: 0 B", "").replace("ROWS", str(folder / "rows.csv"))  # fmt: skip
        summaries.append(dr(efssim.run(efssim.load(text), verify=True)))
    now, later = summaries
    assert now["writes"] == later["writes"]
    assert now["write_lag_s"]["count"] == later["write_lag_s"]["count"]
    near = [time % (3600 * 10**9) for time in parts]
    if min(min(part, 3600 * 10**9 - part) for part in near) > 100:  # ns: on one side of its cut
        for key in ("mean", "max", "p50"):
            assert abs(now["write_lag_s"][key] - later["write_lag_s"][key]) <= 2 * TICK_S


def test_cells_begin_ten_years_late_as_they_would_at_once() -> None:
    cells = "arrivals: {poisson: {rate: 1000 per s}}, drawn: cells"
    late = dr(run(interval=600, writes=f"{cells}, from: 3651 days"))
    assert abs(late["writes"]["count"] - DAY_S * 1000) < 6 * (DAY_S * 1000) ** 0.5  # six sigma
    assert late["writes"]["bytes"] == 1024 * late["writes"]["count"]
    assert abs(late["write_lag_s"]["mean"] - 301) < 0.5
    assert late["pending_bytes"]["open_at_end"] + late["syncs"]["bytes"] == late["writes"]["bytes"]


def test_the_floats_of_a_clock_are_as_far_apart_as_the_page_says() -> None:
    assert np.spacing(float(TEN_YEARS_S)) == TICK_S
    assert np.spacing(96.0 * DAY_S) < 1e-9 < np.spacing(98.0 * DAY_S)
    assert np.spacing(135 * 365.25 * DAY_S) < 1e-6
    assert np.spacing(9999 * 365.25 * DAY_S) < 6.2e-5
