"""The writes of a file system's streams, drawn a block at a time.

A stream gives writes (time, bytes) in order of time. Its SimPy process lives in `journal.py`.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from efssim.scenario import Scenario
from efssim.scenario.schema import LARGEST_FILE_BYTES
from efssim.scenario.workload.growth import GrowthSteps
from efssim.scenario.workload.processes.times import Times
from efssim.traces.quality import first_lap
from efssim.traces.reading import read_trace
from efssim.traces.spec import TraceSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FRACTION_BITS = 40
"""Fractions of bytes are summed in units of 2^-40 byte: exact integers, so that neither the block
size nor the order of blocks shows, and 2^23 writes of a block cannot overflow 63 bits."""


class WholeBytes:
    """Rounding of the running total of a stream to bytes, so that no fraction is lost."""

    def __init__(self) -> None:
        self._carry = 0  # exact total less rounded total, in 2^-40 byte

    def round(self, sizes: Floats) -> Ints:
        """Return whole bytes for the next writes, shape (n,); their sum never drifts."""
        if not len(sizes):
            return np.zeros(0, dtype=np.int64)
        floors = np.floor(sizes)
        whole: Ints = floors.astype(np.int64)
        fractions = np.subtract(sizes, floors, out=floors)
        if self._carry or fractions.any():
            extra = self._carried(fractions)
            whole += extra
            whole[1:] -= extra[:-1]
        return whole

    def _carried(self, fractions: Floats) -> Ints:
        """Return the bytes that the fractions up to each write add up to; overwrite them."""
        fractions *= 2.0**_FRACTION_BITS
        totals = np.rint(fractions, out=fractions).astype(np.int64)
        totals[0] += self._carry
        totals.cumsum(out=totals)
        last = totals.item(-1)
        totals += 1 << (_FRACTION_BITS - 1)
        totals >>= _FRACTION_BITS
        self._carry = last - (totals.item(-1) << _FRACTION_BITS)
        return totals


_NO_GROWTH = GrowthSteps()

_CACHED = 16_384
"""Writes of which the arrays that drawing them takes fit into the second cache of a core."""


class Writes(Protocol):
    """A source of writes in order of time."""

    def take(self, n: int) -> tuple[Floats, Ints]:
        """Return times and bytes of about n next writes; empty arrays: there are no more."""


class Sizes(Protocol):
    """A distribution of bytes."""

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        """Draw n sizes, shape (n,)."""


class DrawnWrites:
    """Writes with drawn times and sizes; the two draw from separate generators."""

    def __init__(
        self, times: Times, size: Sizes, growth: GrowthSteps, generator: np.random.Generator
    ) -> None:
        """Draw times and sizes; `growth` multiplies the sizes."""
        self._times, self._size, self._growth = times, size, growth
        self._generator, self._whole = generator, WholeBytes()

    def take(self, n: int) -> tuple[Floats, Ints]:
        if n <= _CACHED:
            return self._drawn(n)
        parts = [self._drawn(min(_CACHED, n - done)) for done in range(0, n, _CACHED)]
        times, sizes = zip(*parts, strict=True)
        return np.concatenate(times), np.concatenate(sizes)

    def _drawn(self, n: int) -> tuple[Floats, Ints]:
        times = self._times.take(n)
        sizes = self._size.sample(self._generator, len(times))
        if self._growth != _NO_GROWTH:
            sizes = np.asarray(sizes * self._growth.at(times))
        # The far tail of a distribution does not reach beyond the largest file.
        if sizes.max(initial=0.0) > LARGEST_FILE_BYTES:
            np.minimum(sizes, LARGEST_FILE_BYTES, out=sizes)
        return times, self._whole.round(sizes)


class TraceWrites:
    """Writes of a trace: each row one write, or a total that is spread over its period.

    Only a trace that is resampled draws.
    """

    def __init__(
        self,
        spec: TraceSpec,
        growth: GrowthSteps,
        scenario: Scenario,
        generator: np.random.Generator,
    ) -> None:
        trace = read_trace(spec, scenario.start, scenario.duration)
        self._pieces = spec.writes_per_row if trace.period_s else 1
        self._period_s = trace.period_s or 0.0
        times, sizes = trace.time_s, trace.bytes
        if trace.days is not None:
            # A period that began before the run may have writes in it.
            times, sizes = trace.days.drawn(generator, -self._period_s, scenario.duration)
        self._times, self._bytes = times, sizes * growth.first
        self._growth = growth
        self._length_s = trace.repeat_s or 0.0
        # Whole laps of a repeated trace that end before the start are skipped.
        laps = first_lap(trace.end_s, self._length_s) if self._length_s else 0
        self._whole, self._row = WholeBytes(), laps * len(self._times)
        # Rows may overlap (duplicates, off the grid): later writes wait until they are in order.
        self._held = (np.zeros(0), np.zeros(0))

    def take(self, n: int) -> tuple[Floats, Ints]:
        times, sizes = self._held
        ready, rows = 0, max(1, n // self._pieces)
        while ready == 0 and (len(times) or not self._exhausted()):
            spread_times, spread_sizes = self._spread(rows)
            rows *= 2  # so that sorting again costs little for each write that is held
            times, sizes = np.append(times, spread_times), np.append(sizes, spread_sizes)
            order = times.argsort(kind="stable")
            times, sizes = times[order], sizes[order]
            # Every further write is later than the next row's time.
            ready = int(times.searchsorted(self._row_time(self._row), "right"))
        self._held = times[ready:].copy(), sizes[ready:].copy()
        return times[:ready], self._whole.round(self._grown(times[:ready], sizes[:ready]))

    def _grown(self, times: Floats, sizes: Floats) -> Floats:
        """Return sizes, which have the growth at the start, with that at some times."""
        if self._growth.is_steady:
            return sizes
        return np.asarray(sizes * (self._growth.at(times) / self._growth.first))

    def _exhausted(self) -> bool:
        return self._row_time(self._row) == np.inf

    def _row_time(self, row: int) -> float:
        """Return the time of a row, repetitions counted on; infinity after the last one."""
        if not len(self._times) or (row >= len(self._times) and not self._length_s):
            return np.inf
        lap, index = divmod(row, len(self._times))
        return float(self._times[index] + lap * self._length_s)

    def _spread(self, rows: int) -> tuple[Floats, Floats]:
        """Return the writes of the next rows, in the order of the rows."""
        if self._exhausted():
            return np.zeros(0), np.zeros(0)
        last = self._row + rows if self._length_s else min(self._row + rows, len(self._times))
        lap, index = np.divmod(np.arange(self._row, last), len(self._times))
        self._row = last
        begin = self._times[index] + lap * self._length_s
        if not self._period_s:
            return begin, self._bytes[index]
        offsets = np.arange(1, self._pieces + 1) * self._period_s / self._pieces
        sizes = np.repeat(self._bytes[index] / self._pieces, self._pieces)
        return (begin[:, None] + offsets).ravel(), sizes
