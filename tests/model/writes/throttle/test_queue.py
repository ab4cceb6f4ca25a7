"""Throttled writes: traces by hand, and a reference that moves one event at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pytest

from efssim.model.writes.throttle.permitted import GIB, MIB, TIB, Permitted, permitted
from efssim.model.writes.throttle.queue import ThrottledQueue

HOUR_S, DAY_S = 3600.0, 86_400.0
LIMIT = 3.0 * GIB


def bursting(size_bytes: float, other_load: float = 0.0) -> Permitted:
    return permitted("bursting", size_bytes, LIMIT, other_load=other_load)


# --- by hand -----------------------------------------------------------------------------------


def test_rates_by_size() -> None:
    small, large = bursting(100 * GIB), bursting(10 * TIB)
    assert small.baseline == 5_000 * 1024  # 100 x 50 KiB/s
    assert (small.rate, small.credits_max) == (100 * MIB, 2.1 * TIB)
    assert (large.rate, large.baseline, large.credits_max) == (1000 * MIB, 500 * MIB, 21.0 * TIB)
    assert bursting(GIB).baseline == MIB
    assert permitted("provisioned", 10 * TIB, LIMIT, 50 * MIB).rate == 500 * MIB
    assert permitted("provisioned", GIB, LIMIT, 50 * MIB).rate == 50 * MIB
    assert permitted("elastic", GIB, LIMIT).rate == LIMIT
    assert bursting(100 * TIB).rate == LIMIT


def test_credits_of_an_idle_day_last_4_435_3_s() -> None:
    queue = ThrottledQueue(bursting(100 * GIB), 0.0)
    queue.advance(DAY_S)
    assert queue.credits == 421_875 * MIB
    count = 600_000  # of 1 MiB each, all wanted at once
    queue.want(np.full(count, DAY_S + 1.0), np.full(count, MIB))
    made_s = queue.advance(DAY_S + 10_000.0) - DAY_S - 1.0
    # 4,435.3 s at 100 MiB/s; from then on a write each 1/4.8828125 s.
    earned = 4.8828125  # MiB in the idle second
    burst_s = (421_875 + earned) / (100 - 4.8828125)
    assert burst_s == pytest.approx(4435.3, abs=0.1)
    fast = int(burst_s * 100)
    assert made_s[fast] == pytest.approx(fast / 100, abs=1e-3)
    slow = fast + 10_000
    by_hand_s = burst_s + (slow - burst_s * 100) / 4.8828125
    assert made_s[slow] == pytest.approx(by_hand_s, abs=1e-3)
    assert queue.credits_min == 0.0


def test_credits_of_many_writes_do_not_drift() -> None:
    queue = ThrottledQueue(bursting(100 * GIB), 2.1 * TIB)  # 20 MiB/s in writes of 1 MiB
    begun = 0
    for hour in range(1, 40):
        ended = hour * 72_000
        queue.want(np.arange(begun, ended) / 20, np.full(ended - begun, MIB))
        begun = ended
        queue.advance(hour * HOUR_S)
        assert queue.credits == pytest.approx(
            2.1 * TIB - (20 - 4.8828125) * MIB * HOUR_S * hour, abs=64
        )
    assert queue.credits_min > 0.0


def test_full_credits_last_145_662_7_s() -> None:
    queue = ThrottledQueue(bursting(100 * GIB, 20.0 * MIB), 2.1 * TIB)
    spent_s = 2.1 * MIB / (20 - 4.8828125)
    assert spent_s == pytest.approx(145_662.7, abs=0.05)
    queue.advance(spent_s - 1e-3)
    assert queue.credits_min > 0.0
    queue.advance(spent_s + 1e-3)
    assert queue.credits_min == queue.credits == 0.0


def test_a_write_waits_for_the_bytes_ahead_and_not_for_its_own() -> None:
    queue = ThrottledQueue(permitted("provisioned", 0, LIMIT, 10 * MIB), 0.0)
    queue.want(np.array([0.0, 0.0, 1.0, 9.0]), np.array([20, 10, 10, 5]) * MIB)
    assert queue.advance(2.5).tolist() == [0.0, 2.0]
    assert queue.waiting_bytes() == 10 * MIB
    assert queue.advance(100.0).tolist() == [3.0, 9.0]


def test_a_source_that_never_binds_keeps_its_times_to_the_bit() -> None:
    generator = np.random.default_rng(3)
    times = np.cumsum(1e-3 + generator.random(50_000))
    queue = ThrottledQueue(bursting(TIB), 2.1 * TIB)
    queue.want(times, generator.integers(1, 1000, len(times)))
    assert queue.advance(1e6).tobytes() == times.tobytes()


def test_another_rate_acts_at_once() -> None:
    queue = ThrottledQueue(bursting(GIB), 0.0)  # 1 MiB/s
    queue.want(np.array([0.0, 0.0]), np.array([100, 1]) * MIB)
    assert queue.advance(40.0).tolist() == [0.0]
    queue.change(permitted("elastic", GIB, 60.0 * MIB))
    assert queue.advance(100.0).tolist() == [41.0]


def test_writes_that_wait_can_be_dropped() -> None:
    queue = ThrottledQueue(permitted("provisioned", 0, LIMIT, 10 * MIB), 0.0)
    queue.want(np.array([0.0, 0.5, 0.6, 5.0]), np.array([20, 1, 1, 1]) * MIB)
    queue.advance(1.0)
    assert queue.drop() == 2
    assert queue.advance(9.0).tolist() == [5.0]


def test_other_load_above_the_baseline_leaves_nothing_without_credits() -> None:
    queue = ThrottledQueue(bursting(GIB, 2.0 * MIB), 0.0)
    queue.want(np.array([1.0, 2.0]), np.array([1, 1]))
    assert queue.advance(1e5).tolist() == [1.0]
    assert queue.waiting_bytes() == 1


def test_writes_without_bytes_wait_for_nothing_where_nothing_is_left_to_writes() -> None:
    queue = ThrottledQueue(bursting(GIB, 2.0 * MIB), 0.0)
    wanted_s = np.arange(1.0, 101.0)  # more than are looked at at once, at first
    queue.want(wanted_s, np.zeros(100, dtype=np.int64))
    assert queue.advance(1000.0).tolist() == wanted_s.tolist()


@pytest.mark.parametrize("credits", [0.0, 100.0])
def test_a_rate_no_higher_than_the_baseline_spends_nothing(credits: float) -> None:
    queue = ThrottledQueue(Permitted(3.0, 3.0, 100.0, needs_credits=True), credits)
    queue.want(np.array([0.1, 0.2, 0.3]), np.array([7, 7, 7]))
    assert queue.advance(72.0123) == pytest.approx([0.1, 0.1 + 7 / 3, 0.1 + 14 / 3], abs=1e-12)
    assert queue.credits_min == credits


# --- against a reference -----------------------------------------------------------------------


@dataclass
class Reference:
    """One event after the other, in exact fractions."""

    credits: Fraction
    terms: Permitted
    now: Fraction = Fraction(0)
    left: Fraction = Fraction(0)
    waiting: list[tuple[Fraction, int]] = field(default_factory=list)
    made: list[Fraction] = field(default_factory=list)
    fewest: Fraction = Fraction(10**30)

    def go(self, until: Fraction) -> None:
        while True:
            self.fewest = min(self.fewest, self.credits)
            if self.left == 0 and self.waiting and self.waiting[0][0] <= self.now:
                self.left = Fraction(self.waiting.pop(0)[1])
                self.made.append(self.now)
            if self.now == until:
                return
            self.move(until)

    def move(self, until: Fraction) -> None:
        """Move on to the next event: a service ends, a write comes, credits end or are full."""
        terms, busy = self.terms, self.left > 0
        base, other, top = (Fraction(x) for x in (terms.baseline, terms.other_load, terms.rate))
        if terms.needs_credits and self.credits == 0 and base < top and (busy or other >= base):
            top = base
        mine = max(Fraction(0), top - other) if busy else Fraction(0)
        slope = base - min(other, top) - mine if terms.needs_credits else Fraction(0)
        if self.credits == terms.credits_max and slope > 0:
            slope = Fraction(0)
        ends = [until]
        if mine:
            ends.append(self.now + self.left / mine)
        if not busy and self.waiting:
            ends.append(self.waiting[0][0])
        if slope < 0:
            ends.append(self.now - self.credits / slope)
        if slope > 0:
            ends.append(self.now + (Fraction(terms.credits_max) - self.credits) / slope)
        end = min(ends)
        self.left -= mine * (end - self.now)
        self.credits += slope * (end - self.now)
        self.now = end


def random_terms(generator: np.random.Generator) -> Permitted:
    baseline = float(generator.integers(1, 60))
    rate = baseline + float(generator.integers(0, 100))
    most = float(generator.integers(1, 2_000))
    other = float(generator.choice([0, 0, 0, 5, 50, 120]))
    return Permitted(rate, baseline, most, bool(generator.random() < 0.8), other)


@pytest.mark.parametrize("seed", range(200))
def test_made_times_and_credits_are_those_of_the_reference(seed: int) -> None:
    generator = np.random.default_rng(seed)
    terms = random_terms(generator)
    credits = float(generator.integers(0, 2_000))
    queue = ThrottledQueue(terms, credits)
    reference = Reference(Fraction(min(credits, terms.credits_max)), terms)
    made: list[float] = []
    now = 0
    for _ in range(3):
        end = now + int(generator.integers(1, 40))
        load = float(generator.choice([0.3, 1.0, 3.0]))
        count = int(generator.integers(0, 40))
        wanted = np.sort(generator.integers(now * 8 + 1, end * 8 + 1, count)) / 8
        most = 1 + int(100 * load * (end - now) / (count + 1))
        sizes = generator.integers(1, most + 1, count)
        queue.want(wanted, sizes)
        reference.waiting += [(Fraction(t), b) for t, b in zip(wanted, sizes.tolist(), strict=True)]
        # Where whole bytes at whole rates end, floats may be a rounding late: look elsewhere.
        until_s = end + 0.1 * generator.random()
        made += queue.advance(until_s).tolist()
        reference.go(Fraction(until_s))
        assert queue.credits == pytest.approx(float(reference.credits), abs=1e-6)
        assert queue.waiting_bytes() == sum(b for _, b in reference.waiting)
        now, terms = end, random_terms(generator)
        queue.change(terms)
        reference.terms = terms
        reference.credits = min(reference.credits, Fraction(terms.credits_max))
    assert made == pytest.approx([float(t) for t in reference.made], abs=1e-7)
    fewest = min(reference.fewest, reference.credits)
    assert queue.credits_min == pytest.approx(float(fewest), abs=1e-6)
