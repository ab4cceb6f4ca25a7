"""Costs over trials, and the names of a trial's numbers as columns: by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from helpers.worlds import scenario, simulate

from efssim.json_values import to_json
from efssim.lag.cost.summary import CostSummary, FileSystemCost, ReplicationCost
from efssim.lag.loss import Loss
from efssim.study.means.cost import CostOfTrials, cost_of_trials
from efssim.study.means.table import columns_of
from efssim.study.statistics.weighing import Design
from efssim.study.trial.outcome import Trial

PLAIN = Design((), (1.0,), (None,), (False,))
SENDING = ReplicationCost(
    wire_bytes=100.0,
    transfer=4.0,
    storage=2.0,
    per_month=6.0,
    initial_wire_bytes=10.0,
    initial_transfer=1.0,
)
STANDARD = FileSystemCost("us-east-1", "standard", 1000.0, 0.5, 0.0, None, None)


def over(*costs: CostSummary) -> CostOfTrials:
    """Return the costs over trials that have these."""
    summary = simulate(scenario({}, {"interval": 60}, "5 min")).run_summary
    trials = [Trial(k, replace(summary, cost=cost)) for k, cost in enumerate(costs)]
    found = cost_of_trials(trials, PLAIN.weighing([0] * len(trials)))
    assert found is not None
    return found


def test_what_a_trial_does_not_have_costs_nothing_there() -> None:
    full = CostSummary("USD", "here", "2026", 8.0, {"fs": STANDARD}, {"dr": SENDING}, ())
    bare = CostSummary("USD", "here", "2026", 2.0, {}, {}, ())
    for costs in ((full, bare), (bare, full)):
        found = over(*costs)
        assert found.per_month == 5.0
        assert found.replications == {"dr": ReplicationCost(50.0, 2.0, 1.0, 3.0, 5.0, 0.5)}
        assert found.file_systems == {
            "fs": FileSystemCost("us-east-1", "standard", 500.0, 0.25, 0.0, None, None)
        }


def test_the_intervals_of_costs_are_not_negative() -> None:
    """Means of 8 and 2, and of 6 and 0: 5 and 3, plus 12.706 standard errors of 3 each."""
    full = CostSummary("USD", "here", "2026", 8.0, {}, {"dr": SENDING}, ())
    bare = CostSummary("USD", "here", "2026", 2.0, {}, {}, ())
    found = over(full, bare).ci95
    assert found.per_month == pytest.approx((0.0, 5 + 12.7062 * 3), rel=1e-5)  # as t is written
    assert found.replications["dr"] == pytest.approx((0.0, 3 + 12.7062 * 3), rel=1e-5)


def test_without_a_price_in_one_trial_there_is_no_mean() -> None:
    full = CostSummary("USD", "here", "2026", 8.0, {}, {"dr": SENDING}, ())
    unpriced = replace(SENDING, transfer=None, per_month=None)
    open_ = CostSummary("USD", "here", "2026", None, {}, {"dr": unpriced}, ("transfer.x",))
    found = over(full, open_)
    assert (found.per_month, found.ci95.per_month) == (None, None)
    assert (found.replications["dr"].transfer, found.replications["dr"].storage) == (None, 2.0)
    assert found.ci95.replications == {"dr": None}
    assert found.missing == ("transfer.x",)


def test_a_loss_has_the_same_columns_with_and_without_one() -> None:
    loss = to_json(Loss(9.0, 5.0, 7000, 7, 4.0, None), datetime(2026, 1, 1, tzinfo=UTC))
    some = dict(columns_of({"writes": 1, "recovery_point": loss}))
    assert some["recovery_point.lost_bytes"] == 7000
    assert some["recovery_point.lost_s"] == 4.0
    none = dict(columns_of({"writes": 1, "recovery_point": None}))
    assert none == {"writes": 1, **{name: None for name in some if name != "writes"}}
