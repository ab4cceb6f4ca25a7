"""Formats of the tables that are written: the table of them, CSV and Parquet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.report.files.tables.csv_table import write_csv
from efssim.report.files.tables.parquet_table import require_pyarrow, write_parquet
from efssim.table import Table

if TYPE_CHECKING:
    import pandas as pd


def _nothing() -> None:
    """Need nothing."""


@dataclass(frozen=True)
class TableFormat:
    """An entry of the table of formats."""

    name: str
    """As `Result.write(tables=...)` takes it."""
    suffix: str
    """How the names of its files end, such as ".csv"."""
    write: Callable[[pd.DataFrame, Path], None]
    """Writes a table to a file; times are datetimes in UTC, columns in `_s` seconds."""
    require: Callable[[], None] = _nothing
    """Raises MissingExtraError where a package is missing; commands ask before they simulate."""


CSV = TableFormat("csv", ".csv", write_csv)
PARQUET = TableFormat("parquet", ".parquet", write_parquet, require_pyarrow)
TABLE_FORMATS: Table[TableFormat] = Table("format of tables", (CSV, PARQUET))
