"""Fleets whose numbers are known by hand."""

from __future__ import annotations

import efssim

THREE = """\
name: three
duration: 1 h
rpo: {target: 500 s, attainment: 80 %}
file_systems:
  orders: {region: us-east-1, count: 3}
replications:
  dr:
    source: orders
    destination: {region: eu-west-1}
    established: true
    sync: {preset: none, interval: 10 min, phase: 0 s}
    control: {preset: none}
    items: {"2": {sync.phase: 200 s}, "3": {sync.phase: 400 s}}
"""
"""Three items that are cut every 10 min, 200 s apart, and replicated at once: ages rise to 600 s,
so each is above the target in the last 100 s of its interval, at other times than the others."""

DRAWN = """\
name: drawn
duration: 6 h
rpo: {target: 10 min, attainment: 90 %}
file_systems:
  orders:
    region: us-east-1
    count: 4
    size: {each: {lognormal: {median: 20 GiB, sigma: 1}}}
    writes:
      app:
        arrivals: {poisson: {rate: {each: {uniform: {low: 1 per min, high: 20 per min}}}}}
        size: 64 KiB
replications:
  dr:
    source: orders
    destination: {region: eu-west-1}
    established: true
    sync: {interval: {each: {uniform: {low: 1 min, high: 15 min}}}, throughput: 50 MiB/s}
"""
"""Items that differ in size, rate and interval, and in their phases."""


def written_out(scenario: efssim.Scenario) -> efssim.Scenario:
    """Return a scenario without fleets, in which every item is written out by hand."""
    plain = scenario.model_dump(by_alias=True, exclude_unset=True)
    for section in ("file_systems", "replications", "faults"):
        parts = getattr(scenario, section)
        plain[section] = {
            name: part.model_dump(by_alias=True, exclude_unset=True) for name, part in parts.items()
        }
    made = efssim.load(plain)
    assert not made.fleets
    return made
