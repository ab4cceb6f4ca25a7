"""The bytes per second that a replication could send, which its utilisation is reckoned with."""

from __future__ import annotations

import math
from itertools import pairwise

from efssim.model.account import Account
from efssim.model.entities.replication import ReplicationState
from efssim.scenario.grammar.calendars.rates import RateCalendar, RateSpan, rate_at, spans_of


def sendable(account: Account, replication: ReplicationState) -> tuple[RateSpan, ...]:
    """Return the rates that a replication could send with from the start on, degradations left out.

    A rate is its throughput, at most its part of the link: one span unless a calendar says more.
    """
    start, end_s = account.scenario.start, account.until_s
    sync, share = replication.terms.sync, account.share_of_link(replication)
    throughput: float | RateCalendar = (
        sync.number("throughput") if sync.throughput is None else sync.throughput
    )
    ends = replication.source.region, replication.destination.region
    link = account.scenario.links.get(" -> ".join(ends))
    capacity: float | RateCalendar = math.inf if link is None else link.capacity
    if not isinstance(throughput, RateCalendar) and not isinstance(capacity, RateCalendar):
        return (RateSpan(0.0, math.inf, min(throughput, capacity * share)),)
    edges = {0.0}
    for rate in (throughput, capacity):
        for span in spans_of(rate, start, end_s):
            edges |= {span.begin_s, span.end_s}
    rates = [
        RateSpan(
            begin_s,
            until_s,
            min(
                rate_at(throughput, start, end_s, begin_s),
                rate_at(capacity, start, end_s, begin_s) * share,
            ),
        )
        for begin_s, until_s in pairwise([*sorted(edges), math.inf])
    ]
    return tuple(rates)
