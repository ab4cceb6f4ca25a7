"""Metric alarms of CloudWatch in a scenario: their keys, and alarms read from describe-alarms."""
