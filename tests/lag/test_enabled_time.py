"""Time in which syncs could run, against a sum over every status and every outage."""

from __future__ import annotations

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from efssim.lag.enabled_time import mean_rate, running_s, status_spans
from efssim.records.run_records import ReplicationRecords, StatusChange
from efssim.scenario.grammar.calendars.rates import RateSpan

# Few instants, so that edges meet; tenths, so that sums of them are rounded.
INSTANTS = st.integers(0, 30).map(lambda tenths: tenths / 10)
STATUSES = st.sampled_from(["ENABLED", "ENABLED", "PAUSED", "ERROR"])


@st.composite
def recorded(draw: st.DrawFn) -> ReplicationRecords:
    """Return records with changes of status and outages, the last of which may go on."""
    records, before = ReplicationRecords(), None
    for time_s in sorted(draw(st.lists(INSTANTS, min_size=1, max_size=12))):
        after = draw(STATUSES)
        records.statuses.append(StatusChange(time_s, before, after, "test"))
        before = after
    edges = sorted(draw(st.lists(INSTANTS, max_size=13)))
    records.stalls = [edges[at : at + 2] for at in range(0, len(edges), 2)]
    return records


def in_common_s(begin_s: float, end_s: float, other: list[float], until_s: float) -> float:
    over_s = other[1] if len(other) > 1 else until_s
    return max(0.0, min(end_s, over_s) - max(begin_s, other[0]))


def running_slowly_s(records: ReplicationRecords, begin_s: float, end_s: float) -> float:
    """Return the seconds in which syncs could run, from a look at every outage for each status."""
    parts = []
    for name, a, b in status_spans(records, end_s):
        if name == "ENABLED":
            low, high = max(a, begin_s), min(b, end_s)
            stalled = (in_common_s(low, high, stall, end_s) for stall in records.stalls)
            parts.append(max(0.0, high - low) - math.fsum(stalled))
    return math.fsum(parts)


@given(recorded(), INSTANTS, INSTANTS)
def test_the_time_is_the_same_as_by_a_look_at_everything(
    records: ReplicationRecords, one_s: float, other_s: float
) -> None:
    window = min(one_s, other_s), max(one_s, other_s)
    assert running_s(records, *window) == running_slowly_s(records, *window)


@given(recorded(), st.lists(INSTANTS, min_size=2, max_size=6, unique=True))
def test_a_mean_rate_is_weighted_by_that_time(
    records: ReplicationRecords, edges: list[float]
) -> None:
    edges.sort()
    rates = [RateSpan(a, b, 7.0 + a) for a, b in itertools.pairwise(edges)]
    times = [running_slowly_s(records, rate.begin_s, rate.end_s) for rate in rates]
    sent = math.fsum(rate.rate * s for rate, s in zip(rates, times, strict=True) if s > 0)
    total_s = math.fsum(times)
    expected = sent / total_s if total_s else math.inf
    assert mean_rate(records, edges[0], edges[-1], rates) == expected


def test_an_outage_counts_only_while_the_status_is_enabled() -> None:
    records = ReplicationRecords()
    for time_s, after in ((0.0, "ENABLED"), (10.0, "PAUSED"), (20.0, "ENABLED")):
        records.statuses.append(StatusChange(time_s, None, after, "test"))
    records.stalls = [[5.0, 12.0], [15.0, 21.0], [28.0]]
    assert running_s(records, 0.0, 30.0) == 5 + 7
    assert running_s(records, 4.0, 29.0) == 1 + 7
    assert running_s(records, 6.0, 20.5) == 0
