"""A second model of syncs that share a link and its slots: one small step of everything at a time.

It knows nothing of stretches, virtual clocks and heaps: at each event all rates are found anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from helpers.water import Claim, filled


@dataclass
class Syncing:
    """A replication of constant writes, and the state of its syncs."""

    name: str
    write_s: float
    write_bytes: int
    interval_s: float
    phase_s: float
    gap_s: float
    setup_s: float
    throughputs: Sequence[tuple[float, float]]
    """Times, and what holds from each on."""
    file_rate: float
    weight: float
    blackouts: Sequence[tuple[float, float]] = ()
    done: list[tuple[float, float]] = field(default_factory=list)
    """Cut and completion of each sync."""
    published: int = 0
    """Writes."""
    due_s: float = 0.0
    cut_s: float | None = None
    sends_from_s: float = math.inf
    bytes: float = 0.0
    left: float = 0.0
    """Of the transfer, from 1 to 0."""
    count: int = 0

    def may_begin(self, now_s: float) -> bool:
        """Return whether a sync is due and nothing but a slot is missing."""
        barred = any(begin <= now_s < end for begin, end in self.blackouts)
        return self.cut_s is None and self.due_s <= now_s and not barred

    def begin(self, now_s: float) -> None:
        """Cut a sync."""
        self.cut_s, self.count = now_s, math.floor(now_s / self.write_s) - self.published
        self.bytes = float(self.count * self.write_bytes)
        self.sends_from_s, self.left = now_s + self.setup_s, 1.0

    def complete(self, now_s: float) -> None:
        """End the sync under way."""
        assert self.cut_s is not None
        self.done.append((self.cut_s, now_s))
        self.published += self.count
        # In decimals, as they are written: ten times 41.9 s are 419 s, the instant of a write.
        next_s = float(Decimal(repr(self.cut_s)) + Decimal(repr(self.interval_s)))
        self.due_s = max(next_s, now_s + self.gap_s)
        self.cut_s, self.sends_from_s = None, math.inf

    def claim(self, now_s: float) -> Claim:
        """Return what its transfer asks of the link."""
        throughput = at(self.throughputs, now_s)
        whole_s = max(self.bytes / throughput, self.count / self.file_rate)
        cap = self.bytes / whole_s if whole_s else math.inf
        return Claim(0.0, self.bytes, cap, self.weight)


def at(steps: Sequence[tuple[float, float]], now_s: float) -> float:
    """Return what holds at a time."""
    return [size for since_s, size in steps if since_s <= now_s][-1]


def run(
    all_: Sequence[Syncing],
    capacities: Sequence[tuple[float, float]],
    slots: float,
    end_s: float,
) -> None:
    """Simulate replications on one link; `capacities` are times and what holds from each on."""
    for each in all_:
        each.due_s = each.interval_s - each.phase_s
    now = 0.0
    while True:
        capacity = at(capacities, now)
        for each in all_:
            is_free = min(capacity, each.claim(now).cap) == math.inf if each.bytes else True
            if each.sends_from_s <= now and (each.left <= 1e-12 or is_free):
                each.complete(now)
        free = slots - sum(each.cut_s is not None for each in all_)
        waiting = sorted(
            (each for each in all_ if each.may_begin(now)), key=lambda each: (each.due_s, each.name)
        )
        for each in waiting[: int(min(free, len(waiting)))]:
            each.begin(now)
        sending = [each for each in all_ if each.sends_from_s <= now and each.bytes]
        rates = filled([each.claim(now) for each in sending], capacity)
        ends = {
            id(each): now + each.left * each.bytes / rate
            for each, rate in zip(sending, rates, strict=True)
        }
        edges = [edge for each in all_ for span in each.blackouts for edge in span]
        times = [*ends.values(), *edges, *(since_s for since_s, _ in capacities)]
        times += [since_s for each in all_ for since_s, _ in each.throughputs]
        times += [each.due_s for each in all_ if each.cut_s is None]
        times += [each.sends_from_s for each in all_]
        then = min((at_s for at_s in times if at_s > now), default=math.inf)
        if then > end_s:
            return
        for each, rate in zip(sending, rates, strict=True):
            each.left -= rate * (then - now) / each.bytes
            if ends[id(each)] == then:
                each.left = 0.0
        now = then
