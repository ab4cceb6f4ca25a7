"""Every write that the streams of a scenario want to make, one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from efssim.scenario.schema import FileSystem, WriteStream
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.growth import MonthlyGrowth
from efssim.scenario.workload.processes.batch import Batch
from efssim.scenario.workload.processes.constant import Constant
from efssim.text.quantities import Rate
from independent_model.given import Given
from independent_model.traces import trace_writes


@dataclass(frozen=True, eq=False)
class Stream:
    """What all writes of a stream have in common."""

    name: str
    files: int
    """Files that a write changes; a stream with `large_file_bytes` changes one per sync."""
    large_file_bytes: int | None
    hot_blocks: float
    """Blocks of the hot set; 0: none of the writes is hot."""
    block_bytes: int
    new_bytes: float
    """Share of the bytes that add to the file system, of those that are not hot."""
    new_files: float
    follows: bool = False
    """Whether it moves with a failover."""
    path: str = ""
    """Its name among those of all file systems."""


@dataclass(eq=False)
class Write:
    """One write, and what became of it."""

    time_s: float
    bytes: int
    stream: Stream
    published_s: float | None = None
    """When the replication that it was made under published it."""
    replicated: bool = False
    """Whether any replication published it."""
    discarded: bool = False
    hot: bool = False
    """Whether it goes into the hot set."""
    wanted_s: float = 0.0
    """When it would be made if it waited for nothing."""

    @property
    def files(self) -> int:
        """Files that it changes; a large file counts with the sync that it is part of."""
        return 0 if self.stream.large_file_bytes is not None else self.stream.files


def stream_of(name: str, spec: WriteStream, usual_follow: str = "none", path: str = "") -> Stream:
    """Return what the writes of a stream have in common."""
    hot = spec.hot_set
    large = None if spec.in_file is None else spec.in_file.size
    return Stream(
        name,
        spec.files,
        large,
        hot.size / hot.block if hot is not None else 0,
        hot.block if hot is not None else 1,
        _share(spec, "new_bytes", 1.0 if large is None else 0.0),
        _share(spec, "new_files", 0.0),
        (spec.writes_follow or usual_follow) == "failover",
        path,
    )


def _share(spec: WriteStream, key: str, usual: float) -> float:
    share: float | None = getattr(spec, key)
    return usual if share is None else share


def writes_of(file_system: FileSystem, given: Given, home: str = "") -> list[Write]:
    """Return the wanted writes of a file system after the start, up to and including the end."""
    found, end_s = [], given.scenario.duration
    for name, spec in file_system.writes.items():
        path = f"file_systems.{home}.writes.{name}"
        stream = stream_of(name, spec, file_system.writes_follow, path)
        total, rounded = Fraction(0), 0
        last_s = end_s if spec.ends is None else min(spec.ends, end_s)
        growth = _Growth([file_system.growth, spec.growth], given.scenario.start, end_s)
        # Rows of one period are spread over the same time: the total runs over all of them.
        wanted = sorted(_wanted(spec, growth, given, path), key=lambda write: write[0])
        for (time_s, size), hot in zip(wanted, _hot(spec, given, path, len(wanted)), strict=True):
            total += Fraction(size)
            if spec.begins < time_s <= last_s:
                whole = _whole(total) - rounded
                found.append(Write(time_s, whole, stream, wanted_s=time_s, hot=hot))
            rounded = _whole(total)
    return sorted(found, key=lambda write: write.time_s)


def _whole(total: Fraction) -> int:
    """Return a running total of bytes, rounded, halves up (docs/model.md, Writes)."""
    up = total + Fraction(1, 2)
    if 0 < abs(up - round(up)) < CLOSE:
        raise UnknownError("a byte that a rounding error decides")
    return math.floor(up)


CLOSE = 1e-8
"""Bytes that fractions of some thousand writes add up to, each with an error of 2^-41."""


def _hot(spec: WriteStream, given: Given, path: str, count: int) -> list[bool]:
    """Return which writes of a stream are hot."""
    share = 0.0 if spec.hot_set is None else spec.hot_set.share
    return [bool(share)] * count if share in (0, 1) else given.hot(path, share, count)


@dataclass(frozen=True)
class _Growth:
    """Factors of which some are multiplied anew with every month of 30 days."""

    parts: list[float | MonthlyGrowth]
    start: datetime
    end_s: float

    def at(self, time_s: float) -> float:
        """Return the factor at a time, in seconds after the start.

        No month begins at the end of the run.
        """
        product, time_s = 1.0, min(time_s, self.end_s - 1e-3)
        for part in self.parts:
            if isinstance(part, MonthlyGrowth):
                ago_s = 0.0 if part.since is None else (self.start - part.since).total_seconds()
                product *= part.factor ** math.floor((time_s + ago_s) / 2_592_000)
            else:
                product *= part
        return product

    def next_change(self, time_s: float) -> float:
        """Return the next time at which a month begins; infinity without one."""
        found = math.inf
        for part in self.parts:
            if isinstance(part, MonthlyGrowth):
                ago_s = 0.0 if part.since is None else (self.start - part.since).total_seconds()
                found = min(found, (time_s + ago_s) // 2_592_000 * 2_592_000 + 2_592_000 - ago_s)
        return found


def _evenly(rate: Rate, growth: _Growth, end_s: float) -> Iterator[float]:
    """Yield times that are apart by the inverse of a rate, whose steps wait for no write."""
    per_s = Fraction(rate.count) / Fraction(rate.period_s)
    now_s, done, count = 0.0, Fraction(0), 1
    while now_s <= end_s:
        now_per_s, until_s = per_s * Fraction(growth.at(now_s)), growth.next_change(now_s)
        while (time_s := Fraction(now_s) + (count - done) / now_per_s) < until_s:
            if time_s > end_s + 1:
                return
            yield float(time_s)
            count += 1
        done, now_s = done + Fraction(until_s - now_s) * now_per_s, until_s


def _wanted(
    spec: WriteStream, growth: _Growth, given: Given, path: str
) -> Iterator[tuple[float, float]]:
    """Yield times and bytes; growth multiplies a rate, and the bytes where there is none."""
    start, end_s = given.scenario.start, given.scenario.duration
    if spec.trace is not None and spec.trace.resample is not None:
        yield from given.resampled(path, spec, growth.parts)
        return
    if spec.trace is not None:
        for time_s, size in trace_writes(spec.trace, start, end_s):
            yield time_s, size * growth.at(time_s)
        return
    assert spec.arrivals is not None
    assert spec.size is not None
    chosen = chosen_process(spec.arrivals).spec
    factors = None
    if isinstance(chosen, Constant):
        times = list(_constant(chosen, growth, end_s))
    elif isinstance(chosen, Batch):
        times = list(_jobs(chosen, start, end_s))
        factors = [growth.at(time_s) for time_s in times]
    else:
        times = given.times(path, spec, growth.parts)
    sizes = given.sizes(path, spec, len(times))
    if factors is not None:
        sizes = [size * factor for size, factor in zip(sizes, factors, strict=True)]
    yield from zip(times, sizes, strict=True)


def _constant(chosen: Constant, growth: _Growth, end_s: float) -> Iterator[float]:
    rate = chosen.rate
    if growth.next_change(0.0) <= end_s:
        yield from _evenly(rate, growth, end_s)
        return
    count = rate.count * growth.at(0.0)
    # Multiples of decimals are rounded once, those of other numbers are products of floats.
    step = Fraction(repr(rate.period_s)) / Fraction(repr(count))
    for k in range(1, math.floor(end_s * count / rate.period_s) + 2):
        yield float(k * step) if step.denominator <= 10**9 else k * rate.period_s / count


def _jobs(batch: Batch, start: datetime, end_s: float) -> Iterator[float]:
    for begin_s in _begins(batch, start, end_s):
        for k in range(1, batch.writes + 1):
            yield begin_s + batch.over * k / batch.writes


def _begins(batch: Batch, start: datetime, end_s: float) -> Iterator[float]:
    """Yield when jobs begin: every whole days at that time of day by the clock on the wall."""
    hour, minute, second = ([int(part) for part in batch.at.split(":")] + [0])[:3]
    zone = ZoneInfo(batch.timezone)
    local = start.astimezone(zone).replace(tzinfo=None)
    first = local.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if batch.timezone != "UTC" and _puts_its_clock(zone, start, end_s):
        raise UnknownError("a batch on the day on which the clock is put")
    if (begin_s := (first - local).total_seconds()) < 0:
        begin_s += 86_400.0
    while begin_s <= end_s:
        yield begin_s
        begin_s += batch.every


def _puts_its_clock(zone: ZoneInfo, start: datetime, end_s: float) -> bool:
    last = start + timedelta(seconds=end_s + 86_400)
    return start.astimezone(zone).utcoffset() != last.astimezone(zone).utcoffset()


class UnknownError(Exception):
    """Something that this model does not know."""
