"""How often a comparison with a baseline finds a regression, over many pairs of studies.

Trials are independent, so studies of consecutive trial numbers are independent studies: pools of
trials of both scenarios are cut into them. Where a number is exactly as much worse as its margin
allows, at most one study in forty may find a regression (95 % intervals, one side), and where it
is clearly worse, nearly all have to.
"""

from __future__ import annotations

import math

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
TRIALS, STUDIES = 30, 200
STATED = 0.025
"""Share of false regressions at most, as the 95 % interval leaves on one side."""
MEASURES = {
    "rpo.attainment": True,
    "time_since_last_sync_s.p99": False,
    "write_lag_s.mean": False,
    "pending_bytes.max": False,
}
"""Numbers, and whether they are worse where they are smaller."""


def pool(world):
    trials = efssim.run_trials(world, TRIALS * STUDIES, workers=1)
    return trials.table


def found_in(before, after, margin):
    """Return in how many studies a regression is found."""
    compared = PairedNumbers(PLAIN, True, False, dict.fromkeys(range(TRIALS), 0), is_paired=True)
    count = 0
    for first in range(0, TRIALS * STUDIES, TRIALS):
        parts = (part[first : first + TRIALS] for part in (before, after))
        numbers = tuple(dict(enumerate(part)) for part in parts)
        found = compared.number("dr", margin, numbers, lambda: (None, None))
        count += found.outcome == "fails"
    return count


@pytest.mark.slow
def test_false_regressions_are_as_rare_as_stated_and_true_ones_are_found():
    tables = [pool(world) for world in (WORLD, WORSE)]
    # Of a share of 0.025 in 200 studies: 5, and three standard deviations more.
    most = STUDIES * STATED + 3 * math.sqrt(STUDIES * STATED * (1 - STATED))
    for measure, falls in MEASURES.items():
        before, after = ([float(value) for value in table[measure]] for table in tables)
        change = abs(math.fsum(after) - math.fsum(before)) / len(before)
        path = tuple(measure.split("."))
        at_margin = found_in(before, after, Margin(path, None, falls, change, False))
        same = found_in(before, before, Margin(path, None, falls, 0.0, False))
        clear = found_in(before, after, Margin(path, None, falls, 0.0, False))
        print(
            f"{measure}: {at_margin} of {STUDIES} at the margin (asked: at most {most:.0f}), "
            f"{same} of the same scenario (0), {clear} of a clear one (at least {0.95 * STUDIES:g})"
        )
        assert same == 0
        assert at_margin <= most, measure
        assert clear >= 0.95 * STUDIES, measure
