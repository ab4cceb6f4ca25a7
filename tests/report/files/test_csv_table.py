"""Tables as CSV: the bytes of pandas, whatever is in them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from efssim import load, run
from efssim.report.files.tables import csv_table
from efssim.report.files.tables.cells import number_cells, time_cells
from efssim.report.files.tables.csv_table import write_csv

ROWS = 7
# Whether a carriage return alone is quoted differs between versions of Python: see below.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=6)
# Before pandas 3, strftime has no years beyond 1 to 9999, and no zeros before those below 1000.
FIRST_MOMENT = -30_610_224_000_000_000 if pd.__version__.startswith("2.") else -(10**17)
MOMENT = st.integers(FIRST_MOMENT, 10**17)


def of(cells: st.SearchStrategy[object]) -> st.SearchStrategy[list[object]]:
    return st.lists(cells, min_size=ROWS, max_size=ROWS)


def times(values: list[int | None]) -> pd.Series[pd.Timestamp]:
    stamps = np.array(["NaT" if v is None else v for v in values], dtype="datetime64[us]")
    return pd.Series(stamps).dt.tz_localize("UTC")


COLUMN = st.one_of(
    of(st.floats()).map(lambda v: np.array(v, dtype=np.float64)),
    of(st.integers(-(2**63), 2**63 - 1)).map(lambda v: np.array(v, dtype=np.int64)),
    of(st.booleans()).map(lambda v: np.array(v, dtype=np.bool_)),
    of(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))).map(
        lambda v: pd.array(v, dtype="Int64")
    ),
    of(st.one_of(st.none(), st.booleans())).map(lambda v: pd.array(v, dtype="boolean")),
    of(TEXT).map(lambda v: pd.Series(v, dtype="str")),
    of(st.sampled_from(["a", 'b "x"', "c,d", None])).map(pd.Categorical),
    of(st.one_of(st.none(), MOMENT)).map(times),
    st.floats().map(lambda v: np.full(ROWS, v)),  # all the same, NaN among them
)


def by_pandas(table: pd.DataFrame, file: Path) -> bytes:
    table = table.copy()
    for name in table.columns:
        if str(table[name].dtype).startswith("datetime64"):
            table[name] = table[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    table.to_csv(file, index=False, lineterminator="\n")
    return file.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@given(st.dictionaries(TEXT.filter(bool), COLUMN, min_size=1, max_size=4))
def test_bytes_are_those_of_pandas(folder: Path, columns: dict[str, object]) -> None:
    table = pd.DataFrame(columns)
    write_csv(table, folder / "ours.csv")
    assert (folder / "ours.csv").read_bytes() == by_pandas(table, folder / "theirs.csv")


@pytest.mark.parametrize("digits", [1, 6, 17])
def test_floats_of_every_size_are_as_repr_has_them(digits: int) -> None:
    draws = np.random.default_rng(digits)
    size = 10.0 ** draws.uniform(-12, 20, 5000)
    values = np.array(
        [float(f"{value:.{digits}g}") for value in size * draws.choice([-1, 1], 5000)]
    )
    powers = np.array([sign * 10.0**power for sign in (-1, 1) for power in range(-320, 309)])
    random = draws.integers(0, 2**64, 5000, dtype=np.uint64).view(np.float64)
    for column in (values, powers, np.nextafter(powers, 0), np.nextafter(powers, np.inf), random):
        expected = ["" if np.isnan(value) else repr(value) for value in column.tolist()]
        assert number_cells(column) == expected


def test_zeros_of_both_signs_are_told_apart() -> None:
    assert number_cells(np.array([0.0, -0.0])) == ["0.0", "-0.0"]
    assert number_cells(np.array([-0.0, -0.0])) == "-0.0"


@pytest.mark.parametrize("span_us", [10**3, 10**9, 10**14, 10**17])
def test_times_near_and_far_apart(span_us: int) -> None:
    draws = np.random.default_rng(1)
    times = draws.integers(-span_us, span_us, 500).astype("datetime64[us]")
    times[7] = np.datetime64("NaT", "us")
    expected = ["" if np.isnat(time) else f"{time}Z" for time in times]
    assert time_cells(times) == expected


def test_a_carriage_return_is_read_back(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"a": ["x\ry", "z"]}), tmp_path / "ours.csv")
    with (tmp_path / "ours.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["a"], ["x\ry"], ["z"]]


def test_rows_written_in_parts_are_all_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pd.DataFrame({"n": np.arange(10), "x": np.linspace(0, 1, 10)})
    monkeypatch.setattr(csv_table, "_ROWS_AT_ONCE", 3)
    write_csv(table, tmp_path / "ours.csv")
    assert (tmp_path / "ours.csv").read_bytes() == by_pandas(table, tmp_path / "theirs.csv")


def test_a_table_without_rows_has_its_header(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"a": [], "b": []}), tmp_path / "ours.csv")
    assert (tmp_path / "ours.csv").read_text(encoding="utf-8") == "a,b\n"


def test_every_table_of_a_run(tmp_path: Path) -> None:
    result = run(load(SCENARIO))
    for name in ("syncs", "statuses", "events", "violations"):
        table = getattr(result, name)
        write_csv(table, tmp_path / "ours.csv")
        assert (tmp_path / "ours.csv").read_bytes() == by_pandas(table, tmp_path / "theirs.csv")
        assert len(table), name


SCENARIO = {
    "name": "paused",
    "duration": "1 day",
    "rpo": {"target": "10 min"},
    "file_systems": {
        "app": {
            "region": "us-east-1",
            "writes": {"w": {"arrivals": {"poisson": {"rate": "2 per s"}}, "size": "1 MB"}},
        }
    },
    "replications": {"dr": {"source": "app", "destination": {"region": "eu-south-1"}}},
    "events": [{"opt_out": "eu-south-1", "at": "10 h", "for": "2 h"}],
}
