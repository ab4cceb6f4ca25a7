"""Tests of choices among scenarios: which is best, with which trials, and how often that is so."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from helpers.worlds import poisson, scenario
from scipy.stats import binomtest

import efssim
from efssim import Scenario, StudyError
from efssim.model.kernel.strata import strata_of
from efssim.study.choosing.observations import Rounds
from efssim.study.choosing.selection import Selection

OUTAGE = {
    "wan": {
        "link_outage": "us-east-1 -> us-west-2",
        "every": {"exponential": {"mean": "10 days"}},
        "for": {"lognormal": {"median": "10 min", "sigma": 0.5}},
    }
}
P99 = "write_lag_s.p99"


def every(seconds: float, **top: Any) -> Scenario:
    """Return a scenario with an interval of so many seconds, which is its name."""
    setup = {"exponential": {"mean": 5}}
    sync = {"interval": seconds, "setup": setup}
    made = scenario({"app": poisson("1 per min", "1 MiB")}, sync, "3 h", **top)
    return made.model_copy(update={"name": f"every-{seconds:g}s"})


def values(found: efssim.Choice, name: str) -> list[float]:
    """Return the numbers of the measure of a scenario, by trial."""
    (each,) = (each for each in found.alternatives if each.name == name)
    column: list[float] = each.trials.table[found.question.measure].tolist()
    return column


def test_the_shortest_interval_has_the_least_lag():
    found = efssim.choose([every(s) for s in (60, 90, 300)], P99, "least", "10 s", workers=1)
    assert (found.outcome, found.answer) == ("chosen", "every-60s")
    assert found.text == (
        "every-60s has the least write_lag_s.p99, or is within 10 s of it, with 95 % confidence"
    )
    # The worst is dropped first, and gets no more trials.
    counts = [len(each.trials) for each in found.alternatives]
    assert counts[2] == found.alternatives[2].dropped_after == 30
    # Trial k of each has the same draws as alone.
    alone = efssim.run_trials(every(60), 30, workers=1)
    assert values(found, "every-60s")[:30] == alone.table[P99].tolist()
    assert found.summary["answer"] == "every-60s"
    rows = found.summary["alternatives"]
    assert found.table["mean"].tolist() == [each["mean"] for each in rows]
    assert found.table["trials"].tolist() == counts


def test_the_most_is_the_other_way_round():
    found = efssim.choose([every(s) for s in (60, 90, 300)], P99, "most", "10 s", workers=1)
    assert found.answer == "every-300s"


def test_what_never_differs_is_tied():
    twins = [every(60), every(60).model_copy(update={"name": "twin"})]
    found = efssim.choose(twins, P99, "least", "1 s", workers=1)
    assert (found.outcome, found.answer, found.best) == ("tied", None, None)
    assert "every-60s and twin have the same write_lag_s.p99 in every trial" in found.text


def test_a_budget_that_is_too_small_is_no_answer():
    found = efssim.choose(
        [every(60), every(61)], P99, "least", "1 ms", trials=10, budget=20, workers=1
    )
    assert (found.outcome, found.answer) == ("undecided", None)
    assert found.needed is not None
    assert found.needed > 20
    first = [[-value for value in values(found, name)[:10]] for name in ("every-60s", "every-61s")]
    # It is over only after one more than those at which the widths are gone.
    assert found.needed == Selection(first, 1e-3, 0.95).needed + 1
    assert "20 trials of each are the budget" in found.text
    assert f"{found.needed:,} of each would decide" in found.text


def test_without_draws_one_trial_is_the_truth():
    constant = {"arrivals": {"constant": {"rate": "1 per min"}}, "size": "1 MiB"}
    worlds = [
        scenario({"app": constant}, {"interval": s, "setup": 5}, "3 h").model_copy(
            update={"name": str(s)}
        )
        for s in (60, 120)
    ]
    found = efssim.choose(worlds, "time_since_last_sync_s.mean", "least", 1, workers=1)
    assert (found.answer, found.is_exact) == ("60", True)
    assert [len(each.trials) for each in found.alternatives] == [1, 1]
    assert "nothing is drawn" in found.text


def twins(count: int) -> list[Scenario]:
    """Return equal scenarios in which nothing is drawn, named a, b, …"""
    made = scenario({}, {"interval": 60}, "10 min")
    return [made.model_copy(update={"name": name}) for name in "abcdefgh"[:count]]


@pytest.mark.parametrize(
    ("count", "names"), [(2, "a and b"), (5, "a, b, c, d and e"), (7, "a, b, c, d, e and 2 more")]
)
def test_a_tie_names_up_to_five(count: int, names: str) -> None:
    found = efssim.choose(twins(count), "time_since_last_sync_s.mean", "least", 1, workers=1)
    assert found.text == (
        f"{names} have the same time_since_last_sync_s.mean in one trial, and nothing is drawn: "
        "none is better"
    )


@pytest.mark.parametrize(
    ("count", "names"), [(2, "a, b"), (5, "a, b, c, d, e"), (7, "a, b, c, d, e and 2 more")]
)
def test_one_of_several_replications_has_to_be_named(count: int, names: str) -> None:
    one, other = twins(2)
    several = dict.fromkeys("abcdefgh"[:count], one.replications["dr"])
    one = one.model_copy(update={"replications": several})
    with pytest.raises(StudyError, match=f"a has replications {names}: name one of them"):
        efssim.choose([one, other], P99, "least", 1)


@pytest.mark.parametrize("given", [True, None, [10]])
def test_an_indifference_is_a_number_or_a_text(given: object) -> None:
    with pytest.raises(efssim.UsageError, match="indifference is a difference, not "):
        efssim.choose(twins(2), P99, "least", given)


def test_the_best_of_what_misses_its_objective_says_so():
    rpo = {"target": "1 min", "attainment": "99.9 %"}
    found = efssim.choose([every(60, rpo=rpo), every(90, rpo=rpo)], P99, "least", "5 s", workers=1)
    assert "The best of these, every-60s, misses its RPO objective." in found.summary["cautions"]


def test_replications_may_have_other_names():
    other = every(90)
    other = other.model_copy(update={"replications": {"copy": other.replications["dr"]}})
    found = efssim.choose([every(60), other], P99, "least", "1 h", workers=1)
    assert found.question.replications == ("dr", "copy")


def test_rounds_have_every_stratum():
    worlds = [every(60, faults=OUTAGE), every(120, faults=OUTAGE)]
    rounds, strata = Rounds.of(worlds), strata_of(worlds[0])
    assert (len(strata), rounds.first) == (2, 1)
    for begin in range(1, 2_000):
        within = {strata.at(begin + k) for k in range(rounds.length)}
        assert within == {0, 1}, begin
    # A shorter one would not do.
    shorter = rounds.length - 1
    assert any(
        {strata.at(begin + k) for k in range(shorter)} != {0, 1} for begin in range(1, 2_000)
    )
    assert rounds.trials(10) == 1 + 10 * rounds.length
    assert rounds.within(rounds.trials(10)) == 10


def test_the_mean_of_a_round_weighs_its_strata():
    strata = strata_of(every(60, faults=OUTAGE))
    calm, hit = (stratum.probability for stratum in strata.every)
    assert hit == pytest.approx(1 - math.exp(-3 / 240), rel=1e-12)
    rounds = Rounds(3)
    # Trial 0 belongs to no round, and the last two are no whole one.
    numbers = [99.0, 1.0, 2.0, 7.0, 5.0, 5.0, 1.0, 8.0, 8.0]
    at = [0, 0, 0, 1, 1, 1, 0, 0, 1]
    found = rounds.means(numbers, at, strata)
    assert found == pytest.approx([1.5 * calm + 7 * hit, 5 * hit + 1 * calm], rel=1e-15)


def test_rare_faults_are_in_every_observation():
    worlds = [every(60, faults=OUTAGE), every(120, faults=OUTAGE)]
    found = efssim.choose(worlds, P99, "least", "10 s", workers=1)
    assert found.round > 1
    assert found.answer == "every-60s"
    with pytest.raises(StudyError, match="above the budget of 12"):
        efssim.choose(worlds, P99, "least", "10 s", trials=10, budget=12)


def test_any_number_of_workers_chooses_the_same():
    worlds = [every(60), every(75)]
    one = efssim.choose(worlds, P99, "least", "1 s", trials=10, workers=1)
    two = efssim.choose(worlds, P99, "least", "1 s", trials=10, workers=2)
    assert one.summary == two.summary


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scenarios": [every(60)]}, "among two scenarios or more"),
        ({"scenarios": [every(60), every(60)]}, "the name of two scenarios"),
        ({"measure": "write_lag_s.p98"}, r"no number 'p98' \(did you mean 'p9"),
        ({"measure": "final_status"}, "is no number"),
        ({"best": "lowest"}, "'least' or 'most'"),
        ({"indifference": "0 s"}, "above 0"),
        ({"indifference": 1e-300}, "from 1e-12 to .*, not 1e-300"),
        ({"indifference": 1e300}, "from 1e-12 to .*, not 1e.300"),
        ({"indifference": "1 MiB"}, "indifference: "),
        ({"replication": "other"}, "there is no 'other'"),
        ({"trials": 9}, "at least 10 trials"),
        ({"trials": 50, "budget": 40}, "below the first 50"),
        ({"measure": "initial_sync_s"}, "trial 0 of every-60s has no initial_sync_s of dr"),
    ],
)
def test_what_makes_no_choice_is_refused(changes, message):
    asked = {"scenarios": [every(60), every(90)], "measure": P99, "best": "least"}
    given = {**asked, "indifference": "10 s", "workers": 1, **changes}
    with pytest.raises(StudyError, match=message):
        efssim.choose(**given)


def test_a_skewed_measure_is_said():
    # Losses are rare and large within trials, and no fault tells the trials apart.
    def lossy(seconds: float) -> Scenario:
        long = {"lognormal": {"median": "5 min", "sigma": 1.5}}
        flaky = {**OUTAGE["wan"], "every": {"exponential": {"mean": "4 h"}}, "for": long}
        return every(seconds, faults={"wan": flaky})

    found = efssim.choose(
        [lossy(60), lossy(600)], "rpo.violation_s", "least", "1 s", trials=40, budget=40, workers=1
    )
    gaps = np.subtract(values(found, "every-60s"), values(found, "every-600s"))
    spread = gaps.std()
    expected = float(((gaps - gaps.mean()) ** 3).mean() / spread**3)
    assert found.skewness == pytest.approx(abs(expected), rel=1e-9)
    assert abs(expected) > 2
    assert "far from normal" in found.summary["cautions"][0]


@pytest.mark.slow
@pytest.mark.parametrize("faults", [{}, OUTAGE], ids=["calm", "rare outages"])
def test_the_choice_is_right_as_often_as_it_says(faults):
    # Truth from thousands of trials. The indifference is just below the lead of the best, so that
    # only the best is right, and both others are nearly as good: the least favourable means.
    runs, worlds = 500, [every(s, faults=faults) for s in (60, 63, 63.5)]
    measure = "time_since_last_sync_s.mean" if faults else P99
    means = {
        world.name: efssim.run_trials(world, 4_000, seed=987).estimate("dr", measure).value
        for world in worlds
    }
    truth = {name: mean for name, mean in means.items() if mean is not None}
    best, second, _ = sorted(truth, key=lambda name: truth[name])
    indifference = 0.95 * (truth[second] - truth[best])
    chosen = [
        efssim.choose(
            worlds, measure, "least", indifference, trials=10, budget=10**6, seed=seed, workers=1
        )
        for seed in range(runs)
    ]
    assert all(found.outcome == "chosen" for found in chosen)
    right = sum(found.answer == best for found in chosen)
    print(f"{right} of {runs} right")
    assert binomtest(right, runs, 0.95, alternative="less").pvalue > 0.01
