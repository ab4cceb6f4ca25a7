"""Metric math of CloudWatch: expressions on the results of other queries."""
