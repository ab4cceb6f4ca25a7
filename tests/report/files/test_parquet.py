"""Tables as Parquet: typed, with the rows of CSV, read by pandas and DuckDB; no pyarrow, no run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.commands import INTERVAL, command, write_tiny
from helpers.parts_of_scenarios import ALARM, EVENTS, UNKNOWN, VARY

import efssim
from efssim.cli.options import tables_option
from efssim.report.files.formats import TABLE_FORMATS

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
PLAN = ("--vary", f"{INTERVAL}=20s..40s", "-n", 10, "-q", "-w", 1)
MEASURE = "time_since_last_sync_s.mean"
CHOICE = ("--measure", MEASURE, "--best", "least", "--indifference", "5 s", "-n", 10, "-w", 1)
COMMANDS = {
    "run": ["run", "ALARM"],
    "trials": ["run", "FILE", "-n", 3, "-w", 1],
    "comparison": ["run", "FILE", "OTHER", "-n", 3, "-w", 1],
    "sets": ["run", "UNKNOWN", "-n", 2, "--sets", 2, "-w", 1],
    "sweep": ["sweep", "FILE", *VARY, "-w", 1],
    "plan": ["plan", "FILE", *PLAN],
    "choice": ["choose", "FILE", "OTHER", *CHOICE],
    "set plan": ["plan", "UNKNOWN", *PLAN, "--sets", 2],
    "drill": ["drill", "FILE", "-n", 3],
    "alarms": ["alarms", "ALARM"],
    "alarms of trials": ["alarms", "ALARM", "-n", 2, "-w", 1],
    "tuning": ["alarms", "ALARM", "--tune", "-n", 2, "-w", 1],
    "export": ["export", "FILE"],
}
TABLES = {
    "run": {"syncs", "statuses", "events", "violations", "risk", "alarms"},
    "trials": {"trials"},
    "comparison": {"tiny/trials", "other/trials", "other-comparison"},
    "sets": {"sets"},
    "sweep": {"sweep"},
    "plan": {"evaluations"},
    "choice": {"scenarios"},
    "set plan": {"evaluations"},
    "drill": {"drills", "timeline"},
    "alarms": {"alarms"},
    "alarms of trials": {"alarms"},
    "tuning": {"tuning"},
    "export": {"TimeSinceLastSync", "DataWriteIOBytes", "StorageBytes"},
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("scenarios")
    written = {
        "FILE": write_tiny(folder),
        "OTHER": write_tiny(folder, "other", "40 s"),
        "UNKNOWN": write_tiny(folder, file="unknown.yaml"),
        "ALARM": write_tiny(folder, file="alarm.yaml"),
    }
    for name, extra in (("FILE", EVENTS), ("UNKNOWN", UNKNOWN), ("ALARM", EVENTS + ALARM)):
        written[name].write_text(written[name].read_text() + extra, encoding="utf-8")
    return written


def wrote(files: dict[str, Path], case: str, form: str, out: Path) -> dict[str, Path]:
    """Run a command; return its tables by their names."""
    arguments = [files.get(str(one), one) for one in COMMANDS[case]]
    ended = command(*arguments, "--tables", form, "-o", out)
    assert ended.code == 0, ended.err
    found = {str(p.relative_to(out).with_suffix("")): p for p in out.rglob(f"*.{form}")}
    assert not [*out.rglob("*.csv" if form == "parquet" else "*.parquet")]
    return found


@pytest.mark.parametrize("case", COMMANDS)
def test_every_table_is_typed_and_has_the_rows_of_csv(
    files: dict[str, Path], case: str, tmp_path: Path
) -> None:
    typed = wrote(files, case, "parquet", tmp_path / "parquet")
    plain = wrote(files, case, "csv", tmp_path / "csv")
    assert typed.keys() == plain.keys() == TABLES[case]
    for name, file in typed.items():
        table = pd.read_parquet(file)
        cells = pd.read_csv(plain[name], **EXACTLY)
        assert [*table.columns] == [*cells.columns]
        assert len(table) == len(cells)
        for column in table:
            expect_equal(table[column], cells[column])
        connection = duckdb.connect()
        described = connection.execute(f"describe select * from '{file}'").fetchall()
        kinds = {row[0]: row[1] for row in described}
        counts = connection.execute(f"select count(*) from '{file}'").fetchone()
        assert counts == (len(table),)
        for column in table:
            dtype = str(table[column].dtype)
            assert kinds[column] == DUCKDB.get(dtype, "VARCHAR"), (name, column, dtype)
        connection.close()


EXACTLY: dict[str, Any] = (
    {} if int(pd.__version__.partition(".")[0]) >= 3 else {"float_precision": "round_trip"}
)
"""Before pandas 3 numbers were read fast unless it was asked, with a last bit off."""
TEXTS = ("category", "object", "str", "string")

DUCKDB = {
    "int64": "BIGINT",
    "Int64": "BIGINT",
    "int32": "INTEGER",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "boolean": "BOOLEAN",
    "datetime64[us, UTC]": "TIMESTAMP WITH TIME ZONE",
}


def expect_equal(typed: pd.Series[object], cells: pd.Series[object]) -> None:
    """Compare a typed column with the cells of CSV."""
    absent = cells.isna() | (cells.astype("string") == "")
    texts_may_be_empty = str(typed.dtype) in ("str", "string", "object", "category")
    assert (typed.isna() == absent).all() or texts_may_be_empty
    there = typed[~absent]
    if str(typed.dtype).startswith("datetime64"):
        assert str(typed.dtype) == "datetime64[us, UTC]"
        assert (there == pd.to_datetime(cells[~absent], utc=True)).all()
    elif texts_may_be_empty:
        assert there.astype(str).tolist() == cells[~absent].astype(str).tolist()
    else:
        assert np.array_equal(there.astype(float), cells[~absent].astype(float))


def test_pandas_reads_back_the_frame(tmp_path: Path) -> None:
    text = write_tiny(tmp_path).read_text(encoding="utf-8")
    outage = "events: [{at: 405 s, link_outage: us-east-1 -> us-west-2, for: 1 h}]"
    result = efssim.run(efssim.load(f"{text}{outage}\n"))
    result.write(tmp_path / "out", tables="parquet")
    for name in ("syncs", "statuses", "events", "violations"):
        back = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        frame = getattr(result, name)
        # A file keeps the categories that a row has.
        names = frame.select_dtypes("category").columns
        assert [*back.select_dtypes("category").columns] == [*names]
        # Texts are objects before pandas 3, and strings in what was read back.
        texts = [column for column in frame if str(frame[column].dtype) in TEXTS]
        plain = dict.fromkeys(texts, "str")
        pd.testing.assert_frame_equal(back.astype(plain), frame.astype(plain))
    assert result.syncs["completed"].isna().any()


def test_values_of_several_types_are_texts(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": pd.Series([1, "x", None], dtype=object), "b": [2**62, 1, 0]})
    TABLE_FORMATS["parquet"].write(table, tmp_path / "mixed.parquet")
    with duckdb.connect() as connection:
        rows = connection.execute(f"select * from '{tmp_path / 'mixed.parquet'}'").fetchall()
    assert rows == [("1", 2**62), ("x", 1), (None, 0)]


def test_a_folder_takes_a_result_in_another_format(files: dict[str, Path], tmp_path: Path) -> None:
    for case in ("drill", "sets"):
        for form in ("parquet", "csv", "csv"):
            assert wrote(files, case, form, tmp_path / case).keys() == TABLES[case]


@pytest.mark.parametrize("case", ["run", "sweep", "export"])
def test_without_pyarrow_nothing_runs(
    files: dict[str, Path], case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    arguments = [files.get(str(one), one) for one in COMMANDS[case]]
    ended = command(*arguments, "--tables", "parquet", "-o", tmp_path / "out")
    said = "--tables parquet: tables in Parquet need pyarrow: pip install 'efssim[parquet]'\n"
    assert (ended.code, ended.out, ended.err) == (2, "", said)
    assert not (tmp_path / "out").exists()
    ended = command(*arguments, "--tables", "csv", "-o", tmp_path / "out")
    assert ended.code == 0
    with pytest.raises(efssim.MissingExtraError, match=r"pip install 'efssim\[parquet\]'"):
        efssim.run(efssim.load(files["FILE"])).write(tmp_path / "x", tables="parquet")
    assert not (tmp_path / "x").exists()


def test_tables_need_a_folder(files: dict[str, Path]) -> None:
    ended = command("run", files["FILE"], "--tables", "parquet")
    assert ended.code == 2
    assert "--tables needs --out, the folder for the tables" in ended.err


def test_the_option_has_every_format() -> None:
    def nothing() -> None: ...

    tables_option("", "")(nothing)
    (option,) = nothing.__click_params__  # type: ignore[attr-defined]  # click puts it there
    assert tuple(option.type.choices) == TABLE_FORMATS.names
