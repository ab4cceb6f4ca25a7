"""Files of measurements in every format that is read, and files of alarms and of prices."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Sequence
from functools import cache

import numpy as np

from benchmarks.fuzz import hostile, texts, trees
from benchmarks.fuzz.case import Case, Random, chance, pick
from benchmarks.fuzz.kinds import bases

DESCRIBED = """\
{"MetricAlarms": [
 {"AlarmName": "theirs", "AlarmArn": "arn:aws:cloudwatch:us-east-1:1:alarm:theirs",
  "AlarmConfigurationUpdatedTimestamp": "2026-01-01T00:00:00+00:00", "ActionsEnabled": true,
  "StateValue": "OK", "MetricName": "TimeSinceLastSync", "Namespace": "AWS/EFS",
  "Statistic": "Maximum", "Dimensions": [
   {"Name": "FileSystemId", "Value": "fs-0aaaaaaaaaaaaaaaa"},
   {"Name": "DestinationFileSystemId", "Value": "fs-0bbbbbbbbbbbbbbbb"}],
  "Period": 60, "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Threshold": 40.0,
  "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching"},
 {"AlarmName": "math", "Metrics": [{"Id": "e", "Expression": "m1 / 60", "ReturnData": true}],
  "Period": 60, "EvaluationPeriods": 1, "Threshold": 1},
 {"AlarmName": "p90", "ExtendedStatistic": "p90", "MetricName": "TimeSinceLastSync",
  "Namespace": "AWS/EFS", "Dimensions": [], "Period": 300, "EvaluationPeriods": 1,
  "Threshold": 900, "ComparisonOperator": "LessThanOrEqualToThreshold", "Unit": "Seconds"}],
 "CompositeAlarms": [{"AlarmName": "both", "AlarmRule": "ALARM(theirs)"}]}
"""
IDS = 'alarms.ids={"fs-0aaaaaaaaaaaaaaaa": orders, "fs-0bbbbbbbbbbbbbbbb": dr.destination}'
_OPTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("--timezone", ("Europe/Rome", "America/New_York")),
    ("--statistic", ("Sum", "Average", "SampleCount")),
    ("--metric", ("DataWriteIOBytes", "TimeSinceLastSync")),
    ("--where", ("device=sda", "FileSystemId=fs-1", "x")),
    ("--period", ("5min", "60", "1 s", "7 days")),
    ("--block", ("4 KiB", "1 B", "1 TiB")),
    ("--missing", ("zero",)),
)


@cache
def exports() -> tuple[tuple[str, bytes], ...]:
    """Return exports in every format, by their names."""
    files = sorted((bases.ROOT / "tests/traces/exports").rglob("*.*"))
    found = [(file.name, file.read_bytes()) for file in files]
    assert found
    csv = bases.beside()[bases.CSV].splitlines(keepends=True)[:60]
    packed = [(f"{name}.gz", gzip.compress(text, mtime=0)) for name, text in found[::5]]
    return (*found, ("totals.csv", b"".join(csv)), *packed, ("rows.parquet", _parquet()))


def _parquet() -> bytes:
    import pyarrow
    import pyarrow.parquet

    times = np.arange(0, 3000, 300) + 1_772_409_600
    table = pyarrow.table({"timestamp": times, "value": np.linspace(1e5, 1e6, len(times))})
    into = io.BytesIO()
    pyarrow.parquet.write_table(table, into)
    return into.getvalue()


def _spoilt(random: Random, name: str, content: bytes) -> bytes:
    """Return a file that is not as it should be, packed again where it was."""
    if name.endswith(".gz") and chance(random, 0.7):
        return gzip.compress(_spoilt(random, name[:-3], gzip.decompress(content)), mtime=0)
    if name.endswith(".json") and chance(random, 0.6):
        known = trees.Pool()
        tree = trees.of_yaml(content.decode())
        known.add(tree)
        return _as_json(trees.changed(random, tree, known)).encode("utf-8", "replace")
    if chance(random, 0.5) and name.endswith((".csv", ".text", ".txt", ".table")):
        return _cells(random, content)
    return texts.changed(random, content)


def _as_json(tree: trees.Tree) -> str:
    if tree.items is not None:
        return "[" + ", ".join(_as_json(part) for part in tree.items) + "]"
    if tree.entries is not None:
        pairs = (f"{_quoted(key)}: {_as_json(part)}" for key, part in tree.entries)
        return "{" + ", ".join(pairs) + "}"
    return tree.token or "null"


def _quoted(key: str) -> str:
    return key if key.startswith('"') else json.dumps(key)


def _cells(random: Random, content: bytes) -> bytes:
    """Change cells of a table: a few, a column of them, or the order of the rows."""
    mark = next((mark for mark in (b",", b"\t", b"|", b" ") if mark in content), b",")
    rows = [line.split(mark) for line in content.split(b"\n")]
    for _ in range(pick(random, (1, 2, 5))):
        row = pick(random, rows)
        at = int(random.integers(len(row)))
        row[at] = _cell(random, row[at])
    if chance(random, 0.15):
        at, new = int(random.integers(4)), _cell(random, b"1")
        for row in rows[1:]:
            row[at : at + 1] = [new]
    if chance(random, 0.15):
        rows[1:] = [rows[1:][k] for k in random.permutation(len(rows) - 1)]
    if chance(random, 0.1):
        rows[1:] = rows[1:] * 20
    return b"\n".join(mark.join(row) for row in rows)


def _cell(random: Random, cell: bytes) -> bytes:
    return hostile.instead_of(random, cell.decode("utf-8", "replace")).encode("utf-8", "replace")


def make_trace(random: Random, number: int) -> Case:
    """Return a case with an export, or a table of writes, that is not as it should be."""
    name, content = pick(random, exports())
    spoilt = content if chance(random, 0.1) else _spoilt(random, name, content)
    way = pick(random, ("traces",) * 6 + ("scenario",) * 3 + ("calibrate",))
    if way == "scenario":
        return _replayed(random, number, name, spoilt)
    if way == "calibrate":
        words = ["calibrate", "--lag", name, "--format", "json", "-q"]
        if chance(random, 0.4):
            words += [pick(random, ("--fit", "--size", "--files", "--timezone", "--writes")), name]
        return Case("trace", number, {name: spoilt}, tuple(words))
    words = ["traces", name, *pick(random, ((), ("--format", "json"), ("-o", "new.yaml")))]
    for option, good in _OPTIONS:
        if chance(random, 0.12):
            given = pick(random, good) if chance(random, 0.6) else hostile.value(random)[:500]
            words.append(f"{option}={given}")
    return Case("trace", number, {name: spoilt}, tuple(words))


def _replayed(random: Random, number: int, name: str, content: bytes) -> Case:
    keys = ["period: 5 min", "missing: zero", "repeat: true", "unit: MiB", "per: second"]
    keys += ["counter: true", "statistic: Sum", "time_unit: ms", "writes_per_row: 60"]
    keys += [f"scale: {hostile.number(random)}", f"period: {hostile.amount(random)}"]
    keys += [f"columns: {{time: {hostile.value(random)}}}", f"where: {{device: {name}}}"]
    more = [key for key in keys if chance(random, 0.25)]
    trace = ", ".join([f"file: {name}", *more])
    text = bases.TINY.replace(
        "{arrivals: {poisson: {rate: 1 per 10 s}}, size: 64 KiB}", f"{{trace: {{{trace}}}}}"
    )
    start = pick(random, ("2026-03-02", "2026-01-01", "1970-01-01"))
    text += f"start: {start}\n"
    words = pick(random, (("validate", "s.yaml"), ("run", "s.yaml", "-q", "--format", "json")))
    return Case("trace", number, {"s.yaml": text.encode(), name: content}, words)


def make_alarms(random: Random, number: int) -> Case:
    """Return a case with a file of alarms that is not as it should be."""
    if chance(random, 0.35):
        content = texts.changed(random, DESCRIBED.encode())
    else:
        known = trees.Pool()
        known.add(tree := trees.of_yaml(DESCRIBED))
        changed = trees.changed(random, tree, known)
        content = _as_json(changed).encode("utf-8", "replace")
    files = {"s.yaml": bases.TINY.encode(), "alarms.json": content}
    words: Sequence[str] = ("alarms", "s.yaml", "-q", "--alarms", "alarms.json", "--set", IDS)
    if chance(random, 0.3):
        words = ("validate", "s.yaml", "--set", "alarms.file=alarms.json", "--set", IDS)
    return Case("alarms", number, files, tuple(words), positioned=True)


def make_prices(random: Random, number: int) -> Case:
    """Return a case with a file of prices that is not as it should be."""
    text = bases.beside()[bases.PRICES]
    if chance(random, 0.4):
        content = texts.changed(random, text)
    else:
        known = trees.Pool()
        known.add(tree := trees.of_yaml(text.decode()))
        content = trees.changed(random, tree, known).text().encode("utf-8", "replace")
    scenario = bases.TINY + "prices: {file: p.yaml}\n"
    words = pick(random, (("validate", "s.yaml"), ("run", "s.yaml", "-q", "--format", "json")))
    files = {"s.yaml": scenario.encode(), "p.yaml": content}
    return Case("prices", number, files, words, positioned=True)
