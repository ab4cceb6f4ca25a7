"""Pauses and outages recognised in the lag, and the outages that replay them, by hand.

Syncs are cut every 300 s, take 20 s and 10 s for the bytes of 300 s: MINUTE bytes are 1000, and
the throughput 500 bytes/s. Samples are whole minutes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.lags import decoded, even, samples

from efssim.calibration.backtest.disturbances import (
    SeenLag,
    disturbed,
    disturbed_syncs,
    disturbed_tail,
    locked_waits,
    outages,
)
from efssim.calibration.backtest.findings import Span
from efssim.calibration.data import Phase
from efssim.calibration.timing import SyncTiming

TIMING = SyncTiming(interval_s=300.0, gap_s=0.0, setup_s=20.0, throughput=500.0)
WHOLE = Span(0.0, 1e6)


def seen(syncs, minutes=400):
    lag = samples([(-300.0, -270.0), *syncs], minutes)
    return SeenLag(decoded(lag), TIMING, even(minutes, 1000.0), Phase(), 60.0)


def regular(first_cut_s, count):
    return [(first_cut_s + 300.0 * k, first_cut_s + 300.0 * k + 30.0) for k in range(count)]


def test_without_one_nothing_is_found():
    calm = seen(regular(0.0, 70))
    assert outages(calm, WHOLE) == []
    assert disturbed(calm, WHOLE) == []
    assert disturbed_tail(calm, 70 * 300.0) is None


def test_a_next_cut_that_was_held():
    # Due at 3000, cut at 10,000, with the bytes of 7300 s: 20 + 243 s.
    syncs = [*regular(0.0, 10), (10_000.0, 10_263.3), *regular(10_300.0, 40)]
    found = seen(syncs)
    one, wait = outages(found, WHOLE)
    assert 2730.0 <= one.begin_s <= 3000.0
    assert one.end_s == 10_000.0
    # The next on time is cut when it was, however long catching up takes in the simulation.
    assert wait.end_s == 10_300.0
    assert wait.seconds < 60.0
    (stretch,) = disturbed(found, WHOLE)
    assert stretch.begin_s == pytest.approx(3000.0)
    assert stretch.end_s == pytest.approx(10_263.3, abs=60.0)


def test_a_sync_that_was_stalled():
    # Cut on time at 3000 and done 5000 s late: at 8030. Then the bytes of 5030 s: 20 + 167.7 s.
    syncs = [*regular(0.0, 10), (3000.0, 8030.0), (8030.0, 8217.7), *regular(8330.0, 40)]
    one, _ = outages(seen(syncs), WHOLE)
    assert 3000.0 <= one.begin_s <= 3030.0
    assert one.seconds == pytest.approx(5000.0, abs=30.0)


def test_a_hidden_sync_after_an_outage():
    # It went on at 9000 with a sync until 9044 that no sample shows: the next is complete before
    # the next sample. So the cut that is seen is not the end of the outage, whose end no sample
    # tells closer than to a minute: another hidden sync fits as well.
    timing = SyncTiming(interval_s=40.0, gap_s=0.0, setup_s=5.0, throughput=3000.0)
    begin, end = 40.0 * 50, 9000.0
    hidden = (end, end + 5.0 + (end - 1960.0) * 1000.0 / 60.0 / 3000.0)
    following = (max(end + 40.0, hidden[1]), max(end + 40.0, hidden[1]) + 5.3)
    syncs = [(40.0 * k, 40.0 * k + 5.3) for k in range(50)] + [hidden, following]
    syncs += [(following[0] + 40.0 * k, following[0] + 40.0 * k + 5.3) for k in range(1, 200)]
    lag = samples([(-40.0, -34.0), *syncs], 250)
    cuts = decoded(lag).cut_s
    assert not np.isclose(cuts, end).any(), "the case is not the one that it is meant to be"
    found = SeenLag(decoded(lag), timing, even(250, 1000.0), Phase(), 60.0)
    one, *_ = outages(found, WHOLE)
    assert one.begin_s == pytest.approx(begin, abs=40.0)
    assert one.end_s == pytest.approx(end, abs=60.0)
    assert one.end_s < following[0] - 20.0


def test_a_slower_transfer_is_none():
    """A fit that is wrong about the throughput must not pass as undisturbed by replaying it."""
    slow = [(300.0 * k, 300.0 * k + 20.0 + 20.0) for k in range(70)]
    assert disturbed_syncs(seen(slow), WHOLE) == []


def test_one_that_never_ends_is_known_from_when_it_was_due():
    found = seen(regular(0.0, 10), minutes=200)
    assert disturbed_tail(found, 200 * 60.0) == pytest.approx(3000.0)
    assert outages(found, WHOLE) == []


def test_a_locked_interval_waits_after_late_syncs():
    # The sync cut at 3000 takes 400 s, so that the next cut is late: from then on all are.
    shifted = [(3000.0, 3400.0), (3400.0, 3430.0), *regular(3700.0, 40)]
    locked = seen([*regular(0.0, 10), *shifted])
    (wait,) = locked_waits(locked, WHOLE)
    assert wait.end_s in (3700.0, 4000.0)
    assert wait.seconds < 300.0
    assert locked_waits(seen(regular(0.0, 70)), WHOLE) == []
    free = SyncTiming(interval_s=307.3, gap_s=0.0, setup_s=20.0, throughput=500.0)
    assert locked_waits(replace(locked, timing=free), WHOLE) == []
