"""Write streams: what is written to a file system, how large it is and where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from efssim.scenario.arrivals import Arrivals
from efssim.scenario.base import Found, Model
from efssim.scenario.distributions import Distribution, beside_scenario
from efssim.scenario.quantities import parse_size
from efssim.scenario.trace import Trace, TraceSpec, read_trace
from efssim.scenario.types import (
    Count,
    Factor,
    Flag,
    Fraction,
    PositiveDuration,
    PositiveSize,
    Size,
)
from efssim.scenario.written import mapping, parsed

if TYPE_CHECKING:
    from efssim.scenario.schema import Scenario

LARGEST_FILE_BYTES = 52_673_613_135_872
"""Largest file of EFS (EFS User Guide, quotas: 47.9 TiB); no single write is larger."""

Growth = Annotated[Factor, Field(gt=0)]


class TraceFile(Model):
    """A CSV file of single writes or, with `period`, of totals per period."""

    bare = "file"

    file: Path
    """CSV file, relative to the scenario."""
    time: str = "timestamp"
    """Column of the time: datetimes, or seconds since the scenario's start."""
    bytes: str = "value"
    """Column of the bytes."""
    period: PositiveDuration | None = None
    """Rows are totals of this long; without it each row is one write."""
    writes_per_row: Annotated[Count, Field(gt=0, le=1_000_000)] = 60
    """With `period`: equal writes that a row is spread into."""
    align: Literal["start"] | None = None
    """`start` moves the first row to the scenario's start."""
    repeat: Flag = False
    """Start over at the end of the trace."""
    length: PositiveDuration | None = None
    """With `repeat` and without `period`: time from one beginning of the trace to the next."""

    @field_validator("file")
    @classmethod
    def _beside_scenario(cls, file: Path, info: ValidationInfo) -> Path:
        return beside_scenario(file, info)

    def read(self, scenario: Scenario) -> Trace:
        """Read the file; raise TraceErrors if it changed since the scenario was validated."""
        return read_trace(self.spec(), scenario.start, scenario.duration)

    def spec(self) -> TraceSpec:
        """Return what the reader needs to know."""
        return TraceSpec(
            file=self.file,
            time=self.time,
            bytes=self.bytes,
            period_s=self.period,
            writes_per_row=self.writes_per_row,
            align_start=self.align == "start",
            repeat=self.repeat,
            length_s=self.length,
        )


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
    def misfits(cls, data: Mapping[str, Any]) -> Iterator[Found]:
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
    """Multiplies the arrival rate; for traces and batches the bytes."""

    @classmethod
    def misfits(cls, data: Mapping[str, Any]) -> Iterator[Found]:
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
