"""How often 95 % intervals cover the truth, over 1,000 studies each.

`pytest -m slow -rP tests/study/statistics/test_coverage.py` prints it; the four take about
ten minutes on two CPUs.

The truth is a closed form of `test_closed_forms.py` and of `test_closed_forms_disturbed.py`. A
trial's mean age is the mean over a window, which is unbiased for every window once the process is
stationary, and it is after the warm-up: 40 cycles or more, see below.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from helpers.studies import LINK
from helpers.worlds import poisson, scenario

import efssim

pytestmark = pytest.mark.slow

STUDIES = 1000


def gated() -> tuple[efssim.Scenario, float]:
    """Poisson writes with a gap, exponential setup; the closed form of the mean age.

    What a cycle leaves of the one before is rho = 1/2 of it, 1e-12 after 40; and cycles of a
    coefficient of variation of 0.2 have lost their phase, up to exp(-2 (pi cv)^2 40) = 1e-13.
    """
    rate, size, throughput, gap, setup = 2.0, 1000.0, 4000.0, 20.0, 5.0
    rho, transfer2 = rate * size / throughput, 2 * (size / throughput) ** 2
    mean_w, mean_w2 = gap + setup, setup**2 + (gap + setup) ** 2
    cycle = mean_w / (1 - rho)
    cycle2 = (mean_w2 + 2 * rho * mean_w * cycle + rate * transfer2 * cycle) / (1 - rho**2)
    sync = {"gap": gap, "setup": {"exponential": {"mean": setup}}, "throughput": throughput}
    stream = poisson(f"{rate} per s", {"exponential": {"mean": size}})
    warm_up = 40 * cycle
    world = scenario({"w": stream}, sync, warm_up + 40 * cycle, warm_up=warm_up)
    return world, setup + (0.5 + rho) * cycle2 / cycle


def outages() -> tuple[efssim.Scenario, float]:
    """Random outages, no setup and no limit; the closed form of the mean age.

    Completions renew the process, so only their phase has to be lost; cycles have a coefficient of
    variation of 0.6.
    """
    interval, uptime, outage = 60.0, 200.0, 150.0
    nu = 1 / uptime
    none = math.exp(-nu * interval)
    first = (1 - none * (1 + nu * interval)) / nu
    second = (2 - none * ((nu * interval) ** 2 + 2 * nu * interval + 2)) / nu**2
    cycle = interval * none + first + outage * (1 - none)
    cycle2 = interval**2 * none + second + 2 * outage * first + outage**2 * (1 - none)
    fault = {"link_outage": LINK, "every": {"exponential": {"mean": uptime}}, "for": outage}
    warm_up = 40 * cycle
    world = scenario(
        {}, {"interval": interval}, warm_up + 60 * cycle, warm_up=warm_up, faults={"wan": fault}
    )
    return world, cycle2 / (2 * cycle)


FORMS = {"gated": gated, "outages": outages}


def study(form: str, seed: int, precision: float | None) -> tuple[float, float, int]:
    """Return the 95 % interval of the mean age of one study, and its number of trials."""
    world, _ = FORMS[form]()
    found = efssim.run_trials(world, 30, seed=seed, precision=precision, workers=1)
    low, high = found.summary["ci95"]["dr"]["time_since_last_sync_s"]["mean"]
    return low, high, len(found)


def studies(form: str, precision: float | None) -> Iterator[tuple[float, float, int]]:
    context = get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        count = range(1, STUDIES + 1)
        yield from pool.map(study, [form] * STUDIES, count, [precision] * STUDIES, chunksize=10)


def coverage(form: str, precision: float | None) -> float:
    _, truth = FORMS[form]()
    found = list(studies(form, precision))
    covered = sum(low <= truth <= high for low, high, _ in found) / STUDIES
    above = sum(low > truth for low, _, _ in found)
    below = sum(high < truth for _, high, _ in found)
    half = sum((high - low) / 2 for low, high, _ in found) / STUDIES
    trials = sum(count for _, _, count in found) / STUDIES
    print(
        f"{form}, precision {precision}: {covered:.1%} of {STUDIES:,} intervals cover {truth:.6g} s"
        f" ({above} above, {below} below), ± {half:.3g} s from {trials:.1f} trials on average"
    )
    return covered


@pytest.mark.parametrize("form", FORMS)
def test_intervals_of_30_trials_cover_the_truth(form):
    assert 0.93 <= coverage(form, None) <= 0.97


@pytest.mark.parametrize(("form", "precision"), [("gated", 0.02), ("outages", 0.03)])
def test_intervals_of_a_precision_cover_the_truth(form, precision):
    """Stopping at the first interval that looks narrow enough would cover it too seldom."""
    assert coverage(form, precision) >= 0.93
