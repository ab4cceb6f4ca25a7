"""Write streams: times, sizes and places of the writes to a file system."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from efssim.scenario.grammar.base import Found, Model, one_of
from efssim.scenario.grammar.distributions import Distribution, beside_scenario
from efssim.scenario.grammar.types import (
    Count,
    Duration,
    Flag,
    Fraction,
    Instant,
    PositiveDuration,
    PositiveSize,
    Size,
)
from efssim.scenario.workload.arrivals import Arrivals
from efssim.scenario.workload.growth import Growth
from efssim.text.largest import LARGEST_FILE_BYTES
from efssim.text.quantities import parse_duration, parse_fraction, parse_size
from efssim.text.quoting import quoted
from efssim.text.written import Written, mapping, parsed
from efssim.text.zones import time_zone
from efssim.traces.calendar.whole_days import ResampledUnit
from efssim.traces.reading import Trace, read_trace
from efssim.traces.spec import DEFAULT_BYTES, DEFAULT_TIME, TraceSpec
from efssim.traces.units import parse_unit

__all__ = ["LARGEST_FILE_BYTES", "HotSet", "InFile", "TraceFile", "WriteStream"]


def _unit(text: str) -> str:
    parse_unit(text)
    return text


ValueUnit = Annotated[str, AfterValidator(_unit)]

_IN_CELLS = ("poisson", "profile", "on_off")
"""Arrivals whose writes can be drawn in cells: Poisson processes whose rate is known; of `on_off`
while it is on."""

FAILOVER = "failover"
"""The change that the writes of a stream may follow."""

WritesFollow = Literal["failover", "none"]


class TraceFile(Model):
    """A CSV file of single writes or, with `period`, of totals per period; or an export."""

    bare = "file"

    file: Path
    """CSV file, or export of a monitoring tool, relative to the scenario; a folder, a pattern."""
    time: str = DEFAULT_TIME
    """Column of the time: datetimes, seconds since the scenario's start, or epoch times."""
    bytes: str = DEFAULT_BYTES
    """Column of the bytes."""
    unit: ValueUnit | None = None
    """Unit of the column: `KiB`, `MB`, `512 B`, `KiB/s`; bytes unless set."""
    per: Literal["second", "period"] | None = None
    """With `period`: `second` says that values are rates; totals of the period unless set."""
    counter: Flag | None = None
    """Values are readings of a counter that only grows, or begins anew from 0."""
    where: dict[str, str | Flag | int | float] = Field(default_factory=dict)
    """Columns, or dimensions of an export, and the value that rows must have in them."""
    time_unit: Literal["s", "ms", "us", "ns", "filetime"] | None = None
    """Unit of times that are numbers, where their magnitude does not tell it."""
    missing: Literal["zero"] | None = None
    """`zero` says that a period without a row had no writes, and was not left out."""
    period: PositiveDuration | None = None
    """Rows are totals of this long; without it each row is one write."""
    writes_per_row: Annotated[Count, Field(gt=0, le=1_000_000)] = 60
    """With `period`: equal writes that a row is spread into."""
    align: Literal["start"] | None = None
    """`start` moves the first row to the scenario's start."""
    start: Instant | None = None
    """Time of the trace that falls on the scenario's start; that start itself unless set."""
    repeat: Flag = False
    """Start over at the end of the trace."""
    length: PositiveDuration | None = None
    """With `repeat` and without `period`: time from one beginning of the trace to the next."""
    resample: ResampledUnit | None = None
    """Each day, or week, of the run has the writes of a whole one of the trace, drawn anew."""
    timezone: str | None = None
    """IANA time zone of the days of `resample`, UTC unless set; of local times of an export."""
    statistic: Literal["Sum", "Average", "SampleCount", "Minimum", "Maximum"] | None = None
    """Statistic of an export that does not say it; Sum is assumed unless set."""
    metric: str | None = None
    """Metric or Id of the series to take, where an export holds several."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        is_rate = data.get("per") == "second" or _is_rate(data.get("unit"))
        if is_rate and data.get("period") is None:
            yield ("per",) if "per" in data else ("unit",), "needs `period`: how long a rate holds"
        if is_rate and data.get("counter") is True:
            yield ("counter",), "is of amounts, and these values are rates per second"
        if data.get("per") == "period" and _is_rate(data.get("unit")):
            yield ("per",), f"is of amounts, and {quoted(data['unit'])} is a rate per second"
        if data.get("align") is not None and data.get("start") is not None:
            yield ("start",), "goes without `align`, which moves the first row to the start"
        if data.get("resample") is not None:
            for key in ("align", "repeat", "length"):
                if data.get(key):
                    yield (key,), "goes without `resample`, which draws days by their time of day"

    @field_validator("file")
    @classmethod
    def _beside_scenario(cls, file: Path, info: ValidationInfo) -> Path:
        return beside_scenario(file, info)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        return None if name is None else time_zone(name).key

    def read(self, start: datetime, duration_s: float) -> Trace:
        """Read the file for a run; raise TraceErrors if it changed since it was validated."""
        return read_trace(self.spec(), start, duration_s)

    def spec(self) -> TraceSpec:
        """Return the specification for the reader."""
        return TraceSpec(
            file=self.file,
            time=self.time,
            bytes=self.bytes,
            period_s=self.period,
            writes_per_row=self.writes_per_row,
            align_start=self.align == "start",
            start=self.start,
            repeat=self.repeat,
            length_s=self.length,
            unit=self.unit,
            per=self.per,
            counter=self.counter,
            where=tuple((column, _as_cell(value)) for column, value in self.where.items()),
            time_unit=self.time_unit,
            missing_zero=self.missing == "zero",
            resample=self.resample,
            timezone=self.timezone,
            statistic=self.statistic,
            metric=self.metric,
        )


def _is_rate(unit: object) -> bool:
    """Return whether a text is a unit per second; False if it is no unit."""
    try:
        return isinstance(unit, str) and parse_unit(unit).is_rate
    except ValueError:
        return False


def _as_cell(value: object) -> str:
    """Return a value of YAML as a cell of a CSV has it."""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


class HotSet(Model):
    """Blocks that are overwritten again and again; a sync sends each of them once."""

    bare = "size"

    size: PositiveSize
    """Bytes of all hot blocks together."""
    block: PositiveSize
    """Bytes of one block; a write dirties as many as it fills, at random."""
    share: Fraction = 1.0
    """Share of the stream's writes that are hot, by count."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        size, block = (parsed(parse_size, data.get(key)) for key in ("size", "block"))
        if size is not None and block is not None and 0 < size < block:
            yield (), "size is below that of one block"


class InFile(Model):
    """The one large file that a stream writes into."""

    bare = "size"

    size: PositiveSize
    """Bytes of the file, which a sync compares as soon as one of them was written."""

    @field_validator("size")
    @classmethod
    def _is_a_file(cls, size: int) -> int:
        return _at_most_a_file(size)


class WriteStream(Model):
    """Writes of one kind: either arrivals and sizes, or a trace."""

    is_shared = True

    arrivals: Arrivals | None = None
    """When writes are made."""
    size: Distribution[Size] | None = None
    """Bytes of one write."""
    trace: TraceFile | None = None
    """Measured writes."""
    hot_set: HotSet | None = None
    """Blocks that the stream overwrites, so that a sync sends less than was written."""
    in_file: InFile | None = None
    """All writes go into one large file."""
    files: Annotated[Count, Field(gt=0)] = 1
    """Files that one write changes."""
    growth: Growth = 1.0
    """Multiplies the arrival rate; for traces and batches the bytes. `{per: month, factor: 1.05}`:
    by so much more every 30 days."""
    new_bytes: Fraction | None = None
    """Share of the bytes that add to the size of the file system, those of hot writes left out; the
    rest overwrites. 100 % unless set, 0 % with `in_file`."""
    new_files: Fraction = 0.0
    """Share of the changed files that are new."""
    begins: Duration = Field(default=0.0, alias="from")
    """Time since the start after which its writes are made; those before are not, nor counted."""
    ends: PositiveDuration | None = Field(default=None, alias="to")
    """Time since the start up to which its writes are made; to the end of the run unless set."""
    drawn: Literal["auto", "each", "cells"] | None = None
    """`each` draws every write, `cells` counts and sums of cells of a minute, and `auto` cells
    above 20 writes/s. That of `defaults` unless set."""

    writes_follow: WritesFollow | None = None
    """`failover`: once a drill has failed over, its writes are made on the destination, and back
    after a failback. That of the file system unless set."""

    def not_in_cells(self) -> str:
        """Return why its writes cannot be drawn in cells, in words; nothing where they can."""
        if self.arrivals is None:
            return "a trace has single writes or totals of its own"
        kind = one_of(self.arrivals)
        return "" if kind in _IN_CELLS else f"`{kind}` arrivals are drawn one by one"

    def is_throughout(self, duration_s: float) -> bool:
        """Return whether `from` and `to` leave out nothing of a run of some seconds."""
        return not self.begins and (self.ends is None or self.ends >= duration_s)

    @property
    def adds_bytes(self) -> float:
        """Share of the bytes of its writes, the hot ones left out, that add to the size."""
        if self.new_bytes is not None:
            return self.new_bytes
        return 1.0 if self.in_file is None else 0.0

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        if "trace" in data and {"arrivals", "size"} & set(data):
            yield (), "has a trace as well as arrivals or size; a trace says both"
        if "trace" not in data and not {"arrivals", "size"} <= set(data):
            yield (), "needs arrivals and size, or a trace"
        hot, whole = (
            parsed(parse_size, mapping(data, key).get("size")) for key in ("hot_set", "in_file")
        )
        if hot is not None and whole is not None and hot > whole > 0:
            yield (), "hot_set is larger than the file that it lies in"
        if data.get("drawn") == "cells" and not set(_IN_CELLS) & set(mapping(data, "arrivals")):
            *words, last = (f"`{kind}`" for kind in _IN_CELLS)
            kinds = f"{', '.join(words)} and {last}"
            yield ("drawn",), f"cells are of {kinds} arrivals only: write `auto` or `each`"
        begins, ends = (parsed(parse_duration, data.get(key)) for key in ("from", "to"))
        if begins is not None and ends is not None and 0 < ends <= begins:
            yield ("to",), "is not after `from`, so nothing would be written"
        new_files = parsed(parse_fraction, data.get("new_files"))
        if "in_file" in data and new_files is not None and new_files > 0:
            yield (), "new_files: a stream with in_file writes into one file"

    @model_validator(mode="after")
    def _rate_of_volume(self) -> Self:
        if self.arrivals is None or self.size is None:
            return self
        made = self.arrivals.with_size(self.size.expected())
        return self if made is self.arrivals else self.model_copy(update={"arrivals": made})

    @field_validator("size")
    @classmethod
    def _fits_a_file(cls, size: Distribution[Size] | None) -> Distribution[Size] | None:
        if size is not None:
            _at_most_a_file(size.expected())
        return size


N = TypeVar("N", int, float)


def _at_most_a_file(size: N) -> N:
    if size > LARGEST_FILE_BYTES:
        raise ValueError("is above 47.9 TiB, the largest file that EFS takes")
    return size
