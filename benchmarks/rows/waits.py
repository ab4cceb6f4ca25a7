"""Rows of what people wait for, files and checks: row 17."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import efssim
from benchmarks import works
from benchmarks.rows.engine import YEAR_DAYS
from benchmarks.rows.row import Row, command
from benchmarks.timing import PROGRAM, Work, cpu_of_commands
from efssim.report.files.tables.csv_table import write_csv

if TYPE_CHECKING:
    import pandas as pd

SCENARIO = "scenarios/random-year.yaml"
LIBRARIES = "from pydantic import BaseModel; import yaml, click"
"""Imports that no check of a scenario can do without."""


def rows() -> list[Row]:
    """Return the rows of files beside none, of a table beside pandas, and of a check."""
    validate = command(PROGRAM, "validate", "scenarios/first-report.yaml")
    imports = command(sys.executable, "-c", LIBRARIES)
    return [
        Row(
            "17",
            "run random-year --out / without",
            _run_with_files,
            command(PROGRAM, "run", SCENARIO),
            1,
            False,
            3,
            2,
        ),
        Row(
            "17",
            "syncs.csv of a busy year / by pandas",
            _written_by(write_csv),
            _written_by(_by_pandas),
            1,
            False,
            0.5,
            0.3,
        ),
        Row(
            "17",
            "validate / its imports, user CPU",
            validate,
            imports,
            1,
            False,
            2,
            1.7,
            clock=cpu_of_commands,
        ),
    ]


def _run_with_files() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command(PROGRAM, "run", SCENARIO, "--out", f"{folder}/out")()


@cache
def _syncs() -> pd.DataFrame:
    return efssim.run(works.busy(YEAR_DAYS), seed=0).syncs


def _written_by(write: Callable[[pd.DataFrame, Path], None]) -> Work:
    """Return the work of writing the syncs of a year; the first time makes them as well."""

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            write(_syncs(), Path(folder, "syncs.csv"))

    return work


def _by_pandas(syncs: pd.DataFrame, file: Path) -> None:
    table = syncs.copy(deep=False)
    for name in ("cut", "completed"):
        table[name] = table[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    table.to_csv(file, index=False, lineterminator="\n")
