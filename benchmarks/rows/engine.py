"""Rows of single runs beside programs that one would write: rows 1 to 7."""

from __future__ import annotations

from benchmarks import baselines, naive, works
from benchmarks.rows.row import Row, run

YEAR_DAYS, NAIVE_DAYS = 365, 10
YEAR_SYNCS = YEAR_DAYS * works.DAY_S // int(works.INTERVAL_S)
GATED_SYNCS = 200_000
FLEET, FLEET_DAYS = 1000, 7
FLEET_SYNCS = FLEET * FLEET_DAYS * works.DAY_S // int(works.INTERVAL_S)


def rows() -> list[Row]:
    """Return the rows of busy, sparse, gated and disturbed years, and of a fleet."""
    year = run(works.busy(YEAR_DAYS))
    part_s, scale = NAIVE_DAYS * works.DAY_S, YEAR_DAYS / NAIVE_DAYS
    gated = works.gated(GATED_SYNCS)
    return [
        Row(
            "1",
            "a busy year / naive SimPy, scalar draws",
            year,
            lambda: naive.simulate(naive.write_scalars, part_s, 0),
            scale,
            True,
            40,
            70,
        ),
        Row(
            "1",
            "a busy year / naive SimPy, block draws",
            year,
            lambda: naive.simulate(naive.write_blocks, part_s, 0),
            scale,
            True,
            20,
            35,
        ),
        Row(
            "2",
            "a busy year / its draws alone",
            year,
            lambda: baselines.draws(YEAR_DAYS * works.DAY_S, 0),
            1,
            False,
            2.5,
            1.4,
        ),
        Row(
            "3",
            "a year of one write a minute / ticker",
            run(works.sparse(YEAR_DAYS)),
            lambda: baselines.ticker(YEAR_SYNCS),
            1,
            False,
            0.3,
            0.1,
        ),
        Row(
            "4",
            "200,000 gated cycles / SimPy with NumPy",
            run(gated),
            lambda: baselines.cycles(gated.duration, 0),
            1,
            True,
            3,
            6,
        ),
        Row(
            "6",
            "row 3 with outages / ticker",
            run(works.sparse_with_outages(YEAR_DAYS)),
            lambda: baselines.ticker(YEAR_SYNCS),
            1,
            False,
            0.5,
            0.2,
        ),
        Row(
            "7",
            "1,000 replications, 7 days / ticker",
            run(works.fleet(FLEET, FLEET_DAYS)),
            lambda: baselines.ticker(YEAR_SYNCS),
            FLEET_SYNCS / YEAR_SYNCS,
            False,
            0.45,
            0.18,
        ),
    ]
