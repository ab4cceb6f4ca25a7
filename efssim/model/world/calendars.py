"""Rates that follow the clock: links and replications go on at another one at a window's edges."""

from __future__ import annotations

from collections.abc import Generator
from itertools import zip_longest
from typing import Protocol

import simpy

from efssim.model.account import Account
from efssim.model.entities.file_system import FileSystemState
from efssim.model.entities.replication import ReplicationState
from efssim.model.kernel.clock import Turn
from efssim.records.timeline import Occurrence
from efssim.scenario.grammar.calendars.rates import RateCalendar, RateSpan
from efssim.scenario.grammar.calendars.windows import with_its_end
from efssim.scenario.grammar.network import link_regions

CAPACITY, THROUGHPUT = "capacity_window", "throughput_window"
"""Kinds of the times in which a window is in force, in the table of events."""

_Ends = tuple[str, str]


class RateCalendars:
    """The calendars of a run: they change rates, and put their windows into the timeline."""

    def __init__(self, account: Account) -> None:
        """Follow the calendars of links, and those of replications as they are made."""
        self._account = account
        self._slowing: dict[_Ends, Occurrence] = {}  # the window in force of each link
        for name, spec in account.scenario.links.items():
            if isinstance(spec.capacity, RateCalendar):
                self._follow(spec.capacity, _Capacity(account, link_regions(name)))
        account.appeared.append(self._meet)

    def _meet(self, part: FileSystemState | ReplicationState) -> None:
        if not isinstance(part, ReplicationState):
            return
        window = self._slowing.get(_ends(part))
        if window is not None:
            window.affected = (*window.affected, part.terms.name)
            window.replications = (*window.replications, part.terms.name)
        throughput = part.terms.sync.throughput
        if isinstance(throughput, RateCalendar):
            self._follow(throughput, _Throughput(self._account, part))

    def _follow(self, calendar: RateCalendar, rate: _Rate) -> None:
        self._account.clock.process(self._followed(calendar, rate))

    def _followed(self, calendar: RateCalendar, rate: _Rate) -> Generator[simpy.Event, None, None]:
        clock, until_s = self._account.clock, self._account.until_s
        start = self._account.scenario.start
        spans = calendar.spans(start, with_its_end(start, until_s))
        spans = tuple(span for span in spans if span.end_s > clock.now and span.begin_s <= until_s)
        goes_on = False  # whether a window begins as the one before ends: that is one change
        for span, then in zip_longest(spans, spans[1:]):
            if not goes_on:
                yield clock.at(max(span.begin_s, clock.now), Turn.DISTURBANCE_BEGIN)
            if rate.is_over:
                return
            record = self._begin(calendar, rate, span)
            if span.end_s > until_s:
                return
            yield clock.at(span.end_s, Turn.DISTURBANCE_END)
            self._end(record, rate)
            goes_on = then is not None and then.begin_s == span.end_s
            if not goes_on and not rate.is_over:
                rate.become(calendar.base)

    def _begin(self, calendar: RateCalendar, rate: _Rate, span: RateSpan) -> Occurrence:
        """Let a window begin; it is a cause for what it slows, and for nothing else."""
        reached = rate.replications()
        record = Occurrence(
            self._account.timeline.next_ordinal(),
            self._account.clock.now,
            rate.kind,
            rate.target,
            reached,
            reached if span.rate < min(calendar.base, rate.usable()) else (),
            bytes_per_s=span.rate,
        )
        self._account.timeline.entries.append(record)
        if rate.ends is not None and span.rate < calendar.base:
            self._slowing[rate.ends] = record
        rate.become(span.rate)
        return record

    def _end(self, record: Occurrence, rate: _Rate) -> None:
        record.end_s = self._account.clock.now
        record.end_ordinal = self._account.timeline.next_ordinal()
        if rate.ends is not None:
            self._slowing.pop(rate.ends, None)


class _Rate(Protocol):
    """A rate that a calendar sets."""

    kind: str
    target: str

    @property
    def ends(self) -> _Ends | None:
        """The Regions of a link; None: it is of one replication."""

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to set any more."""

    def replications(self) -> tuple[str, ...]:
        """Return the names of the replications that have it."""

    def usable(self) -> float:
        """Return from which rate on it makes no difference now, in bytes per second."""

    def become(self, rate: float) -> None:
        """Set it, in bytes per second."""


class _Capacity:
    """The capacity of a link."""

    kind: str = CAPACITY
    is_over: bool = False

    def __init__(self, account: Account, ends: _Ends) -> None:
        self._account, self._link = account, account.link(*ends)
        self.target = self._link.name
        self.ends: _Ends | None = ends

    def replications(self) -> tuple[str, ...]:
        current = self._account.current()
        return tuple(part.terms.name for part in current if _ends(part) == self.ends)

    def usable(self) -> float:
        return self._link.wanted

    def become(self, rate: float) -> None:
        if rate != self._link.undisturbed_capacity:
            self._link.resize(rate)


class _Throughput:
    """The throughput of a replication."""

    kind: str = THROUGHPUT
    ends: _Ends | None = None

    def __init__(self, account: Account, part: ReplicationState) -> None:
        self._part, self._syncs = part, account.syncs[part.terms.name]
        self._link = account.link(*_ends(part))
        self.target = part.terms.name

    @property
    def is_over(self) -> bool:
        return self._part.status is None

    def replications(self) -> tuple[str, ...]:
        return (self.target,)

    def usable(self) -> float:
        return self._link.capacity

    def become(self, rate: float) -> None:
        if rate != self._syncs.throughput:
            self._syncs.throughput_changes(rate)
            self._link.readmit(self.target, max(rate, self._part.terms.initial_throughput))


def _ends(part: ReplicationState) -> _Ends:
    return part.source.region, part.destination.region
