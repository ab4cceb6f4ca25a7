"""Bytes written between two cuts, from totals of periods, and how uncertain they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.calibration.data import Floats, WriteTotals

STEP = 9.0
"""Squared jump between neighbouring periods, over their bytes and the lumpiness, that makes an
edge: three standard deviations; assumed."""


@dataclass(frozen=True, slots=True)
class Written:
    """Running total of bytes written, linear inside each period. Columns of shape (periods,)."""

    begin_s: float
    period_s: float
    bytes: Floats
    """Of every period, those without a row included."""
    total: Floats
    """Up to the begin of each period; one more than there are periods."""
    lump_bytes: float
    """Mean square of a write over its mean: variance of the bytes of a time over those bytes."""
    mean_write: float
    is_edge: NDArray[np.bool_]
    """Whether writes begin or end near the period."""

    @classmethod
    def of(cls, writes: WriteTotals, origin_s: float) -> Written:
        """Return the running total; times of it are seconds since an origin."""
        begin_s = writes.begin_s - origin_s
        at = np.round((begin_s - begin_s[0]) / writes.period_s).astype(np.int64)
        size = np.bincount(at, writes.bytes).astype(np.float64)
        lump = _lump(size)
        count = np.nan if writes.writes is None else float(writes.writes.sum())
        mean = float(size.sum()) / count if count > 0 else lump / 2
        lump = max(lump, mean)
        total = np.concatenate(([0.0], np.cumsum(size)))
        return cls(float(begin_s[0]), writes.period_s, size, total, lump, mean, _edges(size, lump))

    @property
    def end_s(self) -> float:
        """Return the end of the last period."""
        return self.begin_s + self.period_s * len(self.bytes)

    def up_to(self, time_s: Floats) -> Floats:
        """Return the bytes written before some times."""
        at = (time_s - self.begin_s) / self.period_s
        result: Floats = np.interp(at, np.arange(len(self.total)), self.total)
        return result

    def moments(self, begin_s: Floats, end_s: Floats) -> tuple[Floats, Floats]:
        """Return variance and third central moment of the bytes between two times.

        Given are the totals of the periods, inside which writes come at any time alike. Each is a
        binomial choice of writes, of which those that are split by an end have one size more.
        """
        first, last = self._period(begin_s), self._period(end_s)
        inside = np.clip((end_s - begin_s) / self.period_s, 0, 1)
        after, before = 1 - self._share(begin_s), self._share(end_s)
        same = first == last
        variance, third = (
            np.where(same, middle, left + right)
            for middle, left, right in zip(
                self._scatter(last, inside),
                self._scatter(first, after),
                self._scatter(last, before),
                strict=True,
            )
        )
        return variance + self.mean_write**2, third

    def near_edge(self, time_s: Floats) -> Floats:
        """Return the bytes of the period of each time if writes begin or end there, else 0."""
        at = self._period(time_s)
        result: Floats = np.where(self.is_edge[at], self.bytes[at], 0.0)
        return result

    def _period(self, time_s: Floats) -> NDArray[np.int64]:
        at = np.floor((time_s - self.begin_s) / self.period_s).astype(np.int64)
        return np.clip(at, 0, len(self.bytes) - 1)

    def _share(self, time_s: Floats) -> Floats:
        result: Floats = (time_s - self.begin_s) / self.period_s % 1.0
        return result

    def _scatter(self, at: NDArray[np.int64], share: Floats) -> tuple[Floats, Floats]:
        """Return variance and third moment of the bytes in a share of a period."""
        size = self.bytes[at]
        # At an edge they may all lie on one side; sizes are taken for gamma distributed.
        lump = np.where(self.is_edge[at], size, np.minimum(self.lump_bytes, size))
        cube = lump * np.where(self.is_edge[at], size, np.maximum(2 * lump - self.mean_write, 0))
        variance = lump * size * share * (1 - share)
        return variance, cube * size * share * (1 - share) * (1 - 2 * share)


def _lump(size: Floats) -> float:
    """Return how lumpy writes are, from neighbouring periods, edges left out."""
    first, second = size[:-1], size[1:]
    both = first + second
    ratio = (second - first)[both > 0] ** 2 / both[both > 0]
    if not len(ratio):
        return float(size.max(initial=0.0))
    # Of a chi-square with one degree of freedom the lower quartile is 0.1015; edges lie above it.
    lump = float(np.quantile(ratio, 0.25)) / 0.1015
    for _ in range(4):
        inside = ratio[ratio <= STEP * lump]
        lump = float(inside.mean()) if len(inside) else lump
    return lump


def _edges(size: Floats, lump: float) -> NDArray[np.bool_]:
    first, second = size[:-1], size[1:]
    jump = (second - first) ** 2 > STEP * max(lump, 1e-300) * (first + second)
    near: NDArray[np.bool_] = np.concatenate(([False], jump)) | np.concatenate((jump, [False]))
    return near
