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


def test_a_stream_that_comes_after_the_end_of_the_run_has_no_more_writes() -> None:
    source, journal = EachSecond(), journal_at(2000.0, end_s=1500.0)
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
