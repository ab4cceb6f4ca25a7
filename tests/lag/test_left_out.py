"""Time that compliance leaves out, against the same found by walking over everything each time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from efssim.lag.compliance.left_out import Replicated, left_out, stops_syncs
from efssim.lag.compliance.spans import Span, Taken, clipped
from efssim.lag.compliance.summary import CATCH_UP, INITIAL_SYNC, PLANNED_PAUSE, LeftOutWindow
from efssim.records.timeline import Occurrence

Wanted: TypeAlias = tuple[str, str, Span]

# Few instants, so that spans touch, nest and are equal; tenths, so that sums of them are rounded.
INSTANTS = st.integers(0, 12).map(lambda tenths: tenths / 10)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    begin_s, end_s = sorted((draw(INSTANTS), draw(INSTANTS)))
    return begin_s, end_s


@st.composite
def occurrences(draw: st.DrawFn) -> Occurrence:
    begin_s, end_s = draw(spans())
    return Occurrence(
        draw(st.integers(1, 99)),
        begin_s,
        draw(st.sampled_from(["link_outage", "link_outage", "link_degraded", "opt_out"])),
        "a",
        end_s=draw(st.sampled_from([end_s] * 9 + [None])),
        is_planned=draw(st.integers(0, 2)) > 0,
    )


@st.composite
def replicated(draw: st.DrawFn) -> Replicated:
    """Return a replication that is mostly there throughout, so that catch-ups come to an end."""
    edges = sorted(draw(st.sets(INSTANTS, min_size=2, max_size=8)))
    violations = np.array(edges[: len(edges) // 2 * 2]).reshape(-1, 2)
    created_s, defined_s = draw(st.sampled_from([(0.0, 0.0), (0.1, 0.3), (0.3, math.inf)]))
    return Replicated(
        window_s=draw(st.sampled_from([(0.0, 1.2), (0.0, 1.2), (0.2, 0.9)])),
        created_s=created_s,
        defined_s=defined_s,
        gone_s=draw(st.sampled_from([math.inf, math.inf, math.inf, 1.0])),
        has_initial_sync=draw(st.booleans()),
        begin_s=violations[:, 0],
        end_s=violations[:, 1],
        peak_s=np.ones(len(violations)),
        target_s=draw(st.sampled_from([0.1, 0.3])),
        disturbances=draw(st.lists(occurrences(), min_size=2, max_size=8)),
    )


def without(span: Span, others: list[Span]) -> list[Span]:
    """Return the parts of a span that are in none of some others, in order."""
    left = [span] if span[1] > span[0] else []
    for begin_s, end_s in others:
        parts = ((a, min(b, begin_s)) for a, b in left)
        rest = ((max(a, end_s), b) for a, b in left)
        left = [part for part in (*parts, *rest) if part[1] > part[0]]
    return sorted(left)


def caught_up(found: Replicated, stop: Span, after_s: float) -> Iterator[Span]:
    """Yield the catch-up of a stop, from a look at every violation and every disturbance."""
    for begin_s, end_s in zip(found.begin_s.tolist(), found.end_s.tolist(), strict=True):
        is_soon = stop[0] <= begin_s <= stop[1] + after_s
        if is_soon and stop[1] < end_s < found.defined_span[1]:
            others = (
                max(each.begin_s, stop[1])
                for each in found.disturbances
                if not (each.is_planned and stops_syncs(each))
                and each.begin_s < end_s
                and (each.end_s is None or each.end_s > stop[1])
            )
            yield max(begin_s, stop[1]), min([end_s, *others])


def wanted(found: Replicated) -> Iterator[Wanted]:
    """Yield reason, cause and span of each window, in the order in which they have the time."""
    pauses = [each for each in found.disturbances if each.is_planned and stops_syncs(each)]
    if found.has_initial_sync:
        yield INITIAL_SYNC, "", (found.created_s, found.defined_s)
    for each in pauses:
        over_s = found.window_s[1] if each.end_s is None else each.end_s
        yield PLANNED_PAUSE, str(each), (each.begin_s, over_s)
    if found.has_initial_sync:
        for span in caught_up(found, (found.defined_s, found.defined_s), 0.0):
            yield CATCH_UP, INITIAL_SYNC, span
    for each in pauses:
        if each.end_s is not None:
            for span in caught_up(found, (each.begin_s, each.end_s), found.target_s):
                yield CATCH_UP, str(each), span


def left_out_slowly(found: Replicated) -> list[LeftOutWindow]:
    """Return the windows that are left out, each compared with all before it."""
    taken: list[Span] = []
    windows: list[LeftOutWindow] = []
    for reason, cause, span in wanted(found):
        inside = clipped(clipped(span, (found.created_s, found.gone_s)), found.window_s)
        for part in without(inside, taken):
            windows.append(LeftOutWindow(reason, cause, *part, part[1] - part[0]))
            taken.append(part)
    return sorted(windows, key=lambda window: window.begin_s)


@given(st.lists(spans(), max_size=30))
def test_taking_spans_leaves_the_same_as_a_walk_over_all_before(wanted: list[Span]) -> None:
    taken, before = Taken(), list[Span]()
    for span in wanted:
        free = without(span, before)
        assert taken.take(span) == free
        before += free


@settings(max_examples=1000)  # where a fault ends as a pause does, and matters, is rare
@given(replicated())
def test_windows_are_the_same_as_by_a_walk_over_all_disturbances(found: Replicated) -> None:
    assert left_out(found) == left_out_slowly(found)


def test_a_span_gives_the_gaps_between_those_before_it() -> None:
    taken = Taken()
    assert taken.take((2.0, 3.0)) == [(2.0, 3.0)]
    assert taken.take((5.0, 6.0)) == [(5.0, 6.0)]
    assert taken.take((3.0, 4.0)) == [(3.0, 4.0)]
    assert taken.take((1.0, 7.0)) == [(1.0, 2.0), (4.0, 5.0), (6.0, 7.0)]
    assert taken.take((1.0, 7.0)) == []
    assert taken.take((8.0, 8.0)) == []
