"""A write stream as a flow: its mean rates, and how much of it one sync has to send."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from efssim.closed_forms.inflow.timetable import Timetable


@dataclass(frozen=True)
class Hot:
    """The part of a stream that overwrites blocks."""

    share: float
    """Share of the writes that are hot."""
    bytes: float
    """Bytes of all blocks."""
    decay: float
    """After n writes of the stream the expected share of clean blocks is exp(-decay · n)."""


@dataclass(frozen=True)
class Burst:
    """When a stream writes at all: `length_s` out of every `period_s`, in seconds."""

    length_s: float
    period_s: float


@dataclass(frozen=True)
class Flow:
    """The means of a write stream, and its randomness."""

    writes_per_s: float = 0.0
    write_bytes: float = 0.0
    """Mean bytes of a write."""
    write_square: float = 0.0
    """Mean square of them, 0 where they are not drawn."""
    random: bool = False
    """Whether the writes are independent of each other (Poisson), or at regular distances."""
    burst: Burst | None = None
    """None: it writes all the time."""
    timetable: Timetable | None = None
    """When it writes more and when less, where that is known beforehand."""
    on_time_spread: float = 0.0
    """Variance of the time that an on/off stream is on, per second and over the square of its
    share of the time, in seconds: the part of the lengths of its periods in the spread."""
    files: int = 1
    """Files that each write changes, unless all writes go into one large file."""
    large_file_bytes: int = 0
    """Size of that file."""
    hot: Hot | None = None

    @property
    def bytes_per_s(self) -> float:
        """Bytes written per second."""
        return self.writes_per_s * self.write_bytes

    @property
    def fresh_bytes_per_s(self) -> float:
        """Bytes per second that never coalesce."""
        return self.bytes_per_s * (1.0 if self.hot is None else 1.0 - self.hot.share)

    def times(self, factor: float) -> Flow:
        """Return the flow with so many times its writes."""
        return replace(self, writes_per_s=self.writes_per_s * factor)

    def busiest(self, span_s: float) -> float:
        """Return the mean rate of its busiest `span_s` seconds over its mean rate."""
        if self.timetable is not None:
            return self.timetable.busiest(span_s)
        if self.burst is None:
            return 1.0
        return max(1.0, self.burst.period_s / max(self.burst.length_s, span_s))

    def share(self, begin_s: float, end_s: float) -> float:
        """Return the mean rate in a part of the run, in seconds, over its mean rate."""
        if self.timetable is None or end_s <= begin_s:
            return 1.0
        return self.timetable.between(begin_s, end_s) / (end_s - begin_s)

    def sent_bytes(self, span_s: float) -> float:
        """Return the bytes that a sync sends of the writes of `span_s` seconds.

        Of hot writes the distinct blocks, N (1 - exp(-decay · n)): uniform overwrites, the
        classical occupancy problem.
        """
        sent = self.fresh_bytes_per_s * span_s
        if self.hot is not None:
            sent -= self.hot.bytes * math.expm1(-self.hot.decay * self.writes_per_s * span_s)
        return sent

    def sent_slope(self, span_s: float) -> float:
        """Return the derivative of `sent_bytes`, in bytes per second."""
        return self.fresh_bytes_per_s + self._hot_slope(span_s)

    def _hot_slope(self, span_s: float) -> float:
        if self.hot is None:
            return 0.0
        rate = self.hot.decay * self.writes_per_s
        return self.hot.bytes * rate * math.exp(-rate * span_s)

    def spread(self, span_s: float) -> float:
        """Return the variance per second of the bytes sent, bytes²/s: λE[size²] if nothing is hot.

        A hot write counts with its addition to the bytes sent.
        """
        if not self.random or not self.writes_per_s:
            return 0.0
        hot = 0.0 if self.hot is None else self.hot.share
        spread = (1.0 - hot) * self.writes_per_s * self.write_square
        return spread + (self._hot_slope(span_s) ** 2 / (hot * self.writes_per_s) if hot else 0.0)

    def touched(self, span_s: float) -> float:
        """Return the probability that it writes in `span_s` seconds."""
        writes = self.writes_per_s * span_s
        if self.burst is None or not writes:
            return self._any(writes)
        # Bursts of L in every P seconds: the time meets one with probability (L + span) / P, and
        # then has all of the writes.
        meets = min(1.0, (self.burst.length_s + span_s) / self.burst.period_s)
        return meets * self._any(writes / meets)

    def _any(self, writes: float) -> float:
        return -math.expm1(-writes) if self.random else min(1.0, writes)

    def changed_files(self, span_s: float) -> float:
        """Return the files that the writes of `span_s` seconds change."""
        if self.large_file_bytes:
            return self.touched(span_s)
        return self.writes_per_s * self.files * span_s

    @property
    def files_per_write(self) -> float:
        """Files that one more write adds to a sync."""
        return 0.0 if self.large_file_bytes else self.files
