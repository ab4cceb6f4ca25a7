"""The clock of streams that are on and off in turn: the on time up to a time, and back."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from efssim.model.kernel.draws import Draws
from efssim.model.writes.cells.law import SmallWrites, cell_law
from efssim.model.writes.curves.cells import CellCurve
from efssim.model.writes.curves.one_by_one import OneByOne
from efssim.model.writes.stream import Stream
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Duration, Size
from efssim.scenario.workload.processes.on_off import OnOff, OnOffTimes
from efssim.scenario.workload.processes.on_periods import OnPeriods

SPEC = OnOff.model_validate({"on": "7 s", "off": {"constant": "11 s"}, "rate": "50 per s"})


def clock(seed: int = 1, spec: OnOff = SPEC) -> OnPeriods:
    draws = Draws(seed)
    return OnPeriods(spec.on, spec.off, (draws.generator("w.on"), draws.generator("w.off")))


def constant(seconds: float) -> Distribution[float]:
    return Distribution[Duration].model_validate(seconds)


def test_on_time_runs_only_in_on_periods() -> None:
    draws = Draws(1)
    found = OnPeriods(constant(10.0), constant(5.0), (draws.generator("a"), draws.generator("b")))
    times = [0.0, 4.0, 10.0, 12.5, 15.0, 16.0, 25.0, 29.0, 30.0, 45.5]
    on_s = [0.0, 4.0, 10.0, 10.0, 10.0, 11.0, 20.0, 20.0, 20.0, 30.5]
    assert [found.at(time_s) for time_s in times] == on_s
    assert found.many_at(np.array(times)).tolist() == on_s
    assert found.times(np.array([4.0, 10.0, 10.5, 20.0])).tolist() == [4.0, 10.0, 15.5, 25.0]
    assert sorted(found.between(10.0, 30.0)) == [15.0, 25.0]
    assert sorted(found.between(9.0, 30.5)) == [10.0, 15.0, 25.0, 30.0]


def test_drawn_writes_fall_into_the_on_periods_of_the_clock() -> None:
    times = OnOffTimes(SPEC, 50.0, 2e4, Draws(1), "w").take(200_000)
    found = clock()
    on_s = found.many_at(times)
    assert np.abs(found.times(on_s) - times).max() < 1e-9
    assert (np.diff(on_s) >= 0).all()


@given(st.lists(st.floats(0.0, 40_000.0), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_who_asks_and_what_is_forgotten_do_not_show(times: list[float]) -> None:
    times, together, one_by_one = sorted(times), clock(), clock()
    alone = [clock().at(time_s) for time_s in times]
    assert together.many_at(np.array(times)).tolist() == alone
    for time_s, on_s in zip(times, alone, strict=True):
        assert one_by_one.at(time_s) == on_s
        one_by_one.forget(on_s - 60.0)
    assert alone == sorted(alone)


def curve() -> CellCurve:
    draws = Draws(1)
    law = cell_law(
        Distribution[Size].model_validate({"lognormal": {"median": "64 KiB", "sigma": 1.5}}), 50.0
    )
    generators = draws.generator("n"), draws.generator("b")
    return CellCurve(Stream(SmallWrites(law, *generators, 2**62 + 5, new_clock=clock)))


@given(st.lists(st.floats(0.0, 3000.0), min_size=1, max_size=40).map(sorted))
@settings(max_examples=30, deadline=None)
def test_one_time_many_times_and_leaves_agree_to_the_last_bit(times: list[float]) -> None:
    one, many, loop = curve(), curve(), OneByOne(curve())
    single = [one.at(time_s) for time_s in times]
    counts, sizes = many.many_at(np.array(times * 2))  # more than are looked up one by one
    assert list(zip(counts.tolist(), sizes.tolist(), strict=True)) == single * 2
    taken = np.array([loop.take(time_s) for time_s in times]).cumsum(axis=0)
    assert taken.tolist() == [list(amount) for amount in single]
    assert sorted(single) == single


def test_nothing_is_written_while_off() -> None:
    found = curve()
    assert found.clock is not None
    edges_s = np.sort(found.clock.between(0.0, 5000.0))
    counts, _ = found.many_at(edges_s)
    made = np.diff(counts)
    assert made[1::2].sum() > 10_000  # from a begin of an on period to its end
    assert not made[::2].any()


def test_the_first_write_after_an_off_period_and_the_last_before_it_are_near_it() -> None:
    """50 writes a second: near it is within a fifth of a second."""
    found = curve()
    assert found.clock is not None
    off_s, on_s = np.sort(found.clock.between(0.0, 20.0)).tolist()
    assert off_s < 12.0 < on_s
    assert off_s - 0.2 < found.last_s(12.0) < off_s
    ends = found.ends(np.array([12.0, 20.0]))
    first_s = found.publish(ends, np.array([13.0, 21.0]), 0).sync_first_s.item(1)
    assert on_s < first_s < on_s + 0.2
