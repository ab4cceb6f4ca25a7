"""Thresholds over trials: which interval a mean is judged by, and what needs none."""

from __future__ import annotations

from typing import Any

import pytest

from efssim.lag.objectives.thresholds import ThresholdSummary
from efssim.runs.thresholds.judged import MISSING
from efssim.runs.thresholds.numbers import KnownThreshold, unit_of
from efssim.scenario.thresholds import threshold
from efssim.study.means.numbers import Numbers
from efssim.study.means.thresholds import judged_trials
from efssim.study.statistics.weighing import Design

PLAIN = Design((), (1.0,), (None,), (False,))
LAGS = {"dr": {"write_lag_s": {"mean": 50.0}}}


def told(
    text: str,
    limit: float,
    content: dict[str, Any],
    *values: float,
    is_random: bool = True,
) -> ThresholdSummary:
    """Return the outcome of a threshold with this limit, of trials with such numbers."""
    asked = threshold(text)
    known = KnownThreshold(text, asked, unit_of(asked.path), limit)
    numbers = Numbers(values, [0] * len(values), PLAIN.weighing([0] * len(values)))
    whole = {"replications": {}, **content}
    (found,) = judged_trials([known], whole, lambda _: numbers, is_random=is_random)
    return found


@pytest.mark.parametrize(
    ("path", "interval"),
    [
        ("cost.per_month", (70.0, 90.0)),
        ("cost.replications.dr.per_month", (4.0, 6.0)),
    ],
)
def test_costs_are_judged_by_their_own_intervals(path: str, interval: tuple[float, float]) -> None:
    cost = {
        "per_month": 80.0,
        "replications": {"dr": {"per_month": 5.0}},
        "ci95": {"per_month": [70.0, 90.0], "replications": {"dr": [4.0, 6.0]}},
    }
    found = told(f"{path} < 7", 7.0, {"cost": cost})
    assert (found.low, found.high) == interval
    assert found.outcome == ("holds" if interval[1] < 7 else "fails")


def test_a_pooled_number_is_judged_by_itself() -> None:
    content = {"replications": LAGS, "pooled": LAGS}
    assert told("pooled.dr.write_lag_s.mean < 60 s", 60.0, content).outcome == "holds"
    assert told("pooled.dr.write_lag_s.mean < 40 s", 40.0, content).outcome == "fails"


def test_a_mean_needs_its_interval_only_where_something_is_random() -> None:
    text, content = "dr.write_lag_s.mean < 60 s", {"replications": LAGS}
    found = told(text, 60.0, content)
    assert (found.outcome, found.low) == ("undecided", None)
    assert found.reason == "its mean over trials has no interval"
    assert told(text, 60.0, content, is_random=False).outcome == "holds"
    assert told(text, 50.0, content, is_random=False).outcome == "fails"


def test_a_number_that_there_is_not_is_undecided() -> None:
    none = {"replications": {"dr": {"write_lag_s": {"mean": None}}}}
    found = told("dr.write_lag_s.mean < 60 s", 60.0, none)
    assert (found.outcome, found.value, found.reason) == ("undecided", None, MISSING)


def test_a_number_that_an_item_does_not_have_is_undecided() -> None:
    """The mean over the other items is there, and says nothing of that one."""
    fleet = {"count": 2, "write_lag_s": {"mean": {"max": 50.0}}}
    content = {
        "replications": {"dr[1]": LAGS["dr"], "dr[2]": {"write_lag_s": {"mean": None}}},
        "fleets": {"dr": fleet},
    }
    found = told("fleets.dr.write_lag_s.mean.max < 60 s", 60.0, content, is_random=False)
    assert (found.outcome, found.value) == ("undecided", 50.0)
    assert found.reason == "1 of 2 items have no such number: dr[2]"


def test_the_wider_interval_of_a_share_ends_at_one() -> None:
    """Of 0.2, 0.2, 0.2 and 1: the error of the mean is 0.2, and Hall's interval ends above 1."""
    alarm = {"unwarranted_share": 0.4, "ci95": {"unwarranted_share": [0.0, 1.0]}}
    content = {"alarms": {"a": alarm}}
    found = told("alarms.a.unwarranted_share < 30 %", 0.3, content, 0.2, 0.2, 0.2, 1.0)
    assert (found.outcome, found.low, found.high) == ("undecided", 0.0, 1.0)


COUNTS = {
    "replications": {"dr": {"rpo": {"violations": 0.0}}},
    "ci95": {"dr": {"rpo": {"violations": [0, 0]}}},
}


@pytest.mark.parametrize(
    ("sign", "limit", "trials", "outcome"),
    [
        # 1 - 0.025^(1/16) = 0.206 violations a trial would be seen, and no fewer.
        ("<", 0.01, 16, "undecided"),
        ("<", 0.2, 16, "undecided"),
        ("<", 0.21, 16, "holds"),
        ("<", 1.0, 2, "holds"),
        # 1 - 0.025^(1/367) = 0.01000, and one trial more shows less.
        ("<", 0.01, 367, "undecided"),
        ("<", 0.01, 368, "holds"),
        # Whether there is any at all is no question of how many; the reason says what is unseen.
        ("<=", 0.0, 16, "holds"),
        (">", 0.0, 16, "fails"),
        (">", 0.1, 16, "undecided"),
    ],
)
def test_counts_of_trials_that_are_equal_may_be_one_more_in_those_unseen(
    sign: str, limit: float, trials: int, outcome: str
) -> None:
    found = told(f"dr.rpo.violations {sign} {limit}", limit, COUNTS, *[0.0] * trials)
    assert (found.outcome, found.low, found.high) == (outcome, 0.0, 0.0)
    unseen = int(1 / (1 - 0.025 ** (1 / trials)))
    assert found.reason == (
        f"all {trials} trials have it, and what comes in fewer than 1 of {unseen} is not seen"
    )


def test_other_numbers_that_are_equal_say_what_is_unseen() -> None:
    ages = {"dr": {"time_since_last_sync_s": {"max": 65.0}}}
    interval = {"dr": {"time_since_last_sync_s": {"max": [65.0, 65.0]}}}
    content = {"replications": ages, "ci95": interval}
    text = "dr.time_since_last_sync_s.max < 2 min"
    found = told(text, 120.0, content, *[65.0] * 16)
    assert found.outcome == "holds"
    assert found.reason == "all 16 trials have it, and what comes in fewer than 1 of 4 is not seen"
    # Where nothing is drawn, one is the truth.
    assert told(text, 120.0, content, *[65.0] * 16, is_random=False).reason is None


def test_each_stratum_may_hide_its_own() -> None:
    # Half of all weight in each: 4 trials of one stratum and 12 of the other.
    strata = [0] * 4 + [1] * 12

    def unseen(*exact: bool) -> float:
        design = Design(("rare",), (0.5, 0.5), (None, None), exact)
        return Numbers([0.0] * 16, strata, design.weighing(strata)).unseen_share()

    calm, hit = 0.5 * (1 - 0.025**0.25), 0.5 * (1 - 0.025 ** (1 / 12))
    assert unseen(False, False) == pytest.approx(calm + hit, rel=1e-12)
    # Where nothing is drawn, nothing is unseen.
    assert unseen(True, False) == pytest.approx(hit, rel=1e-12)
