"""Rows of drawn writes: a busy year by other ways (12), twins of rows with constant writes (13).

Writes at even distances and of one size make syncs that are all alike, of which equal ones can be
skipped. So each row of such writes has a twin here: Poisson writes of exponential size.
"""

from __future__ import annotations

import sys

from benchmarks import baselines, works
from benchmarks.rows.engine import FLEET, FLEET_DAYS, FLEET_SYNCS, YEAR_DAYS, YEAR_SYNCS
from benchmarks.rows.row import Limit, Row, command, run

_FLEET_PROGRAM = (
    "import efssim; from benchmarks import works; "
    f"efssim.run(works.fleet({FLEET}, {FLEET_DAYS}, works.POISSON), seed=0).summary"
)


def rows() -> list[Row | Limit]:
    """Return the rows of drawn writes."""
    year, duration_s = run(works.busy(YEAR_DAYS)), YEAR_DAYS * works.DAY_S

    def ticker() -> object:
        return baselines.ticker(YEAR_SYNCS)

    def cheapest() -> object:
        return baselines.cheapest_draws(duration_s, 0)

    def batched() -> object:
        return baselines.batched(duration_s, 0)

    fleet_scale = FLEET_SYNCS / YEAR_SYNCS
    sparse = run(works.sparse(YEAR_DAYS, works.POISSON))
    outages = run(works.sparse_with_outages(YEAR_DAYS, works.POISSON))
    fleet = command(sys.executable, "-c", _FLEET_PROGRAM)
    return [
        Row("12", "a busy year / its draws, the cheapest way", year, cheapest, 1, False, 2.5, 1.8),
        Row("12", "a busy year / SimPy, NumPy batches", year, batched, 1, True, 4, 8),
        Row("13", "row 3 with Poisson writes / ticker", sparse, ticker, 1, False, 0.25, 0.15),
        Row("13", "row 6 with Poisson writes / ticker", outages, ticker, 1, False, 0.4, 0.25),
        Row("13", "row 7 so, a process / ticker", fleet, ticker, fleet_scale, False, 0.35, 0.2),
    ]
