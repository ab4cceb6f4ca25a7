"""The search of claims finds a judge that is wrong, and repeats a scenario by its seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import binomtest

from benchmarks.claims.fixed import whole, world
from benchmarks.claims.kinds import KINDS, scenario_of
from benchmarks.claims.search import Counted, Judge, bounds, counted, faults_of, main
from efssim.scenario import Scenario
from efssim.study.statistics.evidence import judged
from efssim.study.statistics.sample import Sample
from efssim.study.trial.outcome import Trial, run_trial

WRITES = {"app": {"arrivals": {"poisson": {"rate": "1 per h"}}, "size": "1 MiB"}}


@pytest.fixture(scope="module")
def made() -> tuple[Scenario, list[list[Trial]]]:
    """Return a scenario of one stratum, and a pool of which every fourth trial loses 20 %."""
    scenario = world({}, 0.9, WRITES).with_({"duration": "1 day"})
    like = run_trial(scenario, 1, 0).trial.summary
    kept = {"stratum": 0, "age_s": 600.0, "spans": []}
    rows = [{**kept, "attainment": 0.8 if k % 4 == 0 else 1.0} for k in range(2000)]
    return scenario, [[whole(k, row, like) for k, row in enumerate(rows)]]


def of(made: tuple[Scenario, list[list[Trial]]], judge: Judge) -> Counted:
    return counted(5, "load", *made, studies=40, trials=60, judge=judge)


def always_met(
    strict: Sample, mild: Sample, objective: float, confidence: float
) -> tuple[bool | None, float, float]:
    return (True, *judged(strict, mild, objective, confidence)[1:])


def too_narrow(
    strict: Sample, mild: Sample, objective: float, confidence: float
) -> tuple[bool | None, float, float]:
    met, *_ = judged(strict, mild, objective, confidence)
    return met, 1.0 - strict.mean(), 1.0 - strict.mean()


def test_the_judge_passes(made: tuple[Scenario, list[list[Trial]]]) -> None:
    found = of(made, judged)
    assert found.loss == pytest.approx(0.05)
    assert found.covered >= 38
    assert found.false_met is not None
    assert found.false_met <= 2
    assert faults_of([found]) == []


def test_a_judge_that_says_met_is_found(made: tuple[Scenario, list[list[Trial]]]) -> None:
    (fault,) = faults_of([of(made, always_met)])
    assert fault.startswith("load: false met 100.0% of 40")
    assert fault.endswith("--scenario 5")


def test_intervals_that_are_too_narrow_are_found(made: tuple[Scenario, list[list[Trial]]]) -> None:
    (fault,) = faults_of([of(made, too_narrow)])
    assert "cover; python -m benchmarks.claims --scenario 5" in fault


def test_what_is_just_significant(made: tuple[Scenario, list[list[Trial]]]) -> None:
    """Of 200 that are false with 5 % each, 17 or more are in 2.4 % of cases, 16 in 4.4 %."""
    found = replace(of(made, judged), studies=200, covered=200)
    assert bounds(10, 200, 0.025)[0] == pytest.approx(binomtest(10, 200).proportion_ci().low)
    assert not faults_of([replace(found, false_met=16)])
    assert faults_of([replace(found, false_met=17)])


def test_two_scenarios_in_small(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--size", "60", "--studies", "5", "--trials", "20", "--pools", str(tmp_path)]
    assert main(["--random", "2", *words]) == 0
    first = capsys.readouterr().out.splitlines()
    assert len(first) == 5
    assert main(["--scenario", "1", *words]) == 0
    assert capsys.readouterr().out.splitlines()[0] == first[1]


def test_kinds_take_turns() -> None:
    assert [scenario_of(seed)[0] for seed in range(len(KINDS))] == list(KINDS)
    assert scenario_of(3)[1] == scenario_of(3)[1] != scenario_of(3 + len(KINDS))[1]
