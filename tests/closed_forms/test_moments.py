"""Mean, mean square and variance of every distribution, against scipy's and against samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.bounds import agrees
from scipy import integrate, stats

from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Duration

FORMS: list[tuple[dict[str, Any], Any]] = [
    ({"exponential": {"mean": 3}}, stats.expon(scale=3)),
    ({"lognormal": {"median": 2, "sigma": 0.8}}, stats.lognorm(0.8, scale=2)),
    ({"gamma": {"mean": 3, "cv": 0.7}}, stats.gamma(0.7**-2, scale=3 * 0.7**2)),
    ({"uniform": {"low": 1, "high": 5}}, stats.uniform(1, 4)),
    ({"pareto": {"min": 1, "alpha": 1.5, "max": 100}}, stats.truncpareto(1.5, 100)),
    ({"pareto": {"min": 2, "alpha": 1, "max": 100}}, stats.truncpareto(1, 50, scale=2)),
    ({"pareto": {"min": 2, "alpha": 2, "max": 100}}, stats.truncpareto(2, 50, scale=2)),
]


def durations(form: Any) -> Distribution[Any]:
    return Distribution[Duration].model_validate(form)


@pytest.mark.parametrize(("form", "law"), FORMS)
def test_moments_are_those_of_scipy(form, law):
    found = durations(form)
    assert found.expected() == pytest.approx(law.mean(), rel=1e-9)
    assert found.expected_square() == pytest.approx(law.mean() ** 2 + law.var(), rel=1e-9)
    assert found.variance() == pytest.approx(law.var(), rel=1e-9)


@pytest.mark.parametrize("alpha", [0.001, 1 - 1e-9, 1, 1 + 1e-9, 1.2, 2 - 1e-9, 2, 2 + 1e-9, 300])
def test_moments_of_pareto_next_to_its_special_cases(alpha):
    """By numerical integration over the logarithm of x, where the density is smooth."""
    low, high = 1.5, 6000.0
    found = durations({"pareto": {"min": low, "alpha": alpha, "max": high}})
    kept = -np.expm1(-alpha * np.log(high / low))
    for k, moment in ((1, found.expected()), (2, found.expected_square())):
        value, _ = integrate.quad(
            lambda t, k=k: alpha / kept * low**k * np.exp((k - alpha) * t),
            0,
            np.log(high / low),
            epsrel=1e-12,
            limit=500,
        )
        assert moment == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    "form", [*(form for form, _ in FORMS), {"empirical": {"values": [1, 2, 9]}}]
)
def test_mean_squares_agree_with_samples(form):
    found = durations(form)
    drawn = found.sample(np.random.default_rng(7), 4_000_000)
    assert agrees(drawn**2, found.expected_square(), str(form))


def test_moments_by_hand():
    assert durations(4).expected_square() == 16
    assert durations(4).variance() == 0
    values = durations({"empirical": {"values": [1, 2, 9]}})
    assert values.expected_square() == pytest.approx(86 / 3, rel=1e-15)
    assert values.variance() == pytest.approx(86 / 3 - 16, rel=1e-14)
