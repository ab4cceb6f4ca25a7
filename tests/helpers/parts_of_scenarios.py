"""Parts that a small scenario gets so that every kind of output has something in it."""

from __future__ import annotations

from helpers.commands import INTERVAL

EVENTS = """
events: [{at: 3 min, link_outage: us-east-1 -> us-west-2, for: 2 min}]
"""
ALARM = """
alarms:
  late:
    metric: TimeSinceLastSync
    statistic: Maximum
    period: 1 min
    comparison: GreaterThanThreshold
    threshold: 60
    evaluation_periods: 1
"""
UNKNOWN = "\nuncertain: {replications.dr.sync.setup: {uniform: {low: 1 s, high: 9 s}}}\n"
VARY = ("--vary", f"{INTERVAL}=20s,40s")
