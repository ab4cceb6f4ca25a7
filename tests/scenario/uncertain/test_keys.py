"""`uncertain:` in a scenario: what is refused, where, and what the distributions are in numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import efssim
from efssim.scenario.uncertain.priors import (
    ChoicePrior,
    LognormalPrior,
    LoguniformPrior,
    NormalPrior,
    TriangularPrior,
    UniformPrior,
)
from efssim.scenario.uncertain.ranges import CONTROL_RANGES, FILE_SYSTEM_RANGES, SYNC_RANGES
from efssim.scenario.unknowns.parameters import is_uncertain, uncertain_parameters

SCENARIO = """
name: unknown
duration: 1 day
file_systems:
  src: {region: us-east-1, writes: {w: {arrivals: {constant: {rate: 1 per min}}, size: 1 GiB}}}
replications:
  dr:
    source: src
    destination: {region: eu-west-1}
    established: true
    sync: {gap: {uniform: {low: 1 s, high: 2 s}}}
"""


def load(*lines, text=SCENARIO):
    return efssim.load(text + "uncertain:\n" + "".join(f"  {line}\n" for line in lines))


def refused(*lines):
    """Return the problems of lines of `uncertain:`, without their positions."""
    with pytest.raises(efssim.ScenarioError) as error:
        load(*lines)
    return [str(problem).split(": ", 1)[1] for problem in error.value.problems]


def numbers(*lines, text=SCENARIO):
    return {found.path: found.prior for found in uncertain_parameters(load(*lines, text=text))}


def test_values_are_read_in_the_unit_of_the_parameter():
    found = numbers(
        "replications.dr.sync.throughput: {loguniform: {low: 60 MiB/s, high: 600 MiB/s}}",
        "replications.dr.sync.setup: {triangular: {low: 1 s, mode: 5 s, high: 1 min}}",
        "replications.dr.sync.failure_probability: {uniform: {low: 0 %, high: 5 %}}",
        "file_systems.src.writes.w.arrivals.constant.rate: {choice: {values: [1/min, 2/min]}}",
        "replications.dr.sync.gap.uniform.high: {uniform: {low: 2 s, high: 4 s}}",
        "replications.dr.sync.interval: {normal: {mean: 60 s, sd: 5 s, low: 30 s, high: 2 min}}",
    )
    assert found == {
        "replications.dr.sync.throughput": LoguniformPrior(60 * 2.0**20, 600 * 2.0**20),
        "replications.dr.sync.setup": TriangularPrior(1, 5, 60),
        "replications.dr.sync.failure_probability": UniformPrior(0, 0.05),
        "file_systems.src.writes.w.arrivals.constant.rate": ChoicePrior((1 / 60, 2 / 60), (1, 1)),
        "replications.dr.sync.gap.uniform.high": UniformPrior(2, 4),
        "replications.dr.sync.interval": NormalPrior(60, 5, 30, 120),
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "replications.dr.sync.thruput: {uniform: {low: 0, high: 1}}",
            "leads nowhere: unknown key 'thruput' (did you mean 'throughput'?)",
        ),
        (
            "replications.d.sync.throughput: {uniform: {low: 1, high: 2}}",
            "names nothing of this scenario: replications has no 'd' (did you mean 'dr'?)",
        ),
        (
            "file_systems.src.writes.w.hot_set.share: {uniform: {low: 0, high: 1}}",
            "names nothing of this scenario: file_systems.src.writes.w.hot_set is not set",
        ),
        (
            "replications.dr.source: {uniform: {low: 0, high: 1}}",
            "leads to no number, so that no distribution goes with it",
        ),
        (
            "replications.dr.sync.gap: {uniform: {low: 0, high: 1}}",
            "is a distribution of its own, drawn again and again; name a number of it, such as "
            "replications.dr.sync.gap.uniform.low",
        ),
        (
            "rpo.target: {uniform: {low: 1, high: 2}}",
            "is what the runs are judged by, and no property of the system",
        ),
        (
            "seed: {uniform: {low: 1, high: 2}}",
            "is no property of the system; trials have other draws",
        ),
        (
            "replications.dr.sync.failure_probability: {uniform: {low: 0, high: 100 %}}",
            "can be 100 %, which is not valid there: replications.dr.sync.failure_probability: "
            "must be less than 1",
        ),
        (
            "replications.dr.sync.gap.uniform.low: {choice: {values: [1 s, 3 s]}}",
            "can be 3 s, which is not valid there: replications.dr.sync.gap.uniform: low is "
            "above high",
        ),
        ("replications.dr.sync.setup: {uniform: {low: 5 s, high: 5 s}}", "is not below high"),
        (
            "replications.dr.sync.setup: {uniform: {low: 5 MiB, high: 9 s}}",
            "unknown unit 'MiB'",
        ),
        ("replications.dr.sync.setup: {loguniform: {low: 0, high: 9 s}}", "has to be above 0"),
        (
            "replications.dr.sync.throughput: {uniform: {low: 1, high: none}}",
            "has to be finite; only a choice can have `none`",
        ),
        (
            "replications.dr.sync.setup: {triangular: {low: 1, mode: 9, high: 5}}",
            "is not between low and high",
        ),
        (
            "replications.dr.sync.setup: {choice: {values: [1, 2], weights: [1]}}",
            "needs 2 weights, one for each value",
        ),
        (
            "replications.dr.sync.setup: {choice: {values: [1 min, 60 s]}}",
            "has a value twice; weights tell how likely each is",
        ),
        (
            "replications.dr.sync.setup: {normal: {mean: 1, sd: 1}}",
            "is required",
        ),
        ("replications.dr.sync.setup: {unifrm: {low: 0}}", "(did you mean 'uniform'?)"),
        ("replications.dr.sync.setup: {source: a guess}", "needs exactly one of uniform"),
        ("replications..setup: {uniform: {low: 0, high: 1}}", "should begin a name"),
    ],
)
def test_mistakes_are_told(line, message):
    found = refused(line)
    assert any(message in problem for problem in found), found


def test_a_parameter_has_one_distribution_however_its_path_is_written():
    found = refused(
        "replications.dr.sync.setup: {uniform: {low: 0, high: 1}}",
        "'replications.\"dr\".sync.setup': {uniform: {low: 0, high: 1}}",
    )
    assert "is the same parameter as replications.dr.sync.setup" in found[0]


def test_a_problem_has_the_line_of_the_entry(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIO + "uncertain:\n  rpo.attainment: {uniform: {low: 0, high: 1}}\n")
    with pytest.raises(efssim.ScenarioError) as error:
        efssim.load(file)
    assert f'{file}:13:19: uncertain."rpo.attainment"' in str(error.value)


def test_none_is_a_value_of_a_choice():
    found = numbers("replications.dr.sync.scan_rate: {choice: {values: [1000, none]}}")
    assert found["replications.dr.sync.scan_rate"].support == (1000, math.inf)


def test_a_preset_has_a_range_for_every_assumed_value_that_is_not_set():
    text = SCENARIO.replace("sync: {", "sync: {preset: efs-unknown, interval: 5 min, ")
    scenario = efssim.load(text)
    found = {part.path.rpartition(".")[2]: part for part in uncertain_parameters(scenario)}
    assert list(found) == [key for key in SYNC_RANGES if key not in ("interval", "gap")]
    assert all(part.source for part in found.values())
    written = numbers("replications.dr.sync.setup: {uniform: {low: 1 s, high: 2 s}}", text=text)
    assert written["replications.dr.sync.setup"] == UniformPrior(1, 2)
    assert len(written) == len(found)


def test_ranges_are_of_the_assumed_values_and_hold_them():
    from efssim.scenario.grammar.presets import CONTROL_PRESETS, FILE_SYSTEM_TIMES, SYNC_PRESETS

    tables = (
        (SYNC_RANGES, SYNC_PRESETS["efs"]),
        (CONTROL_RANGES, CONTROL_PRESETS["efs"]),
        (FILE_SYSTEM_RANGES, FILE_SYSTEM_TIMES),
    )
    for ranges, values in tables:
        assert list(ranges) == list(values)
        for key, of_preset in ranges.items():
            low, high = of_preset.prior.support
            assert low <= values[key].value <= high, key


def test_the_preset_of_what_is_not_known_runs_as_the_one_that_is_assumed():
    plain = efssim.run(efssim.load(SCENARIO))
    text = SCENARIO.replace(
        "sync: {", "control: {preset: efs-unknown}\n    sync: {preset: efs-unknown, "
    )
    unknown = efssim.load(text)
    assert is_uncertain(unknown)
    assert not is_uncertain(efssim.load(SCENARIO))
    assert efssim.run(unknown).summary["digest"] == plain.summary["digest"]


@pytest.mark.parametrize(
    ("prior", "reference"),
    [
        (UniformPrior(2, 6), stats.uniform(2, 4)),
        (LoguniformPrior(2, 600), stats.loguniform(2, 600)),
        (TriangularPrior(2, 3, 6), stats.triang(0.25, 2, 4)),
        (TriangularPrior(2, 2, 6), stats.triang(0, 2, 4)),
        (NormalPrior(60, 5, 50, 90), stats.truncnorm(-2, 6, 60, 5)),
        (NormalPrior(60, 1, 60, 90), stats.truncnorm(0, 30, 60, 1)),
    ],
)
def test_quantiles_are_those_of_scipy(prior, reference):
    shares = np.linspace(0.0005, 0.9995, 50)
    assert [prior.at_share(share) for share in shares] == pytest.approx(reference.ppf(shares))


def test_quantiles_of_a_cut_lognormal_are_those_of_its_logarithm():
    prior = LognormalPrior(200, 0.5, 50, 1000)
    ends = [math.log(end / 200) / 0.5 for end in (50, 1000)]
    reference = stats.truncnorm(*ends)
    for share in (0.01, 0.5, 0.99):
        expected = 200 * math.exp(0.5 * reference.ppf(share))
        assert prior.at_share(share) == pytest.approx(expected)


def test_a_choice_has_its_values_by_weight():
    prior = ChoicePrior((5.0, 1.0, 3.0), (1.0, 2.0, 1.0))
    found = [prior.at_share((k + 0.5) / 400) for k in range(400)]
    assert [found.count(value) for value in (1.0, 3.0, 5.0)] == [200, 100, 100]
