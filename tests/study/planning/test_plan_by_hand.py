"""Plans whose evidence is written by hand for each value, so that nothing is simulated."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.evaluations import evaluation
from helpers.worlds import poisson, scenario

import efssim
from efssim.study.means.cost import CostIntervals, CostOfTrials
from efssim.study.planning.evaluation import Evaluation
from efssim.study.planning.plan import PlanSearch

THROUGHPUT = "replications.dr.sync.throughput"
GROWTH = "file_systems.fs.growth"
PRICES = {
    "storage": {"us-east-1": {"standard": 0.3}, "us-west-2": {"standard": 0.3}},
    "source": "by hand",
    "date": "2026-01-01",
}
WORLD = scenario(
    {"w": poisson("1 per s", "1 MB")},
    {"interval": 60},
    "1 h",
    rpo={"target": "2 min", "attainment": "90 %"},
    prices=PRICES,
)


def write_evidence(
    monkeypatch: pytest.MonkeyPatch, holds: Callable[[float], bool], *, can_be_shown: bool
) -> None:
    """Let values hold or lose everything; one that holds costs as much as it is."""

    def evaluated(
        self: PlanSearch, ordinal: int, look: int, trials: int, sure: float
    ) -> Evaluation:
        value = self._ladder[ordinal]
        assert ordinal >= 0
        met = (True if can_be_shown else None) if holds(value) else False
        none = CostIntervals(None, {})
        cost = CostOfTrials("USD", "by hand", "2026-01-01", value, {}, {}, (), none)
        made = evaluation(
            *[0.0 if holds(value) else 1.0] * trials,
            value=value,
            met=met,
            holds=holds(value),
            seed=look,
            stage="confirmation" if look else "search",
            cost=cost,
        )
        self._made[ordinal, look] = made
        return made

    monkeypatch.setattr(PlanSearch, "_evaluate", evaluated)


def test_the_cheapest_value_is_confirmed_by_itself_where_it_is_not_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_evidence(monkeypatch, lambda growth: growth <= 4, can_be_shown=True)
    found = efssim.plan(WORLD, GROWTH, (1, 10), minimise="cost", shares=(), workers=1)
    assert (found.outcome, found.direction) == ("found", "largest")
    assert found.answer is not None
    assert 3.9 <= found.answer.holds_at <= 4
    # The looks have the seeds 1 and 2 here.
    assert (found.decisive.value, found.decisive.seed) == (found.answer.holds_at, 1)
    assert found.cheapest is not None
    made = found.cheapest.evaluation
    assert made is not None
    assert (made.value, made.stage, made.seed) == (1, "confirmation", 2)


@pytest.mark.parametrize(
    ("vary", "between", "holds"),
    [
        (THROUGHPUT, (1e6, 1e7), lambda value: value >= 4e6),
        (GROWTH, (1.0, 10.0), lambda value: value <= 4),
    ],
)
def test_a_limit_that_no_trials_can_show_is_looked_for_up_to_the_better_end(
    monkeypatch: pytest.MonkeyPatch,
    vary: str,
    between: tuple[float, float],
    holds: Callable[[float], bool],
) -> None:
    write_evidence(monkeypatch, holds, can_be_shown=False)
    found = efssim.plan(WORLD, vary, between, shares=(), workers=1)
    assert (found.outcome, found.answer) == ("undecided", None)
    tried = {each.value for each in found.evaluations if each.stage == "confirmation"}
    better = between[vary == THROUGHPUT]
    assert better in tried
    assert all(holds(value) for value in tried)
