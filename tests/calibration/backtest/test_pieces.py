"""Single writes that add up to totals of minutes."""

from __future__ import annotations

import numpy as np
import pytest

from efssim.calibration.backtest.pieces import shows_inside, single_writes, squared_spread
from efssim.calibration.data import WriteTotals


def totals(sizes, counts):
    begin_s = 60.0 * np.arange(len(sizes))
    return WriteTotals(begin_s, np.array(sizes, float), np.array(counts, float), 60.0)


def test_they_add_up_within_their_minutes():
    writes = totals([100, 0, 50, 7], [4, 0, 1, 0])
    time_s, size = single_writes(writes, 1)
    assert list(np.diff(time_s) >= 0) == [True] * (len(time_s) - 1)
    minute = np.floor(time_s / 60).astype(int)
    assert np.bincount(minute, minlength=4).tolist() == [4, 0, 1, 1]  # bytes need a write
    assert np.bincount(minute, size, minlength=4) == pytest.approx([100, 0, 50, 7])


def test_equal_writes_stay_equal_and_others_spread_as_the_totals_say():
    generator = np.random.default_rng(2)
    counts = generator.poisson(20, 20_000)
    equal = totals(counts * 5.0, counts)
    assert squared_spread(equal) == 0
    assert set(np.round(single_writes(equal, 1)[1], 9)) == {5.0}
    varied = totals([generator.exponential(5.0, n).sum() for n in counts], counts)
    assert squared_spread(varied) == pytest.approx(1.0, rel=0.05)
    _, size = single_writes(varied, 1)
    assert size.std() / size.mean() == pytest.approx(1.0, rel=0.05)


def test_only_where_the_inside_of_a_minute_shows():
    writes = totals([100, 100], [4, 4])
    assert shows_inside(writes, 30.0)
    assert not shows_inside(writes, 3600.0)
    assert not shows_inside(WriteTotals(writes.begin_s, writes.bytes, None, 60.0), 30.0)
    assert not shows_inside(totals([100], [3e6]), 30.0)
    assert not shows_inside(totals([0.0], [0]), 30.0)
