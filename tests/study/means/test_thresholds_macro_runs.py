"""How often a threshold on a mean that is not kept is said to hold, by kind of number."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from efssim.runs.thresholds.numbers import KnownThreshold, unit_of
from efssim.scenario.thresholds import threshold
from efssim.study.means.numbers import Numbers
from efssim.study.means.thresholds import judged_trials
from efssim.study.statistics.intervals import mean_interval
from efssim.study.statistics.weighing import Design

PLAIN = Design((), (1.0,), (None,), (False,))
STUDIES = 400
CLAIMED, WORST = 0.10, 0.18
"""Share of studies that claim to hold a limit that is the mean itself, at most; of WIDEST."""
WIDEST = ("lognormal 2", 10)
KINDS = {
    "normal": (lambda draws, n: draws.normal(10, 1, n), 10.0),
    "exponential": (lambda draws, n: draws.exponential(1, n), 1.0),
    "lognormal 1": (lambda draws, n: draws.lognormal(0, 1, n), np.exp(0.5)),
    "lognormal 1.5": (lambda draws, n: draws.lognormal(0, 1.5, n), np.exp(1.125)),
    "lognormal 2": (lambda draws, n: draws.lognormal(0, 2, n), np.exp(2.0)),
    "pareto 2.2": (lambda draws, n: draws.pareto(2.2, n), 1 / 1.2),
}


def outcomes(kind, n, sign="<", mirrored=False, beyond=0.0):
    """Return what studies of n trials say of a threshold; its limit is the true mean or beyond."""
    draw, mean = KINDS[kind]
    draws = np.random.default_rng([n, list(KINDS).index(kind)])
    at, way = (1e4, -1.0) if mirrored else (0.0, 1.0)
    asked = threshold(f"dr.write_lag_s.mean {sign} 1 s")
    known = KnownThreshold("t", asked, unit_of(asked.path), at + way * mean + beyond)
    for _ in range(STUDIES):
        values = (at + way * draw(draws, n)).tolist()
        numbers = Numbers(values, [0] * n, PLAIN.weighing([0] * n))
        interval = mean_interval(values)
        content = {
            "replications": {"dr": {"write_lag_s": {"mean": float(np.mean(values))}}},
            "ci95": {"dr": {"write_lag_s": {"mean": list(interval)}}},
        }
        (found,) = judged_trials([known], content, lambda _, now=numbers: now, is_random=True)
        yield found.outcome


@pytest.mark.parametrize("n", [10, 30, 100])
@pytest.mark.parametrize("kind", KINDS)
def test_false_claims_are_few(kind, n):
    """No more than are claimed, but for what 400 studies may show by chance (1 in 10,000)."""
    false = list(outcomes(kind, n)).count("holds")
    assert false <= stats.binom.isf(1e-4, STUDIES, WORST if (kind, n) == WIDEST else CLAIMED)


@pytest.mark.parametrize("kind", ["lognormal 1.5", "lognormal 2"])
def test_students_interval_alone_claims_too_often(kind):
    draw, mean = KINDS[kind]
    draws = np.random.default_rng(30)
    found = [mean_interval(draw(draws, 30).tolist()) for _ in range(STUDIES)]
    assert sum(interval.high < mean for interval in found) > stats.binom.isf(1e-4, STUDIES, CLAIMED)


def test_a_tail_below_is_the_same_the_other_way():
    false = list(outcomes("lognormal 1.5", 30, ">", mirrored=True)).count("holds")
    assert false == list(outcomes("lognormal 1.5", 30)).count("holds")


@pytest.mark.parametrize("kind", ["normal", "exponential"])
def test_what_clearly_holds_is_said_to_hold(kind):
    """Eight deviations of the mean below the limit; and at the limit most say nothing."""
    assert list(outcomes(kind, 100, beyond=0.8)).count("holds") > 0.95 * STUDIES
    assert list(outcomes(kind, 100)).count("undecided") > 0.85 * STUDIES


def test_a_number_that_no_single_run_has_is_judged_by_its_interval():
    asked = threshold("dr.write_lag_s.mean < 1 s")
    known = KnownThreshold("t", asked, unit_of(asked.path), 1.0)
    content = {
        "replications": {"dr": {"write_lag_s": {"mean": 0.5}}},
        "ci95": {"dr": {"write_lag_s": {"mean": [0.4, 0.6]}}},
    }
    none = Numbers([], [], PLAIN.weighing([0] * 10))
    (found,) = judged_trials([known], content, lambda _: none, is_random=True)
    assert (found.outcome, found.low, found.high) == ("holds", 0.4, 0.6)
