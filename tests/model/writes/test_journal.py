"""The journal by itself: streams that come to it late."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from efssim.model.kernel.clock import Clock
from efssim.model.writes.journal import Journal
from efssim.model.writes.stream import Stream
from efssim.records.states import NOTHING


class EachSecond:
    """A source of a write of 10 bytes at each whole second from 1 on; counts its calls."""

    def __init__(self) -> None:
        self.at = self.calls = 0

    def take(self, n: int) -> Any:
        self.calls += 1
        times = np.arange(self.at + 1, self.at + n + 1).astype(np.float64)
        self.at += n
        return times, np.full(n, 10)


def journal_at(now_s: float, end_s: float) -> Journal:
    clock = Clock()
    clock.run(now_s)
    return Journal(clock, end_s)


@pytest.mark.parametrize("end_s", [1500.0, 2000.0])
def test_a_stream_that_comes_after_the_end_of_the_run_has_no_more_writes(end_s: float) -> None:
    source, journal = EachSecond(), journal_at(2000.0, end_s)
    curve = journal.add(Stream(source, after_s=2000.0), "w", is_away=True)
    assert source.calls == 0
    assert curve.horizon_s == journal.horizon_s == math.inf
    assert journal.made() == NOTHING
    assert journal.states().unreplicated == NOTHING


@pytest.mark.parametrize("is_away", [False, True])
def test_a_stream_that_comes_during_the_run_is_drawn_beyond_now(is_away: bool) -> None:
    journal = journal_at(2000.0, end_s=3000.0)
    curve = journal.add(Stream(EachSecond(), after_s=2000.0), "w", is_away=is_away)
    assert 2000.0 < curve.horizon_s == journal.horizon_s < math.inf
    assert journal.made() == NOTHING


@pytest.mark.parametrize(("is_calm", "end_s"), [(True, 8192.0), (True, 8193.0), (False, 8192.0)])
def test_a_calm_run_of_few_writes_is_drawn_at_its_start(is_calm: bool, end_s: float) -> None:
    journal = Journal(Clock(), end_s, is_calm=is_calm)
    journal.add(Stream(EachSecond()), "w")
    is_drawn = journal.horizon_s > end_s
    assert is_drawn == (is_calm and end_s == 8192.0)  # 8,192 writes are few


def test_bytes_by_the_hour_are_all_that_are_written_and_sizes_grow_by_a_share() -> None:
    clock = Clock()
    journal = Journal(clock, 9000.0)
    journal.add(Stream(EachSecond(), new_bytes=0.25), "w")
    clock.run(7300.0)
    written, sizes = journal.hours()
    assert written.tolist() == [0, 36_000, 72_000, 73_000]
    assert sizes.tolist() == [0, 9_000, 18_000, 18_250]
