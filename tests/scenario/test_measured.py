"""`measured:` of a replication: provenance of values that were fitted to metrics."""

from __future__ import annotations

import pytest

import efssim
from efssim.report.html.run_tables import parameters
from efssim.scenario.shown.provenance import resolved

TEXT = """\
name: fitted
duration: 1 h
file_systems: {orders: {region: us-east-1}}
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    sync: {interval: 60 s, setup: {gamma: {mean: 5 s, cv: 0.3}}, throughput: 100 MiB/s}
    measured:
      interval: {low: 59.9 s, high: 60.1 s}
      setup: {low: 4 s, high: 6 s}
      source: 7 days of metrics
"""


def provenance(scenario, key):
    (found,) = [p for p in resolved(scenario) if p.path == f"replications.dr.sync.{key}"]
    return found.provenance, found.why


def test_values_within_their_interval_are_measured():
    scenario = efssim.load(TEXT)
    assert provenance(scenario, "interval")[0] == "measured"
    assert "59.9 s" in provenance(scenario, "interval")[1]
    assert "7 days of metrics" in provenance(scenario, "interval")[1]
    assert provenance(scenario, "setup")[0] == "measured"
    assert provenance(scenario, "throughput") == ("scenario", "")
    assert provenance(scenario, "gap")[0] == "assumed"
    assert not [p for p in resolved(scenario) if ".measured" in p.path]
    assert any("measured" in [cell.text for cell in row] for row in parameters(scenario).rows)


def test_a_changed_value_is_not_measured():
    for path, value in (("interval", "5 min"), ("setup", "7 s"), ("setup", "3 s")):
        changed = efssim.load(TEXT, [f"replications.dr.sync.{path}={value}"])
        assert provenance(changed, path) == ("scenario", "")
    inside = efssim.load(TEXT, ["replications.dr.sync.setup=6 s"])
    assert provenance(inside, "setup")[0] == "measured"


def test_it_changes_no_result():
    scenario = efssim.load(TEXT)
    without = scenario.with_({"replications.dr.measured": None})
    assert efssim.run(scenario).digest == efssim.run(without).digest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("measured.gap={low: 0 s, high: 1 s}", "`sync` does not set gap, so nothing is measured"),
        ("measured.setup={low: 7 s, high: 6 s}", "low is above high"),
        ("measured.interval={low: 7 s}", "high"),
        ("measured.intervall={low: 7 s, high: 9 s}", "interval"),
        ("measured.throughput={low: 7 s, high: 9 s}", "throughput"),
    ],
)
def test_mistakes(change, message):
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(TEXT, [f"replications.dr.{change}"])
    assert message in str(caught.value)
