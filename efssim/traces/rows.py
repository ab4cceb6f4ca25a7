"""The writes of a trace: its rows with units, rates and counters converted to bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.traces.spec import TraceSpec
from efssim.traces.units import parse_unit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExportOrigin:
    """The series of an export that rows are of."""

    format: str
    metric: str | None
    """None: it has no name, or rows are single writes."""
    statistic: str | None
    """None: rows are single writes."""
    period_s: float | None
    """As the export says it, or inferred from its times; None: rows are single writes."""
    assumed: tuple[str, ...] = ()
    """Keys that the export does not say, as they were assumed."""
    notes: tuple[str, ...] = ()
    column: str | None = None
    """Name that may imply a unit, a rate or a counter; None: the unit is known."""


@dataclass(frozen=True)
class RawRows:
    """The rows that `where` selects, in order of time, with their values as the file has them."""

    time_s: Floats
    """Seconds since the scenario's start, ascending; rows of one time in file order."""
    value: Floats
    """At least 0."""
    times: str
    """Interpretation of the times."""
    header_line: int | None
    """None: the header is of another file than one CSV."""
    rows_passed_over: int
    unsorted: bool
    origin: ExportOrigin | None = None
    """None: rows are those of one plain CSV."""

    @property
    def rows(self) -> int:
        """Data rows in the file."""
        return len(self.time_s) + self.rows_passed_over


@dataclass(frozen=True)
class WrittenRows:
    """Writes or totals of periods, in order of time.

    `begin_s`, `end_s`: seconds since the start that the whole file covers.
    """

    time_s: Floats
    bytes: Floats
    begin_s: float
    end_s: float


def is_per_second(spec: TraceSpec) -> bool:
    """Return whether values are rates."""
    return spec.per == "second" or (spec.unit is not None and parse_unit(spec.unit).is_rate)


def factor_of(spec: TraceSpec) -> float:
    """Return the bytes of a value of 1, in the whole period where it is a rate."""
    factor = 1.0 if spec.unit is None else parse_unit(spec.unit).bytes
    return factor * (spec.period_s or 1.0) if is_per_second(spec) else factor


def statistic_of(spec: TraceSpec) -> str | None:
    """Return the statistic of a value: counter, rate or Sum; None where each row is one write."""
    if spec.counter:
        return "counter"
    if spec.period_s is None:
        return None
    return "rate per second" if is_per_second(spec) else "Sum"


def written(spec: TraceSpec, raw: RawRows) -> WrittenRows:
    """Return the writes of rows in bytes; of a counter one less than it has readings."""
    time_s = raw.time_s - raw.time_s[0] if spec.align_start else raw.time_s
    factor = factor_of(spec)
    size = raw.value if factor == 1 else raw.value * factor
    begin_s, end_s = float(time_s[0]), float(time_s[-1])
    if not spec.counter:
        return WrittenRows(time_s, size, begin_s, end_s + (spec.period_s or 0.0))
    grown = increments(raw.value) * factor
    if spec.period_s is None:
        return WrittenRows(time_s[1:], grown, begin_s, end_s)
    spread = _spread(time_s, grown, spec.period_s)
    return WrittenRows(*spread, begin_s, end_s)


def increments(readings: Floats) -> Floats:
    """Return by how much a counter grew from each reading to the next.

    Where it falls it began anew from 0, so the new reading is its growth.
    """
    steps = np.diff(readings)
    return np.where(steps < 0, readings[1:], steps)


def _spread(time_s: Floats, grown: Floats, period_s: float) -> tuple[Floats, Floats]:
    """Return totals of periods: growth over several periods is that of each in equal parts."""
    parts = np.maximum(1, np.rint(np.diff(time_s) / period_s)).astype(np.int64)
    first = np.cumsum(parts) - parts
    offsets = np.arange(int(parts.sum())) - np.repeat(first, parts)
    times = np.repeat(time_s[:-1], parts) + offsets * period_s
    order = times.argsort(kind="stable")
    return times[order], np.repeat(grown / parts, parts)[order]
