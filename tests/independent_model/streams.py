"""Every write that the streams of a scenario want to make, one by one."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from efssim.scenario.arrivals import Batch
from efssim.scenario.schema import FileSystem, WriteStream


@dataclass(frozen=True)
class Stream:
    """What all writes of a stream have in common."""

    name: str
    files: int
    """Files that a write changes; a stream with `large_file_bytes` changes one per sync."""
    large_file_bytes: int | None
    hot_blocks: int
    """Blocks of the hot set; 0: none of the writes is hot."""
    block_bytes: int
    new_bytes: float
    """Share of the bytes that add to the file system."""
    new_files: float


@dataclass(eq=False)
class Write:
    """One write, and what became of it."""

    time_s: float
    bytes: int
    stream: Stream
    published_s: float | None = None
    lost_s: float | None = None
    """When the configuration that should have published it was gone."""
    discarded: bool = False

    @property
    def files(self) -> int:
        """Files that it changes; a large file counts with the sync that it is part of."""
        return 0 if self.stream.large_file_bytes is not None else self.stream.files


def stream_of(name: str, spec: WriteStream) -> Stream:
    """Return what the writes of a stream have in common."""
    hot = spec.hot_set
    if hot is not None and hot.share not in (0, 1):
        raise ValueError("which writes are hot is drawn")
    is_hot = hot is not None and hot.share == 1
    large = None if spec.in_file is None else spec.in_file.size
    usual = 0.0 if is_hot or large is not None else 1.0
    return Stream(
        name,
        spec.files,
        large,
        hot.size // hot.block if hot is not None and is_hot else 0,
        hot.block if hot is not None else 1,
        _share(spec, "new_bytes", usual) * (not is_hot),
        _share(spec, "new_files", 0.0),
    )


def _share(spec: WriteStream, key: str, usual: float) -> float:
    share: float | None = getattr(spec, key, 0.0)
    return usual if share is None else share


def writes_of(file_system: FileSystem, start: datetime, end_s: float) -> list[Write]:
    """Return the wanted writes of a file system after the start, up to and including the end."""
    found = []
    for name, spec in file_system.writes.items():
        stream, total, rounded = stream_of(name, spec), 0.0, 0
        for time_s, size in _wanted(spec, start, end_s):
            total += size
            if 0 < time_s <= end_s:
                found.append(Write(time_s, round(total) - rounded, stream))
            rounded = round(total)
    return sorted(found, key=lambda write: write.time_s)


def _wanted(spec: WriteStream, start: datetime, end_s: float) -> Iterator[tuple[float, float]]:
    if spec.trace is not None:
        yield from _trace(spec, end_s)
        return
    assert spec.arrivals is not None
    assert spec.size is not None
    if spec.size.constant is None:
        raise ValueError("sizes are drawn")
    for time_s in _times(spec, start, end_s):
        yield time_s, spec.size.constant


def _times(spec: WriteStream, start: datetime, end_s: float) -> Iterator[float]:
    arrivals = spec.arrivals
    assert arrivals is not None
    if arrivals.constant is not None:
        rate = arrivals.constant.rate
        for k in range(1, math.floor(end_s * rate.count / rate.period_s) + 2):
            yield k * rate.period_s / rate.count
    elif arrivals.batch is not None:
        yield from _jobs(arrivals.batch, start, end_s)
    else:
        raise ValueError("arrivals are drawn")


def _jobs(batch: Batch, start: datetime, end_s: float) -> Iterator[float]:
    hour, minute, second = ([int(part) for part in batch.at.split(":")] + [0])[:3]
    of_day = hour * 3600 + minute * 60 + second
    since_midnight = start.hour * 3600 + start.minute * 60 + start.second
    begin_s = float((of_day - since_midnight) % 86_400)
    while begin_s <= end_s:
        for k in range(1, batch.writes + 1):
            yield begin_s + batch.over * k / batch.writes
        begin_s += batch.every


def _trace(spec: WriteStream, end_s: float) -> Iterator[tuple[float, float]]:
    trace = spec.trace
    assert trace is not None
    with trace.file.open(encoding="utf-8", newline="") as lines:
        rows = [(float(row[trace.time]), float(row[trace.bytes])) for row in csv.DictReader(lines)]
    first = rows[0][0] if trace.align == "start" else 0.0
    span_s = trace.length or rows[-1][0] - rows[0][0] + (trace.period or 0.0)
    lap = 0
    while lap == 0 or (trace.repeat and lap * span_s + rows[0][0] - first <= end_s):
        for time_s, size in rows:
            yield from _row(spec, time_s - first + lap * span_s, size)
        lap += 1


def _row(spec: WriteStream, time_s: float, size: float) -> Iterator[tuple[float, float]]:
    trace = spec.trace
    assert trace is not None
    if trace.period is None:
        yield time_s, size
        return
    n = trace.writes_per_row
    for k in range(1, n + 1):
        yield time_s + trace.period * k / n, size / n
