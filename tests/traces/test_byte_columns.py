"""Simple tables, read many cells at once, hold what is read of them row by row."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.exports import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st

from efssim.traces.exports import ReadOptions, read_exports
from efssim.traces.formats.byte_columns import byte_table
from efssim.traces.formats.tables import columns
from efssim.traces.problems import TraceErrors

NUMBERS = st.one_of(
    st.floats(0, 1e30).map(repr),
    st.integers(0, 10**17).map(str),
    st.integers(0, 10**16).map(lambda whole: f"{whole}.0"),
    st.sampled_from(["0", "007", "1e3", "", "nan", "NaN", "inf", "-0", "+5", ".5", "5.", "1_0", "x",
                     " 7", "7 ", "1e400", "9" * 25, "0" * 70, "é"]),
)  # fmt: skip
TIMES = st.one_of(
    st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ")),
    st.integers(0, 2**31).map(str),
    st.sampled_from(["2026-02-29T00:00:00Z", "2026-01-01 00:00:00", "2026/01/01 00:00:00", ""]),
)


def outcome(file: Path, options: ReadOptions) -> object:
    """Return everything that is read, or the refusal."""
    try:
        found = read_exports([file], options)
    except TraceErrors as failure:
        return [(error.line, error.message) for error in failure.errors]
    return [
        *((s.metric, s.time_s.tolist(), s.value.tolist()) for s in found.series),
        *(
            (
                r.time_s.tolist(),
                r.bytes.tolist(),
                None if r.offset is None else r.offset.tolist(),
                None if r.volume is None else [r.volumes[at] for at in r.volume],
            )
            for r in found.records
        ),
        found.files,
    ]


def both(file: Path, options: ReadOptions) -> tuple[object, object]:
    """Return the outcome of a file read at once and row by row."""
    at_once = outcome(file, options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "byte_table", lambda *_: None)
        return at_once, outcome(file, options)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(TIMES, NUMBERS, NUMBERS), min_size=1, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
)
def test_both_ways_agree(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    end: str,
    has_end: bool,
    is_sampled: bool,
) -> None:
    file = tmp_path_factory.getbasetemp() / "table"
    lines = ["timestamp,value,offset", *map(",".join, rows)]
    file.write_bytes((end.join(lines) + end * has_end).encode())
    at_once, by_rows = both(file, ReadOptions(period_s=60.0 if is_sampled else None))
    assert at_once == by_rows


@pytest.mark.parametrize(
    "name",
    ["blocks/msr.csv", "blocks/alibaba.csv", "blocks/tencent.csv", "blocks/tencent-header.csv",
     "grafana/raw.csv", "grafana/formatted.csv", "grafana/rate.csv", "csv/totals.csv",
     "csv/writes.csv", "console/block.csv"],
)  # fmt: skip
def test_fixtures_read_both_ways(name: str) -> None:
    at_once, by_rows = both(FIXTURES / name, ReadOptions(timezone="UTC"))
    assert at_once == by_rows
    assert at_once


def test_tables_that_are_not_simple() -> None:
    assert byte_table(b"1,2\n3,4\n", ",", 0) is not None
    for odd in (
        b'1,"2"\n',
        b"1,2\n3\n",
        b"1,2\n3,4,5,6\n7\n",
        b"1, 2\n",
        b"1,2\r3,4\n",
        b"",
        b"12\n",
    ):
        assert byte_table(odd, ",", 0) is None
    table = byte_table(b"a\n\n1,2\n\n3,4", ",", 1)
    assert table is not None
    assert (list(table.lines), list(table.column(1))) == ([3, 5], ["2", "4"])
