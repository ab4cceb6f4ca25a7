"""How often a comparison with a baseline finds a regression, over many pairs of studies.

Studies are drawn from pools of pairs of trials, whose mean difference is so known exactly. Where a
number is exactly as much worse as its margin allows, at most one study in twenty may find a
regression; where it is clearly worse, nearly all have to.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from helpers.worlds import poisson, scenario

import efssim
from efssim.study.baseline.margins import Margin
from efssim.study.baseline.regressions import PairedNumbers
from efssim.study.statistics.weighing import Design

SYNC = {"interval": 60, "setup": {"exponential": {"mean": "5 s"}}, "failure_probability": 0.2}
WORLD = scenario({"w": poisson("1 per s", 1000)}, SYNC, "1 h", rpo={"target": "90 s"})
WORSE = WORLD.with_({"replications.dr.sync.interval": "70 s"})
PLAIN = Design((), (1.0,), (None,), (False,))
POOL, TRIALS, STUDIES = 2000, 30, 2000
STATED = 0.05
"""Share of false regressions at most."""
MEASURES = {
    "rpo.attainment": True,
    "time_since_last_sync_s.p99": False,
    "write_lag_s.mean": False,
    "pending_bytes.max": False,
}
"""Numbers, and whether they are worse where they are smaller."""


def found_in(before, after, margin):
    """Return in which share of the studies a regression is found."""
    compared = PairedNumbers(PLAIN, True, False, dict.fromkeys(range(TRIALS), 0), is_paired=True)
    draws = np.random.default_rng(1).integers(0, POOL, (STUDIES, TRIALS))
    count = 0
    for chosen in draws:
        numbers = tuple(dict(enumerate(part[chosen].tolist())) for part in (before, after))
        found = compared.number("dr", margin, numbers, lambda: (None, None))
        count += found.outcome == "fails"
    return count / STUDIES


@pytest.mark.slow
def test_false_regressions_are_as_rare_as_stated_and_true_ones_are_found():
    tables = [efssim.run_trials(world, POOL, workers=1).table for world in (WORLD, WORSE)]
    most = STATED + 3 * math.sqrt(STATED * (1 - STATED) / STUDIES)
    for measure, falls in MEASURES.items():
        before, after = (table[measure].to_numpy(dtype=float) for table in tables)
        change = abs(float((after - before).mean()))
        path = tuple(measure.split("."))
        at_margin = found_in(before, after, Margin(path, None, falls, change, False))
        same = found_in(before, before, Margin(path, None, falls, 0.0, False))
        clear = found_in(before, after, Margin(path, None, falls, 0.0, False))
        print(
            f"{measure}: {at_margin:.1%} at the margin (asked: at most {STATED:.0%}), "
            f"{same:.1%} of the same scenario (0 %), {clear:.1%} of a clear one (at least 95 %)"
        )
        assert same == 0, measure
        assert at_margin <= most, measure
        assert clear >= 0.95, measure
