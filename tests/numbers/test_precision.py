"""Every field and column of every file has a line in the table of precisions, and it is true."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.commands import INTERVAL, command, write_tiny
from helpers.parts_of_scenarios import ALARM, EVENTS, UNKNOWN, VARY
from helpers.places import ROOT
from hypothesis import given
from hypothesis import strategies as st

from efssim.json_values import timestamp
from efssim.report.files.tables.precision import KINDS, LINES, OutputKind, kind_of
from efssim.runs.tables import datetimes
from efssim.text.quantities import format_duration, format_size, parse_duration, parse_size

SHIPPED = ROOT / "scenarios"
SLOTS = """
links: {us-east-1 -> us-west-2: {concurrency: 1}}
objectives: {ledger: {target: 5 min, attainment: 99 %, of: writes, replications: [dr]}}
"""
PLAN = ("--vary", f"{INTERVAL}=20s..40s", "-n", "10", "-w", "1")
CHOICE = [
    "--measure",
    "time_since_last_sync_s.mean",
    "--best",
    "least",
    "-n",
    "10",
    "-w",
    "1",
    "--indifference",
]
COMMANDS = {
    "run": ["run", "ALARM"],
    "trials": ["run", "ALARM", "-n", "3", "-w", "1"],
    "comparison": ["run", "FILE", "OTHER", "-n", "3", "-w", "1"],
    "sets": ["run", "UNKNOWN", "-n", "2", "--sets", "2", "-w", "1"],
    "sweep": ["sweep", "FILE", *VARY, "-w", "1"],
    "plan": ["plan", "FILE", *PLAN],
    "set plan": ["plan", "UNKNOWN", *PLAN, "--sets", "2"],
    "choice": ["choose", "FILE", "OTHER", *CHOICE, "5 s"],
    "drill": ["drill", "FILE", "-n", "3"],
    "alarms": ["alarms", "ALARM"],
    "alarms of trials": ["alarms", "ALARM", "-n", "2", "-w", "1"],
    "tuning": ["alarms", "ALARM", "--tune", "-n", "2", "-w", "1"],
    "export": ["export", "FILE"],
    "cost": ["run", str(SHIPPED / "cost.yaml")],
    "cells": ["run", str(SHIPPED / "hot-files.yaml")],
    "failover": ["run", str(SHIPPED / "failover.yaml")],
    "fleet": ["run", str(SHIPPED / "fleet.yaml"), "--set", "duration=2 days"],
    "months": ["run", str(SHIPPED / "first-report.yaml")],
    "slots": ["run", "SLOTS"],
    "traces": ["run", str(SHIPPED / "measured.yaml")],
    "throttled": ["run", str(SHIPPED / "throttled.yaml")],
    "rare": ["run", str(SHIPPED / "random-year.yaml"), "-n", "4", "-w", "1"],
}
SOMETIMES = {"confirmed", "importance", "notes", "what_if"}
"""In plans that had the time, and of exports with something to say."""
SINGLE = ("run", "cost", "cells", "failover", "months", "traces", "throttled")
"""Runs whose summaries have no means over trials or items."""
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
TYPED = {
    "64-bit integer": {"int64", "Int64", "int32"},
    "timestamp in µs": {"datetime64[us, UTC]"},
    "double": {"float64"},
    "boolean": {"bool", "boolean"},
    "text or category": {"object", "str", "string", "category"},
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every kind of study, with the folder that it wrote."""
    folder = tmp_path_factory.mktemp("outputs")
    written = {
        "FILE": write_tiny(folder),
        "OTHER": write_tiny(folder, "other", "40 s"),
        "UNKNOWN": write_tiny(folder, file="unknown.yaml"),
        "ALARM": write_tiny(folder, file="alarm.yaml"),
        "SLOTS": write_tiny(folder, file="slots.yaml"),
    }
    for name, extra in (
        ("FILE", EVENTS),
        ("UNKNOWN", UNKNOWN),
        ("ALARM", EVENTS + ALARM),
        ("SLOTS", SLOTS),
    ):
        written[name].write_text(written[name].read_text() + extra, encoding="utf-8")
    made = {}
    for case, arguments in COMMANDS.items():
        made[case] = folder / case
        paths = [str(written.get(one, one)) for one in arguments]
        ended = command(*paths, "-q", "--tables", "parquet", "-o", made[case])
        assert ended.code == 0, (case, ended.err)
    return made


def leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield each value of JSON with its dotted name, without the places in lists."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key.partition('[')[0]}")
    elif isinstance(value, list) and value:
        for part in value:
            yield from leaves(part, path)
    else:
        yield path, value


def fields(folder: Path) -> Iterator[tuple[str, object]]:
    """Yield the fields of the JSON of a folder, but for the manifest: versions and parameters."""
    for file in sorted(folder.rglob("*.json")):
        if file.name != "manifest.json":
            yield from leaves(json.loads(file.read_text(encoding="utf-8")), file.stem)


def tables(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables of a folder, each with the end of its name."""
    for file in sorted(folder.rglob("*.parquet")):
        yield file.stem.rpartition("-")[2], pd.read_parquet(file)


def fits(kind: OutputKind, value: object) -> bool:
    """Return whether a value of a single run is of a kind; null is of every kind."""
    if value is None or value in ({}, []):
        return True
    if kind.unit == "UTC":
        return isinstance(value, str) and bool(MOMENT.fullmatch(value))
    if kind.typed == "boolean":
        return isinstance(value, bool)
    if kind.typed == "64-bit integer":
        return type(value) is int and 0 <= abs(value) < 2**63
    return type(value) in ((str, bool) if kind.typed == "text or category" else (int, float, str))


def test_every_field_and_column_has_a_line_and_every_line_a_field(
    outputs: dict[str, Path],
) -> None:
    names = {path for folder in outputs.values() for path, _ in fields(folder)}
    names |= {
        f"{table}.csv.{column}"
        for folder in outputs.values()
        for table, frame in tables(folder)
        for column in frame
    }
    missing = []
    for name in sorted(names):
        try:
            kind_of(name)
        except LookupError as error:
            missing.append(str(error))
    assert missing == []
    assert sorted(LINES.keys() - {name.rpartition(".")[2] for name in names} - SOMETIMES) == []


def test_fields_of_single_runs_are_of_their_kinds(outputs: dict[str, Path]) -> None:
    off = [
        (path, value)
        for case in SINGLE
        for path, value in fields(outputs[case])
        if not fits(kind_of(path), value)
    ]
    assert off == []


def test_columns_are_of_their_types(outputs: dict[str, Path]) -> None:
    off = {
        (table, column, str(frame[column].dtype))
        for folder in outputs.values()
        for table, frame in tables(folder)
        for column in frame
        if (known := TYPED.get(kind_of(f"{table}.csv.{column}").typed)) is not None
        and str(frame[column].dtype) not in known
        and not frame[column].isna().all()  # a file says nothing of the type of what is absent
    }
    assert off == set()


def test_a_name_without_a_line_fails() -> None:
    with pytest.raises(LookupError, match=r"summary\.new_thing has no line"):
        kind_of("summary.new_thing")


def test_floats_of_cells_are_read_back_as_they_were(outputs: dict[str, Path]) -> None:
    frame = pd.read_parquet(next(outputs["run"].rglob("syncs.parquet")))
    for column in ("setup_s", "transfer_s"):
        values = frame[column].dropna()
        assert np.array_equal(values, [float(repr(value)) for value in values.tolist()])
        assert kind_of(f"syncs.csv.{column}") is KINDS["duration"]


@given(st.floats(1, 1e11))
def test_texts_of_durations_are_as_near_as_the_page_says(seconds: float) -> None:
    shown = parse_duration(format_duration(seconds))
    assert abs(shown - seconds) <= (0.005 if seconds < 59 else 0.021) * seconds


@given(st.integers(1, 2**62))
def test_texts_of_sizes_are_as_near_as_the_page_says(size: int) -> None:
    assert abs(parse_size(format_size(size)) - size) <= max(0.5, 0.0051 * size)


@given(st.integers(0, 3652 * 86_400 * 10**9))
def test_times_are_to_the_nearest_microsecond_for_ten_years(nanoseconds: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    time_s = nanoseconds / 10**9
    text = datetime.fromisoformat(timestamp(start, time_s))
    column = datetimes(start, [time_s]).iloc[0].to_pydatetime()
    exact = Fraction(time_s) * 10**6
    for shown in (text, column):
        # A product with 1e6 is rounded once more, which decides between two equally near ones.
        off = abs((shown - start) // timedelta(microseconds=1) - exact)
        assert off <= Fraction(1, 2) + Fraction(1, 16)


def test_the_page_is_fresh() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "precision.py"))["page"]()
    written = (ROOT / "docs" / "precision.md").read_text(encoding="utf-8")
    assert written == made, "run `python docs/precision.py`"


def test_the_page_has_the_steps_of_the_clock() -> None:
    page = (ROOT / "docs" / "precision.md").read_text(encoding="utf-8")
    for days, text in ((97, "9.3e-10"), (365, "3.7e-09"), (3652, "6.0e-08"), (49_672, "4.8e-07")):
        assert f"{np.spacing(days * 86_400.0):.1e}" == text
        assert f"| {float(text):.1e} s |".replace("e-0", "e-") in page
