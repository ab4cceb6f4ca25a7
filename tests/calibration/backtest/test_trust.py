"""Whether a forecast is trusted: never on thin evidence, and never without what it cannot show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.lags import known, samples

from efssim.calibration.backtest.findings import AgeErrors, Trust
from efssim.calibration.backtest.trust import SAMPLES_MIN, SYNCS_MIN, BacktestEvidence, judged

LAG = samples([(-300.0, -270.0)], 10)
KNOWN = known(LAG, interval=300.0, gap=1.0, setup=20.0, throughput=1e6)
GOOD = BacktestEvidence(
    errors=AgeErrors(0.01, -0.02, 0.03, 0.04, 0.0),
    undisturbed=None,
    unlike=(0.0, 0.0),
    samples=SAMPLES_MIN,
    syncs=SYNCS_MIN,
    predicted_s=4 * 86_400.0,
    disturbances=0,
    disturbed_s=0.0,
    fitted=KNOWN,
)


def test_a_right_forecast_on_enough_data():
    trust, why = judged(GOOD)
    assert trust == Trust.YES
    assert "4 days" in why
    assert "p99 +3.0 %" in why


@pytest.mark.parametrize(
    ("change", "trust"),
    [
        ({"errors": AgeErrors(0.01, -0.02, 0.03, 0.06, 0.0)}, Trust.ROUGHLY),
        ({"errors": AgeErrors(-0.06, 0.0, 0.0, 0.0, 0.0)}, Trust.ROUGHLY),
        ({"errors": AgeErrors(0.01, -0.16, 0.03, 0.04, 0.0)}, Trust.NO),
        ({"unlike": (0.06, 0.0)}, Trust.ROUGHLY),
        ({"unlike": (0.3, 0.06)}, Trust.NO),
        ({"syncs": SYNCS_MIN - 1}, Trust.UNKNOWN),
        ({"samples": SAMPLES_MIN - 1}, Trust.UNKNOWN),
        ({"disturbed_s": 2 * 86_400.0, "disturbances": 1}, Trust.UNKNOWN),
        # Thin data never make a bad forecast a good one, nor the other way round.
        ({"syncs": 3, "errors": AgeErrors(0.5, 0.5, 0.5, 0.5, 0.0)}, Trust.UNKNOWN),
    ],
)
def test_less_than_that(change, trust):
    found, why = judged(replace(GOOD, **change))
    assert found == trust
    assert why


def test_passing_does_not_make_parameters_known():
    unknown = known(
        LAG, ["setup", "throughput"], interval=300.0, gap=1.0, setup=20.0, throughput=1e6
    )
    trust, why = judged(replace(GOOD, fitted=unknown))
    assert trust == Trust.YES
    assert "does not make fixed time per sync and throughput known" in why


def test_disturbances_own_the_p99():
    _, why = judged(replace(GOOD, disturbances=2, disturbed_s=6 * 3600.0))
    assert "2 pauses or outages" in why
    assert "decide its p99 and largest age" in why
    _, why = judged(replace(GOOD, disturbances=1, disturbed_s=1800.0))
    assert "1 pause or outage" in why
    assert "decides its largest age" in why


def test_catching_up_was_wrong_and_the_rest_right():
    wrong = AgeErrors(0.0, 0.0, -0.4, -0.5, 0.01)
    calm = AgeErrors(0.0, 0.0, 0.01, 0.02, 0.0)
    one = replace(GOOD, errors=wrong, disturbances=1, disturbed_s=7200.0)
    assert judged(replace(one, undisturbed=calm))[0] == Trust.ROUGHLY
    assert judged(replace(one, undisturbed=wrong))[0] == Trust.NO
    assert judged(one)[0] == Trust.NO
    _, why = judged(replace(one, undisturbed=calm))
    assert "p99 -40.0 %" in why
    assert "outside of disturbances by p50 +0.0 %" in why
