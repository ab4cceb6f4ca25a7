"""Rows of streams that are drawn in cells: row 11."""

from __future__ import annotations

import efssim
from benchmarks import baselines, works
from benchmarks.rows.engine import YEAR_DAYS, YEAR_SYNCS
from benchmarks.rows.row import Limit, Row, run
from benchmarks.timing import timed

FAST, CELL_DAYS = 10_000, 60
TRIALS, FEW_TRIALS, MEASURED_TRIALS = 1000, 4, 40
"""Years as trials; only some of them are run, and their seconds are multiplied."""


def rows() -> list[Row | Limit]:
    """Return the rows of streams that are drawn in cells, beside a busy year and one another."""
    year = run(works.busy(YEAR_DAYS))
    dense, short = run(works.in_cells(YEAR_DAYS, FAST)), run(works.in_cells(CELL_DAYS, FAST))
    disturbed = run(works.in_cells_with_outages(CELL_DAYS, FAST))
    slower = run(works.in_cells(YEAR_DAYS, 40))
    return [
        Row("11", "a year at 10,000 writes/s / a busy year", dense, year, 1, False, 0.3, 0.12),
        Row(
            "11",
            "the same / ticker",
            dense,
            lambda: baselines.ticker(YEAR_SYNCS),
            1,
            False,
            0.5,
            0.25,
        ),
        Row(
            "11",
            "the same / draws and sums of it in NumPy",
            dense,
            lambda: baselines.floor_of_cells(YEAR_SYNCS, 0),
            1,
            False,
            5,
            2,
        ),
        Row("11", "the same / at 40 writes/s", dense, slower, 1, False, 1.1, 1.0),
        Row("11", "60 days of it, with outages / without", disturbed, short, 1, False, 3, 2),
        Limit("11", "1,000 such years on 2 cores, from 40", _thousand_years_s, "s", 180, 60, 1),
    ]


def _thousand_years_s() -> float:
    """Return the seconds of a thousand years as trials on two cores, from those of some of them.

    Starting workers takes as long for a few as for many, and counts once.
    """
    scenario = works.in_cells(YEAR_DAYS, FAST, records="off")
    few_s = timed(lambda: efssim.run_trials(scenario, FEW_TRIALS, workers=2))
    more_s = timed(lambda: efssim.run_trials(scenario, FEW_TRIALS + MEASURED_TRIALS, workers=2))
    return few_s + (more_s - few_s) * (TRIALS - FEW_TRIALS) / MEASURED_TRIALS
