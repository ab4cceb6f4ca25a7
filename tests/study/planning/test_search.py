"""Tests of the parts of the planner: bounds, the ladder of values, the search, confirmations."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

from efssim.scenario.unknowns.quantity import BYTE_RATE, COUNT, DURATION
from efssim.study.planning.confirm import (
    affordable,
    confirmed,
    fresh_seed,
    look_confidence,
    next_trials,
    search_confidence,
)
from efssim.study.planning.evaluation import Evaluation, Losses, larger_in_pairs, likely_at_most
from efssim.study.planning.ladder import ladder, widest_gap
from efssim.study.planning.search import Bracket, Search
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.weighing import Design, Weighing

PLAIN = Design((), (1.0,), (None,), (False,))
"""One stratum, so that all trials count alike."""


def evaluation(losses: tuple[float, ...], *, met: bool | None, **changed: Any) -> Evaluation:
    """Return an evaluation with given losses and nothing else."""
    given = {"value": 0.0, "peak_s": None, "trials": len(losses), "holds": bool(met)} | changed
    return Evaluation(
        losses=Losses({"dr": losses}, (0,) * len(losses), Weighing(PLAIN, (len(losses),))),
        interval=Interval(0, 1),
        met=met,
        more_trials=None,
        stage="search",
        seed=1,
        confidence=0.95,
        violations_per_month=0,
        above_s_per_month=0,
        **given,
    )


# --- bounds ---------------------------------------------------------------------------------------


def likely(losses: list[float], confidence: float) -> float:
    return likely_at_most(losses, (0,) * len(losses), Weighing(PLAIN, (len(losses),)), confidence)


def larger(left: list[float], right: list[float]) -> bool:
    return larger_in_pairs(left, right, (0,) * len(left), Weighing(PLAIN, (len(left),)), 0.99)


def test_the_bound_of_many_losses_is_that_of_student() -> None:
    losses = [k / 1000 for k in range(1000)]
    _, exact = stats.ttest_1samp(losses, 0).confidence_interval(0.95)
    # One trial more, as bad as the worst of a thousand, moves the mean by half a thousandth.
    assert likely(losses, 0.975) == pytest.approx(exact, abs=1e-3)


def test_a_loss_in_the_sample_counts_once_more() -> None:
    assert likely([0.0] * 30, 0.95) == 0
    assert likely([0.25], 0.95) == 0.25
    some = [0.0] * 29 + [0.3]
    more = [*some, 0.3]
    mean, spread = sum(more) / 31, stats.tstd(more)
    half = stats.t.ppf(0.95, 30) * spread / 31**0.5
    assert likely(some, 0.95) == pytest.approx(mean + half, rel=1e-12)


def test_two_losses_have_a_bound_above_their_mean() -> None:
    more = [0.01, 0.03, 0.03]
    half = stats.t.ppf(0.95, 2) * stats.tstd(more) / 3**0.5
    assert likely([0.01, 0.03], 0.95) == pytest.approx(sum(more) / 3 + half, rel=1e-12)


def test_losses_of_other_strata_are_no_pairs() -> None:
    strata = Design(("f",), (0.9, 0.1), ((), ("f",)), (False, False))
    plain = Losses({"dr": (0.5, 0.6)}, (0, 0), Weighing(PLAIN, (2,)))
    none = Losses({"dr": (0.0, 0.0)}, (0, 0), Weighing(PLAIN, (2,)))
    other = Losses({"dr": (0.0, 0.0)}, (0, 1), Weighing(strata, (1, 1)))
    assert plain.above(none, 0.6)
    assert not plain.above(other, 0.6)


def test_pairs_show_a_difference_that_is_smaller_than_the_spread() -> None:
    left = [0.1 * k + 0.001 + 1e-4 * (k % 2) for k in range(20)]
    right = [0.1 * k for k in range(20)]
    assert larger(left, right)
    assert not larger(right, left)
    assert not larger([0.0, 0.1, 0.0], [0.0, 0.0, 0.0])
    assert larger([0.1], [0.0])


# --- the ladder -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "high"), [(1e7, 1e9), (3.0, 3.01), (1.0, 1e12), (7e5, 8e5)])
def test_neighbours_are_at_most_2_percent_apart(low: float, high: float) -> None:
    values = ladder(low, high, BYTE_RATE)
    assert (values[0], values[-1]) == (low, high)
    assert all(1 < b / a <= 1.02 for a, b in itertools.pairwise(values))
    assert all(BYTE_RATE.parse(BYTE_RATE.text(value)) == value for value in values[1:-1])


def test_a_ladder_of_whole_numbers_has_each_once() -> None:
    assert ladder(1, 10, COUNT) == list(range(1, 11))


def test_a_ladder_from_0_has_it_as_first_value() -> None:
    values = ladder(0, 1024, DURATION)
    assert values[:2] == [0, 1]
    assert values[-1] == 1024


def test_gaps() -> None:
    assert widest_gap([0, 1, 5, 7]) == 3
    assert widest_gap([0, 1, 2]) is None


# --- the search -----------------------------------------------------------------------------------


def search(met: Callable[[int], bool], count: int = 257, budget: int = 15) -> tuple[Bracket, int]:
    """Search on values that lose nothing or something, and return what was found after how many."""
    asked: dict[int, Evaluation] = {}

    def ask(ordinal: int) -> Evaluation:
        loss = 0.0 if met(ordinal) else 0.1
        asked.setdefault(ordinal, evaluation((loss,), met=met(ordinal)))
        return asked[ordinal]

    return Search(ask, count, 0.99, budget).run(), len(asked)


@pytest.mark.parametrize("limit", [1, 2, 63, 64, 65, 128, 200, 255, 256])
def test_the_search_finds_every_limit(limit: int) -> None:
    found, asked = search(lambda ordinal: ordinal >= limit)
    assert found == Bracket("found", "smallest", limit - 1, limit)
    assert asked <= 15
    found, asked = search(lambda ordinal: ordinal < limit)
    assert found == Bracket("found", "largest", limit, limit - 1)
    assert asked <= 15


def test_the_search_sees_where_all_or_none_do() -> None:
    assert search(lambda _: True)[0].outcome == "always"
    assert search(lambda _: False)[0].outcome == "never"


@pytest.mark.parametrize("holes", [range(60, 70), range(100, 140), range(200, 257), range(1, 256)])
def test_the_search_sees_a_hole(holes: range) -> None:
    found, asked = search(lambda ordinal: ordinal >= 30 and ordinal not in holes)
    assert found.outcome in ("not_monotone", "never") if holes.stop > 256 else True
    if holes.stop <= 256:
        assert found.outcome == "not_monotone" or found.holds == holes.stop
    assert asked <= 15


def test_a_search_that_has_spent_its_budget_tries_no_gaps() -> None:
    """Five values and six halvings enclose the answer; gaps are only tried with what is left."""
    assert search(lambda ordinal: ordinal >= 63, budget=13)[1] == 13
    assert search(lambda ordinal: ordinal >= 63, budget=12)[1] == 12
    for budget in (5, 10, 11):
        found, asked = search(lambda ordinal: ordinal >= 63, budget=budget)
        assert (found, asked) == (Bracket("found", "smallest", 62, 63), 11)


def test_a_reversal_by_chance_is_none() -> None:
    # The better value fails by a hair on its own, but pair by pair it is no worse.
    losses = {
        0: (0.9, 0.8, 0.7),
        1: (0.0, 0.1, 0.0),
        2: (0.1, 0.0, 0.1),
        3: (0.0,) * 3,
        4: (0.0,) * 3,
    }
    met = {0: False, 1: True, 2: False, 3: True, 4: True}
    found = Search(lambda k: evaluation(losses[k], met=met[k]), 5, 0.99).run()
    assert found == Bracket("found", "smallest", 2, 3)
    losses[2] = (0.2, 0.3, 0.21)
    found = Search(lambda k: evaluation(losses[k], met=met[k]), 5, 0.99).run()
    assert found.outcome == "not_monotone"


# --- values that trials can show ------------------------------------------------------------------


def test_a_decision_of_the_search_errs_a_tenth_as_often() -> None:
    assert search_confidence(0.95) == pytest.approx(0.995)


def test_the_next_look_has_a_tenth_more_than_it_seems_to_take() -> None:
    """At most twice what shows 99 % without a loss, which is 299 to 368 (ln 0.05 and ln 0.025)."""
    lossy = evaluation((0.005,) * 40, met=None)
    assert next_trials(replace(lossy, more_trials=25), 0.99) == 72
    assert next_trials(replace(lossy, more_trials=500), 0.99) == 594
    assert next_trials(replace(lossy, more_trials=700), 0.99) is None
    assert next_trials(lossy, 0.99) is None
    assert next_trials(replace(lossy, more_trials=25, met=False), 0.99) is None
    # The sample misses it, so another value is the better bet, however few trials it takes.
    missing = evaluation((0.02,) * 40, met=None)
    assert next_trials(replace(missing, more_trials=25), 0.99) is None


def shown(bracket: Bracket, can: Callable[[int], bool]) -> tuple[Bracket, list[int]]:
    """Move a bracket on a ladder whose last ordinal is 100, by what trials can show."""
    asked: list[int] = []

    def ask(ordinal: int) -> Evaluation:
        assert len(asked) < 30, "steps that double are fewer, on a hundred values"
        asked.append(ordinal)
        return evaluation((0.0,), met=True if can(ordinal) else None)

    return affordable(bracket, ask, 100, 0.99), asked


@pytest.mark.parametrize("limit", [0, 1, 17, 40, 48, 49])
def test_a_bracket_moves_to_the_first_value_that_trials_can_show(limit: int) -> None:
    after, asked = shown(Bracket("found", "largest", 50, 49), lambda ordinal: ordinal <= limit)
    assert after == Bracket("found", "largest", limit + 1, limit)
    assert all(0 <= ordinal <= 49 for ordinal in asked)
    after, asked = shown(Bracket("found", "smallest", 50, 51), lambda o: o >= 100 - limit)
    assert after == Bracket("found", "smallest", 99 - limit, 100 - limit)
    assert all(51 <= ordinal <= 100 for ordinal in asked)


@pytest.mark.parametrize(
    ("bracket", "end"),
    [(Bracket("found", "largest", 50, 49), 0), (Bracket("found", "smallest", 50, 51), 100)],
)
def test_a_bracket_stays_where_trials_can_show_nothing_up_to_the_end(
    bracket: Bracket, end: int
) -> None:
    after, asked = shown(bracket, lambda _: False)
    assert after == bracket
    assert asked[-1] == end


# --- confirmations --------------------------------------------------------------------------------


def looks(
    answers: list[bool | None], bracket: Bracket, top: int = 100
) -> tuple[Bracket, list[int]]:
    asked: list[int] = []

    def ask(ordinal: int, look: int) -> Evaluation:
        assert look == len(asked) + 1
        asked.append(ordinal)
        return evaluation((0.0,), met=answers[look - 1])

    return confirmed(bracket, ask, top), asked


def test_confirmations_go_up_until_one_succeeds() -> None:
    found = Bracket("found", "smallest", 9, 10)
    assert looks([True], found) == (found, [10])
    after, asked = looks([False, False, True], found)
    assert (after, asked) == (Bracket("found", "smallest", 11, 12), [10, 11, 12])
    after, asked = looks([False] * 5 + [True], Bracket("found", "largest", 50, 49))
    assert asked == [49, 48, 47, 46, 44, 40]
    assert after == Bracket("found", "largest", 44, 40)


def test_confirmations_that_fail_up_to_the_end_leave_no_answer() -> None:
    after, asked = looks([False] * 3, Bracket("found", "smallest", 97, 98))
    assert (after.outcome, asked) == ("never", [98, 99, 100])
    # Where trials are what is lacking, nothing is said of the value at the end.
    after, asked = looks([False, False, None], Bracket("found", "smallest", 97, 98))
    assert (after.outcome, asked) == ("undecided", [98, 99, 100])


def test_always_is_confirmed_too() -> None:
    every = Bracket("always", "smallest", None, 0)
    assert looks([True], every)[0] == every
    assert looks([False, True], every)[0] == Bracket("found", "smallest", 0, 1)


def test_the_errors_of_all_looks_add_up_to_the_one_that_was_asked() -> None:
    errors = [1 - look_confidence(0.95, look) for look in range(1, 40)]
    assert sum(errors) == pytest.approx(0.05)
    assert sum(errors) <= 0.05


def test_fresh_seeds_are_all_different() -> None:
    seeds = {fresh_seed(seed, look) for seed in range(50) for look in range(1, 20)}
    assert len(seeds) == 50 * 19
    assert all(0 <= seed < 2**32 for seed in seeds)
