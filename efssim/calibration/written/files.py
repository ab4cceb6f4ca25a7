"""The scenario of a calibration as a file, with its writes beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from errno import EEXIST, EISDIR
from pathlib import Path

from efssim.calibration.calibration import EPOCH, CalibrationFindings
from efssim.calibration.data import WriteTotals
from efssim.calibration.written.scenario import MARK, WrittenTrace, scenario_yaml
from efssim.files.whole import finish_together, write_together
from efssim.json_values import timestamp
from efssim.text.files import require_regular
from efssim.text.largest import LARGEST_FILE_BYTES

_HEADER = "timestamp,value"
_EVEN_S = 1.0
"""Seconds between the equal writes that a total is spread into; assumed."""


def trace_file(scenario: Path) -> Path:
    """Return the file of the writes that belongs to a scenario."""
    return scenario.with_name(f"{scenario.stem}-writes.csv")


def refuse_scenario_file(scenario: Path, with_writes: bool) -> None:
    """Raise OSError if a scenario, or its writes, cannot be written because of what is there."""
    finish_together(scenario)
    for file in (scenario, *([trace_file(scenario)] if with_writes else [])):
        if file.is_dir():
            raise IsADirectoryError(EISDIR, "is a folder", os.fspath(file))
        if file.exists() and not _is_ours(scenario):
            message = "is there and was not written by `efssim calibrate`; name another file"
            raise FileExistsError(EEXIST, message, os.fspath(file))
    if not scenario.parent.is_dir():
        raise FileNotFoundError(2, "its folder does not exist", os.fspath(scenario))


def _is_ours(scenario: Path) -> bool:
    try:
        require_regular(scenario)
        with scenario.open("rb") as file:
            return file.read(len(MARK)) == MARK.encode()
    except OSError:
        return False


def write_scenario(findings: CalibrationFindings, file: Path) -> None:
    """Write the scenario of a calibration, and its writes into a CSV file beside it.

    Both are written or none. Raise ValueError where nothing was fitted, OSError, FileExistsError
    for a file there that no calibration wrote.
    """
    writes = findings.given.writes
    refuse_scenario_file(file, writes is not None)
    texts = {}
    trace = None
    if writes is not None:
        beside = trace_file(file)
        period_s = writes.period_s
        per_row = max(1, round(period_s / _EVEN_S))
        keys = ("period", f"{period_s:g} s"), ("writes_per_row", str(per_row)), ("missing", "zero")
        trace = WrittenTrace(beside.name, keys)
        texts[beside] = "\n".join(_rows(writes)) + "\n"
    texts[file] = scenario_yaml(findings, file.stem, trace)
    write_together(texts)


def _rows(writes: WriteTotals) -> Iterator[str]:
    yield _HEADER
    for begin_s, size in zip(writes.begin_s.tolist(), writes.bytes.tolist(), strict=True):
        number = int(size) if size == int(size) and size < LARGEST_FILE_BYTES else size
        yield f"{timestamp(EPOCH, begin_s)},{number!r}"
