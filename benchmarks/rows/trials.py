"""Rows of many trials of one scenario: row 15."""

from __future__ import annotations

from benchmarks import baselines, works
from benchmarks.rows.row import Row
from efssim.lag.kinds.asked import OF_TRIALS, Asked
from efssim.study.planning.evaluation import READS
from efssim.study.trial.outcome import run_trials_together

TRIALS, CYCLES = 100, 20_000


def rows() -> list[Row]:
    """Return the rows of gated cycles of many trials side by side, with all measures and few."""
    scenario = works.gated(CYCLES).with_(records="off")

    def work(asked: Asked) -> None:
        run_trials_together(scenario, 0, range(TRIALS), False, asked)

    def baseline() -> float:
        return baselines.cycles(scenario.duration, 0)

    return [
        Row(
            "15",
            "gated cycles, 100 trials / SimPy with NumPy",
            lambda: work(READS),
            baseline,
            TRIALS,
            True,
            15,
            25,
        ),
        Row(
            "15",
            "the same with all measures of a trial",
            lambda: work(OF_TRIALS),
            baseline,
            TRIALS,
            True,
            15,
            25,
        ),
    ]
