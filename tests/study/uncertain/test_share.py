"""The share of parameter sets and its interval: exact cases first."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from efssim.study.uncertain.outcome import SetReplication
from efssim.study.uncertain.share import share_of


def replication(verdict, *, exact=True):
    low = {"met": 1.0, "missed": 0.2, "undecided": 0.2}[verdict]
    return SetReplication(
        verdict, verdict == "met", 0.5, low, low if exact else 1.0, 1.0, 2.0, 3.0, 0.0, 0.0, False
    )


def sets(met, missed, undecided=0, *, exact=True):
    parts = ("met",) * met + ("missed",) * missed + ("undecided",) * undecided
    return share_of([replication(part, exact=exact) for part in parts])


def test_the_interval_is_that_of_clopper_and_pearson():
    for met, missed in ((93, 7), (1, 9), (50, 50)):
        found = sets(met, missed)
        expected = stats.binomtest(met, met + missed).proportion_ci(0.95, method="exact")
        assert found.interval == pytest.approx((expected.low, expected.high))
        assert found.share == met / (met + missed)


def test_none_and_all():
    assert sets(0, 20).interval == pytest.approx((0.0, 1 - 0.025 ** (1 / 20)))
    assert sets(20, 0).interval == pytest.approx((0.025 ** (1 / 20), 1.0))


def test_an_undecided_set_widens_both_ends():
    found = sets(80, 10, 10)
    assert found.low == pytest.approx(sets(80, 20).low)
    assert found.high == pytest.approx(sets(90, 10).high)
    assert found.share is None
    nothing = sets(0, 0, 20)
    assert nothing.interval == (0.0, 1.0)
    assert nothing.reaches(0.5) is None


def test_a_set_without_the_replication_is_undecided():
    found = share_of([replication("met"), None])
    assert (found.met, found.undecided, found.share) == (1, 1, None)


def test_verdicts_that_may_be_wrong_widen_it_by_at_most_a_point():
    exact, chancy = sets(93, 7), sets(93, 7, exact=False)
    assert exact.low - 0.01 < chancy.low < exact.low
    assert exact.high < chancy.high < exact.high + 0.01


def test_the_objective_is_met_in_a_share_of_sets_by_the_whole_interval():
    assert sets(100, 0).reaches(0.95) is True
    assert sets(99, 1).reaches(0.95) is None
    assert sets(80, 20).reaches(0.95) is False
    assert sets(99, 1).reaches(0.9) is True


def test_the_interval_covers_also_where_verdicts_are_wrong_as_often_as_they_may():
    """Misses that are taken for met with 1 %, the worst that the confidence of a set allows."""
    rng, count, share = np.random.default_rng(5), 100, 0.6
    covered = 0
    for _ in range(400):
        truly = rng.random(count) < share
        called = truly | (rng.random(count) < 0.01)
        met = int(called.sum())
        found = sets(met, count - met, exact=False)
        covered += found.low <= share <= found.high
    assert covered >= 0.94 * 400
