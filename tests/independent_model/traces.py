"""Traces in plain CSV, as docs/scenario.md says: columns, units, counters, laps."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

from efssim.scenario.schema import TraceFile

BYTES = {None: 1, "B": 1, "kB": 1000, "KB": 1000, "MB": 10**6, "KiB": 2**10, "MiB": 2**20}
TICKS_PER_S = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
SINCE_START_S = 1e8
"""Numbers below are seconds since the start."""

Row = tuple[float, float]


def trace_writes(trace: TraceFile, start: datetime, end_s: float) -> Iterator[Row]:
    """Yield times and bytes of the writes of a trace, from its first lap on.

    Rows that are wholly before the start are not used, unless they come again.
    """
    rows = sorted(_rows(trace, trace.start or start), key=lambda row: row[0])
    if trace.counter:
        rows = list(_differences(trace, rows))
    moved_s = rows[0][0] if trace.align == "start" else 0.0
    span_s = trace.length or rows[-1][0] - rows[0][0] + (trace.period or 0.0)
    lap_s = -moved_s
    while lap_s + rows[0][0] <= end_s:
        for time_s, size in rows:
            if trace.repeat or time_s + lap_s + (trace.period or 0.0) > 0.0:
                yield from _spread(trace, time_s + lap_s, size)
        if not trace.repeat:
            return
        lap_s += span_s


def _rows(trace: TraceFile, zero: datetime) -> Iterator[Row]:
    """Yield times since zero, and bytes: of the period where they are rates."""
    with trace.file.open(encoding="utf-8", newline="") as lines:
        found = [
            row
            for row in csv.DictReader(lines)
            if all(row[column].strip() == str(value) for column, value in trace.where.items())
        ]
    factor = float(BYTES[trace.unit])
    if trace.per == "second":
        assert trace.period is not None
        factor *= trace.period
    for row in found:
        yield _time_s(trace, row[trace.time], zero), float(row[trace.bytes]) * factor


def _time_s(trace: TraceFile, text: str, zero: datetime) -> float:
    try:
        number = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (moment - zero).total_seconds()
    if number < SINCE_START_S:
        return number / TICKS_PER_S[trace.time_unit or "s"]
    ticks = TICKS_PER_S[trace.time_unit or _by_magnitude(number)]
    return number / ticks - zero.timestamp()


def _by_magnitude(number: float) -> str:
    return "s" if number < 1e11 else "ms" if number < 1e14 else "us" if number < 1e16 else "ns"


def _differences(trace: TraceFile, rows: list[Row]) -> Iterator[Row]:
    """Yield what a counter grew by from reading to reading, in the periods between."""
    assert trace.period is not None
    for (since_s, before), (until_s, after) in pairwise(rows):
        grown = after if after < before else after - before
        periods = round((until_s - since_s) / trace.period)
        for k in range(periods):
            yield since_s + k * trace.period, grown / periods


def _spread(trace: TraceFile, time_s: float, size: float) -> Iterator[Row]:
    if trace.period is None:
        yield time_s, size
        return
    n = trace.writes_per_row
    for k in range(1, n + 1):
        yield time_s + trace.period * k / n, size / n
